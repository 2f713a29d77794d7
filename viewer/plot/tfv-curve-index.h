/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/tfv-scalar-series.h"
#include "viewer/plot/tfv-curve-x.h"
#include "viewer/plot/tfv-pyramid.h"
#include "viewer/plot/tfv-smooth.h"
#include "viewer/plot/tfv-smoothing.h"

G_BEGIN_DECLS

/**
 * TfvPlotX:
 * @TFV_PLOT_X_STEP: the training step
 * @TFV_PLOT_X_RELATIVE: seconds since the curve's first point
 * @TFV_PLOT_X_WALL: seconds since the UNIX epoch
 *
 * What a curve is drawn over.
 */
typedef enum
{
  TFV_PLOT_X_STEP,
  TFV_PLOT_X_RELATIVE,
  TFV_PLOT_X_WALL,
} TfvPlotX;

/**
 * TfvTrack:
 * @TFV_TRACK_RAW: the values as they were logged
 * @TFV_TRACK_SMOOTH: the smoothed values
 *
 * Which values of a curve are meant.
 */
typedef enum
{
  TFV_TRACK_RAW,
  TFV_TRACK_SMOOTH,
} TfvTrack;

/* Points @start to @end, whose values are not finite. */
typedef struct
{
  gsize start;
  gsize end;
} TfvGap;

#define TFV_CHECKPOINT_EVERY 256

/**
 * TfvCurveIndex:
 * @view: the points
 * @n_points: how many of them are indexed
 * @x_kind: what x is
 * @x: how x runs
 * @gaps: (element-type TfvGap): where values are not finite
 * @is_constant: whether all values are equal
 * @raw: extents of the values
 * @smooth: extents of the smoothed values
 * @shows_all: whether points that a restart superseded are shown too; set before
 *   the first update
 * @smooth_kind: how the curve is smoothed
 * @smooth_amount: how much
 * @checkpoints: (element-type TfvSmoother): the state of TensorBoard's smoothing
 *   before every 256th point, from which any smoothed value is quickly had again
 * @smoothed: (nullable): the smoothed values of any other kind of smoothing
 *
 * What is known of one curve beside its points: about 1.5 bytes a point, and 8
 * more where it is smoothed in another way than TensorBoard's.
 *
 * One thread updates it and may read it without a lock; every other thread
 * reads between [func@Tfv.CurveIndex.begin_read] and end_read.
 */
typedef struct
{
  grefcount        ref_count;
  GRWLock          lock;
  TfvScalarSeries *series;
  TfvScalarView   *view;
  gsize            n_points;
  TfvPlotX         x_kind;
  double           x_origin;
  TfvCurveX        x;
  GArray          *gaps;
  gboolean         is_constant;
  double           first_value;
  TfvPyramid       raw;
  TfvPyramid       smooth;
  gboolean         shows_all;
  TfvSmoothKind    smooth_kind;
  double           smooth_amount;
  TfvSmoother      smoother;
  GArray          *checkpoints;
  double          *smoothed;
} TfvCurveIndex;

TfvCurveIndex *tfv_curve_index_new (TfvScalarSeries *series);
TfvCurveIndex *tfv_curve_index_ref (TfvCurveIndex *self);
void           tfv_curve_index_unref (TfvCurveIndex *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TfvCurveIndex, tfv_curve_index_unref)

gboolean tfv_curve_index_update (TfvCurveIndex *self, TfvPlotX x_kind, TfvSmoothKind kind, double amount, const gint *stop);
gboolean tfv_curve_index_begin_read (TfvCurveIndex *self);
void     tfv_curve_index_end_read (TfvCurveIndex *self);

void     tfv_curve_index_read_x (const TfvCurveIndex *self, gsize start, gsize n, double *x);
void     tfv_curve_index_read_y (const TfvCurveIndex *self, TfvTrack track, gsize start, gsize n, double *y);
gsize    tfv_curve_index_locate (const TfvCurveIndex *self, const TfvXPiece *piece, gsize hint, double x);
gboolean tfv_curve_index_extent (const TfvCurveIndex *self, TfvTrack track, gsize start, gsize end, gboolean exact, double *min, double *max);
gsize    tfv_curve_index_first_gap (const TfvCurveIndex *self, gsize point);

G_END_DECLS
