/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* store-sandbox DIR: what it costs to parse files in the process tfv-reader.
 *
 * Writes an event file of ours, of 30 million scalars in 50 tags, and one of
 * TensorFlow's, of 10 million, below DIR, and reads each of them with that process
 * and without it, in turn, ours also with the points of four tags. Prints how long
 * that took at best, in seconds of the clock and of all processors together, and
 * how many times longer it took with the process. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "summaries/tfv-logdir.h"
#include "summaries/tfv-summary-writer.h"

#define N_TAGS 50
#define N_STEPS 600000
#define N_EVENT_STEPS 200000
#define N_ROUNDS 5
#define N_PLOTTED 4
#define CRC32C_POLYNOMIAL 0x82f63b78u

typedef struct
{
  double wall_s;
  double cpu_s;
} Cost;

static guint32
crc32c (const guint8 *bytes, gsize n_bytes)
{
  static guint32 table[256];
  guint32        crc = 0xffffffff;

  for (guint32 i = 0; table[255] == 0 && i < 256; i++)
    {
      table[i] = i;
      for (int bit = 0; bit < 8; bit++)
        table[i] = (table[i] >> 1) ^ (CRC32C_POLYNOMIAL & (0u - (table[i] & 1)));
    }
  for (gsize i = 0; i < n_bytes; i++)
    crc = (crc >> 8) ^ table[(crc ^ bytes[i]) & 0xff];
  return ~crc;
}

static void
put_masked (FILE *file, gconstpointer bytes, gsize n_bytes)
{
  guint32 crc = crc32c (bytes, n_bytes);

  crc = GUINT32_TO_LE ((crc >> 15 | crc << 17) + 0xa282ead8u);
  fwrite (&crc, sizeof crc, 1, file);
}

/* An event with one scalar, as PyTorch writes it. */
static void
put_scalar (FILE *file, guint step, const char *tag, float value)
{
  guint8  event[128];
  guint64 n_tag = strlen (tag), n_value = 2 + n_tag + 5, n = 0;
  double  wall_time = 1.7e9 + step;
  guint64 length;

  event[n++] = 0x09;
  memcpy (event + n, &wall_time, sizeof wall_time);
  n += sizeof wall_time;
  event[n++] = 0x10;
  for (; step >= 0x80; step >>= 7)
    event[n++] = (guint8) (step | 0x80);
  event[n++] = (guint8) step;
  event[n++] = 0x2a;
  event[n++] = (guint8) (n_value + 2);
  event[n++] = 0x0a;
  event[n++] = (guint8) n_value;
  event[n++] = 0x0a;
  event[n++] = (guint8) n_tag;
  memcpy (event + n, tag, n_tag);
  n += n_tag;
  event[n++] = 0x15;
  memcpy (event + n, &value, sizeof value);
  n += sizeof value;

  length = GUINT64_TO_LE (n);
  fwrite (&length, sizeof length, 1, file);
  put_masked (file, &length, sizeof length);
  fwrite (event, n, 1, file);
  put_masked (file, event, n);
}

static void
write_files (const char *ours, const char *theirs)
{
  g_autoptr (TfvSummaryWriter) writer = tfv_summary_writer_new (ours, NULL);
  g_autofree char             *path = g_build_filename (theirs, "events.out.tfevents.1", NULL);
  FILE                        *file;

  g_mkdir_with_parents (theirs, 0700);
  file = fopen (path, "wb");
  for (guint step = 0; step < N_STEPS; step++)
    {
      for (guint i = 0; i < N_TAGS; i++)
        {
          char  tag[32];
          float value = (float) step * 0.5f + (float) i;

          g_snprintf (tag, sizeof tag, "layer/%u/loss", i);
          tfv_summary_writer_add_scalar (writer, tag, value, step);
          if (step < N_EVENT_STEPS)
            put_scalar (file, step, tag, value);
        }
      /* No faster than a disk, so that nothing is dropped. */
      if (step % 500 == 499)
        tfv_summary_writer_flush (writer, NULL);
    }
  fclose (file);
  tfv_summary_writer_close (writer, NULL);
}

