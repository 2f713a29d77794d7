/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "profiler/tfv-analysis.h"

static void
append (TfvSpanTable *table, const char *device, const char *lane, const char *name, gint64 start_ns, gint64 duration_ns)
{
  TfvSpan span = { .start_ns = start_ns, .duration_ns = duration_ns, .step = -1 };
  guint32 device_id = tfv_span_table_intern (table, TFV_STRING_DEVICE, device, 0);

  span.name = tfv_span_table_intern (table, TFV_STRING_NAME, name, 0);
  span.lane = tfv_span_table_intern (table, TFV_STRING_LANE, lane, device_id);
  tfv_span_table_append (table, &span);
}

static guint
find_column (TfvTable *table, const char *name)
{
  guint            n_columns;
  const TfvColumn *columns = tfv_table_get_columns (table, &n_columns);

  for (guint i = 0; i < n_columns; i++)
    if (g_str_equal (columns[i].name, name))
      return i;
  g_error ("no column %s", name);
}

static gint64
get_integer (TfvTable *table, guint row, const char *column)
{
  return tfv_table_get_integer (table, row, find_column (table, column));
}

static double
get_double (TfvTable *table, guint row, const char *column)
{
  return tfv_table_get_double (table, row, find_column (table, column));
}

static const char *
get_string (TfvTable *table, guint row, const char *column)
{
  return tfv_table_get_string (table, row, find_column (table, column));
}

static TfvTable *
run (const char *analysis, TfvSpanTable *spans)
{
  g_autoptr (TfvTrace) trace = tfv_trace_new_for_spans (spans);

  return tfv_analysis_run (tfv_analysis_find (analysis), trace);
}

/* The numbers beside it are numpy's: mean, percentile 50 and 95, std with ddof=1. */
static void
test_op_stats (void)
{
  g_autoptr (TfvSpanTable) spans = tfv_span_table_new ();
  g_autoptr (TfvTable)     table = NULL;
  static const gint64      durations_ns[] = { 10, 30, 20, 100, 40 };

  for (guint i = 0; i < G_N_ELEMENTS (durations_ns); i++)
    append (spans, "CPU:0", i % 2 ? "a" : "b", "MatMul", 1000 * i, durations_ns[i]);
  append (spans, "GPU:0", "a", "MatMul", 0, 7);
  append (spans, "CPU:0", "a", "Add", 9000, 200);

  table = run ("op-stats", spans);
  g_assert_cmpuint (tfv_table_get_n_rows (table), ==, 3);

  /* of the same total, by name */
  g_assert_cmpstr (get_string (table, 0, "name"), ==, "Add");
  g_assert_cmpfloat (get_double (table, 0, "sigma_ns"), ==, 0);

  g_assert_cmpstr (get_string (table, 1, "name"), ==, "MatMul");
  g_assert_cmpstr (get_string (table, 1, "device"), ==, "CPU:0");
  g_assert_cmpint (get_integer (table, 1, "count"), ==, 5);
  g_assert_cmpint (get_integer (table, 1, "total_ns"), ==, 200);
  g_assert_cmpfloat (get_double (table, 1, "mean_ns"), ==, 40);
  g_assert_cmpfloat (get_double (table, 1, "p50_ns"), ==, 30);
  g_assert_cmpfloat_with_epsilon (get_double (table, 1, "p95_ns"), 88, 1e-9);
  g_assert_cmpfloat_with_epsilon (get_double (table, 1, "sigma_ns"), 35.35533905932738, 1e-9);

  g_assert_cmpstr (get_string (table, 2, "device"), ==, "GPU:0");
  g_assert_cmpint (get_integer (table, 2, "total_ns"), ==, 7);
}

static void
test_utilization (void)
{
  g_autoptr (TfvSpanTable) spans = tfv_span_table_new ();
  g_autoptr (TfvTable)     table = NULL;

  append (spans, "CPU:0", "a", "outer", 0, 400);
  append (spans, "CPU:0", "a", "inner", 100, 100);
  append (spans, "CPU:0", "b", "other", 300, 200);
  append (spans, "GPU:0", "s", "kernel", 900, 100);

  table = run ("utilization", spans);
  g_assert_cmpuint (tfv_table_get_n_rows (table), ==, 5);
  g_assert_cmpstr (get_string (table, 0, "device"), ==, "CPU:0");
  g_assert_cmpstr (get_string (table, 0, "lane"), ==, "");
  g_assert_cmpint (get_integer (table, 0, "spans"), ==, 3);
  g_assert_cmpint (get_integer (table, 0, "busy_ns"), ==, 500);
  g_assert_cmpint (get_integer (table, 0, "idle_ns"), ==, 500);
  g_assert_cmpfloat (get_double (table, 0, "busy_share"), ==, 0.5);
  g_assert_cmpstr (get_string (table, 1, "lane"), ==, "a");
  g_assert_cmpint (get_integer (table, 1, "busy_ns"), ==, 400);
  g_assert_cmpint (get_integer (table, 2, "busy_ns"), ==, 200);
  g_assert_cmpfloat (get_double (table, 4, "busy_share"), ==, 0.1);
}

static void
test_empty_trace (void)
{
  g_autoptr (TfvSpanTable)  spans = tfv_span_table_new ();
  guint                     n;
  const TfvAnalysis *const *all = tfv_analysis_get_all (&n);

  g_assert_cmpuint (n, >=, 2);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (TfvTable) table = run (all[i]->name, spans);

      g_assert_cmpuint (tfv_table_get_n_rows (table), ==, 0);
    }
}

static void
test_descriptions (void)
{
  guint                     n;
  const TfvAnalysis *const *all = tfv_analysis_get_all (&n);

  for (guint i = 0; i < n; i++)
    {
      g_assert_true (tfv_analysis_find (all[i]->name) == all[i]);
      g_assert_cmpstr (all[i]->title, !=, NULL);
      for (guint j = 0; j < all[i]->n_columns; j++)
        {
          const TfvColumn *column = &all[i]->columns[j];

          g_assert_cmpstr (column->description, !=, NULL);
          for (const char *c = column->name; *c; c++)
            g_assert_true (g_ascii_islower (*c) || g_ascii_isdigit (*c) || *c == '_');
          if (column->type == TFV_COLUMN_DURATION_NS)
            g_assert_true (g_str_has_suffix (column->name, "_ns"));
        }
    }
  g_assert_null (tfv_analysis_find ("no such question"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/profiler/analysis/op-stats-agree-with-numpy", test_op_stats);
  g_test_add_func ("/profiler/analysis/utilization-counts-overlaps-once", test_utilization);
  g_test_add_func ("/profiler/analysis/each-gives-no-rows-for-no-spans", test_empty_trace);
  g_test_add_func ("/profiler/analysis/each-is-described", test_descriptions);
  return g_test_run ();
}
