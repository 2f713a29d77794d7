/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "cli/tfv-plot-charts.h"
#include "viewer/plot/tfv-scene.h"

G_BEGIN_DECLS

/* In what form a picture is written. */
typedef enum
{
  TFV_PLOT_PNG,
  TFV_PLOT_SVG,
  TFV_PLOT_PDF,
} TfvPlotFormat;

/* How charts are drawn. */
typedef struct
{
  double        width; /* of all, in logical pixels; 0 for what the charts take */
  double        height;
  double        scale;
  guint         n_columns; /* 0 for what looks well */
  gboolean      is_dark;
  gboolean      shows_all;
  gboolean      ignore_outliers;
  TfvPlotX      x_kind;
  TfvAxisScale  x_scale;
  TfvAxisScale  y_scale;
  TfvSmoothKind smooth_kind;
  double        smoothing;
} TfvPlotStyle;

/* Charts in a grid, above a legend for all of them. */
typedef struct _TfvPlotSheet TfvPlotSheet;

TfvPlotSheet *tfv_plot_sheet_new (const TfvPlotCharts *charts, const TfvPlotStyle *style, TfvPlotFormat format, GError **error);
void          tfv_plot_sheet_free (TfvPlotSheet *self);
gboolean      tfv_plot_sheet_write (TfvPlotSheet *self, const char *path, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TfvPlotSheet, tfv_plot_sheet_free)

G_END_DECLS
