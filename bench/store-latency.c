/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* store-latency DIR: how long a scalar takes from the call that logs it to a
 * reader that follows the folder.
 *
 * A child logs a million scalars a second, a thousand each millisecond, and the
 * value of each is when it was logged. This process follows the folder as the
 * window does, and at every signal looks at what is new: a scalar's latency is
 * from its own stamp until it could be looked at here. */

#include <math.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "summaries/tfv-logdir.h"
#include "summaries/tfv-summary-writer.h"

#define NS_A_SECOND G_GINT64_CONSTANT (1000000000)
#define N_TAGS 8
#define TURN_NS 1000000
#define SCALARS_A_TURN 1000
#define WARM_UP_NS NS_A_SECOND
#define LENGTH_NS (5 * NS_A_SECOND)

/* Every so many points are looked at. */
#define STRIDE 7

static gint64
now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_sec * NS_A_SECOND + now.tv_nsec;
}

/* Stamps are told from here, so that a double holds them to the nanosecond. */
static gint64 base_ns;

static void
write_at_rate (const char *folder)
{
  g_autoptr (GError)           error = NULL;
  g_autoptr (TfvSummaryWriter) writer = tfv_summary_writer_new (folder, &error);
  gint64                       step = 0;
  char                         tags[N_TAGS][16];

  if (writer == NULL)
    g_error ("%s", error->message);
  for (guint i = 0; i < N_TAGS; i++)
    g_snprintf (tags[i], sizeof tags[i], "metric-%u", i);
  for (gint64 turn_ns = now_ns (), end_ns = turn_ns + LENGTH_NS; turn_ns < end_ns; turn_ns += TURN_NS)
    {
      struct timespec until = { .tv_sec = turn_ns / NS_A_SECOND, .tv_nsec = turn_ns % NS_A_SECOND };

      clock_nanosleep (CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
      for (guint i = 0; i < SCALARS_A_TURN; i++, step++)
        tfv_summary_writer_add_scalar (writer, tags[step % N_TAGS], (double) (now_ns () - base_ns), step / N_TAGS);
    }
  if (!tfv_summary_writer_close (writer, &error))
    g_error ("%s", error->message);
  if (tfv_summary_writer_get_n_dropped (writer) > 0)
    g_error ("scalars were dropped, the figures mean nothing");
}

typedef struct
{
  GMainLoop *loop;
  GArray    *latencies_ms;
  gsize      n_seen[N_TAGS];
  gsize      n_expected;
} Watch;

static gsize
look_at_tag (Watch *watch, TfvRun *run, guint tag_index, gint64 *now)
{
  g_autofree char          *name = g_strdup_printf ("metric-%u", tag_index);
  g_autoptr (TfvTag)        tag = tfv_run_dup_tag (run, TFV_RECORD_SCALAR, name);
  g_autoptr (TfvScalarView) view = tag != NULL ? tfv_scalar_series_snapshot (tfv_tag_get_series (tag), TFV_SCALAR_VIEW_ALL) : NULL;
  gsize                     n_points = view != NULL ? view->n_points : 0;

  *now = now_ns ();
  for (gsize i = watch->n_seen[tag_index]; i < n_points; i++)
    {
      double stamp_ns, latency_ms;

      if (i % STRIDE != 0)
        continue;
      tfv_scalar_view_get (view, i, NULL, NULL, &stamp_ns, NULL);
      latency_ms = ((double) (*now - base_ns) - stamp_ns) * 1e-6;
      if (stamp_ns > WARM_UP_NS)
        g_array_append_val (watch->latencies_ms, latency_ms);
    }
  watch->n_seen[tag_index] = n_points;
  return n_points;
}

static void
on_changed (TfvLogdir *logdir, Watch *watch)
{
  g_autoptr (GPtrArray) runs = tfv_logdir_dup_runs (logdir);
  gsize                 n_points = 0;
  gint64                now;

  for (guint i = 0; i < N_TAGS && runs->len == 1; i++)
    n_points += look_at_tag (watch, runs->pdata[0], i, &now);
  if (n_points == watch->n_expected)
    g_main_loop_quit (watch->loop);
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static gboolean
on_too_late (gpointer data)
{
  g_printerr ("store-latency: not all that was written came\n");
  exit (EXIT_FAILURE);
}

int
main (int argc, char **argv)
{
  g_autoptr (GArray)    latencies_ms = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (TfvLogdir) logdir = NULL;
  const char           *paths[] = { argv[1], NULL };
  Watch                 watch = { .loop = loop, .latencies_ms = latencies_ms };
  struct rusage         usage;
  double                cpu_s;
  pid_t                 child;
  int                   status;

  if (argc != 2)
    {
      g_printerr ("usage: store-latency DIR\n");
      return 2;
    }
  base_ns = now_ns ();
  watch.n_expected = LENGTH_NS / TURN_NS * SCALARS_A_TURN;
  child = fork ();
  if (child == 0)
    {
      write_at_rate (argv[1]);
      _exit (EXIT_SUCCESS);
    }
  logdir = tfv_logdir_new (paths);
  g_signal_connect (logdir, "changed", G_CALLBACK (on_changed), &watch);
  tfv_logdir_start (logdir);
  g_timeout_add (4 * LENGTH_NS / 1000000, on_too_late, NULL);
  g_main_loop_run (loop);
  getrusage (RUSAGE_SELF, &usage);
  if (waitpid (child, &status, 0) != child || status != 0)
    return EXIT_FAILURE;
  cpu_s = (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
  g_array_sort (latencies_ms, compare_doubles);
  g_print ("{\"p50\": %.2f, \"p99\": %.2f, \"max\": %.2f, \"cpu\": %.1f}\n",
           g_array_index (latencies_ms, double, latencies_ms->len / 2),
           g_array_index (latencies_ms, double, (guint) (0.99 * latencies_ms->len)),
           g_array_index (latencies_ms, double, latencies_ms->len - 1),
           100 * cpu_s / (LENGTH_NS * 1e-9));
  return EXIT_SUCCESS;
}
