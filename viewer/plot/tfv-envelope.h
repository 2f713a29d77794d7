/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "viewer/plot/tfv-axis-scale.h"
#include "viewer/plot/tfv-curve-index.h"

G_BEGIN_DECLS

/**
 * TfvViewport:
 * @x0: the x axis' place at the left edge
 * @x1: that at the right edge
 * @y0: the y axis' place at the lower edge
 * @y1: that at the upper edge
 * @x_scale: where an x has its place
 * @y_scale: where a value has its place
 * @width: width in device pixels
 * @height: height in device pixels
 *
 * Which part of the plane is drawn on how many pixels.
 */
typedef struct
{
  double       x0;
  double       x1;
  double       y0;
  double       y1;
  TfvAxisScale x_scale;
  TfvAxisScale y_scale;
  guint        width;
  guint        height;
} TfvViewport;

/**
 * TfvMarkKind:
 * @TFV_MARK_DOT: a point without a neighbour to draw a line to
 * @TFV_MARK_NAN: not a number; stands where the last number was
 * @TFV_MARK_ABOVE: plus infinity; stands at the upper edge
 * @TFV_MARK_BELOW: minus infinity; stands at the lower edge
 */
typedef enum
{
  TFV_MARK_DOT,
  TFV_MARK_NAN,
  TFV_MARK_ABOVE,
  TFV_MARK_BELOW,
} TfvMarkKind;

/* A mark at device pixel (@x, @y). */
typedef struct
{
  float       x;
  float       y;
  TfvMarkKind kind;
} TfvMark;

/**
 * TfvEnvelope:
 * @n: number of columns, each 1 / @n_sub device pixels wide
 * @n_sub: columns a pixel
 * @top: for each column the least device y of the curve's line within it, +inf
 *   where it has none
 * @bottom: the greatest, or -inf
 * @marks: (element-type TfvMark): what is drawn beside the line; those of all
 *   sheets are in the first
 * @x_end: up to which x it is taken
 * @next: (nullable): a further sheet, where the curve lies over itself
 *
 * What one curve covers, column by column. A curve whose x falls somewhere, as
 * after a restart, may lie over itself: each such piece has a sheet of its own,
 * so that what lies between two pieces stays free.
 */
typedef struct _TfvEnvelope TfvEnvelope;
struct _TfvEnvelope
{
  guint        n;
  guint        n_sub;
  float       *top;
  float       *bottom;
  GArray      *marks;
  double       x_end;
  TfvEnvelope *next;
};

void tfv_envelope_init (TfvEnvelope *self, guint width, guint n_sub);
void tfv_envelope_clear (TfvEnvelope *self);
void tfv_envelope_add_curve (TfvEnvelope *self, const TfvCurveIndex *curve, TfvTrack track, const TfvViewport *viewport, gboolean exact);
void tfv_envelope_widen (TfvEnvelope *self, float radius);

G_END_DECLS
