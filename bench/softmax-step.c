/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* softmax-step: what a step of MNIST's softmax regression costs, batch 100,
 * fed from memory: the graph of softmax-step-peer.py. */

#include <stdlib.h>
#include <time.h>

#include "engine/tfv-op-builder.h"
#include "engine/tfv-session.h"
#include "engine/tfv-variable.h"
#include "engine/training/tfv-gradient-descent-optimizer.h"

#define BATCH 100
#define N_PIXELS 784
#define N_DIGITS 10
#define N_WARM_UP 200
#define N_STEPS 2000

typedef struct
{
  TfvOutput     images;
  TfvOutput     labels;
  TfvOperation *step;
} Model;

static gint64
now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_sec * G_GINT64_CONSTANT (1000000000) + now.tv_nsec;
}

static int
compare_times (const void *a, const void *b)
{
  gint64 x = *(const gint64 *) a;
  gint64 y = *(const gint64 *) b;

  return (x > y) - (x < y);
}

static TfvOutput
constant (TfvGraph *graph, TfvTensor *value, const char *name)
{
  TfvOpBuilder *builder = tfv_op_builder_new (graph, "Const", name);

  tfv_op_builder_set_type (builder, "dtype", tfv_tensor_get_dtype (value));
  tfv_op_builder_set_tensor (builder, "value", value);
  tfv_tensor_unref (value);
  return tfv_op_builder_finish_output (builder);
}

static TfvOutput
placeholder (TfvGraph *graph, TfvDataType dtype, TfvShape shape, const char *name)
{
  TfvOpBuilder *builder = tfv_op_builder_new (graph, "Placeholder", name);

  tfv_op_builder_set_type (builder, "dtype", dtype);
  tfv_op_builder_set_shape (builder, "shape", shape);
  return tfv_op_builder_finish_output (builder);
}

static TfvOutput
binary (TfvGraph *graph, const char *op_type, TfvOutput a, TfvOutput b)
{
  TfvOpBuilder *builder = tfv_op_builder_new (graph, op_type, NULL);

  tfv_op_builder_add_input (builder, a);
  tfv_op_builder_add_input (builder, b);
  return tfv_op_builder_finish_output (builder);
}

static Model
build_model (TfvGraph *graph)
{
  g_autoptr (TfvOptimizer) optimizer = tfv_gradient_descent_optimizer_new (0.5);
  TfvOutput                weights = tfv_variable (constant (graph, tfv_tensor_new (TFV_DATA_TYPE_FLOAT, TFV_SHAPE (N_PIXELS, N_DIGITS)), "zeros"), "weights");
  TfvOutput                biases = tfv_variable (constant (graph, tfv_tensor_new (TFV_DATA_TYPE_FLOAT, TFV_SHAPE (N_DIGITS)), "zeros"), "biases");
  Model                    model = {
                       .images = placeholder (graph, TFV_DATA_TYPE_FLOAT, TFV_SHAPE (BATCH, N_PIXELS), "images"),
                       .labels = placeholder (graph, TFV_DATA_TYPE_INT32, TFV_SHAPE (BATCH), "labels"),
  };
  TfvOutput product = binary (graph, "MatMul", model.images, tfv_variable_get_read (weights));
  TfvOutput logits = binary (graph, "Add", product, tfv_variable_get_read (biases));
  TfvOutput losses = binary (graph, "SparseSoftmaxCrossEntropyWithLogits", logits, model.labels);
  TfvOutput loss = binary (graph, "Mean", losses, constant (graph, tfv_tensor_new_int32 (0), "axis"));

  model.step = tfv_optimizer_minimize (optimizer, loss, NULL, 0, TFV_OUTPUT_NONE);
  return model;
}

/* The median time of a step, in µs; negative with an error where one fails. */
static double
time_steps (TfvCallable *train, GError **error)
{
  g_autoptr (TfvTensor) images = tfv_tensor_new (TFV_DATA_TYPE_FLOAT, TFV_SHAPE (BATCH, N_PIXELS));
  g_autoptr (TfvTensor) labels = tfv_tensor_new (TFV_DATA_TYPE_INT32, TFV_SHAPE (BATCH));
  g_autoptr (GRand)     random = g_rand_new_with_seed (1);
  TfvTensor            *values[] = { images, labels };
  gint64                times_ns[N_STEPS];

  for (gsize i = 0; i < BATCH * N_PIXELS; i++)
    tfv_tensor_set_value (images, i, g_rand_double (random));
  for (gsize i = 0; i < BATCH; i++)
    tfv_tensor_set_value (labels, i, g_rand_int_range (random, 0, N_DIGITS));

  for (int i = -N_WARM_UP; i < N_STEPS; i++)
    {
      gint64 begin = now_ns ();

      if (!tfv_callable_run (train, NULL, values, NULL, NULL, error))
        return -1;
      if (i >= 0)
        times_ns[i] = now_ns () - begin;
    }
  qsort (times_ns, N_STEPS, sizeof times_ns[0], compare_times);
  return times_ns[N_STEPS / 2] / 1000.0;
}

int
main (void)
{
  g_autoptr (GError)      error = NULL;
  g_autoptr (TfvGraph)    graph = tfv_graph_new ();
  g_autoptr (TfvSession)  session = NULL;
  g_autoptr (TfvCallable) train = NULL;
  Model                   model = build_model (graph);
  TfvOperation           *initializer = tfv_graph_variables_initializer (graph, "init");
  double                  median_us = -1;

  session = tfv_session_new (graph, &error);
  if (session != NULL && tfv_session_run_target (session, initializer, &error))
    train = tfv_session_make_callable (session, (TfvOutput[]){ model.images, model.labels }, 2, NULL, 0, &model.step, 1, &error);
  if (train != NULL)
    median_us = time_steps (train, &error);
  if (median_us < 0)
    {
      g_printerr ("softmax-step: %s\n", error->message);
      return EXIT_FAILURE;
    }
  g_print ("{\"median\": %.2f}\n", median_us);
  return EXIT_SUCCESS;
}
