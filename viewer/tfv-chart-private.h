/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "viewer/tfv-chart.h"

#include "viewer/plot/tfv-hit.h"
#include "viewer/plot/tfv-scene.h"
#include "viewer/tfv-chart-card.h"

G_BEGIN_DECLS

typedef struct _TfvChartJob TfvChartJob;

/* A stretch of an axis: what the user zoomed to, in axis units. */
typedef struct
{
  gboolean is_set;
  double   start;
  double   end;
} TfvChartRange;

typedef enum
{
  TFV_CHART_DRAG_NONE,
  TFV_CHART_DRAG_ZOOM,
  TFV_CHART_DRAG_PAN,
} TfvChartDrag;

/* Where a hit is on the chart, and how far from the pointer. */
typedef struct
{
  guint  curve;
  TfvHit hit;
  double x;
  double y;
  double distance;
} TfvChartHit;

struct _TfvChart
{
  GtkWidget parent_instance;

  GPtrArray *curves;
  GPtrArray *indexes; /* of TfvCurveIndex, as @curves; empty while off screen */
  int        smooth_kind;
  double     smoothing;
  TfvXAxis   x_axis;
  int        x_scale;
  int        y_scale;
  gboolean   shows_superseded;
  gboolean   ignore_outliers;
  char      *title;

  TfvChartRange x_range;
  TfvChartRange y_range;

  TfvChartJob   *job;
  gboolean       is_stale;
  guint          tick_id;
  guint          describe_id;
  guint          catch_up_id;
  TfvSceneExtent extent;
  GskRenderNode *picture;
  TfvSceneLayout layout;
  gboolean       has_layout;
  GdkRGBA        foreground;
  char          *font;
  GtkWidget     *scroller;
  gboolean       is_near;

  gboolean      is_hovering;
  double        pointer_x;
  double        pointer_y;
  GArray       *hits; /* of TfvChartHit, the nearest first */
  GtkWidget    *popover;
  TfvChartCard *card;

  TfvChartDrag  drag;
  double        drag_x;
  double        drag_y;
  double        drag_to_x;
  double        drag_to_y;
  TfvChartRange drag_start_x;
  TfvChartRange drag_start_y;
};

TfvCurveIndex *tfv_chart_create_index (TfvChart *self, TfvScalarSeries *series);
gboolean       tfv_chart_is_smoothed (TfvChart *self);
double         tfv_chart_smoothing_amount (const TfvScene *scene);

void tfv_chart_redraw (TfvChart *self, gboolean what_changed_is_the_data);

gboolean tfv_chart_read_style (TfvChart *self);

void          tfv_chart_add_gestures (TfvChart *self);
TfvChartRange tfv_chart_current_x (TfvChart *self);
TfvChartRange tfv_chart_current_y (TfvChart *self);
void          tfv_chart_set_ranges (TfvChart *self, const TfvChartRange *x, const TfvChartRange *y);
gboolean      tfv_chart_drag_rectangle (TfvChart *self, graphene_rect_t *rectangle, gboolean *zooms_x, gboolean *zooms_y);

void tfv_chart_add_hover (TfvChart *self);
void tfv_chart_update_hover (TfvChart *self);
void tfv_chart_snapshot_hover (TfvChart *self, GtkSnapshot *snapshot);
void tfv_chart_hide_hover (TfvChart *self);
void tfv_chart_end_hover (TfvChart *self);

void tfv_chart_watch_scrolling (TfvChart *self);
void tfv_chart_unwatch_scrolling (TfvChart *self);
void tfv_chart_check_visibility (TfvChart *self);

typedef void (*TfvChartJobDone) (TfvChartJob *job, gpointer data);

TfvChartJob     *tfv_chart_job_start (TfvScene *scene, TfvChartJobDone done, gpointer data);
void             tfv_chart_job_cancel (TfvChartJob *job);
void             tfv_chart_job_hurry (TfvChartJob *job);
cairo_surface_t *tfv_chart_job_get_picture (TfvChartJob *job);
const TfvScene  *tfv_chart_job_get_scene (TfvChartJob *job);
TfvSceneLayout   tfv_chart_job_steal_layout (TfvChartJob *job);

G_END_DECLS
