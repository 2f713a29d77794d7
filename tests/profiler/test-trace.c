/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "profiler/tfv-analysis.h"
#include "profiler/tfv-trace.h"

static void
append (TfvSpanTable *table, guint32 lane, const char *name, gint64 start_ns, gint64 duration_ns)
{
  TfvSpan span = { .start_ns = start_ns, .duration_ns = duration_ns, .step = -1, .lane = lane };

  span.name = tfv_span_table_intern (table, TFV_STRING_NAME, name, 0);
  tfv_span_table_append (table, &span);
}

static void
test_empty (void)
{
  g_autoptr (TfvSpanTable) table = tfv_span_table_new ();
  g_autoptr (TfvTrace)     trace = tfv_trace_new_for_spans (table);
  gint64                   start_ns = 1;
  gint64                   end_ns = 1;
  guint                    n = 1;

  tfv_trace_get_devices (trace, &n);
  g_assert_cmpuint (n, ==, 0);
  tfv_trace_get_lanes (trace, &n);
  g_assert_cmpuint (n, ==, 0);
  g_assert_false (tfv_trace_get_time_range (trace, &start_ns, &end_ns));
  g_assert_cmpint (start_ns, ==, 0);
  g_assert_cmpint (end_ns, ==, 0);
}

static void
test_groups (void)
{
  g_autoptr (TfvSpanTable) table = tfv_span_table_new ();
  g_autoptr (TfvTrace)     trace = NULL;
  guint32                  gpu10 = tfv_span_table_intern (table, TFV_STRING_DEVICE, "GPU:10", 0);
  guint32                  gpu2 = tfv_span_table_intern (table, TFV_STRING_DEVICE, "GPU:2", 0);
  guint32                  stream10 = tfv_span_table_intern (table, TFV_STRING_LANE, "stream 10", gpu2);
  guint32                  stream9 = tfv_span_table_intern (table, TFV_STRING_LANE, "stream 9", gpu2);
  guint32                  other = tfv_span_table_intern (table, TFV_STRING_LANE, "stream 9", gpu10);
  const TfvTraceDevice    *devices;
  const TfvTraceLane      *lanes;
  guint                    n_devices;
  guint                    n_lanes;
  gint64                   start_ns;
  gint64                   end_ns;

  append (table, other, "c", 700, 10);
  append (table, stream10, "a", 500, 300);
  append (table, stream9, "b", 100, 50);
  append (table, stream10, "a", 400, 20);

  trace = tfv_trace_new_for_spans (table);
  devices = tfv_trace_get_devices (trace, &n_devices);
  lanes = tfv_trace_get_lanes (trace, &n_lanes);
  g_assert_cmpuint (n_devices, ==, 2);
  g_assert_cmpuint (n_lanes, ==, 3);
  g_assert_cmpuint (tfv_trace_get_n_spans (trace), ==, 4);

  g_assert_cmpstr (devices[0].name, ==, "GPU:2");
  g_assert_cmpuint (devices[0].n_lanes, ==, 2);
  g_assert_cmpuint (devices[0].n_spans, ==, 3);
  g_assert_cmpint (devices[0].start_ns, ==, 100);
  g_assert_cmpint (devices[0].end_ns, ==, 800);
  g_assert_cmpstr (devices[1].name, ==, "GPU:10");
  g_assert_cmpuint (devices[1].first_lane, ==, 2);

  g_assert_cmpstr (lanes[0].name, ==, "stream 9");
  g_assert_cmpstr (lanes[1].name, ==, "stream 10");
  g_assert_cmpuint (lanes[1].n_spans, ==, 2);
  g_assert_cmpint (lanes[1].spans[0].start_ns, ==, 400);
  g_assert_cmpint (lanes[1].spans[1].start_ns, ==, 500);
  g_assert_cmpuint (lanes[2].device, ==, 1);
  g_assert_cmpstr (tfv_trace_get_string (trace, lanes[2].spans[0].name), ==, "c");

  g_assert_true (tfv_trace_get_time_range (trace, &start_ns, &end_ns));
  g_assert_cmpint (start_ns, ==, 100);
  g_assert_cmpint (end_ns, ==, 800);
}

