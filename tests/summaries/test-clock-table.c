/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Spans are told in a clock that never jumps; how it stood to the wall clock is
 * known from moment to moment. */

#include <hdf5.h>

#include "tests/summaries/load-run-private.h"
#include "summaries/tfv-clock-table-private.h"
#include "summaries/tfv-event-segment-private.h"

#define SECOND G_GINT64_CONSTANT (1000000000)
#define BEGIN (1700000000 * SECOND)

static gint64
find (TfvClockTable *table, gint64 time_ns)
{
  gint64 offset_ns = 0;

  g_assert_true (tfv_clock_table_find_offset (table, time_ns, &offset_ns));
  return offset_ns;
}

static void
test_the_nearest_moment_counts (void)
{
  g_autoptr (TfvClockTable) table = tfv_clock_table_new ();
  gint64                    offset_ns;

  g_assert_false (tfv_clock_table_find_offset (table, 0, &offset_ns));
  /* For 1000 s the clocks keep their distance, but for some noise; then the wall
   * clock is set back by an hour. */
  for (gint64 second = 0; second < 2000; second++)
    tfv_clock_table_add (table, second * SECOND, second * SECOND + BEGIN + second % 3 * 100 - (second >= 1000 ? 3600 * SECOND : 0));

  g_assert_cmpint (find (table, -5 * SECOND), ==, BEGIN);
  g_assert_cmpint (find (table, 500 * SECOND), >=, BEGIN);
  g_assert_cmpint (find (table, 500 * SECOND), <=, BEGIN + 200);
  g_assert_cmpint (find (table, 999 * SECOND + SECOND / 2 - 1), >=, BEGIN);
  g_assert_cmpint (find (table, 999 * SECOND + SECOND / 2 + 1), <, BEGIN);
  g_assert_cmpint (find (table, 1e6 * SECOND), <=, BEGIN - 3600 * SECOND + 200);

  /* A pair of another file, in between. */
  tfv_clock_table_add (table, 700 * SECOND, 1700 * SECOND);
  g_assert_cmpint (find (table, 700 * SECOND + 1), ==, 1000 * SECOND);
}

static void
test_hostile_times_do_no_harm (void)
{
  g_autoptr (TfvClockTable) table = tfv_clock_table_new ();
  g_autoptr (GRand)         random = g_rand_new_with_seed (3);
  static const gint64       ends[] = { G_MININT64, -1, 0, 1, G_MAXINT64 };

  for (guint i = 0; i < 200000; i++)
    {
      gint64 time_ns = ends[g_rand_int_range (random, 0, G_N_ELEMENTS (ends))];

      tfv_clock_table_add (table, time_ns, ends[g_rand_int_range (random, 0, G_N_ELEMENTS (ends))]);
      find (table, (gint64) ((guint64) g_rand_int (random) << 32));
    }
}

static void
append (TfvEventSegment *segment, TfvEventDataset dataset, gconstpointer row)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (tfv_event_segment_append (segment, dataset, row, 1, &error));
  g_assert_no_error (error);
}

/* A file of a machine that was started @booted_ns later than another, with one
 * span, that the wall clock says was @second seconds after the begin. */
static void
write_file (const char *folder, const char *uuid, gint64 booted_ns, gint64 second, gint64 set_ns)
{
  TfvEventSource     source = { .directory = folder, .host = "host", .uuid = uuid, .pid = 1, .start_wall_ns = BEGIN, .start_monotonic_ns = 0 };
  g_autoptr (GError) error = NULL;
  TfvEventSegment   *segment = tfv_event_segment_create (&source, 0, &error);
  TfvEventTagRow     name = { .id = 1, .kind = TFV_STRING_NAME, .flags = TFV_EVENT_ROW_VALID, .name_length = 1, .name = "n" };
  TfvEventSpanRow    span = { .start_ns = second * SECOND - booted_ns, .step = second, .name = 1 };
  TfvEventStatusRow  status = { .wall_ns = BEGIN, .monotonic_ns = -booted_ns, .state = TFV_EVENT_STATE_RUNNING, .flags = TFV_EVENT_ROW_VALID };

  g_assert_no_error (error);
  append (segment, TFV_EVENT_TAGS, &name);
  append (segment, TFV_EVENT_SPANS, &span);
  append (segment, TFV_EVENT_STATUS, &status);
  /* The wall clock is set while it is written. */
  status.monotonic_ns += second * SECOND;
  status.wall_ns += second * SECOND + set_ns;
  append (segment, TFV_EVENT_STATUS, &status);
  g_assert_true (tfv_event_segment_flush (segment, &error));
  g_assert_true (tfv_event_segment_close (segment, &error));
}

static void
test_files_of_two_machines_are_on_one_axis (void)
{
  g_autofree char         *folder = g_dir_make_tmp ("tfv-clock-XXXXXX", NULL);
  g_autoptr (TfvRun)       run = NULL;
  g_autoptr (TfvSpanTable) spans = NULL;
  TfvSpan                  first, second;

  write_file (folder, "a", 0, 10, 0);
  write_file (folder, "b", 5000 * SECOND, 30, 7 * SECOND);
  run = load_run (folder);
  spans = tfv_run_dup_spans (run);
  g_assert_cmpuint (tfv_span_table_get_n_spans (spans), ==, 2);
  tfv_span_table_get_span (spans, 0, &first);
  tfv_span_table_get_span (spans, 1, &second);
  if (first.step > second.step)
    {
      TfvSpan other = first;

      first = second;
      second = other;
    }

  g_assert_cmpint (second.start_ns - first.start_ns, ==, 20 * SECOND);
  g_assert_cmpint (tfv_run_get_wall_ns (run, first.start_ns), ==, BEGIN + 10 * SECOND);
  /* The wall clock had been set by then. */
  g_assert_cmpint (tfv_run_get_wall_ns (run, second.start_ns), ==, BEGIN + 37 * SECOND);

  remove_folder (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/summaries/clock-table/the-nearest-moment-counts", test_the_nearest_moment_counts);
  g_test_add_func ("/summaries/clock-table/hostile-times-do-no-harm", test_hostile_times_do_no_harm);
  g_test_add_func ("/summaries/clock-table/files-of-two-machines-are-on-one-axis", test_files_of_two_machines_are_on_one_axis);

  return g_test_run ();
}
