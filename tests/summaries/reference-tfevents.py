#!/usr/bin/env python3
"""Prints the scalars of TensorFlow event files, read with the standard library alone.

usage: reference-tfevents.py FILE...

A line with the path alone before each file's, then one line a scalar, in
stored order: tag, step, wall time and value, separated
by tabs; floats as C's hexadecimal, the tag with its bytes in hexadecimal. It
shares no code with the reader that it is compared with.
"""
import math
import struct
import sys

TYPES = {1: ("<f", 5), 2: ("<d", 6), 3: ("<i", 7), 4: ("<B", 7), 5: ("<h", 7), 6: ("<b", 7), 9: ("<q", 10),
         10: ("<?", 11), 14: (None, 13), 17: ("<H", 7), 19: ("<e", 13), 22: ("<I", 16), 23: ("<Q", 17)}


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value & 0xFFFFFFFFFFFFFFFF, at


def fields(data):
    """(number, wire type, value) of each field."""
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        kind = key & 7
        if kind == 0:
            value, at = varint(data, at)
        elif kind == 1:
            value, at = data[at:at + 8], at + 8
        elif kind == 5:
            value, at = data[at:at + 4], at + 4
        else:
            size, at = varint(data, at)
            value, at = data[at:at + size], at + size
        yield key >> 3, kind, value


def signed(value):
    return value - (1 << 64) if value >> 63 else value


def bfloat16(bits):
    return struct.unpack("<f", struct.pack("<I", bits << 16))[0]


def from_varint(dtype, value):
    if dtype == 14:
        return bfloat16(value & 0xFFFF)
    if dtype == 19:
        return struct.unpack("<e", struct.pack("<H", value & 0xFFFF))[0]
    if dtype == 10:
        return float(value != 0)
    return float(value if dtype in (22, 23) else signed(value))


def tensor_scalar(data):
    """The one number of a TensorProto, or None."""
    parts = list(fields(data))
    dtype = dict((n, v) for n, _, v in parts).get(1)
    if dtype not in TYPES:
        return None
    form, list_field = TYPES[dtype]
    n_elements = 1
    values = []
    content = b""
    for number, kind, value in parts:
        if number == 2:
            for inner, _, dimension in fields(value):
                if inner == 2:
                    n_elements *= dict((n, v) for n, _, v in fields(dimension)).get(1, 0)
        elif number == 4:
            content = value
        elif number == list_field:
            if kind == 0:
                values.append(from_varint(dtype, value))
            elif dtype in (1, 2):
                values += [v for v, in struct.iter_unpack(form, value)]
            else:
                at = 0
                while at < len(value):
                    one, at = varint(value, at)
                    values.append(from_varint(dtype, one))
    if n_elements != 1:
        return None
    if content:
        if dtype == 14:
            return bfloat16(struct.unpack("<H", content)[0])
        return float(struct.unpack(form, content)[0])
    return float(values[0]) if values else 0.0


def records(data):
    at = 0
    while at + 16 <= len(data):
        size, = struct.unpack_from("<Q", data, at)
        if at + 16 + size > len(data):
            return
        yield data[at + 12:at + 12 + size]
        at += 16 + size


def hexadecimal(value):
    return "nan" if math.isnan(value) else value.hex()


def main():
    for path in sys.argv[1:]:
        plugins = {}
        print(path)
        with open(path, "rb") as stream:
            data = stream.read()
        for record in records(data):
            event = list(fields(record))
            wall_time = next((struct.unpack("<d", v)[0] for n, _, v in event if n == 1), 0.0)
            step = signed(next((v for n, _, v in event if n == 2), 0))
            for summary in (v for n, _, v in event if n == 5):
                for value in (v for n, _, v in fields(summary) if n == 1):
                    parts = dict((n, v) for n, _, v in fields(value))
                    tag = parts.get(1, b"")
                    plugin = None
                    if 9 in parts:
                        plugin_data = dict((n, v) for n, _, v in fields(parts[9])).get(1, b"")
                        plugin = dict((n, v) for n, _, v in fields(plugin_data)).get(1)
                    if plugin:
                        plugins.setdefault(tag, plugin)
                    number = None
                    if 2 in parts:
                        number = struct.unpack("<f", parts[2])[0]
                        plugins.setdefault(tag, b"scalars")
                    elif 8 in parts and plugins.get(tag) == b"scalars":
                        number = tensor_scalar(parts[8])
                    if number is not None:
                        print(tag.hex(), step, hexadecimal(wall_time), hexadecimal(number), sep="\t")


if __name__ == "__main__":
    main()
