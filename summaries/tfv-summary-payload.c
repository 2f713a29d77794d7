/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-summary-payload-private.h"

#define FIELD_TAG 1
#define FIELD_METADATA 9
#define IMAGE_ENCODED 4
#define TENSOR_STRING_VAL 8

static gboolean
has_field (TfvSlice message, guint32 number, TfvWireType type)
{
  TfvWireField field;

  return tfv_find_field (message, number, &field) && field.type == type;
}

/* Whether a message is a TensorProto and not what TensorFlow 1 had in its place.
   A tensor begins with its type, a varint; the first field of a histogram and of
   an audio clip is a number of fixed size. An image has its bytes in a field that
   tensors of strings never have. */
static gboolean
is_tensor (TfvSlice message, TfvValueKind old_kind)
{
  switch (old_kind)
    {
    case TFV_VALUE_HISTOGRAM:
    case TFV_VALUE_AUDIO:
      return has_field (message, 1, TFV_WIRE_VARINT);
    case TFV_VALUE_IMAGE:
      return has_field (message, TENSOR_STRING_VAL, TFV_WIRE_BYTES) || !has_field (message, IMAGE_ENCODED, TFV_WIRE_BYTES);
    default:
      return TRUE;
    }
}

/* Finds what a record holds. Event files of ours hold a whole Summary.Value, which
   begins with a tag; of a file of TensorFlow's a record is what the value holds
   alone, which never has a string in its first field. @old_kind is how TensorFlow 1
   stored such a record, if it did. FALSE where the record is damaged. */
gboolean
tfv_summary_payload_parse (GBytes *record, TfvValueKind old_kind, TfvSummaryPayload *payload)
{
  TfvSlice        message = tfv_slice_of_bytes (record);
  TfvSummaryValue value;

  *payload = (TfvSummaryPayload){ 0 };
  if (!has_field (message, FIELD_TAG, TFV_WIRE_BYTES))
    {
      payload->kind = is_tensor (message, old_kind) ? TFV_VALUE_TENSOR : old_kind;
      payload->bytes = message;
      return TRUE;
    }
  if (!tfv_summary_value_parse (message, &value) || !tfv_summary_metadata_parse (value.metadata, &payload->metadata))
    return FALSE;
  payload->kind = value.kind;
  payload->bytes = value.payload;
  return TRUE;
}

/* A Summary.Value. Takes @payload and @content, which may be NULL. */
GByteArray *
tfv_summary_value_new (const char *tag, TfvValueKind kind, GByteArray *payload, const char *plugin, GByteArray *content)
{
  GByteArray      *value = g_byte_array_new ();
  GByteArray      *metadata = g_byte_array_new ();
  GByteArray      *plugin_data = g_byte_array_new ();
  g_autofree char *valid_tag = g_utf8_make_valid (tag, -1);

  tfv_message_add_string (value, FIELD_TAG, valid_tag);
  if (payload != NULL)
    tfv_message_add_message (value, (guint32) kind, payload);
  tfv_message_add_string (plugin_data, 1, plugin);
  if (content != NULL)
    tfv_message_add_message (plugin_data, 2, content);
  tfv_message_add_message (metadata, 1, plugin_data);
  tfv_message_add_message (value, FIELD_METADATA, metadata);
  return value;
}

/* Logs a Summary.Value, which is taken, with the time of the call. */
void
tfv_summary_writer_add_value (TfvSummaryWriter *self, TfvRecordKind kind, const char *tag, gint64 step, GByteArray *value)
{
  g_autoptr (GBytes) bytes = g_byte_array_free_to_bytes (value);

  tfv_summary_writer_add_blob (self, kind, tag, step, tfv_summary_writer_get_wall_time (), bytes);
}

/* The kind of the summaries that were logged with a tag before, other than
 * scalars; %TFV_RECORD_NONE where there are none. */
TfvRecordKind
tfv_summary_writer_find_summary_kind (TfvSummaryWriter *self, const char *tag)
{
  TfvRecordKind found = TFV_RECORD_NONE;

  if (!tfv_summary_writer_is_open (self))
    return TFV_RECORD_NONE;

  g_mutex_lock (&self->mutex);
  for (guint32 kind = TFV_RECORD_HISTOGRAM; kind <= TFV_RECORD_RUN_METADATA && found == TFV_RECORD_NONE; kind++)
    {
      const TfvWriterName key = { kind, 0, (char *) tag };
      gboolean            is_summary = (kind <= TFV_RECORD_EMBEDDING && kind != TFV_RECORD_GRAPH) || kind == TFV_RECORD_RUN_METADATA;

      if (is_summary && g_hash_table_contains (self->ids, &key))
        found = (TfvRecordKind) kind;
    }
  g_mutex_unlock (&self->mutex);

  return found;
}
