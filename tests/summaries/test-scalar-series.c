/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>

#include "summaries/tfv-run-part-private.h"
#include "summaries/tfv-scalar-series-private.h"

static const TfvFormat no_format = { .name = "none" };

static void
assert_steps (TfvScalarSeries *series, TfvScalarViewFlags flags, const char *expected)
{
  g_autoptr (TfvScalarView) view = tfv_scalar_series_snapshot (series, flags);
  g_autoptr (GString)       steps = g_string_new (NULL);

  for (gsize i = 0; i < view->n_points; i++)
    {
      gint64 step;

      tfv_scalar_view_get (view, i, &step, NULL, NULL, NULL);
      g_string_append_printf (steps, "%s%" G_GINT64_FORMAT, i > 0 ? " " : "", step);
    }
  g_assert_cmpstr (steps->str, ==, expected);
}

static void
test_keeps_every_point (void)
{
  g_autoptr (TfvScalarSeries) series = tfv_scalar_series_new ();
  g_autoptr (TfvScalarView)   view = NULL;
  gsize                       n_points = 100000, index = 0;

  for (gsize i = 0; i < n_points; i++)
    tfv_scalar_series_append (series, (gint64) i * 3, 1000.0 + (double) i, sin ((double) i));
  g_assert_cmpuint (tfv_scalar_series_get_n_points (series), ==, n_points);

  view = tfv_scalar_series_snapshot (series, TFV_SCALAR_VIEW_ALL);
  g_assert_cmpuint (view->n_points, ==, n_points);
  for (guint b = 0; b < view->n_blocks; b++)
    {
      const TfvScalarBlock *block = &view->blocks[b];

      g_assert_cmpuint (view->block_start[b], ==, index);
      g_assert_null (block->value32);
      for (guint i = 0; i < block->n; i++, index++)
        {
          g_assert_cmpint (block->step[i], ==, (gint64) index * 3);
          g_assert_cmpfloat (block->wall_time[i], ==, 1000.0 + (double) index);
          g_assert_cmpfloat (block->value64[i], ==, sin ((double) index));
        }
    }
  g_assert_cmpuint (index, ==, n_points);
  g_assert_cmpuint (view->block_start[view->n_blocks], ==, n_points);
}

static void
test_finds_a_point_by_its_index (void)
{
  g_autoptr (TfvScalarSeries) series = tfv_scalar_series_new ();
  g_autoptr (TfvScalarView)   view = NULL;

  for (gint64 i = 0; i < 5000; i++)
    tfv_scalar_series_append (series, i, 0.5 * (double) i, -(double) i);
  view = tfv_scalar_series_snapshot (series, TFV_SCALAR_VIEW_ALL);
  for (gsize i = 0; i < 5000; i += 7)
    {
      gint64   step;
      double   wall_time, value;
      gboolean is_float32;

      tfv_scalar_view_get (view, i, &step, &wall_time, &value, &is_float32);
      g_assert_cmpint (step, ==, i);
      g_assert_cmpfloat (wall_time, ==, 0.5 * (double) i);
      g_assert_cmpfloat (value, ==, -(double) i);
      g_assert_false (is_float32);
    }
}

/* Floats and doubles in turns of @length: which was which is kept, and the
   number of blocks stays small. */
static void
test_keeps_the_width_of_values (void)
{
  static const guint lengths[] = { 1, 2, 100, 5000 };

  for (guint l = 0; l < G_N_ELEMENTS (lengths); l++)
    {
      g_autoptr (TfvRun)        run = tfv_run_new (".", "/");
      TfvRunPart               *part = tfv_run_add_part (run, "/a", &no_format);
      TfvTagPart               *tag_part = tfv_run_part_add_tag (part, "loss", -1, TFV_RECORD_SCALAR, "scalars");
      g_autoptr (TfvTag)        tag = tfv_run_dup_tag (run, TFV_RECORD_SCALAR, "loss");
      g_autoptr (TfvScalarView) view = NULL;

      for (guint i = 0; i < 20000; i++)
        {
          if ((i / lengths[l]) % 2 == 0)
            tfv_tag_part_append_scalar_float (tag_part, i, i, 0.1f);
          else
            tfv_tag_part_append_scalar (tag_part, i, i, 0.1);
        }
      view = tfv_scalar_series_snapshot (tfv_tag_get_series (tag), TFV_SCALAR_VIEW_ALL);
      g_assert_cmpuint (view->n_points, ==, 20000);
      g_assert_cmpuint (view->n_blocks, <, 100);
      for (guint i = 0; i < 20000; i++)
        {
          gboolean is_first = (i / lengths[l]) % 2 == 0, is_float32;
          double   value;

          tfv_scalar_view_get (view, i, NULL, NULL, &value, &is_float32);
          g_assert_cmpint (is_float32, ==, is_first);
          g_assert_cmpfloat (value, ==, is_first ? (double) 0.1f : 0.1);
        }
    }
}

