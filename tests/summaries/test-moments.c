/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Counters, flows and markers share a ring and have datasets of their own: none
 * is lost, written twice or put in another's place, whoever dies. */

#include <glib/gstdio.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/summaries/load-run-private.h"
#include "summaries/tfv-span-table-private.h"
#include "summaries/tfv-summary-writer-private.h"
#include "summaries/tfv-writer-core-private.h"

#define WAIT_US (30 * G_USEC_PER_SEC)

static TfvSummaryWriter *
new_writer (const char *folder)
{
  g_autoptr (GError) error = NULL;
  TfvSummaryWriter  *writer = tfv_summary_writer_new (folder, &error);

  g_assert_no_error (error);
  return writer;
}

static void
close_writer (TfvSummaryWriter *writer)
{
  g_autoptr (GError) error = NULL;

  tfv_summary_writer_close (writer, &error);
  g_assert_no_error (error);
}

static gint64
get_helper (TfvSummaryWriter *writer)
{
  return atomic_load (&writer->region->header->consumer_pid);
}

typedef struct
{
  guint32 series;
  guint32 name;
} Names;

static Names
intern_names (TfvSummaryWriter *writer)
{
  return (Names){
    tfv_summary_writer_intern (writer, TFV_STRING_COUNTER, "memory", 0),
    tfv_summary_writer_intern (writer, TFV_STRING_NAME, "launch", 0),
  };
}

/* One, two or three kinds of row, so that they are mixed without a pattern. */
static void
log_step (TfvSummaryWriter *writer, const Names *names, gint64 step)
{
  TfvCounter counter = { .time_ns = step, .value = (double) step, .step = step, .series = names->series };
  TfvFlow    flow = { .time_ns = step, .flow = (guint64) step, .step = step, .name = names->name, .phase = TFV_FLOW_STEP };
  TfvMarker  marker = { .time_ns = step, .step = step, .name = names->name, .scope = TFV_MARKER_DEVICE };

  tfv_summary_writer_add_counter (writer, &counter);
  if (step % 3 == 0)
    tfv_summary_writer_add_flow (writer, &flow);
  if (step % 7 == 0)
    tfv_summary_writer_add_marker (writer, &marker);
}

/* Every row once and in order. How many counters there are. */
static gint64
check_rows (TfvRun *run)
{
  g_autoptr (TfvSpanTable) table = tfv_run_dup_spans (run);
  gint64                   n_counters = (gint64) tfv_span_table_get_n_counters (table);
  gint64                   n_flows = (gint64) tfv_span_table_get_n_flows (table);
  gint64                   n_markers = (gint64) tfv_span_table_get_n_markers (table);
  g_auto (GStrv)           warnings = tfv_run_dup_warnings (run);

  g_assert_cmpstr (warnings[0], ==, NULL);
  for (gint64 i = 0; i < n_counters; i++)
    {
      TfvCounter counter;

      tfv_span_table_get_counter (table, (gsize) i, &counter);
      g_assert_cmpint (counter.step, ==, i);
      g_assert_cmpfloat (counter.value, ==, (double) i);
      g_assert_cmpstr (tfv_span_table_get_string (table, counter.series, NULL, NULL), ==, "memory");
    }
  for (gint64 i = 0; i < n_flows; i++)
    {
      TfvFlow flow;

      tfv_span_table_get_flow (table, (gsize) i, &flow);
      g_assert_cmpint (flow.step, ==, 3 * i);
      g_assert_cmpuint (flow.flow, ==, (guint64) (3 * i));
      g_assert_cmpint (flow.phase, ==, TFV_FLOW_STEP);
    }
  for (gint64 i = 0; i < n_markers; i++)
    {
      TfvMarker marker;

      tfv_span_table_get_marker (table, (gsize) i, &marker);
      g_assert_cmpint (marker.step, ==, 7 * i);
      g_assert_cmpint (marker.scope, ==, TFV_MARKER_DEVICE);
    }
  /* The last step may have been cut short. */
  g_assert_cmpint (n_flows, >=, (n_counters - 1 + 2) / 3);
  g_assert_cmpint (n_flows, <=, (n_counters + 2) / 3);
  g_assert_cmpint (n_markers, >=, (n_counters - 1 + 6) / 7);
  g_assert_cmpint (n_markers, <=, (n_counters + 6) / 7);

  return n_counters;
}

