#!/usr/bin/env python3
"""What tfv exports, opened by TensorBoard itself: its loaders, and its server with all its plugins."""

import collections
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

try:
    import tensorboard
except ImportError:
    # What tools/bench installs its peers into has it.
    peers = pathlib.Path(os.environ.get("TFV_SOURCE_ROOT", "/nowhere")) / "build" / "bench" / "venv" / "bin" / "python"
    if peers.exists() and "TFV_PEERS" not in os.environ:
        os.execve(peers, [str(peers), *sys.argv], {**os.environ, "TFV_PEERS": "1", "LD_LIBRARY_PATH": "", "TF_CPP_MIN_LOG_LEVEL": "3"})
    print("1..0 # SKIP TensorBoard is not installed")
    sys.exit(0)

import logging

import numpy
from tensorboard.backend.event_processing import event_accumulator, plugin_event_accumulator, plugin_event_multiplexer
from tensorboard.util import tensor_util

logging.disable(logging.CRITICAL)

TFV, WRITE_EVERYTHING = (os.path.abspath(path) for path in sys.argv[1:3])
DATA = pathlib.Path(os.environ.get("TFV_SHARED_DATA", "/nowhere")) / "tfevents"
EVERY_POINT = {plugin_event_accumulator.TENSORS: 0}


def check(condition, message):
    if not condition:
        raise AssertionError(message)


def same(got, expected, of=""):
    check(got == expected, f"{of}: got\n{str(got)[:2000]}\ninstead of\n{str(expected)[:2000]}")


def tfv(*arguments, status=0):
    environment = {key: value for key, value in os.environ.items() if key != "LD_LIBRARY_PATH"}
    done = subprocess.run([TFV, *map(str, arguments)], capture_output=True, timeout=120, env=environment)
    check(done.returncode == status, f"{arguments} ended with {done.returncode}: {done.stderr.decode()}")
    return done.stdout.decode(), done.stderr.decode()


def dump(kind, *arguments):
    return json.loads(tfv("dump", f"--kind={kind}", "--format=json", *arguments)[0])


# --- by TensorBoard's loaders --------------------------------------------------------------------


def numbers(proto):
    try:
        array = tensor_util.make_ndarray(proto)
    except ValueError:
        # PyTorch writes lists of strings without a shape.
        return proto.SerializeToString(deterministic=True)
    return (str(array.dtype), array.shape, array.tobytes() if array.dtype != object else array.tolist())


def load(path):
    """All that TensorBoard's multiplexer holds of a folder."""
    multiplexer = plugin_event_multiplexer.EventMultiplexer(tensor_size_guidance=EVERY_POINT)
    multiplexer.AddRunsFromDirectory(str(path))
    multiplexer.Reload()
    found = {}
    for run, content in multiplexer.Runs().items():
        accumulator = multiplexer.GetAccumulator(run)
        tags = {tag: [(event.wall_time, event.step, numbers(event.tensor_proto)) for event in accumulator.Tensors(tag)] for tag in content["tensors"]}
        metadata = {tag: accumulator.SummaryMetadata(tag).SerializeToString(deterministic=True) for tag in accumulator.AllSummaryMetadata()}
        graph = accumulator.Graph().SerializeToString() if content["graph"] else None
        runs_of_graph = {tag: accumulator.RunMetadata(tag).SerializeToString(deterministic=True) for tag in content["run_metadata"]}
        found[run] = (tags, metadata, graph, runs_of_graph, accumulator.FirstEventTimestamp())
    return found


