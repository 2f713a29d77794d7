"""store-tfevents-peer.py SHAPE tensorboard_data_server|tensorboard DIR: how long TensorBoard's loaders take.

Reads the files that store-tfevents.c wrote. tensorboard_data_server is the fast loader, the server that
`tensorboard --load_fast=true` starts, with the options it gets from there: once as it is set, which keeps 1000
points a tag, and once with all points. tensorboard is event_accumulator, all points kept.
"""

import json
import pathlib
import re
import subprocess
import sys
import time


def peak_memory_mb(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) * 1024 / 1e6


def load_fast(logdir, samples):
    """Starts the server, waits until it has read everything; seconds and MB."""
    import tensorboard_data_server

    command = [
        tensorboard_data_server.server_binary(),
        f"--logdir={logdir}",
        "--reload=once",
        f"--samples-per-plugin={samples}",
        "--port=0",
        "--port-file=/dev/null",
        "--die-after-stdin",
        "--verbose",
    ]
    begin = time.perf_counter()
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        for line in server.stderr:
            if "Finished load cycle" in line:
                break
        seconds = time.perf_counter() - begin
        memory_mb = peak_memory_mb(server.pid)
        server.kill()
    return seconds, memory_mb


def load_with_accumulator(logdir):
    from tensorboard.backend.event_processing import event_accumulator

    begin = time.perf_counter()
    for run in sorted(logdir.iterdir()):
        accumulator = event_accumulator.EventAccumulator(str(run), size_guidance={"scalars": 0, "tensors": 0, "images": 0})
        accumulator.Reload()
    return time.perf_counter() - begin, peak_memory_mb("self")


def main():
    module, logdir = sys.argv[2], pathlib.Path(sys.argv[3]) / "tfevents"
    if module == "tensorboard":
        seconds, memory_mb = load_with_accumulator(logdir)
        print(json.dumps({"all points": seconds, "memory": memory_mb}))
        return
    seconds, _ = load_fast(logdir, "")
    all_seconds, memory_mb = load_fast(logdir, "scalars=all,images=all")
    print(json.dumps({"as set": seconds, "all points": all_seconds, "memory": memory_mb}))


if __name__ == "__main__":
    main()
