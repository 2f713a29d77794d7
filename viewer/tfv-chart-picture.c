/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/tfv-chart-private.h"

#include <glib/gi18n.h>
#include <math.h>

#define LABEL_FONT_SCALE 0.8
#define MAX_DESCRIBED 8
#define DESCRIBE_AFTER_MS 800
/* How long the y axis of a chart with very many points may leave out new ones. */
#define EXTENT_PATIENCE_MS 1000

/* Takes over colour and font; tells whether they are other ones now. */
gboolean
tfv_chart_read_style (TfvChart *self)
{
  GtkWidget            *widget = GTK_WIDGET (self);
  PangoContext         *context = gtk_widget_get_pango_context (widget);
  PangoFontDescription *font = pango_font_description_copy (pango_context_get_font_description (context));
  GdkRGBA               foreground;
  g_autofree char      *name = NULL;
  double                size = pango_font_description_get_size (font);
  double                resolution = pango_cairo_context_get_resolution (context);
  gboolean              changed;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &foreground);
  if (!pango_font_description_get_size_is_absolute (font))
    size *= (resolution > 0 ? resolution : 96) / 72;
  pango_font_description_set_absolute_size (font, round (size * LABEL_FONT_SCALE / PANGO_SCALE * 2) / 2 * PANGO_SCALE);
  name = pango_font_description_to_string (font);
  pango_font_description_free (font);

  changed = g_strcmp0 (name, self->font) != 0 || !gdk_rgba_equal (&foreground, &self->foreground);
  g_free (self->font);
  self->font = g_steal_pointer (&name);
  self->foreground = foreground;
  return changed;
}

static void
ensure_indexes (TfvChart *self)
{
  for (guint i = self->indexes->len; i < self->curves->len; i++)
    {
      TfvChartCurve *curve = g_ptr_array_index (self->curves, i);

      g_ptr_array_add (self->indexes, tfv_chart_create_index (self, curve->series));
    }
}

static TfvColor
color_of (const GdkRGBA *color)
{
  return (TfvColor){ color->red, color->green, color->blue, color->alpha };
}

static TfvScene *
make_scene (TfvChart *self)
{
  TfvScene      *scene = tfv_scene_new ();
  TfvSceneCurve *curves = g_new0 (TfvSceneCurve, self->curves->len);

  ensure_indexes (self);
  for (guint i = 0; i < self->curves->len; i++)
    {
      TfvChartCurve *curve = g_ptr_array_index (self->curves, i);

      curves[i].name = g_strdup (curve->name);
      curves[i].color = color_of (&curve->color);
      curves[i].index = tfv_curve_index_ref (g_ptr_array_index (self->indexes, i));
    }
  tfv_scene_sort_curves (curves, self->curves->len);
  tfv_scene_take_curves (scene, curves, self->curves->len);
  scene->width = gtk_widget_get_width (GTK_WIDGET (self));
  scene->height = gtk_widget_get_height (GTK_WIDGET (self));
  scene->scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  scene->foreground = color_of (&self->foreground);
  g_free (scene->font);
  scene->font = g_strdup (self->font);
  scene->x_kind = (TfvPlotX) self->x_axis;
  scene->x_scale = self->x_axis == TFV_X_AXIS_WALL ? TFV_AXIS_LINEAR : (TfvAxisScale) self->x_scale;
  scene->y_scale = (TfvAxisScale) self->y_scale;
  scene->ignore_outliers = self->ignore_outliers;
  scene->smooth_kind = self->smooth_kind == TFV_CHART_SMOOTH_OFF ? TFV_SMOOTH_TENSORBOARD : (TfvSmoothKind) self->smooth_kind;
  scene->smoothing = tfv_chart_is_smoothed (self) ? self->smoothing : 0;
  scene->has_x_range = self->x_range.is_set;
  scene->x0 = self->x_range.start;
  scene->x1 = self->x_range.end;
  scene->has_y_range = self->y_range.is_set;
  scene->y0 = self->y_range.start;
  scene->y1 = self->y_range.end;
  scene->extent = self->extent;
  scene->extent_patience_us = EXTENT_PATIENCE_MS * 1000;
  return scene;
}

