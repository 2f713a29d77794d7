/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>
#include <string.h>

#include "engine/tfv-callable-private.h"
#include "engine/tfv-engine.h"

static double
fetch (TfvSession *session, TfvOutput output)
{
  GError               *error = NULL;
  g_autoptr (TfvTensor) tensor = tfv_session_fetch (session, output, &error);

  g_assert_no_error (error);
  return tfv_tensor_get_value (tensor, 0);
}

static void
initialize (TfvSession *session)
{
  GError *error = NULL;

  tfv_session_run_target (session, tfv_graph_variables_initializer (tfv_session_get_graph (session), NULL), &error);
  g_assert_no_error (error);
}

static void
test_pruning (void)
{
  g_autoptr (TfvGraph)   graph = tfv_graph_new ();
  g_autoptr (TfvSession) session = NULL;
  TfvOutput              x = tfv_placeholder (graph, TFV_DATA_TYPE_FLOAT, tfv_shape_scalar (), "x");
  TfvOutput              one = tfv_constant_float (graph, 1.0f, NULL);

  tfv_add (x, one, NULL);
  session = tfv_session_new (graph, NULL);
  /* x is not needed, and not missed. */
  g_assert_cmpfloat (fetch (session, tfv_negate (one, NULL)), ==, -1.0);
}

static void
test_missing_feed (void)
{
  g_autoptr (TfvGraph)   graph = tfv_graph_new ();
  g_autoptr (TfvSession) session = tfv_session_new (graph, NULL);
  g_autoptr (GError)     error = NULL;
  TfvOutput              x = tfv_placeholder (graph, TFV_DATA_TYPE_FLOAT, TFV_SHAPE (-1, 784), "x");

  g_assert_null (tfv_session_fetch (session, tfv_negate (x, NULL), &error));
  g_assert_error (error, TFV_ENGINE_ERROR, TFV_ENGINE_ERROR_INVALID_ARGUMENT);
  g_assert_cmpstr (error->message, ==, "Placeholder 'x': You must feed a value for placeholder tensor 'x' with dtype float and shape [?,784]");
}

static void
test_wrong_feed (void)
{
  g_autoptr (TfvGraph)   graph = tfv_graph_new ();
  g_autoptr (TfvSession) session = tfv_session_new (graph, NULL);
  g_autoptr (TfvTensor)  value = tfv_tensor_new (TFV_DATA_TYPE_FLOAT, TFV_SHAPE (3, 4));
  g_autoptr (TfvTensor)  integer = tfv_tensor_new_int32 (1);
  TfvOutput              x = tfv_placeholder (graph, TFV_DATA_TYPE_FLOAT, TFV_SHAPE (-1, 5), "x");
  TfvOutput              y = tfv_negate (x, NULL);
  TfvTensor             *values[] = { value, integer, NULL };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autoptr (GError) error = NULL;
      TfvTensor         *tensor = NULL;

      g_assert_false (tfv_session_run (session, NULL, &x, &values[i], 1, &y, 1, NULL, 0, &tensor, NULL, &error));
      g_assert_error (error, TFV_ENGINE_ERROR, TFV_ENGINE_ERROR_INVALID_ARGUMENT);
      g_assert_nonnull (strstr (error->message, "'x:0'"));
      g_assert_null (tensor);
    }
}

