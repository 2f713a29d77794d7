#!/usr/bin/python3
"""The SummaryWriter of Python: the same calls store what PyTorch's writer stores, and what can't be stored is told.

usage: test-writer.py TFV

golden/ was written by PyTorch; see make-golden.py.
"""

import base64
import csv
import ctypes
import inspect
import io
import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "tree")]

import calls  # noqa: E402
import png  # noqa: E402
import tree  # noqa: E402

TFV = os.path.abspath(sys.argv[1])
GOLDEN = str(HERE / "golden")
# When it was made is no part of a record, unless it was told.
TOLD_TIMES = ("scalar/python", "text/text_summary", "cloud_VERTEX")
WITHOUT_NUMPY = """
import sys
sys.modules["numpy"] = None
from tfview import SummaryWriter
with SummaryWriter(sys.argv[1]) as writer:
    writer.add_scalar("loss", 0.5, 1)
    writer.add_text("note", "text")
    writer.add_hparams({"rate": 0.1}, {"loss": 1}, run_name="trial")
    writer.add_histogram_raw("h", 0, 1, 2, 1, 1, [0.5, 1], [1, 1])
    try:
        writer.add_histogram("h", [1, 2])
    except ImportError as error:
        assert "NumPy" in str(error), error
    else:
        raise AssertionError("add_histogram does without NumPy")
"""

WITHOUT = """
import sys
import gi
def refuse(name, version):
    raise ValueError("Namespace Tfv not available")
if sys.argv[1] == "PyGObject":
    sys.modules["gi.repository"] = None
else:
    gi.require_version = refuse
try:
    import tfview
except ImportError as error:
    assert sys.argv[1] in str(error), error
else:
    raise AssertionError("there is no need of " + sys.argv[1])
"""


def dump(folder, kind):
    """The rows of a dump, the times left out that are not told."""
    done = subprocess.run([TFV, "dump", f"--kind={kind}", folder], capture_output=True, text=True, check=True)
    if done.stderr:
        raise AssertionError(done.stderr)
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    for row in rows:
        if row.get("tag") not in TOLD_TIMES:
            del row["wall_time"]
    return rows


def differences(ours, theirs):
    if len(ours) != len(theirs):
        yield f"{len(ours)} rows, PyTorch has {len(theirs)}"
    yield from (f"{a} is not PyTorch's {b}" for a, b in zip(ours, theirs) if a != b)


def compare(folder, kind):
    ours, theirs = dump(folder, kind), dump(GOLDEN, kind)
    if kind == "image":
        for row in (*ours, *theirs):
            del row["bytes"]
            row["data"] = png.decode(base64.b64decode(row["data"]))
    return [] if ours == theirs and ours else list(differences(ours, theirs)) or ["nothing was stored"]


def wrong_signatures(methods):
    for name, parameters in json.loads(pathlib.Path(GOLDEN, "signatures.json").read_text(encoding="utf-8")).items():
        ours = inspect.signature(getattr(methods, name)).parameters.values()
        listed = [[p.name, None if p.default is p.empty else repr(p.default)] for p in ours]
        if listed != parameters:
            yield f"{name} takes {listed}, PyTorch's {parameters}"


class Tensor:
    """What a tensor of PyTorch's is asked for."""

    def __init__(self, array):
        self.array = array
        self.dtype = f"torch.{array.dtype}"
        self.shape = array.shape

    def detach(self):
        return self

    cpu = resolve_conj = resolve_neg = detach

    def numpy(self):
        return self.array

    def item(self):
        return self.array.item()


def foreign_arrays(SummaryWriter, numpy, folder):
    with SummaryWriter(folder) as writer:
        writer.add_scalar("single", Tensor(numpy.float32(0.1)), Tensor(numpy.int64(3)).item())
        writer.add_histogram("h", Tensor(numpy.array([1.0, 2.0])), 1)
        writer.add_histogram("h", [1.0, 2.0], 2)
        writer.add_tensor("t", Tensor(numpy.array([[1, 2]], "int16")), 3)
        writer.add_tensor("t", numpy.float64(0.1), 4)
    histograms = [row["buckets"] for row in dump(folder, "histogram")]
    tensors = [(row["dtype"], row["shape"], row["values"]) for row in dump(folder, "tensor")]
    scalars = [(row["step"], row["value"]) for row in dump(folder, "scalar")]
    yield from [] if len(histograms) == 2 and histograms[0] == histograms[1] else [f"histograms {histograms}"]
    yield from [] if tensors == [("int16", "[1 2]", "[1,2]"), ("float64", "[]", "[0.1]")] else [f"tensors {tensors}"]
    yield from [] if scalars == [("3", "0.1")] else [f"scalars {scalars}"]


