"""store-python.py tfview|torch|tensorboardX DIR: what logging costs a training in Python.

Ten scalars a step, a step a millisecond, which all writers can sustain: each call is timed, clock
included. Then as many scalars as one second takes, with what it takes to write them; and a histogram of
a million float32 and a picture of 256 × 256 pixels, where there is NumPy.
"""

import importlib
import json
import sys
import time

N_STEPS = 2000
N_TAGS = 10
N_SUSTAINED = 100_000
STEP_NS = 1_000_000
N_ROUNDS = 7


def time_calls(writer, tags):
    clock = time.perf_counter_ns
    calls = []
    for step in range(1, N_STEPS + 1):
        end = clock() + STEP_NS
        value = 1.0 / step
        for tag in tags:
            begin = clock()
            writer.add_scalar(tag, value, step)
            calls.append(clock() - begin)
        while clock() < end:
            pass
    calls.sort()
    return {"median": calls[len(calls) // 2], "p99.9": calls[len(calls) * 999 // 1000]}


def time_sustained(writer, tags):
    begin = time.perf_counter_ns()
    for step in range(N_SUSTAINED // len(tags)):
        for tag in tags:
            writer.add_scalar(tag, 0.5, step)
    writer.flush()
    return {"sustained": (time.perf_counter_ns() - begin) / N_SUSTAINED}


def least_ms(call):
    times = []
    for step in range(N_ROUNDS):
        begin = time.perf_counter_ns()
        call(step)
        times.append(time.perf_counter_ns() - begin)
    return min(times) / 1e6


def time_arrays(writer, numpy):
    values = numpy.random.default_rng(1).standard_normal(1_000_000).astype("float32")
    picture = (numpy.add.outer(numpy.arange(256), numpy.arange(256)) % 251).astype("uint8")
    picture = numpy.stack([picture, picture.T, picture // 2])
    return {
        "histogram": least_ms(lambda step: writer.add_histogram("weights", values, step)),
        "picture": least_ms(lambda step: writer.add_image("picture", picture, step)),
    }


def main():
    module, logdir = sys.argv[1:]
    name = "torch.utils.tensorboard" if module == "torch" else module
    writer = importlib.import_module(name).SummaryWriter(logdir)
    tags = [f"train/metric-{i}" for i in range(N_TAGS)]
    for tag in tags:
        writer.add_scalar(tag, 0.0, 0)
    figures = {**time_calls(writer, tags), **time_sustained(writer, tags)}
    if importlib.util.find_spec("numpy"):
        figures.update(time_arrays(writer, importlib.import_module("numpy")))
    writer.close()
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
