/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/plot/tfv-scene-private.h"

#include <string.h>

#include "viewer/plot/tfv-extent.h"
#include "viewer/plot/tfv-parallel.h"
#include "viewer/plot/tfv-text.h"

#define EDGE 8.0
#define LABEL_GAP 6.0
#define X_LABEL_DISTANCE 18.0
#define Y_TICK_DISTANCE 44.0

/* Of more points than these, the extent without outliers takes longer than drawing. */
#define MANY_POINTS 4096

TfvScene *
tfv_scene_new (void)
{
  TfvScene *self = g_new0 (TfvScene, 1);

  self->scale = 1;
  self->foreground = (TfvColor){ 0.13, 0.13, 0.15, 1 };
  self->font = g_strdup ("Sans 11px");
  return self;
}

void
tfv_scene_free (TfvScene *self)
{
  tfv_scene_take_curves (self, NULL, 0);
  g_free (self->font);
  g_free (self->title);
  g_free (self);
}

/**
 * tfv_scene_take_curves:
 * @self: a scene
 * @curves: (array length=n_curves) (transfer full): curves, with their names and indexes
 * @n_curves: how many
 */
void
tfv_scene_take_curves (TfvScene *self, TfvSceneCurve *curves, guint n_curves)
{
  for (guint i = 0; i < self->n_curves; i++)
    {
      g_free (self->curves[i].name);
      tfv_curve_index_unref (self->curves[i].index);
    }
  g_free (self->curves);
  self->curves = curves;
  self->n_curves = n_curves;
}

/* Counts are compared by their magnitude, so that growing curves do not change
 * places all the time. */
static int
compare_depths (gconstpointer a, gconstpointer b, gpointer data)
{
  const TfvSceneCurve *first = a, *second = b;
  gulong               n_bits = g_bit_storage (tfv_scalar_series_get_n_points (first->index->series));
  gulong               n_bits_of_second = g_bit_storage (tfv_scalar_series_get_n_points (second->index->series));

  return (n_bits < n_bits_of_second) - (n_bits > n_bits_of_second);
}

/**
 * tfv_scene_sort_curves:
 * @curves: (array length=n_curves): curves in any order
 * @n_curves: how many
 *
 * Puts curves of many points behind those of few, which they would hide.
 */
void
tfv_scene_sort_curves (TfvSceneCurve *curves, guint n_curves)
{
  g_qsort_with_data (curves, (int) n_curves, sizeof *curves, compare_depths, NULL);
}

TfvTrack
tfv_scene_main_track (const TfvScene *self)
{
  return self->smoothing > 0 ? TFV_TRACK_SMOOTH : TFV_TRACK_RAW;
}

static guint64
mixed (guint64 signature, guint64 value)
{
  signature = (signature ^ value) * 0x9e3779b97f4a7c15u;
  return signature ^ (signature >> 29);
}

/* Of the curves and the way they are seen in. */
static guint64
way_of (const TfvScene *self)
{
  guint64 signature = mixed (1, (guint64) self->smooth_kind << 8 | (guint64) self->x_kind << 4 | (guint64) self->y_scale << 1 | (guint64) (self->ignore_outliers != FALSE));
  guint64 weight;

  memcpy (&weight, &self->smoothing, sizeof weight);
  signature = mixed (signature, weight);
  for (guint i = 0; i < self->n_curves; i++)
    {
      signature = mixed (signature, (guint64) (gsize) self->curves[i].index->series);
      signature = mixed (signature, self->curves[i].index->view->generation);
    }
  return signature;
}

static guint64
signature_of (const TfvScene *self, guint64 way)
{
  guint64 signature = way;

  for (guint i = 0; i < self->n_curves; i++)
    signature = mixed (signature, self->curves[i].index->n_points);
  return MAX (signature, 1);
}

/* Whether the extent that there is will do, though it does not know all points. */
static gboolean
may_stay_behind (const TfvScene *self, guint64 way)
{
  gsize n_points = 0;

  if (self->extent.signature == 0 || self->extent.way != way || (!self->ignore_outliers && self->y_scale != TFV_AXIS_LOG))
    return FALSE;
  for (guint i = 0; i < self->n_curves; i++)
    n_points += self->curves[i].index->n_points;
  return n_points > MANY_POINTS && g_get_monotonic_time () - self->extent.made_us < self->extent_patience_us;
}