def counts_as_numpy(numpy):
    from tfview import curves

    limits = numpy.array(curves.DEFAULT_BINS)
    random = numpy.random.RandomState(1)
    everywhere = random.standard_normal(20000) * 10.0 ** random.randint(-16, 24, 20000)
    special = numpy.array([0.0, -0.0, numpy.inf, -numpy.inf, numpy.nan, limits[-1], limits[0]])
    for values in (numpy.concatenate([limits, numpy.nextafter(limits, 0), special, everywhere]), everywhere.astype("float32"), numpy.arange(-50, 50)):
        counts, _ = curves.count_default(numpy, values, curves.DEFAULT_BINS)
        expected, _ = numpy.histogram(values[numpy.isfinite(values)].astype(float), limits)
        yield from [] if (counts == expected).all() else [f"{values.dtype}: {(counts != expected).sum()} buckets differ"]


def wrong_calls(numpy):
    """(method, arguments, exception, what its message tells)"""
    five = numpy.zeros((5, 2, 2))
    return [
        ("add_scalar", ("a", "text"), TypeError, "number"),
        ("add_scalar", ("a", numpy.zeros(2)), ValueError, "(2,)"),
        ("add_scalar", ("a", 1.0, "step"), ValueError, "step"),
        ("add_histogram", ("a", []), ValueError, "a value at least"),
        ("add_histogram", ("a", ["x"]), TypeError, "numbers"),
        ("add_histogram", ("a", [numpy.nan]), ValueError, "bins"),
        ("add_histogram_raw", ("a", 0, 1, 1, 1, 1, [1], []), ValueError, "bucket_counts"),
        ("add_image", ("a", five), ValueError, "channels"),
        ("add_image", ("a", five[0]), ValueError, "CHW"),
        ("add_image", ("a", five, 1, None, "CWW"), ValueError, "CWW"),
        ("add_video", ("a", five), ValueError, "NTCHW"),
        ("add_audio", ("a", numpy.zeros((2, 3))), ValueError, "one dimension"),
        ("add_tensor", ("a", numpy.array([None])), TypeError, "numbers"),
        ("add_embedding", (five,), ValueError, "two dimensions"),
        ("add_embedding", (five[0], ["x"]), ValueError, "1 labels for 2 points"),
        ("add_mesh", ("a", five), ValueError, "batch"),
        ("add_custom_scalars_marginchart", (["a", "b"],), ValueError, "3 tags"),
        ("add_hparams", ([], {}), TypeError, "dictionaries"),
        ("add_hparams", ({"a": []}, {}), ValueError, "the hyper-parameter a"),
        ("add_hparams", ({"a": 1}, {}, {"a": ["x"]}), TypeError, "hparam_domain_discrete[a]"),
    ]


def uncaught(SummaryWriter, numpy, folder):
    with SummaryWriter(folder) as writer:
        for name, arguments, expected, word in wrong_calls(numpy):
            try:
                getattr(writer, name)(*arguments)
            except expected as error:
                if word not in str(error):
                    yield f"{name}{arguments}: {error}"
            except Exception as error:  # pylint: disable=broad-except
                yield f"{name}{arguments}: {error!r}"
            else:
                yield f"{name}{arguments}: nothing is said"
    stored = [tag for run in json.loads(subprocess.check_output([TFV, "ls", "--json", folder]))["runs"] for tag in run["tags"]]
    yield from (f"{tag['tag']} was stored" for tag in stored)


def life(SummaryWriter, GLib, folder):
    """A writer is closed and goes on, may be derived from, and starts where it is told."""
    from tfview import message

    class Derived(SummaryWriter):
        def add_loss(self, value, step):
            self.add_scalar("loss", value, step)

    with Derived(pathlib.Path(folder, "run"), purge_step=5) as writer:
        writer.add_loss(1.0, 5)
        writer.flush()
    writer.close()
    writer.add_loss(2.0, 6)
    writer.close()
    blocked = pathlib.Path(folder, "file")
    blocked.write_text("not a folder", encoding="utf-8")
    try:
        SummaryWriter(blocked)
        yield "a run may be a file"
    except GLib.Error as error:
        yield from [] if str(blocked) in error.message else [error.message]
    values = [row["value"] for row in dump(folder, "scalar")]
    sessions = [(row["step"], row["status"]) for row in dump(folder, "session")]
    with SummaryWriter(os.path.join(folder, "raw")) as writer:
        # As programs do it that go below PyTorch's methods.
        writer.file_writer.add_summary(message.value("loss", message.single(2, 0.5)), 3, 1.5)
        yield from [] if writer.file_writer.get_logdir() == writer.get_logdir() else ["file_writer is elsewhere"]
    raw = [(row["step"], row["value"]) for row in dump(os.path.join(folder, "raw"), "scalar")]
    yield from [] if raw == [("3", "0.5")] else [f"scalars {raw}"]
    yield from [] if values == ["1", "2"] else [f"scalars {values}"]
    yield from [] if sessions == [("5", "start")] else [f"sessions {sessions}"]