static void
load (const char *path, gboolean with_points)
{
  const char           *paths[] = { path, NULL };
  g_autoptr (TfvLogdir) logdir = tfv_logdir_new (paths);

  g_autoptr (GPtrArray) runs = NULL;
  g_autoptr (GPtrArray) tags = NULL;

  if (!tfv_logdir_load (logdir, NULL, NULL))
    _exit (1);
  if (!with_points)
    return;
  runs = tfv_logdir_dup_runs (logdir);
  tags = tfv_run_dup_tags (runs->pdata[0]);
  for (guint i = 0; i < MIN (tags->len, N_PLOTTED); i++)
    {
      g_autoptr (TfvScalarView) view = tfv_scalar_series_snapshot (tfv_tag_get_series (tags->pdata[i]), TFV_SCALAR_VIEW_ALL);

      if (view->n_points != N_STEPS && view->n_points != N_EVENT_STEPS)
        _exit (1);
    }
}

/* In a process of its own, so that each begins afresh. */
static Cost
measure (const char *path, gboolean with_points, gboolean is_sandboxed)
{
  struct rusage before, after;
  gint64        start_us = g_get_monotonic_time ();
  pid_t         child;
  Cost          cost;
  int           status = 0;

  getrusage (RUSAGE_CHILDREN, &before);
  child = fork ();
  if (child == 0)
    {
      if (!is_sandboxed)
        g_setenv ("TFV_READER", "none", TRUE);
      load (path, with_points);
      _exit (0);
    }
  waitpid (child, &status, 0);
  cost.wall_s = (double) (g_get_monotonic_time () - start_us) * 1e-6;
  /* The process that parsed is left to us. */
  while (waitpid (-1, NULL, 0) > 0)
    ;
  getrusage (RUSAGE_CHILDREN, &after);
  cost.cpu_s = (double) (after.ru_utime.tv_sec - before.ru_utime.tv_sec + after.ru_stime.tv_sec - before.ru_stime.tv_sec) +
               (double) (after.ru_utime.tv_usec - before.ru_utime.tv_usec + after.ru_stime.tv_usec - before.ru_stime.tv_usec) * 1e-6;
  if (!WIFEXITED (status) || WEXITSTATUS (status) != 0)
    exit (1);
  return cost;
}

static void
print_costs (const char *what, const char *path, gboolean with_points)
{
  Cost least[2] = { { G_MAXDOUBLE, G_MAXDOUBLE }, { G_MAXDOUBLE, G_MAXDOUBLE } };

  for (guint round = 0; round < N_ROUNDS; round++)
    for (guint i = 0; i < G_N_ELEMENTS (least); i++)
      {
        Cost cost = measure (path, with_points, i == 1);

        least[i].wall_s = MIN (least[i].wall_s, cost.wall_s);
        least[i].cpu_s = MIN (least[i].cpu_s, cost.cpu_s);
      }
  printf ("\"%s in process\": %.4f, \"%s\": %.4f, \"%s cost\": %.3f, \"%s cpu in process\": %.4f, \"%s cpu\": %.4f", what, least[0].wall_s, what, least[1].wall_s, what, least[1].wall_s / least[0].wall_s, what, least[0].cpu_s, what, least[1].cpu_s);
}

int
main (int argc, char **argv)
{
  g_autofree char *ours = NULL;
  g_autofree char *theirs = NULL;
  pid_t            child;

  if (argc != 2)
    return 2;
  prctl (PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  ours = g_build_filename (argv[1], "ours", NULL);
  theirs = g_build_filename (argv[1], "theirs", NULL);
  child = fork ();
  if (child == 0)
    {
      write_files (ours, theirs);
      _exit (0);
    }
  waitpid (child, NULL, 0);

  printf ("{");
  print_costs ("HDF5", ours, FALSE);
  printf (", ");
  print_costs ("points", ours, TRUE);
  printf (", ");
  print_costs ("tfevents", theirs, TRUE);
  printf ("}\n");
  return 0;
}
