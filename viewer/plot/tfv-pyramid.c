/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/plot/tfv-pyramid.h"

#include <float.h>
#include <math.h>

#include "viewer/plot/tfv-simd-private.h"

void
tfv_pyramid_clear (TfvPyramid *self)
{
  for (guint l = 0; l < self->n_levels; l++)
    {
      g_free (self->level[l].min);
      g_free (self->level[l].max);
    }
  *self = (TfvPyramid){ 0 };
}

static float
round_down (double value)
{
  float narrow = (float) value;

  return (double) narrow > value ? nextafterf (narrow, -INFINITY) : narrow;
}

static float
round_up (double value)
{
  float narrow = (float) value;

  return (double) narrow < value ? nextafterf (narrow, INFINITY) : narrow;
}

static void
level_reserve (TfvPyramidLevel *level, gsize n)
{
  if (n > level->n_allocated)
    {
      gsize size = MAX (n, level->n_allocated + level->n_allocated / 2 + 8);

      level->min = g_renew (float, level->min, size);
      level->max = g_renew (float, level->max, size);
      level->n_allocated = size;
    }
  level->n = n;
}

static void
finite_extent_slowly (const double *y, gsize n, double *min, double *max)
{
  double lo = INFINITY;
  double hi = -INFINITY;

  for (gsize i = 0; i < n; i++)
    if (isfinite (y[i]))
      {
        lo = MIN (lo, y[i]);
        hi = MAX (hi, y[i]);
      }
  *min = lo;
  *max = hi;
}

/* NaN fails both comparisons; infinities are looked for only where the result
 * shows one. Four lanes, so that no comparison waits for the one before. */
TFV_SIMD static void
bucket_extent (const double *y, double *min, double *max)
{
  double lo[4] = { INFINITY, INFINITY, INFINITY, INFINITY };
  double hi[4] = { -INFINITY, -INFINITY, -INFINITY, -INFINITY };

  for (guint i = 0; i < TFV_PYRAMID_BASE; i += 4)
    for (guint k = 0; k < 4; k++)
      {
        lo[k] = y[i + k] < lo[k] ? y[i + k] : lo[k];
        hi[k] = y[i + k] > hi[k] ? y[i + k] : hi[k];
      }
  *min = MIN (MIN (lo[0], lo[1]), MIN (lo[2], lo[3]));
  *max = MAX (MAX (hi[0], hi[1]), MAX (hi[2], hi[3]));
  if (G_UNLIKELY (*min == -INFINITY || *max == INFINITY))
    finite_extent_slowly (y, TFV_PYRAMID_BASE, min, max);
}

static void
set_base (TfvPyramid *self, gsize bucket)
{
  TfvPyramidLevel *base = &self->level[0];

  if (self->open_min > self->open_max)
    {
      base->min[bucket] = INFINITY;
      base->max[bucket] = -INFINITY;
      return;
    }
  if (!self->has_offset)
    {
      /* Values that came as float lose nothing without an offset. */
      double first = self->open_min;

      self->offset = (double) (float) first == first && (double) (float) self->open_max == self->open_max ? 0.0 : first;
      self->has_offset = TRUE;
    }
  base->min[bucket] = MAX (round_down (self->open_min - self->offset), -FLT_MAX);
  base->max[bucket] = MIN (round_up (self->open_max - self->offset), FLT_MAX);
}

TFV_SIMD static void
merge_level (const TfvPyramidLevel *below, TfvPyramidLevel *level, gsize first)
{
  for (gsize i = first; i < level->n; i++)
    {
      gsize a = 2 * i;
      gsize b = 2 * i + 1 < below->n ? 2 * i + 1 : a;

      level->min[i] = below->min[a] < below->min[b] ? below->min[a] : below->min[b];
      level->max[i] = below->max[a] > below->max[b] ? below->max[a] : below->max[b];
    }
}

/**
 * tfv_pyramid_append:
 * @self: a pyramid; all zero is an empty one
 * @y: (array length=n): the next values; non-finite ones count for nothing
 * @n: how many
 *
 * Takes in the values that follow those taken in so far. Only buckets that
 * change are touched.
 */
