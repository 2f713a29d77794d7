/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-variable.h"

#include "engine/tfv-graph-private.h"
#include "engine/tfv-op-builder.h"
#include "engine/tfv-ops.h"

static TfvOutput
make_variable (TfvOutput initial_value, gboolean is_trainable, const char *name)
{
  TfvGraph     *graph;
  TfvOpBuilder *builder;
  TfvOutput     variable;

  if (tfv_output_is_none (initial_value))
    return TFV_OUTPUT_NONE;
  graph = initial_value.operation->graph;
  builder = tfv_op_builder_new (graph, "VariableV2", name != NULL ? name : "Variable");
  tfv_op_builder_set_shape (builder, "shape", tfv_output_get_shape (initial_value));
  tfv_op_builder_set_type (builder, "dtype", tfv_output_get_dtype (initial_value));
  variable = tfv_op_builder_finish_output (builder);
  if (tfv_output_is_none (variable))
    return variable;

  /* As in TensorFlow the variable's own ops are named below its full name. */
  tfv_graph_push_absolute_scope (graph, variable.operation->name);
  variable.operation->initializer = tfv_assign (variable, initial_value, "Assign").operation;
  variable.operation->snapshot = tfv_identity (variable, "read");
  tfv_graph_pop_scope (graph);
  if (tfv_output_is_none (variable.operation->snapshot) || variable.operation->initializer == NULL)
    return TFV_OUTPUT_NONE;
  tfv_graph_add_variable (graph, variable, is_trainable);
  return variable;
}

/**
 * tfv_variable: (skip)
 * @initial_value: what it starts with; gives type and shape
 * @name: (nullable): name inside the current scope
 *
 * Adds a variable that training changes. Its value lives in a session, where
 * running its initializer, or [func@Tfv.graph_variables_initializer], sets it.
 * Where an operation takes a value it gets the variable's "read"; where one
 * takes a variable, to assign to it, it gets the variable itself.
 *
 * Returns: the variable
 */
TfvOutput
tfv_variable (TfvOutput initial_value, const char *name)
{
  return make_variable (initial_value, TRUE, name);
}

/**
 * tfv_variable_untrainable: (skip)
 * @initial_value: what it starts with; gives type and shape
 * @name: (nullable): name inside the current scope
 *
 * Adds a variable that optimizers leave alone: a step counter say.
 *
 * Returns: the variable
 */
TfvOutput
tfv_variable_untrainable (TfvOutput initial_value, const char *name)
{
  return make_variable (initial_value, FALSE, name);
}

/**
 * tfv_variable_get_initializer: (skip)
 * @variable: a variable
 *
 * Returns: (transfer none) (nullable): the operation that sets it to its
 *   initial value
 */
TfvOperation *
tfv_variable_get_initializer (TfvOutput variable)
{
  return variable.operation != NULL ? variable.operation->initializer : NULL;
}

/**
 * tfv_variable_get_read: (skip)
 * @variable: a variable
 *
 * Returns: the value that operations read
 */
TfvOutput
tfv_variable_get_read (TfvOutput variable)
{
  return variable.operation != NULL ? variable.operation->snapshot : TFV_OUTPUT_NONE;
}

/**
 * tfv_graph_get_n_variables: (skip)
 * @graph: a graph
 *
 * Returns: how many variables it has
 */
guint
tfv_graph_get_n_variables (TfvGraph *graph)
{
  g_return_val_if_fail (TFV_IS_GRAPH (graph), 0);

  return graph->variables->len;
}

/**
 * tfv_graph_get_nth_variable: (skip)
 * @graph: a graph
 * @index: which one, in the order of their making
 *
 * Returns: a variable
 */
TfvOutput
tfv_graph_get_nth_variable (TfvGraph *graph, guint index)
{
  g_return_val_if_fail (TFV_IS_GRAPH (graph), TFV_OUTPUT_NONE);
  g_return_val_if_fail (index < graph->variables->len, TFV_OUTPUT_NONE);

  return g_array_index (graph->variables, TfvOutput, index);
}

/**
 * tfv_graph_get_n_trainable_variables: (skip)
 * @graph: a graph
 *
 * Returns: how many variables it has that training changes
 */
guint
tfv_graph_get_n_trainable_variables (TfvGraph *graph)
{
  g_return_val_if_fail (TFV_IS_GRAPH (graph), 0);

  return graph->trainable_variables->len;
}

/**
 * tfv_graph_get_nth_trainable_variable: (skip)
 * @graph: a graph
 * @index: which one, in the order of their making
 *
 * Returns: a variable that training changes
 */
TfvOutput
tfv_graph_get_nth_trainable_variable (TfvGraph *graph, guint index)
{
  g_return_val_if_fail (TFV_IS_GRAPH (graph), TFV_OUTPUT_NONE);
  g_return_val_if_fail (index < graph->trainable_variables->len, TFV_OUTPUT_NONE);

  return g_array_index (graph->trainable_variables, TfvOutput, index);
}

/**
 * tfv_graph_variables_initializer: (skip)
 * @graph: a graph
 * @name: (nullable): name inside the current scope; %NULL is "init"
 *
 * Adds an operation that sets all variables the graph has by now to their
 * initial values.
 *
 * Returns: (transfer none) (nullable): the operation
 */
TfvOperation *
tfv_graph_variables_initializer (TfvGraph *graph, const char *name)
{
  TfvOpBuilder *builder;

  g_return_val_if_fail (TFV_IS_GRAPH (graph), NULL);

  builder = tfv_op_builder_new (graph, "NoOp", name != NULL ? name : "init");
  for (guint i = 0; i < graph->variables->len; i++)
    tfv_op_builder_add_control_input (builder, g_array_index (graph->variables, TfvOutput, i).operation->initializer);
  return tfv_op_builder_finish (builder);
}
