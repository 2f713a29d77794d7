/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* store-write DIR: what logging costs the training thread, and what writing it
 * down costs the machine.
 *
 * First ten scalars a step, a step a millisecond, as store-write-peer.py does it
 * with others' writers. A call costs about as much as reading the clock, so every
 * other step is timed as a whole, which gives the median, and the steps between
 * call by call, clock included, which gives the tail. Then spans likewise; then
 * scalars at rates that grow until some are dropped, each read back from the file
 * and counted; then a million spans a second, and what processor time the process
 * that writes them takes, also with everything synced to the disk. */

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "summaries/tfv-logdir.h"
#include "summaries/tfv-span-table.h"
#include "summaries/tfv-summary-writer.h"

#define NS_A_SECOND G_GINT64_CONSTANT (1000000000)
#define N_STEPS 2000
#define N_TAGS 10
#define STEP_NS 1000000
#define TURN_NS 100000
#define RATE_SECONDS 2
#define SPANS_A_SECOND 1000000
#define SPAN_SECONDS 5
#define SYNC_NS NS_A_SECOND

static char *tags[N_TAGS];

static gint64
now_ns (clockid_t clock)
{
  struct timespec now;

  clock_gettime (clock, &now);
  return now.tv_sec * NS_A_SECOND + now.tv_nsec;
}

static void
fail (const char *what)
{
  g_printerr ("store-write: %s\n", what);
  exit (EXIT_FAILURE);
}

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* The value that the share @share of @values does not exceed; sorts them. */
static double
quantile (GArray *values, double share)
{
  qsort (values->data, values->len, sizeof (double), compare_doubles);
  return g_array_index (values, double, (guint) (share * (values->len - 1)));
}

static TfvSummaryWriter *
open_writer (const char *directory, const char *name, gint64 sync_ns)
{
  g_autofree char   *folder = g_build_filename (directory, name, NULL);
  g_autoptr (GError) error = NULL;
  TfvSummaryWriter  *writer = sync_ns > 0 ? tfv_summary_writer_new_synced (folder, sync_ns, &error) : tfv_summary_writer_new (folder, &error);

  if (writer == NULL)
    fail (error->message);
  return writer;
}

/* Closes the writer; how many records it dropped. */
static guint64
close_writer (TfvSummaryWriter *writer)
{
  g_autoptr (GError) error = NULL;

  if (!tfv_summary_writer_close (writer, &error))
    fail (error->message);
  return tfv_summary_writer_get_n_dropped (writer);
}

static inline void
push_scalar (TfvSummaryWriter *writer, guint i, gint64 step)
{
  tfv_summary_writer_add_scalar (writer, tags[i % N_TAGS], 1.0 / (double) step, step);
}

static guint32 span_names[N_TAGS];

static inline void
push_span (TfvSummaryWriter *writer, guint i, gint64 step)
{
  TfvSpan span = { .start_ns = step * 1000, .duration_ns = 500, .step = step, .name = span_names[i % N_TAGS], .lane = span_names[0] };

  tfv_summary_writer_add_span (writer, &span);
}

typedef void (*Push) (TfvSummaryWriter *writer, guint i, gint64 step);

/* Inlined with what they push, as a program's own loop is. */
static G_ALWAYS_INLINE inline void
time_step (TfvSummaryWriter *writer, Push push, gint64 step, GArray *costs)
{
  gint64 begin = now_ns (CLOCK_MONOTONIC);
  double cost;

  for (guint i = 0; i < N_TAGS; i++)
    push (writer, i, step);
  cost = (double) (now_ns (CLOCK_MONOTONIC) - begin) / N_TAGS;
  g_array_append_val (costs, cost);
}

static G_ALWAYS_INLINE inline void
time_each_call (TfvSummaryWriter *writer, Push push, gint64 step, GArray *costs)
{
  for (guint i = 0; i < N_TAGS; i++)
    {
      gint64 begin = now_ns (CLOCK_MONOTONIC);
      double cost;

      push (writer, i, step);
      cost = (double) (now_ns (CLOCK_MONOTONIC) - begin);
      g_array_append_val (costs, cost);
    }
}

/* What a call costs in a loop that does other things most of the time. */
static G_ALWAYS_INLINE inline void
measure_calls (TfvSummaryWriter *writer, Push push, double *median, double *tail)
{
  g_autoptr (GArray) step_costs = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) call_costs = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint i = 0; i < N_TAGS; i++)
    push (writer, i, 1);
  for (gint64 step = 1; step <= N_STEPS; step++)
    {
      gint64 end = now_ns (CLOCK_MONOTONIC) + STEP_NS;

      if (step % 2 == 0)
        time_step (writer, push, step, step_costs);
      else
        time_each_call (writer, push, step, call_costs);
      while (now_ns (CLOCK_MONOTONIC) < end)
        ;
    }
  if (close_writer (writer) > 0)
    fail ("records were dropped, the figures mean nothing");

  *median = quantile (step_costs, 0.5);
  *tail = quantile (call_costs, 0.999);
}

static void
push_at_rate (TfvSummaryWriter *writer, Push push, guint64 rate, guint n_seconds)
{
  gint64  begin = now_ns (CLOCK_MONOTONIC);
  guint64 n_turn = rate * TURN_NS / NS_A_SECOND;
  guint64 n_all = rate * n_seconds;

  for (guint64 i = 0, turn = 0; i < n_all; turn++)
    {
      for (guint64 k = 0; k < n_turn && i < n_all; k++, i++)
        push (writer, (guint) k, (gint64) (i / N_TAGS) + 1);
      while (now_ns (CLOCK_MONOTONIC) < begin + (gint64) (turn + 1) * TURN_NS)
        ;
    }
}