void
tfv_pyramid_append (TfvPyramid *self, const double *y, gsize n)
{
  gsize first = self->n_points >> TFV_PYRAMID_BASE_SHIFT;
  gsize end = self->n_points + n;
  gsize done = 0;

  if (n == 0)
    return;
  if (self->n_levels == 0)
    self->n_levels = 1;
  level_reserve (&self->level[0], (end + TFV_PYRAMID_BASE - 1) >> TFV_PYRAMID_BASE_SHIFT);

  while (done < n)
    {
      gsize  at = self->n_points + done;
      gsize  room = TFV_PYRAMID_BASE - (at & (TFV_PYRAMID_BASE - 1));
      gsize  take = MIN (room, n - done);
      double lo, hi;

      if (take == TFV_PYRAMID_BASE)
        bucket_extent (y + done, &lo, &hi);
      else
        finite_extent_slowly (y + done, take, &lo, &hi);
      if (room == TFV_PYRAMID_BASE)
        {
          self->open_min = lo;
          self->open_max = hi;
        }
      else
        {
          self->open_min = MIN (self->open_min, lo);
          self->open_max = MAX (self->open_max, hi);
        }
      set_base (self, at >> TFV_PYRAMID_BASE_SHIFT);
      done += take;
    }
  self->n_points = end;

  for (guint l = 1; self->level[l - 1].n > 1 && l < TFV_PYRAMID_MAX_LEVELS; l++)
    {
      first >>= 1;
      level_reserve (&self->level[l], (self->level[l - 1].n + 1) / 2);
      merge_level (&self->level[l - 1], &self->level[l], first);
      self->n_levels = MAX (self->n_levels, l + 1);
    }
}

static void
extend (const TfvPyramidLevel *level, gsize first, gsize end, float *lo, float *hi)
{
  for (gsize i = first; i < end; i++)
    {
      *lo = level->min[i] < *lo ? level->min[i] : *lo;
      *hi = level->max[i] > *hi ? level->max[i] : *hi;
    }
}

/**
 * tfv_pyramid_snapped:
 * @self: a pyramid
 * @start: first point
 * @end: point after the last
 * @min: (out): smallest value
 * @max: (out): largest value
 *
 * The extent of a range that is widened to whole buckets of at most a quarter
 * of its length each (16 points at least): a handful of loads whatever the
 * length, and never less than the exact extent.
 *
 * Returns: %FALSE if there is no finite value
 */
gboolean
tfv_pyramid_snapped (const TfvPyramid *self, gsize start, gsize end, double *min, double *max)
{
  guint level = 0;
  float lo = INFINITY;
  float hi = -INFINITY;
  guint shift;

  end = MIN (end, self->n_points);
  if (start >= end)
    return FALSE;
  while (level + 1 < self->n_levels && ((gsize) 4 << (TFV_PYRAMID_BASE_SHIFT + level + 1)) <= end - start)
    level++;
  shift = TFV_PYRAMID_BASE_SHIFT + level;
  extend (&self->level[level], start >> shift, ((end - 1) >> shift) + 1, &lo, &hi);
  if (lo > hi)
    return FALSE;
  *min = (double) lo + self->offset;
  *max = (double) hi + self->offset;
  return TRUE;
}

/**
 * tfv_pyramid_whole:
 * @self: a pyramid
 * @start: first point
 * @end: point after the last
 * @inner_start: (out): first point of the buckets used
 * @inner_end: (out): point after the last of them
 * @min: (out): smallest value of the buckets, +inf if none
 * @max: (out): largest, or -inf
 *
 * The extent of those base buckets that lie wholly inside a range. What is
 * left, fewer than 16 points on either side, is the caller's to look at.
 *
 * Returns: %FALSE if no bucket lies inside
 */
gboolean
tfv_pyramid_whole (const TfvPyramid *self, gsize start, gsize end, gsize *inner_start, gsize *inner_end, double *min, double *max)
{
  gsize first = (start + TFV_PYRAMID_BASE - 1) >> TFV_PYRAMID_BASE_SHIFT;
  gsize last = MIN (end, self->n_points) >> TFV_PYRAMID_BASE_SHIFT;
  float lo = INFINITY;
  float hi = -INFINITY;

  if (first >= last)
    return FALSE;
  *inner_start = first << TFV_PYRAMID_BASE_SHIFT;
  *inner_end = last << TFV_PYRAMID_BASE_SHIFT;
  for (guint l = 0; first < last; l++, first >>= 1, last >>= 1)
    {
      if (l + 1 == self->n_levels)
        {
          extend (&self->level[l], first, last, &lo, &hi);
          break;
        }
      if (first & 1)
        {
          extend (&self->level[l], first, first + 1, &lo, &hi);
          first++;
        }
      if (last & 1)
        {
          last--;
          extend (&self->level[l], last, last + 1, &lo, &hi);
        }
    }
  *min = (double) lo + self->offset;
  *max = (double) hi + self->offset;
  return TRUE;
}
