"""The override of the namespace Tfv: SummaryWriter has PyTorch's methods."""

from gi.overrides import override
from tfview.methods import SummaryMethods
from tfview.native import Native, choose_folder

__all__ = ["SummaryWriter"]


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
