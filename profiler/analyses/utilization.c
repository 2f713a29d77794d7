/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "profiler/tfv-analysis.h"
#include "profiler/tfv-interval-set-private.h"

/* How much of the time was each device, and each lane of it, busy? Busy is the
 * union of the spans, so that nested and overlapping spans count once; the
 * time is that of the whole trace. */

enum
{
  COLUMN_DEVICE,
  COLUMN_LANE,
  COLUMN_SPANS,
  COLUMN_BUSY_NS,
  COLUMN_IDLE_NS,
  COLUMN_BUSY_SHARE,
  N_COLUMNS,
};

static const TfvColumn columns[N_COLUMNS] = {
  [COLUMN_DEVICE] = { "device", TFV_COLUMN_STRING, "the device" },
  [COLUMN_LANE] = { "lane", TFV_COLUMN_STRING, "the lane; empty in the row of the whole device" },
  [COLUMN_SPANS] = { "spans", TFV_COLUMN_INTEGER, "number of spans" },
  [COLUMN_BUSY_NS] = { "busy_ns", TFV_COLUMN_DURATION_NS, "time that at least one span covers" },
  [COLUMN_IDLE_NS] = { "idle_ns", TFV_COLUMN_DURATION_NS, "time of the trace that no span covers" },
  [COLUMN_BUSY_SHARE] = { "busy_share", TFV_COLUMN_SHARE, "busy time's part of the trace's time" },
};

static void
add_row (TfvTable *table, const char *device, const char *lane, gsize n_spans, gint64 busy_ns, gint64 time_ns)
{
  guint row = tfv_table_add_row (table);

  tfv_table_set_string (table, row, COLUMN_DEVICE, device);
  tfv_table_set_string (table, row, COLUMN_LANE, lane);
  tfv_table_set_integer (table, row, COLUMN_SPANS, (gint64) n_spans);
  tfv_table_set_integer (table, row, COLUMN_BUSY_NS, busy_ns);
  tfv_table_set_integer (table, row, COLUMN_IDLE_NS, time_ns - busy_ns);
  tfv_table_set_double (table, row, COLUMN_BUSY_SHARE, time_ns > 0 ? (double) busy_ns / (double) time_ns : 0);
}

static gint64
busy_ns (const TfvTraceLane *lanes, guint n_lanes)
{
  g_autoptr (TfvIntervalSet) set = tfv_interval_set_new ();

  for (guint i = 0; i < n_lanes; i++)
    tfv_interval_set_add_spans (set, lanes[i].spans, lanes[i].n_spans);
  return tfv_interval_set_get_total_ns (set);
}

static void
compute (TfvTrace *trace, TfvTable *table)
{
  guint                 n_devices;
  guint                 n_lanes;
  const TfvTraceDevice *devices = tfv_trace_get_devices (trace, &n_devices);
  const TfvTraceLane   *lanes = tfv_trace_get_lanes (trace, &n_lanes);
  gint64                start_ns;
  gint64                end_ns;

  tfv_trace_get_time_range (trace, &start_ns, &end_ns);
  for (guint i = 0; i < n_devices; i++)
    {
      const TfvTraceLane *first = lanes + devices[i].first_lane;

      add_row (table, devices[i].name, "", devices[i].n_spans, busy_ns (first, devices[i].n_lanes), end_ns - start_ns);
      for (guint j = 0; j < devices[i].n_lanes; j++)
        add_row (table, devices[i].name, first[j].name, first[j].n_spans, busy_ns (&first[j], 1), end_ns - start_ns);
    }
}

const TfvAnalysis tfv_analysis_utilization = {
  .name = "utilization",
  .title = "Busy time by device and lane",
  .columns = columns,
  .n_columns = N_COLUMNS,
  .compute = compute,
};
