/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-graph-private.h"

#include <string.h>

/* What a graph adds to an operation from where it is built: the scope in its
 * name, control inputs and a device. */

static gboolean
is_valid_name (const char *name, gboolean is_whole)
{
  if (name[0] == '\0' || (is_whole && !g_ascii_isalnum (name[0]) && name[0] != '.'))
    return FALSE;
  for (const char *c = name; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && strchr ("_.-/\\", *c) == NULL)
      return FALSE;
  return TRUE;
}

/* The name of the one op that stands for a whole scope and is called like it:
 * asked for by the full name of the scope with a slash behind it. */
static char *
dup_scope_name (TfvGraph *self, const char *name)
{
  g_autofree char *full_name = g_strndup (name, strlen (name) - 1);

  if (is_valid_name (full_name, TRUE) && !g_hash_table_contains (self->operations_by_name, full_name))
    return g_steal_pointer (&full_name);
  tfv_graph_fail (self, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "'%s' is no name of a scope without an operation", full_name);
  return NULL;
}

/* The full name that an op asking for a name gets: in the current scope, and
 * with "_1" and so on where it is taken. Letter case does not tell names
 * apart, as TensorFlow has it. A slash at the end says that the name is full
 * already. NULL, with the graph's error set, where it is no name. */
char *
tfv_graph_dup_unique_name (TfvGraph *self, const char *name)
{
  const char      *scope = tfv_graph_get_scope (self);
  g_autofree char *full_name = NULL;
  g_autofree char *key = NULL;
  guint            n_uses;

  if (g_str_has_suffix (name, "/"))
    return dup_scope_name (self, name);
  if (!is_valid_name (name, scope[0] == '\0'))
    {
      tfv_graph_fail (self, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "'%s' is not a valid name", name);
      return NULL;
    }
  full_name = scope[0] != '\0' ? g_strconcat (scope, "/", name, NULL) : g_strdup (name);
  key = g_ascii_strdown (full_name, -1);
  n_uses = GPOINTER_TO_UINT (g_hash_table_lookup (self->names_in_use, key));
  g_hash_table_insert (self->names_in_use, g_strdup (key), GUINT_TO_POINTER (n_uses + 1));
  if (n_uses == 0)
    return g_steal_pointer (&full_name);

  for (guint i = n_uses;; i++)
    {
      g_autofree char *candidate = g_strdup_printf ("%s_%u", key, i);

      if (!g_hash_table_contains (self->names_in_use, candidate))
        {
          g_hash_table_insert (self->names_in_use, g_steal_pointer (&candidate), GUINT_TO_POINTER (1));
          return g_strdup_printf ("%s_%u", full_name, i);
        }
    }
}

/**
 * tfv_graph_push_scope:
 * @self: a graph
 * @name: name of the scope inside the current one
 *
 * Puts the names of operations built from now on into a scope, as
 * `tf.name_scope` does: "layer1/MatMul". A scope of a name that was used
 * already becomes "layer1_1".
 */
void
tfv_graph_push_scope (TfvGraph *self, const char *name)
{
  char *full_name;

  g_return_if_fail (TFV_IS_GRAPH (self));
  g_return_if_fail (name != NULL);

  full_name = tfv_graph_dup_unique_name (self, name);
  g_ptr_array_add (self->scopes, full_name != NULL ? full_name : g_strdup (tfv_graph_get_scope (self)));
}

void
tfv_graph_push_absolute_scope (TfvGraph *self, const char *full_name)
{
  g_ptr_array_add (self->scopes, g_strdup (full_name));
}

/**
 * tfv_graph_pop_scope:
 * @self: a graph
 *
 * Leaves the scope entered last.
 */
void
tfv_graph_pop_scope (TfvGraph *self)
{
  g_return_if_fail (TFV_IS_GRAPH (self));
  g_return_if_fail (self->scopes->len > 0);

  g_ptr_array_set_size (self->scopes, (int) self->scopes->len - 1);
}

/**
 * tfv_graph_get_scope:
 * @self: a graph
 *
 * Returns: (transfer none): full name of the current scope, empty outside of
 *   any; valid until the scope is left
 */
const char *
tfv_graph_get_scope (TfvGraph *self)
{
  g_return_val_if_fail (TFV_IS_GRAPH (self), "");

  return self->scopes->len > 0 ? g_ptr_array_index (self->scopes, self->scopes->len - 1) : "";
}

/**
 * tfv_graph_push_control_dependencies: (skip)
 * @self: a graph
 * @operations: (array length=n_operations) (nullable): operations; %NULLs among
 *   them are left out
 * @n_operations: how many there are
 *
 * Makes operations built from now on run after @operations. With no operations
 * it leaves those of the outer levels instead, as TensorFlow's
 * `control_dependencies(None)` does.
 */
