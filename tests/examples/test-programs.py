#!/usr/bin/env python3
"""The example programs, run as a user runs them, and looked at with tfv."""

import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time

LINEAR_REGRESSION, DIGITS, TFV = sys.argv[1:4]


def check(condition, message):
    if not condition:
        raise AssertionError(message)


def run(*arguments, status=0):
    done = subprocess.run(list(map(str, arguments)), capture_output=True, text=True, timeout=120)
    check(done.returncode == status, f"{arguments} ended with {done.returncode}, not {status}: {done.stderr}")
    return done.stdout, done.stderr


def ls(folder):
    out, err = run(TFV, "ls", "--json", folder)
    check(not err, err)
    return {r["name"]: r for r in json.loads(out)["runs"]}


def scalars(folder, run_name, tag):
    out, _ = run(TFV, "dump", "--kind=scalar", "--format=json", f"--run={run_name}", f"--tag={tag}", "--purge", folder)
    return [(row["step"], row["value"]) for row in json.loads(out)]


def learns_a_line(folder):
    out, _ = run(LINEAR_REGRESSION, f"--logdir={folder}")
    rows = [line.split() for line in out.splitlines()]
    last = next(row for row in rows if row[0] == "1000")
    check(abs(float(last[1]) - 0.1) < 0.005 and abs(float(last[2]) - 0.3) < 0.005, last)
    loss = scalars(folder, ".", "loss")
    check([step for step, _ in loss] == list(range(1001)), "steps are missing")
    check(loss[-1][1] < loss[0][1] / 10, f"loss went from {loss[0]} to {loss[-1]}")
    check(ls(folder)["."]["graphs"] == 1, "no graph")


def learns_digits(folder):
    out, _ = run(DIGITS, f"--logdir={folder}", "--steps=1500", "--hidden=128", "--learning-rate=0.003")
    found = re.search(r"^(\S+) % of 10000 held-out digits recognised after 1500 steps", out, re.M)
    check(found and float(found[1]) >= 97, out)

    runs = ls(folder)
    check(set(runs) == {"train", "test"}, sorted(runs))
    tags = {(tag["kind"], tag["tag"]): tag for tag in runs["train"]["tags"]}
    for tag in ("loss", "accuracy", "learning_rate"):
        check(tags["scalar", tag]["count"] == 1500, f"{tag}: {tags}")
    check(runs["train"]["graphs"] == 1, "no graph")
    check(runs["train"]["devices"] and runs["train"]["devices"][0]["spans"] > 100, "no traced step")
    spans = json.loads(run(TFV, "dump", "--kind=span", "--format=json", folder)[0])
    check({row["step"] for row in spans} == set(range(100, 1501, 100)), "other steps were traced")
    check("Adam/update_hidden1/weights/ApplyAdam" in {row["op"] for row in spans}, "no operation was traced")
    check("hparams.learning_rate,0.003" in run(TFV, "dump", "--kind=run", folder)[0], "no hparams")
    check([step for step, _ in scalars(folder, "test", "accuracy")] == list(range(50, 1501, 50)), "held-out set not tried")


def wait_for(condition, what):
    for _ in range(600):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError(what)


def start_digits(folder):
    """A training that has logged something."""
    process = subprocess.Popen([DIGITS, f"--logdir={folder}", "--steps=1000000", "--hidden=32"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def has_begun():
        check(process.poll() is None, "it ended by itself")
        return any((pathlib.Path(folder) / "train").glob("*.h5")) and len(scalars(folder, "train", "loss")) > 50
    try:
        wait_for(has_begun, "nothing was logged")
    except BaseException:
        process.kill()
        process.communicate()
        raise
    return process


def goes_on_after_it_was_stopped(folder):
    process = start_digits(folder)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    check(process.returncode == 0 and "stopped" in out and not err, f"{process.returncode}: {out} {err}")
    check(run(TFV, "dump", "--kind=session", folder)[0].count(",stop") == 2, "the sessions were not ended")
    n_steps = len(scalars(folder, "train", "loss"))

    out, _ = run(DIGITS, f"--logdir={folder}", "--steps=20", "--hidden=32")
    check(f"going on after step {n_steps} " in out, out)
    loss = scalars(folder, "train", "loss")
    check([step for step, _ in loss] == list(range(1, n_steps + 21)), "there are holes, or steps twice")
    check(max(value for _, value in loss[-20:]) < loss[0][1], "it has forgotten what it knew")

    _, err = run(DIGITS, f"--logdir={folder}", "--steps=20", "--hidden=16", status=1)
    check(len(err.splitlines()) == 1 and "another kind" in err, err)


def survives_being_killed(folder):
    process = start_digits(folder)
    seen = scalars(folder, "train", "loss")
    process.kill()
    process.communicate()
    left = scalars(folder, "train", "loss")
    check(left[:len(seen)] == seen, f"{len(seen)} points were there, {len(left)} are left")
    check([step for step, _ in left] == list(range(1, len(left) + 1)), "there are holes")

    # A checkpoint or none: what comes next supersedes what went further.
    out, _ = run(DIGITS, f"--logdir={folder}", "--steps=20", "--hidden=32")
    first = int((re.search(r"going on after step (\d+)", out) or [0, 0])[1])
    check([step for step, _ in scalars(folder, "train", "loss")] == list(range(1, first + 21)), "there are holes, or steps twice")


def tells_what_is_wrong(folder):
    out, err = run(DIGITS, f"--data={folder}", f"--logdir={folder}/log", status=1)
    check(len(err.splitlines()) == 1 and "-images-idx3-ubyte" in err, err)
    check(not os.path.exists(f"{folder}/log/train"), "a run was begun")
    for arguments in (["--steps=0"], ["--hidden=0"], ["--optimizer=frob"], ["--frob"], ["surplus"]):
        check(len(run(DIGITS, *arguments, status=2)[1].splitlines()) == 1, "not one line")
    run(LINEAR_REGRESSION, "--frob", status=2)


TESTS = {
    "linear-regression/learns-a-line": learns_a_line,
    "digits/learns-and-writes-what-it-does": learns_digits,
    "digits/goes-on-after-it-was-stopped": goes_on_after_it_was_stopped,
    "digits/survives-being-killed": survives_being_killed,
    "digits/tells-what-is-wrong": tells_what_is_wrong,
}


def main():
    failed = False
    print(f"1..{len(TESTS)}")
    for number, (name, function) in enumerate(TESTS.items(), 1):
        with tempfile.TemporaryDirectory(prefix="tfv-examples-") as folder:
            try:
                function(folder)
                print(f"ok {number} /examples/{name}", flush=True)
            except Exception as error:  # any of them is a failed test, and the next is tried
                failed = True
                print(f"not ok {number} /examples/{name}")
                for line in f"{type(error).__name__}: {error}".splitlines():
                    print(f"# {line}", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
