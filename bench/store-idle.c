/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* store-idle DIR: what it costs to have a folder open whose runs are live and
 * write nothing just now.
 *
 * Each run has a file that no writer has closed, of 20 tags with 100 points, as
 * a run of some minutes has. Told are, for 500 runs: what a look at all of them
 * costs in CPU time, while they count as active (they grew in the last half
 * minute) and later; what a run takes in memory, its points included; and how
 * long it takes until all was read, of 500 runs and of 2000. */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "summaries/tfv-logdir.h"
#include "summaries/tfv-summary-writer.h"

#define N_TAGS 20
#define N_POINTS 100
#define RUNS_A_WRITER 25

/* How often the reader looks at active files, and at all that is there. */
#define ACTIVE_LOOKS_A_SECOND 50
#define QUIET_LOOKS_A_SECOND 1

/* A file last written so long ago counts as quiet from the start. */
#define AGE_S 3600

#define SETTLE_S 3
#define MEASURED_S 5

typedef struct
{
  double start_s;
  double look_ms;
  double run_bytes;
} Result;

static double
now_s (void)
{
  return (double) g_get_monotonic_time () * 1e-6;
}

static double
cpu_s (void)
{
  struct timespec used;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &used);
  return (double) used.tv_sec + (double) used.tv_nsec * 1e-9;
}

static double
resident_bytes (void)
{
  g_autofree char *text = NULL;
  guint64          n_pages[2];

  if (!g_file_get_contents ("/proc/self/statm", &text, NULL, NULL) || sscanf (text, "%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT, &n_pages[0], &n_pages[1]) != 2)
    return 0;
  return (double) n_pages[1] * (double) sysconf (_SC_PAGESIZE);
}

/* Writes runs and ends without closing them: to a reader they are live. */
static void
write_runs (const char *folder, guint first, guint n_runs)
{
  g_setenv ("TFV_WRITER", "thread", TRUE);
  for (guint i = first; i < first + n_runs; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char   *path = g_strdup_printf ("%s/run-%04u", folder, i);
      TfvSummaryWriter  *writer = tfv_summary_writer_new (path, &error);

      if (writer == NULL)
        g_error ("%s", error->message);
      for (guint tag = 0; tag < N_TAGS; tag++)
        {
          g_autofree char *name = g_strdup_printf ("train/metric-%u", tag);

          for (gint64 step = 0; step < N_POINTS; step++)
            tfv_summary_writer_add_scalar_float (writer, name, (float) step, step);
        }
      if (!tfv_summary_writer_flush (writer, &error))
        g_error ("%s", error->message);
    }
}

static void
wait_for (pid_t child)
{
  int status;

  if (waitpid (child, &status, 0) != child || status != 0)
    {
      g_printerr ("store-idle: a child failed\n");
      exit (EXIT_FAILURE);
    }
}

static void
make_runs (const char *folder, guint n_runs)
{
  for (guint first = 0; first < n_runs; first += RUNS_A_WRITER)
    {
      pid_t child = fork ();

      if (child == 0)
        {
          write_runs (folder, first, RUNS_A_WRITER);
          _exit (EXIT_SUCCESS);
        }
      wait_for (child);
    }
}

/* Has all files look as if they were written @age_s ago. */
static void
set_age (const char *folder, gint64 age_s)
{
  struct timespec  times[2];
  g_autoptr (GDir) runs = g_dir_open (folder, 0, NULL);
  const char      *run;

  clock_gettime (CLOCK_REALTIME, &times[0]);
  times[0].tv_sec -= age_s;
  times[1] = times[0];
  while ((run = g_dir_read_name (runs)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, run, NULL);
      g_autoptr (GDir) files = g_dir_open (path, 0, NULL);
      const char      *file;

      while ((file = g_dir_read_name (files)) != NULL)
        {
          g_autofree char *file_path = g_build_filename (path, file, NULL);

          utimensat (AT_FDCWD, file_path, times, 0);
        }
    }
}

static gboolean
on_time_over (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
run_loop_for (guint seconds)
{
  gboolean is_over = FALSE;

  g_timeout_add_seconds (seconds, on_time_over, &is_over);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
}

static Result
follow (const char *folder, guint n_runs, double looks_a_second)
{
  const char           *paths[] = { folder, NULL };
  g_autoptr (TfvLogdir) logdir = tfv_logdir_new (paths);
  g_autoptr (GPtrArray) runs = NULL;
  double                before_bytes = resident_bytes ();
  double                begin_s = now_s ();
  Result                result;

  tfv_logdir_start (logdir);
  while (!tfv_logdir_is_loaded (logdir))
    g_usleep (1000);
  result.start_s = now_s () - begin_s;
  runs = tfv_logdir_dup_runs (logdir);
  if (runs->len != n_runs)
    g_error ("%u runs, and not %u", runs->len, n_runs);
  run_loop_for (SETTLE_S);
  result.run_bytes = (resident_bytes () - before_bytes) / n_runs;
  begin_s = cpu_s ();
  run_loop_for (MEASURED_S);
  result.look_ms = (cpu_s () - begin_s) * 1e3 / (MEASURED_S * looks_a_second);
  return result;
}

/* Follows in a process of its own: what one leaves in memory is not the next one's. */
static Result
follow_apart (const char *folder, guint n_runs, double looks_a_second)
{
  Result result;
  int    ends[2];
  pid_t  child;

  if (pipe (ends) != 0)
    exit (EXIT_FAILURE);
  child = fork ();
  if (child == 0)
    {
      result = follow (folder, n_runs, looks_a_second);
      _exit (write (ends[1], &result, sizeof result) == sizeof result ? EXIT_SUCCESS : EXIT_FAILURE);
    }
  wait_for (child);
  if (read (ends[0], &result, sizeof result) != sizeof result)
    exit (EXIT_FAILURE);
  close (ends[0]);
  close (ends[1]);
  return result;
}

int
main (int argc, char **argv)
{
  g_autofree char *few = NULL, *many = NULL;
  Result           active, quiet, start;

  if (argc != 2)
    {
      g_printerr ("usage: store-idle DIR\n");
      return 2;
    }
  few = g_build_filename (argv[1], "few", NULL);
  many = g_build_filename (argv[1], "many", NULL);
  make_runs (few, 500);
  set_age (few, 0);
  active = follow_apart (few, 500, ACTIVE_LOOKS_A_SECOND);
  set_age (few, AGE_S);
  quiet = follow_apart (few, 500, QUIET_LOOKS_A_SECOND);
  make_runs (many, 2000);
  set_age (many, AGE_S);
  start = follow_apart (many, 2000, QUIET_LOOKS_A_SECOND);
  g_print ("{\"active look\": %.3f, \"quiet look\": %.3f, \"memory\": %.4f, \"start, 500\": %.3f, \"start, 2000\": %.3f, \"quiet look, 2000\": %.3f}\n",
           active.look_ms, quiet.look_ms, MAX (active.run_bytes, quiet.run_bytes) * 1e-6, quiet.start_s, start.start_s, start.look_ms);
  return EXIT_SUCCESS;
}
