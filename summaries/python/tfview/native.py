"""The library's own SummaryWriter, as introspection gives it, and where runs go by default."""

import ctypes
import datetime
import os
import socket

import gi

try:
    gi.require_version("Tfv", "1")
except ValueError as error:
    raise ImportError(
        "Tfv-1.typelib is not found: GI_TYPELIB_PATH is to name the folder girepository-1.0 that it was installed into"
    ) from error

from gi.module import get_introspection_module  # noqa: E402  (the version is to be known before)
from gi.repository import GLib  # noqa: E402

LIBRARIES = ("libtfv-summaries-1.so.0", "libtfv-profiler-1.so.0", "libtfv-engine-1.so.0")
BIND_LAZY, BIND_LOCAL = 1, 2


def open_libraries():
    """Opens the libraries so that their HDF5 and their BLAS do not stand in for those of h5py or PyTorch.

    Introspection would open them for the whole process to see; but what GModule has open under the same name,
    it takes as it is.
    """
    try:
        open_module = ctypes.CDLL("libgmodule-2.0.so.0").g_module_open
    except (OSError, AttributeError):
        return
    open_module.restype = ctypes.c_void_p
    for name in LIBRARIES:
        open_module(name.encode(), BIND_LAZY | BIND_LOCAL)


open_libraries()
Tfv = get_introspection_module("Tfv")
Native = Tfv.SummaryWriter


def choose_folder(log_dir, comment):
    """The run's folder; as PyTorch names it where none is given."""
    if not log_dir:
        now = datetime.datetime.now().strftime("%b%d_%H-%M-%S")
        log_dir = os.path.join("runs", f"{now}_{socket.gethostname()}{comment}")
    return os.fspath(log_dir)


def encode_png(pixels):
    """A PNG file of an uint8 array of height × width × channels."""
    height, width, n_channels = pixels.shape
    return Tfv.png_encode(GLib.Bytes.new(pixels.tobytes()), width, height, n_channels).get_data()
