/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "examples/digits-model.h"

#include <math.h>

#include "engine/training/tfv-training.h"
#include "examples/digits-data.h"

/* A fully connected layer, in a scope of its own: inputs · weights + biases.
 * The weights begin as He and others (2015) found best for ReLU. */
static TfvOutput
add_layer (TfvGraph *graph, const char *name, TfvOutput inputs, gint64 n_inputs, gint64 n_outputs)
{
  g_autoptr (TfvTensor) zeros = tfv_tensor_new (TFV_DATA_TYPE_FLOAT, TFV_SHAPE (n_outputs));
  TfvOutput             shape, deviation, random, weights, biases, sums;

  tfv_graph_push_scope (graph, name);
  shape = tfv_constant_shape (graph, TFV_SHAPE (n_inputs, n_outputs), "shape");
  deviation = tfv_constant_float (graph, sqrtf (2.0f / (float) n_inputs), "deviation");
  random = tfv_truncated_normal (shape, TFV_DATA_TYPE_FLOAT, 0, "random");
  weights = tfv_variable (tfv_multiply (random, deviation, "initial_weights"), "weights");
  biases = tfv_variable (tfv_constant (graph, zeros, "initial_biases"), "biases");
  sums = tfv_bias_add (tfv_matmul (inputs, weights, NULL), biases, NULL);
  tfv_graph_pop_scope (graph);
  return sums;
}

/* Builds the graph. An error made anywhere in it is told here. */
gboolean
digits_model_build (DigitsModel *self, guint n_hidden, gint64 seed, GError **error)
{
  TfvGraph                *graph = tfv_graph_new ();
  g_autoptr (TfvOptimizer) optimizer = tfv_adam_optimizer_new (0.001, 0.9, 0.999, 1e-8);
  TfvOutput                hidden;
  TfvOutput                logits;
  TfvOutput                correct;

  tfv_graph_set_seed (graph, seed);
  self->graph = graph;
  tfv_graph_push_scope (graph, "feed");
  self->images = tfv_placeholder (graph, TFV_DATA_TYPE_FLOAT, TFV_SHAPE (-1, DIGITS_N_PIXELS), "images");
  self->labels = tfv_placeholder (graph, TFV_DATA_TYPE_INT64, TFV_SHAPE (-1), "labels");
  self->learning_rate = tfv_placeholder (graph, TFV_DATA_TYPE_FLOAT, tfv_shape_scalar (), "learning_rate");
  tfv_graph_pop_scope (graph);

  hidden = tfv_relu (add_layer (graph, "hidden", self->images, DIGITS_N_PIXELS, n_hidden), "activations");
  logits = add_layer (graph, "output", hidden, n_hidden, DIGITS_N_CLASSES);

  self->loss = tfv_reduce_mean (tfv_sparse_softmax_cross_entropy_with_logits (self->labels, logits, "cross_entropy"), TFV_OUTPUT_NONE, FALSE, "mean_loss");
  correct = tfv_equal (tfv_arg_max (logits, 1, "guess"), self->labels, "correct");
  self->accuracy = tfv_reduce_mean (tfv_cast (correct, TFV_DATA_TYPE_FLOAT, NULL), TFV_OUTPUT_NONE, FALSE, "mean_accuracy");

  tfv_optimizer_set_learning_rate (optimizer, self->learning_rate);
  self->train = tfv_optimizer_minimize (optimizer, self->loss, NULL, 0, TFV_OUTPUT_NONE);

  tfv_summary_scalar ("loss", self->loss);
  tfv_summary_scalar ("accuracy", self->accuracy);
  tfv_summary_scalar ("learning_rate", self->learning_rate);
  self->summary = tfv_summary_merge_all (graph);
  self->initialize = tfv_graph_variables_initializer (graph, "initialize");

  if (tfv_graph_get_error (graph))
    {
      g_propagate_error (error, g_error_copy (tfv_graph_get_error (graph)));
      return FALSE;
    }
  return TRUE;
}

void
digits_model_clear (DigitsModel *self)
{
  g_clear_object (&self->graph);
}