static void
test_feed_anything (void)
{
  g_autoptr (TfvGraph)   graph = tfv_graph_new ();
  g_autoptr (TfvSession) session = tfv_session_new (graph, NULL);
  g_autoptr (TfvTensor)  value = tfv_tensor_new_float (5.0f);
  g_autoptr (TfvTensor)  result = NULL;
  TfvOutput              x = tfv_placeholder (graph, TFV_DATA_TYPE_FLOAT, tfv_shape_scalar (), "x");
  TfvOutput              middle = tfv_square (x, NULL);
  TfvOutput              y = tfv_negate (middle, NULL);
  GError                *error = NULL;

  tfv_session_run (session, NULL, &middle, &value, 1, &y, 1, NULL, 0, &result, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (tfv_tensor_get_value (result, 0), ==, -5.0);
  g_clear_pointer (&result, tfv_tensor_unref);
  /* What is fed can be fetched. */
  tfv_session_run (session, NULL, &middle, &value, 1, &middle, 1, NULL, 0, &result, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (tfv_tensor_get_value (result, 0), ==, 5.0);
}

static void
test_uninitialized (void)
{
  g_autoptr (TfvGraph)   graph = tfv_graph_new ();
  g_autoptr (TfvSession) session = tfv_session_new (graph, NULL);
  TfvOutput              w = tfv_variable (tfv_constant_float (graph, 2.0f, NULL), "W");
  TfvOutput              outputs[] = { w, tfv_negate (w, NULL), tfv_assign_add (w, tfv_constant_float (graph, 1.0f, NULL), NULL) };

  for (guint i = 0; i < G_N_ELEMENTS (outputs); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (tfv_session_fetch (session, outputs[i], &error));
      g_assert_error (error, TFV_ENGINE_ERROR, TFV_ENGINE_ERROR_FAILED_PRECONDITION);
      g_assert_nonnull (strstr (error->message, "Attempting to use uninitialized value W"));
    }
  g_assert_cmpfloat (fetch (session, tfv_is_variable_initialized (w, NULL)), ==, 0.0);
  initialize (session);
  g_assert_cmpfloat (fetch (session, tfv_is_variable_initialized (w, NULL)), ==, 1.0);
}

static void
test_variables (void)
{
  g_autoptr (TfvGraph)   graph = tfv_graph_new ();
  g_autoptr (TfvSession) session = tfv_session_new (graph, NULL);
  g_autoptr (TfvSession) other = tfv_session_new (graph, NULL);
  g_autoptr (TfvTensor)  before = NULL;
  TfvOutput              w = tfv_variable (tfv_constant_float (graph, 2.0f, NULL), "W");
  TfvOutput              step = tfv_assign_add (w, tfv_constant_float (graph, 1.0f, NULL), NULL);

  initialize (session);
  initialize (other);
  before = tfv_session_fetch (session, w, NULL);
  g_assert_cmpfloat (fetch (session, step), ==, 3.0);
  g_assert_cmpfloat (fetch (session, step), ==, 4.0);
  g_assert_cmpfloat (fetch (session, w), ==, 4.0);
  g_assert_cmpfloat (fetch (other, w), ==, 2.0);
  /* What was fetched stays what it was. */
  g_assert_cmpfloat (tfv_tensor_get_value (before, 0), ==, 2.0);
}

static void
test_fetched_tensors_last (void)
{
  g_autoptr (TfvGraph)   graph = tfv_graph_new ();
  g_autoptr (TfvSession) session = tfv_session_new (graph, NULL);
  TfvOutput              x = tfv_placeholder (graph, TFV_DATA_TYPE_FLOAT, tfv_shape_scalar (), "x");
  TfvOutput              a = tfv_square (x, NULL);
  TfvOutput              fetches[] = { a, tfv_identity (a, NULL), tfv_exp (tfv_negate (a, NULL), NULL) };
  TfvTensor             *results[2][3];

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (TfvTensor) value = tfv_tensor_new_float ((float) i + 1.0f);

      g_assert_true (tfv_session_run (session, NULL, &x, &value, 1, fetches, 3, NULL, 0, results[i], NULL, NULL));
    }
  g_assert_cmpfloat (tfv_tensor_get_value (results[0][0], 0), ==, 1.0);
  g_assert_cmpfloat (tfv_tensor_get_value (results[0][1], 0), ==, 1.0);
  g_assert_cmpfloat_with_epsilon (tfv_tensor_get_value (results[0][2], 0), exp (-1.0), 1e-6);
  g_assert_cmpfloat (tfv_tensor_get_value (results[1][1], 0), ==, 4.0);
  for (guint i = 0; i < 6; i++)
    tfv_tensor_unref (results[i / 3][i % 3]);
}

/* An Identity shares its input's place; who writes over its input must not
 * write over what either still needs. */
static void
test_identity (void)
{
  g_autoptr (TfvGraph)   graph = tfv_graph_new ();
  g_autoptr (TfvSession) session = tfv_session_new (graph, NULL);
  g_autoptr (TfvTensor)  value = tfv_tensor_new_float (3.0f);
  TfvOutput              x = tfv_placeholder (graph, TFV_DATA_TYPE_FLOAT, tfv_shape_scalar (), "x");
  TfvOutput              square = tfv_square (x, NULL);
  TfvOutput              same = tfv_stop_gradient (tfv_identity (square, NULL), NULL);
  TfvOutput              negative = tfv_negate (square, NULL);
  TfvOutput              fetches[] = { tfv_identity (x, NULL), tfv_add (same, negative, NULL), tfv_exp (negative, NULL), tfv_identity (same, NULL), same };
  const double           expected[] = { 3.0, 0.0, exp (-9.0), 9.0, 9.0 };
  TfvTensor             *results[G_N_ELEMENTS (fetches)];

  for (guint n = 1; n <= G_N_ELEMENTS (fetches); n++)
    {
      g_assert_true (tfv_session_run (session, NULL, &x, &value, 1, fetches, n, NULL, 0, results, NULL, NULL));
      for (guint i = 0; i < n; i++)
        {
          g_assert_cmpfloat_with_epsilon (tfv_tensor_get_value (results[i], 0), expected[i], 1e-6);
          tfv_tensor_unref (results[i]);
        }
    }
}

static void
test_plans (void)
{
  g_autoptr (TfvGraph)    graph = tfv_graph_new ();
  g_autoptr (TfvSession)  session = tfv_session_new (graph, NULL);
  TfvOutput               x = tfv_placeholder (graph, TFV_DATA_TYPE_FLOAT, TFV_SHAPE (-1), "x");
  TfvOutput               y = tfv_reduce_sum (x, TFV_OUTPUT_NONE, FALSE, NULL);
  g_autoptr (TfvCallable) callable = tfv_session_make_callable (session, &x, 1, &y, 1, NULL, 0, NULL);

  for (gint64 i = 0; i < 6; i++)
    {
      g_autoptr (TfvTensor) value = tfv_tensor_new (TFV_DATA_TYPE_FLOAT, TFV_SHAPE (i % 2 + 1));
      g_autoptr (TfvTensor) result = NULL;

      tfv_tensor_set_value (value, 0, 3.0);
      g_assert_true (tfv_callable_run (callable, NULL, &value, &result, NULL, NULL));
      g_assert_cmpfloat (tfv_tensor_get_value (result, 0), ==, 3.0);
    }
  g_assert_cmpuint (tfv_callable_get_n_plans (callable), ==, 2);
}

/* Inputs that are never shaped the same must not fill the memory. */
static void
test_plans_end (void)
{
  g_autoptr (TfvGraph)    graph = tfv_graph_new ();
  g_autoptr (TfvSession)  session = tfv_session_new (graph, NULL);
  TfvOutput               x = tfv_placeholder (graph, TFV_DATA_TYPE_FLOAT, TFV_SHAPE (-1), "x");
  TfvOutput               y = tfv_reduce_sum (tfv_ones_like (x, NULL), TFV_OUTPUT_NONE, FALSE, NULL);
  g_autoptr (TfvCallable) callable = tfv_session_make_callable (session, &x, 1, &y, 1, NULL, 0, NULL);

  for (gint64 i = 0; i < 200; i++)
    {
      g_autoptr (TfvTensor) value = tfv_tensor_new (TFV_DATA_TYPE_FLOAT, TFV_SHAPE (i % 100));
      g_autoptr (TfvTensor) result = NULL;

      g_assert_true (tfv_callable_run (callable, NULL, &value, &result, NULL, NULL));
      g_assert_cmpfloat (tfv_tensor_get_value (result, 0), ==, (double) (i % 100));
    }
  g_assert_cmpuint (tfv_callable_get_n_plans (callable), <=, 32);
}

/* Sizes whose product in bytes does not fit in 64 bits, and one that does. */
static void
test_too_large (void)
{
  const gint64 n_elements[] = { G_GINT64_CONSTANT (1) << 61, G_GINT64_CONSTANT (1) << 58 };

  for (guint i = 0; i < G_N_ELEMENTS (n_elements); i++)
    {
      g_autoptr (TfvGraph)   graph = tfv_graph_new ();
      g_autoptr (TfvSession) session = tfv_session_new (graph, NULL);
      g_autoptr (GError)     error = NULL;
      g_autoptr (TfvTensor)  size = tfv_tensor_new_from_data (TFV_DATA_TYPE_INT64, TFV_SHAPE (1), &n_elements[i]);
      TfvOutput              huge = tfv_fill (tfv_constant (graph, size, NULL), tfv_constant_double (graph, 1.0, NULL), "huge");

      g_assert_null (tfv_session_fetch (session, tfv_reduce_sum (huge, TFV_OUTPUT_NONE, FALSE, NULL), &error));
      g_assert_error (error, TFV_ENGINE_ERROR, TFV_ENGINE_ERROR_RESOURCE_EXHAUSTED);
      g_assert_true (g_str_has_prefix (error->message, "Fill 'huge': "));
    }
}

/* A shape that only the values of a run tell is looked at in the run. */
static void
test_assigned_shape (void)
{
  g_autoptr (TfvGraph)   graph = tfv_graph_new ();
  g_autoptr (TfvSession) session = tfv_session_new (graph, NULL);
  g_autoptr (GError)     error = NULL;
  g_autoptr (TfvTensor)  length = tfv_tensor_new_int32 (4);
  TfvOutput              limit = tfv_placeholder (graph, TFV_DATA_TYPE_INT32, tfv_shape_scalar (), NULL);
  TfvOutput              values = tfv_range (tfv_constant_int32 (graph, 0, NULL), limit, tfv_constant_int32 (graph, 1, NULL), NULL);
  TfvOutput              w = tfv_variable (tfv_constant_int32_vector (graph, (const gint32[]){ 1, 2, 3 }, 3, NULL), "W");
  TfvOperation          *assign = tfv_assign (w, values, "set").operation;

  initialize (session);
  g_assert_false (tfv_session_run (session, NULL, &limit, &length, 1, NULL, 0, &assign, 1, NULL, NULL, &error));
  g_assert_cmpstr (error->message, ==, "Assign 'set': a variable of shape [3] can't take a value of shape [4]");
  g_assert_cmpfloat (fetch (session, w), ==, 1.0);
}

static void
test_control_order (void)
{
  g_autoptr (TfvGraph)   graph = tfv_graph_new ();
  g_autoptr (TfvSession) session = tfv_session_new (graph, NULL);
  TfvOutput              w = tfv_variable (tfv_constant_float (graph, 2.0f, NULL), "W");
  TfvOperation          *update = tfv_assign_add (w, tfv_constant_float (graph, 1.0f, NULL), NULL).operation;
  TfvOutput              after;
  TfvOutput              updated = tfv_identity (tfv_operation_get_output (update, 0), NULL);

  tfv_graph_push_control_dependencies (graph, &update, 1);
  after = tfv_identity (w, NULL);
  tfv_graph_pop_control_dependencies (graph);
  initialize (session);
  /* Through "W/read", which did not wait, or after it: TensorFlow leaves open
   * which; what the update gives is the value after it. */
  g_assert_cmpfloat (fetch (session, after), >=, 2.0);
  g_assert_cmpfloat (fetch (session, w), ==, 3.0);
  g_assert_cmpfloat (fetch (session, updated), ==, 4.0);
}

typedef struct
{
  TfvCallable *callable;
  TfvOutput    x;
} Runner;

static gpointer
run_many (gpointer data)
{
  Runner *runner = data;

  for (guint i = 0; i < 200; i++)
    {
      g_autoptr (TfvTensor) value = tfv_tensor_new_float ((float) i);
      TfvTensor            *results[2];

      g_assert_true (tfv_callable_run (runner->callable, NULL, &value, results, NULL, NULL));
      g_assert_cmpfloat (tfv_tensor_get_value (results[0], 0), ==, (double) i * i + 1.0);
      tfv_tensor_unref (results[0]);
      tfv_tensor_unref (results[1]);
    }
  return NULL;
}

static void
test_concurrent_runs (void)
{
  g_autoptr (TfvGraph)    graph = tfv_graph_new ();
  g_autoptr (TfvSession)  session = tfv_session_new (graph, NULL);
  TfvOutput               one = tfv_constant_float (graph, 1.0f, NULL);
  TfvOutput               x = tfv_placeholder (graph, TFV_DATA_TYPE_FLOAT, tfv_shape_scalar (), "x");
  TfvOutput               count = tfv_variable (tfv_constant_float (graph, 0.0f, NULL), "count");
  TfvOutput               fetches[] = { tfv_add (tfv_square (x, NULL), one, NULL), tfv_assign_add (count, one, NULL) };
  g_autoptr (TfvCallable) callable = tfv_session_make_callable (session, &x, 1, fetches, 2, NULL, 0, NULL);
  Runner                  runner = { callable, x };
  GThread                *threads[4];

  initialize (session);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("run", run_many, &runner);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  /* No update is lost. */
  g_assert_cmpfloat (fetch (session, count), ==, 800.0);
}

static void
test_trace (void)
{
  g_autoptr (TfvGraph)       graph = tfv_graph_new ();
  g_autoptr (TfvSession)     session = tfv_session_new (graph, NULL);
  g_autoptr (TfvRunMetadata) metadata = tfv_run_metadata_new ();
  g_autoptr (TfvTensor)      value = tfv_tensor_new_float (2.0f);
  g_autoptr (TfvTensor)      result = NULL;
  TfvRunOptions              options = { .trace_level = TFV_TRACE_FULL };
  TfvOutput                  x = tfv_placeholder (graph, TFV_DATA_TYPE_FLOAT, tfv_shape_scalar (), "x");
  TfvOutput                  y = tfv_negate (tfv_square (x, NULL), NULL);
  const TfvNodeStats        *nodes;
  guint                      n_nodes;

  g_assert_true (tfv_session_run (session, &options, &x, &value, 1, &y, 1, NULL, 0, &result, metadata, NULL));
  nodes = tfv_run_metadata_get_nodes (metadata, &n_nodes);
  g_assert_cmpuint (n_nodes, ==, 2);
  g_assert_cmpstr (tfv_operation_get_name (nodes[0].operation), ==, "Square");
  g_assert_cmpstr (tfv_operation_get_name (nodes[1].operation), ==, "Neg");
  g_assert_cmpint (nodes[0].start_ns, <=, nodes[0].end_ns);
  g_assert_cmpint (nodes[0].end_ns, <=, nodes[1].start_ns);
}

static void
test_linear_regression (void)
{
  g_autoptr (TfvGraph)    graph = tfv_graph_new ();
  g_autoptr (TfvSession)  session = NULL;
  g_autoptr (TfvCallable) callable = NULL;
  TfvOutput               x = tfv_placeholder (graph, TFV_DATA_TYPE_FLOAT, TFV_SHAPE (-1), "x");
  TfvOutput               y = tfv_placeholder (graph, TFV_DATA_TYPE_FLOAT, TFV_SHAPE (-1), "y");
  TfvOutput               variables[] = { tfv_variable (tfv_constant_float (graph, 0.0f, NULL), "W"), tfv_variable (tfv_constant_float (graph, 0.0f, NULL), "b") };
  TfvOutput               rate = tfv_constant_float (graph, 0.5f, "rate");
  TfvOutput               predicted = tfv_add (tfv_multiply (variables[0], x, NULL), variables[1], NULL);
  TfvOutput               loss = tfv_reduce_mean (tfv_square (tfv_subtract (predicted, y, NULL), NULL), TFV_OUTPUT_NONE, FALSE, "loss");
  TfvOutput               feeds[] = { x, y };
  TfvOutput               grads[2];
  TfvOperation           *updates[2];
  TfvTensor              *values[2] = { tfv_tensor_new (TFV_DATA_TYPE_FLOAT, TFV_SHAPE (100)), tfv_tensor_new (TFV_DATA_TYPE_FLOAT, TFV_SHAPE (100)) };

  g_assert_true (tfv_gradients (graph, &loss, 1, variables, 2, NULL, grads));
  for (guint i = 0; i < 2; i++)
    updates[i] = tfv_assign_sub (variables[i], tfv_multiply (rate, grads[i], NULL), NULL).operation;
  for (gsize i = 0; i < 100; i++)
    {
      tfv_tensor_set_value (values[0], i, (double) i / 100.0);
      tfv_tensor_set_value (values[1], i, 0.1 * (double) i / 100.0 + 0.3);
    }
  session = tfv_session_new (graph, NULL);
  initialize (session);
  callable = tfv_session_make_callable (session, feeds, 2, NULL, 0, updates, 2, NULL);
  for (guint i = 0; i < 500; i++)
    g_assert_true (tfv_callable_run (callable, NULL, values, NULL, NULL, NULL));
  g_assert_cmpfloat_with_epsilon (fetch (session, variables[0]), 0.1, 1e-3);
  g_assert_cmpfloat_with_epsilon (fetch (session, variables[1]), 0.3, 1e-3);
  tfv_tensor_unref (values[0]);
  tfv_tensor_unref (values[1]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/session/runs-only-what-is-needed", test_pruning);
  g_test_add_func ("/engine/session/says-what-must-be-fed", test_missing_feed);
  g_test_add_func ("/engine/session/refuses-a-feed-that-does-not-fit", test_wrong_feed);
  g_test_add_func ("/engine/session/takes-any-tensor-as-a-feed", test_feed_anything);
  g_test_add_func ("/engine/session/names-a-variable-without-a-value", test_uninitialized);
  g_test_add_func ("/engine/session/keeps-its-own-variables", test_variables);
  g_test_add_func ("/engine/session/gives-tensors-that-last", test_fetched_tensors_last);
  g_test_add_func ("/engine/session/shares-what-an-identity-hands-on", test_identity);
  g_test_add_func ("/engine/session/compiles-once-for-each-shape", test_plans);
  g_test_add_func ("/engine/session/forgets-shapes-it-has-not-seen-for-long", test_plans_end);
  g_test_add_func ("/engine/session/names-what-there-is-no-memory-for", test_too_large);
  g_test_add_func ("/engine/session/refuses-a-variable-another-shape", test_assigned_shape);
  g_test_add_func ("/engine/session/runs-control-inputs-first", test_control_order);
  g_test_add_func ("/engine/session/runs-on-several-threads", test_concurrent_runs);
  g_test_add_func ("/engine/session/records-what-ran", test_trace);
  g_test_add_func ("/engine/session/learns-a-line", test_linear_regression);
  return g_test_run ();
}
