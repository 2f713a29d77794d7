#!/usr/bin/env python3
"""The tests of the tree can fail: each is shown a small tree in which all is wrong, and must complain of it."""

import os
import pathlib
import subprocess
import sys
import tempfile

import tree

LICENCE = "/* SPDX-License-Identifier: LGPL-2.1-or-later */\n"
LONG_FUNCTION = "static void\nlong_one (void)\n{\n" + "  ;\n" * 121 + "}\n"
WRONG = {
    "summaries/upward.c": LICENCE + '#include "engine/tfv-graph.h"\n#include <gtk/gtk.h>\n',
    "viewer/intruder.c": LICENCE + '#include "summaries/tfv-run-private.h"\n',
    "viewer/meson.build": "executable('tfview', dependencies: engine_dep)\n",
    "attic/orphan.c": LICENCE + "int orphan;\n",
    "summaries/utils.c": LONG_FUNCTION,
    "summaries/long.c": LICENCE + "\n" * 1001,
    "summaries/ugly.c": LICENCE + "int  ugly( int a ){return a;}   \n/* TO" + "DO later */\nconst char *path = \"/" + "home/somebody/x\";\n",
    "summaries/tfv-bare.h": LICENCE + "TFV_PUBLIC\nint tfv_bare (int depth);\n\n/**\n * tfv_mute:\n */\nTFV_PUBLIC\nint tfv_mute (int depth);\n",
    "README.md": "[gone](nowhere.md)\n",
    "viewer/words.c": LICENCE + 'const char *word = _("Run %" G_GINT64_FORMAT);\n',
    "po/POTFILES": "viewer/gone.c\n",
    "po/LINGUAS": "",
}
# What each test must complain of, by the end of the point's path.
POINTS = {
    "test-budgets.py": ["no-file-is-too-long", "no-file-has-a-vague-name", "no-function-is-too-long"],
    "test-docs.py": ["every-public-function-has-a-comment", "every-argument-and-result-is-explained", "every-link-leads-somewhere", "every-package-has-a-design"],
    "test-layers.py": [
        "every-folder-has-a-rule",
        "includes-only-what-stands-above",
        "keeps-private-headers-private",
        "keeps-foreign-libraries-where-they-belong",
        "meson-links-only-what-stands-above",
    ],
    "test-manners.py": ["every-source-states-its-licence", "no-path-of-a-machine", "no-loose-ends", "lines-and-files-end-tidily"],
    "test-translations.py": ["every-file-with-strings-is-listed", "no-string-is-cut-by-a-macro"],
}


def main():
    tap = tree.Tap()
    here = pathlib.Path(__file__).resolve().parent
    with tempfile.TemporaryDirectory(prefix="tfv-tree-") as folder:
        for name, content in WRONG.items():
            path = pathlib.Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        for script, points in POINTS.items():
            env = {**os.environ, "TFV_SOURCE_ROOT": folder, "TFV_BUILD_ROOT": f"{folder}/no-build"}
            run = subprocess.run([sys.executable, str(here / script)], capture_output=True, text=True, check=False, env=env)
            failed = [line.split()[-1].rsplit("/", 1)[-1] for line in run.stdout.splitlines() if line.startswith("not ok")]
            missed = [f"{point} did not complain" for point in points if point not in failed]
            tap.check(f"/tree/{script[5:-3]}/complains-of-what-is-wrong", missed or ([] if run.returncode == 1 else [f"exit status {run.returncode}"]))
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