static void
test_hands_out_the_same_view_while_nothing_changes (void)
{
  g_autoptr (TfvScalarSeries) series = tfv_scalar_series_new ();
  g_autoptr (TfvScalarView)   first = NULL;
  g_autoptr (TfvScalarView)   second = NULL;
  g_autoptr (TfvScalarView)   third = NULL;

  tfv_scalar_series_append (series, 0, 0, 0);
  first = tfv_scalar_series_snapshot (series, TFV_SCALAR_VIEW_ALL);
  second = tfv_scalar_series_snapshot (series, TFV_SCALAR_VIEW_ALL);
  g_assert_true (first == second);
  tfv_scalar_series_append (series, 1, 1, 1);
  third = tfv_scalar_series_snapshot (series, TFV_SCALAR_VIEW_ALL);
  g_assert_true (third != second);
  g_assert_cmpuint (first->n_points, ==, 1);
  g_assert_cmpuint (third->n_points, ==, 2);
  g_assert_cmpuint (third->generation, ==, first->generation);
}

static void
test_a_view_outlives_its_series (void)
{
  TfvScalarSeries          *series = tfv_scalar_series_new ();
  g_autoptr (TfvScalarView) view = NULL;

  for (gint64 i = 0; i < 1000; i++)
    tfv_scalar_series_append (series, i, 0, (double) i);
  view = tfv_scalar_series_snapshot (series, TFV_SCALAR_VIEW_ALL);
  tfv_scalar_series_unref (series);
  g_assert_cmpfloat (view->blocks[view->n_blocks - 1].value64[0], >, 0);
}

typedef struct
{
  TfvScalarSeries *series;
  gint64           n_points;
} Appending;

static gpointer
append_points (gpointer data)
{
  Appending *appending = data;

  for (gint64 i = 0; i < appending->n_points; i++)
    tfv_scalar_series_append (appending->series, i, 2.0 * (double) i, 3.0 * (double) i);
  return NULL;
}

static void
test_views_stay_while_another_thread_appends (void)
{
  g_autoptr (TfvScalarSeries) series = tfv_scalar_series_new ();
  Appending                   appending = { series, 300000 };
  GThread                    *thread = g_thread_new ("appender", append_points, &appending);
  gsize                       n_seen = 0;

  while (n_seen < (gsize) appending.n_points)
    {
      g_autoptr (TfvScalarView) view = tfv_scalar_series_snapshot (series, TFV_SCALAR_VIEW_ALL);
      gint64                    expected = 0;

      g_assert_cmpuint (view->n_points, >=, n_seen);
      g_assert_cmpuint (view->generation, ==, 0);
      n_seen = view->n_points;
      for (guint b = 0; b < view->n_blocks; b++)
        for (guint i = 0; i < view->blocks[b].n; i++, expected++)
          if (view->blocks[b].step[i] != expected || view->blocks[b].wall_time[i] != 2.0 * (double) expected || view->blocks[b].value64[i] != 3.0 * (double) expected)
            g_error ("point %" G_GINT64_FORMAT " is not what was appended", expected);
      g_thread_yield ();
    }
  g_thread_join (thread);
}

static TfvTagPart *
add_points (TfvRun *run, const char *path, double start_time, gint64 first, gint64 last, double wall_time)
{
  TfvRunPart *part = tfv_run_add_part (run, path, &no_format);
  TfvTagPart *tag_part;

  if (!isnan (start_time))
    tfv_run_part_set_start_time (part, start_time);
  tag_part = tfv_run_part_add_tag (part, "t", -1, TFV_RECORD_SCALAR, NULL);
  for (gint64 step = first; step <= last; step++)
    tfv_tag_part_append_scalar (tag_part, step, wall_time + (double) step, (double) step);
  return tag_part;
}

static TfvScalarSeries *
get_series (TfvRun *run)
{
  g_autoptr (TfvTag) tag = tfv_run_dup_tag (run, TFV_RECORD_SCALAR, "t");

  return tfv_tag_get_series (tag);
}

