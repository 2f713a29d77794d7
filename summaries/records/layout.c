/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-json-text-private.h"
#include "summaries/tfv-record-class-private.h"
#include "summaries/tfv-scalars-layout-private.h"
#include "summaries/tfv-summary-payload-private.h"

extern const TfvRecordClass tfv_record_layout;

#define PLUGIN "custom_scalars"
#define LAYOUT_TAG "custom_scalars__config__"
#define TENSOR_STRING_VAL 8

/**
 * tfv_summary_writer_add_layout:
 * @self: a writer
 * @layout: the layout
 *
 * States which scalars are to be shown together. Any thread.
 */
void
tfv_summary_writer_add_layout (TfvSummaryWriter *self, TfvScalarsLayout *layout)
{
  GByteArray *tensor;

  g_return_if_fail (TFV_IS_SUMMARY_WRITER (self) && layout != NULL);

  tensor = tfv_message_new_tensor (DT_STRING, 0, NULL);
  tfv_message_add_message (tensor, TENSOR_STRING_VAL, tfv_scalars_layout_encode (layout));
  tfv_summary_writer_add_value (self, TFV_RECORD_LAYOUT, LAYOUT_TAG, 0, tfv_summary_value_new (LAYOUT_TAG, TFV_VALUE_TENSOR, tensor, PLUGIN, NULL));
}

/* A row for each chart. */
static gboolean
tell (const TfvStoredRecord *record, const TfvRecordSink *sink, GError **error)
{
  g_autoptr (TfvScalarsLayout) layout = tfv_scalars_layout_decode (record->bytes, error);
  TfvRecordValue               values[8];

  if (layout == NULL)
    return FALSE;

  tfv_record_fill_tag_values (record, values);
  for (guint i = 0; i < layout->charts->len; i++)
    {
      const TfvLayoutChart *chart = layout->charts->pdata[i];
      g_autoptr (GString)   tags = g_string_new ("[");

      for (guint k = 0; chart->tags[k] != NULL; k++)
        {
          if (k > 0)
            g_string_append_c (tags, ',');
          tfv_json_append_string (tags, chart->tags[k]);
        }
      g_string_append_c (tags, ']');
      values[4] = tfv_record_string (chart->category);
      values[5] = tfv_record_string (chart->title);
      values[6] = tfv_record_string (chart->is_margin ? "margin" : "lines");
      values[7] = tfv_record_string (tags->str);
      sink->func (values, sink->user_data);
    }
  return TRUE;
}

static gboolean
dump (TfvRun *run, const TfvRecordFilter *filter, TfvRecordFunc func, gpointer user_data, GError **error)
{
  TfvRecordSink sink = { filter, func, user_data };

  return tfv_record_decode_each (run, TFV_RECORD_LAYOUT, tell, &sink, error);
}

static void
write_sample (TfvSummaryWriter *writer)
{
  g_autoptr (TfvScalarsLayout) layout = tfv_scalars_layout_new ();
  const char *const            lines[] = { "loss/.*", "loss", NULL };
  const char *const            margin[] = { "mean", "low", "high", NULL };

  tfv_scalars_layout_add_chart (layout, "losses", "all", FALSE, lines);
  tfv_scalars_layout_add_chart (layout, "losses", "bounds", TRUE, margin);
  tfv_scalars_layout_add_chart (layout, "other", "none", FALSE, lines + 2);
  tfv_summary_writer_add_layout (writer, layout);
}

static const char *const columns[] = { TFV_RECORD_TAG_COLUMNS, "category", "title", "type", "tags", NULL };

const TfvRecordClass tfv_record_layout = {
  .kind = TFV_RECORD_LAYOUT,
  .name = "layout",
  .plugin = PLUGIN,
  .columns = columns,
  .dump = dump,
  .write_sample = write_sample,
  .sample = ".," LAYOUT_TAG ",0,*,losses,all,lines,[\"loss/.*\",\"loss\"]\n"
            ".," LAYOUT_TAG ",0,*,losses,bounds,margin,[\"mean\",\"low\",\"high\"]\n"
            ".," LAYOUT_TAG ",0,*,other,none,lines,[]\n",
};
