/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-tfevents-tag-private.h"

#include <math.h>

#include "summaries/formats/message-builder-private.h"
#include "summaries/tfv-session-record-private.h"
#include "summaries/tfv-summary-payload-private.h"

#define SCALARS_PLUGIN "scalars"
#define TEXT_PLUGIN "text"
#define CLASS_SCALAR 1
#define STRING_TENSOR_PREFIX "\x08\x07"
#define TENSOR_STRING_VAL 8

/* Fields of a Summary.Value, a SummaryMetadata, a TensorProto. */
enum
{
  VALUE_TAG = 1,
  VALUE_METADATA = 9,
  METADATA_PLUGIN = 1,
  METADATA_CLASS = 4,
  TENSOR_FLOAT_VAL = 5,
  TENSOR_DOUBLE_VAL = 6,
};

/* Whether an event has a place for records of a kind. */
gboolean
tfv_tfevents_can_hold (TfvRecordKind kind)
{
  return kind != TFV_RECORD_RUN && kind != TFV_RECORD_SPAN && kind != TFV_RECORD_COUNTER && kind != TFV_RECORD_FLOW && kind != TFV_RECORD_MARKER;
}

static gboolean
fits_float (double value)
{
  return isnan (value) || (double) (float) value == value;
}

static gboolean
needs_double (const TfvScalarView *view)
{
  for (guint b = 0; b < view->n_blocks; b++)
    for (guint i = 0; view->blocks[b].value32 == NULL && i < view->blocks[b].n; i++)
      if (!fits_float (view->blocks[b].value64[i]))
        return TRUE;
  return FALSE;
}

static gboolean
is_plugin (TfvSlice plugin, const char *name)
{
  return plugin.n_bytes == strlen (name) && memcmp (plugin.data, name, plugin.n_bytes) == 0;
}

/* The metadata that TensorFlow 2 gives to a scalar. */
static GBytes *
new_scalar_metadata (void)
{
  GByteArray *metadata = g_byte_array_new ();
  GByteArray *plugin = g_byte_array_new ();

  tfv_message_add_string (plugin, 1, SCALARS_PLUGIN);
  tfv_message_add_message (metadata, METADATA_PLUGIN, plugin);
  tfv_message_add_varint (metadata, METADATA_CLASS, CLASS_SCALAR);
  return g_byte_array_free_to_bytes (metadata);
}

/* Points are written as they came: tensors where metadata say so, simple values
   where none do; and float64 where that is wanted, which needs tensors. */
static void
choose_form (TfvTfeventsTag *self, gboolean keep_float64)
{
  TfvSummaryMetadata metadata = { 0 };

  self->metadata = tfv_tag_dup_metadata (self->tag);
  if (self->metadata != NULL && tfv_summary_metadata_parse (tfv_slice_of_bytes (self->metadata), &metadata) && is_plugin (metadata.plugin, SCALARS_PLUGIN))
    {
      self->is_double = TRUE;
      return;
    }
  self->is_double = keep_float64 && needs_double (self->view);
  if (!self->is_double)
    return;
  g_clear_pointer (&self->metadata, g_bytes_unref);
  self->metadata = new_scalar_metadata ();
}

/* A tag with those of its records that are wanted. (transfer full) */
TfvTfeventsTag *
tfv_tfevents_tag_new (TfvTag *tag, const TfvTfeventsExport *export)
{
  TfvTfeventsTag *self = g_new0 (TfvTfeventsTag, 1);

  self->tag = tfv_tag_ref (tag);
  if (tfv_tag_get_kind (tag) == TFV_RECORD_SCALAR)
    {
      self->view = tfv_scalar_series_snapshot (tfv_tag_get_series (tag), export->purge ? TFV_SCALAR_VIEW_PURGED : TFV_SCALAR_VIEW_ALL);
      choose_form (self, export->keep_float64);
    }
  else if (export->purge)
    self->indices = tfv_tag_dup_surviving_records (tag);
  return self;
}

void
tfv_tfevents_tag_free (TfvTfeventsTag *self)
{
  g_clear_pointer (&self->view, tfv_scalar_view_unref);
  g_clear_pointer (&self->indices, g_array_unref);
  g_clear_pointer (&self->metadata, g_bytes_unref);
  tfv_tag_unref (self->tag);
  g_free (self);
}

guint64
tfv_tfevents_tag_get_n_records (const TfvTfeventsTag *self)
{
  TfvTagSummary summary;

  if (self->view != NULL)
    return self->view->n_points;
  if (self->indices != NULL)
    return self->indices->len;
  tfv_tag_get_summary (self->tag, &summary);
  return summary.count;
}