static void
test_files_come_in_the_order_of_their_names (void)
{
  g_autoptr (TfvRun) run = tfv_run_new (".", "/");
  TfvTagPart        *second = add_points (run, "/b", NAN, 3, 4, 0);

  g_assert_nonnull (second);
  add_points (run, "/a", NAN, 1, 2, 0);
  assert_steps (get_series (run), TFV_SCALAR_VIEW_ALL, "1 2 3 4");
}

static void
test_a_view_of_an_earlier_file_that_grows_is_no_prefix (void)
{
  g_autoptr (TfvRun)        run = tfv_run_new (".", "/");
  TfvTagPart               *a = add_points (run, "/a", NAN, 0, 1, 0);
  TfvTagPart               *b = add_points (run, "/b", NAN, 2, 3, 0);
  g_autoptr (TfvScalarView) first = tfv_scalar_series_snapshot (get_series (run), TFV_SCALAR_VIEW_ALL);
  g_autoptr (TfvScalarView) second = NULL;
  g_autoptr (TfvScalarView) third = NULL;

  tfv_tag_part_append_scalar (b, 4, 0, 0);
  second = tfv_scalar_series_snapshot (get_series (run), TFV_SCALAR_VIEW_ALL);
  g_assert_cmpuint (second->generation, ==, first->generation);
  tfv_tag_part_append_scalar (a, 5, 0, 0);
  third = tfv_scalar_series_snapshot (get_series (run), TFV_SCALAR_VIEW_ALL);
  g_assert_cmpuint (third->generation, >, second->generation);
  assert_steps (get_series (run), TFV_SCALAR_VIEW_ALL, "0 1 5 2 3 4");
}

static void
test_files_with_times_of_long_ago_do_not_supersede_each_other (void)
{
  g_autoptr (TfvRun) run = tfv_run_new (".", "/");

  add_points (run, "/a", 1000, 0, 5, 10);
  add_points (run, "/b", 2000, 4, 7, 20);
  assert_steps (get_series (run), TFV_SCALAR_VIEW_ALL, "0 1 2 3 4 5 4 5 6 7");
  assert_steps (get_series (run), TFV_SCALAR_VIEW_PURGED, "0 1 2 3 4 5 6 7");
}

static void
test_a_restart_supersedes_what_came_before (void)
{
  g_autoptr (TfvRun)        run = tfv_run_new (".", "/");
  TfvTagPart               *part = add_points (run, "/a", NAN, 0, 5, 0);
  TfvScalarSeries          *series = get_series (run);
  g_autoptr (TfvScalarView) before = tfv_scalar_series_snapshot (series, TFV_SCALAR_VIEW_PURGED);
  g_autoptr (TfvScalarView) after = NULL;

  tfv_tag_part_restart (part, 3);
  after = tfv_scalar_series_snapshot (series, TFV_SCALAR_VIEW_PURGED);
  g_assert_cmpuint (after->generation, >, before->generation);
  assert_steps (series, TFV_SCALAR_VIEW_PURGED, "0 1 2");
  tfv_tag_part_append_scalar (part, 3, 0, 0);
  tfv_tag_part_append_scalar (part, 4, 0, 0);
  assert_steps (series, TFV_SCALAR_VIEW_PURGED, "0 1 2 3 4");
  tfv_tag_part_restart (part, 1);
  tfv_tag_part_append_scalar (part, 9, 0, 0);
  tfv_tag_part_restart (part, 100);
  tfv_tag_part_append_scalar (part, 10, 0, 0);
  assert_steps (series, TFV_SCALAR_VIEW_PURGED, "0 9 10");
  assert_steps (series, TFV_SCALAR_VIEW_ALL, "0 1 2 3 4 5 3 4 9 10");
}

static void
test_a_restart_leaves_lower_steps_of_an_unsorted_chunk (void)
{
  g_autoptr (TfvRun) run = tfv_run_new (".", "/");
  TfvTagPart        *part = add_points (run, "/a", NAN, 0, -1, 0);

  for (guint i = 0; i < 3; i++)
    for (gint64 step = 0; step < 4; step++)
      tfv_tag_part_append_scalar (part, step, 0, 0);
  tfv_tag_part_restart (part, 2);
  assert_steps (get_series (run), TFV_SCALAR_VIEW_PURGED, "0 1 0 1 0 1");
}

