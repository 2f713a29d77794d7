/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * TfvXPiece:
 * @start: first point
 * @end: point after the last
 * @x_first: x of the first point
 * @x_last: x of the last point, the piece's greatest
 *
 * Points that lie one after the other and whose x never falls.
 */
typedef struct
{
  gsize  start;
  gsize  end;
  double x_first;
  double x_last;
} TfvXPiece;

/* From point @start on, x is @x plus @dx a point. */
typedef struct
{
  gsize  start;
  double x;
  double dx;
} TfvXSegment;

/**
 * TfvCurveX:
 * @n_points: number of points taken in
 * @min: smallest x
 * @max: greatest x
 * @pieces: (element-type TfvXPiece): the curve, cut where x falls
 * @segments: (element-type TfvXSegment): where each regular stretch begins;
 *   empty once @irregular
 * @irregular: whether there are too many stretches for that to pay
 * @samples: (element-type double): if @irregular, x of every 16th point
 *
 * How x runs along the points of a curve.
 */
typedef struct
{
  gsize    n_points;
  double   min;
  double   max;
  double   last;
  GArray  *pieces;
  GArray  *segments;
  gboolean irregular;
  GArray  *samples;
} TfvCurveX;

typedef void (*TfvReadX) (gpointer data, gsize start, gsize n, double *x);

void  tfv_curve_x_clear (TfvCurveX *self);
void  tfv_curve_x_append (TfvCurveX *self, double *x, gsize n);
gsize tfv_curve_x_locate (const TfvCurveX *self, const TfvXPiece *piece, gsize hint, double x, TfvReadX read, gpointer data);

G_END_DECLS
