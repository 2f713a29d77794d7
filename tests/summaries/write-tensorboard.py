"""write-tensorboard.py FOLDER [torch|tensorboardX|tensorflow2|tensorflow1|keras]…: all kinds that others' writers write.

A folder in FOLDER for each; those named, or all. What a writer can't do here, for want of another package, is told of
and left out. For compare-tensorboard.py, by hand: it needs what takes gigabytes and minutes.
"""

import os
import sys
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import numpy as np

RNG = np.random.default_rng(0)


def attempt(what, call):
    try:
        call()
    except Exception as error:  # whatever a writer makes of a missing package
        print(f"{what}: {type(error).__name__}: {error}")


def write_like_torch(writer_class, folder, **new_style):
    import torch

    w = writer_class(folder)
    for s in range(5):
        w.add_scalar("loss", 1 / (s + 1), s)
        if new_style:
            w.add_scalar("new", 1 / (s + 1), s, new_style=True)
            w.add_scalar("double", 1 / 3, s, new_style=True, double_precision=True)
            w.add_tensor("tensor", torch.arange(6.0).reshape(2, 3), s)
        w.add_histogram("h", RNG.normal(size=500), s)
        w.add_histogram("auto", RNG.normal(size=500), s, bins="auto")
        w.add_histogram("negative", -np.abs(RNG.normal(size=50)), s)
        w.add_histogram("zeros", np.zeros(50), s)
        w.add_histogram("one", np.array([3.5]), s)
        w.add_histogram_raw(
            "raw", min=0, max=3, num=3, sum=4.5, sum_squares=8, bucket_limits=[1, 2, 3], bucket_counts=[1, 1, 1], global_step=s
        )
        for channels in (1, 3, 4):
            w.add_image(f"image{channels}", RNG.integers(0, 255, (channels, 8, 9), dtype=np.uint8), s)
        w.add_images("images", RNG.random((2, 3, 8, 9)), s)
        w.add_image_with_boxes("boxes", RNG.random((3, 20, 20)), np.array([[1, 1, 8, 8]]), s)
        attempt("audio", lambda: w.add_audio("audio", torch.linspace(-1, 1, 200), s, sample_rate=8000))
        attempt("video", lambda: w.add_video("video", RNG.integers(0, 255, (1, 4, 3, 8, 8), dtype=np.uint8), s))
        w.add_text("text", f"**hello** {s}", s)
        w.add_pr_curve("pr", np.array([0, 1, 1, 0, 1]), np.array([0.1, 0.8, 0.6, 0.4, 0.9]), s)
        w.add_pr_curve_raw("pr-raw", [5, 4, 3], [1, 1, 0], [0, 1, 2], [0, 1, 2], [0.8, 0.8, 1], [1, 0.8, 0.6], s, num_thresholds=3)
        w.add_mesh(
            "mesh", torch.rand(1, 4, 3), colors=torch.randint(0, 255, (1, 4, 3)), faces=torch.randint(0, 4, (1, 2, 3)), global_step=s
        )
    w.add_scalars("group", {"a": 1.0, "b": 2.0}, 3)
    w.add_custom_scalars({"c": {"lines": ["Multiline", ["loss", "new"]], "margin": ["Margin", ["loss", "a", "b"]]}})
    w.add_hparams({"lr": 0.1, "batch": 3, "optimizer": "adam", "flag": True}, {"hparam/accuracy": 0.9})
    w.add_embedding(torch.rand(5, 3), metadata=list("abcde"), label_img=torch.rand(5, 3, 4, 4), global_step=1)
    w.add_graph(torch.nn.Linear(3, 2), torch.rand(1, 3))
    w.add_scalar("without a step", 1.0)
    for i, value in enumerate([float("nan"), float("inf"), -float("inf"), 1e-45, 0.1]):
        w.add_scalar("not finite", value, i)
    w.add_scalar("ünïcode/日本", 1.0, 1)
    w.close()


def write_torch(folder):
    from torch.utils.tensorboard import SummaryWriter

    write_like_torch(SummaryWriter, folder, new_style=True)
    for first, last in ((0, 10), (5, 8)):
        w = SummaryWriter(f"{folder}-restarted", **({"purge_step": first} if first else {}))
        for s in range(first, last):
            w.add_scalar("loss", s - first, s)
        w.close()
        time.sleep(1.1)  # the time is the file's name


def write_tensorboardX(folder):
    import tensorboardX

    write_like_torch(tensorboardX.SummaryWriter, folder)