static void
test_a_restart_reaches_tags_that_its_file_lacks (void)
{
  g_autoptr (TfvRun) run = tfv_run_new (".", "/");
  TfvRunPart        *part;

  add_points (run, "/a", NAN, 0, 5, 0);
  part = tfv_run_add_part (run, "/b", &no_format);
  tfv_run_part_restart (part, 4);
  assert_steps (get_series (run), TFV_SCALAR_VIEW_PURGED, "0 1 2 3");
  /* A tag that appears later was restarted all the same. */
  tfv_tag_part_append_scalar (tfv_run_part_add_tag (part, "t", -1, TFV_RECORD_SCALAR, NULL), 4, 0, 0);
  add_points (run, "/c", NAN, 9, 9, 0);
  assert_steps (get_series (run), TFV_SCALAR_VIEW_PURGED, "0 1 2 3 4 9");
}

static void
test_a_later_writer_supersedes_an_earlier_one (void)
{
  g_autoptr (TfvRun) run = tfv_run_new (".", "/");

  /* The names don't tell the order, the start does. */
  add_points (run, "/z", 100, 0, 5, 100);
  add_points (run, "/a", 200, 4, 6, 200);
  assert_steps (get_series (run), TFV_SCALAR_VIEW_ALL, "0 1 2 3 4 5 4 5 6");
  assert_steps (get_series (run), TFV_SCALAR_VIEW_PURGED, "0 1 2 3 4 5 6");
}

static void
test_writers_side_by_side_supersede_nothing (void)
{
  g_autoptr (TfvRun) run = tfv_run_new (".", "/");

  add_points (run, "/a", 100, 0, 3, 100);
  add_points (run, "/b", 101, 0, 3, 101);
  assert_steps (get_series (run), TFV_SCALAR_VIEW_PURGED, "0 1 2 3 0 1 2 3");
}

static void
test_a_file_that_is_gone_takes_its_points_along (void)
{
  g_autoptr (TfvRun)        run = tfv_run_new (".", "/");
  TfvTagPart               *a = add_points (run, "/a", NAN, 0, 1, 0);
  g_autoptr (TfvScalarView) view = NULL;

  add_points (run, "/b", NAN, 2, 3, 0);
  view = tfv_scalar_series_snapshot (get_series (run), TFV_SCALAR_VIEW_ALL);
  tfv_run_remove_part (run, a->run_part);
  assert_steps (get_series (run), TFV_SCALAR_VIEW_ALL, "2 3");
  g_assert_cmpuint (view->n_points, ==, 4);
  g_assert_cmpint (view->blocks[0].step[0], ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/summaries/series/keeps-every-point", test_keeps_every_point);
  g_test_add_func ("/summaries/series/finds-a-point-by-its-index", test_finds_a_point_by_its_index);
  g_test_add_func ("/summaries/series/keeps-the-width-of-values", test_keeps_the_width_of_values);
  g_test_add_func ("/summaries/series/hands-out-the-same-view-while-nothing-changes", test_hands_out_the_same_view_while_nothing_changes);
  g_test_add_func ("/summaries/series/a-view-outlives-its-series", test_a_view_outlives_its_series);
  g_test_add_func ("/summaries/series/views-stay-while-another-thread-appends", test_views_stay_while_another_thread_appends);
  g_test_add_func ("/summaries/series/files-come-in-the-order-of-their-names", test_files_come_in_the_order_of_their_names);
  g_test_add_func ("/summaries/series/a-view-of-an-earlier-file-that-grows-is-no-prefix", test_a_view_of_an_earlier_file_that_grows_is_no_prefix);
  g_test_add_func ("/summaries/series/files-with-times-of-long-ago-do-not-supersede-each-other", test_files_with_times_of_long_ago_do_not_supersede_each_other);
  g_test_add_func ("/summaries/series/a-restart-supersedes-what-came-before", test_a_restart_supersedes_what_came_before);
  g_test_add_func ("/summaries/series/a-restart-leaves-lower-steps-of-an-unsorted-chunk", test_a_restart_leaves_lower_steps_of_an_unsorted_chunk);
  g_test_add_func ("/summaries/series/a-restart-reaches-tags-that-its-file-lacks", test_a_restart_reaches_tags_that_its_file_lacks);
  g_test_add_func ("/summaries/series/a-later-writer-supersedes-an-earlier-one", test_a_later_writer_supersedes_an_earlier_one);
  g_test_add_func ("/summaries/series/writers-side-by-side-supersede-nothing", test_writers_side_by_side_supersede_nothing);
  g_test_add_func ("/summaries/series/a-file-that-is-gone-takes-its-points-along", test_a_file_that_is_gone_takes_its_points_along);
  return g_test_run ();
}
