/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/plot/tfv-extent.h"

#include <float.h>

#include "viewer/plot/tfv-ticks.h"

/* Up to this many values the quantiles are exact; of more, a regular sample is taken. */
#define MAX_EXACT_VALUES 262144
/* A sample as sparse as this is taken where it is cheap. */
#define SPARSE_SAMPLE 16
#define READ_AT_ONCE 2048
/* Of fewer values 5 % are less than one: none is an outlier. TensorBoard cuts the
 * first and the last epoch off a curve of five. */
#define LEAST_FOR_OUTLIERS 20

/**
 * tfv_extent_select:
 * @values: (array length=n): numbers without NaN; their order changes
 * @n: how many, not 0
 * @rank: which is wanted, from 0
 *
 * Returns: the number that would be at @rank if they were sorted
 */
double
tfv_extent_select (double *values, gsize n, gsize rank)
{
  gssize low = 0;
  gssize high = (gssize) n - 1;

  while (low < high)
    {
      double pivot = values[low + (high - low) / 2];
      gssize i = low;
      gssize j = high;

      while (i <= j)
        {
          while (values[i] < pivot)
            i++;
          while (values[j] > pivot)
            j--;
          if (i <= j)
            {
              double swap = values[i];

              values[i++] = values[j];
              values[j--] = swap;
            }
        }
      if ((gssize) rank <= j)
        high = j;
      else if ((gssize) rank >= i)
        low = i;
      else
        break;
    }
  return values[rank];
}

static gsize
collect_all (const TfvCurveIndex *curve, TfvTrack track, gboolean positive_only, gsize every, double *values)
{
  double y[READ_AT_ONCE];
  gsize  n = 0;
  gsize  phase = 0;

  for (gsize start = 0; start < curve->n_points; start += READ_AT_ONCE)
    {
      gsize take = MIN (READ_AT_ONCE, curve->n_points - start);
      gsize i;

      tfv_curve_index_read_y (curve, track, start, take, y);
      for (i = phase; i < take; i += every)
        if (isfinite (y[i]) && (!positive_only || y[i] > 0))
          values[n++] = y[i];
      phase = i - take;
    }
  return n;
}

/* Reads only what it takes: the points at which the smoothing's state is kept. */
static gsize
collect_checkpoints (const TfvCurveIndex *curve, TfvTrack track, gboolean positive_only, double *values)
{
  gsize n = 0;

  for (gsize i = 0; i < curve->n_points; i += TFV_CHECKPOINT_EVERY)
    {
      double y;

      tfv_curve_index_read_y (curve, track, i, 1, &y);
      if (isfinite (y) && (!positive_only || y > 0))
        values[n++] = y;
    }
  return n;
}

static gboolean
extent_inside_outliers (TfvCurveIndex *const *curves, guint n_curves, TfvTrack track, gboolean positive_only, double *min, double *max)
{
  g_autofree double *values = NULL;
  gsize              total = 0;
  gsize              n = 0;
  gsize              every;
  double             share;

  for (guint i = 0; i < n_curves; i++)
    total += curves[i]->n_points;
  every = (total + MAX_EXACT_VALUES - 1) / MAX_EXACT_VALUES;
  values = g_new (double, total / CLAMP (every, 1, TFV_CHECKPOINT_EVERY) + n_curves + 1);
  for (guint i = 0; i < n_curves; i++)
    if (every >= SPARSE_SAMPLE)
      n += collect_checkpoints (curves[i], track, positive_only, values + n);
    else
      n += collect_all (curves[i], track, positive_only, MAX (every, 1), values + n);
  if (n == 0)
    return FALSE;

  /* TensorBoard's ranks. */
  share = n < LEAST_FOR_OUTLIERS ? 0 : 0.05;
  *min = tfv_extent_select (values, n, (gsize) ceil ((double) (n - 1) * share));
  *max = tfv_extent_select (values, n, (gsize) floor ((double) (n - 1) * (1 - share)));
  return TRUE;
}

static gboolean
positive_extent (const TfvCurveIndex *curve, TfvTrack track, double *min, double *max)
{
  double y[READ_AT_ONCE];
  double lo = INFINITY;
  double hi = -INFINITY;

  for (gsize start = 0; start < curve->n_points; start += READ_AT_ONCE)
    {
      gsize take = MIN (READ_AT_ONCE, curve->n_points - start);

      tfv_curve_index_read_y (curve, track, start, take, y);
      for (gsize i = 0; i < take; i++)
        if (y[i] > 0 && y[i] <= DBL_MAX)
          {
            lo = MIN (lo, y[i]);
            hi = MAX (hi, y[i]);
          }
    }
  *min = lo;
  *max = hi;
  return lo <= hi;
}

