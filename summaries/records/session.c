/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "summaries/tfv-record-class-private.h"
#include "summaries/tfv-session-record-private.h"
#include "summaries/tfv-summary-writer-private.h"

extern const TfvRecordClass tfv_record_session;

#define SESSION_TAG "session"

/* The key of field 1, a varint. */
#define SESSION_LOG_STATUS 0x08

static const char *const status_names[] = {
  [TFV_SESSION_START] = "start",
  [TFV_SESSION_STOP] = "stop",
  [TFV_SESSION_CHECKPOINT] = "checkpoint",
};

/**
 * tfv_summary_writer_add_session:
 * @self: a writer
 * @status: what happened to the session
 * @step: the training step at which it did
 *
 * States that a session starts, stops or saved a checkpoint. A start says that
 * what the run holds from that step on was logged by a session that went
 * further than the checkpoint which this one continues from: it is superseded.
 * Waits until what was added before is written, so that the order is certain;
 * it is not meant for every step. Any thread.
 */
void
tfv_summary_writer_add_session (TfvSummaryWriter *self, TfvSessionStatus status, gint64 step)
{
  g_autofree char   *text = NULL;
  g_autoptr (GBytes) bytes = NULL;

  g_return_if_fail (self != NULL && status >= TFV_SESSION_START && status <= TFV_SESSION_CHECKPOINT);

  if (tfv_summary_writer_is_open (self))
    tfv_summary_writer_settle (self);

  text = g_strdup_printf ("{\"status\": \"%s\"}", status_names[status]);
  bytes = g_bytes_new (text, strlen (text));
  tfv_summary_writer_add_blob (self, TFV_RECORD_SESSION, SESSION_TAG, step, tfv_summary_writer_get_wall_time (), bytes);
}

/* What a session record says; 0 where it says nothing that is known. Files of
 * TensorFlow's have a SessionLog, which begins with its status. */
TfvSessionStatus
tfv_session_record_get_status (GBytes *bytes)
{
  gsize       length;
  const char *text = g_bytes_get_data (bytes, &length);

  if (length >= 2 && text[0] == SESSION_LOG_STATUS && text[1] >= TFV_SESSION_START && text[1] <= TFV_SESSION_CHECKPOINT)
    return (TfvSessionStatus) text[1];

  for (guint i = 1; i < G_N_ELEMENTS (status_names); i++)
    {
      g_autofree char *expected = g_strdup_printf ("{\"status\": \"%s\"", status_names[i]);

      if (length >= strlen (expected) && memcmp (text, expected, strlen (expected)) == 0)
        return (TfvSessionStatus) i;
    }

  return (TfvSessionStatus) 0;
}

static void
tell (TfvRun *run, TfvTag *tag, gint64 step, double wall_time, GBytes *bytes, const TfvRecordSink *sink)
{
  TfvSessionStatus status = tfv_session_record_get_status (bytes);
  TfvRecordValue   values[] = {
      tfv_record_string (tfv_run_get_name (run)),
      tfv_record_integer (step),
      tfv_record_double (wall_time),
      tfv_record_string (status != 0 ? status_names[status] : "unknown"),
  };

  sink->func (values, sink->user_data);
}

static gboolean
dump (TfvRun *run, const TfvRecordFilter *filter, TfvRecordFunc func, gpointer user_data, GError **error)
{
  TfvRecordSink sink = { filter, func, user_data };

  return tfv_record_for_each_blob (run, TFV_RECORD_SESSION, tell, &sink, error);
}

static void
write_sample (TfvSummaryWriter *writer)
{
  tfv_summary_writer_add_session (writer, TFV_SESSION_START, 0);
  tfv_summary_writer_add_session (writer, TFV_SESSION_CHECKPOINT, 100);
}

static const char *const columns[] = { "run", "step", "wall_time", "status", NULL };

const TfvRecordClass tfv_record_session = {
  .kind = TFV_RECORD_SESSION,
  .name = "session",
  .plugin = NULL,
  .columns = columns,
  .dump = dump,
  .write_sample = write_sample,
  .sample = ".,0,*,start\n"
            ".,100,*,checkpoint\n",
};
