/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* store-compact DIR: an event file of 100 million scalars in 1000 tags is compacted,
 * and then curves of it are drawn that nobody has looked at. The time from nothing,
 * which is to open the file, to have the points and to have what they cover of
 * 1000 pixels, is told for the slowest of some tags, beside that of a program that
 * has opened the run, and parses files in a process of their own. */

#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "bench/store-scalars.h"
#include "summaries/tfv-compact.h"
#include "summaries/tfv-format.h"
#include "summaries/tfv-run-private.h"

#define N_CURVES 9

/* A run of one file, read by this process. (transfer full) */
static TfvRun *
open_file (const char *path)
{
  g_autoptr (TfvRun) run = tfv_run_new (".", ".");
  const TfvFormat   *format = tfv_format_find ("bench.tfv.h5", NULL, 0);
  TfvRunPart        *part = tfv_run_add_part (run, path, format);
  g_autoptr (GError) error = NULL;
  TfvFileReader     *reader = format->open (path, part, &error);

  if (reader == NULL)
    g_error ("%s", error->message);
  while (format->poll (reader, G_MAXSIZE))
    ;
  format->close (reader);
  return g_steal_pointer (&run);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *path = NULL;
  g_autoptr (TfvRun) run = NULL;
  struct rusage      usage;
  struct stat        status;
  double             begin, compact_s, first_s = 0, shown_s = 0;

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

  for (guint i = 0; i < N_CURVES; i++)
    {
      g_autoptr (TfvRun) opened = NULL;

      begin = now_s ();
      opened = open_file (path);
      draw_curve (opened, i * N_TAGS / N_CURVES);
      first_s = MAX (first_s, now_s () - begin);
    }
  run = open_run (argv[1]);
  for (guint i = 0; i < N_CURVES; i++)
    {
      begin = now_s ();
      draw_curve (run, i * N_TAGS / N_CURVES + 1);
      shown_s = MAX (shown_s, now_s () - begin);
    }
  printf ("{\"compact\": %.2f, \"size\": %.2f, \"memory\": %.0f, \"first plot\": %.2f, \"shown\": %.2f}\n", compact_s, (double) status.st_size / N_SCALARS, (double) usage.ru_maxrss / 1000, first_s * 1000, shown_s * 1000);
  return 0;
}
