"""tfview's event files from Python, with the interface of PyTorch's SummaryWriter:

    from tfview import SummaryWriter
"""

from tfview.writer import SummaryWriter

__all__ = ["SummaryWriter"]