static void
test_a_killed_helper_loses_none (void)
{
  g_autofree char             *folder = g_dir_make_tmp ("tfv-moments-XXXXXX", NULL);
  g_autoptr (TfvSummaryWriter) writer = new_writer (folder);
  g_autoptr (TfvRun)           run = NULL;
  Names                        names = intern_names (writer);
  gint64                       step = 0;
  gint64                       helper = get_helper (writer);

  /* In the end a thread does it. */
  while (helper != getpid ())
    {
      gint64 deadline_us = g_get_monotonic_time () + WAIT_US;

      for (guint i = 0; i < 15; i++, g_usleep (1500))
        {
          for (guint k = 0; k < 300; k++, step++)
            log_step (writer, &names, step);
        }
      kill ((pid_t) helper, SIGKILL);
      while (get_helper (writer) == helper && g_get_monotonic_time () < deadline_us)
        log_step (writer, &names, step++), g_usleep (1000);
      g_assert_cmpint (get_helper (writer), !=, helper);
      helper = get_helper (writer);
    }
  close_writer (writer);

  run = load_run (folder);
  g_assert_cmpuint (tfv_run_get_n_dropped (run), ==, 0);
  g_assert_cmpint (check_rows (run), ==, step);

  remove_folder (folder);
}

typedef struct
{
  _Atomic gint64 helper;
  _Atomic gint64 n_logged;
} Shared;

static void
train (const char *folder, Shared *shared)
{
  TfvSummaryWriter *writer = new_writer (folder);
  Names             names = intern_names (writer);

  atomic_store (&shared->helper, get_helper (writer));
  for (gint64 step = 0;; step++)
    {
      log_step (writer, &names, step);
      atomic_store (&shared->n_logged, step + 1);
      if (step % 500 == 499)
        g_usleep (1000);
    }
}

