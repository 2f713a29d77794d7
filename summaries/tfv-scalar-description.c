/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-summary-payload-private.h"

#define PLUGIN "scalars"
#define VALUE_TAG 1
#define VALUE_METADATA 9

/* Stores the SummaryMetadata of a tag of scalars as a Summary.Value without a
 * value, once: only the first of a tag counts. */
void
tfv_summary_writer_describe_scalars (TfvSummaryWriter *self, const char *tag, gconstpointer metadata, gsize n_bytes)
{
  GByteArray        *value;
  g_autofree char   *valid = NULL;
  g_autoptr (GBytes) bytes = NULL;
  gboolean           is_new;

  if (!tfv_summary_writer_is_open (self))
    return;

  g_mutex_lock (&self->mutex);
  if (self->described == NULL)
    self->described = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  is_new = !g_hash_table_contains (self->described, tag) && g_hash_table_add (self->described, g_strdup (tag));
  g_mutex_unlock (&self->mutex);
  if (!is_new)
    return;

  value = g_byte_array_new ();
  valid = g_utf8_make_valid (tag, -1);
  tfv_message_add_string (value, VALUE_TAG, valid);
  tfv_message_add_bytes (value, VALUE_METADATA, metadata, n_bytes);
  bytes = g_byte_array_free_to_bytes (value);
  tfv_summary_writer_add_blob (self, TFV_RECORD_SCALAR, tag, 0, tfv_summary_writer_get_wall_time (), bytes);
}

static void
add_text (GByteArray *metadata, guint32 field, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text != NULL ? text : "", -1);

  if (*valid != '\0')
    tfv_message_add_string (metadata, field, valid);
}

/**
 * tfv_summary_writer_describe_scalar:
 * @self: a writer
 * @tag: name of the curve, UTF-8
 * @display_name: (nullable): a name to show instead of the tag's
 * @description: (nullable): what the curve is about, Markdown
 *
 * Says what a curve is about. The first description of a tag counts. Any thread.
 */
void
tfv_summary_writer_describe_scalar (TfvSummaryWriter *self, const char *tag, const char *display_name, const char *description)
{
  g_autoptr (GByteArray) metadata = NULL;
  GByteArray            *plugin_data;

  g_return_if_fail (TFV_IS_SUMMARY_WRITER (self) && tag != NULL);

  metadata = g_byte_array_new ();
  plugin_data = g_byte_array_new ();
  tfv_message_add_string (plugin_data, 1, PLUGIN);
  tfv_message_add_message (metadata, 1, plugin_data);
  add_text (metadata, 2, display_name);
  add_text (metadata, 3, description);
  tfv_summary_writer_describe_scalars (self, tag, metadata->data, metadata->len);
}
