"""The methods of torch.utils.tensorboard.SummaryWriter, which make records of our event files."""

import json
import os
import time

from gi.repository import GLib

from tfview import curves, hparams, message, pictures
from tfview.arrays import is_bfloat16, require_numpy, to_number, to_numpy
from tfview.native import Native, Tfv, choose_folder, encode_png

# The library's functions, before the methods of their names.
push_scalar = Native.add_scalar
push_scalar_at = Native.add_scalar_at
push_float = Native.add_scalar_float
push_float_at = Native.add_scalar_float_at


def read_step(global_step):
    """A step may be none, or an integer of any library."""
    return 0 if global_step is None else int(global_step)


def serialized(graph):
    """The bytes of a GraphDef, where it is one already."""
    if isinstance(graph, GLib.Bytes):
        return graph.get_data()
    if isinstance(graph, (bytes, bytearray, memoryview)):
        return bytes(graph)
    return graph.SerializeToString() if hasattr(graph, "SerializeToString") else None


class SummaryMethods:
    """What both SummaryWriters have. `file_writer` is the library's writer, or None where it was closed."""

    all_writers = None
    default_bins = curves.DEFAULT_BINS

    def __init__(self, log_dir=None, comment="", purge_step=None, max_queue=10, flush_secs=120, filename_suffix=""):
        self.all_writers = {}
        self.max_queue = max_queue
        self.flush_secs = flush_secs
        self.filename_suffix = filename_suffix
        self._begin(choose_folder(log_dir, comment), purge_step)

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.close()

    def _get_file_writer(self):
        return self.file_writer

    @staticmethod
    def _state_start(writer, purge_step):
        """States that what was logged from a step on is superseded."""
        if purge_step is not None:
            Native.add_session(writer, Tfv.SessionStatus.START, int(purge_step))

    def _add(self, summary, global_step=None, walltime=None):
        """Adds a serialised Summary."""
        writer = self._get_file_writer()
        if walltime is None:
            Native.add_summary(writer, GLib.Bytes.new(summary), read_step(global_step))
        else:
            Native.add_summary_at(writer, GLib.Bytes.new(summary), read_step(global_step), float(walltime))

    def add_summary(self, summary, global_step=None, walltime=None):
        """Adds a TensorFlow Summary, or the bytes of one."""
        self._add(serialized(summary), global_step, walltime)

    def add_scalar(self, tag, scalar_value, global_step=None, walltime=None, new_style=False, double_precision=False):
        """Adds a number, with all of its digits: new_style and double_precision change nothing.

        A float32 of a tensor or an array is stored as such.
        """
        if walltime is None and isinstance(scalar_value, float):
            try:
                push_scalar(self.file_writer or self._get_file_writer(), tag, scalar_value, global_step or 0)
                return
            except TypeError:
                # A step that is no integer of Python's.
                pass
        number, is_single = to_number(scalar_value)
        self._push(self._get_file_writer(), tag, number, is_single, read_step(global_step), walltime)

    @staticmethod
    def _push(writer, tag, number, is_single, step, walltime):
        if walltime is None:
            (push_float if is_single else push_scalar)(writer, tag, number, step)
        else:
            (push_float_at if is_single else push_scalar_at)(writer, tag, number, step, float(walltime))

    def add_scalars(self, main_tag, tag_scalar_dict, global_step=None, walltime=None):
        """Adds several numbers to one chart, each as a run of its own below this one: its folder is main_tag_key."""
        walltime = time.time() if walltime is None else walltime
        folder = os.fspath(self.get_logdir())
        self._get_file_writer()
        for key, scalar_value in tag_scalar_dict.items():
            path = f"{folder}/{main_tag.replace('/', '_')}_{key}"
            if path not in self.all_writers:
                self.all_writers[path] = Native.new(path)
            number, is_single = to_number(scalar_value)
            self._push(self.all_writers[path], main_tag, number, is_single, read_step(global_step), walltime)

    def add_hparams(self, hparam_dict, metric_dict, hparam_domain_discrete=None, run_name=None, global_step=None):
        """Adds hyper-parameters and what came of them, as a run of its own below this one, named by the time unless told."""
        if not isinstance(hparam_dict, dict) or not isinstance(metric_dict, dict) or not isinstance(hparam_domain_discrete or {}, dict):
            raise TypeError("hparam_dict, metric_dict and hparam_domain_discrete should be dictionaries")
        summary = hparams.summaries(hparam_dict, metric_dict, hparam_domain_discrete or {})
        metrics = {tag: to_number(number) for tag, number in metric_dict.items()}
        writer = Native.new(os.path.join(os.fspath(self.get_logdir()), run_name or str(time.time())))
        Native.add_summary(writer, GLib.Bytes.new(summary), read_step(global_step))
        for tag, (number, is_single) in metrics.items():
            self._push(writer, tag, number, is_single, read_step(global_step), None)
        Native.close(writer)

    def add_tensor(self, tag, tensor, global_step=None, walltime=None):
        """Adds an array of any shape, with its type."""
        if hasattr(tensor, "detach") and is_bfloat16(tensor):
            import torch

            bits = tensor.detach().cpu().contiguous().view(torch.int16).numpy()
            proto = message.tensor(message.DT_BFLOAT16, bits.shape, message.piece(4, bits.astype("<i2").tobytes()))
        else:
            numbers = to_numpy(tensor, "add_tensor")
            if numbers.dtype.name not in message.DATA_TYPES:
                raise TypeError(f"{tag}: a tensor of {numbers.dtype} can't be stored")
            proto = message.array(numbers.reshape(getattr(tensor, "shape", numbers.shape)))
        self._add(message.tensor_value(tag, proto, "tensor"), global_step, walltime)

    def add_histogram(self, tag, values, global_step=None, bins="tensorflow", walltime=None, max_bins=None):
        """Adds the distribution of values; bins are TensorFlow's, or whatever numpy.histogram takes."""
        if isinstance(bins, str) and bins == "tensorflow":
            bins = None
        counted = curves.count_values(to_numpy(values, "add_histogram"), bins, max_bins)
        self._add(message.histogram_value(tag, *counted), global_step, walltime)

    def add_histogram_raw(self, tag, min, max, num, sum, sum_squares, bucket_limits, bucket_counts, global_step=None, walltime=None):
        """Adds a distribution that was counted: bucket_limits are the right ends of the buckets."""
        limits, counts = list(bucket_limits), list(bucket_counts)
        if len(limits) != len(counts):
            raise ValueError(f"there are {len(limits)} bucket_limits and {len(counts)} bucket_counts")
        self._add(message.histogram_value(tag, min, max, num, sum, sum_squares, limits, counts), global_step, walltime)

    def _add_pixels(self, tag, pixels, global_step, walltime):
        height, width, n_channels = pixels.shape
        self._add(message.image_value(tag, height, width, n_channels, encode_png(pixels)), global_step, walltime)

    def add_image(self, tag, img_tensor, global_step=None, walltime=None, dataformats="CHW"):
        """Adds a picture: an array of uint8, or of floats from 0 to 1; or the bytes of an encoded picture."""
        encoded = serialized(img_tensor)
        if encoded is not None:
            picture = Tfv.Image.new(GLib.Bytes.new(encoded))
            self._add(message.image_value(tag, picture.height, picture.width, picture.n_channels, encoded), global_step, walltime)
            return
        pixels = pictures.to_bytes(pictures.lay_out(to_numpy(img_tensor, "add_image"), dataformats))
        self._add_pixels(tag, pixels, global_step, walltime)

    def add_images(self, tag, img_tensor, global_step=None, walltime=None, dataformats="NCHW"):
        """Adds a batch of pictures as one, eight in a row."""
        self.add_image(tag, img_tensor, global_step, walltime, dataformats)

    def add_image_with_boxes(self, tag, img_tensor, box_tensor, global_step=None, walltime=None, rescale=1, dataformats="CHW", labels=None):
        """Adds a picture with boxes drawn on it: rows of left, top, right and bottom. Needs Pillow."""
        boxes = to_numpy(box_tensor, "add_image_with_boxes")
        if isinstance(labels, str):
            labels = [labels]
        if labels is not None and len(labels) != boxes.shape[0]:
            labels = None
        pixels = pictures.to_bytes(pictures.lay_out(to_numpy(img_tensor, "add_image_with_boxes"), dataformats))
        self._add_pixels(tag, pictures.draw_boxes(pixels, boxes, labels, rescale), global_step, walltime)

    def add_figure(self, tag, figure, global_step=None, close=True, walltime=None):
        """Adds a figure of Matplotlib, or several as one picture."""
        if isinstance(figure, list):
            drawn = require_numpy("add_figure").stack([pictures.render_figure(each, close) for each in figure])
            self.add_image(tag, drawn, global_step, walltime, dataformats="NCHW")
        else:
            self.add_image(tag, pictures.render_figure(figure, close), global_step, walltime)

    def add_video(self, tag, vid_tensor, global_step=None, fps=4, walltime=None):
        """Adds films of batch × frames × channels × height × width, as a GIF. Needs Pillow."""
        frames = pictures.tile_films(to_numpy(vid_tensor, "add_video"))
        _, height, width, n_channels = frames.shape
        self._add(message.image_value(tag, height, width, n_channels, pictures.encode_gif(frames, fps)), global_step, walltime)

    def add_audio(self, tag, snd_tensor, global_step=None, sample_rate=44100, walltime=None):
        """Adds a clip of samples from -1 to 1; what is louder is clipped."""
        encoded, n_frames = pictures.encode_wav(snd_tensor, sample_rate)
        self._add(message.audio_value(tag, sample_rate, 1, n_frames, encoded), global_step, walltime)

    def add_text(self, tag, text_string, global_step=None, walltime=None):
        """Adds a text, shown as Markdown. Its tag gets /text_summary, as PyTorch's does."""
        self._add(message.text_value(tag + "/text_summary", text_string), global_step, walltime)

    def add_graph(self, model, input_to_model=None, verbose=False, use_strict_trace=True):
        """Adds a graph: a PyTorch module, which is traced with its input by PyTorch; or a GraphDef, or the bytes of one."""
        graph = serialized(model)
        if graph is None:
            try:
                from torch.utils.tensorboard._pytorch_graph import graph as trace
            except ImportError as error:
                raise ImportError(f"add_graph of a {type(model).__name__} needs PyTorch and its needs for TensorBoard: {error}") from error
            graph = trace(model, input_to_model, verbose, use_strict_trace)[0].SerializeToString()
        Native.add_graph(self._get_file_writer(), GLib.Bytes.new(graph))

    def add_onnx_graph(self, prototxt):
        """Adds the graph of an ONNX file, which PyTorch reads."""
        try:
            from torch.utils.tensorboard._onnx_graph import load_onnx_graph
        except ImportError as error:
            raise ImportError(f"add_onnx_graph needs PyTorch, onnx and tensorboard: {error}") from error
        Native.add_graph(self._get_file_writer(), GLib.Bytes.new(load_onnx_graph(prototxt).SerializeToString()))

    def add_embedding(self, mat, metadata=None, label_img=None, global_step=None, tag="default", metadata_header=None):
        """Adds points, a row each, with what is known of them: a label each or a row of them, and a small picture each."""
        points = to_numpy(mat, "add_embedding")
        if points.ndim != 2:
            raise ValueError(f"points are an array of two dimensions, not of the shape {points.shape}")
        table = sprite = None
        width = height = 0
        if metadata is not None:
            if len(metadata) != len(points):
                raise ValueError(f"there are {len(metadata)} labels for {len(points)} points")
            if metadata_header and len(metadata_header) != len(metadata[0]):
                raise ValueError(f"there are {len(metadata_header)} names for {len(metadata[0])} columns of metadata")
            rows = ["\t".join(map(str, row)) for row in [metadata_header, *metadata]] if metadata_header else map(str, metadata)
            table = "\n".join(rows) + "\n"
        if label_img is not None:
            labels = to_numpy(label_img, "add_embedding")
            if labels.ndim != 4 or len(labels) != len(points):
                raise ValueError(f"pictures of the shape {labels.shape} are not one each, NCHW, for {len(points)} points")
            height, width = labels.shape[2:]
            sprite = encode_png(pictures.make_sprite(labels))
        self._add(message.embedding_value(tag, points, table, sprite, width, height), global_step)

    def add_pr_curve(self, tag, labels, predictions, global_step=None, num_thresholds=127, weights=None, walltime=None):
        """Adds a precision and recall curve of predictions from 0 to 1 for labels that are 0 or 1."""
        n_thresholds = min(num_thresholds, curves.MOST_THRESHOLDS)
        rows = curves.count_pr_curve(to_numpy(labels, "add_pr_curve"), to_numpy(predictions, "add_pr_curve"), n_thresholds, weights)
        self._add(message.pr_curve_value(tag, rows.astype("float32"), n_thresholds), global_step, walltime)

    def add_pr_curve_raw(
        self,
        tag,
        true_positive_counts,
        false_positive_counts,
        true_negative_counts,
        false_negative_counts,
        precision,
        recall,
        global_step=None,
        num_thresholds=127,
        weights=None,
        walltime=None,
    ):
        """Adds a precision and recall curve that was counted, from the lowest threshold to the highest."""
        rows = (true_positive_counts, false_positive_counts, true_negative_counts, false_negative_counts, precision, recall)
        stacked = require_numpy("add_pr_curve_raw").stack([to_numpy(row, "add_pr_curve_raw") for row in rows]).astype("float32")
        self._add(message.pr_curve_value(tag, stacked, min(num_thresholds, curves.MOST_THRESHOLDS)), global_step, walltime)

    def add_custom_scalars(self, layout):
        """States which scalars are shown together: {category: {title: ["Multiline" or "Margin", tags]}}."""
        self._add(message.layout_value(layout))

    def add_custom_scalars_multilinechart(self, tags, category="default", title="untitled"):
        """States that the tags are shown in one chart."""
        self.add_custom_scalars({category: {title: ["Multiline", tags]}})

    def add_custom_scalars_marginchart(self, tags, category="default", title="untitled"):
        """States that a tag is shown between two others: its value, its lower and its upper bound."""
        self.add_custom_scalars({category: {title: ["Margin", tags]}})

    def add_mesh(self, tag, vertices, colors=None, faces=None, config_dict=None, global_step=None, walltime=None):
        """Adds point clouds or triangle meshes: arrays of batch × points × 3."""
        parts = []
        for what, data in ((1, vertices), (2, faces), (3, colors)):
            if data is None:
                continue
            numbers = to_numpy(data, "add_mesh")
            if numbers.ndim != 3 or numbers.shape[2] != 3:
                raise ValueError(f"a mesh is of arrays of batch × points × 3, not of the shape {numbers.shape}")
            parts.append((what, numbers.astype("float32")))
        config = json.dumps(config_dict, sort_keys=True) if config_dict is not None else "{}"
        self._add(message.mesh_value(tag, parts, config), global_step, walltime)

    def flush(self):
        """Waits until all that was added can be seen by every reader."""
        if self.file_writer is not None:
            Native.flush(self.file_writer)
            for writer in (self.all_writers or {}).values():
                Native.flush(writer)

    def close(self):
        """Writes what was added and closes the files; closing again does nothing."""
        others = list((self.all_writers or {}).values())
        self.all_writers = {}
        failure = None
        for writer in (*others, self.file_writer):
            try:
                Native.close(writer)
            except GLib.Error as error:
                failure = failure or error
        if failure is not None:
            raise failure
