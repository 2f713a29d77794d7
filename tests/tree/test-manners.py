#!/usr/bin/env python3
"""Small promises about every file: a licence line, no machine's paths, no loose ends."""

import re
import sys

import tree

LICENCE = "/* SPDX-License-Identifier: LGPL-2.1-or-later */"
SOURCES = (".c", ".h", ".py", ".ui", ".css", ".xml", ".in", ".build", ".txt", ".md", ".sh", ".desktop")
# Home folders and mounts of somebody's machine. Written in parts, so that this file does not name one.
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:home/[a-z]\w*|work|root|Users/[A-Za-z]\w*|mnt/\w+)/")
# A note to oneself needs a reason or an issue behind a colon: "TODO(#12): …".
LOOSE_END = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b(?=[\s:(]|$)(?!\(#\d+\): )")
TRAILING_SPACE = re.compile(r"[ \t]+$", re.M)


def lines_that_match(pattern, names):
    for name in names:
        for number, line in enumerate(tree.text(name).splitlines(), 1):
            if pattern.search(line):
                yield f"{name}:{number}: {line.strip()[:100]}"


def without_licence():
    return (f"{name}: first line is not {LICENCE}" for name in tree.files(".c", ".h") if not tree.text(name).startswith(LICENCE + "\n"))


def untidy_ends():
    for name in tree.files(*SOURCES):
        content = tree.text(name)
        if content and not content.endswith("\n"):
            yield f"{name}: no newline at the end"
        if not name.endswith(".md") and TRAILING_SPACE.search(content):
            yield f"{name}: spaces at the end of a line"


def main():
    this = "tests/tree/test-manners.py"
    names = [name for name in tree.files(*SOURCES) if name != this] + [n for n in tree.files() if n.startswith(("tools/", ".ci/")) and not n.endswith(SOURCES)]
    tap = tree.Tap()
    tap.check("/tree/manners/every-source-states-its-licence", without_licence())
    tap.check("/tree/manners/no-path-of-a-machine", lines_that_match(MACHINE_PATH, names))
    tap.check("/tree/manners/no-loose-ends", lines_that_match(LOOSE_END, names))
    tap.check("/tree/manners/lines-and-files-end-tidily", untidy_ends())
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
