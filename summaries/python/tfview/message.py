"""TensorFlow's Summary messages, written field by field: all that is needed of protocol buffers.

The numbers of fields are those of tensorflow/core/framework/summary.proto and tensor.proto.
"""

import struct

DT_FLOAT, DT_STRING, DT_BFLOAT16 = 1, 7, 14
DATA_TYPES = {
    "float32": 1,
    "float64": 2,
    "int32": 3,
    "uint8": 4,
    "int16": 5,
    "int8": 6,
    "complex64": 8,
    "int64": 9,
    "bool": 10,
    "uint16": 17,
    "complex128": 18,
    "float16": 19,
    "uint32": 22,
    "uint64": 23,
}


def varint(number):
    number &= 0xFFFFFFFFFFFFFFFF
    encoded = bytearray()
    while number >= 0x80:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


def integer(field, number):
    return varint(field << 3) + varint(int(number)) if number else b""


def double(field, number):
    return varint(field << 3 | 1) + struct.pack("<d", number)


def single(field, number):
    return varint(field << 3 | 5) + struct.pack("<f", number)


def piece(field, content):
    """A field of bytes, of text, or of a message."""
    if isinstance(content, str):
        content = content.encode("utf-8")
    return varint(field << 3 | 2) + varint(len(content)) + content


def doubles(field, numbers):
    return piece(field, struct.pack(f"<{len(numbers)}d", *numbers))


def tensor(data_type, shape, values):
    """A TensorProto; values are its last fields."""
    sizes = b"".join(piece(2, integer(1, size)) for size in shape)
    return integer(1, data_type) + piece(2, sizes) + values


def array(numbers):
    """A TensorProto of a NumPy array."""
    return tensor(DATA_TYPES[numbers.dtype.name], numbers.shape, piece(4, numbers.astype(numbers.dtype.newbyteorder("<")).tobytes()))


def strings(shape, texts):
    return tensor(DT_STRING, shape, b"".join(piece(8, text) for text in texts))


def metadata(plugin, content=b""):
    return piece(9, piece(1, piece(1, plugin) + (piece(2, content) if content else b"")))


def value(tag, *fields):
    """A Summary of one value; several of them, one after the other, are one Summary."""
    return piece(1, piece(1, tag) + b"".join(fields))


def tensor_value(tag, proto, plugin, content=b""):
    return value(tag, piece(8, proto), metadata(plugin, content))


def histogram_value(tag, least, greatest, count, total, squares, limits, counts):
    numbers = b"".join(double(field, number) for field, number in enumerate((least, greatest, count, total, squares), 1))
    return value(tag, piece(5, numbers + doubles(6, limits) + doubles(7, counts)))


def image_value(tag, height, width, n_channels, encoded):
    return value(tag, piece(4, integer(1, height) + integer(2, width) + integer(3, n_channels) + piece(4, encoded)))


def audio_value(tag, sample_rate, n_channels, n_frames, encoded):
    clip = single(1, sample_rate) + integer(2, n_channels) + integer(3, n_frames) + piece(4, encoded) + piece(5, "audio/wav")
    return value(tag, piece(6, clip))


def text_value(tag, text):
    return tensor_value(tag, strings([1], [text]), "text")


def layout_value(layout):
    """A layout of custom scalars: {category: {title: ["Multiline" or "Margin", tags]}}."""
    categories = b""
    for category, charts in layout.items():
        encoded = b""
        for title, (kind, tags, *_) in charts.items():
            if kind == "Margin":
                if len(tags) != 3:
                    raise ValueError(f"the margin chart {title!r} needs 3 tags, a value and its bounds, not {len(tags)}")
                content = piece(3, piece(1, b"".join(piece(field, tag) for field, tag in enumerate(tags, 1))))
            else:
                content = piece(2, b"".join(piece(1, tag) for tag in tags))
            encoded += piece(2, piece(1, title) + content)
        categories += piece(2, piece(1, category) + encoded)
    return tensor_value("custom_scalars__config__", strings([], [categories]), "custom_scalars")


def mesh_value(tag, parts, json_config):
    """A mesh: parts are (what, float32 array of batch × points × 3), what is VERTEX 1, FACE 2 or COLOR 3."""
    names = {1: "VERTEX", 2: "FACE", 3: "COLOR"}
    components = sum(1 << what for what, _ in parts)
    summary = b""
    for what, numbers in parts:
        shape = piece(6, b"".join(varint(size) for size in numbers.shape))
        content = piece(2, tag) + integer(3, what) + piece(5, json_config) + shape + integer(7, components)
        summary += tensor_value(f"{tag}_{names[what]}", array(numbers), "mesh", content)
    return summary


def pr_curve_value(tag, rows, n_thresholds):
    """A precision and recall curve: six rows of as many numbers as there are thresholds."""
    return tensor_value(tag, array(rows), "pr_curves", integer(2, n_thresholds))


def embedding_value(tag, points, table, sprite, sprite_width, sprite_height):
    """An embedding as our event files have it: see FORMAT.md."""
    content = (piece(1, table) if table is not None else b"") + (piece(2, sprite) if sprite is not None else b"")
    return tensor_value(tag, array(points), "projector", content + integer(3, sprite_width) + integer(4, sprite_height))
