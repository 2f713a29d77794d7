/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/engine/logdir-fixture.h"

#include <glib/gstdio.h>

#include "summaries/tfv-logdir.h"

void
logdir_fixture_set_up (LogdirFixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->directory = g_dir_make_tmp ("tfv-engine-XXXXXX", &error);
  g_assert_no_error (error);
  self->writer = tfv_summary_writer_new (self->directory, &error);
  g_assert_no_error (error);
}

void
logdir_fixture_tear_down (LogdirFixture *self, gconstpointer data)
{
  g_autoptr (GDir) dir = g_dir_open (self->directory, 0, NULL);
  const char      *name;

  g_clear_object (&self->writer);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (self->directory, name, NULL);

      g_unlink (path);
    }
  g_rmdir (self->directory);
  g_free (self->directory);
}

/* Closes the file and reads the run in it. */
TfvRun *
logdir_fixture_read_back (LogdirFixture *self)
{
  g_autoptr (GError)    error = NULL;
  const char           *paths[] = { self->directory, NULL };
  g_autoptr (TfvLogdir) logdir = tfv_logdir_new (paths);
  g_autoptr (GPtrArray) runs = NULL;

  tfv_summary_writer_close (self->writer, &error);
  g_assert_no_error (error);
  tfv_logdir_load (logdir, NULL, &error);
  g_assert_no_error (error);
  runs = tfv_logdir_dup_runs (logdir);
  g_assert_cmpuint (runs->len, ==, 1);
  return g_object_ref (g_ptr_array_index (runs, 0));
}
