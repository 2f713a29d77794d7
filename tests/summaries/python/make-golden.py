#!/usr/bin/env python3
"""make-golden.py FOLDER: writes what calls.py logs with PyTorch's SummaryWriter, and what its methods take.

golden/ was made by it. Needs torch, tensorboard and Pillow.
"""

import inspect
import json
import pathlib
import sys

import calls
import numpy
import torch
from torch.utils.tensorboard import SummaryWriter


def list_parameters():
    """{method: [[parameter, default or null], ...]}"""
    methods = {}
    for name, method in inspect.getmembers(SummaryWriter, inspect.isfunction):
        if name == "__init__" or not name.startswith("_"):
            parameters = inspect.signature(method).parameters.values()
            methods[name] = [[p.name, None if p.default is p.empty else repr(p.default)] for p in parameters]
    return methods


def main():
    with SummaryWriter(sys.argv[1]) as writer:
        calls.log_all(writer, numpy)
        writer.add_tensor("tensor", torch.from_numpy(calls.ramp(numpy, 2, 3)), 1)
        writer.add_tensor("tensor/integers", torch.arange(4), 2)
    signatures = json.dumps(list_parameters(), indent=1)
    pathlib.Path(sys.argv[1], "signatures.json").write_text(signatures + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