def closes_all(SummaryWriter, GLib, folder):
    """A file that can't be closed keeps no other one open."""
    from tfview import methods

    tried = []

    class Full:
        @staticmethod
        def close(writer):
            tried.append(writer)
            raise GLib.Error(f"file {len(tried)} is full")

    writer = SummaryWriter(folder)
    writer.add_scalars("loss", {"train": 1, "test": 2})
    native, methods.Native = methods.Native, Full
    try:
        writer.close()
        yield "nothing was told"
    except GLib.Error as error:
        yield from [] if error.message == "file 1 is full" else [error.message]
    finally:
        methods.Native = native
    yield from [] if len(tried) == 3 else [f"{len(tried)} of 3 files were closed"]
    for each in tried:
        native.close(each)


def default_folder(SummaryWriter, folder):
    before = os.getcwd()
    os.chdir(folder)
    try:
        SummaryWriter(comment="-trial").close()
        names = os.listdir("runs")
    finally:
        os.chdir(before)
    return [] if len(names) == 1 and names[0].endswith("-trial") else [f"runs/ holds {names}"]


def records_of_ours(SummaryWriter, Tfv, numpy, folder):
    """Graphs and embeddings lie beside PyTorch's event file, or are what PyTorch alone can make: no golden file has them."""
    graph = b"\x0a\x03\x0a\x01a\x0a\x03\x0a\x01b"
    with SummaryWriter(folder) as writer:
        writer.add_graph(graph)
        pictures = numpy.ones((3, 3, 2, 4))
        writer.add_embedding([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], [["a", 1], ["b", 2], ["c", 3]], pictures, 2, "points", ["name", "number"])
    graphs = dump(folder, "graph")
    (embedding,) = dump(folder, "embedding")
    width, height, n_channels, samples = png.decode(base64.b64decode(embedding.pop("sprite")))
    logdir = Tfv.Logdir.new([folder])
    logdir.load(None)
    read = Tfv.Embedding.decode(logdir.dup_runs()[0].dup_tag(Tfv.RecordKind.EMBEDDING, "points").read_record(0))
    yield from [] if read.to_numpy().tolist() == [[1, 2], [3, 4], [5, 6]] else [f"points {read.to_numpy()}"]
    yield from [] if [(row["nodes"], row["bytes"]) for row in graphs] == [("2", "10")] else [f"graphs {graphs}"]
    expected = {"step": "2", "points": "3", "dimensions": "2", "metadata": "name\tnumber\na\t1\nb\t2\nc\t3\n", "sprite_width": "4", "sprite_height": "2", "values": "[1,2,3,4,5,6]"}
    yield from (f"{key} is {embedding[key]!r}" for key, value in expected.items() if embedding[key] != value)
    # Two small pictures beside each other, and one below them; the rest of the square is black.
    row, last = [b"\xff" * 24, b"\xff" * 12 + b"\0" * 12]
    yield from [] if (width, height, n_channels, samples) == (8, 8, 3, row * 2 + last * 2 + b"\0" * 24 * 4) else ["the sprite is another"]


