"""softmax-step-peer.py tensorflow DIR: what softmax-step.c measures, with TensorFlow in graph mode."""

import json
import sys
import time

import numpy as np
import tensorflow.compat.v1 as tf

BATCH = 100
N_WARM_UP = 200
N_STEPS = 2000


def main():
    assert sys.argv[1] == "tensorflow"
    tf.disable_eager_execution()
    x = tf.placeholder(tf.float32, [BATCH, 784])
    labels = tf.placeholder(tf.int32, [BATCH])
    weights = tf.Variable(tf.zeros([784, 10]))
    biases = tf.Variable(tf.zeros([10]))
    logits = tf.matmul(x, weights) + biases
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits))
    step = tf.train.GradientDescentOptimizer(0.5).minimize(loss)
    generator = np.random.default_rng(1)
    images = generator.random((BATCH, 784), dtype=np.float32)
    digits = generator.integers(0, 10, BATCH, dtype=np.int32)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        train = session.make_callable(step, feed_list=[x, labels])
        times = []
        for i in range(N_WARM_UP + N_STEPS):
            begin = time.perf_counter_ns()
            train(images, digits)
            if i >= N_WARM_UP:
                times.append(time.perf_counter_ns() - begin)
    times.sort()
    print(json.dumps({"median": times[len(times) // 2] / 1000}))


if __name__ == "__main__":
    main()
