#!/usr/bin/env python3
"""The commands in tools/: the count is honest, wrong usage ends with 2, and the list of packages is well formed."""

import json
import re
import subprocess
import sys
import tempfile

import tree

LOG = [
    {"name": "mixed", "result": "FAIL", "stdout": "1..3\nok 1 /a/holds\nnot ok 2 /a/breaks - why\nok 3 /a/waits # SKIP no display\n"},
    {"name": "crashed", "result": "ERROR", "stdout": "1..3\nok 1 /b/holds\n"},
    {"name": "hung", "result": "TIMEOUT", "stdout": None},
    {"name": "plain", "result": "OK", "stdout": "hello\n"},
    {"name": "elsewhere", "result": "SKIP", "stdout": "1..0 # SKIP no GPU\n"},
]
ALL_WELL = [{"name": "well", "result": "OK", "stdout": "1..1\nok 1 /c/holds\n"}]


def run(*command):
    return subprocess.run(command, cwd=tree.ROOT, capture_output=True, text=True, check=False)


def counted(entries, *options):
    """The last line of tools/count-tests over such a log, and its exit status."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as log:
        log.writelines(json.dumps(entry) + "\n" for entry in entries)
        log.flush()
        count = run("tools/count-tests", *options, f"build={log.name}")
    return count.stdout.splitlines()[-1], count.returncode


def differs(found, wanted):
    return [] if found == wanted else [f"{found} instead of {wanted}"]


def wrong_usage():
    for tool in ("test", "demo", "bench"):
        tried = run(f"tools/{tool}", "--no-such-option")
        if tried.returncode != 2:
            yield f"tools/{tool} --no-such-option ends with {tried.returncode}"
        helped = run(f"tools/{tool}", "--help")
        if helped.returncode != 0 or f"tools/{tool}" not in helped.stdout:
            yield f"tools/{tool} --help does not help"


def bad_lines():
    seen = set()
    for number, line in enumerate(tree.text("tools/packages.txt").splitlines(), 1):
        if line and not line.startswith("#"):
            match = re.fullmatch(r"(build|display|test|bench) +([a-z0-9][a-z0-9+.-]+)", line)
            if not match or match.groups() in seen:
                yield f"tools/packages.txt:{number}: {line}"
            else:
                seen.add(match.groups())


def bad_scripts():
    for name in tree.files():
        if name.startswith(("tools/", ".ci/")) and tree.text(name).startswith("#!/bin/bash"):
            syntax = run("bash", "-n", name)
            yield from (f"{name}: {line}" for line in syntax.stderr.splitlines())


def main():
    tap = tree.Tap()
    tap.check("/tree/tools/counts-failures-crashes-and-skips", differs(counted(LOG), ("3 passed, 3 failed, 2 skipped", 1)))
    tap.check("/tree/tools/counts-what-all-holds", differs(counted(ALL_WELL), ("1 passed, 0 failed, 0 skipped", 0)))
    tap.check("/tree/tools/counts-what-never-ran", differs(counted(ALL_WELL, "--also-failed=1"), ("1 passed, 1 failed, 0 skipped", 1)))
    tap.check("/tree/tools/wrong-usage-ends-with-two", wrong_usage())
    tap.check("/tree/tools/packages-are-well-formed", bad_lines())
    tap.check("/tree/tools/scripts-parse", bad_scripts())
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