static void
test_a_killed_training_loses_none (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (5);
  Shared           *shared = mmap (NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

  for (guint round = 0; round < 10; round++)
    {
      g_autofree char   *folder = g_dir_make_tmp ("tfv-moments-XXXXXX", NULL);
      gint64             deadline_us = g_get_monotonic_time () + WAIT_US;
      g_autoptr (TfvRun) run = NULL;
      gint64             n_logged, n_read;
      int                status;
      pid_t              child;

      atomic_store (&shared->n_logged, 0);
      child = fork ();
      if (child == 0)
        {
          train (folder, shared);
          _exit (1);
        }
      while (atomic_load (&shared->n_logged) == 0 && g_get_monotonic_time () < deadline_us)
        g_usleep (200);
      g_usleep ((gulong) g_rand_int_range (random, 0, 50000));
      kill (child, SIGKILL);
      waitpid (child, &status, 0);
      while (kill ((pid_t) atomic_load (&shared->helper), 0) == 0 && g_get_monotonic_time () < deadline_us)
        {
          g_autofree char *path = g_strdup_printf ("/proc/%d/cmdline", (int) atomic_load (&shared->helper));
          g_autofree char *command = NULL;

          /* Defunct, where nobody reaps it. */
          if (!g_file_get_contents (path, &command, NULL, NULL) || *command == '\0')
            break;
          g_usleep (1000);
        }

      run = load_run (folder);
      n_logged = atomic_load (&shared->n_logged);
      if (tfv_run_get_n_dropped (run) == 0)
        {
          n_read = check_rows (run);
          g_assert_cmpint (n_read, >=, n_logged);
          g_assert_cmpint (n_read, <=, n_logged + 1);
        }
      remove_folder (folder);
    }

  munmap (shared, sizeof *shared);
}

static void
test_what_finds_no_room_is_counted (void)
{
  g_autofree char             *folder = g_dir_make_tmp ("tfv-moments-XXXXXX", NULL);
  g_autoptr (TfvSummaryWriter) writer = new_writer (folder);
  g_autoptr (TfvRun)           run = NULL;
  g_autoptr (TfvSpanTable)     table = NULL;
  TfvCounter                   counter = { .series = tfv_summary_writer_intern (writer, TFV_STRING_COUNTER, "memory", 0) };
  pid_t                        helper = (pid_t) get_helper (writer);

  g_assert_true (tfv_summary_writer_flush (writer, NULL));
  kill (helper, SIGSTOP);
  for (guint i = 0; i < TFV_WRITER_RING_ROWS + 500; i++)
    tfv_summary_writer_add_counter (writer, &counter);
  g_assert_cmpuint (tfv_summary_writer_get_n_dropped (writer), ==, 500);
  kill (helper, SIGCONT);
  close_writer (writer);
  tfv_summary_writer_add_counter (writer, &counter);
  g_assert_cmpuint (tfv_summary_writer_get_n_dropped (writer), ==, 501);

  run = load_run (folder);
  table = tfv_run_dup_spans (run);
  g_assert_cmpuint (tfv_run_get_n_dropped (run), ==, 500);
  g_assert_cmpuint (tfv_span_table_get_n_counters (table), ==, TFV_WRITER_RING_ROWS);

  remove_folder (folder);
}

/* Four counters and three flows in turns; the file has two of the counters and
 * one of the flows. Whoever finds that out dies once, at the worst moment. */
static void
test_who_recovers_may_die_too (void)
{
  TfvRing          *ring = g_aligned_alloc0 (1, TFV_RING_BYTES (TFV_RING_ZONE_ROWS, sizeof (TfvMoment)), 4096);
  TfvRingInlet      inlet;
  TfvWriterInFlight counters = { TFV_EVENT_COUNTERS, 0, 100, 0, 7 };
  TfvWriterInFlight flows = { TFV_EVENT_FLOWS, 0, 10, 0, 7 };
  guint64           expected[] = { TFV_RECORD_NONE, TFV_RECORD_NONE, TFV_RECORD_NONE, TFV_RECORD_FLOW, TFV_RECORD_COUNTER, TFV_RECORD_FLOW, TFV_RECORD_COUNTER };

  tfv_ring_init (ring, TFV_RING_ZONE_ROWS, sizeof (TfvMoment));
  tfv_ring_inlet_open (&inlet, ring);
  for (guint i = 0; i < 7; i++)
    {
      TfvMoment *moment = tfv_ring_inlet_reserve (&inlet);

      moment->kind = i % 2 == 0 ? TFV_RECORD_COUNTER : TFV_RECORD_FLOW;
      tfv_ring_inlet_commit (&inlet, sizeof *moment);
    }

  for (guint turn = 0; turn < 2; turn++)
    {
      tfv_writer_mark_moments (ring, &counters, 102);
      tfv_writer_mark_moments (ring, &flows, 11);
    }
  for (guint turn = 0; turn < 2; turn++)
    tfv_writer_forget_moments (ring);

  for (guint i = 0; i < 7; i++)
    {
      const TfvMoment *moment = tfv_ring_get_row (ring, i, sizeof *moment);

      g_assert_cmpuint (moment->kind, ==, expected[i]);
    }
  g_aligned_free (ring);
}

/* What a file gave goes with it; what others gave, and their strings, stay. */
static void
test_a_file_that_is_gone_takes_its_own_along (void)
{
  g_autoptr (TfvSpanTable) table = tfv_span_table_new ();
  g_autoptr (TfvSpanTable) without = NULL;
  guint32                  name = tfv_span_table_intern (table, TFV_STRING_NAME, "name", 0);
  TfvCounter               counter = { .series = name };
  TfvFlow                  flow = { .name = name };
  TfvMarker                marker = { .name = name };

  for (guint32 source = 1; source <= 2; source++)
    {
      for (gint64 step = 0; step < 1000; step++)
        {
          counter.step = flow.step = marker.step = source * 1000 + step;
          tfv_span_table_append_counter_from (table, &counter, source);
          tfv_span_table_append_flow_from (table, &flow, source);
          tfv_span_table_append_marker_from (table, &marker, source);
        }
    }
  without = tfv_span_table_copy_without (table, 1);

  g_assert_cmpuint (tfv_span_table_get_n_counters (without), ==, 1000);
  g_assert_cmpuint (tfv_span_table_get_n_flows (without), ==, 1000);
  g_assert_cmpuint (tfv_span_table_get_n_markers (without), ==, 1000);
  tfv_span_table_get_counter (without, 999, &counter);
  tfv_span_table_get_flow (without, 0, &flow);
  tfv_span_table_get_marker (without, 500, &marker);
  g_assert_cmpint (counter.step, ==, 2999);
  g_assert_cmpint (flow.step, ==, 2000);
  g_assert_cmpint (marker.step, ==, 2500);
  g_assert_cmpstr (tfv_span_table_get_string (without, marker.name, NULL, NULL), ==, "name");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, function) g_test_add_func ("/summaries/moments/" name, function)
  ADD ("a-killed-helper-loses-none", test_a_killed_helper_loses_none);
  ADD ("a-killed-training-loses-none", test_a_killed_training_loses_none);
  ADD ("what-finds-no-room-is-counted", test_what_finds_no_room_is_counted);
  ADD ("who-recovers-may-die-too", test_who_recovers_may_die_too);
  ADD ("a-file-that-is-gone-takes-its-own-along", test_a_file_that_is_gone_takes_its_own_along);

  return g_test_run ();
}
