/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-graph-private.h"

#include <stdlib.h>
#include <string.h>

G_DEFINE_FINAL_TYPE (TfvGraph, tfv_graph, G_TYPE_OBJECT)

static void
control_scope_clear (gpointer data)
{
  TfvControlScope *scope = data;

  g_clear_pointer (&scope->operations, g_ptr_array_unref);
}

static void
tfv_graph_finalize (GObject *object)
{
  TfvGraph *self = TFV_GRAPH (object);

  g_hash_table_unref (self->operations_by_name);
  g_hash_table_unref (self->names_in_use);
  g_ptr_array_unref (self->operations);
  g_ptr_array_unref (self->scopes);
  g_array_unref (self->control_scopes);
  g_ptr_array_unref (self->devices);
  g_array_unref (self->variables);
  g_array_unref (self->trainable_variables);
  g_clear_error (&self->error);
  g_rec_mutex_clear (&self->lock);
  G_OBJECT_CLASS (tfv_graph_parent_class)->finalize (object);
}

static void
tfv_graph_class_init (TfvGraphClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tfv_graph_finalize;
}

static void
tfv_graph_init (TfvGraph *self)
{
  g_rec_mutex_init (&self->lock);
  self->operations = g_ptr_array_new_with_free_func ((GDestroyNotify) tfv_operation_free);
  self->operations_by_name = g_hash_table_new (g_str_hash, g_str_equal);
  self->names_in_use = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->scopes = g_ptr_array_new_with_free_func (g_free);
  self->control_scopes = g_array_new (FALSE, FALSE, sizeof (TfvControlScope));
  g_array_set_clear_func (self->control_scopes, control_scope_clear);
  self->devices = g_ptr_array_new_with_free_func (g_free);
  self->variables = g_array_new (FALSE, FALSE, sizeof (TfvOutput));
  self->trainable_variables = g_array_new (FALSE, FALSE, sizeof (TfvOutput));
}

/**
 * tfv_graph_new: (constructor)
 *
 * Returns: (transfer full): an empty graph
 */
TfvGraph *
tfv_graph_new (void)
{
  return g_object_new (TFV_TYPE_GRAPH, NULL);
}

/**
 * tfv_graph_get_error:
 * @self: a graph
 *
 * Returns: (transfer none) (nullable): the first error that building met, in
 *   the domain %TFV_ENGINE_ERROR; its message names the operation. %NULL where
 *   all went well
 */
const GError *
tfv_graph_get_error (TfvGraph *self)
{
  g_return_val_if_fail (TFV_IS_GRAPH (self), NULL);

  return self->error;
}

/* Keeps the first error; later ones follow from it. */
void
tfv_graph_take_error (TfvGraph *self, GError *error)
{
  g_rec_mutex_lock (&self->lock);
  if (self->error == NULL)
    self->error = error;
  else
    g_error_free (error);
  g_rec_mutex_unlock (&self->lock);
}

void
tfv_graph_fail (TfvGraph *self, TfvEngineError code, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  tfv_graph_take_error (self, g_error_new_valist (TFV_ENGINE_ERROR, (int) code, format, arguments));
  va_end (arguments);
}

/* Takes the operation, which has its inputs already: the ids are a
 * topological order, and there can be no cycle. */
void
tfv_graph_add_operation (TfvGraph *self, TfvOperation *operation)
{
  g_rec_mutex_lock (&self->lock);
  operation->id = self->operations->len;
  g_ptr_array_add (self->operations, operation);
  g_hash_table_insert (self->operations_by_name, operation->name, operation);
  g_rec_mutex_unlock (&self->lock);
}

void
tfv_graph_add_variable (TfvGraph *self, TfvOutput variable, gboolean trainable)
{
  g_rec_mutex_lock (&self->lock);
  g_array_append_val (self->variables, variable);
  if (trainable)
    g_array_append_val (self->trainable_variables, variable);
  g_rec_mutex_unlock (&self->lock);
}

/**
 * tfv_graph_get_n_operations:
 * @self: a graph
 *
 * Returns: how many operations it has
 */
guint
tfv_graph_get_n_operations (TfvGraph *self)
{
  g_return_val_if_fail (TFV_IS_GRAPH (self), 0);

  return self->operations->len;
}

/**
 * tfv_graph_get_nth_operation: (skip)
 * @self: a graph
 * @index: which one, in the order of their making
 *
 * Returns: (transfer none): the operation
 */
TfvOperation *
tfv_graph_get_nth_operation (TfvGraph *self, guint index)
{
  g_return_val_if_fail (TFV_IS_GRAPH (self), NULL);
  g_return_val_if_fail (index < self->operations->len, NULL);

  return g_ptr_array_index (self->operations, index);
}

/**
 * tfv_graph_get_operation: (skip)
 * @self: a graph
 * @name: the full name of an operation, "layer1/MatMul" say
 *
 * Returns: (transfer none) (nullable): the operation of that name
 */
TfvOperation *
tfv_graph_get_operation (TfvGraph *self, const char *name)
{
  g_return_val_if_fail (TFV_IS_GRAPH (self), NULL);

  return g_hash_table_lookup (self->operations_by_name, name);
}

/**
 * tfv_graph_get_output: (skip)
 * @self: a graph
 * @name: the name of an output, "layer1/MatMul:0" say; output 0 where it has
 *   no number
 *
 * Returns: the output of that name, or none
 */
TfvOutput
tfv_graph_get_output (TfvGraph *self, const char *name)
{
  const char      *colon = strrchr (name, ':');
  g_autofree char *operation_name = colon != NULL ? g_strndup (name, (gsize) (colon - name)) : g_strdup (name);
  guint64          index = 0;
  TfvOperation    *operation;

  g_return_val_if_fail (TFV_IS_GRAPH (self), TFV_OUTPUT_NONE);

  if (colon != NULL && !g_ascii_string_to_unsigned (colon + 1, 10, 0, G_MAXINT, &index, NULL))
    return TFV_OUTPUT_NONE;
  operation = tfv_graph_get_operation (self, operation_name);
  if (operation == NULL || index >= operation->n_outputs)
    return TFV_OUTPUT_NONE;
  return (TfvOutput){ operation, (int) index };
}

/**
 * tfv_graph_set_seed:
 * @self: a graph
 * @seed: any number
 *
 * Makes the random operations that are built from now on repeatable: a session
 * gives the same numbers in every run of the program. What an operation draws
 * depends on this seed, on its own, and on how many operations the graph has
 * when it is built.
 */
void
tfv_graph_set_seed (TfvGraph *self, gint64 seed)
{
  g_return_if_fail (TFV_IS_GRAPH (self));

  self->seed = seed;
  self->has_seed = TRUE;
}

/* The attributes of a random op with a seed of its own, or -1: TensorFlow's
 * rule. Both 0 asks for numbers that differ in every session. */
void
tfv_graph_get_op_seeds (TfvGraph *self, gint64 seed, gint64 *seed_attr, gint64 *seed2_attr)
{
  const gint64 default_graph_seed = 87654321;

  if (self->has_seed)
    {
      *seed_attr = self->seed;
      *seed2_attr = seed >= 0 ? seed : (gint64) self->operations->len;
    }
  else
    {
      *seed_attr = seed >= 0 ? default_graph_seed : 0;
      *seed2_attr = seed >= 0 ? seed : 0;
    }
  if (*seed_attr == 0 && *seed2_attr == 0 && (self->has_seed || seed >= 0))
    *seed2_attr = G_MAXINT32;
}
