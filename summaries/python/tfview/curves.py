"""Histograms, and precision and recall curves, counted as PyTorch counts them."""

from gi.repository import GLib

from tfview.arrays import require_numpy
from tfview.native import Tfv

MOST_THRESHOLDS = 127
LEAST_COUNT = 1e-7


def make_default_bins():
    """TensorFlow's limits of buckets: each a tenth further from 0 than the one before, from ±1e-12 to ±1e20."""
    limits = []
    limit = 1e-12
    while limit < 1e20:
        limits.append(limit)
        limit *= 1.1
    return [-limit for limit in reversed(limits)] + [0.0] + limits


DEFAULT_BINS = make_default_bins()


def widen(numpy, counts, limits, max_bins):
    """Joins neighbours until there are about max_bins buckets."""
    size = len(counts) // max_bins
    rest = len(counts) % size
    if rest:
        counts = numpy.pad(counts, [[0, size - rest]])
    counts = counts.reshape(-1, size).sum(axis=-1)
    wider = numpy.empty(counts.size + 1, limits.dtype)
    wider[:-1] = limits[:-1:size]
    wider[-1] = limits[-1]
    return counts, wider


def count_default(numpy, values, limits):
    """What numpy.histogram gives for the default bins, many times as fast."""
    if values.dtype not in (numpy.float32, numpy.float64):
        values = values.astype(float)
    counted = Tfv.exponential_buckets_count_bytes(GLib.Bytes.new(values.tobytes()), values.dtype == numpy.float32)
    counts = numpy.frombuffer(counted.get_data(), "uint64").astype("int64")
    # What lies beyond the bins is not counted, but for what is their very end.
    ends = int((values == limits[-1]).sum()) if counts[-1] else 0
    counts = counts[2:-1].copy()
    counts[-1] += ends
    return counts, numpy.array(limits)


def count_values(values, bins=None, max_bins=None):
    """(min, max, count, sum, sum of squares, limits, counts): the buckets from before the first value to the last one's.

    The bins are numpy.histogram's, or the default ones.
    """
    numpy = require_numpy("add_histogram")
    if values.size == 0:
        raise ValueError("a histogram needs a value at least")
    if values.dtype.kind == "c":
        raise TypeError("there is no histogram of complex numbers")
    values = values.reshape(-1)
    counts, limits = numpy.histogram(values.astype(float), bins=bins) if bins is not None else count_default(numpy, values, DEFAULT_BINS)
    values = values.astype(float)
    if max_bins is not None and len(counts) > max_bins:
        counts, limits = widen(numpy, counts, limits, max_bins)
    filled = numpy.nonzero(counts)[0]
    if filled.size == 0:
        raise ValueError("no value of the histogram lies in its bins")
    start, end = int(filled[0]), int(filled[-1]) + 1
    # A bucket is told by its right end alone: an empty one before the first tells where that begins.
    counts = counts[start - 1 : end] if start > 0 else numpy.concatenate([[0], counts[:end]])
    limits = limits[start : end + 1]
    return float(values.min()), float(values.max()), values.size, float(values.sum()), float(values.dot(values)), limits.tolist(), counts.tolist()


def count_pr_curve(labels, predictions, n_thresholds, weights):
    """Six rows over the thresholds: true and false positives, true and false negatives, precision, recall."""
    numpy = require_numpy("add_pr_curve")
    weights = 1.0 if weights is None else weights
    buckets = numpy.int32(numpy.floor(predictions * (n_thresholds - 1)))
    truths = labels.astype(numpy.float64)
    span = (0, n_thresholds - 1)
    hits, _ = numpy.histogram(buckets, bins=n_thresholds, range=span, weights=truths * weights)
    misses, _ = numpy.histogram(buckets, bins=n_thresholds, range=span, weights=(1.0 - truths) * weights)
    tp = numpy.cumsum(hits[::-1])[::-1]
    fp = numpy.cumsum(misses[::-1])[::-1]
    tn = fp[0] - fp
    fn = tp[0] - tp
    precision = tp / numpy.maximum(LEAST_COUNT, tp + fp)
    recall = tp / numpy.maximum(LEAST_COUNT, tp + fn)
    return numpy.stack((tp, fp, tn, fn, precision, recall))
