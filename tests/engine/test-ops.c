/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>
#include <string.h>

#include "engine/tfv-gradients.h"
#include "engine/tfv-session.h"
#include "tests/engine/op-case.h"

/* Runs the cases that the ops carry: every case of every op for every type,
 * with inputs that are fed, fed with shapes unknown, and constant. */

typedef struct
{
  const TfvOpType *type;
  const TfvOpCase *test;
  TfvDataType      dtype;
} Trial;

static gboolean
run (OpCaseGraph *graph, OpCaseWay way, const TfvOutput *fetches, guint n_fetches, TfvTensor **tensors, GError **error)
{
  g_autoptr (TfvSession) session = tfv_session_new (graph->graph, error);
  guint                  n_feeds = way == OP_CASE_CONSTANT ? 0 : graph->n_inputs;

  return session != NULL && tfv_session_run (session, NULL, graph->inputs, graph->values, n_feeds, fetches, n_fetches, NULL, 0, tensors, NULL, error);
}

static void
compare_strings (GBytes *const *strings, GBytes *const *expected, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      gsize         n_bytes = 0;
      gsize         n_expected = 0;
      gconstpointer bytes = strings[i] != NULL ? g_bytes_get_data (strings[i], &n_bytes) : NULL;
      gconstpointer wanted = expected[i] != NULL ? g_bytes_get_data (expected[i], &n_expected) : NULL;

      g_assert_cmpmem (bytes, n_bytes, wanted, n_expected);
    }
}

static void
compare (const TfvTensor *tensor, const TfvTensor *expected, double tolerance)
{
  g_assert_cmpstr (tfv_data_type_to_string (tensor->dtype), ==, tfv_data_type_to_string (expected->dtype));
  g_autofree char *shape = tfv_shape_to_string (&tensor->shape);
  g_autofree char *expected_shape = tfv_shape_to_string (&expected->shape);

  g_assert_cmpstr (shape, ==, expected_shape);
  if (tensor->dtype == TFV_DATA_TYPE_STRING)
    {
      compare_strings (tensor->data, expected->data, tensor->n_elements);
      return;
    }
  for (gsize i = 0; i < tensor->n_elements; i++)
    {
      double value = tfv_tensor_get_value (tensor, i);
      double wanted = tfv_tensor_get_value (expected, i);

      if (isnan (wanted) || isinf (wanted) || tolerance == 0.0)
        {
          if (!(isnan (wanted) && isnan (value)))
            g_assert_cmpfloat (value, ==, wanted);
        }
      else
        g_assert_cmpfloat_with_epsilon (value, wanted, tolerance * MAX (1.0, fabs (wanted)));
    }
}

static double
get_tolerance (const Trial *trial, TfvDataType dtype)
{
  if (trial->test->tolerance != 0.0)
    return trial->test->tolerance;
  return dtype == TFV_DATA_TYPE_FLOAT ? 1e-6 : dtype == TFV_DATA_TYPE_DOUBLE ? 1e-12
                                                                             : 0.0;
}

static TfvTensor *
compute_reference (const Trial *trial, OpCaseGraph *graph, const TfvTensor *like)
{
  TfvTensor *expected = tfv_tensor_new (like->dtype, like->shape);

  for (gsize i = 0; i < expected->n_elements; i++)
    tfv_tensor_set_value (expected, i, trial->test->unary (tfv_tensor_get_value (graph->values[0], i)));
  return expected;
}

static void
check_outputs (const Trial *trial, OpCaseGraph *graph, OpCaseWay way)
{
  TfvOutput  fetches[4];
  TfvTensor *tensors[4] = { NULL };
  GError    *error = NULL;
  guint      n = tfv_operation_get_n_outputs (graph->operation);

  for (guint i = 0; i < n; i++)
    fetches[i] = tfv_operation_get_output (graph->operation, i);
  run (graph, way, fetches, n, tensors, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (TfvTensor) expected = trial->test->unary != NULL ? compute_reference (trial, graph, tensors[i])
                                                                  : op_case_parse_tensor (trial->test->expected[i], tensors[i]->dtype);
      TfvShape              known = tfv_output_get_shape (fetches[i]);

      g_assert_cmpint (tfv_output_get_dtype (fetches[i]), ==, tensors[i]->dtype);
      g_assert_true (tfv_shape_is_compatible (&known, &tensors[i]->shape));
      if ((trial->test->flags & TFV_CASE_RANDOM) != 0)
        g_assert_true (tfv_shape_equal (&tensors[i]->shape, &expected->shape));
      else
        compare (tensors[i], expected, get_tolerance (trial, tensors[i]->dtype));
      tfv_tensor_unref (tensors[i]);
    }
}

