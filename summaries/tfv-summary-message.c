/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/formats/event-message-private.h"
#include "summaries/tfv-error.h"
#include "summaries/tfv-summary-writer.h"

/* How the strings of a text that has several are set apart. */
#define SEPARATOR "\n\n"
#define SUMMARY_VALUE 1

static gboolean
is_slice (TfvSlice slice, const char *text)
{
  return slice.n_bytes == strlen (text) && memcmp (slice.data, text, slice.n_bytes) == 0;
}

static char *
dup_slice (TfvSlice slice)
{
  return g_strndup (slice.n_bytes > 0 ? (const char *) slice.data : "", slice.n_bytes);
}

static void
add_text (TfvSummaryWriter *self, const char *tag, TfvSlice tensor, gint64 step)
{
  g_autoptr (GString) text = g_string_new (NULL);
  TfvSlice            first = { NULL, 0 };

  tfv_tensor_get_strings (tensor, &first, text, SEPARATOR);
  tfv_summary_writer_add_text (self, tag, text->str, step);
}

/* Adds a value, if it is of a kind that can be stored. */
static gboolean
add_value (TfvSummaryWriter *self, const char *tag, const TfvSummaryValue *value, gint64 step)
{
  TfvSummaryMetadata metadata = { 0 };
  double             number;
  gboolean           is_float32;

  if (value->kind == TFV_VALUE_SIMPLE)
    {
      tfv_summary_writer_add_scalar_float (self, tag, value->simple_value, step);
      return TRUE;
    }

  if (value->kind != TFV_VALUE_TENSOR || !tfv_summary_metadata_parse (value->metadata, &metadata))
    return FALSE;

  if (is_slice (metadata.plugin, "text"))
    {
      add_text (self, tag, value->payload, step);
      return TRUE;
    }

  /* Without a plugin, a tensor of one number is taken for what it looks like. */
  if ((metadata.plugin.n_bytes > 0 && !is_slice (metadata.plugin, "scalars")) ||
      !tfv_tensor_get_scalar (value->payload, &number, &is_float32))
    return FALSE;

  if (is_float32)
    tfv_summary_writer_add_scalar_float (self, tag, (float) number, step);
  else
    tfv_summary_writer_add_scalar (self, tag, number, step);
  return TRUE;
}

/**
 * tfv_summary_writer_add_summary:
 * @self: a writer
 * @summary: a serialised TensorFlow `Summary`, as a summary op gives it
 * @step: the training step
 * @error: return location for a [error@Tfv.StoreError]
 *
 * Logs the values of a summary: scalars of TensorFlow 1 and 2, and texts. What
 * else is in it is left out and told by the error, after the values that can be
 * stored were added. Any thread.
 *
 * Returns: whether everything in it was added; %FALSE with an error where not
 */
gboolean
tfv_summary_writer_add_summary (TfvSummaryWriter *self, GBytes *summary, gint64 step, GError **error)
{
  gsize            n_bytes;
  const guint8    *bytes;
  TfvWire          wire;
  TfvWireField     field;
  g_autofree char *unknown = NULL;

  g_return_val_if_fail (TFV_IS_SUMMARY_WRITER (self) && summary != NULL, FALSE);

  bytes = g_bytes_get_data (summary, &n_bytes);
  wire = tfv_wire_init ((TfvSlice){ bytes, n_bytes });
  while (tfv_wire_next (&wire, &field))
    {
      g_autofree char *tag = NULL;
      TfvSummaryValue  value;

      if (field.number != SUMMARY_VALUE || field.type != TFV_WIRE_BYTES)
        continue;
      if (!tfv_summary_value_parse (field.bytes, &value))
        {
          wire.is_bad = TRUE;
          break;
        }

      tag = dup_slice (value.tag);
      if (!add_value (self, tag, &value, step) && unknown == NULL)
        unknown = g_steal_pointer (&tag);
    }

  if (wire.is_bad)
    {
      g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_CORRUPT, "the summary of step %" G_GINT64_FORMAT " is not a whole message", step);
      return FALSE;
    }
  if (unknown != NULL)
    {
      g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_FORMAT, "the value of %s in the summary of step %" G_GINT64_FORMAT " is neither a scalar nor a text", unknown, step);
      return FALSE;
    }

  return TRUE;
}