static guint64
get_index (const TfvTfeventsTag *self, guint64 index)
{
  return self->indices != NULL ? g_array_index (self->indices, guint64, index) : index;
}

/* Step and time of a record. FALSE where there is no such one. */
gboolean
tfv_tfevents_tag_get_place (const TfvTfeventsTag *self, guint64 index, gint64 *step, double *wall_time)
{
  if (self->view == NULL)
    return tfv_tag_get_record (self->tag, get_index (self, index), step, wall_time, NULL);
  if (index >= self->view->n_points)
    return FALSE;
  tfv_scalar_view_get (self->view, index, step, wall_time, NULL, NULL);
  return TRUE;
}

static TfvSlice
slice_of_array (const GByteArray *array)
{
  return (TfvSlice){ array->data, array->len };
}

/* The metadata that the next value has to bring, which is the first. */
static TfvSlice
take_metadata (TfvTfeventsTag *self)
{
  TfvSlice metadata = { 0 };

  if (!self->has_begun && self->metadata != NULL)
    metadata = tfv_slice_of_bytes (self->metadata);
  self->has_begun = TRUE;
  return metadata;
}

/* A tensor of one number, as TensorFlow writes it: its list of values is packed. */
static GByteArray *
new_number_tensor (double value, gboolean is_float32)
{
  GByteArray *tensor = tfv_message_new_tensor (is_float32 ? DT_FLOAT : DT_DOUBLE, 0, NULL);
  float       narrow = (float) value;
  guint32     bits;

  if (!is_float32)
    {
      tfv_message_add_doubles (tensor, TENSOR_DOUBLE_VAL, &value, 1);
      return tensor;
    }
  memcpy (&bits, &narrow, sizeof bits);
  bits = GUINT32_TO_LE (bits);
  tfv_message_add_bytes (tensor, TENSOR_FLOAT_VAL, &bits, sizeof bits);
  return tensor;
}

static void
write_point (TfvTfeventsTag *self, guint64 index, TfvTfeventsWriter *writer, guint64 *n_rounded)
{
  const char *name = tfv_tag_get_name (self->tag);
  TfvSlice    tag = { (const guint8 *) name, strlen (name) };
  GByteArray *message, *tensor;
  gint64      step;
  double      wall_time, value;
  gboolean    is_float32;

  tfv_scalar_view_get (self->view, index, &step, &wall_time, &value, &is_float32);
  if (!self->is_double && (self->metadata == NULL || self->has_begun))
    {
      *n_rounded += !fits_float (value);
      tfv_tfevents_writer_add_simple_value (writer, wall_time, step, tag, (float) value);
      return;
    }

  message = g_byte_array_new ();
  tfv_message_add_slice (message, VALUE_TAG, tag);
  if (self->is_double)
    {
      tensor = new_number_tensor (value, is_float32);
      tfv_message_add_message (message, TFV_VALUE_TENSOR, tensor);
    }
  else
    {
      *n_rounded += !fits_float (value);
      tfv_message_add_float (message, TFV_VALUE_SIMPLE, (float) value);
    }
  tfv_tfevents_writer_add_value (writer, wall_time, step, slice_of_array (message), take_metadata (self));
  g_byte_array_unref (message);
}

static gboolean
has_field (GBytes *bytes, guint32 number)
{
  TfvWireField field;

  return tfv_find_field (tfv_slice_of_bytes (bytes), number, &field) && field.type == TFV_WIRE_BYTES;
}

/* Whether a text is a Summary.Value; else it is the text itself. */
static gboolean
is_text_value (GBytes *bytes)
{
  TfvSummaryValue value;

  return tfv_summary_value_parse (tfv_slice_of_bytes (bytes), &value) && value.kind == TFV_VALUE_TENSOR && value.payload.n_bytes >= 2 &&
         memcmp (value.payload.data, STRING_TENSOR_PREFIX, 2) == 0;
}

static GByteArray *
new_text_value (const char *tag, GBytes *text)
{
  GByteArray *tensor = tfv_message_new_tensor (DT_STRING, 0, NULL);

  tfv_message_add_slice (tensor, TENSOR_STRING_VAL, tfv_slice_of_bytes (text));
  return tfv_summary_value_new (tag, TFV_VALUE_TENSOR, tensor, TEXT_PLUGIN, NULL);
}

/* The first value of a tag brings the metadata. Where the one that had them isn't
   written they go with the one that is. */