static void
test_error (gconstpointer data)
{
  const Trial *trial = data;

  for (OpCaseWay way = 0; way < OP_CASE_N_WAYS; way++)
    {
      OpCaseGraph        graph;
      TfvTensor         *tensors[4] = { NULL };
      TfvOutput          fetch;
      g_autoptr (GError) error = NULL;

      op_case_graph_init (&graph, trial->type, trial->test, trial->dtype, way);
      fetch = tfv_operation_get_output (graph.operation, 0);
      g_assert_false (run (&graph, way, &fetch, 1, tensors, &error));
      g_assert_nonnull (error);
      g_assert_true (g_str_has_prefix (error->message, trial->type->def->type));
      /* What is known late is told in the kernel's words. */
      if (way != OP_CASE_FED_UNKNOWN)
        g_assert_nonnull (strstr (error->message, trial->test->error));
      op_case_graph_clear (&graph);
    }
}

static void
test_result (gconstpointer data)
{
  const Trial *trial = data;

  for (OpCaseWay way = 0; way < OP_CASE_N_WAYS; way++)
    {
      OpCaseGraph graph;

      op_case_graph_init (&graph, trial->type, trial->test, trial->dtype, way);
      g_assert_no_error ((GError *) tfv_graph_get_error (graph.graph));
      check_outputs (trial, &graph, way);
      op_case_graph_clear (&graph);
    }
}

static void
test_random (gconstpointer data)
{
  const Trial           *trial = data;
  OpCaseGraph            graph;
  TfvTensor             *tensors[3] = { NULL };
  g_autoptr (TfvSession) session = NULL;

  op_case_graph_init (&graph, trial->type, trial->test, trial->dtype, OP_CASE_CONSTANT);
  TfvOutput fetch = tfv_operation_get_output (graph.operation, 0);

  check_outputs (trial, &graph, OP_CASE_CONSTANT);
  /* The same in a second session, and others in a second run. */
  g_assert_true (run (&graph, OP_CASE_CONSTANT, &fetch, 1, &tensors[0], NULL));
  session = tfv_session_new (graph.graph, NULL);
  tensors[1] = tfv_session_fetch (session, fetch, NULL);
  tensors[2] = tfv_session_fetch (session, fetch, NULL);
  compare (tensors[0], tensors[1], 0.0);
  g_assert_cmpfloat (tfv_tensor_get_value (tensors[0], 0), !=, tfv_tensor_get_value (tensors[2], 0));
  for (guint i = 0; i < G_N_ELEMENTS (tensors); i++)
    tfv_tensor_unref (tensors[i]);
  g_clear_object (&session);
  op_case_graph_clear (&graph);
}

/* Weights of the sum that is differentiated, so that no two gradients are
 * alike. */
static double
get_weight (gsize i)
{
  return 0.5 + (double) (i * 7 % 11) / 11.0;
}

static double
compute_weighted_sum (OpCaseGraph *graph, TfvSession *session, TfvOutput y)
{
  TfvTensor *tensor = NULL;
  GError    *error = NULL;
  double     sum = 0.0;

  tfv_session_run (session, NULL, graph->inputs, graph->values, graph->n_inputs, &y, 1, NULL, 0, &tensor, NULL, &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < tensor->n_elements; i++)
    sum += get_weight (i) * tfv_tensor_get_value (tensor, i);
  tfv_tensor_unref (tensor);
  return sum;
}

static TfvOutput
make_weights (OpCaseGraph *graph, const TfvShape *shape)
{
  g_autoptr (TfvTensor) weights = tfv_tensor_new (TFV_DATA_TYPE_DOUBLE, *shape);
  TfvOpBuilder         *builder = tfv_op_builder_new (graph->graph, "Const", "weights");

  for (gsize i = 0; i < weights->n_elements; i++)
    tfv_tensor_set_value (weights, i, get_weight (i));
  tfv_op_builder_set_tensor (builder, "value", weights);
  tfv_op_builder_set_type (builder, "dtype", TFV_DATA_TYPE_DOUBLE);
  return tfv_op_builder_finish_output (builder);
}

static void
check_gradient (OpCaseGraph *graph, TfvSession *session, TfvOutput y, guint input, const TfvTensor *gradient)
{
  const double step = 1e-5;
  double      *x = graph->values[input]->data;

  g_assert_true (tfv_shape_equal (&gradient->shape, &graph->values[input]->shape));
  for (gsize i = 0; i < gradient->n_elements; i++)
    {
      double before = x[i];
      double higher;
      double lower;

      x[i] = before + step;
      higher = compute_weighted_sum (graph, session, y);
      x[i] = before - step;
      lower = compute_weighted_sum (graph, session, y);
      x[i] = before;
      g_assert_cmpfloat_with_epsilon (tfv_tensor_get_value (gradient, i), (higher - lower) / (2.0 * step), 1e-6 * MAX (1.0, fabs (higher)));
    }
}

