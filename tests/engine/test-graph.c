/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "engine/tfv-engine.h"
#include "engine/tfv-graph-private.h"

static void
test_names (void)
{
  g_autoptr (TfvGraph) graph = tfv_graph_new ();
  TfvOutput            a = tfv_constant_float (graph, 1.0f, NULL);
  TfvOutput            b = tfv_constant_float (graph, 2.0f, NULL);
  TfvOutput            c = tfv_constant_float (graph, 2.0f, "const");
  g_autofree char     *output = tfv_output_dup_name (b);

  g_assert_cmpstr (tfv_operation_get_name (a.operation), ==, "Const");
  g_assert_cmpstr (output, ==, "Const_1:0");
  /* Letter case does not tell names apart. */
  g_assert_cmpstr (tfv_operation_get_name (c.operation), ==, "const_2");
  g_assert_true (tfv_graph_get_operation (graph, "Const_1") == b.operation);
  g_assert_true (tfv_output_equal (tfv_graph_get_output (graph, "Const_1:0"), b));
  g_assert_true (tfv_output_is_none (tfv_graph_get_output (graph, "Const_1:1")));
  g_assert_true (tfv_output_is_none (tfv_graph_get_output (graph, "Const_1:x")));
  g_assert_null (tfv_graph_get_operation (graph, "nobody"));
}

static void
test_scopes (void)
{
  g_autoptr (TfvGraph) graph = tfv_graph_new ();

  tfv_graph_push_scope (graph, "layer");
  tfv_graph_push_scope (graph, "weights");
  g_assert_cmpstr (tfv_operation_get_name (tfv_constant_float (graph, 0.0f, NULL).operation), ==, "layer/weights/Const");
  tfv_graph_pop_scope (graph);
  tfv_graph_pop_scope (graph);
  tfv_graph_push_scope (graph, "layer");
  g_assert_cmpstr (tfv_graph_get_scope (graph), ==, "layer_1");
  tfv_graph_pop_scope (graph);
  g_assert_cmpstr (tfv_graph_get_scope (graph), ==, "");
}

static void
test_bad_name (void)
{
  g_autoptr (TfvGraph) graph = tfv_graph_new ();

  g_assert_true (tfv_output_is_none (tfv_constant_float (graph, 1.0f, "a name")));
  g_assert_error (tfv_graph_get_error (graph), TFV_ENGINE_ERROR, TFV_ENGINE_ERROR_INVALID_ARGUMENT);
}

static void
test_sticky_error (void)
{
  g_autoptr (TfvGraph) graph = tfv_graph_new ();
  g_autoptr (GError)   error = NULL;
  TfvOutput            a = tfv_placeholder (graph, TFV_DATA_TYPE_FLOAT, TFV_SHAPE (100, 784), "a");
  TfvOutput            b = tfv_placeholder (graph, TFV_DATA_TYPE_FLOAT, TFV_SHAPE (700, 10), "b");
  TfvOutput            product;

  tfv_graph_push_scope (graph, "layer1");
  product = tfv_relu (tfv_add (tfv_matmul (a, b, NULL), b, NULL), NULL);
  tfv_graph_pop_scope (graph);
  tfv_add (a, b, "later");
  g_assert_true (tfv_output_is_none (product));
  g_assert_cmpstr (tfv_graph_get_error (graph)->message, ==, "MatMul 'layer1/MatMul': shapes [100,784] and [700,10] do not multiply");
  g_assert_null (tfv_session_new (graph, &error));
  g_assert_error (error, TFV_ENGINE_ERROR, TFV_ENGINE_ERROR_INVALID_ARGUMENT);
  g_assert_cmpstr (error->message, ==, tfv_graph_get_error (graph)->message);
}

static void
test_wrong_types (void)
{
  g_autoptr (TfvGraph) graph = tfv_graph_new ();

  tfv_add (tfv_constant_float (graph, 1.0f, NULL), tfv_constant_int32 (graph, 1, NULL), NULL);
  g_assert_cmpstr (tfv_graph_get_error (graph)->message, ==, "Add 'Add': input 'y' has type int32, but float is expected");
}

static void
test_no_output (void)
{
  g_autoptr (TfvGraph) graph = tfv_graph_new ();

  tfv_add (tfv_constant_float (graph, 1.0f, NULL), TFV_OUTPUT_NONE, NULL);
  g_assert_nonnull (tfv_graph_get_error (graph));
  g_assert_nonnull (strstr (tfv_graph_get_error (graph)->message, "input 1"));
}

static void
test_other_graph (void)
{
  g_autoptr (TfvGraph) graph = tfv_graph_new ();
  g_autoptr (TfvGraph) other = tfv_graph_new ();

  tfv_add (tfv_constant_float (graph, 1.0f, NULL), tfv_constant_float (other, 1.0f, NULL), NULL);
  g_assert_nonnull (strstr (tfv_graph_get_error (graph)->message, "another graph"));
}

static void
test_unknown_type (void)
{
  g_autoptr (TfvGraph) graph = tfv_graph_new ();

  g_assert_null (tfv_op_builder_finish (tfv_op_builder_new (graph, "NoSuchThing", NULL)));
  g_assert_nonnull (strstr (tfv_graph_get_error (graph)->message, "NoSuchThing"));
}

static void
test_not_a_variable (void)
{
  g_autoptr (TfvGraph) graph = tfv_graph_new ();
  TfvOutput            one = tfv_constant_float (graph, 1.0f, NULL);

  tfv_assign (one, one, NULL);
  g_assert_nonnull (strstr (tfv_graph_get_error (graph)->message, "must be a variable"));
}

