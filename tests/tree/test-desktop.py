#!/usr/bin/env python3
"""What the desktop reads about the program is valid, and all of it speaks of the same program."""

import re
import shutil
import subprocess
import sys

import tree

APP_ID = "org.tfview.Tfview"


def complaints(*command):
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    return (run.stdout + run.stderr).strip().splitlines() if run.returncode else []


def check_with(tap, title, program, *arguments):
    if shutil.which(program):
        tap.check(title, complaints(program, *arguments))
    else:
        tap.skip(title, f"no {program}")


def nameless():
    """What of the app's identity does not say the app's id."""
    for name, pattern in (
        (f"data/{APP_ID}.desktop.in", rf"^Icon={APP_ID}$"),
        (f"data/{APP_ID}.metainfo.xml.in", rf"<id>{APP_ID}</id>"),
        (f"data/{APP_ID}.gschema.xml", rf"id=\"{APP_ID}\""),
        ("meson.build", rf"app_id = '{APP_ID}'"),
    ):
        if not re.search(pattern, tree.text(name), re.M):
            yield f"{name} does not match {pattern}"
    if not list((tree.ROOT / "data").glob(f"**/{APP_ID}.svg")):
        yield f"no icon {APP_ID}.svg"


def main():
    tap = tree.Tap()
    built = tree.BUILD / "data"
    tap.check("/tree/desktop/all-speak-of-one-program", nameless())
    check_with(tap, "/tree/desktop/the-desktop-file-is-valid", "desktop-file-validate", str(built / f"{APP_ID}.desktop"))
    check_with(tap, "/tree/desktop/the-metainfo-is-valid", "appstreamcli", "validate", "--no-net", str(built / f"{APP_ID}.metainfo.xml"))
    check_with(tap, "/tree/desktop/the-settings-are-valid", "glib-compile-schemas", "--strict", "--dry-run", str(tree.ROOT / "data"))
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