static TfvSlice
find_metadata (TfvTfeventsTag *self, GBytes *bytes)
{
  TfvSlice     message;
  TfvWireField field;

  if (!self->has_begun && !has_field (bytes, VALUE_METADATA) && self->metadata == NULL)
    {
      g_autoptr (GBytes) first = tfv_tag_read_message (self->tag, 0, NULL);

      message = first != NULL ? tfv_slice_of_bytes (first) : (TfvSlice){ 0 };
      if (tfv_find_field (message, VALUE_METADATA, &field) && field.type == TFV_WIRE_BYTES)
        self->metadata = g_bytes_new (field.bytes.data, field.bytes.n_bytes);
      return take_metadata (self);
    }
  self->has_begun = TRUE;
  return (TfvSlice){ 0 };
}

static void
write_session (TfvTfeventsWriter *writer, gint64 step, double wall_time, GBytes *bytes)
{
  g_autoptr (GByteArray) log = g_byte_array_new ();
  TfvSlice               slice = tfv_slice_of_bytes (bytes);

  if (slice.n_bytes == 0 || slice.data[0] != '{')
    {
      tfv_tfevents_writer_add_event (writer, wall_time, step, TFV_EVENT_SESSION_LOG, slice);
      return;
    }
  tfv_message_add_varint (log, 1, (guint64) tfv_session_record_get_status (bytes));
  tfv_tfevents_writer_add_event (writer, wall_time, step, TFV_EVENT_SESSION_LOG, slice_of_array (log));
}

/* A run of the graph is an event of its own, but where a summary held it. */
static void
write_run_metadata (TfvTfeventsTag *self, TfvTfeventsWriter *writer, gint64 step, double wall_time, GBytes *bytes)
{
  g_autoptr (GByteArray) tagged = g_byte_array_new ();

  if (has_field (bytes, VALUE_METADATA))
    {
      tfv_tfevents_writer_add_value (writer, wall_time, step, tfv_slice_of_bytes (bytes), (TfvSlice){ 0 });
      return;
    }
  tfv_message_add_string (tagged, 1, tfv_tag_get_name (self->tag));
  tfv_message_add_slice (tagged, 2, tfv_slice_of_bytes (bytes));
  tfv_tfevents_writer_add_event (writer, wall_time, step, TFV_EVENT_TAGGED_RUN_METADATA, slice_of_array (tagged));
}

static void
write_text (TfvTfeventsTag *self, TfvTfeventsWriter *writer, gint64 step, double wall_time, GBytes *bytes)
{
  g_autoptr (GByteArray) value = NULL;

  if (is_text_value (bytes))
    {
      tfv_tfevents_writer_add_value (writer, wall_time, step, tfv_slice_of_bytes (bytes), find_metadata (self, bytes));
      return;
    }
  value = new_text_value (tfv_tag_get_name (self->tag), bytes);
  self->has_begun = TRUE;
  tfv_tfevents_writer_add_value (writer, wall_time, step, slice_of_array (value), (TfvSlice){ 0 });
}

/* Writes a record. FALSE where it can't be read. */
gboolean
tfv_tfevents_tag_write (TfvTfeventsTag *self, guint64 index, TfvTfeventsWriter *writer, guint64 *n_rounded, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  gint64             step;
  double             wall_time;

  if (self->view != NULL)
    {
      write_point (self, index, writer, n_rounded);
      return TRUE;
    }
  bytes = tfv_tag_read_message (self->tag, get_index (self, index), error);
  if (bytes == NULL || !tfv_tfevents_tag_get_place (self, index, &step, &wall_time))
    return FALSE;

  switch (tfv_tag_get_kind (self->tag))
    {
    case TFV_RECORD_GRAPH:
      tfv_tfevents_writer_add_event (writer, wall_time, step, TFV_EVENT_GRAPH_DEF, tfv_slice_of_bytes (bytes));
      break;
    case TFV_RECORD_LOG_MESSAGE:
      tfv_tfevents_writer_add_event (writer, wall_time, step, TFV_EVENT_LOG_MESSAGE, tfv_slice_of_bytes (bytes));
      break;
    case TFV_RECORD_SESSION:
      write_session (writer, step, wall_time, bytes);
      break;
    case TFV_RECORD_RUN_METADATA:
      write_run_metadata (self, writer, step, wall_time, bytes);
      break;
    case TFV_RECORD_TEXT:
      write_text (self, writer, step, wall_time, bytes);
      break;
    default:
      tfv_tfevents_writer_add_value (writer, wall_time, step, tfv_slice_of_bytes (bytes), find_metadata (self, bytes));
      break;
    }
  return TRUE;
}
