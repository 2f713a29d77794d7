"""Arrays of whatever library as NumPy's, and a number out of them. Only scalars and texts can do without NumPy."""

try:
    import numpy
except ImportError:
    numpy = None


def require_numpy(what):
    if numpy is None:
        raise ImportError(f"{what} needs NumPy, which is not installed")
    return numpy


def is_bfloat16(tensor):
    return str(getattr(tensor, "dtype", "")).endswith("bfloat16")


def to_numpy(data, what="add_histogram"):
    """A NumPy array of what NumPy, PyTorch, JAX, TensorFlow or a list holds; a lone number gives one element."""
    require_numpy(what)
    if isinstance(data, numpy.ndarray):
        array = data
    elif hasattr(data, "detach"):
        tensor = data.detach().cpu()
        # NumPy has no bfloat16; float32 has all of its numbers.
        array = (tensor.float() if is_bfloat16(tensor) else tensor.resolve_conj().resolve_neg()).numpy()
    elif hasattr(data, "cpu") and hasattr(data, "numpy"):
        array = data.cpu().numpy()
    else:
        array = numpy.asarray(data)
    if is_bfloat16(array):
        array = array.astype(numpy.float32)
    if array.dtype == object or array.dtype.kind in "USV":
        raise TypeError(f"{what} takes an array of numbers, not {type(data).__name__}")
    return array.reshape(1) if array.ndim == 0 else array


def to_number(data):
    """(number, whether it is a float32) of a number, or of an array or tensor of one element."""
    if hasattr(data, "item"):
        is_single = str(getattr(data, "dtype", "")).rpartition(".")[2] in ("float32", "float16", "bfloat16")
        try:
            return float(data.item()), is_single
        except (ValueError, RuntimeError) as error:
            raise ValueError(f"a scalar has one element, this has the shape {tuple(getattr(data, 'shape', ()))}") from error
    if isinstance(data, (str, bytes)):
        raise TypeError(f"a scalar is a number, not {data!r}")
    if isinstance(data, (list, tuple)) and len(data) == 1:
        return to_number(data[0])
    return float(data), False
