/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "logdir-fixture-private.h"

#include <string.h>

#include <glib/gstdio.h>

#include "event-writer-private.h"
#include "summaries/tfv-logdir-private.h"

/* Long enough for a machine that is busy; nothing waits this long when all is well. */
#define PATIENCE_US (20 * G_USEC_PER_SEC)

void
set_up (LogdirFixture *fixture, gconstpointer data)
{
  fixture->folder = make_folder ();
}

void
tear_down (LogdirFixture *fixture, gconstpointer data)
{
  remove_tree (fixture->folder);
  g_free (fixture->folder);
}

/* A path below the fixture's folder; folders are made as needed. (transfer full) */
char *
place (LogdirFixture *fixture, const char *relative)
{
  char            *path = g_build_filename (fixture->folder, relative, NULL);
  g_autofree char *parent = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (parent, 0755), ==, 0);
  return path;
}

void
add_scalar (LogdirFixture *fixture, const char *relative, gint64 step)
{
  g_autofree char *path = place (fixture, relative);

  write_scalar (path, 1, step, "loss", (float) step);
}

TfvLogdir *
load (const char *const *paths)
{
  TfvLogdir         *logdir = tfv_logdir_new (paths);
  g_autoptr (GError) error = NULL;

  g_assert_true (tfv_logdir_load (logdir, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (tfv_logdir_is_loaded (logdir));
  return logdir;
}

/* "name:points" of each run. (transfer full) */
char *
describe (TfvLogdir *logdir)
{
  g_autoptr (GPtrArray) runs = tfv_logdir_dup_runs (logdir);
  GString              *text = g_string_new (NULL);

  for (guint i = 0; i < runs->len; i++)
    {
      g_autoptr (TfvTag) tag = tfv_run_dup_tag (runs->pdata[i], TFV_RECORD_SCALAR, "loss");
      gsize              n_points = tag != NULL ? tfv_scalar_series_get_n_points (tfv_tag_get_series (tag)) : 0;

      g_string_append_printf (text, "%s%s:%" G_GSIZE_FORMAT, i > 0 ? " " : "", tfv_run_get_name (runs->pdata[i]), n_points);
    }
  return g_string_free (text, FALSE);
}

void
assert_runs (TfvLogdir *logdir, const char *expected)
{
  g_autofree char *found = describe (logdir);

  g_assert_cmpstr (found, ==, expected);
}

/* Starts to follow the fixture's folder; GPOINTER_TO_INT (data) tells whether
   the system watches it or it is only polled. */
TfvLogdir *
start (LogdirFixture *fixture, gconstpointer data)
{
  const char *paths[] = { fixture->folder, NULL };
  TfvLogdir  *logdir = tfv_logdir_new (paths);

  tfv_logdir_set_polling (logdir, GPOINTER_TO_INT (data), IDLE_INTERVAL_US);
  tfv_logdir_start (logdir);
  return logdir;
}

static gboolean
on_patience_ended (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_CONTINUE;
}

/* Waits, hearing the signal, until the runs are these. */
void
wait_for_runs (TfvLogdir *logdir, const char *expected)
{
  gboolean is_over = FALSE;
  guint    source = g_timeout_add (PATIENCE_US / 1000, on_patience_ended, &is_over);

  for (;;)
    {
      g_autofree char *found = describe (logdir);

      if (strcmp (found, expected) == 0 && tfv_logdir_is_loaded (logdir))
        break;
      if (is_over)
        g_error ("the runs are “%s” and not “%s”", found, expected);
      g_main_context_iteration (NULL, TRUE);
    }
  g_source_remove (source);
}