static void
update_extent (TfvScene *self)
{
  g_autofree TfvCurveIndex **indexes = g_new (TfvCurveIndex *, self->n_curves + 1);
  TfvSceneExtent            *extent = &self->extent;
  guint64                    way = way_of (self);
  guint64                    signature = signature_of (self, way);

  extent->is_behind = extent->signature != signature && may_stay_behind (self, way);
  if (extent->signature == signature || extent->is_behind)
    return;
  for (guint i = 0; i < self->n_curves; i++)
    indexes[i] = self->curves[i].index;
  extent->signature = signature;
  extent->way = way;
  extent->made_us = g_get_monotonic_time ();
  extent->is_found = tfv_extent_of_values (indexes, self->n_curves, tfv_scene_main_track (self), self->y_scale == TFV_AXIS_LOG, self->ignore_outliers, &extent->min, &extent->max);
}

/* What the threads have in common that bring indexes up to date. */
typedef struct
{
  TfvScene   *scene;
  const gint *stop;
  gint        is_stopped;
} Update;

static void
update_curve (gpointer data, guint i)
{
  Update *self = data;

  if (g_atomic_int_get (&self->is_stopped) == 0 && !tfv_curve_index_update (self->scene->curves[i].index, self->scene->x_kind, self->scene->smooth_kind, self->scene->smoothing, self->stop))
    g_atomic_int_set (&self->is_stopped, 1);
}

/**
 * tfv_scene_update:
 * @self: a scene
 * @stop: becomes non-zero when the work is no longer wanted
 *
 * Brings the indexes of all curves up to date, and the extent of their values.
 *
 * Returns: %FALSE if it was stopped
 */
gboolean
tfv_scene_update (TfvScene *self, const gint *stop)
{
  Update update = { self, stop, 0 };

  tfv_parallel_run (self->n_curves, update_curve, &update);
  if (update.is_stopped)
    return FALSE;
  self->extent.is_behind = FALSE;
  if (!self->has_y_range)
    update_extent (self);
  return TRUE;
}

static void
find_ranges (const TfvScene *self, TfvSceneLayout *layout)
{
  g_autofree TfvCurveIndex **indexes = g_new (TfvCurveIndex *, self->n_curves + 1);
  double                     min, max;

  for (guint i = 0; i < self->n_curves; i++)
    indexes[i] = self->curves[i].index;

  layout->x_scale = self->x_kind == TFV_PLOT_X_WALL ? TFV_AXIS_LINEAR : self->x_scale;
  layout->is_empty = !tfv_extent_of_x (indexes, self->n_curves, layout->x_scale == TFV_AXIS_LOG, &min, &max);
  if (layout->is_empty)
    min = max = layout->x_scale == TFV_AXIS_LOG;
  min = tfv_axis_scale_place (layout->x_scale, min);
  max = tfv_axis_scale_place (layout->x_scale, max);
  tfv_extent_pad_x (&min, &max);
  layout->x0 = self->has_x_range ? self->x0 : min;
  layout->x1 = self->has_x_range ? self->x1 : max;

  layout->y_scale = self->y_scale;
  if (self->has_y_range)
    {
      layout->y0 = self->y0;
      layout->y1 = self->y1;
      return;
    }
  min = self->extent.is_found ? self->extent.min : self->y_scale == TFV_AXIS_LOG;
  max = self->extent.is_found ? self->extent.max : self->y_scale == TFV_AXIS_LOG;
  if (self->y_scale == TFV_AXIS_LOG)
    tfv_extent_nice_log10 (&min, &max);
  else
    tfv_extent_nice (&min, &max);
  layout->y0 = self->y_scale == TFV_AXIS_SYMLOG ? tfv_axis_scale_place (TFV_AXIS_SYMLOG, min) : min;
  layout->y1 = self->y_scale == TFV_AXIS_SYMLOG ? tfv_axis_scale_place (TFV_AXIS_SYMLOG, max) : max;
}

static double
widest_label (const TfvScene *self, const GArray *ticks, double *sum)
{
  double widest = 0;

  *sum = 0;
  for (guint i = 0; i < ticks->len; i++)
    {
      double width, height;

      tfv_text_measure (self->font, g_array_index (ticks, TfvTick, i).label, &width, &height);
      widest = MAX (widest, width);
      *sum += width;
    }
  return widest;
}

static GArray *
make_x_ticks (const TfvScene *self, const TfvSceneLayout *layout, guint n)
{
  g_autoptr (GTimeZone) zone = NULL;

  if (layout->x_scale == TFV_AXIS_LOG)
    return tfv_ticks_log10 (layout->x0, layout->x1, n);
  if (layout->x_scale == TFV_AXIS_SYMLOG)
    return tfv_ticks_symlog (layout->x0, layout->x1, n);
  switch (self->x_kind)
    {
    case TFV_PLOT_X_WALL:
      zone = g_time_zone_new_local ();
      return tfv_ticks_time (layout->x0, layout->x1, n, zone);
    case TFV_PLOT_X_RELATIVE:
      return tfv_ticks_duration (layout->x0, layout->x1, n);
    case TFV_PLOT_X_STEP:
    default:
      return tfv_ticks_integer (layout->x0, layout->x1, n);
    }
}

