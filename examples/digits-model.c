/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "examples/digits-model.h"

#include <math.h>

#include "engine/training/tfv-training.h"
#include "examples/digits-data.h"

static void
add_detail (GArray *details, TfvOutput summary)
{
  g_array_append_val (details, summary);
}

static TfvOutput
reshape_images (TfvGraph *graph, TfvOutput x, guint n_rows, guint n_columns)
{
  return tfv_reshape (x, tfv_constant_shape (graph, TFV_SHAPE (-1, n_rows, n_columns, 1), "picture_shape"), "pictures");
}

/* x · weights + biases, and a ReLU where it is hidden, in a scope of its own.
 * The weights begin as He and others (2015) found best for ReLU. */
static TfvOutput
build_layer (TfvGraph *graph, const char *name, TfvOutput x, guint n_inputs, guint n_outputs, gboolean is_hidden, GArray *details)
{
  TfvOutput normal, deviation, zeros, weights, biases, y;

  tfv_graph_push_scope (graph, name);
  normal = tfv_truncated_normal (tfv_constant_shape (graph, TFV_SHAPE (n_inputs, n_outputs), "shape"), TFV_DATA_TYPE_FLOAT, 0, NULL);
  deviation = tfv_constant_float (graph, sqrtf (2.0f / (float) n_inputs), "deviation");
  zeros = tfv_fill (tfv_constant_shape (graph, TFV_SHAPE (n_outputs), "zeros/shape"), tfv_constant_float (graph, 0, "zeros/value"), "zeros");
  weights = tfv_variable (tfv_multiply (normal, deviation, "initial_weights"), "weights");
  biases = tfv_variable (zeros, "biases");
  add_detail (details, tfv_summary_histogram ("weights/histogram", weights));
  add_detail (details, tfv_summary_histogram ("biases/histogram", biases));
  if (!is_hidden)
    add_detail (details, tfv_summary_image ("weights/picture", reshape_images (graph, weights, n_inputs, n_outputs), 1));
  y = tfv_bias_add (tfv_matmul (x, weights, NULL), biases, NULL);
  if (is_hidden)
    y = tfv_relu (y, NULL);
  tfv_graph_pop_scope (graph);
  return y;
}

static TfvOutput
build_layers (DigitsModel *self, const guint *layer_sizes, guint n_layers, GArray *details)
{
  TfvOutput x = self->pixels;
  guint     n_inputs = DIGITS_N_PIXELS;

  for (guint i = 0; i < n_layers; i++)
    {
      g_autofree char *name = g_strdup_printf ("hidden%u", i + 1);

      x = build_layer (self->graph, name, x, n_inputs, layer_sizes[i], TRUE, details);
      n_inputs = layer_sizes[i];
    }
  return build_layer (self->graph, "logits", x, n_inputs, DIGITS_N_CLASSES, FALSE, details);
}

/* How wrong the network is, and how often it is right. */
static void
build_measures (DigitsModel *self, TfvOutput logits)
{
  TfvOutput losses = tfv_sparse_softmax_cross_entropy_with_logits (self->labels, logits, "cross_entropy");
  TfvOutput is_right = tfv_equal (tfv_arg_max (logits, 1, "prediction"), self->labels, "is_right");

  self->loss = tfv_reduce_mean (losses, TFV_OUTPUT_NONE, FALSE, "mean_loss");
  self->accuracy = tfv_reduce_mean (tfv_cast (is_right, TFV_DATA_TYPE_FLOAT, NULL), TFV_OUTPUT_NONE, FALSE, "share_right");
}

static void
build_training (DigitsModel *self, DigitsOptimizer kind)
{
  g_autoptr (TfvOptimizer) optimizer = NULL;

  switch (kind)
    {
    case DIGITS_ADAM:
      optimizer = tfv_adam_optimizer_new (0.0, 0.9, 0.999, 1e-8);
      break;
    case DIGITS_MOMENTUM:
      optimizer = tfv_momentum_optimizer_new (0.0, 0.9, FALSE);
      break;
    case DIGITS_GRADIENT_DESCENT:
      optimizer = tfv_gradient_descent_optimizer_new (0.0);
      break;
    }
  tfv_optimizer_set_learning_rate (optimizer, self->learning_rate);
  self->train = tfv_optimizer_minimize (optimizer, self->loss, NULL, 0, self->global_step);
}

/* Builds the network. What can go wrong with it, a session of its graph tells. */
DigitsModel *
digits_model_new (const guint *layer_sizes, guint n_layers, DigitsOptimizer optimizer, gint64 seed)
{
  g_autoptr (GArray) details = g_array_new (FALSE, FALSE, sizeof (TfvOutput));
  DigitsModel       *self = g_new0 (DigitsModel, 1);
  TfvGraph          *graph = self->graph = tfv_graph_new ();
  TfvOutput          scalars[3];

  tfv_graph_set_seed (graph, seed);
  self->pixels = tfv_placeholder (graph, TFV_DATA_TYPE_FLOAT, TFV_SHAPE (-1, DIGITS_N_PIXELS), "pixels");
  self->labels = tfv_placeholder (graph, TFV_DATA_TYPE_INT64, TFV_SHAPE (-1), "labels");
  self->learning_rate = tfv_placeholder (graph, TFV_DATA_TYPE_FLOAT, tfv_shape_scalar (), "rate");
  self->global_step = tfv_variable_untrainable (tfv_constant_int64 (graph, 0, "zero_steps"), "global_step");
  build_measures (self, build_layers (self, layer_sizes, n_layers, details));
  build_training (self, optimizer);

  scalars[0] = tfv_summary_scalar ("loss", self->loss);
  scalars[1] = tfv_summary_scalar ("accuracy", self->accuracy);
  scalars[2] = tfv_summary_scalar ("learning_rate", self->learning_rate);
  self->summary = tfv_summary_merge (scalars, G_N_ELEMENTS (scalars));
  add_detail (details, tfv_summary_image ("digits", reshape_images (graph, self->pixels, DIGITS_SIDE, DIGITS_SIDE), 3));
  self->details = tfv_summary_merge ((const TfvOutput *) details->data, details->len);
  self->initializer = tfv_graph_variables_initializer (graph, NULL);
  return self;
}

void
digits_model_free (DigitsModel *self)
{
  g_object_unref (self->graph);
  g_free (self);
}
