/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>
#include <string.h>

#include "engine/tfv-engine.h"

/* Gradients of whole graphs; those of single ops are tried with their cases. */

static TfvOutput
placeholder (TfvGraph *graph, TfvShape shape, const char *name)
{
  return tfv_placeholder (graph, TFV_DATA_TYPE_DOUBLE, shape, name);
}

static TfvTensor *
make_values (gint64 rows, gint64 columns)
{
  TfvTensor *tensor = tfv_tensor_new (TFV_DATA_TYPE_DOUBLE, TFV_SHAPE (rows, columns));

  for (gsize i = 0; i < tfv_tensor_get_n_elements (tensor); i++)
    tfv_tensor_set_value (tensor, i, sin (3.0 * (double) i + (double) rows));
  return tensor;
}

static double
run (TfvSession *session, const TfvOutput *feeds, TfvTensor **values, guint n, TfvOutput y, gsize index)
{
  TfvTensor *tensor = NULL;
  GError    *error = NULL;
  double     value;

  tfv_session_run (session, NULL, feeds, values, n, &y, 1, NULL, 0, &tensor, NULL, &error);
  g_assert_no_error (error);
  value = tfv_tensor_get_value (tensor, index);
  tfv_tensor_unref (tensor);
  return value;
}

static void
check (TfvGraph *graph, TfvOutput y, const TfvOutput *xs, TfvTensor **values, guint n)
{
  g_autoptr (TfvSession) session = NULL;
  g_autofree TfvOutput  *grads = g_new (TfvOutput, n);
  const double           step = 1e-5;

  g_assert_true (tfv_gradients (graph, &y, 1, xs, n, NULL, grads));
  session = tfv_session_new (graph, NULL);
  for (guint i = 0; i < n; i++)
    for (gsize j = 0; j < tfv_tensor_get_n_elements (values[i]); j++)
      {
        double gradient = run (session, xs, values, n, grads[i], j);
        double before = tfv_tensor_get_value (values[i], j);
        double higher;
        double lower;

        tfv_tensor_set_value (values[i], j, before + step);
        higher = run (session, xs, values, n, y, 0);
        tfv_tensor_set_value (values[i], j, before - step);
        lower = run (session, xs, values, n, y, 0);
        tfv_tensor_set_value (values[i], j, before);
        g_assert_cmpfloat_with_epsilon (gradient, (higher - lower) / (2.0 * step), 1e-7);
      }
}

static void
test_perceptron (gconstpointer data)
{
  g_autoptr (TfvGraph)  graph = tfv_graph_new ();
  gboolean              is_known = GPOINTER_TO_INT (data);
  TfvOutput             x = placeholder (graph, TFV_SHAPE (is_known ? 5 : -1, 4), "x");
  TfvOutput             w = placeholder (graph, TFV_SHAPE (4, 3), "w");
  TfvOutput             b = placeholder (graph, TFV_SHAPE (1, 3), "b");
  TfvOutput             xs[] = { x, w, b };
  g_autoptr (TfvTensor) labels = tfv_tensor_new (TFV_DATA_TYPE_INT64, TFV_SHAPE (5));
  TfvOutput             hidden = tfv_sigmoid (tfv_add (tfv_matmul (x, w, NULL), b, NULL), NULL);
  TfvOutput             loss;
  TfvTensor            *values[] = { make_values (5, 4), make_values (4, 3), make_values (1, 3) };

  for (gsize i = 0; i < 5; i++)
    tfv_tensor_set_value (labels, i, (double) (i % 3));
  loss = tfv_reduce_mean (tfv_sparse_softmax_cross_entropy_with_logits (tfv_constant (graph, labels, NULL), hidden, NULL), TFV_OUTPUT_NONE, FALSE, NULL);
  check (graph, loss, xs, values, 3);
  for (guint i = 0; i < 3; i++)
    tfv_tensor_unref (values[i]);
}

static void
test_shared_input (void)
{
  g_autoptr (TfvGraph) graph = tfv_graph_new ();
  TfvOutput            x = placeholder (graph, TFV_SHAPE (2, 2), "x");
  TfvOutput            y = tfv_add (tfv_multiply (x, tfv_exp (x, NULL), NULL), tfv_tanh (tfv_matmul (x, x, NULL), NULL), NULL);
  TfvTensor           *value = make_values (2, 2);

  check (graph, tfv_reduce_sum (y, TFV_OUTPUT_NONE, FALSE, NULL), &x, &value, 1);
  g_assert_nonnull (tfv_graph_get_operation (graph, "gradients/AddN"));
  tfv_tensor_unref (value);
}

static void
test_second_derivative (void)
{
  g_autoptr (TfvGraph) graph = tfv_graph_new ();
  TfvOutput            x = placeholder (graph, TFV_SHAPE (1, 3), "x");
  TfvOutput            y = tfv_reduce_sum (tfv_multiply (tfv_square (x, NULL), tfv_sigmoid (x, NULL), NULL), TFV_OUTPUT_NONE, FALSE, NULL);
  TfvOutput            first;
  TfvTensor           *value = make_values (1, 3);

  g_assert_true (tfv_gradients (graph, &y, 1, &x, 1, NULL, &first));
  check (graph, tfv_reduce_sum (tfv_square (first, NULL), TFV_OUTPUT_NONE, FALSE, NULL), &x, &value, 1);
  tfv_tensor_unref (value);
}

static void
test_no_path (void)
{
  g_autoptr (TfvGraph) graph = tfv_graph_new ();
  TfvOutput            x = placeholder (graph, TFV_SHAPE (1, 3), "x");
  TfvOutput            z = placeholder (graph, TFV_SHAPE (1, 3), "z");
  TfvOutput            y = tfv_add (tfv_square (z, NULL), tfv_stop_gradient (x, NULL), NULL);
  TfvOutput            xs[] = { x, z };
  TfvOutput            grads[2];

  g_assert_true (tfv_gradients (graph, &y, 1, xs, 2, NULL, grads));
  g_assert_true (tfv_output_is_none (grads[0]));
  g_assert_false (tfv_output_is_none (grads[1]));
  g_assert_true (g_str_has_prefix (tfv_operation_get_name (grads[1].operation), "gradients/Square_grad/"));
}

static void
test_integers (void)
{
  g_autoptr (TfvGraph) graph = tfv_graph_new ();
  TfvOutput            x = tfv_placeholder (graph, TFV_DATA_TYPE_INT32, TFV_SHAPE (3), "x");
  TfvOutput            y = tfv_square (x, NULL);
  TfvOutput            grad;

  g_assert_false (tfv_gradients (graph, &y, 1, &x, 1, NULL, &grad));
  g_assert_true (tfv_output_is_none (grad));
  g_assert_nonnull (strstr (tfv_graph_get_error (graph)->message, "int32"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/engine/gradients/of-a-perceptron", GINT_TO_POINTER (TRUE), test_perceptron);
  g_test_add_data_func ("/engine/gradients/of-a-perceptron-with-any-batch", GINT_TO_POINTER (FALSE), test_perceptron);
  g_test_add_func ("/engine/gradients/are-summed-over-all-uses", test_shared_input);
  g_test_add_func ("/engine/gradients/have-gradients", test_second_derivative);
  g_test_add_func ("/engine/gradients/are-none-where-there-is-no-path", test_no_path);
  g_test_add_func ("/engine/gradients/do-not-flow-through-integers", test_integers);
  return g_test_run ();
}