/* Tells assistive technology the last values, not oftener than it can say them. */
static gboolean
describe (gpointer data)
{
  TfvChart           *self = data;
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < MIN (self->indexes->len, MAX_DESCRIBED); i++)
    {
      TfvChartCurve *curve = g_ptr_array_index (self->curves, i);
      TfvHit         hit;
      char           value[TFV_AXIS_NUMBER_LENGTH];
      char           step[24];

      if (!tfv_hit_last (g_ptr_array_index (self->indexes, i), &hit))
        continue;
      tfv_axis_number_format (hit.value, value);
      if (text->len > 0)
        g_string_append (text, "; ");
      g_snprintf (step, sizeof step, "%" G_GINT64_FORMAT, hit.step);
      /* Translators: a run's name, its last value, the step of that value. */
      g_string_append_printf (text, _ ("%s: %s at step %s"), curve->name, value, step);
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text->str, -1);
  self->describe_id = 0;
  return G_SOURCE_REMOVE;
}

/* The last points may have come while the axis was not looked after. */
static gboolean
catch_up (gpointer data)
{
  TfvChart *self = data;

  self->catch_up_id = 0;
  tfv_chart_redraw (self, TRUE);
  return G_SOURCE_REMOVE;
}

static GskRenderNode *
node_of (cairo_surface_t *picture, double width, double height)
{
  GskRenderNode *node = gsk_cairo_node_new (&GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  cairo_t       *cr = gsk_cairo_node_get_draw_context (node);

  cairo_set_source_surface (cr, picture, 0, 0);
  cairo_paint (cr);
  cairo_destroy (cr);
  return node;
}

static void start_job (TfvChart *self);

static void
on_job_done (TfvChartJob *job, gpointer data)
{
  TfvChart        *self = data;
  cairo_surface_t *picture = tfv_chart_job_get_picture (job);

  self->job = NULL;
  if (picture != NULL)
    {
      const TfvScene *scene = tfv_chart_job_get_scene (job);

      g_clear_pointer (&self->picture, gsk_render_node_unref);
      self->picture = node_of (picture, scene->width, scene->height);
      tfv_scene_layout_clear (&self->layout);
      self->layout = tfv_chart_job_steal_layout (job);
      self->has_layout = TRUE;
      self->extent = scene->extent;
      if (self->describe_id == 0)
        self->describe_id = g_timeout_add_full (G_PRIORITY_LOW, DESCRIBE_AFTER_MS, describe, self, NULL);
      if (self->extent.is_behind && self->catch_up_id == 0)
        self->catch_up_id = g_timeout_add (EXTENT_PATIENCE_MS, catch_up, self);
      if (self->is_hovering)
        tfv_chart_update_hover (self);
      gtk_widget_queue_draw (GTK_WIDGET (self));
    }
  if (self->is_stale)
    start_job (self);
}

static gboolean
can_draw (TfvChart *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  return self->is_near && gtk_widget_get_mapped (widget) && gtk_widget_get_width (widget) > 0 && gtk_widget_get_height (widget) > 0;
}

static void
start_job (TfvChart *self)
{
  if (self->job != NULL || !can_draw (self))
    return;
  self->is_stale = FALSE;
  self->job = tfv_chart_job_start (make_scene (self), on_job_done, self);
}

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  TfvChart *self = TFV_CHART (widget);

  self->tick_id = 0;
  if (self->is_stale)
    start_job (self);
  return G_SOURCE_REMOVE;
}

/* Asks for a new picture. There is one in the making at most, and one wanted
 * after it, which will show whatever is the latest then. New points wait for the
 * next frame: they may come a thousand times a second. */
void
tfv_chart_redraw (TfvChart *self, gboolean what_changed_is_the_data)
{
  self->is_stale = TRUE;
  if (!can_draw (self))
    return;
  if (what_changed_is_the_data)
    {
      if (self->tick_id == 0 && self->job == NULL)
        self->tick_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_tick, NULL, NULL);
      return;
    }
  if (self->job != NULL)
    tfv_chart_job_hurry (self->job);
  else
    start_job (self);
}

/**
 * tfv_chart_get_shown_x:
 * @self: a chart
 * @x0: (out): the left end of the x axis, a place of the axis
 * @x1: (out): its right end
 *
 * What the picture that is shown now spans, whatever points came since. Main
 * thread.
 *
 * Returns: whether there is a picture with points in it
 */
gboolean
tfv_chart_get_shown_x (TfvChart *self, double *x0, double *x1)
{
  g_return_val_if_fail (TFV_IS_CHART (self), FALSE);

  if (self->picture == NULL || !self->has_layout || self->layout.is_empty)
    return FALSE;

  *x0 = self->layout.x0;
  *x1 = self->layout.x1;
  return TRUE;
}
