/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/plot/tfv-smooth.h"

#include <math.h>
#include <string.h>

#include "viewer/plot/tfv-smoothing.h"

/* Up to this deviation the bell is summed as it is, as far as so many deviations;
 * a wider one is as good as four running means in a row, which take the same time
 * for any width. */
#define MAX_SUMMED_DEVIATION 20.0
#define REACH_IN_DEVIATIONS 4.0
#define N_PASSES 4

static gboolean
is_constant (const double *y, gsize n)
{
  for (gsize i = 1; i < n; i++)
    if (y[i] != y[0])
      return FALSE;
  return n > 0;
}

static void
smooth_as_tensorboard (double weight, const double *y, gsize n, double *smoothed)
{
  TfvSmoother smoother = TFV_SMOOTHER_INIT (weight);

  for (gsize i = 0; i < n; i++)
    smoothed[i] = tfv_smoother_next (&smoother, y[i]);
}

static void
smooth_by_x (double half_life, const double *x, const double *y, gsize n, double *smoothed)
{
  double sum = 0;
  double weight = 0;
  double last_x = 0;

  for (gsize i = 0; i < n; i++)
    {
      /* Where x falls, after a restart, nothing is forgotten. */
      double rest = weight > 0 ? exp2 (-MAX (x[i] - last_x, 0) / half_life) : 0;

      smoothed[i] = y[i];
      if (!isfinite (y[i]) || !isfinite (x[i]))
        continue;
      sum = sum * rest + y[i];
      weight = weight * rest + 1;
      last_x = x[i];
      smoothed[i] = sum / weight;
    }
}

/* The sums of what lies up to @half to either side; what is outside counts as zero.
 * Each sum is made anew from time to time, so that a huge value leaves no trace. */
static void
sum_around (const double *from, gsize n, gsize half, double *to)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    {
      if (i % (half + 1) == 0)
        {
          sum = 0;
          for (gsize j = i - MIN (i, half); j < MIN (i + half + 1, n); j++)
            sum += from[j];
        }
      else
        {
          sum += i + half < n ? from[i + half] : 0;
          sum -= i > half ? from[i - half - 1] : 0;
        }
      to[i] = sum;
    }
}

/* What counts in a sum, values and how many there are, with room on both sides for
 * what sums of sums carry beyond the ends. */
typedef struct
{
  gsize   n;
  gsize   margin;
  double *value;
  double *weight;
} Sums;

static void
sums_init (Sums *self, const double *y, gsize n, gsize margin)
{
  self->n = n + 2 * margin;
  self->margin = margin;
  self->value = g_new0 (double, self->n);
  self->weight = g_new0 (double, self->n);
  for (gsize i = 0; i < n; i++)
    if (isfinite (y[i]))
      {
        self->value[margin + i] = y[i];
        self->weight[margin + i] = 1;
      }
}

static void
sums_clear (Sums *self)
{
  g_free (self->value);
  g_free (self->weight);
}

static void
sums_widen (Sums *self, gsize half)
{
  double *wider = g_new (double, self->n);
  double *narrow = self->value;

  sum_around (narrow, self->n, half, wider);
  self->value = wider;
  sum_around (self->weight, self->n, half, narrow);
  g_free (self->weight);
  self->weight = narrow;
}

static void
sums_divide (const Sums *self, const double *y, gsize n, double *smoothed)
{
  for (gsize i = 0; i < n; i++)
    smoothed[i] = isfinite (y[i]) ? self->value[self->margin + i] / self->weight[self->margin + i] : y[i];
}

static void
smooth_by_mean (double n_points, const double *y, gsize n, double *smoothed)
{
  Sums sums;

  sums_init (&sums, y, n, 0);
  sums_widen (&sums, (gsize) CLAMP (n_points / 2, 0, (double) n));
  sums_divide (&sums, y, n, smoothed);
  sums_clear (&sums);
}

static void
sum_bell (double deviation, const double *y, gsize n, double *smoothed)
{
  gsize              reach = (gsize) ceil (deviation * REACH_IN_DEVIATIONS);
  g_autofree double *bell = g_new (double, reach + 1);

  for (gsize k = 0; k <= reach; k++)
    bell[k] = exp (-0.5 * ((double) k / deviation) * ((double) k / deviation));
  for (gsize i = 0; i < n; i++)
    {
      double value = 0, weight = 0;

      smoothed[i] = y[i];
      if (!isfinite (y[i]))
        continue;
      for (gsize j = i - MIN (i, reach); j < MIN (i + reach + 1, n); j++)
        if (isfinite (y[j]))
          {
            double share = bell[j > i ? j - i : i - j];

            value += share * y[j];
            weight += share;
          }
      smoothed[i] = value / weight;
    }
}

/* Widths of the running means so that the variances add up to that of the bell. */
static void
smooth_by_bell (double deviation, const double *y, gsize n, double *smoothed)
{
  double variance = 12 * deviation * deviation;
  gsize  half = (gsize) ((sqrt (variance / N_PASSES + 1) - 1) / 2);
  double width = 2 * (double) half + 1;
  double n_narrow = (variance - N_PASSES * (width * width + 4 * width + 3)) / (-4 * width - 4);
  Sums   sums;

  if (deviation <= MAX_SUMMED_DEVIATION)
    {
      sum_bell (deviation, y, n, smoothed);
      return;
    }
  sums_init (&sums, y, n, N_PASSES * (half + 1));
  for (guint pass = 0; pass < N_PASSES; pass++)
    sums_widen (&sums, pass < round (n_narrow) ? half : half + 1);
  sums_divide (&sums, y, n, smoothed);
  sums_clear (&sums);
}

/**
 * tfv_smooth:
 * @kind: how
 * @amount: how much, in the units of @kind; what is not above 0 is none
 * @x: (array length=n): where the values stand; of no matter but for
 *   %TFV_SMOOTH_TIME_WEIGHTED
 * @y: (array length=n): values
 * @n: how many
 * @smoothed: (out caller-allocates) (array length=n): smoothed values, not @y itself
 *
 * Makes a curve smooth. A value that is not finite stays where it is and counts for
 * nothing; at the ends the mean is that of what there is. Equal values stay as they
 * are, to the last bit.
 */
void
tfv_smooth (TfvSmoothKind kind, double amount, const double *x, const double *y, gsize n, double *smoothed)
{
  if (!(amount > 0) || is_constant (y, n))
    {
      memcpy (smoothed, y, n * sizeof *y);
      return;
    }
  switch (kind)
    {
    case TFV_SMOOTH_TIME_WEIGHTED:
      smooth_by_x (amount, x, y, n, smoothed);
      break;
    case TFV_SMOOTH_RUNNING_MEAN:
      smooth_by_mean (amount, y, n, smoothed);
      break;
    case TFV_SMOOTH_GAUSSIAN:
      smooth_by_bell (MIN (amount, (double) n), y, n, smoothed);
      break;
    case TFV_SMOOTH_TENSORBOARD:
    default:
      smooth_as_tensorboard (amount, y, n, smoothed);
      break;
    }
}