def load_as_written(path):
    """The same by the loader that takes values as they stand in the file."""
    accumulator = event_accumulator.EventAccumulator(str(path), size_guidance=collections.defaultdict(int))
    accumulator.Reload()
    tags = accumulator.Tags()
    found = {("scalars", tag): [repr(event) for event in accumulator.Scalars(tag)] for tag in tags["scalars"]}
    found.update({("images", tag): [repr(event) for event in accumulator.Images(tag)] for tag in tags["images"]})
    found.update({("audio", tag): [repr(event) for event in accumulator.Audio(tag)] for tag in tags["audio"]})
    found.update({("histograms", tag): [str(event) for event in accumulator.Histograms(tag)] for tag in tags["histograms"]})
    found.update({("tensors", tag): [(event.wall_time, event.step, event.tensor_proto.SerializeToString(deterministic=True)) for event in accumulator.Tensors(tag)]
                  for tag in tags["tensors"]})
    return repr(sorted(found.items()))


def exports_what_others_wrote(folder):
    if not DATA.is_dir():
        return "no data of others here"
    exported = folder / "all"
    tfv("export", DATA, "--format=tfevents", f"--out={exported}")
    before, after = load(DATA), load(exported)
    # A folder whose only file is empty is a run of nothing.
    before = {run: content for run, content in before.items() if content[0] or content[2]}
    after = {run: content for run, content in after.items() if content[0] or content[2]}
    same(sorted(after), sorted(before), "runs")
    for run in before:
        for part, got, expected in zip(("values", "metadata", "graph", "runs of the graph"), after[run], before[run]):
            same(got, expected, f"{part} of {run}")
    for number, path in enumerate(sorted(DATA.glob("*/*tfevents*"))):
        out = folder / str(number)
        tfv("export", path, "--format=tfevents", f"--out={out}")
        same(load_as_written(out), load_as_written(path), path.name)


def exports_through_our_files(folder):
    """To our own files, and from there to TensorBoard's: nothing is lost on the way."""
    if not DATA.is_dir():
        return "no data of others here"
    tfv("import", DATA, f"--out={folder / 'own'}")
    tfv("export", folder / "own", "--format=tfevents", f"--out={folder / 'back'}")
    tfv("export", DATA, "--format=tfevents", f"--out={folder / 'direct'}")
    back, direct = load(folder / "back"), load(folder / "direct")
    same(sorted(run for run in back), sorted(run for run in direct if direct[run][0] or direct[run][2] or run in back), "runs")
    for run in back:
        for part, got, expected in zip(("values", "metadata", "graph", "runs of the graph"), back[run], direct[run]):
            same(got, expected, f"{part} of {run}")


def exports_every_kind(folder):
    source, out = folder / "logs", folder / "out"
    subprocess.run([WRITE_EVERYTHING, source], check=True, timeout=60)
    told = tfv("export", source, "--format=tfevents", f"--out={out}")[1].splitlines()
    same(len(told), 2, "what was told")
    check("span" in told[0] and "run" in told[0] and "rounded to float32" in told[1], told)
    runs = load(out)
    same(sorted(runs), ["again/and/again", "everything"], "runs")
    for run, (tags, *_) in runs.items():
        expected = collections.defaultdict(list)
        for row in dump("scalar", "--purge", f"--run={run}", source):
            expected[row["tag"]].append((row["wall_time"], row["step"], numpy.float32(float(row["value"])).tobytes()))
        got = {tag: [(wall_time, step, data) for wall_time, step, (_, _, data) in tags[tag]] for tag in tags if tag in expected}
        same(got, dict(expected), f"scalars of {run}")
    purged = {kind: len({(row["tag"], row["step"], row["wall_time"]) for row in dump(kind, "--purge", "--run=everything", source)}) for kind in ("histogram", "image", "audio", "text", "pr-curve", "mesh", "embedding")}
    plugins = collections.Counter()
    tags, metadata, graph, runs_of_graph, _ = runs["everything"]
    accumulator = plugin_event_accumulator.EventAccumulator(str(out / "everything"), tensor_size_guidance=EVERY_POINT)
    accumulator.Reload()
    for tag, values in tags.items():
        plugins[accumulator.SummaryMetadata(tag).plugin_data.plugin_name] += len(values)
    names = {"histogram": "histograms", "image": "images", "audio": "audio", "text": "text", "pr-curve": "pr_curves", "mesh": "mesh", "embedding": "projector"}
    same({names[kind]: plugins[names[kind]] for kind in names}, {names[kind]: n for kind, n in purged.items()}, "records of each plugin")
    check(graph is not None and "step7" in {*tags, *runs_of_graph}, "no graph, or no run of it")

    wide = folder / "wide"
    tfv("export", source, "--format=tfevents", "--float64", f"--out={wide}")
    values = dict(load(wide))["everything"][0]["loss/double"]
    same([float(numpy.frombuffer(data, kind)[0]) for _, _, (kind, _, data) in values], [float(row["value"]) for row in dump("scalar", "--purge", "--tag=loss/double", "--run=everything", source)], "float64")

    tfv("export", source, "--format=tfevents", "--purge", f"--out={folder / 'purged'}")
    for run, content in load(folder / "purged").items():
        # What tells of the run itself is never superseded here; TensorBoard keeps the last.
        of_run = {tag for tag in content[0] if tag in ("__run_graph__", "step7") or tag.startswith("_hparams_")}
        same({tag: values for tag, values in content[0].items() if tag not in of_run},
             {tag: values for tag, values in runs[run][0].items() if tag not in of_run}, f"what is purged of {run}")
    tfv("import", out, f"--out={folder / 'again'}")
    for kind in ("scalar", "histogram", "image", "audio", "text", "tensor", "pr-curve", "hparams", "mesh", "layout", "embedding", "log-message"):
        for option in ([], ["--purge"]):
            rows = [{key: value for key, value in row.items() if kind != "scalar" or key != "value"} for row in dump(kind, *option, "--run=everything", source)]
            back = [{key: value for key, value in row.items() if kind != "scalar" or key != "value"} for row in dump(kind, *option, "--run=everything", folder / "again")]
            same(back, rows, f"{kind} {option}")


