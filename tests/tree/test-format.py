#!/usr/bin/env python3
"""Every C file is what clang-format makes of it."""

import os
import re
import shutil
import subprocess
import sys
from concurrent import futures

import tree

# Another version formats other things differently, so only this one judges.
VERSION = "14"


def find_formatter():
    for program in (f"clang-format-{VERSION}", "clang-format"):
        if shutil.which(program):
            said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
            if re.search(rf"version {VERSION}\.", said):
                return program
    return None


def complaint(program, name):
    run = subprocess.run([program, "--dry-run", "-Werror", name], cwd=tree.ROOT, capture_output=True, text=True, check=False)
    first = run.stderr.splitlines()[0] if run.stderr else "not formatted"
    return first if run.returncode else None


def main():
    tap = tree.Tap()
    program = find_formatter()
    if not program:
        tap.skip("/tree/format/is-a-fixed-point-of-clang-format", f"no clang-format {VERSION}")
        return tap.done()
    with futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        complaints = pool.map(lambda name: complaint(program, name), tree.files(".c", ".h"))
        tap.check("/tree/format/is-a-fixed-point-of-clang-format", filter(None, complaints))
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
