"""What users of PyTorch import in place of torch.utils.tensorboard's SummaryWriter."""

from tfview.methods import SummaryMethods


class SummaryWriter(SummaryMethods):
    """Logs a run to tfview's event file, which tfview shows while it is written.

    The methods, their arguments and what they store are those of torch.utils.tensorboard.SummaryWriter. What
    is added can be seen within some 20 ms, and nothing is lost when the program is killed. A writer that was
    closed starts a new file of the same run when something is added again. In a child that the process forks
    nothing is stored, unless the writer is closed there first or the child makes its own.

    log_dir: the run's folder; by default runs/ and the time, the host's name and `comment`
    purge_step: what the run holds from this step on was logged before a restart, and is superseded
    max_queue, flush_secs, filename_suffix: taken for PyTorch's sake, without effect
    """

    def __init__(self, log_dir=None, comment="", purge_step=None, max_queue=10, flush_secs=120, filename_suffix=""):
        self.file_writer = None
        super().__init__(log_dir, comment, purge_step, max_queue, flush_secs, filename_suffix)

    def _begin(self, log_dir, purge_step):
        self.log_dir = log_dir
        self.purge_step = purge_step
        self._get_file_writer()

    def _get_file_writer(self):
        """The library's writer, a new one where it was closed."""
        if self.file_writer is None:
            # With its override, which can't be had while that is being read.
            from gi.repository import Tfv

            self.file_writer = Tfv.SummaryWriter.new(self.log_dir)
            self._state_start(self.file_writer, self.purge_step)
            self.purge_step = None
        return self.file_writer

    def get_logdir(self):
        """The run's folder, as it was given."""
        return self.log_dir

    def close(self):
        """Writes what was added and closes the file; closing again does nothing."""
        if self.file_writer is not None:
            try:
                super().close()
            finally:
                self.file_writer = None
