/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define TFV_PYRAMID_BASE 16
#define TFV_PYRAMID_BASE_SHIFT 4
#define TFV_PYRAMID_MAX_LEVELS 48

/**
 * TfvPyramidLevel:
 * @min: smallest finite value of each bucket, +inf for a bucket without one
 * @max: largest, or -inf
 * @n: number of buckets
 *
 * One level: buckets of 16, 32, 64, … points.
 */
typedef struct
{
  float *min;
  float *max;
  gsize  n;
  gsize  n_allocated;
} TfvPyramidLevel;

/**
 * TfvPyramid:
 * @n_points: number of points taken in
 * @offset: what is subtracted before a value is narrowed to float, so that a
 *   small ripple on a large number survives
 *
 * Minima and maxima of a growing row of values over buckets whose size doubles
 * from level to level. Narrowing rounds outwards: an extent is never too small.
 */
typedef struct
{
  gsize           n_points;
  double          offset;
  gboolean        has_offset;
  double          open_min;
  double          open_max;
  guint           n_levels;
  TfvPyramidLevel level[TFV_PYRAMID_MAX_LEVELS];
} TfvPyramid;

void     tfv_pyramid_clear (TfvPyramid *self);
void     tfv_pyramid_append (TfvPyramid *self, const double *y, gsize n);
gboolean tfv_pyramid_snapped (const TfvPyramid *self, gsize start, gsize end, double *min, double *max);
gboolean tfv_pyramid_whole (const TfvPyramid *self, gsize start, gsize end, gsize *inner_start, gsize *inner_end, double *min, double *max);

G_END_DECLS