/* How many scalars the event files of a folder hold. */
static guint64
count_scalars (const char *folder)
{
  const char *const     paths[] = { folder, NULL };
  g_autoptr (TfvLogdir) logdir = tfv_logdir_new (paths);
  g_autoptr (GPtrArray) runs = NULL;
  g_autoptr (GError)    error = NULL;
  guint64               n_points = 0;

  if (!tfv_logdir_load (logdir, NULL, &error))
    fail (error->message);
  runs = tfv_logdir_dup_runs (logdir);
  for (guint i = 0; i < N_TAGS && runs->len == 1; i++)
    {
      g_autoptr (TfvTag) tag = tfv_run_dup_tag (runs->pdata[0], TFV_RECORD_SCALAR, tags[i]);

      n_points += tag != NULL ? tfv_scalar_series_get_n_points (tfv_tag_get_series (tag)) : 0;
    }

  return n_points;
}

static void
remove_files (const char *folder)
{
  g_autoptr (GDir) listing = g_dir_open (folder, 0, NULL);
  const char      *name;

  while (listing != NULL && (name = g_dir_read_name (listing)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      unlink (path);
    }
  rmdir (folder);
}

/* Scalars at a rate, all of which must be in the file; whether they were. */
static gboolean
sustains (const char *directory, guint64 rate)
{
  g_autoptr (TfvSummaryWriter) writer = open_writer (directory, "rate", 0);
  const char                  *folder = tfv_summary_writer_get_logdir (writer);
  guint64                      n_dropped;
  guint64                      n_found;

  push_at_rate (writer, push_scalar, rate, RATE_SECONDS);
  n_dropped = close_writer (writer);
  n_found = count_scalars (folder);
  if (n_found + n_dropped != rate * RATE_SECONDS)
    fail ("scalars were neither stored nor counted as dropped");
  remove_files (folder);

  return n_dropped == 0;
}

/* The helper process of ours that runs: it holds a descriptor of this process. */
static pid_t
find_helper (void)
{
  g_autoptr (GDir) processes = g_dir_open ("/proc", 0, NULL);
  g_autofree char *own = g_strdup_printf ("\nPid:\t%d\n", (int) getpid ());
  const char      *name;

  while (processes != NULL && (name = g_dir_read_name (processes)) != NULL)
    {
      g_autofree char *path = g_build_filename ("/proc", name, "fdinfo", "4", NULL);
      g_autofree char *comm_path = g_build_filename ("/proc", name, "comm", NULL);
      g_autofree char *comm = NULL;
      g_autofree char *info = NULL;

      if (g_file_get_contents (comm_path, &comm, NULL, NULL) && strcmp (comm, "tfv-writer\n") == 0 &&
          g_file_get_contents (path, &info, NULL, NULL) && strstr (info, own) != NULL)
        return (pid_t) atoi (name);
    }

  return 0;
}

/* Percent of a processor that writing a million spans a second takes. */
static double
measure_writer (const char *directory, gint64 sync_ns)
{
  g_autoptr (TfvSummaryWriter) writer = open_writer (directory, "spans", sync_ns);
  const char                  *folder = tfv_summary_writer_get_logdir (writer);
  pid_t                        helper = find_helper ();
  clockid_t                    clock;
  gint64                       begin;
  double                       share;

  if (helper == 0 || clock_getcpuclockid (helper, &clock) != 0)
    fail ("there is no process that writes");
  for (guint i = 0; i < N_TAGS; i++)
    span_names[i] = tfv_summary_writer_intern (writer, TFV_STRING_NAME, tags[i], 0);
  begin = now_ns (clock);
  push_at_rate (writer, push_span, SPANS_A_SECOND, SPAN_SECONDS);
  share = (double) (now_ns (clock) - begin) / (SPAN_SECONDS * 1e9);
  if (close_writer (writer) > 0)
    fail ("spans were dropped, the figures mean nothing");
  remove_files (folder);

  return 100 * share;
}

int
main (int argc, char **argv)
{
  static const guint64         rates[] = { 20000000, 15000000, 10000000, 7500000, 5000000, 2500000, 1000000 };
  g_autoptr (TfvSummaryWriter) scalars = NULL;
  g_autoptr (TfvSummaryWriter) spans = NULL;
  double                       scalar_median, scalar_tail, span_median, span_tail, writer, synced;
  guint                        best = 0;

  if (argc != 2)
    {
      g_printerr ("usage: store-write DIR\n");
      return 2;
    }

  for (guint i = 0; i < N_TAGS; i++)
    tags[i] = g_strdup_printf ("train/metric-%u", i);
  scalars = open_writer (argv[1], "scalars", 0);
  measure_calls (scalars, push_scalar, &scalar_median, &scalar_tail);
  spans = open_writer (argv[1], "calls", 0);
  for (guint i = 0; i < N_TAGS; i++)
    span_names[i] = tfv_summary_writer_intern (spans, TFV_STRING_NAME, tags[i], 0);
  measure_calls (spans, push_span, &span_median, &span_tail);
  while (best < G_N_ELEMENTS (rates) - 1 && !sustains (argv[1], rates[best]))
    best++;
  writer = measure_writer (argv[1], 0);
  synced = measure_writer (argv[1], SYNC_NS);

  g_print ("{\"median\": %.2f, \"p99.9\": %.1f, \"sustained\": %.1f, \"span median\": %.2f, \"span p99.9\": %.1f, "
           "\"writer\": %.2f, \"synced writer\": %.2f}\n",
           scalar_median, scalar_tail, 1e9 / (double) rates[best], span_median, span_tail, writer, synced);
  for (guint i = 0; i < N_TAGS; i++)
    g_free (tags[i]);
  return EXIT_SUCCESS;
}
