/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/plot/tfv-pyramid.h"

#include <float.h>
#include <math.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "viewer/plot/tfv-simd-private.h"

#define BUCKETS_AT_ONCE 128

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

/* The float at or below a value, or the one below that: no branch, so that many are
 * done at once. What is a float stays as it is. */
static inline float
round_down (double value)
{
  double bounded = value < -FLT_MAX ? -FLT_MAX : value;
  float  narrow = (float) (bounded > FLT_MAX ? FLT_MAX : bounded);
  float  step = (double) narrow > value ? fabsf (narrow) * FLT_EPSILON + FLT_MIN : 0;

  narrow -= step;
  return narrow < -FLT_MAX ? -FLT_MAX : narrow;
}

static inline float
round_up (double value)
{
  return -round_down (-value);
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

/* The extents of @n whole buckets. A comparison with NaN leaves what there was: so do
 * the processor's own minimum and maximum, whose second operand wins. */
#ifdef __SSE2__
static void
bucket_extents (const double *restrict y, gsize n, double *restrict min, double *restrict max)
{
  for (gsize b = 0; b < n; b++, y += TFV_PYRAMID_BASE)
    {
      __m128d lo0 = _mm_set1_pd (INFINITY), lo1 = lo0, lo2 = lo0, lo3 = lo0;
      __m128d hi0 = _mm_set1_pd (-INFINITY), hi1 = hi0, hi2 = hi0, hi3 = hi0;

      for (guint i = 0; i < TFV_PYRAMID_BASE; i += 8)
        {
          __m128d y0 = _mm_loadu_pd (y + i), y1 = _mm_loadu_pd (y + i + 2);
          __m128d y2 = _mm_loadu_pd (y + i + 4), y3 = _mm_loadu_pd (y + i + 6);

          lo0 = _mm_min_pd (y0, lo0);
          lo1 = _mm_min_pd (y1, lo1);
          lo2 = _mm_min_pd (y2, lo2);
          lo3 = _mm_min_pd (y3, lo3);
          hi0 = _mm_max_pd (y0, hi0);
          hi1 = _mm_max_pd (y1, hi1);
          hi2 = _mm_max_pd (y2, hi2);
          hi3 = _mm_max_pd (y3, hi3);
        }
      lo0 = _mm_min_pd (_mm_min_pd (lo0, lo1), _mm_min_pd (lo2, lo3));
      hi0 = _mm_max_pd (_mm_max_pd (hi0, hi1), _mm_max_pd (hi2, hi3));
      _mm_store_sd (min + b, _mm_min_sd (lo0, _mm_unpackhi_pd (lo0, lo0)));
      _mm_store_sd (max + b, _mm_max_sd (hi0, _mm_unpackhi_pd (hi0, hi0)));
    }
}
#else
static void
bucket_extents (const double *restrict y, gsize n, double *restrict min, double *restrict max)
{
  for (gsize b = 0; b < n; b++, y += TFV_PYRAMID_BASE)
    {
      min[b] = INFINITY;
      max[b] = -INFINITY;
      for (guint i = 0; i < TFV_PYRAMID_BASE; i++)
        {
          min[b] = y[i] < min[b] ? y[i] : min[b];
          max[b] = y[i] > max[b] ? y[i] : max[b];
        }
    }
}
#endif

/* Narrows extents; a bucket without a number has an empty one. */
TFV_SIMD static void
narrow_extents (const double *restrict lo, const double *restrict hi, gsize n, double offset, float *restrict min, float *restrict max)
{
  for (gsize i = 0; i < n; i++)
    {
      float down = round_down (lo[i] - offset);
      float up = round_up (hi[i] - offset);

      min[i] = lo[i] <= hi[i] ? down : INFINITY;
      max[i] = lo[i] <= hi[i] ? up : -INFINITY;
    }
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
  base->min[bucket] = round_down (self->open_min - self->offset);
  base->max[bucket] = round_up (self->open_max - self->offset);
}

/* Takes in whole buckets, which begin at @bucket. Infinities are looked for only where
 * an extent shows one. */
static void
set_whole_buckets (TfvPyramid *self, gsize bucket, const double *y, gsize n)
{
  double lo[BUCKETS_AT_ONCE], hi[BUCKETS_AT_ONCE];

  for (gsize done = 0; done < n;)
    {
      gsize take = MIN (n - done, BUCKETS_AT_ONCE);

      bucket_extents (y + done * TFV_PYRAMID_BASE, take, lo, hi);
      for (gsize i = 0; i < take; i++)
        if (G_UNLIKELY (lo[i] == -INFINITY || hi[i] == INFINITY))
          finite_extent_slowly (y + (done + i) * TFV_PYRAMID_BASE, TFV_PYRAMID_BASE, &lo[i], &hi[i]);
      narrow_extents (lo, hi, take, self->offset, self->level[0].min + bucket + done, self->level[0].max + bucket + done);
      done += take;
    }
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

      if (take == TFV_PYRAMID_BASE && self->has_offset)
        {
          gsize n_whole = (n - done) / TFV_PYRAMID_BASE;

          set_whole_buckets (self, at >> TFV_PYRAMID_BASE_SHIFT, y + done, n_whole);
          done += n_whole * TFV_PYRAMID_BASE;
          continue;
        }
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
