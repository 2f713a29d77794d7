/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

#include "summaries/tfv-scalar-series.h"
#include "viewer/plot/tfv-axis-scale.h"
#include "viewer/plot/tfv-smooth.h"

G_BEGIN_DECLS

/**
 * TfvXAxis:
 * @TFV_X_AXIS_STEP: the training step
 * @TFV_X_AXIS_RELATIVE: time since the first point of the curve's run
 * @TFV_X_AXIS_WALL: wall time
 *
 * What runs along the bottom of a chart.
 */
typedef enum
{
  TFV_X_AXIS_STEP,
  TFV_X_AXIS_RELATIVE,
  TFV_X_AXIS_WALL,
} TfvXAxis;

/**
 * TfvChartCurve:
 * @id: what tells this curve from the others of a chart; kept over calls
 * @name: the run's name, as the hover card shows it
 * @series: its points
 * @color: its colour
 *
 * One curve of a chart.
 */
typedef struct
{
  char            *id;
  char            *name;
  TfvScalarSeries *series;
  GdkRGBA          color;
} TfvChartCurve;

TfvChartCurve *tfv_chart_curve_new (const char *id, const char *name, TfvScalarSeries *series, const GdkRGBA *color);
void           tfv_chart_curve_free (TfvChartCurve *curve);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TfvChartCurve, tfv_chart_curve_free)

/* Beside the kinds of TfvSmoothKind: curves as they were logged. */
#define TFV_CHART_SMOOTH_OFF (TFV_SMOOTH_GAUSSIAN + 1)

#define TFV_TYPE_CHART (tfv_chart_get_type ())

/**
 * TfvChart:
 *
 * A chart of scalar curves: a widget that only appends ready pictures. Reading,
 * reducing and drawing happen in worker threads; see `plot/`.
 *
 * Properties: `smooth-kind` ([enum@SmoothKind] or %TFV_CHART_SMOOTH_OFF),
 * `smoothing` (double, 0 to 0.999: TensorBoard's weight, or what leaves as much
 * noise in the other kinds), `x-axis` ([enum@XAxis]), `x-scale` and `y-scale`
 * ([enum@AxisScale]; wall time is always linear), `ignore-outliers` (boolean),
 * `shows-superseded` (boolean: the points too that a restart superseded), `title`
 * (string, the accessible label), `zoomed` (boolean, read only).
 */
G_DECLARE_FINAL_TYPE (TfvChart, tfv_chart, TFV, CHART, GtkWidget)

GtkWidget *tfv_chart_new (void);
void       tfv_chart_set_curves (TfvChart *self, GPtrArray *curves);
void       tfv_chart_data_changed (TfvChart *self);
void       tfv_chart_reset_zoom (TfvChart *self);
gboolean   tfv_chart_is_settled (TfvChart *self);
gboolean   tfv_chart_get_shown_x (TfvChart *self, double *x0, double *x1);

G_END_DECLS
