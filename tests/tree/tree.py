"""What the tests of the tree share: its files, and TAP."""

import functools
import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(os.environ.get("TFV_SOURCE_ROOT") or pathlib.Path(__file__).resolve().parents[2])
BUILD = pathlib.Path(os.environ.get("TFV_BUILD_ROOT") or ROOT / "build" / "normal")
NOT_SOURCES = (".git", "out", "logs", "__pycache__")


@functools.lru_cache(maxsize=None)
def _all_files():
    """What git knows of, or every file where there is no repository (a tarball)."""
    if (ROOT / ".git").exists() and shutil.which("git"):
        git = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
        if git.returncode == 0:
            return [name for name in git.stdout.decode().split("\0") if name]
    names = []
    for folder, folders, found in os.walk(ROOT):
        folders[:] = [f for f in folders if f not in NOT_SOURCES and not f.startswith("build")]
        names += [os.path.relpath(os.path.join(folder, f), ROOT) for f in found]
    return names


def files(*suffixes):
    """The tree's files with one of these suffixes (all files without any), as paths relative to ROOT."""
    return sorted(name for name in _all_files() if (not suffixes or name.endswith(suffixes)) and (ROOT / name).is_file())


def text(name):
    return (ROOT / name).read_text(encoding="utf-8", errors="replace")


def package(name):
    """The package that a file belongs to; viewer/plot is one of its own."""
    parts = pathlib.PurePath(name).parts
    if parts[0] == "viewer" and len(parts) > 2 and parts[1] == "plot":
        return "viewer/plot"
    if parts[0] == "tests" and len(parts) > 2:
        return "tests/" + parts[1]
    return parts[0] if len(parts) > 1 else ""


class Tap:
    """Says one test point after the other, and ends with the plan."""

    def __init__(self):
        self.n = 0
        self.failed = 0

    def check(self, title, complaints):
        """The point holds when there is nothing to complain of."""
        self.n += 1
        complaints = list(complaints)
        self.failed += bool(complaints)
        print(f"{'not ok' if complaints else 'ok'} {self.n} {title}")
        for complaint in complaints:
            print(f"# {complaint}")
        sys.stdout.flush()

    def skip(self, title, reason):
        self.n += 1
        print(f"ok {self.n} {title} # SKIP {reason}")

    def done(self):
        print(f"1..{self.n}")
        return 1 if self.failed else 0
