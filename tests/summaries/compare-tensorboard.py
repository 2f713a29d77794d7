"""compare-tensorboard.py TFV FOLDER…: whether tfv reads what TensorBoard reads.

Each FOLDER has event files, those of one run beside each other. Goes through them with TensorBoard's own loader and
compares every scalar, histogram, image, clip, text, curve, mesh, tensor and hyper-parameter with what `tfv dump`
prints, and the scalars left after restarts with those that TensorBoard keeps. Prints what differs. Runs under a python
that has tensorboard, which TFV_PEER_PYTHON may name; exits with 77 where there is none. write-tensorboard.py writes
folders with all that others' writers can write.
"""

import base64
import collections
import csv
import io
import json
import math
import os
import pathlib
import subprocess
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
if os.environ.get("TFV_PEER_PYTHON", sys.executable) != sys.executable:
    os.execv(os.environ["TFV_PEER_PYTHON"], [os.environ["TFV_PEER_PYTHON"], *sys.argv])
try:
    import numpy
    from tensorboard.backend.event_processing import event_accumulator, event_file_loader
    from tensorboard.plugins.hparams import plugin_data_pb2
    from tensorboard.util import tensor_util
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

csv.field_size_limit(1 << 30)
FAULTS = []


def fault(*what):
    FAULTS.append(" ".join(str(part) for part in what))


def dump(tfv, folder, kind, *options):
    done = subprocess.run([tfv, "dump", f"--kind={kind}", *options, str(folder)], stdout=subprocess.PIPE, check=True)
    series = collections.defaultdict(list)
    for row in csv.DictReader(io.StringIO(done.stdout.decode())):
        series[row["run"], row["tag"]].append(row)
    return series


def list_tags(tfv, folder):
    done = subprocess.run([tfv, "ls", "--json", str(folder)], stdout=subprocess.PIPE, check=True)
    return {(run["name"], tag["tag"], tag["plugin"]) for run in json.loads(done.stdout)["runs"] for tag in run["tags"]}


def runs_of(folder):
    files = collections.defaultdict(list)
    for path in sorted(path for path in folder.rglob("*tfevents*") if path.is_file()):
        files[str(path.parent.relative_to(folder))].append(path)
    return files


def tensors_of(paths):
    """tag → plugin, content, [(step, wall_time, value)], as the loader gives them."""
    tags = {}
    for path in paths:
        for event in event_file_loader.EventFileLoader(str(path)).Load():
            if not event.HasField("summary"):
                continue
            for value in event.summary.value:
                data = value.metadata.plugin_data
                # Metadata without a plugin and without a value tell nothing.
                if value.tag not in tags and not data.plugin_name and not value.HasField("tensor"):
                    continue
                tag = tags.setdefault(value.tag, (data.plugin_name, data.content, []))
                tag[2].append((event.step, event.wall_time, value))
    return tags


def places(rows):
    return [(int(row["step"]), float(row["wall_time"])) for row in rows]


def by_record(rows):
    """Rows of one record, which is a step and a wall time."""
    records = []
    for row in rows:
        place = int(row["step"]), float(row["wall_time"])
        first = row.get("sample", row.get("threshold"))
        if not records or records[-1][0] != place or (first is not None and float(first) == 0):
            records.append((place, []))
        records[-1][1].append(row)
    return records


def array(value):
    return tensor_util.make_ndarray(value.tensor)


def same(a, b):
    """ours has the digits of a float32 where that is what is stored"""
    with numpy.errstate(all="ignore"):
        return a == b or (math.isnan(a) and math.isnan(b)) or numpy.float32(a) == numpy.float32(b)


def all_same(theirs, ours):
    return len(theirs) == len(ours) and all(same(float(a), float(b)) for a, b in zip(theirs, ours))


def compare_scalars(name, values, rows):
    theirs = [(step, wall) for step, wall, _ in values]
    if theirs != places(rows) or not all_same([array(value).item() for _, _, value in values], [row["value"] for row in rows]):
        fault("scalars", name, values[:5], rows[:5])


def compare_histograms(name, values, rows):
    if len(values) != len(rows):
        fault("histograms", name, len(values), len(rows))
    for (step, wall, value), row in zip(values, rows):
        theirs = [number for bucket in array(value).tolist() if bucket[2] for number in bucket]
        ours = [number for bucket in json.loads(row["buckets"]) if bucket[2] for number in bucket]
        if (step, wall) != (int(row["step"]), float(row["wall_time"])) or not all_same(theirs, ours):
            fault("histogram", name, step, wall, theirs, ours)


def compare_images(name, values, rows):
    records = by_record(rows)
    if len(values) != len(records):
        fault("images", name, len(values), len(records))
    for (step, wall, value), (place, samples) in zip(values, records):
        width, height, *encoded = array(value).tolist()
        if place != (step, wall) or any((row["width"], row["height"]) != (width.decode(), height.decode()) for row in samples):
            fault("image", name, step, place, width, height, samples[0]["width"])
        if encoded != [base64.b64decode(row["data"]) for row in samples]:
            fault("image's data", name, step)