def read_back(Tfv, numpy, folder):
    """What was logged to `folder` by calls.py, read through the library."""
    logdir = Tfv.Logdir.new([folder])
    logdir.load(None)
    (run,) = [run for run in logdir.dup_runs() if run.get_name() == "."]
    kinds = Tfv.RecordKind

    def record(kind, tag):
        return run.dup_tag(kind, tag).read_record(0)

    steps, times, values = run.dup_tag(kinds.SCALAR, "scalar/python").get_series().to_numpy()
    yield from [] if (steps.tolist(), times.tolist(), values.tolist()) == ([0, 1, 2], [100.5, 101.5, 102.5], [0, 0.5, 1]) else ["the scalars are others"]
    buckets = Tfv.Histogram.decode(record(kinds.HISTOGRAM, "histogram/raw")).buckets
    yield from [] if buckets == [(0, 0.5, 1), (0.5, 1.5, 2), (1.5, 3, 1)] else [f"buckets {buckets}"]
    points = Tfv.PrCurve.decode(record(kinds.PR_CURVE, "pr/counted")).points
    yield from [] if len(points) == 9 and points[0].recall == 1 and points[-1].true_positives == 1 else ["the curve is another"]
    array = Tfv.Array.decode(record(kinds.TENSOR, "tensor")).to_numpy()
    yield from [] if array.dtype == "float32" and (array == calls.ramp(numpy, 2, 3)).all() else [f"tensor {array}"]
    charts = Tfv.ScalarsLayout.decode(record(kinds.LAYOUT, "custom_scalars__config__")).charts
    yield from [] if charts == [("Losses", "both", False, ["loss/.*", "other"]), ("Losses", "bounds", True, ["mean", "low", "high"])] else [f"charts {charts}"]
    # What is in a list outlives the list, and the record.
    (image,) = Tfv.Image.decode(record(kinds.IMAGE, "image/chw"))
    (clip,) = Tfv.Audio.decode(record(kinds.AUDIO, "audio"))
    encoded = image.encoded.get_data()
    yield from [] if (image.width, image.height, png.decode(encoded)[:2]) == (7, 5, (7, 5)) else ["the picture is another"]
    trial = [run for run in logdir.dup_runs() if run.get_name() == "trial"][0]
    experiment = Tfv.Hparams.decode(trial.dup_tag(kinds.HPARAMS, "_hparams_/experiment").read_record(0))
    names = [(info.name, info.type) for info in experiment.infos], [metric.tag for metric in experiment.metrics]
    yield from [] if names == ([("rate", "float64"), ("layers", "float64"), ("optimizer", "string")], ["hparam/accuracy"]) else [f"experiment {names}"]
    yield from [] if (clip.content_type, clip.n_frames, clip.encoded.get_data()[:4]) == ("audio/wav", 64, b"RIFF") else ["the clip is another"]


def override(Tfv, folder):
    """The GObject itself has the methods, and is taken by what takes a writer."""
    writer = Tfv.SummaryWriter(folder, purge_step=1)
    writer.add_scalar("loss", 0.5, 1)
    writer.add_text("note", "text")
    writer.add_scalars("both", {"a": 1}, 2)
    writer.flush()
    yield from [] if isinstance(writer, Tfv.SummaryWriter) and writer.get_logdir() == folder else ["it is another"]
    writer.close()
    plain = Tfv.SummaryWriter.new(os.path.join(folder, "plain"))
    plain.add_scalar("loss", 1, global_step=2)
    plain.close()
    rows = [(row["run"], row["tag"], row["step"], row["value"]) for row in dump(folder, "scalar")]
    expected = [(".", "loss", "1", "0.5"), ("both_a", "both", "2", "1"), ("plain", "loss", "2", "1")]
    yield from [] if rows == expected else [f"scalars {rows}"]


def pytorch(SummaryWriter, torch, folder):
    """PyTorch's own tensors and modules."""
    with SummaryWriter(folder) as writer:
        writer.add_scalar("loss", torch.tensor(0.1, requires_grad=True), torch.tensor(2))
        writer.add_histogram("h", torch.ones(3, dtype=torch.bfloat16))
        writer.add_tensor("t", torch.tensor([1.5, 2.5], dtype=torch.bfloat16), 1)
        writer.add_tensor("t", torch.tensor(3), 2)
        writer.add_image("i", torch.rand(3, 4, 5))
        writer.add_graph(torch.nn.Linear(2, 3), torch.zeros(1, 2))
    tensors = [(row["dtype"], row["shape"], row["values"]) for row in dump(folder, "tensor")]
    yield from [] if tensors == [("bfloat16", "[2]", "[1.5,2.5]"), ("int64", "[]", "[3]")] else [f"tensors {tensors}"]
    yield from [] if [row["value"] for row in dump(folder, "scalar")] == ["0.1"] else ["the scalar is another"]
    yield from [] if int(dump(folder, "graph")[0]["nodes"]) > 3 else ["the graph is empty"]