static void
try_gradient (const Trial *trial, OpCaseWay way, const TfvShape *y_shape)
{
  OpCaseGraph            graph;
  TfvOutput              y;
  TfvOutput              xs[G_N_ELEMENTS (graph.inputs)];
  TfvOutput              grads[G_N_ELEMENTS (graph.inputs)];
  guint                  x_inputs[G_N_ELEMENTS (graph.inputs)];
  guint                  n_xs = 0;
  TfvOutput              weights;
  g_autoptr (TfvSession) session = NULL;

  op_case_graph_init (&graph, trial->type, trial->test, trial->dtype, way);
  y = tfv_operation_get_output (graph.operation, 0);
  weights = make_weights (&graph, y_shape);
  for (guint i = 0; i < graph.n_inputs; i++)
    if (graph.values[i]->dtype == TFV_DATA_TYPE_DOUBLE)
      {
        x_inputs[n_xs] = i;
        xs[n_xs++] = graph.inputs[i];
      }
  g_assert_true (tfv_gradients (graph.graph, &y, 1, xs, n_xs, &weights, grads));
  session = tfv_session_new (graph.graph, NULL);
  for (guint i = 0; i < n_xs; i++)
    {
      TfvTensor *gradient = NULL;
      GError    *error = NULL;

      g_assert_false (tfv_output_is_none (grads[i]));
      tfv_session_run (session, NULL, graph.inputs, graph.values, graph.n_inputs, &grads[i], 1, NULL, 0, &gradient, NULL, &error);
      g_assert_no_error (error);
      check_gradient (&graph, session, y, x_inputs[i], gradient);
      tfv_tensor_unref (gradient);
    }
  g_clear_object (&session);
  op_case_graph_clear (&graph);
}

static void
test_gradient (gconstpointer data)
{
  const Trial *trial = data;
  OpCaseGraph  graph;
  TfvTensor   *tensor = NULL;
  TfvOutput    y;
  TfvShape     shape;

  op_case_graph_init (&graph, trial->type, trial->test, trial->dtype, OP_CASE_FED);
  y = tfv_operation_get_output (graph.operation, 0);
  g_assert_true (run (&graph, OP_CASE_FED, &y, 1, &tensor, NULL));
  shape = tensor->shape;
  tfv_tensor_unref (tensor);
  op_case_graph_clear (&graph);
  if (tfv_shape_get_n_elements (&shape) > 200)
    {
      g_test_skip ("too large for finite differences");
      return;
    }
  try_gradient (trial, OP_CASE_FED, &shape);
  try_gradient (trial, OP_CASE_FED_UNKNOWN, &shape);
}

static void
add (const Trial *trial, const char *what, GTestDataFunc function)
{
  g_autofree char *path = g_strdup_printf ("/engine/ops/%s/%s/%s/%s", trial->type->def->type, trial->test->name, what, tfv_data_type_to_string (trial->dtype));

  g_strdelimit (path, " ", '-');
  g_test_add_data_func_full (path, g_memdup2 (trial, sizeof *trial), function, g_free);
}

static void
add_case (const TfvOpType *type, const TfvOpCase *test)
{
  g_autoptr (GArray) types = op_case_list_types (type, test);

  g_assert_cmpuint (types->len, >, 0);
  for (guint i = 0; i < types->len; i++)
    {
      Trial trial = { type, test, g_array_index (types, TfvDataType, i) };

      if (test->error != NULL)
        add (&trial, "is-refused", test_error);
      else if ((test->flags & TFV_CASE_RANDOM) != 0)
        add (&trial, "is-repeatable", test_random);
      else
        add (&trial, "gives-the-right-result", test_result);
      if (test->error == NULL && trial.dtype == TFV_DATA_TYPE_DOUBLE && type->def->gradient != NULL && (test->flags & TFV_CASE_NO_GRADIENT) == 0)
        add (&trial, "has-the-right-gradient", test_gradient);
    }
}

int
main (int argc, char **argv)
{
  g_autoptr (GPtrArray) types = tfv_op_registry_dup_types ();

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < types->len; i++)
    {
      const TfvOpType *type = types->pdata[i];

      for (const TfvOpCase *test = type->def->cases; test != NULL && test->name != NULL; test++)
        add_case (type, test);
    }
  return g_test_run ();
}
