/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/formats/event-message-private.h"
#include "summaries/tfv-error.h"
#include "summaries/tfv-record-class.h"
#include "summaries/tfv-summary-payload-private.h"

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

/* Where a value goes. */
typedef struct
{
  TfvSummaryWriter *writer;
  const char       *tag;
  gint64            step;
  double            wall_time;
} Target;

static void
add_blob (const Target *target, TfvRecordKind kind, GBytes *bytes)
{
  tfv_summary_writer_add_blob (target->writer, kind, target->tag, target->step, target->wall_time, bytes);
}

static void
add_float (const Target *target, float value)
{
  tfv_summary_writer_add_scalar_float_at (target->writer, target->tag, value, target->step, target->wall_time);
}

/* A text of one string is stored as such, unless more is known of it. */
static gboolean
add_text (const Target *target, TfvSlice tensor, const TfvSummaryMetadata *metadata)
{
  TfvSlice           first = { NULL, 0 };
  g_autofree char   *text = NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (metadata->content.n_bytes + metadata->display_name.n_bytes + metadata->description.n_bytes > 0 ||
      tfv_tensor_get_strings (tensor, &first) != 1)
    return FALSE;

  text = tfv_slice_to_string (first);
  bytes = g_bytes_new (text, strlen (text));
  add_blob (target, TFV_RECORD_TEXT, bytes);
  return TRUE;
}

/* Without a plugin, a tensor of one number is taken for what it looks like. */
static gboolean
add_scalar (const Target *target, TfvSlice tensor)
{
  TfvTensorScalar scalar;

  if (!tfv_tensor_get_scalar (tensor, &scalar))
    return FALSE;

  if (scalar.is_float32)
    add_float (target, (float) scalar.value);
  else
    tfv_summary_writer_add_scalar_at (target->writer, target->tag, scalar.value, target->step, target->wall_time);
  return TRUE;
}

/* What came with the first value of a tag of scalars. */
static void
describe (const Target *target, const TfvSummaryValue *value)
{
  if (value->metadata.n_bytes > 0)
    tfv_summary_writer_describe_scalars (target->writer, target->tag, value->metadata.data, value->metadata.n_bytes);
}

/* Stores a value as it is, behind a tag if it has none. */
static void
add_whole (const Target *target, TfvRecordKind kind, TfvSlice message, const TfvSummaryValue *value)
{
  GByteArray        *copy = g_byte_array_sized_new ((guint) message.n_bytes);
  g_autoptr (GBytes) bytes = NULL;

  if (value->tag.data == NULL)
    tfv_message_add_string (copy, 1, target->tag);
  g_byte_array_append (copy, message.data, (guint) message.n_bytes);
  bytes = g_byte_array_free_to_bytes (copy);
  add_blob (target, kind, bytes);
}

static TfvRecordKind
find_kind (TfvSummaryWriter *self, const char *tag, TfvSlice plugin)
{
  if (plugin.n_bytes == 0)
    return tfv_summary_writer_find_summary_kind (self, tag);

  for (const TfvRecordClass *const *known = tfv_record_class_get_all (); *known != NULL; known++)
    {
      if ((*known)->plugin != NULL && (*known)->kind != TFV_RECORD_GRAPH && is_slice (plugin, (*known)->plugin))
        return (*known)->kind;
    }
  /* TensorFlow 2 has names of its own for what it traced. */
  if (is_slice (plugin, "graph_run_metadata") || is_slice (plugin, "graph_run_metadata_graph"))
    return TFV_RECORD_RUN_METADATA;
  return TFV_RECORD_TENSOR;
}

/* Adds a value, if it is of a kind that can be stored. */
static gboolean
add_value (const Target *target, TfvSlice message, const TfvSummaryValue *value)
{
  TfvSummaryMetadata metadata = { 0 };
  TfvRecordKind      kind;

  switch (value->kind)
    {
    case TFV_VALUE_SIMPLE:
      describe (target, value);
      add_float (target, value->simple_value);
      return TRUE;
    case TFV_VALUE_HISTOGRAM:
      add_whole (target, TFV_RECORD_HISTOGRAM, message, value);
      return TRUE;
    case TFV_VALUE_IMAGE:
      add_whole (target, TFV_RECORD_IMAGE, message, value);
      return TRUE;
    case TFV_VALUE_AUDIO:
      add_whole (target, TFV_RECORD_AUDIO, message, value);
      return TRUE;
    case TFV_VALUE_NONE:
    case TFV_VALUE_TENSOR:
      break;
    case TFV_VALUE_OLD_HISTOGRAM:
    default:
      return FALSE;
    }

  if (!tfv_summary_metadata_parse (value->metadata, &metadata) || (value->kind == TFV_VALUE_NONE && metadata.plugin.n_bytes == 0))
    return FALSE;

  kind = find_kind (target->writer, target->tag, metadata.plugin);
  if (kind == TFV_RECORD_TEXT && add_text (target, value->payload, &metadata))
    return TRUE;
  if (kind == TFV_RECORD_SCALAR || kind == TFV_RECORD_NONE)
    {
      if (add_scalar (target, value->payload))
        {
          describe (target, value);
          return TRUE;
        }
      kind = TFV_RECORD_TENSOR;
    }
  add_whole (target, kind, message, value);
  return TRUE;
}

/**
 * tfv_summary_writer_add_summary:
 * @self: a writer
 * @summary: a serialised TensorFlow `Summary`, as a summary op gives it
 * @step: the training step
 * @error: return location for a [error@Tfv.StoreError]
 *
 * Logs the values of a summary, of TensorFlow 1 or 2: scalars as such, whatever
 * else there is as it is, with its metadata. A value whose metadata came with an
 * earlier one of its tag is of the same kind. The histograms of before TensorFlow
 * 0.7 and values that are empty are left out and told by the error, after the
 * others were added. Any thread.
 *
 * Returns: whether everything in it was added; %FALSE with an error where not
 */
gboolean
tfv_summary_writer_add_summary (TfvSummaryWriter *self, GBytes *summary, gint64 step, GError **error)
{
  return tfv_summary_writer_add_summary_at (self, summary, step, tfv_summary_writer_get_wall_time (), error);
}

/**
 * tfv_summary_writer_add_summary_at:
 * @self: a writer
 * @summary: a serialised TensorFlow `Summary`
 * @step: the training step
 * @wall_time: when it was, in seconds since the UNIX epoch
 * @error: return location for a [error@Tfv.StoreError]
 *
 * [method@Tfv.SummaryWriter.add_summary] of another time, for imports say. Any
 * thread.
 *
 * Returns: whether everything in it was added; %FALSE with an error where not
 */
gboolean
tfv_summary_writer_add_summary_at (TfvSummaryWriter *self, GBytes *summary, gint64 step, double wall_time, GError **error)
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
      Target           target;

      if (field.number != SUMMARY_VALUE || field.type != TFV_WIRE_BYTES)
        continue;
      if (!tfv_summary_value_parse (field.bytes, &value))
        {
          wire.is_bad = TRUE;
          break;
        }

      tag = dup_slice (value.tag);
      target = (Target){ self, tag, step, wall_time };
      if (!add_value (&target, field.bytes, &value) && unknown == NULL)
        unknown = g_steal_pointer (&tag);
    }

  if (wire.is_bad)
    {
      g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_CORRUPT, "the summary of step %" G_GINT64_FORMAT " is not a whole message", step);
      return FALSE;
    }
  if (unknown != NULL)
    {
      g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_FORMAT, "the value of %s in the summary of step %" G_GINT64_FORMAT " is of no kind that can be stored", unknown, step);
      return FALSE;
    }

  return TRUE;
}
