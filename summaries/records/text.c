/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "summaries/tfv-record-class-private.h"
#include "summaries/tfv-summary-payload-private.h"
#include "summaries/tfv-text.h"

extern const TfvRecordClass tfv_record_text;

#define PLUGIN "text"
#define TENSOR_STRING_VAL 8

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

/**
 * tfv_summary_writer_add_text_table:
 * @self: a writer
 * @tag: name of the record, UTF-8
 * @n_rows: how many rows the table has
 * @n_columns: how many columns it has
 * @cells: (array) (not nullable): @n_rows × @n_columns texts, row by row, UTF-8;
 *   shown as Markdown
 * @step: the training step
 *
 * Logs a table of texts, with the time of the call. Any thread.
 */
void
tfv_summary_writer_add_text_table (TfvSummaryWriter *self, const char *tag, gsize n_rows, gsize n_columns, const char *const *cells, gint64 step)
{
  const gint64 dimensions[] = { (gint64) n_rows, (gint64) n_columns };
  GByteArray  *tensor;

  g_return_if_fail (TFV_IS_SUMMARY_WRITER (self) && tag != NULL && (cells != NULL || n_rows == 0 || n_columns == 0));

  tensor = tfv_message_new_tensor (DT_STRING, 2, dimensions);
  for (gsize i = 0; i < n_rows * n_columns; i++)
    {
      g_autofree char *valid = g_utf8_make_valid (cells[i], -1);

      tfv_message_add_string (tensor, TENSOR_STRING_VAL, valid);
    }
  tfv_summary_writer_add_value (self, TFV_RECORD_TEXT, tag, step, tfv_summary_value_new (tag, TFV_VALUE_TENSOR, tensor, PLUGIN, NULL));
}

static gboolean
tell (const TfvStoredRecord *record, const TfvRecordSink *sink, GError **error)
{
  g_autoptr (TfvText) text = tfv_text_decode (record->bytes);
  g_autofree char    *markdown = tfv_text_to_markdown (text);
  TfvRecordValue      values[5];

  tfv_record_fill_tag_values (record, values);
  values[4] = tfv_record_string (markdown);
  sink->func (values, sink->user_data);
  return TRUE;
}

static gboolean
dump (TfvRun *run, const TfvRecordFilter *filter, TfvRecordFunc func, gpointer user_data, GError **error)
{
  TfvRecordSink sink = { filter, func, user_data };

  return tfv_record_decode_each (run, TFV_RECORD_TEXT, tell, &sink, error);
}

static void
write_sample (TfvSummaryWriter *writer)
{
  const char *const cells[] = { "a|b", "1", "c", "" };

  tfv_summary_writer_add_text (writer, "sample/note", "**Grüße**", 3);
  tfv_summary_writer_add_text_table (writer, "sample/table", 2, 2, cells, 4);
}

static const char *const columns[] = { TFV_RECORD_TAG_COLUMNS, "text", NULL };

const TfvRecordClass tfv_record_text = {
  .kind = TFV_RECORD_TEXT,
  .name = "text",
  .plugin = PLUGIN,
  .columns = columns,
  .dump = dump,
  .write_sample = write_sample,
  .sample = ".,sample/note,3,*,**Grüße**\n"
            ".,sample/table,4,*,|  |  |\n"
            "|---|---|\n"
            "| a\\|b | 1 |\n"
            "| c |  |\n"
            "\n",
};
