/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cairo.h>

#include "viewer/plot/tfv-envelope.h"
#include "viewer/plot/tfv-ticks.h"

G_BEGIN_DECLS

/* A colour, each part from 0 to 1, not premultiplied. */
typedef struct
{
  double red;
  double green;
  double blue;
  double alpha;
} TfvColor;

/**
 * TfvSceneCurve:
 * @name: what the legend says
 * @color: its colour
 * @index: its points
 */
typedef struct
{
  char          *name;
  TfvColor       color;
  TfvCurveIndex *index;
} TfvSceneCurve;

/**
 * TfvSceneExtent:
 * @signature: of what points, seen in what way, this is the extent; 0 for none
 * @way: of what curves, seen in what way, whatever points they have
 * @made_us: when it was found, in monotonic time
 * @is_behind: whether there are points by now that it does not know
 * @is_found: whether there is any value
 * @min: the least value that the y axis should show
 * @max: the greatest
 *
 * The extent of all values, which is worth keeping from one scene to the next:
 * it takes a look at every point, and zooming does not change it.
 */
typedef struct
{
  guint64  signature;
  guint64  way;
  gint64   made_us;
  gboolean is_behind;
  gboolean is_found;
  double   min;
  double   max;
} TfvSceneExtent;

/**
 * TfvScene:
 * @width: width in logical pixels (points, in a file)
 * @height: height
 * @scale: device pixels a logical one
 * @foreground: colour of text and, paler, of lines
 * @background: colour behind everything; none if its alpha is 0
 * @font: a Pango font description, as "Cantarell 11px"
 * @x_kind: what runs along the bottom
 * @x_scale: where an x has its place; wall time is always linear
 * @y_scale: where a value has its place
 * @ignore_outliers: whether the y axis leaves out the outermost 5 % on each side
 * @smooth_kind: how curves are smoothed
 * @smoothing: how much, in the units of @smooth_kind; 0 for not at all
 * @has_x_range: whether @x0 to @x1 is to be shown rather than everything
 * @has_y_range: whether @y0 to @y1 is to be shown
 * @x0: left edge, a place of the axis
 * @x1: right edge
 * @y0: lower edge, a place of the axis
 * @y1: upper edge
 * @title: (nullable): text above the chart
 * @has_legend: whether the curves are named below
 * @curves: (array length=n_curves): the curves, the front one last
 * @n_curves: how many
 * @extent: the extent of the values; one from an earlier scene saves time
 * @extent_patience_us: how old the extent may be while points come in, where
 *   to find it takes a look at very many of them; 0 for always the latest
 *
 * A chart, told in full: what is drawn follows from this and the points alone,
 * on the screen, in a picture and in a document.
 */
typedef struct
{
  double         width;
  double         height;
  double         scale;
  TfvColor       foreground;
  TfvColor       background;
  char          *font;
  TfvPlotX       x_kind;
  TfvAxisScale   x_scale;
  TfvAxisScale   y_scale;
  gboolean       ignore_outliers;
  TfvSmoothKind  smooth_kind;
  double         smoothing;
  gboolean       has_x_range;
  gboolean       has_y_range;
  double         x0;
  double         x1;
  double         y0;
  double         y1;
  char          *title;
  gboolean       has_legend;
  TfvSceneCurve *curves;
  guint          n_curves;
  TfvSceneExtent extent;
  gint64         extent_patience_us;
} TfvScene;

/**
 * TfvSceneLayout:
 * @left: left edge of the plot in logical pixels
 * @top: its upper edge
 * @width: its width
 * @height: its height
 * @x0: the x axis' place at the left edge
 * @x1: that at the right edge
 * @y0: the y axis' place at the lower edge
 * @y1: that at the upper edge
 * @x_scale: where an x has its place
 * @y_scale: where a value has its place
 * @is_empty: whether there is no point at all
 * @x_ticks: (element-type TfvTick)
 * @y_ticks: (element-type TfvTick)
 *
 * Where things are in a scene.
 */
typedef struct
{
  double       left;
  double       top;
  double       width;
  double       height;
  double       x0;
  double       x1;
  double       y0;
  double       y1;
  TfvAxisScale x_scale;
  TfvAxisScale y_scale;
  gboolean     is_empty;
  GArray      *x_ticks;
  GArray      *y_ticks;
} TfvSceneLayout;

TfvScene *tfv_scene_new (void);
void      tfv_scene_free (TfvScene *self);
void      tfv_scene_take_curves (TfvScene *self, TfvSceneCurve *curves, guint n_curves);
void      tfv_scene_sort_curves (TfvSceneCurve *curves, guint n_curves);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TfvScene, tfv_scene_free)

gboolean         tfv_scene_update (TfvScene *self, const gint *stop);
void             tfv_scene_lay_out (const TfvScene *self, TfvSceneLayout *layout);
void             tfv_scene_layout_clear (TfvSceneLayout *layout);
cairo_surface_t *tfv_scene_render (const TfvScene *self, const TfvSceneLayout *layout, const gint *stop);
void             tfv_scene_draw_vector (const TfvScene *self, const TfvSceneLayout *layout, cairo_t *cr);

double tfv_scene_layout_place_x (const TfvSceneLayout *self, double x);
double tfv_scene_layout_place_y (const TfvSceneLayout *self, double value);
double tfv_scene_layout_x_at (const TfvSceneLayout *self, double left);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TfvSceneLayout, tfv_scene_layout_clear)

G_END_DECLS
