/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "examples/digits-checkpoint.h"

#include <string.h>

#include "engine/tfv-variable.h"

/* The values of all variables in one file: a serialised GVariant that maps the
 * name of each to its type, its sizes and its bytes. */
#define TYPE "a{s(iaxay)}"

/* Writes the values of all variables. The file is the old one or the new one,
 * whenever the program is killed. */
gboolean
digits_checkpoint_save (TfvSession *session, const char *path, GError **error)
{
  TfvGraph            *graph = tfv_session_get_graph (session);
  guint                n_variables = tfv_graph_get_n_variables (graph);
  GVariantBuilder      builder;
  g_autoptr (GVariant) variant = NULL;

  g_variant_builder_init (&builder, G_VARIANT_TYPE (TYPE));
  for (guint i = 0; i < n_variables; i++)
    {
      TfvOutput             variable = tfv_graph_get_nth_variable (graph, i);
      g_autoptr (TfvTensor) value = tfv_session_fetch (session, variable, error);
      const TfvShape       *shape;
      GVariant             *dims;
      GVariant             *bytes;

      if (value == NULL)
        {
          g_variant_builder_clear (&builder);
          return FALSE;
        }
      shape = tfv_tensor_get_shape (value);
      dims = g_variant_new_fixed_array (G_VARIANT_TYPE_INT64, shape->dims, (gsize) shape->rank, sizeof (gint64));
      bytes = g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, tfv_tensor_get_data (value), tfv_tensor_get_size_bytes (value), 1);
      g_variant_builder_add (&builder, "{s(i@ax@ay)}", tfv_operation_get_name (variable.operation), (gint32) tfv_tensor_get_dtype (value), dims, bytes);
    }
  variant = g_variant_ref_sink (g_variant_builder_end (&builder));
  return g_file_set_contents (path, g_variant_get_data (variant), (gssize) g_variant_get_size (variant), error);
}

/* The saved value of one variable; NULL, with the error set, where there is
 * none that fits. */
static TfvTensor *
read_value (GVariant *checkpoint, const char *path, TfvOutput variable, GError **error)
{
  const char          *name = tfv_operation_get_name (variable.operation);
  TfvShape             shape = tfv_output_get_shape (variable);
  g_autoptr (GVariant) entry = g_variant_lookup_value (checkpoint, name, G_VARIANT_TYPE ("(iaxay)"));
  g_autoptr (GVariant) dims = NULL;
  g_autoptr (GVariant) bytes = NULL;
  TfvTensor           *value;
  const gint64        *sizes;
  gsize                rank;
  gsize                n_bytes;
  gint32               dtype;

  if (entry == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: holds no variable %s; it is of a network of another kind", path, name);
      return NULL;
    }
  g_variant_get (entry, "(i@ax@ay)", &dtype, &dims, &bytes);
  sizes = g_variant_get_fixed_array (dims, &rank, sizeof (gint64));
  if (dtype != (gint32) tfv_output_get_dtype (variable) || rank != (gsize) shape.rank || (rank > 0 && memcmp (sizes, shape.dims, rank * sizeof *sizes) != 0))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: variable %s is of another size; it is of a network of another kind", path, name);
      return NULL;
    }
  value = tfv_tensor_new (tfv_output_get_dtype (variable), shape);
  if (g_variant_get_size (bytes) != tfv_tensor_get_size_bytes (value))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: variable %s is not whole", path, name);
      tfv_tensor_unref (value);
      return NULL;
    }
  memcpy (tfv_tensor_get_data (value), g_variant_get_fixed_array (bytes, &n_bytes, 1), tfv_tensor_get_size_bytes (value));
  return value;
}

/* Sets all variables to the values in the file; where it fails, some may be set
 * already. */
gboolean
digits_checkpoint_restore (TfvSession *session, const char *path, GError **error)
{
  TfvGraph            *graph = tfv_session_get_graph (session);
  guint                n_variables = tfv_graph_get_n_variables (graph);
  g_autofree char     *contents = NULL;
  g_autoptr (GBytes)   file = NULL;
  g_autoptr (GVariant) checkpoint = NULL;
  gsize                n_bytes;

  if (!g_file_get_contents (path, &contents, &n_bytes, error))
    return FALSE;
  file = g_bytes_new_take (g_steal_pointer (&contents), n_bytes);
  checkpoint = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (TYPE), file, FALSE));
  for (guint i = 0; i < n_variables; i++)
    {
      TfvOutput             variable = tfv_graph_get_nth_variable (graph, i);
      TfvOperation         *initializer = tfv_variable_get_initializer (variable);
      TfvOutput             initial_value = tfv_operation_get_input (initializer, 1);
      g_autoptr (TfvTensor) value = read_value (checkpoint, path, variable, error);

      /* Any tensor can be fed: here what the variable would begin with. */
      if (value == NULL || !tfv_session_run (session, NULL, &initial_value, &value, 1, NULL, 0, &initializer, 1, NULL, NULL, error))
        return FALSE;
    }
  return TRUE;
}
