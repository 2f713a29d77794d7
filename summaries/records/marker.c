/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-moment-private.h"
#include "summaries/tfv-record-class-private.h"

extern const TfvRecordClass tfv_record_marker;

static const GEnumValue scopes[] = {
  { TFV_MARKER_LANE, "TFV_MARKER_LANE", "lane" },
  { TFV_MARKER_DEVICE, "TFV_MARKER_DEVICE", "device" },
  { TFV_MARKER_GLOBAL, "TFV_MARKER_GLOBAL", "global" },
  { 0, NULL, NULL },
};

GType
tfv_marker_scope_get_type (void)
{
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("TfvMarkerScope", scopes));

  return type;
}

/**
 * tfv_summary_writer_add_marker:
 * @self: a writer
 * @marker: a moment; its time is of `CLOCK_MONOTONIC`, its name not 0, and its
 *   ids from [method@Tfv.SummaryWriter.intern]
 *
 * Logs a moment. Takes some 10 ns, no lock and no memory. When the thread logs
 * faster than can be written, the marker is dropped and counted. Any thread.
 */
void
tfv_summary_writer_add_marker (TfvSummaryWriter *self, const TfvMarker *marker)
{
  TfvMoment *row;

  g_return_if_fail (self != NULL && marker != NULL && marker->name != 0);
  g_return_if_fail (marker->scope >= TFV_MARKER_LANE && marker->scope <= TFV_MARKER_GLOBAL);

  row = tfv_summary_writer_reserve_moment (self);
  if (row == NULL)
    return;

  row->kind = TFV_RECORD_MARKER;
  row->marker = (TfvEventMarkerRow){
    .time_ns = marker->time_ns,
    .step = marker->step,
    .name = marker->name,
    .lane = marker->lane,
    .op = marker->op,
    .category = marker->category,
    .correlation = marker->correlation,
    .scope = (guint16) marker->scope,
    .flags = TFV_EVENT_ROW_VALID,
  };
  tfv_summary_writer_commit_moment (self);
}

static gboolean
dump (TfvRun *run, const TfvRecordFilter *filter, TfvRecordFunc func, gpointer user_data, GError **error)
{
  g_autoptr (TfvSpanTable) spans = tfv_run_dup_spans (run);
  gsize                    n_markers = tfv_span_table_get_n_markers (spans);

  for (gsize i = 0; i < n_markers; i++)
    {
      TfvMarker      marker;
      const char    *lane, *device;
      TfvRecordValue values[10];

      tfv_span_table_get_marker (spans, i, &marker);
      lane = tfv_record_get_lane (spans, marker.lane, &device);
      values[0] = tfv_record_string (tfv_run_get_name (run));
      values[1] = tfv_record_string (device);
      values[2] = tfv_record_string (lane);
      values[3] = tfv_record_string (tfv_record_get_string (spans, marker.name));
      values[4] = tfv_record_string (tfv_record_get_string (spans, marker.category));
      values[5] = tfv_record_string (scopes[marker.scope - TFV_MARKER_LANE].value_nick);
      values[6] = tfv_record_integer (marker.time_ns);
      values[7] = tfv_record_integer (marker.step);
      values[8] = tfv_record_string (tfv_record_get_string (spans, marker.op));
      values[9] = tfv_record_integer (marker.correlation);

      if (filter->tags == NULL || g_pattern_spec_match_string (filter->tags, values[3].string))
        func (values, user_data);
    }

  return TRUE;
}

static void
write_sample (TfvSummaryWriter *writer)
{
  guint32   device = tfv_summary_writer_intern (writer, TFV_STRING_DEVICE, "/device:GPU:0", 0);
  TfvMarker recorded = {
    .time_ns = 1000,
    .step = 7,
    .name = tfv_summary_writer_intern (writer, TFV_STRING_NAME, "event recorded", 0),
    .lane = tfv_summary_writer_intern (writer, TFV_STRING_LANE, "stream 7", device),
    .op = tfv_summary_writer_intern (writer, TFV_STRING_OPERATION, "layer/MatMul", 0),
    .category = tfv_summary_writer_intern (writer, TFV_STRING_CATEGORY, "cuda_event", 0),
    .correlation = 42,
    .scope = TFV_MARKER_LANE,
  };
  TfvMarker epoch = {
    .time_ns = 2000,
    .step = -1,
    .name = tfv_summary_writer_intern (writer, TFV_STRING_NAME, "epoch ends", 0),
    .scope = TFV_MARKER_GLOBAL,
  };

  tfv_summary_writer_add_marker (writer, &recorded);
  tfv_summary_writer_add_marker (writer, &epoch);
}

static const char *const columns[] = { "run", "device", "lane", "name", "category", "scope", "time_ns", "step", "op", "correlation", NULL };

const TfvRecordClass tfv_record_marker = {
  .kind = TFV_RECORD_MARKER,
  .name = "marker",
  .plugin = NULL,
  .columns = columns,
  .dump = dump,
  .write_sample = write_sample,
  .sample = ".,/device:GPU:0,stream 7,event recorded,cuda_event,lane,1000,7,layer/MatMul,42\n"
            ".,,,epoch ends,,global,2000,-1,,0\n",
};
