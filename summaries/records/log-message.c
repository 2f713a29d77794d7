/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-log-message.h"
#include "summaries/tfv-record-class-private.h"
#include "summaries/tfv-summary-payload-private.h"

extern const TfvRecordClass tfv_record_log_message;

#define LOG_TAG "log"

/* Fields of a LogMessage. */
enum
{
  LOG_LEVEL = 1,
  LOG_MESSAGE = 2,
};

/**
 * tfv_summary_writer_add_log_message:
 * @self: a writer
 * @level: how much it matters
 * @message: the message, UTF-8
 * @step: the training step
 *
 * Logs a message for people, with the time of the call. Any thread.
 */
void
tfv_summary_writer_add_log_message (TfvSummaryWriter *self, TfvLogLevel level, const char *message, gint64 step)
{
  g_autofree char   *valid = NULL;
  g_autoptr (GBytes) bytes = NULL;
  GByteArray        *record;

  g_return_if_fail (TFV_IS_SUMMARY_WRITER (self) && message != NULL);

  valid = g_utf8_make_valid (message, -1);
  record = g_byte_array_new ();
  tfv_message_add_varint (record, LOG_LEVEL, level);
  tfv_message_add_string (record, LOG_MESSAGE, valid);
  bytes = g_byte_array_free_to_bytes (record);
  tfv_summary_writer_add_blob (self, TFV_RECORD_LOG_MESSAGE, LOG_TAG, step, tfv_summary_writer_get_wall_time (), bytes);
}

/**
 * tfv_log_message_decode:
 * @record: a record as [method@Tfv.Tag.read_record] gives it, of a tag of kind
 *   %TFV_RECORD_LOG_MESSAGE
 * @level: (out) (optional): how much it matters
 *
 * Reads a message of a log. Any thread.
 *
 * Returns: (transfer full): the message, UTF-8
 */
char *
tfv_log_message_decode (GBytes *record, TfvLogLevel *level)
{
  TfvSlice     message;
  TfvWireField field;

  g_return_val_if_fail (record != NULL, NULL);

  message = tfv_slice_of_bytes (record);
  if (level != NULL)
    *level = tfv_find_field (message, LOG_LEVEL, &field) && field.type == TFV_WIRE_VARINT && field.value <= TFV_LOG_LEVEL_FATAL ? (TfvLogLevel) field.value : TFV_LOG_LEVEL_UNKNOWN;
  return tfv_find_field (message, LOG_MESSAGE, &field) && field.type == TFV_WIRE_BYTES ? tfv_slice_to_string (field.bytes) : g_strdup ("");
}

static const char *
get_level_name (TfvLogLevel level)
{
  switch (level)
    {
    case TFV_LOG_LEVEL_DEBUG:
      return "debug";
    case TFV_LOG_LEVEL_INFO:
      return "info";
    case TFV_LOG_LEVEL_WARNING:
      return "warning";
    case TFV_LOG_LEVEL_ERROR:
      return "error";
    case TFV_LOG_LEVEL_FATAL:
      return "fatal";
    case TFV_LOG_LEVEL_UNKNOWN:
    default:
      return "unknown";
    }
}

static gboolean
tell (const TfvStoredRecord *record, const TfvRecordSink *sink, GError **error)
{
  TfvLogLevel      level;
  g_autofree char *message = tfv_log_message_decode (record->bytes, &level);
  TfvRecordValue   values[6];

  tfv_record_fill_tag_values (record, values);
  values[4] = tfv_record_string (get_level_name (level));
  values[5] = tfv_record_string (message);
  sink->func (values, sink->user_data);
  return TRUE;
}

static gboolean
dump (TfvRun *run, const TfvRecordFilter *filter, TfvRecordFunc func, gpointer user_data, GError **error)
{
  TfvRecordSink sink = { filter, func, user_data };

  return tfv_record_decode_each (run, TFV_RECORD_LOG_MESSAGE, tell, &sink, error);
}

static void
write_sample (TfvSummaryWriter *writer)
{
  tfv_summary_writer_add_log_message (writer, TFV_LOG_LEVEL_WARNING, "learning rate, 1e9, is large", 2);
  tfv_summary_writer_add_log_message (writer, TFV_LOG_LEVEL_UNKNOWN, "", -1);
}

static const char *const columns[] = { TFV_RECORD_TAG_COLUMNS, "level", "message", NULL };

const TfvRecordClass tfv_record_log_message = {
  .kind = TFV_RECORD_LOG_MESSAGE,
  .name = "log-message",
  .plugin = NULL,
  .columns = columns,
  .dump = dump,
  .write_sample = write_sample,
  .sample = ".,log,2,*,warning,learning rate, 1e9, is large\n"
            ".,log,-1,*,unknown,\n",
};
