/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* store-read DIR: an event file of 100 million scalars in 1000 tags, 3.2 GB, is read
 * as it was written, from memory. Told is how soon counts, steps and ranges of all
 * tags are known to a program that opens the run, for which every row is read and
 * looked at; the same measured by read(2) of as many bytes; and how soon a curve can
 * be drawn that nobody has looked at, the opening included. */

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "bench/store-scalars.h"

#define ROW_BYTES 32
#define BLOCK_BYTES (512u << 10)
#define N_ROUNDS 3
#define N_CURVES 3

/* How long read(2) takes for as many bytes as the rows are. */
static double
read_raw (const char *path, guint8 *block)
{
  double begin = now_s ();
  gsize  n_left = N_SCALARS * ROW_BYTES;
  int    fd = open (path, O_RDONLY | O_CLOEXEC);

  while (n_left > 0)
    {
      ssize_t n = read (fd, block, MIN (n_left, BLOCK_BYTES));

      g_assert_cmpint (n, >, 0);
      n_left -= (gsize) n;
    }
  close (fd);
  return now_s () - begin;
}

/* The counts, steps and ranges of all tags. */
static void
look_at_tags (TfvRun *run)
{
  g_autoptr (GPtrArray) tags = tfv_run_dup_tags (run);
  guint64               n_points = 0;

  for (guint i = 0; i < tags->len; i++)
    {
      TfvTagSummary summary;
      double        min, max;

      tfv_tag_get_summary (tags->pdata[i], &summary);
      g_assert_true (tfv_scalar_series_get_range (tfv_tag_get_series (tags->pdata[i]), &min, &max));
      n_points += summary.count;
    }
  g_assert_cmpuint (n_points, ==, N_SCALARS);
}

int
main (int argc, char **argv)
{
  g_autofree guint8 *block = g_malloc (BLOCK_BYTES);
  g_autofree char   *path = NULL;
  double             raw_s = G_MAXDOUBLE, counts_s = G_MAXDOUBLE, first_s = 0;

  if (argc != 2)
    {
      g_printerr ("usage: store-read DIR\n");
      return 2;
    }
  path = write_scalars (argv[1]);
  for (guint i = 0; i < N_ROUNDS; i++)
    raw_s = MIN (raw_s, read_raw (path, block));
  for (guint i = 0; i < N_CURVES; i++)
    {
      double             begin = now_s ();
      g_autoptr (TfvRun) run = open_run (argv[1]);

      look_at_tags (run);
      counts_s = MIN (counts_s, now_s () - begin);
      draw_curve (run, i * N_TAGS / N_CURVES);
      first_s = MAX (first_s, now_s () - begin);
    }
  printf ("{\"bulk\": %.3f, \"counts\": %.3f, \"first plot\": %.3f, \"read(2)\": %.3f}\n", counts_s / raw_s, counts_s, first_s, raw_s);
  return 0;
}
