/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/summaries/load-run-private.h"
#include "tests/summaries/training-private.h"
#include "summaries/tfv-event-layout-private.h"
#include "summaries/tfv-run-private.h"

#define N_ROUNDS 10
#define ROWS_A_ROUND 500
#define HOUR_NS (G_GINT64_CONSTANT (3600) * 1000000000)

/* How often it was waited for the disk, and what a loss of power would have left
 * then: a copy of the file. */
static _Atomic guint n_syncs;
static char         *copies_folder;

static void
copy_descriptor (int fd, const char *path)
{
  g_autofree char *name = g_strdup_printf ("/proc/self/fd/%d", fd);
  g_autofree char *data = NULL;
  gsize            n_bytes;

  g_assert_true (g_file_get_contents (name, &data, &n_bytes, NULL));
  g_assert_true (g_file_set_contents (path, data, (gssize) n_bytes, NULL));
}

/* Instead of the C library's: the writer of this program is a thread of it. */
int
fdatasync (int fd)
{
  guint n = atomic_fetch_add (&n_syncs, 1);

  if (copies_folder != NULL)
    {
      g_autofree char *path = g_strdup_printf ("%s/%02u.tfv.h5", copies_folder, n);

      copy_descriptor (fd, path);
    }

  return (int) syscall (SYS_fdatasync, fd);
}

static TfvSummaryWriter *
new_synced_writer (const char *folder, gint64 interval_ns)
{
  g_autoptr (GError) error = NULL;
  TfvSummaryWriter  *writer = tfv_summary_writer_new_synced (folder, interval_ns, &error);

  g_assert_no_error (error);
  return writer;
}

/* Each flush waits before it shows what was written, and after. */
static void
test_what_is_flushed_is_on_the_disk (void)
{
  g_autofree char             *folder = g_dir_make_tmp ("tfv-sync-XXXXXX", NULL);
  g_autofree char             *copies = g_dir_make_tmp ("tfv-sync-XXXXXX", NULL);
  g_autoptr (TfvSummaryWriter) writer = new_synced_writer (folder, HOUR_NS);

  /* The first flush comes with the file. */
  tfv_summary_writer_flush (writer, NULL);
  atomic_store (&n_syncs, 0);
  copies_folder = copies;
  for (gint64 step = 0; step < N_ROUNDS * ROWS_A_ROUND; step++)
    {
      tfv_summary_writer_add_scalar (writer, "loss", (double) step, step);
      if (step % ROWS_A_ROUND == ROWS_A_ROUND - 1)
        tfv_summary_writer_flush (writer, NULL);
    }
  g_assert_cmpuint (atomic_load (&n_syncs), ==, 2 * N_ROUNDS);
  copies_folder = NULL;
  close_writer (writer);
  g_assert_cmpuint (atomic_load (&n_syncs), >, 2 * N_ROUNDS);

  for (guint i = 0; i < 2 * N_ROUNDS; i++)
    {
      g_autofree char   *path = g_strdup_printf ("%s/%02u.tfv.h5", copies, i);
      g_autoptr (TfvRun) run = load_run (path);

      g_assert_cmpint (count_steps (run), ==, ROWS_A_ROUND * ((i + 1) / 2));
    }

  remove_folder (folder);
  remove_folder (copies);
}

static void
test_flushes_no_more_often_than_it_is_told (void)
{
  g_autofree char             *folder = g_dir_make_tmp ("tfv-sync-XXXXXX", NULL);
  g_autoptr (TfvSummaryWriter) writer = new_synced_writer (folder, HOUR_NS);
  g_autoptr (TfvRun)           run = NULL;

  tfv_summary_writer_flush (writer, NULL);
  atomic_store (&n_syncs, 0);
  for (gint64 step = 0; step < 50; step++, g_usleep (2000))
    tfv_summary_writer_add_scalar (writer, "loss", (double) step, step);
  g_assert_cmpuint (atomic_load (&n_syncs), ==, 0);

  close_writer (writer);
  g_assert_cmpuint (atomic_load (&n_syncs), ==, 2);
  run = load_run (folder);
  g_assert_cmpint (count_steps (run), ==, 50);
  g_assert_cmpuint (get_last_state (folder), ==, TFV_EVENT_STATE_CLOSED);

  remove_folder (folder);
}

static void
log_for_a_while (const char *folder)
{
  g_autoptr (TfvSummaryWriter) writer = new_writer (folder);

  for (gint64 step = 0; step < 100; step++, g_usleep (1000))
    tfv_summary_writer_add_scalar (writer, "loss", (double) step, step);
  close_writer (writer);
}

static void
test_the_environment_may_ask_for_it (void)
{
  g_autofree char *folder = g_dir_make_tmp ("tfv-sync-XXXXXX", NULL);

  atomic_store (&n_syncs, 0);
  log_for_a_while (folder);
  g_assert_cmpuint (atomic_load (&n_syncs), ==, 0);

  g_setenv ("TFV_SYNC", "0.02", TRUE);
  log_for_a_while (folder);
  g_assert_cmpuint (atomic_load (&n_syncs), >=, 4);

  g_setenv ("TFV_SYNC", "nonsense", TRUE);
  atomic_store (&n_syncs, 0);
  log_for_a_while (folder);
  g_assert_cmpuint (atomic_load (&n_syncs), ==, 0);
  g_unsetenv ("TFV_SYNC");

  remove_folder (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_setenv ("TFV_WRITER", "thread", TRUE);
  g_unsetenv ("TFV_SYNC");

  g_test_add_func ("/summaries/writer-sync/what-is-flushed-is-on-the-disk", test_what_is_flushed_is_on_the_disk);
  g_test_add_func ("/summaries/writer-sync/flushes-no-more-often-than-it-is-told", test_flushes_no_more_often_than_it_is_told);
  g_test_add_func ("/summaries/writer-sync/the-environment-may-ask-for-it", test_the_environment_may_ask_for_it);

  return g_test_run ();
}
