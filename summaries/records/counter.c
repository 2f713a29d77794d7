/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-moment-private.h"
#include "summaries/tfv-record-class-private.h"

extern const TfvRecordClass tfv_record_counter;

/**
 * tfv_summary_writer_add_counter:
 * @self: a writer
 * @counter: a value; its time is of `CLOCK_MONOTONIC`, its series not 0, and its
 *   ids from [method@Tfv.SummaryWriter.intern]
 *
 * Logs a value of something that is measured again and again. Takes some 10 ns,
 * no lock and no memory. When the thread logs faster than can be written, the
 * value is dropped and counted. Any thread.
 */
void
tfv_summary_writer_add_counter (TfvSummaryWriter *self, const TfvCounter *counter)
{
  TfvMoment *row;

  g_return_if_fail (self != NULL && counter != NULL && counter->series != 0);

  row = tfv_summary_writer_reserve_moment (self);
  if (row == NULL)
    return;

  row->kind = TFV_RECORD_COUNTER;
  row->counter = (TfvEventCounterRow){
    .time_ns = counter->time_ns,
    .value = counter->value,
    .step = counter->step,
    .series = counter->series,
    .lane = counter->lane,
    .unit = counter->unit,
    .flags = TFV_EVENT_ROW_VALID,
  };
  tfv_summary_writer_commit_moment (self);
}

static gboolean
dump (TfvRun *run, const TfvRecordFilter *filter, TfvRecordFunc func, gpointer user_data, GError **error)
{
  g_autoptr (TfvSpanTable) spans = tfv_run_dup_spans (run);
  gsize                    n_counters = tfv_span_table_get_n_counters (spans);

  for (gsize i = 0; i < n_counters; i++)
    {
      TfvCounter     counter;
      guint32        parent = 0;
      const char    *series, *lane, *device;
      TfvRecordValue values[9];

      tfv_span_table_get_counter (spans, i, &counter);
      lane = tfv_record_get_lane (spans, counter.lane, &device);
      series = tfv_span_table_get_string (spans, counter.series, NULL, &parent);
      if (series == NULL)
        series = "";
      values[0] = tfv_record_string (tfv_run_get_name (run));
      values[1] = tfv_record_string (device);
      values[2] = tfv_record_string (lane);
      values[3] = tfv_record_string (parent != 0 ? tfv_record_get_string (spans, parent) : series);
      values[4] = tfv_record_string (parent != 0 ? series : "");
      values[5] = tfv_record_integer (counter.time_ns);
      values[6] = tfv_record_double (counter.value);
      values[7] = tfv_record_string (tfv_record_get_string (spans, counter.unit));
      values[8] = tfv_record_integer (counter.step);

      if (filter->tags == NULL || g_pattern_spec_match_string (filter->tags, values[3].string))
        func (values, user_data);
    }

  return TRUE;
}

/* Two series of one counter of a device, and a counter of a lane. */
static void
write_sample (TfvSummaryWriter *writer)
{
  guint32    device = tfv_summary_writer_intern (writer, TFV_STRING_DEVICE, "/device:GPU:0", 0);
  guint32    memory = tfv_summary_writer_intern (writer, TFV_STRING_COUNTER, "memory", 0);
  TfvCounter used = {
    .time_ns = 1000,
    .value = 4096,
    .step = 7,
    .series = tfv_summary_writer_intern (writer, TFV_STRING_COUNTER, "used", memory),
    .lane = device,
    .unit = tfv_summary_writer_intern (writer, TFV_STRING_UNIT, "By", 0),
  };
  TfvCounter reserved = used;
  TfvCounter load = {
    .time_ns = 1500,
    .value = 0.75,
    .step = -1,
    .series = tfv_summary_writer_intern (writer, TFV_STRING_COUNTER, "load", 0),
    .lane = tfv_summary_writer_intern (writer, TFV_STRING_LANE, "stream 7", device),
  };

  reserved.series = tfv_summary_writer_intern (writer, TFV_STRING_COUNTER, "reserved", memory);
  reserved.value = 8192;
  tfv_summary_writer_add_counter (writer, &used);
  tfv_summary_writer_add_counter (writer, &reserved);
  tfv_summary_writer_add_counter (writer, &load);
}

static const char *const columns[] = { "run", "device", "lane", "counter", "series", "time_ns", "value", "unit", "step", NULL };

const TfvRecordClass tfv_record_counter = {
  .kind = TFV_RECORD_COUNTER,
  .name = "counter",
  .plugin = NULL,
  .columns = columns,
  .dump = dump,
  .write_sample = write_sample,
  .sample = ".,/device:GPU:0,,memory,used,1000,4096,By,7\n"
            ".,/device:GPU:0,,memory,reserved,1000,8192,By,7\n"
            ".,/device:GPU:0,stream 7,load,,1500,0.75,,-1\n",
};
