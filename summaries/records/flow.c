/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-moment-private.h"
#include "summaries/tfv-record-class-private.h"

extern const TfvRecordClass tfv_record_flow;

static const GEnumValue phases[] = {
  { TFV_FLOW_START, "TFV_FLOW_START", "start" },
  { TFV_FLOW_STEP, "TFV_FLOW_STEP", "step" },
  { TFV_FLOW_END, "TFV_FLOW_END", "end" },
  { 0, NULL, NULL },
};

GType
tfv_flow_phase_get_type (void)
{
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("TfvFlowPhase", phases));

  return type;
}

/**
 * tfv_summary_writer_add_flow:
 * @self: a writer
 * @flow: a point of a flow; its time is of `CLOCK_MONOTONIC`, its name not 0, and
 *   its ids from [method@Tfv.SummaryWriter.intern]
 *
 * Logs where a flow starts, passes or ends. Takes some 10 ns, no lock and no
 * memory. When the thread logs faster than can be written, the point is dropped
 * and counted. Any thread; a flow's points may be of several.
 */
void
tfv_summary_writer_add_flow (TfvSummaryWriter *self, const TfvFlow *flow)
{
  TfvMoment *row;

  g_return_if_fail (self != NULL && flow != NULL && flow->name != 0);
  g_return_if_fail (flow->phase >= TFV_FLOW_START && flow->phase <= TFV_FLOW_END);

  row = tfv_summary_writer_reserve_moment (self);
  if (row == NULL)
    return;

  row->kind = TFV_RECORD_FLOW;
  row->flow = (TfvEventFlowRow){
    .time_ns = flow->time_ns,
    .flow = flow->flow,
    .step = flow->step,
    .name = flow->name,
    .lane = flow->lane,
    .category = flow->category,
    .phase = (guint16) flow->phase,
    .flags = TFV_EVENT_ROW_VALID | (flow->binds_next ? TFV_EVENT_FLOW_BINDS_NEXT : 0),
  };
  tfv_summary_writer_commit_moment (self);
}

static gboolean
dump (TfvRun *run, const TfvRecordFilter *filter, TfvRecordFunc func, gpointer user_data, GError **error)
{
  g_autoptr (TfvSpanTable) spans = tfv_run_dup_spans (run);
  gsize                    n_flows = tfv_span_table_get_n_flows (spans);

  for (gsize i = 0; i < n_flows; i++)
    {
      TfvFlow        flow;
      const char    *lane, *device;
      char           number[24];
      TfvRecordValue values[10];

      tfv_span_table_get_flow (spans, i, &flow);
      lane = tfv_record_get_lane (spans, flow.lane, &device);
      /* A string: readers of JSON take large numbers for doubles. */
      g_snprintf (number, sizeof number, "%" G_GUINT64_FORMAT, flow.flow);
      values[0] = tfv_record_string (tfv_run_get_name (run));
      values[1] = tfv_record_string (device);
      values[2] = tfv_record_string (lane);
      values[3] = tfv_record_string (tfv_record_get_string (spans, flow.name));
      values[4] = tfv_record_string (tfv_record_get_string (spans, flow.category));
      values[5] = tfv_record_string (number);
      values[6] = tfv_record_string (phases[flow.phase - TFV_FLOW_START].value_nick);
      values[7] = tfv_record_string (flow.binds_next ? "next" : "enclosing");
      values[8] = tfv_record_integer (flow.time_ns);
      values[9] = tfv_record_integer (flow.step);

      if (filter->tags == NULL || g_pattern_spec_match_string (filter->tags, values[3].string))
        func (values, user_data);
    }

  return TRUE;
}

/* From a launch on the processor to the kernel. */
static void
write_sample (TfvSummaryWriter *writer)
{
  guint32 cpu = tfv_summary_writer_intern (writer, TFV_STRING_DEVICE, "/device:CPU:0", 0);
  guint32 gpu = tfv_summary_writer_intern (writer, TFV_STRING_DEVICE, "/device:GPU:0", 0);
  TfvFlow flow = {
    .time_ns = 1000,
    .flow = G_MAXUINT64,
    .step = 7,
    .name = tfv_summary_writer_intern (writer, TFV_STRING_NAME, "launch", 0),
    .lane = tfv_summary_writer_intern (writer, TFV_STRING_LANE, "worker 1", cpu),
    .category = tfv_summary_writer_intern (writer, TFV_STRING_CATEGORY, "ac2g", 0),
    .phase = TFV_FLOW_START,
  };

  tfv_summary_writer_add_flow (writer, &flow);
  flow.time_ns = 1200;
  flow.phase = TFV_FLOW_STEP;
  tfv_summary_writer_add_flow (writer, &flow);
  flow.time_ns = 1500;
  flow.lane = tfv_summary_writer_intern (writer, TFV_STRING_LANE, "stream 7", gpu);
  flow.phase = TFV_FLOW_END;
  flow.binds_next = TRUE;
  tfv_summary_writer_add_flow (writer, &flow);
}

static const char *const columns[] = { "run", "device", "lane", "name", "category", "flow", "phase", "binds", "time_ns", "step", NULL };

const TfvRecordClass tfv_record_flow = {
  .kind = TFV_RECORD_FLOW,
  .name = "flow",
  .plugin = NULL,
  .columns = columns,
  .dump = dump,
  .write_sample = write_sample,
  .sample = ".,/device:CPU:0,worker 1,launch,ac2g,18446744073709551615,start,enclosing,1000,7\n"
            ".,/device:CPU:0,worker 1,launch,ac2g,18446744073709551615,step,enclosing,1200,7\n"
            ".,/device:GPU:0,stream 7,launch,ac2g,18446744073709551615,end,next,1500,7\n",
};
