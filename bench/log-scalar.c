/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* log-scalar DIR: what logging a scalar costs the training thread.
 *
 * Ten scalars a step, a step a millisecond, as log-scalar-peer.py does it with
 * others' writers. A call costs about as much as reading the clock, so every
 * other step is timed as a whole, which gives the median, and the steps between
 * call by call, clock included, which gives the tail. */

#include <stdlib.h>
#include <time.h>

#include "summaries/tfv-summary-writer.h"

#define N_STEPS 2000
#define N_TAGS 10
#define STEP_NS 1000000

static gint64
now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_sec * G_GINT64_CONSTANT (1000000000) + now.tv_nsec;
}

static int
compare_doubles (const void *a,
                 const void *b)
{
  double x = *(const double *) a;
  double y = *(const double *) b;

  return (x > y) - (x < y);
}

/* The value that the share @share of @values does not exceed; sorts them. */
static double
quantile (GArray *values,
          double  share)
{
  qsort (values->data, values->len, sizeof (double), compare_doubles);
  return g_array_index (values, double, (guint) (share * (values->len - 1)));
}

static void
time_whole_step (TfvSummaryWriter *writer,
                 char            **tags,
                 gint64            step,
                 GArray           *costs)
{
  gint64 begin = now_ns ();
  double cost;

  for (guint i = 0; i < N_TAGS; i++)
    tfv_summary_writer_add_scalar (writer, tags[i], 1.0 / step, step);
  cost = (double) (now_ns () - begin) / N_TAGS;
  g_array_append_val (costs, cost);
}

static void
time_each_call (TfvSummaryWriter *writer,
                char            **tags,
                gint64            step,
                GArray           *costs)
{
  for (guint i = 0; i < N_TAGS; i++)
    {
      gint64 begin = now_ns ();
      double cost;

      tfv_summary_writer_add_scalar (writer, tags[i], 1.0 / step, step);
      cost = (double) (now_ns () - begin);
      g_array_append_val (costs, cost);
    }
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GError)           error = NULL;
  g_autoptr (GArray)           step_costs = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray)           call_costs = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (TfvSummaryWriter) writer = NULL;
  char                        *tags[N_TAGS];

  if (argc != 2)
    {
      g_printerr ("usage: log-scalar DIR\n");
      return 2;
    }
  writer = tfv_summary_writer_new (argv[1], &error);
  if (writer == NULL)
    {
      g_printerr ("log-scalar: %s\n", error->message);
      return 1;
    }
  for (guint i = 0; i < N_TAGS; i++)
    {
      tags[i] = g_strdup_printf ("train/metric-%u", i);
      tfv_summary_writer_add_scalar (writer, tags[i], 0.0, 0);
    }
  for (gint64 step = 1; step <= N_STEPS; step++)
    {
      gint64 end = now_ns () + STEP_NS;

      if (step % 2 == 0)
        time_whole_step (writer, tags, step, step_costs);
      else
        time_each_call (writer, tags, step, call_costs);
      while (now_ns () < end)
        ;
    }
  if (!tfv_summary_writer_close (writer, &error) || tfv_summary_writer_get_n_dropped (writer) > 0)
    {
      g_printerr ("log-scalar: %s\n", error != NULL ? error->message : "scalars were dropped, the figures mean nothing");
      return 1;
    }
  g_print ("{\"median\": %.2f, \"p99.9\": %.1f}\n", quantile (step_costs, 0.5), quantile (call_costs, 0.999));
  for (guint i = 0; i < N_TAGS; i++)
    g_free (tags[i]);
  return EXIT_SUCCESS;
}
