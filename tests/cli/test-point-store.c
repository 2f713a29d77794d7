/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/tfv-point-store.h"

#include <glib/gstdio.h>

#include "summaries/tfv-logdir.h"

typedef struct
{
  char         *folder;
  char         *out;
  TfvOutputTree tree;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("tfv-points-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->out = g_build_filename (fixture->folder, "out", NULL);
  g_assert_true (tfv_output_tree_begin (&fixture->tree, fixture->out, &error));
  g_assert_no_error (error);
}

static void
remove_folder (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char      *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_folder (child);
    }
  g_assert_cmpint (g_remove (path), ==, 0);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  tfv_output_tree_clear (&fixture->tree);
  remove_folder (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->out);
}

/* Writes points of @n_runs runs in turns, of two tags each, and reads them again. */
static void
check_runs (Fixture *fixture, guint n_runs, guint n_steps, guint max_held, guint n_files_expected)
{
  g_autoptr (GError)    error = NULL;
  g_autoptr (TfvLogdir) logdir = NULL;
  g_autoptr (GPtrArray) runs = NULL;
  TfvPointStore         store;
  guint                 n_files = 0;

  tfv_point_store_init (&store, &fixture->tree, NULL, "table", 100);
  store.max_held = max_held;
  for (guint step = 0; step < n_steps; step++)
    for (guint run = 0; run < n_runs; run++)
      {
        g_autofree char *name = g_strdup_printf ("run-%u", run);

        g_assert_true (tfv_point_store_takes_run (&store, name));
        g_assert_true (tfv_point_store_add (&store, name, step % 2 == 0 ? "even" : "odd", step, step, run + step * 0.5, &error));
        g_assert_no_error (error);
      }
  g_assert_true (tfv_point_store_finish (&store, &error));
  g_assert_no_error (error);
  tfv_point_store_clear (&store);
  g_assert_true (tfv_output_tree_finish (&fixture->tree, &error));

  logdir = tfv_logdir_new ((const char *const[]){ fixture->out, NULL });
  g_assert_true (tfv_logdir_load (logdir, NULL, &error));
  runs = tfv_logdir_dup_runs (logdir);
  g_assert_cmpuint (runs->len, ==, n_runs);
  for (guint r = 0; r < runs->len; r++)
    {
      g_autoptr (GPtrArray) tags = tfv_run_dup_tags (runs->pdata[r]);
      g_auto (GStrv)        files = tfv_run_dup_files (runs->pdata[r]);
      const char           *name = tfv_run_get_name (runs->pdata[r]);
      double                number = g_ascii_strtod (name + strlen ("run-"), NULL);

      n_files += g_strv_length (files);
      g_assert_cmpuint (tags->len, ==, 2);
      for (guint t = 0; t < 2; t++)
        {
          g_autoptr (TfvScalarView) view = tfv_scalar_series_snapshot (tfv_tag_get_series (tags->pdata[t]), TFV_SCALAR_VIEW_ALL);

          g_assert_cmpuint (view->n_points, ==, n_steps / 2);
          for (guint64 i = 0; i < view->n_points; i++)
            {
              gint64 step;
              double wall_time, value;

              tfv_scalar_view_get (view, i, &step, &wall_time, &value, NULL);
              g_assert_cmpint (step, ==, (gint64) (2 * i + t));
              g_assert_cmpfloat (wall_time, ==, (double) step);
              g_assert_cmpfloat (value, ==, number + (double) step * 0.5);
            }
        }
    }
  g_assert_cmpuint (n_files, ==, n_files_expected);
}

static void
test_few_runs (Fixture *fixture, gconstpointer data)
{
  check_runs (fixture, 3, 20, 7, 3);
}

/* 70 runs of 20 points are written in two goes, of 10 points of each. */
static void
test_many_runs (Fixture *fixture, gconstpointer data)
{
  check_runs (fixture, 70, 20, 700, 140);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/cli/point-store/gives-each-of-a-few-runs-one-file", Fixture, NULL, set_up, test_few_runs, tear_down);
  g_test_add ("/cli/point-store/holds-points-of-many-runs-in-few-files", Fixture, NULL, set_up, test_many_runs, tear_down);
  return g_test_run ();
}
