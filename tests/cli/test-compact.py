#!/usr/bin/env python3
"""tfv compact, from outside: every command gives what it gave before."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

TFV, WRITE_EVERYTHING = (os.path.abspath(path) for path in sys.argv[1:3])
KINDS = ("scalar histogram image audio text tensor pr-curve hparams mesh layout graph embedding span counter flow marker log-message run session run-metadata").split()


def check(condition, message):
    if not condition:
        raise AssertionError(message)


def same(got, expected, of=""):
    check(got == expected, f"{of}: got\n{str(got)[:2000]}\ninstead of\n{str(expected)[:2000]}")


def tfv(*arguments, status=0):
    done = subprocess.run([TFV, *map(str, arguments)], capture_output=True, timeout=120)
    out, err = done.stdout.decode(errors="surrogateescape"), done.stderr.decode(errors="surrogateescape")
    check(done.returncode == status, f"{arguments} ended with {done.returncode}, not {status}: {err}")
    return out, err


def everything(folder):
    """A run with every kind of record, in a file that is closed; its path."""
    (folder / "run").mkdir()
    subprocess.run([WRITE_EVERYTHING, folder / "run"], check=True, timeout=60)
    files = list((folder / "run").rglob("*.tfv.h5"))
    check(files, "nothing was written")
    return folder / "run"


def told(path):
    """All that there is to be told of a path."""
    return {
        "ls": tfv("ls", path)[0],
        **{f"{kind} {option}": tfv("dump", f"--kind={kind}", *option, path)[0] for kind in KINDS for option in ((), ("--purge",))},
    }


def gives_what_it_gave_before(folder):
    run = everything(folder)
    before = told(run)
    check(before["scalar ()"].count("\n") > 2, "there are no scalars")
    out, err = tfv("compact", run)
    check(" before, " in out and " now\n" in out and not err, out + err)
    for what, text in told(run).items():
        same(text, before[what], what)
    check(not list(run.rglob("*.tmp")), "something is left over")
    out, _ = tfv("compact", run)
    check("is compacted already" in out, out)


def keeps_the_file_when_asked(folder):
    run = everything(folder)
    file = next(run.rglob("*.tfv.h5"))
    content = file.read_bytes()
    before = told(run)
    tfv("compact", "--keep", file)
    same(pathlib.Path(f"{file}.orig").read_bytes() == content, True, "what was kept")
    same(told(run), before, "both side by side")


def writes_another_file_when_asked(folder):
    run = everything(folder)
    file = next(run.rglob("*.tfv.h5"))
    content = file.read_bytes()
    tfv("compact", f"--out={folder / 'small.tfv.h5'}", file)
    same(file.read_bytes() == content, True, "the original")
    same(tfv("dump", "--kind=scalar", folder / "small.tfv.h5")[0], tfv("dump", "--kind=scalar", file)[0], "scalars")
    # What is there stays, the file itself too.
    (folder / "mine.tfv.h5").write_text("dear")
    for out in (folder / "mine.tfv.h5", file):
        _, err = tfv("compact", f"--out={out}", file, status=1)
        check(f"{out}: File exists" in err, err)
    same(((folder / "mine.tfv.h5").read_text(), file.read_bytes() == content), ("dear", True))
    # A link stays one; the file is replaced where it lies.
    link = folder / "link.tfv.h5"
    link.symlink_to(file)
    tfv("compact", "--keep", link)
    check(link.is_symlink() and file.stat().st_size < len(content), "the link was replaced")
    same(pathlib.Path(f"{file}.orig").read_bytes() == content, True, "what was kept")


def h5py_reads_the_columns(folder):
    try:
        import h5py
    except ImportError:
        return "h5py is not installed"
    run = everything(folder)
    tfv("compact", run)
    file = next(run.rglob("*.tfv.h5"))
    with h5py.File(file) as f:
        i = f["columns/index"][0]
        rows = slice(i["start"], i["start"] + i["n_points"])
        steps, values = f["columns/step"][rows], f["columns/value32" if i["flags"] & 2 else "columns/value64"][rows]
        name = f["tags"][i["tag"] - 1]["name"].decode()
    same(len(values), i["n_points"], "points")
    lines = [line.split(",") for line in tfv("dump", "--kind=scalar", f"--tag={name}", file)[0].splitlines()[1:]]
    same([int(line[-3]) for line in lines], steps.tolist(), "steps")
    return None


def says_what_is_wrong(folder):
    run = everything(folder)
    file = next(run.rglob("*.tfv.h5"))
    for arguments, words in (
            ((), "PATH"), (("--out=x.tfv.h5", run), "--out"), (("--out=x", file), ".tfv.h5"), (("--keep", "--out=x.tfv.h5", file), "--keep")):
        _, err = tfv("compact", *arguments, status=2)
        check(words in err, f"{arguments}: {err}")
    for path, words in ((folder / "nowhere", "nowhere"), (file.with_name("cut.tfv.h5"), "cut")):
        if path.name.startswith("cut"):
            shutil.copy(file, path)
            os.truncate(path, path.stat().st_size // 2)
            content = path.read_bytes()
        _, err = tfv("compact", path, status=1)
        check(words in err and err.count("\n") == 1, err)
    same(path.read_bytes() == content, True, "a damaged file")
    (folder / "empty").mkdir()
    _, err = tfv("compact", folder / "empty", status=1)
    check("there is no event file" in err, err)


TESTS = {
    "gives-what-it-gave-before": gives_what_it_gave_before,
    "keeps-the-file-when-asked": keeps_the_file_when_asked,
    "writes-another-file-when-asked": writes_another_file_when_asked,
    "h5py-reads-the-columns": h5py_reads_the_columns,
    "says-what-is-wrong": says_what_is_wrong,
}


def main():
    print(f"1..{len(TESTS)}")
    failed = 0
    for number, (name, function) in enumerate(TESTS.items(), 1):
        with tempfile.TemporaryDirectory(prefix="tfv-test-") as folder:
            try:
                skipped = function(pathlib.Path(folder))
                print(f"ok {number} /cli/compact/{name}" + (f" # SKIP {skipped}" if skipped else ""))
            except Exception as error:  # any of them is a failed test, and the next is tried
                failed += 1
                print(f"not ok {number} /cli/compact/{name}")
                print("\n".join("# " + line for line in f"{type(error).__name__}: {error}".splitlines()))
        sys.stdout.flush()
    sys.exit(failed > 0)


main()
