/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "viewer/plot/tfv-curve-index.h"

G_BEGIN_DECLS

/**
 * TfvHit:
 * @point: which point it is
 * @x: its x
 * @step: its step
 * @wall_time: seconds since the UNIX epoch
 * @relative: seconds since the curve's first point
 * @value: its value, as logged
 * @smoothed: its smoothed value; @value if nothing is smoothed
 *
 * One point of a curve.
 */
typedef struct
{
  gsize  point;
  double x;
  gint64 step;
  double wall_time;
  double relative;
  double value;
  double smoothed;
} TfvHit;

gboolean tfv_hit_nearest (TfvCurveIndex *curve, double x, TfvHit *hit);
gboolean tfv_hit_last (TfvCurveIndex *curve, TfvHit *hit);

G_END_DECLS