void
tfv_graph_push_control_dependencies (TfvGraph *self, TfvOperation *const *operations, guint n_operations)
{
  TfvControlScope scope = { NULL, 0 };

  g_return_if_fail (TFV_IS_GRAPH (self));

  scope.start_id = self->operations->len;
  if (n_operations > 0)
    {
      scope.operations = g_ptr_array_new ();
      for (guint i = 0; i < n_operations; i++)
        if (operations[i] != NULL)
          g_ptr_array_add (scope.operations, operations[i]);
    }
  g_array_append_val (self->control_scopes, scope);
}

/**
 * tfv_graph_pop_control_dependencies:
 * @self: a graph
 *
 * Leaves the level of control dependencies entered last.
 */
void
tfv_graph_pop_control_dependencies (TfvGraph *self)
{
  g_return_if_fail (TFV_IS_GRAPH (self));
  g_return_if_fail (self->control_scopes->len > 0);

  g_array_set_size (self->control_scopes, self->control_scopes->len - 1);
}

/* Adds the control inputs of the current levels. A level adds none to an op
 * with an input from inside it: that input waited already. */
void
tfv_graph_append_control_inputs (TfvGraph *self, GPtrArray *control_inputs, const TfvOutput *inputs, guint n_inputs)
{
  for (guint i = self->control_scopes->len; i > 0; i--)
    {
      TfvControlScope *scope = &g_array_index (self->control_scopes, TfvControlScope, i - 1);
      gboolean         is_dominated = FALSE;

      if (scope->operations == NULL)
        return;
      for (guint j = 0; j < n_inputs; j++)
        is_dominated = is_dominated || inputs[j].operation->id >= scope->start_id;
      for (guint j = 0; !is_dominated && j < scope->operations->len; j++)
        if (!g_ptr_array_find (control_inputs, g_ptr_array_index (scope->operations, j), NULL))
          g_ptr_array_add (control_inputs, g_ptr_array_index (scope->operations, j));
    }
}

/**
 * tfv_graph_push_device:
 * @self: a graph
 * @device: a device or a part of one, "/job:ps/task:0" or "/device:CPU:0" say;
 *   empty to ask for none
 *
 * Asks for a device for operations built from now on. What @device leaves open
 * the outer levels decide.
 */
void
tfv_graph_push_device (TfvGraph *self, const char *device)
{
  g_return_if_fail (TFV_IS_GRAPH (self));
  g_return_if_fail (device != NULL);

  g_ptr_array_add (self->devices, device[0] != '\0' ? tfv_graph_dup_device (self, device) : g_strdup (""));
}

/**
 * tfv_graph_pop_device:
 * @self: a graph
 *
 * Leaves the level of devices entered last.
 */
void
tfv_graph_pop_device (TfvGraph *self)
{
  g_return_if_fail (TFV_IS_GRAPH (self));
  g_return_if_fail (self->devices->len > 0);

  g_ptr_array_set_size (self->devices, (int) self->devices->len - 1);
}

/* Whether two parts of devices speak of the same: "job:ps" and "job:worker". The
 * old short forms "cpu:0" and "gpu:0" stand for the part "device". */
static gboolean
is_same_part (const char *a, const char *b)
{
  gsize    n = strcspn (a, ":");
  gboolean a_is_device = g_ascii_strncasecmp (a, "cpu:", 4) == 0 || g_ascii_strncasecmp (a, "gpu:", 4) == 0 || g_str_has_prefix (a, "device:");
  gboolean b_is_device = g_ascii_strncasecmp (b, "cpu:", 4) == 0 || g_ascii_strncasecmp (b, "gpu:", 4) == 0 || g_str_has_prefix (b, "device:");

  return (a_is_device && b_is_device) || (strncmp (a, b, n) == 0 && b[n] == ':');
}

/* The device of an op: what it asks for itself, and for what that leaves open
 * the current level. */
char *
tfv_graph_dup_device (TfvGraph *self, const char *device)
{
  const char    *outer = self->devices->len > 0 ? g_ptr_array_index (self->devices, self->devices->len - 1) : "";
  g_auto (GStrv) outer_parts = NULL;
  g_auto (GStrv) parts = NULL;
  GString       *merged;

  if (device == NULL || device[0] == '\0' || outer[0] == '\0')
    return g_strdup (device != NULL && device[0] != '\0' ? device : outer);

  outer_parts = g_strsplit (outer, "/", -1);
  parts = g_strsplit (device, "/", -1);
  merged = g_string_new (NULL);
  for (guint i = 0; outer_parts[i] != NULL; i++)
    {
      gboolean is_replaced = outer_parts[i][0] == '\0';

      for (guint j = 0; parts[j] != NULL; j++)
        is_replaced = is_replaced || is_same_part (outer_parts[i], parts[j]);
      if (!is_replaced)
        g_string_append_printf (merged, "/%s", outer_parts[i]);
    }
  g_string_append (merged, device);
  return g_string_free (merged, FALSE);
}
