"""log-scalar-peer.py torch|tensorboardX DIR: what log-scalar.c measures, with another's SummaryWriter.

Ten scalars a step, a step a millisecond: less than the writer can sustain.
"""

import importlib
import json
import sys
import time

N_STEPS = 2000
N_TAGS = 10
STEP_NS = 1_000_000


def main():
    module, logdir = sys.argv[1:]
    name = "torch.utils.tensorboard" if module == "torch" else module
    writer = importlib.import_module(name).SummaryWriter(logdir)
    tags = [f"train/metric-{i}" for i in range(N_TAGS)]
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
    calls.sort()
    print(json.dumps({"median": calls[len(calls) // 2], "p99.9": calls[len(calls) * 999 // 1000]}))


if __name__ == "__main__":
    main()