# --- by TensorBoard's server ---------------------------------------------------------------------


class Server:
    def __init__(self, logdir, *options):
        self.port_file = logdir.parent / f"{logdir.name}.log"
        self.output = open(self.port_file, "wb")
        command = [sys.executable, "-m", "tensorboard.main", f"--logdir={logdir}", "--port=0", "--host=127.0.0.1", *options]
        self.process = subprocess.Popen(command, stdout=self.output, stderr=self.output)

    def __enter__(self):
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline:
            for word in self.port_file.read_text(errors="replace").split():
                if word.startswith("http://127.0.0.1:"):
                    self.address = word
                    return self
            time.sleep(0.1)
        raise AssertionError(f"TensorBoard does not start: {self.port_file.read_text(errors='replace')[-2000:]}")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(30)
        self.output.close()

    def get(self, path, body=None, **arguments):
        url = f"{self.address}data/{path}?{urllib.parse.urlencode(arguments)}"
        request = urllib.request.Request(url, data=body, headers={"Content-Type": "application/json"} if body else {})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.read()
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{url}: {error}: {error.read()[:300]}") from error

    def get_json(self, path, **arguments):
        return json.loads(self.get(path, **arguments))

    def wait_for(self, path, wanted):
        """Asks until the data are loaded."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                answer = self.get_json(path)
                if wanted(answer):
                    return answer
            except AssertionError as error:
                answer = error
            time.sleep(0.2)
        raise AssertionError(f"{path} never gives what it should: {answer}")


def server_shows_every_plugin(folder):
    source, out, run = folder / "logs", folder / "out", "everything"
    subprocess.run([WRITE_EVERYTHING, source], check=True, timeout=60)
    tfv("export", source, "--format=tfevents", f"--out={out}")
    points = [(row["step"], row["value"]) for row in dump("scalar", "--purge", "--tag=loss/float", f"--run={run}", source)]
    for options in ([], ["--load_fast=false"]):
        with Server(out, *options) as server:
            server.wait_for("plugin/scalars/tags", lambda tags: "loss/float" in tags.get(run, {}) and "loss" in tags.get("again/and/again", {}))
            got = server.get_json("plugin/scalars/scalars", run=run, tag="loss/float")
            same([(step, numpy.float32(value)) for _, step, value in got], [(step, numpy.float32(value)) for step, value in points], "scalars")
            same(len(server.get_json("plugin/scalars/scalars", run="again/and/again", tag="loss")), 30, "a run that was started again")
            histogram = server.get_json("plugin/histograms/histograms", run=run, tag="media/weights")
            same([step for _, step, _ in histogram], [1, 6], "histograms")
            check(sum(count for _, _, count in histogram[0][2]) == 100, "a histogram lacks values")
            images = server.get_json("plugin/images/images", run=run, tag="media/pixels", sample=0)
            same([image["step"] for image in images], [1, 6], "images")
            check(server.get(f"plugin/images/individualImage?{images[0]['query']}&").startswith(b"\x89PNG"), "an image is no PNG")
            text = server.get_json("plugin/text/text", run=run, tag="media/note")
            same([(entry["step"], entry["text"]) for entry in text], [(1, "<p>a <em>note</em></p>"), (6, "<p>a <em>note</em></p>")], "texts")
            check(server.get_json("plugin/distributions/distributions", run=run, tag="media/weights"), "no distributions")
            check(run in server.get_json("plugin/audio/tags"), "no audio")
            check(server.get_json("plugin/pr_curves/tags").get(run), "no PR curves")
            check(run in server.get_json("plugin/graphs/info"), "no graph")
            check(b"node" in server.get("plugin/graphs/graph", run=run, conceptual="false", limit_attr_size=1024, large_attrs_key="_too_large_attrs"), "an empty graph")
            check(server.get("plugin/graphs/run_metadata", run=run, tag="step7"), "no run of the graph")
            check(server.get_json("plugin/mesh/tags").get(run), "no mesh")
            check(server.get_json("plugin/custom_scalars/layout").get("category"), "no layout")
            wanted = {"experimentName": "", "allowedStatuses": ["STATUS_SUCCESS"], "colParams": [], "startIndex": 0, "sliceSize": 10}
            groups = json.loads(server.get("plugin/hparams/session_groups", json.dumps(wanted).encode()))["sessionGroups"]
            same(groups[0]["hparams"], {"bias": True, "lr": 0.01, "optimizer": "adam"}, "hyper-parameters")
            embeddings = server.wait_for("plugin/projector/info?run=" + run + "&", lambda info: info.get("embeddings"))["embeddings"]
            words = [entry for entry in embeddings if entry["tensorName"].startswith("media/words")]
            check(words and words[0]["tensorShape"] == [3, 4], embeddings)
            tensor = numpy.frombuffer(server.get("plugin/projector/tensor", run=run, name=words[0]["tensorName"]), "float32")
            check(numpy.array_equal(tensor, numpy.sin(numpy.arange(12, dtype="float32") + numpy.float32(1))) or numpy.allclose(tensor, numpy.sin(numpy.arange(12) + 1)), tensor)
            same(server.get("plugin/projector/metadata", run=run, name=words[0]["tensorName"]).split(), [b"one", b"two", b"three"], "names of points")


TESTS = {
    "exports-what-others-wrote": exports_what_others_wrote,
    "exports-through-our-files": exports_through_our_files,
    "exports-every-kind": exports_every_kind,
    "its-server-shows-every-plugin": server_shows_every_plugin,
}


def main():
    print(f"1..{len(TESTS)}")
    failed = 0
    for number, (name, function) in enumerate(TESTS.items(), 1):
        with tempfile.TemporaryDirectory() as folder:
            try:
                skipped = function(pathlib.Path(folder))
                print(f"ok {number} /cli/tensorboard/{name}" + (f" # SKIP {skipped}" if skipped else ""))
            except Exception as error:
                failed += 1
                print(f"not ok {number} /cli/tensorboard/{name}")
                print("\n".join("# " + line for line in f"{type(error).__name__}: {error}".splitlines()))
        sys.stdout.flush()
    sys.exit(failed > 0)


main()
