"""tfview's event files from Python, with the interface of PyTorch's SummaryWriter:

    from tfview import SummaryWriter
"""

try:
    import gi.repository  # noqa: F401  (gi alone may be the folder that our overrides lie in)
except ImportError as error:
    raise ImportError("tfview needs PyGObject: the package python3-gi, which is for /usr/bin/python3, or PyGObject from pip") from error

from tfview.writer import SummaryWriter  # noqa: E402

__all__ = ["SummaryWriter"]