def compare_clips(name, values, rows):
    records = by_record(rows)
    if len(values) != len(records):
        fault("clips", name, len(values), len(records))
    for (step, wall, value), (place, samples) in zip(values, records):
        tensor = array(value)
        encoded = tensor[:, 0].tolist() if tensor.ndim == 2 else tensor.tolist()
        if place != (step, wall) or encoded != [base64.b64decode(row["data"]) for row in samples]:
            fault("clip", name, step)


def compare_texts(name, values, rows):
    if len(values) != len(rows):
        fault("texts", name, len(values), len(rows))
    for (step, wall, value), row in zip(values, rows):
        tensor = array(value)
        if (step, wall) != (int(row["step"]), float(row["wall_time"])) or any(
            s.decode() not in row["text"] for s in tensor.ravel().tolist()
        ):
            fault("text", name, step, tensor.tolist(), row["text"])


def compare_curves(name, values, rows):
    records = by_record(rows)
    if len(values) != len(records):
        fault("curves", name, len(values), len(records))
    columns = ("true_positives", "false_positives", "true_negatives", "false_negatives", "precision", "recall")
    for (step, wall, value), (place, points) in zip(values, records):
        theirs = array(value)
        ours = [[float(row[column]) for row in points] for column in columns]
        if place != (step, wall) or theirs.shape != (6, len(points)) or not all_same(theirs.ravel(), sum(ours, [])):
            fault("curve", name, step, theirs.tolist(), ours)


def compare_numbers(name, values, rows):
    """Meshes and tensors, by their values."""
    if len(values) != len(rows):
        fault("tensors", name, len(values), len(rows))
    for (step, wall, value), row in zip(values, rows):
        try:
            tensor = array(value)
        except (ValueError, TypeError):
            tensor = None
        if (step, wall) != (int(row["step"]), float(row["wall_time"])):
            fault("tensor's place", name, step)
        if tensor is None or tensor.dtype == object:
            continue
        ours = json.loads(row["values"]) if row["values"] else []
        if not all_same(tensor.ravel(), ours):
            fault("tensor", name, step, tensor.tolist(), row["values"][:200])


def compare_hparams(name, content, rows):
    data = plugin_data_pb2.HParamsPluginData.FromString(content)
    ours = {row["key"]: row["value"] for row in rows}
    if data.WhichOneof("data") == "session_start_info":
        theirs = {key: getattr(value, value.WhichOneof("kind")) for key, value in data.session_start_info.hparams.items()}
        for key, value in theirs.items():
            text = ours.get(f"hparams.{key}")
            if text is None or json.loads(text) != value:
                fault("hparams", name, key, value, text)


KINDS = {
    "scalars": ("scalar", compare_scalars),
    "histograms": ("histogram", compare_histograms),
    "images": ("image", compare_images),
    "audio": ("audio", compare_clips),
    "text": ("text", compare_texts),
    "pr_curves": ("pr-curve", compare_curves),
    "mesh": ("mesh", compare_numbers),
    "custom_scalars": ("layout", None),
    "hparams": ("hparams", None),
    "graphs": ("graph", None),
}


def compare_run(run, paths, dumps, listed):
    """What the files of a run hold; returns how many tags."""
    try:
        tags = tensors_of(paths)
    except Exception as error:  # whatever the loader makes of damage
        print(f"TensorBoard can't read {run}: {type(error).__name__}: {error}")
        return 0
    for tag, (plugin, content, values) in tags.items():
        kind, compare = KINDS.get(plugin, ("tensor", compare_numbers))
        rows = dumps[kind].get((run, tag))
        name = f"{run} {tag}"
        try:
            if plugin.startswith("graph_"):
                if (run, tag, plugin) not in listed:
                    fault("not listed:", name, plugin)
            elif rows is None:
                fault("no", kind, name, plugin)
            elif kind == "hparams":
                compare_hparams(name, content, rows)
            elif compare:
                compare(name, values, rows)
        except (ValueError, TypeError) as error:
            print(f"TensorBoard can't decode {name}: {error}")
    return len(tags)


def compare_restarts(run, folder, purged):
    accumulator = event_accumulator.EventAccumulator(str(folder / run), size_guidance={"scalars": 0, "tensors": 0})
    accumulator.Reload()
    for tag in accumulator.Tags()["scalars"]:
        theirs = [(event.step, event.wall_time) for event in accumulator.Scalars(tag)]
        if theirs != places(purged.get((run, tag), [])):
            fault("after restarts", run, tag, theirs, places(purged.get((run, tag), [])))


def main():
    tfv, *folders = sys.argv[1:]
    n_tags = 0
    for folder in map(pathlib.Path, folders):
        dumps = {kind: dump(tfv, folder, kind) for kind in sorted({kind for kind, _ in KINDS.values()} | {"tensor"})}
        purged = dump(tfv, folder, "scalar", "--purge")
        listed = list_tags(tfv, folder)
        for run, paths in runs_of(folder).items():
            n = compare_run(run, paths, dumps, listed)
            if n:
                compare_restarts(run, folder, purged)
            n_tags += n
    for line in FAULTS:
        print(line)
    print(f"{n_tags} tags compared, {len(FAULTS)} differences")
    return 1 if FAULTS or n_tags == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