static void
test_parents_first (void)
{
  g_autoptr (TfvSpanTable) table = tfv_span_table_new ();
  g_autoptr (TfvTrace)     trace = NULL;
  guint32                  device = tfv_span_table_intern (table, TFV_STRING_DEVICE, "CPU:0", 0);
  guint32                  lane = tfv_span_table_intern (table, TFV_STRING_LANE, "main", device);
  const TfvTraceLane      *lanes;
  guint                    n_lanes;

  /* Written as they end: the innermost first. */
  append (table, lane, "inner", 10, 5);
  append (table, lane, "middle", 10, 20);
  append (table, lane, "outer", 10, 100);

  trace = tfv_trace_new_for_spans (table);
  lanes = tfv_trace_get_lanes (trace, &n_lanes);
  g_assert_cmpuint (n_lanes, ==, 1);
  g_assert_cmpstr (tfv_trace_get_string (trace, lanes[0].spans[0].name), ==, "outer");
  g_assert_cmpstr (tfv_trace_get_string (trace, lanes[0].spans[1].name), ==, "middle");
  g_assert_cmpstr (tfv_trace_get_string (trace, lanes[0].spans[2].name), ==, "inner");
}

static void
test_damaged (void)
{
  g_autoptr (TfvSpanTable) table = tfv_span_table_new ();
  g_autoptr (TfvTrace)     trace = NULL;
  guint32                  not_a_lane = tfv_span_table_intern (table, TFV_STRING_NAME, "op", 0);
  const TfvTraceLane      *lanes;
  guint                    n_lanes;
  guint                    n_devices;
  gint64                   start_ns;
  gint64                   end_ns;

  append (table, 4000000000u, "never named", G_MAXINT64 - 3, 100);
  append (table, not_a_lane, "a name for a lane", 50, -70);
  append (table, 4000000000u, "never named", G_MININT64, G_MAXINT64);

  trace = tfv_trace_new_for_spans (table);
  lanes = tfv_trace_get_lanes (trace, &n_lanes);
  g_assert_cmpuint (n_lanes, ==, 2);
  for (guint i = 0; i < n_lanes; i++)
    {
      g_assert_cmpstr (lanes[i].name, ==, "");
      g_assert_cmpint (lanes[i].end_ns, ==, lanes[i].id == not_a_lane ? 50 : G_MAXINT64 / 2);
    }
  g_assert_true (tfv_trace_get_time_range (trace, &start_ns, &end_ns));
  g_assert_cmpint (end_ns - start_ns, ==, G_MAXINT64 - 1);
  for (const TfvAnalysis *const *analysis = tfv_analysis_get_all (NULL); *analysis != NULL; analysis++)
    {
      g_autoptr (TfvTable) table_of_it = tfv_analysis_run (*analysis, trace);

      g_assert_cmpuint (tfv_table_get_n_rows (table_of_it), >, 0);
    }
  g_assert_cmpstr (tfv_trace_get_devices (trace, &n_devices)[0].name, ==, "");
  g_assert_cmpuint (n_devices, ==, 1);
}

static void
test_immutable (void)
{
  g_autoptr (TfvSpanTable) table = tfv_span_table_new ();
  g_autoptr (TfvTrace)     before = NULL;
  g_autoptr (TfvTrace)     after = NULL;
  guint32                  lane = tfv_span_table_intern (table, TFV_STRING_LANE, "main", 0);
  guint                    n_lanes;

  append (table, lane, "first", 1, 1);
  before = tfv_trace_new_for_spans (table);
  append (table, lane, "second", 2, 1);
  after = tfv_trace_new_for_spans (table);
  g_assert_cmpuint (tfv_trace_get_n_spans (before), ==, 1);
  g_assert_cmpuint (tfv_trace_get_n_spans (after), ==, 2);
  g_assert_cmpuint (tfv_trace_get_lanes (before, &n_lanes)[0].n_spans, ==, 1);
  g_assert_cmpuint (tfv_trace_get_lanes (after, &n_lanes)[0].n_spans, ==, 2);
  g_assert_cmpint (tfv_trace_get_lanes (before, &n_lanes)[0].spans[0].start_ns, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/profiler/trace/is-empty-without-spans", test_empty);
  g_test_add_func ("/profiler/trace/groups-spans-by-device-and-lane", test_groups);
  g_test_add_func ("/profiler/trace/puts-parents-before-what-they-hold", test_parents_first);
  g_test_add_func ("/profiler/trace/keeps-spans-of-unnamed-lanes", test_damaged);
  g_test_add_func ("/profiler/trace/does-not-change-when-spans-come", test_immutable);
  return g_test_run ();
}