def pillow(SummaryWriter, numpy, folder):
    with SummaryWriter(folder) as writer:
        writer.add_video("film", calls.ramp(numpy, 3, 4, 3, 5, 6), 1)
        writer.add_image_with_boxes("boxes", numpy.zeros((3, 20, 30)), numpy.array([[2, 3, 20, 15]]), 2, rescale=2, labels="cat")
    rows = {row["tag"]: row for row in dump(folder, "image")}
    film, boxes = rows["film"], rows["boxes"]
    yield from [] if (film["format"], film["width"], film["height"]) == ("gif", "24", "5") else [f"film {film}"]
    width, height, _, samples = png.decode(base64.b64decode(boxes["data"]))
    yield from [] if (width, height) == (60, 40) and b"\xff\0\0" in samples else [f"boxes {boxes}"]


def seen_by_all():
    """What the library needs is not for h5py or PyTorch to find in place of their own."""
    whole = ctypes.CDLL(None)
    return [f"{symbol} is seen by all libraries" for symbol in ("H5open", "cblas_sgemm") if hasattr(whole, symbol)]


def find(name):
    try:
        return __import__(name)
    except ImportError:
        return None


def main():
    tap = tree.Tap()
    if find("gi._gi") is None:
        tap.skip("/summaries/python/logs-what-pytorch-logs", "no python3-gi")
        return tap.done()
    from gi.repository import GLib
    from tfview import SummaryWriter
    from gi.repository import Tfv

    numpy, torch = find("numpy"), find("torch")
    with tempfile.TemporaryDirectory(prefix="tfv-python-") as folder:
        at = lambda name: os.path.join(folder, name)  # noqa: E731
        tap.check("/summaries/python/has-pytorch's-methods", wrong_signatures(SummaryWriter))
        tap.check("/summaries/python/the-override-has-them-too", wrong_signatures(Tfv.SummaryWriter))
        done = subprocess.run([sys.executable, "-c", WITHOUT_NUMPY, at("bare")], capture_output=True, text=True, check=False)
        tap.check("/summaries/python/needs-numpy-for-arrays-alone", done.stderr.splitlines() or [f"exit status {done.returncode}"] * bool(done.returncode))
        for what in ("PyGObject", "GI_TYPELIB_PATH"):
            done = subprocess.run([sys.executable, "-c", WITHOUT, what], capture_output=True, text=True, check=False)
            tap.check(f"/summaries/python/says-what-is-missing/{what}", done.stderr.splitlines())
        tap.check("/summaries/python/a-closed-writer-goes-on", life(SummaryWriter, GLib, at("life")))
        tap.check("/summaries/python/what-can't-be-closed-keeps-nothing-open", closes_all(SummaryWriter, GLib, at("full")))
        tap.check("/summaries/python/a-run-is-named-by-the-time", default_folder(SummaryWriter, folder))
        tap.check("/summaries/python/the-object-itself-has-the-methods", override(Tfv, at("override")))
        tap.check("/summaries/python/keeps-its-libraries-to-itself", seen_by_all())
        if numpy is None:
            tap.skip("/summaries/python/logs-what-pytorch-logs", "no python3-numpy")
            return tap.done()
        with SummaryWriter(at("all")) as writer:
            calls.log_all(writer, numpy)
            writer.add_tensor("tensor", calls.ramp(numpy, 2, 3), 1)
            writer.add_tensor("tensor/integers", numpy.arange(4), 2)
        for kind in ("scalar", "histogram", "image", "audio", "text", "tensor", "pr-curve", "hparams", "mesh", "layout"):
            tap.check(f"/summaries/python/logs-what-pytorch-logs/{kind}", compare(at("all"), kind))
        tap.check("/summaries/python/reads-what-was-logged", read_back(Tfv, numpy, at("all")))
        tap.check("/summaries/python/takes-others'-arrays", foreign_arrays(SummaryWriter, numpy, at("foreign")))
        tap.check("/summaries/python/counts-as-numpy-does", counts_as_numpy(numpy))
        tap.check("/summaries/python/tells-what-can't-be-stored", uncaught(SummaryWriter, numpy, at("wrong")))
        tap.check("/summaries/python/stores-graphs-and-embeddings", records_of_ours(SummaryWriter, Tfv, numpy, at("ours")))
        for name, module, check in (("pillow", find("PIL"), pillow), ("pytorch", torch, pytorch)):
            if module is None:
                tap.skip(f"/summaries/python/works-with-{name}", f"no {name}")
            else:
                tap.check(f"/summaries/python/works-with-{name}", check(SummaryWriter, torch if module is torch else numpy, at(name)))
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
