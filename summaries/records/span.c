/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-record-class-private.h"
#include "summaries/tfv-summary-writer-private.h"

extern const TfvRecordClass tfv_record_span;

/**
 * tfv_summary_writer_intern:
 * @self: a writer
 * @kind: what the string names
 * @string: the string, UTF-8
 * @parent: for a lane, the id of its device; for others 0
 *
 * Gives a number for a string that spans name again and again. The same string,
 * kind and parent give the same number for as long as the writer lives. Takes a
 * lock: keep the number. Any thread.
 *
 * Returns: the number, never 0
 */
guint32
tfv_summary_writer_intern (TfvSummaryWriter *self, TfvStringKind kind, const char *string, guint32 parent)
{
  g_return_val_if_fail (self != NULL && string != NULL, 0);

  /* In a forked child the lock may be held by a thread that is not there. */
  if (self->process_epoch != tfv_process_epoch)
    return 1;

  return tfv_summary_writer_add_string (self, kind, string, parent, NULL);
}

/**
 * tfv_summary_writer_add_span:
 * @self: a writer
 * @span: what took time; its times are of `CLOCK_MONOTONIC`, its name not 0, and
 *   its ids from [method@Tfv.SummaryWriter.intern]
 *
 * Logs a span. Takes some 10 ns, no lock and no memory. When the thread logs
 * faster than can be written, the span is dropped and counted. Any thread.
 */
void
tfv_summary_writer_add_span (TfvSummaryWriter *self, const TfvSpan *span)
{
  TfvProducer     *producer;
  TfvEventSpanRow *row;

  g_return_if_fail (self != NULL && span != NULL && span->name != 0);

  producer = tfv_summary_writer_get_producer (self);
  if (G_UNLIKELY (producer == NULL))
    {
      tfv_summary_writer_count_late (self, &self->region->header->n_late_spans);
      return;
    }
  row = tfv_producer_reserve (producer, &producer->spans);
  if (G_UNLIKELY (row == NULL))
    return;

  *row = *span;
  tfv_ring_inlet_commit (&producer->spans, sizeof *row);
  tfv_summary_writer_kick_if_asleep (self);
}

static gboolean
dump (TfvRun *run, const TfvRecordFilter *filter, TfvRecordFunc func, gpointer user_data, GError **error)
{
  g_autoptr (TfvSpanTable) spans = tfv_run_dup_spans (run);
  gsize                    n_spans = tfv_span_table_get_n_spans (spans);

  for (gsize i = 0; i < n_spans; i++)
    {
      TfvSpan        span;
      const char    *device;
      const char    *lane;
      TfvRecordValue values[9];

      tfv_span_table_get_span (spans, i, &span);
      lane = tfv_record_get_lane (spans, span.lane, &device);
      values[0] = tfv_record_string (tfv_run_get_name (run));
      values[1] = tfv_record_string (device);
      values[2] = tfv_record_string (lane);
      values[3] = tfv_record_string (tfv_record_get_string (spans, span.name));
      values[4] = tfv_record_string (tfv_record_get_string (spans, span.category));
      values[5] = tfv_record_integer (span.start_ns);
      values[6] = tfv_record_integer (span.duration_ns);
      values[7] = tfv_record_integer (span.step);
      values[8] = tfv_record_string (tfv_record_get_string (spans, span.op));

      if (filter->tags == NULL || g_pattern_spec_match_string (filter->tags, values[3].string))
        func (values, user_data);
    }

  return TRUE;
}

static void
write_sample (TfvSummaryWriter *writer)
{
  guint32 device = tfv_summary_writer_intern (writer, TFV_STRING_DEVICE, "/device:CPU:0", 0);
  TfvSpan span = {
    .start_ns = 1000,
    .duration_ns = 250,
    .step = 7,
    .name = tfv_summary_writer_intern (writer, TFV_STRING_NAME, "MatMul", 0),
    .lane = tfv_summary_writer_intern (writer, TFV_STRING_LANE, "worker 1", device),
    .op = tfv_summary_writer_intern (writer, TFV_STRING_OPERATION, "layer/MatMul", 0),
    .category = tfv_summary_writer_intern (writer, TFV_STRING_CATEGORY, "op", 0),
  };

  tfv_summary_writer_add_span (writer, &span);
}

static const char *const columns[] = { "run", "device", "lane", "name", "category", "start_ns", "duration_ns", "step", "op", NULL };

const TfvRecordClass tfv_record_span = {
  .kind = TFV_RECORD_SPAN,
  .name = "span",
  .plugin = NULL,
  .columns = columns,
  .dump = dump,
  .write_sample = write_sample,
  .sample = ".,/device:CPU:0,worker 1,MatMul,op,1000,250,7,layer/MatMul\n",
};
