/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "logdir-fixture.h"

#include <math.h>

#include <glib/gstdio.h>

#include "summaries/tfv-summary-writer.h"

/* An empty folder of its own, removed by logdir_fixture_free(). */
char *
logdir_fixture_new (void)
{
  g_autoptr (GError) error = NULL;
  char              *logdir = g_dir_make_tmp ("tfview-test-XXXXXX", &error);

  g_assert_no_error (error);
  return logdir;
}

/* Writes a run with the same decaying curve under each tag, at fixed times. */
void
logdir_fixture_write_run (const char *logdir, const char *run, const char *const *tags, guint n_points)
{
  g_autofree char             *folder = g_build_filename (logdir, run, NULL);
  g_autoptr (GError)           error = NULL;
  g_autoptr (TfvSummaryWriter) writer = tfv_summary_writer_new (folder, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < n_points; i++)
    for (int t = 0; tags[t] != NULL; t++)
      tfv_summary_writer_add_scalar_at (writer, tags[t], exp (-0.05 * i) + 0.1 * t, i, 1.6e9 + i);
  tfv_summary_writer_close (writer, &error);
  g_assert_no_error (error);
}

static void
remove_folder (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char      *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR) && !g_file_test (child, G_FILE_TEST_IS_SYMLINK))
        remove_folder (child);
      else
        g_remove (child);
    }
  g_rmdir (path);
}

void
logdir_fixture_free (char *logdir)
{
  remove_folder (logdir);
  g_free (logdir);
}
