/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "summaries/tfv-record-class-private.h"
#include "summaries/tfv-summary-writer-private.h"

extern const TfvRecordClass tfv_record_text;

/**
 * tfv_summary_writer_add_text:
 * @self: a writer
 * @tag: name of the record, UTF-8
 * @text: the text, UTF-8; shown as Markdown
 * @step: the training step
 *
 * Logs a text, with the time of the call. Any thread.
 */
void
tfv_summary_writer_add_text (TfvSummaryWriter *self, const char *tag, const char *text, gint64 step)
{
  g_autofree char   *valid = NULL;
  g_autoptr (GBytes) bytes = NULL;

  g_return_if_fail (self != NULL && tag != NULL && text != NULL);

  valid = g_utf8_make_valid (text, -1);
  bytes = g_bytes_new (valid, strlen (valid));
  tfv_summary_writer_add_blob (self, TFV_RECORD_TEXT, tag, step, tfv_summary_writer_get_wall_time (), bytes);
}

static void
tell (TfvRun *run, TfvTag *tag, gint64 step, double wall_time, GBytes *bytes, const TfvRecordSink *sink)
{
  gsize            length;
  const char      *data = g_bytes_get_data (bytes, &length);
  g_autofree char *text = g_utf8_make_valid (data != NULL ? data : "", (gssize) length);
  TfvRecordValue   values[] = {
      tfv_record_string (tfv_run_get_name (run)),
      tfv_record_string (tfv_tag_get_name (tag)),
      tfv_record_integer (step),
      tfv_record_double (wall_time),
      tfv_record_string (text),
  };

  sink->func (values, sink->user_data);
}

static gboolean
dump (TfvRun *run, const TfvRecordFilter *filter, TfvRecordFunc func, gpointer user_data, GError **error)
{
  TfvRecordSink sink = { filter, func, user_data };

  return tfv_record_for_each_blob (run, TFV_RECORD_TEXT, tell, &sink, error);
}

static void
write_sample (TfvSummaryWriter *writer)
{
  tfv_summary_writer_add_text (writer, "sample/note", "**Grüße**", 3);
}

static const char *const columns[] = { "run", "tag", "step", "wall_time", "text", NULL };

const TfvRecordClass tfv_record_text = {
  .kind = TFV_RECORD_TEXT,
  .name = "text",
  .plugin = "text",
  .columns = columns,
  .dump = dump,
  .write_sample = write_sample,
  .sample = ".,sample/note,3,*,**Grüße**\n",
};
