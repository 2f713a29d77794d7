"""The override of the namespace Tfv: SummaryWriter has PyTorch's methods, and what is read becomes NumPy's arrays."""

import collections

from gi.overrides import override
from tfview import arrays
from tfview.methods import SummaryMethods
from tfview.native import Native, Tfv, choose_folder

__all__ = ["Array", "Embedding", "Histogram", "Hparams", "PrCurve", "ScalarSeries", "ScalarView", "ScalarsLayout", "SummaryWriter"]

# What structures refer to is gone with them: it is copied.
LayoutChart = collections.namedtuple("LayoutChart", "category title is_margin tags")
HparamInfo = collections.namedtuple("HparamInfo", "name display_name description type domain")
HparamsMetric = collections.namedtuple("HparamsMetric", "group tag display_name description")


class SummaryWriter(SummaryMethods, Native):
    """A writer of one event file, with the methods of torch.utils.tensorboard.SummaryWriter.

    It is the GObject itself, so it can be handed to everything that takes a Tfv.SummaryWriter. A closed one
    stays closed, and it has no subclasses; tfview.SummaryWriter, which holds one, is without these limits.
    """

    def __new__(cls, log_dir=None, comment="", *_args, **_kwargs):
        return Native.new(choose_folder(log_dir, comment))

    @property
    def file_writer(self):
        return self

    @property
    def log_dir(self):
        return self.get_logdir()

    def get_logdir(self):
        """The run's folder, as an absolute path."""
        return Native.get_logdir(self)

    def _begin(self, log_dir, purge_step):
        self._state_start(self, purge_step)


SummaryWriter = override(SummaryWriter)


class ScalarView(Tfv.ScalarView):
    def to_numpy(self):
        """Three arrays: steps, wall times in seconds since the UNIX epoch, and values."""
        numpy = arrays.require_numpy("to_numpy")
        steps, wall_times, values = self.dup_columns()
        return numpy.frombuffer(steps.get_data(), "int64"), numpy.frombuffer(wall_times.get_data()), numpy.frombuffer(values.get_data())


class ScalarSeries(Tfv.ScalarSeries):
    def to_numpy(self, flags=Tfv.ScalarViewFlags.ALL):
        """Three arrays: steps, wall times in seconds since the UNIX epoch, and values; read first where they are in the file only."""
        self.load(None)
        return self.snapshot(flags).to_numpy()


class Histogram(Tfv.Histogram):
    @property
    def buckets(self):
        """A list of the buckets: left end, right end and count."""
        return [tuple(self.get_bucket(i)) for i in range(self.n_buckets)]


class PrCurve(Tfv.PrCurve):
    @property
    def points(self):
        """A list of the points, from the lowest threshold to the highest."""
        return [self.get_point(i) for i in range(self.n_points)]


class Array(Tfv.Array):
    def to_numpy(self):
        """An array of the same shape; strings are objects of bytes."""
        numpy = arrays.require_numpy("to_numpy")
        shape = self.dimensions[: self.n_dimensions]
        content, name = self.get_content(), self.get_type_name()
        if content is None:
            strings = [self.get_string(i).get_data() or b"" for i in range(self.n_elements)]
            return numpy.array(strings, dtype=object).reshape(shape)
        if name == "bfloat16":
            return (numpy.frombuffer(content.get_data(), "<u2").astype("uint32") << 16).view("float32").reshape(shape)
        return numpy.frombuffer(content.get_data(), numpy.dtype(name.lstrip("q")).newbyteorder("<")).reshape(shape)


class Embedding(Tfv.Embedding):
    def to_numpy(self):
        """The points, a row each."""
        return Array.to_numpy(self.points)


class ScalarsLayout(Tfv.ScalarsLayout):
    @property
    def charts(self):
        """A list of the charts, those of a category in a row."""
        return [LayoutChart(chart.category, chart.title, chart.is_margin, list(chart.tags)) for chart in super().charts]


class Hparams(Tfv.Hparams):
    @property
    def infos(self):
        """Of an experiment: a list of the hyper-parameters."""
        return [HparamInfo(*(getattr(info, field) for field in HparamInfo._fields)) for info in super().infos]

    @property
    def metrics(self):
        """Of an experiment: a list of what is measured."""
        return [HparamsMetric(*(getattr(metric, field) for field in HparamsMetric._fields)) for metric in super().metrics]


ScalarView = override(ScalarView)
ScalarSeries = override(ScalarSeries)
Histogram = override(Histogram)
PrCurve = override(PrCurve)
Array = override(Array)
Embedding = override(Embedding)
ScalarsLayout = override(ScalarsLayout)
Hparams = override(Hparams)
