/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/summaries/load-run-private.h"
#include "tests/summaries/training-private.h"
#include "summaries/tfv-event-layout-private.h"
#include "summaries/tfv-run-private.h"
#include "summaries/tfv-scalar-series.h"
#include "summaries/tfv-span-table.h"
#include "summaries/tfv-summary-writer-private.h"
#include "summaries/tfv-tag.h"

#define WAIT_US (20 * G_USEC_PER_SEC)

/* What a child that trains tells its parent. */
typedef struct
{
  _Atomic gint64 n_pushed;
  _Atomic gint64 n_flushed;
  _Atomic gint64 helper;
} Shared;

static Shared *
new_shared (void)
{
  return mmap (NULL, sizeof (Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

/* TFV_TEST_LONG in the environment tries 200 moments. */
static guint
get_n_kills (guint n_kills)
{
  return g_getenv ("TFV_TEST_LONG") != NULL ? 200 : n_kills;
}

#define ROWS_A_STEP 5

static gint64
count_rows (TfvRun *run)
{
  g_autoptr (TfvSpanTable) table = tfv_run_dup_spans (run);

  return count_points (run) + (gint64) (tfv_span_table_get_n_spans (table) + tfv_span_table_get_n_counters (table) +
                                        tfv_span_table_get_n_flows (table) + tfv_span_table_get_n_markers (table));
}

/* A scalar, a span, a counter, a flow and a marker each step. */
static void
train (const char *folder, Shared *shared, gboolean flushes)
{
  TfvSummaryWriter *writer = new_writer (folder);
  guint32           name = tfv_summary_writer_intern (writer, TFV_STRING_NAME, "step", 0);
  guint32           series = tfv_summary_writer_intern (writer, TFV_STRING_COUNTER, "memory", 0);

  atomic_store (&shared->helper, get_helper (writer));
  for (gint64 step = 0;; step++)
    {
      tfv_summary_writer_add_scalar (writer, "loss", (double) step, step);
      tfv_summary_writer_add_span (writer, &(TfvSpan){ .start_ns = step, .step = step, .name = name });
      tfv_summary_writer_add_counter (writer, &(TfvCounter){ .time_ns = step, .value = 1, .step = step, .series = series });
      tfv_summary_writer_add_flow (writer, &(TfvFlow){ .time_ns = step, .flow = 1, .step = step, .name = name, .phase = TFV_FLOW_STEP });
      tfv_summary_writer_add_marker (writer, &(TfvMarker){ .time_ns = step, .step = step, .name = name, .scope = TFV_MARKER_LANE });
      atomic_store (&shared->n_pushed, step + 1);
      if (flushes && step % 100 == 99 && tfv_summary_writer_flush (writer, NULL))
        atomic_store (&shared->n_flushed, step + 1);
      /* About a million rows a second, in bursts. */
      if (!flushes && step % 500 == 499)
        g_usleep (500);
    }
}

/* Starts a training and waits until it logs. */
static pid_t
start_training (const char *folder, Shared *shared, gboolean flushes)
{
  gint64 deadline_us = g_get_monotonic_time () + WAIT_US;
  pid_t  child;

  memset (shared, 0, sizeof *shared);
  child = fork ();
  if (child == 0)
    {
      train (folder, shared, flushes);
      _exit (1);
    }
  while (atomic_load (&shared->n_pushed) == 0 && g_get_monotonic_time () < deadline_us)
    g_usleep (200);
  g_assert_cmpint (atomic_load (&shared->n_pushed), >, 0);

  return child;
}

static void
kill_and_wait (pid_t child)
{
  int status;

  kill (child, SIGKILL);
  waitpid (child, &status, 0);
  g_assert_true (WIFSIGNALED (status));
}

static void
test_a_killed_training_loses_no_row (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (11);
  Shared           *shared = new_shared ();
  guint             n_whole = 0;

  for (guint round = 0; round < get_n_kills (50); round++)
    {
      g_autofree char   *folder = g_dir_make_tmp ("tfv-process-XXXXXX", NULL);
      pid_t              child = start_training (folder, shared, FALSE);
      g_autoptr (TfvRun) run = NULL;
      gint64             n_rows;
      guint64            n_dropped;

      g_usleep ((gulong) g_rand_int_range (random, 0, 60000));
      kill_and_wait (child);
      wait_for_end (atomic_load (&shared->helper));

      run = load_run (folder);
      n_dropped = tfv_run_get_n_dropped (run);
      /* A busy machine may let a ring fill up; what was dropped is counted. */
      if (n_dropped == 0)
        {
          gint64 n_steps = count_steps (run);

          g_assert_cmpint (n_steps, >=, atomic_load (&shared->n_pushed));
          g_assert_cmpint (n_steps, <=, atomic_load (&shared->n_pushed) + 1);
          n_whole++;
        }
      n_rows = count_rows (run) + (gint64) n_dropped;
      g_assert_cmpint (n_rows, >=, ROWS_A_STEP * atomic_load (&shared->n_pushed));
      g_assert_cmpint (n_rows, <=, ROWS_A_STEP * (atomic_load (&shared->n_pushed) + 1));
      g_assert_cmpuint (get_last_state (folder), ==, TFV_EVENT_STATE_ENDED);
      remove_folder (folder);
    }
  g_assert_cmpuint (n_whole, >, 0);

  munmap (shared, sizeof *shared);
}

static void
test_a_killed_run_is_resumed_in_its_folder (void)
{
  g_autofree char             *folder = g_dir_make_tmp ("tfv-process-XXXXXX", NULL);
  Shared                      *shared = new_shared ();
  pid_t                        child = start_training (folder, shared, FALSE);
  g_autoptr (TfvSummaryWriter) writer = NULL;
  g_autoptr (TfvRun)           run = NULL;
  g_autoptr (TfvTag)           tag = NULL;
  g_autoptr (TfvScalarView)    view = NULL;

  kill_and_wait (child);
  writer = new_writer (folder);
  tfv_summary_writer_add_session (writer, TFV_SESSION_START, 1);
  for (gint64 step = 1; step < 50; step++)
    tfv_summary_writer_add_scalar (writer, "loss", 2, step);
  close_writer (writer);
  wait_for_end (atomic_load (&shared->helper));

  run = load_run (folder);
  tag = tfv_run_dup_tag (run, TFV_RECORD_SCALAR, "loss");
  view = tfv_scalar_series_snapshot (tfv_tag_get_series (tag), TFV_SCALAR_VIEW_PURGED);
  g_assert_cmpuint (view->n_points, ==, 50);

  munmap (shared, sizeof *shared);
  remove_folder (folder);
}

static void
test_both_killed_lose_nothing_flushed (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (12);
  Shared           *shared = new_shared ();

  for (guint round = 0; round < get_n_kills (25); round++)
    {
      g_autofree char   *folder = g_dir_make_tmp ("tfv-process-XXXXXX", NULL);
      pid_t              child = start_training (folder, shared, TRUE);
      g_autoptr (TfvRun) run = NULL;

      g_usleep ((gulong) g_rand_int_range (random, 0, 60000));
      /* Stopped first, so that it starts no other helper. */
      kill (child, SIGSTOP);
      kill ((pid_t) atomic_load (&shared->helper), SIGKILL);
      kill_and_wait (child);
      wait_for_end (atomic_load (&shared->helper));

      run = load_run (folder);
      g_assert_cmpint (count_steps (run), >=, atomic_load (&shared->n_flushed));
      g_assert_cmpint (count_rows (run), >=, ROWS_A_STEP * atomic_load (&shared->n_flushed));
      remove_folder (folder);
    }

  munmap (shared, sizeof *shared);
}

/* More deaths than there are helpers: in the end a thread does it. */
static void
test_a_killed_helper_is_followed_by_another (void)
{
  g_autofree char             *folder = g_dir_make_tmp ("tfv-process-XXXXXX", NULL);
  g_autoptr (TfvSummaryWriter) writer = new_writer (folder);
  g_autoptr (TfvRun)           run = NULL;
  gint64                       step = 0;
  gint64                       helper = get_helper (writer);

  g_assert_cmpint (helper, !=, getpid ());
  while (helper != getpid ())
    {
      gint64 deadline_us = g_get_monotonic_time () + WAIT_US;

      for (guint i = 0; i < 20; i++, g_usleep (1000))
        {
          for (guint k = 0; k < 100; k++, step++)
            tfv_summary_writer_add_scalar (writer, "loss", (double) step, step);
        }
      tfv_summary_writer_add_text (writer, "note", "still there", step);
      kill ((pid_t) helper, SIGKILL);
      while (get_helper (writer) == helper && g_get_monotonic_time () < deadline_us)
        g_usleep (1000);
      g_assert_cmpint (get_helper (writer), !=, helper);
      helper = get_helper (writer);
    }
  close_writer (writer);

  run = load_run (folder);
  g_assert_cmpuint (tfv_run_get_n_dropped (run), ==, 0);
  g_assert_cmpint (count_steps (run), ==, step);
  {
    g_autoptr (TfvTag) tag = tfv_run_dup_tag (run, TFV_RECORD_TEXT, "note");

    TfvTagSummary summary;

    tfv_tag_get_summary (tag, &summary);
    g_assert_cmpuint (summary.count, ==, 3);
  }

  remove_folder (folder);
}

static guint n_signals;

static void
count_signal (int number)
{
  n_signals++;
}

static void
test_the_program_notices_no_child (void)
{
  g_autofree char             *folder = g_dir_make_tmp ("tfv-process-XXXXXX", NULL);
  struct sigaction             action = { .sa_handler = count_signal };
  struct sigaction             before;
  g_autoptr (TfvSummaryWriter) writer = NULL;
  gint64                       helper;

  sigaction (SIGCHLD, &action, &before);
  writer = new_writer (folder);
  helper = get_helper (writer);
  g_assert_cmpint (helper, !=, getpid ());
  g_assert_cmpint (waitpid (-1, NULL, WNOHANG), ==, -1);
  g_assert_cmpint (errno, ==, ECHILD);
  g_assert_cmpint (getsid ((pid_t) helper), ==, helper);
  kill ((pid_t) helper, SIGTERM);
  kill ((pid_t) helper, SIGINT);
  tfv_summary_writer_add_scalar (writer, "loss", 0, 0);
  close_writer (writer);
  wait_for_end (helper);
  g_assert_cmpuint (n_signals, ==, 0);
  g_assert_cmpuint (get_last_state (folder), ==, TFV_EVENT_STATE_CLOSED);
  sigaction (SIGCHLD, &before, NULL);

  remove_folder (folder);
}

static void
test_a_thread_writes_where_there_is_no_helper (void)
{
  static const char *const choices[] = { "thread", "/nonexistent/tfv-writer", "/bin/false" };
  g_autofree char         *chosen = g_strdup (g_getenv ("TFV_WRITER"));

  for (guint i = 0; i < G_N_ELEMENTS (choices); i++)
    {
      g_autofree char             *folder = g_dir_make_tmp ("tfv-process-XXXXXX", NULL);
      g_autoptr (TfvSummaryWriter) writer = NULL;
      g_autoptr (TfvRun)           run = NULL;

      g_setenv ("TFV_WRITER", choices[i], TRUE);
      writer = new_writer (folder);
      g_assert_cmpint (get_helper (writer), ==, getpid ());
      tfv_summary_writer_add_scalar (writer, "loss", 0, 0);
      close_writer (writer);
      run = load_run (folder);
      g_assert_cmpint (count_steps (run), ==, 1);
      remove_folder (folder);
    }

  g_setenv ("TFV_WRITER", chosen, TRUE);
}

static gpointer
log_steps (gpointer writer)
{
  for (gint64 step = 0; step < 5000; step++)
    tfv_summary_writer_add_scalar (writer, "loss", (double) step, step);

  return NULL;
}

static void
test_many_writers_work_side_by_side (void)
{
  char             *folders[12];
  TfvSummaryWriter *writers[12];
  GThread          *threads[12];

  for (guint i = 0; i < G_N_ELEMENTS (writers); i++)
    {
      folders[i] = g_dir_make_tmp ("tfv-process-XXXXXX", NULL);
      writers[i] = new_writer (folders[i]);
      threads[i] = g_thread_new ("test", log_steps, writers[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (writers); i++)
    {
      g_autoptr (TfvRun) run = NULL;

      g_thread_join (threads[i]);
      close_writer (writers[i]);
      g_object_unref (writers[i]);
      run = load_run (folders[i]);
      g_assert_cmpint (count_steps (run), ==, 5000);
      remove_folder (folders[i]);
      g_free (folders[i]);
    }
}

/* Many more threads than there are slots, but not at once. */
static void
test_threads_that_end_make_room (void)
{
  g_autofree char             *folder = g_dir_make_tmp ("tfv-process-XXXXXX", NULL);
  g_autoptr (TfvSummaryWriter) writer = new_writer (folder);
  g_autoptr (TfvRun)           run = NULL;
  g_autoptr (TfvTag)           tag = NULL;

  for (guint i = 0; i < 40; i++)
    {
      g_thread_join (g_thread_new ("test", log_steps, writer));
      tfv_summary_writer_flush (writer, NULL);
    }
  g_assert_cmpuint (atomic_load (&writer->region->header->n_slots), <=, 3);
  close_writer (writer);

  run = load_run (folder);
  tag = tfv_run_dup_tag (run, TFV_RECORD_SCALAR, "loss");
  g_assert_cmpuint (tfv_scalar_series_get_n_points (tfv_tag_get_series (tag)), ==, 40 * 5000);

  remove_folder (folder);
}

static int
log_after_closing_all (const char *folder)
{
  TfvSummaryWriter *writer = new_writer (folder);

  tfv_summary_writer_add_scalar (writer, "loss", 0, 0);
  closefrom (3);
  tfv_summary_writer_add_scalar (writer, "loss", 1, 1);
  g_usleep (600000);
  tfv_summary_writer_add_scalar (writer, "loss", 2, 2);
  /* A thread's first push needs memory that can't be reached any more. */
  g_thread_join (g_thread_new ("test", log_steps, writer));

  return tfv_summary_writer_close (writer, NULL) && tfv_summary_writer_get_n_dropped (writer) == 5000 ? 0 : 1;
}

static void
test_a_program_may_close_all_descriptors (void)
{
  g_autofree char   *folder = g_dir_make_tmp ("tfv-process-XXXXXX", NULL);
  g_autoptr (TfvRun) run = NULL;
  int                status = -1;
  pid_t              child = fork ();

  if (child == 0)
    _exit (log_after_closing_all (folder));
  waitpid (child, &status, 0);
  g_assert_cmpint (status, ==, 0);

  run = load_run (folder);
  g_assert_cmpint (count_steps (run), ==, 3);

  remove_folder (folder);
}

static void
test_blobs_go_round_their_buffer (void)
{
  g_autofree char             *folder = g_dir_make_tmp ("tfv-process-XXXXXX", NULL);
  g_autoptr (TfvSummaryWriter) writer = new_writer (folder);
  g_autoptr (TfvRun)           run = NULL;
  g_autoptr (TfvTag)           tag = NULL;
  TfvTagSummary                summary;
  const gsize                  n_bytes = 30000000;
  g_autofree char             *text = g_malloc (n_bytes + 1);

  for (guint i = 0; i < 12; i++)
    {
      memset (text, 'a' + (int) i, n_bytes);
      text[n_bytes] = '\0';
      tfv_summary_writer_add_text (writer, "long", text, i);
      if (i % 3 == 2)
        tfv_summary_writer_flush (writer, NULL);
    }
  close_writer (writer);
  g_assert_cmpuint (tfv_summary_writer_get_n_dropped (writer), ==, 0);

  run = load_run (folder);
  tag = tfv_run_dup_tag (run, TFV_RECORD_TEXT, "long");
  tfv_tag_get_summary (tag, &summary);
  g_assert_cmpuint (summary.count, ==, 12);
  for (guint i = 0; i < 12; i++)
    {
      g_autoptr (GBytes) bytes = tfv_tag_read_record (tag, i, NULL);
      const char        *data = g_bytes_get_data (bytes, NULL);

      g_assert_cmpuint (g_bytes_get_size (bytes), ==, n_bytes);
      g_assert_cmpint (data[0], ==, 'a' + (int) i);
      g_assert_cmpint (data[n_bytes - 1], ==, 'a' + (int) i);
    }

  remove_folder (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, function) g_test_add_func ("/summaries/writer-process/" name, function)
  ADD ("the-program-notices-no-child", test_the_program_notices_no_child);
  ADD ("a-thread-writes-where-there-is-no-helper", test_a_thread_writes_where_there_is_no_helper);
  ADD ("a-killed-helper-is-followed-by-another", test_a_killed_helper_is_followed_by_another);
  ADD ("a-killed-run-is-resumed-in-its-folder", test_a_killed_run_is_resumed_in_its_folder);
  ADD ("a-killed-training-loses-no-row", test_a_killed_training_loses_no_row);
  ADD ("both-killed-lose-nothing-flushed", test_both_killed_lose_nothing_flushed);
  ADD ("many-writers-work-side-by-side", test_many_writers_work_side_by_side);
  ADD ("threads-that-end-make-room", test_threads_that_end_make_room);
  ADD ("a-program-may-close-all-descriptors", test_a_program_may_close_all_descriptors);
  ADD ("blobs-go-round-their-buffer", test_blobs_go_round_their_buffer);

  return g_test_run ();
}
