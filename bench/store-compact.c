/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* store-compact DIR: an event file of 100 million scalars in 1000 tags is compacted,
 * and then curves of it are drawn that nobody has looked at. The time from nothing,
 * which is to open the file, to have the points and to have what they cover of
 * 1000 pixels, is told for the slowest of some tags, beside that of a program that
 * has opened the run, and parses files in a process of their own. */

#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/store-scalars.h"
#include "summaries/tfv-compact.h"

#define N_CURVES 9

/* The longest that it takes to draw a curve of a run that is open. */
static double
draw_of_open_run (const char *folder)
{
  g_autoptr (TfvRun) run = open_run (folder);
  double             slowest_s = 0;

  for (guint i = 0; i < N_CURVES; i++)
    {
      double begin = now_s ();

      draw_curve (run, i * N_TAGS / N_CURVES + 1);
      slowest_s = MAX (slowest_s, now_s () - begin);
    }
  return slowest_s;
}

/* The longest that it takes to open the run and draw a curve, in one process. */
static double
open_and_draw (const char *folder)
{
  double slowest_s = 0;

  g_setenv ("TFV_READER", "none", TRUE);
  for (guint i = 0; i < N_CURVES; i++)
    {
      double             begin = now_s ();
      g_autoptr (TfvRun) run = open_run (folder);

      draw_curve (run, i * N_TAGS / N_CURVES);
      slowest_s = MAX (slowest_s, now_s () - begin);
    }
  return slowest_s;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *path = NULL;
  struct rusage      usage;
  struct stat        status;
  double             begin, compact_s, first_s;
  double            *shown_s = mmap (NULL, sizeof *shown_s, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  pid_t              child;

  if (argc != 2)
    {
      g_printerr ("usage: store-compact DIR\n");
      return 2;
    }
  path = write_scalars (argv[1]);

  begin = now_s ();
  if (tfv_compact_file (path, NULL, NULL, NULL, NULL, &error) != TFV_COMPACT_DONE)
    g_error ("%s", error->message);
  compact_s = now_s () - begin;
  getrusage (RUSAGE_SELF, &usage);
  g_assert_cmpint (stat (path, &status), ==, 0);

  /* How files are parsed is settled once for a process. */
  *shown_s = 0;
  child = fork ();
  if (child == 0)
    {
      *shown_s = draw_of_open_run (argv[1]);
      _exit (0);
    }
  waitpid (child, NULL, 0);
  first_s = open_and_draw (argv[1]);
  printf ("{\"compact\": %.2f, \"size\": %.2f, \"memory\": %.0f, \"first plot\": %.2f, \"shown\": %.2f}\n", compact_s, (double) status.st_size / N_SCALARS, (double) usage.ru_maxrss / 1000, first_s * 1000, *shown_s * 1000);
  return 0;
}