/**
 * tfv_extent_of_values:
 * @curves: (array length=n_curves): indexed curves
 * @n_curves: how many
 * @track: which of their values
 * @positive_only: whether only values above zero count
 * @ignore_outliers: whether the lowest and highest 5 % of all values are left
 *   out, where there are 20 or more
 * @min: (out): smallest value
 * @max: (out): greatest
 *
 * The range of values that an axis should show, as TensorBoard chooses it.
 *
 * Returns: %FALSE if there is no value
 */
gboolean
tfv_extent_of_values (TfvCurveIndex *const *curves, guint n_curves, TfvTrack track, gboolean positive_only, gboolean ignore_outliers, double *min, double *max)
{
  double lo = INFINITY;
  double hi = -INFINITY;

  if (ignore_outliers)
    return extent_inside_outliers (curves, n_curves, track, positive_only, min, max);

  for (guint i = 0; i < n_curves; i++)
    {
      double a, b;

      if (!tfv_curve_index_extent (curves[i], track, 0, curves[i]->n_points, TRUE, &a, &b))
        continue;
      if (positive_only && a <= 0 && !positive_extent (curves[i], track, &a, &b))
        continue;
      lo = MIN (lo, a);
      hi = MAX (hi, b);
    }
  *min = lo;
  *max = hi;
  return lo <= hi;
}

/* +inf where there is none. */
static double
least_positive_x (const TfvCurveIndex *curve)
{
  double least = INFINITY;

  for (guint p = 0; p < curve->x.pieces->len; p++)
    {
      const TfvXPiece *piece = &g_array_index (curve->x.pieces, TfvXPiece, p);
      gsize            first = tfv_curve_index_locate (curve, piece, piece->start, nextafter (0, 1));
      double           x;

      if (first >= piece->end)
        continue;
      tfv_curve_index_read_x (curve, first, 1, &x);
      least = MIN (least, x);
    }
  return least;
}

/**
 * tfv_extent_of_x:
 * @curves: (array length=n_curves): indexed curves
 * @n_curves: how many
 * @positive_only: whether only x above zero count
 * @min: (out): smallest x
 * @max: (out): greatest
 *
 * Returns: %FALSE if there is no point
 */
gboolean
tfv_extent_of_x (TfvCurveIndex *const *curves, guint n_curves, gboolean positive_only, double *min, double *max)
{
  *min = INFINITY;
  *max = -INFINITY;
  for (guint i = 0; i < n_curves; i++)
    {
      double least = INFINITY;

      if (curves[i]->n_points == 0)
        continue;
      least = positive_only && curves[i]->x.min <= 0 ? least_positive_x (curves[i]) : curves[i]->x.min;
      *min = MIN (*min, least);
      if (isfinite (least))
        *max = MAX (*max, curves[i]->x.max);
    }
  return *min <= *max;
}

static gboolean
widen_single (double *min, double *max)
{
  if (*min < *max)
    return FALSE;
  if (*min == 0)
    {
      *min = -1;
      *max = 1;
    }
  else
    {
      double value = *min;

      *min = MIN (0, 2 * value);
      *max = MAX (0, 2 * value);
    }
  return TRUE;
}

/**
 * tfv_extent_nice:
 * @min: (inout): smallest value
 * @max: (inout): greatest
 *
 * Widens a range by 5 % on both sides and on to round numbers, as TensorBoard
 * does; a single value gets an axis that shows zero too.
 */
void
tfv_extent_nice (double *min, double *max)
{
  double padding, step;

  if (widen_single (min, max))
    return;
  /* Below the least normal number there are no ticks. */
  padding = MAX ((*max - *min) * 0.05, DBL_MIN);
  *min -= padding;
  *max += padding;
  if (!isfinite (*max - *min))
    return;
  step = tfv_ticks_step (*min, *max, 10);
  *min = floor (*min / step) * step;
  *max = ceil (*max / step) * step;
}

/**
 * tfv_extent_nice_log10:
 * @min: (inout): smallest value, above 0; on return its axis place
 * @max: (inout): greatest; on return its axis place
 *
 * Widens a range to half the smallest and twice the greatest value and gives
 * the decimal logarithms of both.
 */
void
tfv_extent_nice_log10 (double *min, double *max)
{
  *min = log10 (MAX (*min * 0.5, DBL_MIN));
  *max = log10 (MIN (*max, DBL_MAX / 2) * 2);
}

/**
 * tfv_extent_pad_x:
 * @min: (inout): smallest x
 * @max: (inout): greatest
 *
 * Gives the first and the last point of a curve a little room.
 */
void
tfv_extent_pad_x (double *min, double *max)
{
  double padding;

  if (*min == *max)
    {
      padding = MAX (fabs (*min) * 1e-9, 1);
      *min -= padding;
      *max += padding;
      return;
    }
  padding = (*max - *min) * 0.015;
  *min -= padding;
  *max += padding;
}