def write_tensorflow2(folder):
    import tensorflow as tf
    from tensorboard.plugins.hparams import api as hp
    from tensorboard.plugins.mesh import summary_v2 as mesh

    def metadata(plugin, content=b""):
        return tf.compat.v1.SummaryMetadata(plugin_data={"plugin_name": plugin, "content": content})

    @tf.function
    def double(x):
        return x * 2 + 1

    w = tf.summary.create_file_writer(folder)
    with w.as_default():
        for s in range(5):
            tf.summary.scalar("loss", 1 / (s + 1), step=s, description="the **loss**")
            for kind in (tf.float16, tf.bfloat16, tf.float64, tf.int32, tf.int64, tf.uint8, tf.bool):
                tf.summary.write(f"scalar {kind.name}", tf.cast(tf.constant(s + 1), kind), step=s, metadata=metadata("scalars"))
            tf.summary.histogram("h", RNG.normal(size=500), step=s, buckets=10)
            tf.summary.histogram("empty", [], step=s)
            tf.summary.histogram("no buckets", np.zeros(5), step=s, buckets=0)
            tf.summary.image("image", RNG.random((5, 8, 9, 3)), step=s, max_outputs=4)
            tf.summary.audio("audio", (RNG.random((2, 100, 1)) * 2 - 1).astype("f"), 8000, step=s, max_outputs=2)
            tf.summary.text("text", f"hello {s}", step=s)
            tf.summary.text("table", [["a", "b"], ["c", "d"]], step=s)
            tf.summary.text("cube", np.array([[["a", "b"], ["c", "d"]]]), step=s)
            tf.summary.write("raw", tf.range(6), step=s)
            tf.summary.write("of another plugin", tf.constant([1.0, 2.0]), step=s, metadata=metadata("another", b"xyz"))
        tf.summary.trace_on(graph=True, profiler=False)
        double(tf.constant(1.0))
        tf.summary.trace_export("trace", step=0)
        tf.summary.graph(double.get_concrete_function(tf.constant(1.0)).graph.as_graph_def())
        rate = hp.HParam("rate", hp.RealInterval(1e-4, 1e-1), display_name="Rate")
        optimizer = hp.HParam("optimizer", hp.Discrete(["adam", "sgd"]))
        hp.hparams_config(hparams=[rate, optimizer], metrics=[hp.Metric("loss", display_name="Loss")])
        hp.hparams({rate: 0.01, optimizer: "adam", "flag": True, "n": 3})
        mesh.mesh(
            "mesh", vertices=tf.random.uniform((1, 4, 3)), faces=tf.constant([[[0, 1, 2]]]), colors=tf.zeros((1, 4, 3), tf.uint8), step=1
        )
    w.close()


def merge_tensorflow1(tf, x):
    from tensorboard.plugins.pr_curve import summary as pr_curve

    values = tf.random.normal([300], mean=x)
    tf.compat.v1.summary.scalar("a", x)
    tf.compat.v1.summary.scalar("b", x * 2, family="family")
    tf.compat.v1.summary.histogram("h", values)
    tf.compat.v1.summary.image("images", tf.random.uniform((4, 8, 9, 3)), max_outputs=3)
    tf.compat.v1.summary.image("image", tf.random.uniform((1, 8, 9, 1)), max_outputs=1)
    tf.compat.v1.summary.audio("audio", tf.random.uniform((3, 100, 2)) * 2 - 1, 8000, max_outputs=2)
    tf.compat.v1.summary.text("text", tf.constant("hello"))
    tf.compat.v1.summary.text("list", tf.constant(["x", "y"]))
    tf.compat.v1.summary.tensor_summary("tensor", values[:4], display_name="Tensor", summary_description="described")
    pr_curve.op("pr", labels=tf.constant([True, False, True]), predictions=tf.constant([0.1, 0.4, 0.9]), num_thresholds=11)
    return tf.compat.v1.summary.merge_all()


def write_tensorflow1(folder):
    import tensorflow as tf
    from tensorboard.plugins.custom_scalar import layout_pb2
    from tensorboard.plugins.custom_scalar import summary as custom_scalar
    from tensorboard.plugins.pr_curve import summary as pr_curve

    v1 = tf.compat.v1
    with tf.Graph().as_default() as graph, v1.Session() as session:
        x = v1.placeholder(tf.float32, [], name="x")
        merged = merge_tensorflow1(tf, x)
        w = v1.summary.FileWriter(folder, graph)
        for s in range(5):
            stats = v1.RunMetadata()
            options = v1.RunOptions(trace_level=v1.RunOptions.FULL_TRACE)
            w.add_summary(session.run(merged, {x: s}, options=options, run_metadata=stats), s)
            if s < 2:
                w.add_run_metadata(stats, f"step {s}", s)
        lines = layout_pb2.MultilineChartContent(tag=["a", "family/b"])
        chart = layout_pb2.Chart(title="lines", multiline=lines)
        w.add_summary(custom_scalar.pb(layout_pb2.Layout(category=[layout_pb2.Category(title="c", chart=[chart])])))
        w.add_summary(pr_curve.pb("pr-pb", labels=np.array([True, False]), predictions=np.array([0.2, 0.9]), num_thresholds=5), 2)
        w.add_session_log(v1.SessionLog(status=v1.SessionLog.START), 3)
        w.add_summary(session.run(merged, {x: 30}), 3)
        w.add_session_log(v1.SessionLog(status=v1.SessionLog.CHECKPOINT, checkpoint_path="/x"), 3)
        w.add_meta_graph(v1.train.export_meta_graph(graph=graph))
        w.add_event(v1.Event(wall_time=1.0, step=7, log_message=v1.LogMessage(level=20, message="hi")))
        w.close()


def write_keras(folder):
    import tensorflow as tf

    model = tf.keras.Sequential([tf.keras.layers.Input((4,)), tf.keras.layers.Dense(3), tf.keras.layers.Dense(1)])
    model.compile("adam", "mse", metrics=["mae"])
    board = tf.keras.callbacks.TensorBoard(folder, histogram_freq=1, write_images=True, update_freq=1, profile_batch=0)
    model.fit(RNG.random((64, 4)), RNG.random((64, 1)), epochs=3, verbose=0, validation_split=0.25, callbacks=[board])


def main():
    root, *names = sys.argv[1:]
    for name in names or ("torch", "tensorboardX", "tensorflow2", "tensorflow1", "keras"):
        attempt(name, lambda: globals()[f"write_{name}"](os.path.join(root, name)))


if __name__ == "__main__":
    main()
