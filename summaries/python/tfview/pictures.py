"""Pictures, films and sounds out of arrays, laid out and scaled as PyTorch does it."""

import io
import wave

from tfview.arrays import require_numpy, to_numpy


def to_bytes(array):
    """Samples of 8 bits: those of 8 bits as they are, others from 0 to 1; what is beyond is clipped."""
    numpy = require_numpy("add_image")
    if array.dtype == numpy.uint8:
        return array
    scaled = numpy.nan_to_num(array.astype(numpy.float32) * 255, nan=0.0)
    return scaled.clip(0, 255).astype(numpy.uint8)


def make_grid(pictures, n_columns=8):
    """One picture, channels first, of a batch of them; the empty places are black."""
    numpy = require_numpy("add_images")
    if pictures.shape[1] == 1:
        pictures = numpy.concatenate([pictures] * 3, 1)
    if pictures.shape[1] != 3:
        raise ValueError(f"pictures in a batch have 1 or 3 channels, not {pictures.shape[1]}")
    n_pictures, _, height, width = pictures.shape
    n_columns = min(n_pictures, n_columns)
    n_rows = -(-n_pictures // n_columns) if n_columns else 0
    grid = numpy.zeros((3, height * n_rows, width * n_columns), pictures.dtype)
    for i in range(n_pictures):
        y, x = i // n_columns * height, i % n_columns * width
        grid[:, y : y + height, x : x + width] = pictures[i]
    return grid


def lay_out(array, dataformats):
    """An array of height × width × channels, out of one whose dimensions are named: CHW, HWC, HW, NCHW, …"""
    numpy = require_numpy("add_image")
    names = dataformats.upper()
    if len(set(names)) != len(names) or sorted(names) not in ([*"HW"], [*"CHW"], [*"CHNW"]):
        raise ValueError(f"dataformats is {dataformats!r}; it names each dimension once: CHW, HWC, HW, NCHW, NHWC, …")
    if array.ndim != len(names):
        raise ValueError(f"an array of the shape {array.shape} has not the dimensions {dataformats}")
    if len(names) == 4:
        return make_grid(array.transpose([names.find(name) for name in "NCHW"])).transpose(1, 2, 0)
    if len(names) == 2:
        return numpy.stack([array.transpose([names.find(name) for name in "HW"])] * 3, 2)
    array = array.transpose([names.find(name) for name in "HWC"])
    if array.shape[2] == 1:
        array = numpy.concatenate([array] * 3, 2)
    if array.shape[2] not in (2, 3, 4):
        raise ValueError(f"a picture has 1 to 4 channels, not {array.shape[2]}: is {dataformats} the order of the dimensions {array.shape}?")
    return array


def require_pillow(what):
    try:
        from PIL import Image, ImageDraw, ImageFont
    except ImportError as error:
        raise ImportError(f"{what} needs Pillow, which is not installed") from error
    return Image, ImageDraw, ImageFont


def draw_label(draw, font, text, left, bottom):
    box = font.getbbox(text)
    width, height = box[2] - box[0], box[3] - box[1]
    margin = -(-height // 20)
    draw.rectangle([(left, bottom - height - 2 * margin), (left + width, bottom)], fill="Red")
    draw.text((left + margin, bottom - height - margin), text, fill="black", font=font)


def draw_boxes(pixels, boxes, labels, rescale):
    """The picture with red boxes, given as left, top, right and bottom, scaled."""
    numpy = require_numpy("add_image_with_boxes")
    Image, ImageDraw, ImageFont = require_pillow("add_image_with_boxes")
    picture = Image.fromarray(pixels)
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default() if labels is not None else None
    for i, (left, top, right, bottom) in enumerate(boxes.tolist()):
        draw.line([(left, top), (left, bottom), (right, bottom), (right, top), (left, top)], width=2, fill="Red")
        if labels is not None and labels[i]:
            draw_label(draw, font, labels[i], left, bottom)
    size = (int(pixels.shape[1] * rescale), int(pixels.shape[0] * rescale))
    return numpy.asarray(picture.resize(size, Image.Resampling.LANCZOS))


def render_figure(figure, close):
    """A figure of Matplotlib as an array, channels first."""
    numpy = require_numpy("add_figure")
    try:
        from matplotlib import pyplot
        from matplotlib.backends.backend_agg import FigureCanvasAgg
    except ImportError as error:
        raise ImportError("add_figure needs Matplotlib, which is not installed") from error
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    pixels = numpy.asarray(canvas.buffer_rgba())[:, :, :3].transpose(2, 0, 1)
    if close:
        pyplot.close(figure)
    return pixels


def tile_films(films):
    """Films of batch × frames × channels × height × width as one, side by side in a grid of a power of two."""
    numpy = require_numpy("add_video")
    if films.ndim != 5:
        raise ValueError(f"a film has the dimensions NTCHW, not the shape {films.shape}")
    batch, n_frames, n_channels, height, width = films.shape
    if films.dtype == numpy.uint8:
        films = numpy.float32(films) / 255.0
    if batch & (batch - 1):
        empty = numpy.zeros((2 ** batch.bit_length() - batch, *films.shape[1:]))
        films = numpy.concatenate((films, empty), axis=0)
    n_rows = 2 ** ((batch.bit_length() - 1) // 2)
    n_columns = films.shape[0] // n_rows
    films = films.reshape(n_rows, n_columns, n_frames, n_channels, height, width).transpose(2, 0, 4, 1, 5, 3)
    return to_bytes(films.reshape(n_frames, n_rows * height, n_columns * width, n_channels))


def encode_gif(frames, frames_per_second):
    """A GIF that repeats, of frames of height × width × channels."""
    Image, _, _ = require_pillow("add_video")
    if frames.shape[0] == 0:
        raise ValueError("a film needs a frame at least")
    pictures = [Image.fromarray(frame[:, :, 0] if frame.shape[2] == 1 else frame) for frame in frames]
    encoded = io.BytesIO()
    pictures[0].save(encoded, format="GIF", save_all=True, append_images=pictures[1:], duration=round(1000 / frames_per_second), loop=0)
    return encoded.getvalue()


def encode_wav(samples, sample_rate):
    """A WAV file of one channel of 16 bits, and how many frames it has."""
    numpy = require_numpy("add_audio")
    samples = to_numpy(samples, "add_audio").squeeze()
    if samples.ndim != 1:
        raise ValueError(f"a clip has one dimension, not the shape {samples.shape}")
    samples = numpy.nan_to_num(samples, nan=0.0).clip(-1, 1)
    samples = (samples * numpy.iinfo(numpy.int16).max).astype("<i2")
    encoded = io.BytesIO()
    with wave.open(encoded, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(sample_rate)
        file.writeframes(samples.tobytes())
    return encoded.getvalue(), len(samples)


def make_sprite(pictures):
    """A square picture of small ones, row by row, as the projector wants it: height × width × channels."""
    numpy = require_numpy("add_embedding")
    grid = make_grid(pictures, n_columns=int(numpy.ceil(len(pictures) ** 0.5))).transpose(1, 2, 0)
    square = numpy.zeros((grid.shape[1], grid.shape[1], 3), grid.dtype)
    square[: grid.shape[0]] = grid[: grid.shape[1]]
    return to_bytes(square)
