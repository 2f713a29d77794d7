/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/summaries/load-run-private.h"
#include "summaries/tfv-format.h"
#include "summaries/tfv-run-private.h"
#include "summaries/tfv-scalar-series.h"
#include "summaries/tfv-summary-writer.h"
#include "summaries/tfv-tag.h"

#define N_KILLS 20
#define WAIT_SECONDS 10

/* What a child that writes tells its parent. */
typedef struct
{
  _Atomic gint64 n_flushed;
  _Atomic gint64 n_wanted;
} Shared;

static Shared *
new_shared (void)
{
  return mmap (NULL, sizeof (Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

static gsize
get_n_points (TfvRun *run, const char *name)
{
  g_autoptr (TfvTag) tag = tfv_run_dup_tag (run, TFV_RECORD_SCALAR, name);

  return tag != NULL ? tfv_scalar_series_get_n_points (tfv_tag_get_series (tag)) : 0;
}

static void
write_until_killed (const char *folder, gint64 first, Shared *shared)
{
  TfvSummaryWriter *writer = tfv_summary_writer_new (folder, NULL);

  for (gint64 step = first;; step++)
    {
      tfv_summary_writer_add_scalar (writer, "loss", (double) step, step);
      if (step % 100 == 99 && tfv_summary_writer_flush (writer, NULL))
        atomic_store (&shared->n_flushed, step + 1);
    }
}

/* Each round goes on, in the same folder, with what the last one is known to
 * have written; the points that the last one wrote beyond are done over. */
static void
test_keeps_what_was_flushed (void)
{
  g_autofree char  *folder = g_dir_make_tmp ("tfv-crash-XXXXXX", NULL);
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  Shared           *shared = new_shared ();

  for (guint round = 0; round < N_KILLS; round++)
    {
      gint64                    first = atomic_load (&shared->n_flushed);
      gint64                    deadline_us = g_get_monotonic_time () + WAIT_SECONDS * G_USEC_PER_SEC;
      int                       status;
      pid_t                     child = fork ();
      g_autoptr (TfvRun)        run = NULL;
      g_autoptr (TfvTag)        tag = NULL;
      g_autoptr (TfvScalarView) view = NULL;
      g_auto (GStrv)            warnings = NULL;

      if (child == 0)
        {
          write_until_killed (folder, first, shared);
          _exit (1);
        }
      while (atomic_load (&shared->n_flushed) == first && g_get_monotonic_time () < deadline_us)
        g_usleep (500);
      g_usleep ((gulong) g_rand_int_range (random, 0, 40000));
      kill (child, SIGKILL);
      waitpid (child, &status, 0);
      g_assert_true (WIFSIGNALED (status));

      run = load_run (folder);
      warnings = tfv_run_dup_warnings (run);
      g_assert_cmpstr (warnings[0], ==, NULL);
      tag = tfv_run_dup_tag (run, TFV_RECORD_SCALAR, "loss");
      view = tfv_scalar_series_snapshot (tfv_tag_get_series (tag), TFV_SCALAR_VIEW_PURGED);
      g_assert_cmpuint (view->n_points, >=, (guint64) atomic_load (&shared->n_flushed));
      for (gsize i = 0; i < view->n_points; i++)
        {
          gint64 step;
          double value;

          tfv_scalar_view_get (view, i, &step, NULL, &value, NULL);
          g_assert_cmpint (step, ==, (gint64) i);
          g_assert_cmpfloat (value, ==, (double) i);
        }
    }

  munmap (shared, sizeof *shared);
  remove_folder (folder);
}

static void
write_what_is_wanted (const char *folder, Shared *shared)
{
  g_autoptr (TfvSummaryWriter) writer = tfv_summary_writer_new (folder, NULL);
  gint64                       n_written = 0;

  for (;;)
    {
      gint64 n_wanted = atomic_load (&shared->n_wanted);

      if (n_wanted < 0)
        break;
      for (; n_written < n_wanted; n_written++)
        {
          char tag[32];

          g_snprintf (tag, sizeof tag, "tag %d", (int) (n_written / 1000));
          tfv_summary_writer_add_scalar (writer, tag, 1, n_written);
        }
      tfv_summary_writer_flush (writer, NULL);
      atomic_store (&shared->n_flushed, n_written);
      g_usleep (200);
    }

  tfv_summary_writer_close (writer, NULL);
}

static gint64
want (Shared *shared, gint64 n_rows)
{
  gint64 deadline_us = g_get_monotonic_time () + WAIT_SECONDS * G_USEC_PER_SEC;

  atomic_store (&shared->n_wanted, n_rows);
  while (atomic_load (&shared->n_flushed) < n_rows && g_get_monotonic_time () < deadline_us)
    g_usleep (200);

  return atomic_load (&shared->n_flushed);
}

static gsize
get_n_points_of_all (TfvRun *run)
{
  g_autoptr (GPtrArray) tags = tfv_run_dup_tags (run);
  gsize                 n_points = 0;

  for (guint i = 0; i < tags->len; i++)
    n_points += get_n_points (run, tfv_tag_get_name (tags->pdata[i]));

  return n_points;
}

/* What flush() has returned for is seen by the very next poll. */
static void
test_a_reader_follows_the_writer (void)
{
  g_autofree char   *folder = g_dir_make_tmp ("tfv-live-XXXXXX", NULL);
  Shared            *shared = new_shared ();
  pid_t              child = fork ();
  int                status;
  g_autoptr (GDir)   listing = NULL;
  g_autofree char   *path = NULL;
  g_autoptr (TfvRun) run = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv)     warnings = NULL;
  const TfvFormat   *format;
  TfvRunPart        *part;
  TfvFileReader     *reader;

  if (child == 0)
    {
      write_what_is_wanted (folder, shared);
      _exit (0);
    }

  g_assert_cmpint (want (shared, 10), ==, 10);
  listing = g_dir_open (folder, 0, NULL);
  path = g_build_filename (folder, g_dir_read_name (listing), NULL);
  format = tfv_format_find (path, NULL, 0);
  run = tfv_run_new (".", folder);
  part = tfv_run_add_part (run, path, format);
  reader = format->open (path, part, &error);
  g_assert_no_error (error);

  for (gint64 n_rows = 10; n_rows < 60000; n_rows += n_rows / 7 + 1)
    {
      g_assert_cmpint (want (shared, n_rows), ==, n_rows);
      while (format->poll (reader, 100000))
        ;
      g_assert_cmpuint (get_n_points_of_all (run), ==, (guint64) n_rows);
      if (n_rows % 3 == 0)
        format->rest (reader);
    }

  atomic_store (&shared->n_wanted, -1);
  waitpid (child, &status, 0);
  g_assert_cmpint (status, ==, 0);
  while (format->poll (reader, 100000))
    ;
  format->finish (reader);
  format->close (reader);
  warnings = tfv_run_dup_warnings (run);
  g_assert_cmpstr (warnings[0], ==, NULL);

  munmap (shared, sizeof *shared);
  remove_folder (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/summaries/event-crash/a-reader-follows-the-writer", test_a_reader_follows_the_writer);
  g_test_add_func ("/summaries/event-crash/keeps-what-was-flushed", test_keeps_what_was_flushed);

  return g_test_run ();
}