static GArray *
make_y_ticks (const TfvSceneLayout *layout, guint n)
{
  switch (layout->y_scale)
    {
    case TFV_AXIS_LOG:
      return tfv_ticks_log10 (layout->y0, layout->y1, n);
    case TFV_AXIS_SYMLOG:
      return tfv_ticks_symlog (layout->y0, layout->y1, n);
    case TFV_AXIS_LINEAR:
    default:
      return tfv_ticks_linear (layout->y0, layout->y1, n);
    }
}

/* As many ticks as their labels leave room for. */
static GArray *
fit_x_ticks (const TfvScene *self, const TfvSceneLayout *layout)
{
  guint   n = (guint) CLAMP (layout->width / 70, 2, 14);
  GArray *ticks = make_x_ticks (self, layout, n);

  while (n > 1)
    {
      double sum;
      double widest = widest_label (self, ticks, &sum);
      double apart = layout->width;

      for (guint i = 1; i < ticks->len; i++)
        apart = MIN (apart, (g_array_index (ticks, TfvTick, i).at - g_array_index (ticks, TfvTick, i - 1).at) / (layout->x1 - layout->x0) * layout->width);
      if (ticks->len < 2 || apart >= widest + X_LABEL_DISTANCE || sum + X_LABEL_DISTANCE * ticks->len <= layout->width * 0.7)
        break;
      n--;
      g_array_unref (ticks);
      ticks = make_x_ticks (self, layout, n);
    }
  return ticks;
}

static double
snap (double value, double scale)
{
  return round (value * scale) / scale;
}

/**
 * tfv_scene_lay_out:
 * @self: a scene whose indexes are up to date
 * @layout: (out caller-allocates): where its parts are
 *
 * Finds the axes' ranges, their ticks, and the place of the plot among the labels.
 */
void
tfv_scene_lay_out (const TfvScene *self, TfvSceneLayout *layout)
{
  double label_width, label_height, y_width, sum, bottom;

  *layout = (TfvSceneLayout){ 0 };
  find_ranges (self, layout);
  tfv_text_measure (self->font, "0", &label_width, &label_height);

  layout->top = ceil (MAX (EDGE, label_height / 2 + 1));
  if (self->title != NULL)
    layout->top += ceil (label_height * 1.2 + EDGE * 2);
  bottom = ceil (label_height + LABEL_GAP + 3);
  if (self->has_legend)
    bottom += tfv_scene_legend_height (self);
  layout->height = MAX (snap (self->height - layout->top - bottom, self->scale), 1);

  layout->y_ticks = make_y_ticks (layout, (guint) CLAMP (layout->height / Y_TICK_DISTANCE, 2, 12));

  /* In steps of 6, so that the plot does not tremble while labels change. */
  y_width = MAX (widest_label (self, layout->y_ticks, &sum), label_width * 3);
  layout->left = MIN (ceil ((y_width + LABEL_GAP + 4) / 6) * 6, self->width / 2);
  layout->width = MAX (snap (self->width - layout->left - EDGE - 2, self->scale), 1);
  layout->x_ticks = fit_x_ticks (self, layout);
}

void
tfv_scene_layout_clear (TfvSceneLayout *layout)
{
  g_clear_pointer (&layout->x_ticks, g_array_unref);
  g_clear_pointer (&layout->y_ticks, g_array_unref);
}

/**
 * tfv_scene_layout_place_x:
 * @self: a layout
 * @x: an x
 *
 * Returns: where it is, in logical pixels from the scene's left edge
 */
double
tfv_scene_layout_place_x (const TfvSceneLayout *self, double x)
{
  return self->left + (tfv_axis_scale_place (self->x_scale, x) - self->x0) / (self->x1 - self->x0) * self->width;
}

/**
 * tfv_scene_layout_x_at:
 * @self: a layout
 * @left: logical pixels from the scene's left edge
 *
 * Returns: the x that has its place there
 */
double
tfv_scene_layout_x_at (const TfvSceneLayout *self, double left)
{
  return tfv_axis_scale_value (self->x_scale, self->x0 + (left - self->left) / self->width * (self->x1 - self->x0));
}

/**
 * tfv_scene_layout_place_y:
 * @self: a layout
 * @value: a value, not its logarithm
 *
 * Returns: where it is, in logical pixels from the scene's upper edge; not
 *   finite for a value that the axis cannot show
 */
double
tfv_scene_layout_place_y (const TfvSceneLayout *self, double value)
{
  double at = tfv_axis_scale_place (self->y_scale, value);

  return self->top + (self->y1 - at) / (self->y1 - self->y0) * self->height;
}
