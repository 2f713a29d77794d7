#!/usr/bin/python3
"""From Python, through GObject introspection: what is written is read back, and errors are exceptions."""

import os
import sys
import tempfile

import tree

N_STEPS = 1000


def load():
    """The namespace, or None where there is no gi."""
    try:
        import gi
        from gi.repository import GLib
    except ImportError:
        return None, None
    gi.require_version("Tfv", "1")
    from gi.repository import Tfv

    return Tfv, GLib


def write(Tfv, folder):
    writer = Tfv.SummaryWriter.new(folder)
    for step in range(N_STEPS):
        writer.add_scalar("loss", 1 / (1 + step), step)
    writer.add_text("note", "from Python", 0)
    writer.close()
    return [f"{writer.get_n_dropped()} dropped"] if writer.get_n_dropped() else []


def read_back(Tfv, folder):
    logdir = Tfv.Logdir.new([folder])
    logdir.load(None)
    runs = logdir.dup_runs()
    if [run.get_name() for run in runs] != ["a"]:
        return [f"runs {[run.get_name() for run in runs]}"]
    tags = [tag.get_name() for tag in runs[0].dup_tags()]
    if sorted(tags) != ["loss", "note"]:
        return [f"tags {tags}"]
    view = runs[0].dup_tag(Tfv.RecordKind.SCALAR, "loss").get_series().snapshot(Tfv.ScalarViewFlags.ALL)
    points = [view.get(i) for i in range(view.n_points)]
    wrong = [p for i, p in enumerate(points) if p.step != i or p.value != 1 / (1 + i) or p.is_float32]
    return [f"{len(points)} points, {len(wrong)} of them wrong"] if wrong or len(points) != N_STEPS else []


def fails_loudly(Tfv, GLib, path):
    try:
        Tfv.SummaryWriter.new(path)
    except GLib.Error as error:
        return [] if path in error.message else [f"the message does not name {path}: {error.message}"]
    return ["no exception"]


def main():
    tap = tree.Tap()
    Tfv, GLib = load()
    if Tfv is None:
        tap.skip("/tree/introspection/writes-and-reads-back", "no python3-gi")
        return tap.done()
    with tempfile.TemporaryDirectory(prefix="tfv-gi-") as folder:
        tap.check("/tree/introspection/writes-a-run", write(Tfv, os.path.join(folder, "a")))
        tap.check("/tree/introspection/reads-back-every-point", read_back(Tfv, folder))
        blocked = os.path.join(folder, "file")
        with open(blocked, "w", encoding="utf-8") as file:
            file.write("not a folder")
        tap.check("/tree/introspection/an-error-is-an-exception", fails_loudly(Tfv, GLib, blocked))
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
