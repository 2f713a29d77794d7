"""store-write-peer.py torch|tensorboardX DIR: what store-write.c measures, with another's SummaryWriter.

Ten scalars a step, a step a millisecond: less than the writer can sustain. Then
as many as it takes, for which what counts is the time until all are in the file.
"""

import importlib
import json
import os
import sys
import time

N_STEPS = 2000
N_TAGS = 10
STEP_NS = 1_000_000
N_SUSTAINED_STEPS = 5000


def measure_calls(writer, tags):
    for tag in tags:
        writer.add_scalar(tag, 0.0, 0)
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
    writer.close()
    return sorted(calls)


def measure_sustained(writer, tags):
    begin = time.perf_counter_ns()
    for step in range(N_SUSTAINED_STEPS):
        for tag in tags:
            writer.add_scalar(tag, 1.0, step)
    writer.close()
    return (time.perf_counter_ns() - begin) / (N_SUSTAINED_STEPS * len(tags))


def main():
    module, logdir = sys.argv[1:]
    name = "torch.utils.tensorboard" if module == "torch" else module
    create = importlib.import_module(name).SummaryWriter
    tags = [f"train/metric-{i}" for i in range(N_TAGS)]
    calls = measure_calls(create(os.path.join(logdir, "calls")), tags)
    sustained = measure_sustained(create(os.path.join(logdir, "sustained")), tags)
    print(
        json.dumps(
            {"median": calls[len(calls) // 2], "p99.9": calls[len(calls) * 999 // 1000], "sustained": sustained}
        )
    )


if __name__ == "__main__":
    main()
