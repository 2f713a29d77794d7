#!/usr/bin/env python3
"""Every header compiles alone, with the flags of its package, and can be included twice."""

import json
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile
from concurrent import futures

import tree

KEPT = ("-I", "-D", "-isystem", "-std", "-f", "-pthread", "-m")
LEFT_OUT = ("-fsanitize", "-fdiagnostics")


def flags_by_folder():
    """Of each folder with a C file that was compiled: where, and the flags that matter for parsing.

    Where a folder's files are compiled in several ways (bench), it is the way with the most flags."""
    folders = {}
    commands = json.loads((tree.BUILD / "compile_commands.json").read_text(encoding="utf-8"))
    for command in commands:
        words = shlex.split(command["command"])
        path = pathlib.Path(command["directory"], command["file"]).resolve()
        try:
            folder = path.relative_to(tree.ROOT.resolve()).parent
        except ValueError:
            continue
        if path.suffix == ".c" and not str(folder).startswith("build"):
            flags = [w for w in words if w.startswith(KEPT) and not w.startswith(LEFT_OUT)]
            if len(flags) > len(folders.get(folder, ("", []))[1]):
                folders[folder] = (command["directory"], flags)
    return folders


def flags_for(name, folders):
    """Those of the nearest folder above that has any, else of one below it."""
    folder = pathlib.PurePath(name).parent
    for candidate in [folder, *folder.parents]:
        if candidate in folders:
            return folders[candidate]
    return next((found for where, found in folders.items() if folder in where.parents), None)


def complaint(name, folders, scratch):
    found = flags_for(name, folders)
    if not found:
        return None
    directory, flags = found
    source = pathlib.Path(scratch, name.replace("/", "-") + ".c")
    source.write_text(f'#include "{name}"\n#include "{name}"\n', encoding="utf-8")
    compiler = os.environ.get("CC", "cc")
    run = subprocess.run([compiler, *flags, f"-I{tree.ROOT}", "-fsyntax-only", str(source)], cwd=directory, capture_output=True, text=True, check=False)
    errors = [line for line in run.stderr.splitlines() if "error:" in line] or run.stderr.splitlines()
    return f"{name}: {errors[0] if errors else 'does not compile'}" if run.returncode else None


def main():
    tap = tree.Tap()
    if not (tree.BUILD / "compile_commands.json").exists():
        tap.skip("/tree/headers/compile-alone", "no compile_commands.json")
        return tap.done()
    folders = flags_by_folder()
    with tempfile.TemporaryDirectory() as scratch, futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        complaints = pool.map(lambda name: complaint(name, folders, scratch), tree.files(".h"))
        tap.check("/tree/headers/compile-alone", filter(None, complaints))
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