static void
test_order (void)
{
  g_autoptr (TfvGraph) graph = tfv_graph_new ();
  TfvOutput            x = tfv_placeholder (graph, TFV_DATA_TYPE_FLOAT, TFV_SHAPE (2), NULL);
  TfvOutput            w = tfv_variable (tfv_square (x, NULL), NULL);
  TfvOutput            y = tfv_reduce_sum (tfv_multiply (w, x, NULL), TFV_OUTPUT_NONE, FALSE, NULL);
  TfvOutput            grad;

  g_assert_true (tfv_gradients (graph, &y, 1, &w, 1, NULL, &grad));
  for (guint i = 0; i < tfv_graph_get_n_operations (graph); i++)
    {
      TfvOperation *operation = tfv_graph_get_nth_operation (graph, i);

      for (guint j = 0; j < operation->n_inputs; j++)
        g_assert_cmpuint (operation->inputs[j].operation->id, <, operation->id);
      for (guint j = 0; j < operation->n_control_inputs; j++)
        g_assert_cmpuint (operation->control_inputs[j]->id, <, operation->id);
    }
}

static void
test_control_dependencies (void)
{
  g_autoptr (TfvGraph) graph = tfv_graph_new ();
  TfvOperation        *first = tfv_no_op (graph, "first");
  TfvOutput            inside;
  TfvOutput            second;

  tfv_graph_push_control_dependencies (graph, &first, 1);
  inside = tfv_constant_float (graph, 1.0f, NULL);
  second = tfv_negate (inside, NULL);
  tfv_graph_push_control_dependencies (graph, NULL, 0);
  g_assert_cmpuint (tfv_operation_get_n_control_inputs (tfv_no_op (graph, NULL)), ==, 0);
  tfv_graph_pop_control_dependencies (graph);
  tfv_graph_pop_control_dependencies (graph);
  g_assert_true (tfv_operation_get_control_input (inside.operation, 0) == first);
  /* Its input waited already. */
  g_assert_cmpuint (tfv_operation_get_n_control_inputs (second.operation), ==, 0);
}

static void
test_devices (void)
{
  g_autoptr (TfvGraph) graph = tfv_graph_new ();

  tfv_graph_push_device (graph, "/job:worker/task:1");
  tfv_graph_push_device (graph, "/cpu:0");
  g_assert_cmpstr (tfv_operation_get_device (tfv_no_op (graph, NULL)), ==, "/job:worker/task:1/cpu:0");
  tfv_graph_push_device (graph, "/job:ps/device:GPU:0");
  g_assert_cmpstr (tfv_operation_get_device (tfv_no_op (graph, NULL)), ==, "/task:1/job:ps/device:GPU:0");
  tfv_graph_pop_device (graph);
  tfv_graph_push_device (graph, "");
  g_assert_cmpstr (tfv_operation_get_device (tfv_no_op (graph, NULL)), ==, "");
  tfv_graph_pop_device (graph);
  tfv_graph_pop_device (graph);
  tfv_graph_pop_device (graph);
  g_assert_cmpstr (tfv_operation_get_device (tfv_no_op (graph, NULL)), ==, "");
}

static void
test_variable_names (void)
{
  g_autoptr (TfvGraph) graph = tfv_graph_new ();
  TfvOutput            w = tfv_variable (tfv_constant_float (graph, 1.0f, NULL), "W");

  g_assert_cmpstr (tfv_operation_get_op_type (w.operation), ==, "VariableV2");
  g_assert_cmpstr (tfv_operation_get_name (w.operation), ==, "W");
  g_assert_nonnull (tfv_graph_get_operation (graph, "W/Assign"));
  g_assert_true (tfv_operation_get_input (tfv_negate (w, NULL).operation, 0).operation == tfv_graph_get_operation (graph, "W/read"));
  g_assert_cmpuint (tfv_graph_get_n_variables (graph), ==, 1);
}

static void
test_graph_def (void)
{
  /* node { name: "n" op: "NoOp" } versions { producer: 27 min_consumer: 12 } */
  static const guint8  expected[] = { 0x0a, 9, 0x0a, 1, 'n', 0x12, 4, 'N', 'o', 'O', 'p', 0x22, 4, 8, 27, 16, 12 };
  g_autoptr (TfvGraph) graph = tfv_graph_new ();
  g_autoptr (GBytes)   bytes = NULL;

  tfv_no_op (graph, "n");
  bytes = tfv_graph_to_graph_def (graph);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), expected, sizeof expected);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/graph/names-operations-as-tensorflow-does", test_names);
  g_test_add_func ("/engine/graph/makes-scopes-unique", test_scopes);
  g_test_add_func ("/engine/graph/refuses-a-bad-name", test_bad_name);
  g_test_add_func ("/engine/graph/keeps-the-first-error", test_sticky_error);
  g_test_add_func ("/engine/graph/refuses-types-that-differ", test_wrong_types);
  g_test_add_func ("/engine/graph/refuses-an-input-that-is-none", test_no_output);
  g_test_add_func ("/engine/graph/refuses-an-input-of-another-graph", test_other_graph);
  g_test_add_func ("/engine/graph/refuses-an-unknown-type", test_unknown_type);
  g_test_add_func ("/engine/graph/assigns-to-variables-only", test_not_a_variable);
  g_test_add_func ("/engine/graph/has-inputs-before-their-users", test_order);
  g_test_add_func ("/engine/graph/adds-control-dependencies", test_control_dependencies);
  g_test_add_func ("/engine/graph/merges-devices", test_devices);
  g_test_add_func ("/engine/graph/names-the-parts-of-a-variable", test_variable_names);
  g_test_add_func ("/engine/graph/becomes-a-graph-def", test_graph_def);
  return g_test_run ();
}
