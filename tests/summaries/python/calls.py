"""What is logged through PyTorch's writer for golden/, and through ours to be compared with it.

All numbers are small multiples of powers of two, so that sums don't depend on their order.
"""

N_STEPS = 3


def ramp(numpy, *shape, dtype="float32", scale=1 / 64, modulus=97):
    """Numbers that repeat after `modulus`, from 0 up."""
    size = int(numpy.prod(shape))
    return (numpy.arange(size) * 37 % modulus * scale).astype(dtype).reshape(shape)


def log_scalars(writer, numpy):
    for step in range(N_STEPS):
        writer.add_scalar("scalar/python", 0.5 * step, step, walltime=100.5 + step)
    writer.add_scalar("scalar/numpy", numpy.float32(0.1), 1)
    writer.add_scalar("scalar/array", numpy.array([[2.5]]), numpy.int64(7))
    writer.add_scalar("scalar/new-style", 0.25, 2, new_style=True)
    writer.add_scalar("scalar/double", 1 / 3, 2, new_style=True, double_precision=True)
    writer.add_scalar("scalar/integer", 3)
    writer.add_scalars("several/of_one", {"low": 1.0, "high": 2.0}, 4)
    writer.add_hparams(
        {"rate": 0.5, "layers": 3, "optimizer": "adam", "absent": None},
        {"hparam/accuracy": 0.75},
        {"rate": [0.25, 0.5], "optimizer": ["adam", "sgd"]},
        run_name="trial",
    )


def log_histograms(writer, numpy):
    values = ramp(numpy, 50, 20) - 0.5
    writer.add_histogram("histogram/default", values, 1)
    writer.add_histogram("histogram/integers", numpy.arange(-5, 20), 2)
    writer.add_histogram("histogram/ten-bins", values, 3, bins=10)
    writer.add_histogram("histogram/few", values, 4, max_bins=40)
    writer.add_histogram("histogram/positive", numpy.array([1.0, 2.0, 1e21]), 5)
    writer.add_histogram_raw("histogram/raw", 0, 3, 4, 5, 11, [0.5, 1.5, 3], [1, 2, 1], 6)


def log_pictures(writer, numpy):
    writer.add_image("image/chw", ramp(numpy, 3, 5, 7), 1)
    writer.add_image("image/hwc", ramp(numpy, 5, 7, 3, dtype="uint8", scale=2), 2, dataformats="HWC")
    writer.add_image("image/grey", ramp(numpy, 1, 4, 6), 3)
    writer.add_image("image/hw", ramp(numpy, 4, 6, dtype="float64"), 4, dataformats="HW")
    writer.add_image("image/alpha", ramp(numpy, 4, 5, 6, dtype="uint8", scale=2), 5)
    writer.add_image("image/beyond", ramp(numpy, 3, 8, 8, scale=1 / 32) - 0.5, 6)
    writer.add_images("image/batch", ramp(numpy, 10, 1, 4, 6), 7)
    writer.add_images("image/nhwc", ramp(numpy, 2, 4, 6, 3, dtype="uint8", scale=1), 8, dataformats="NHWC")


def log_others(writer, numpy):
    writer.add_text("text", "**Grüße**\n\n| a | b |", 1, walltime=7.25)
    writer.add_audio("audio", numpy.sin(numpy.arange(64)), 1, sample_rate=8000)
    labels = numpy.array([0, 1, 1, 0, 1, 1])
    predictions = numpy.array([0.125, 0.25, 0.75, 0.5, 1.0, 0.875])
    writer.add_pr_curve("pr/counted", labels, predictions, 1, num_thresholds=9)
    writer.add_pr_curve("pr/weighted", labels, predictions, 2, num_thresholds=200, weights=numpy.array([1, 2, 1, 1, 0.5, 1]))
    writer.add_pr_curve_raw("pr/raw", *ramp(numpy, 6, 5, dtype="float64"), 3, num_thresholds=5)
    writer.add_custom_scalars({"Losses": {"both": ["Multiline", ["loss/.*", "other"]], "bounds": ["Margin", ["mean", "low", "high"]]}})
    vertices = ramp(numpy, 1, 4, 3)
    writer.add_mesh("mesh", vertices, colors=ramp(numpy, 1, 4, 3, dtype="uint8", scale=2), faces=numpy.array([[[0, 2, 3], [0, 3, 1]]]), config_dict={"b": 1, "a": {"c": "d"}}, global_step=2)
    writer.add_mesh("cloud", vertices, walltime=3.5)


def log_all(writer, numpy):
    log_scalars(writer, numpy)
    log_histograms(writer, numpy)
    log_pictures(writer, numpy)
    log_others(writer, numpy)
