/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/tfv-chart-private.h"

#include <math.h>

/* More than these, the nearest, would cover the curves. */
#define MAX_DOTS 24
#define DOT_RADIUS 4.0f

static int
compare_hits (gconstpointer a, gconstpointer b)
{
  double da = ((const TfvChartHit *) a)->distance;
  double db = ((const TfvChartHit *) b)->distance;

  return da < db ? -1 : da > db;
}

static double
shown_value (TfvChart *self, const TfvHit *hit)
{
  return tfv_chart_is_smoothed (self) ? hit->smoothed : hit->value;
}

/* Finds the point of each curve that is nearest to the pointer. While a worker
 * updates an index its old hit stays; the next picture brings the next look. */
static void
find_hits (TfvChart *self)
{
  double x = tfv_scene_layout_x_at (&self->layout, self->pointer_x);

  g_array_set_size (self->hits, 0);
  for (guint i = 0; i < self->indexes->len; i++)
    {
      TfvChartHit hit = { .curve = i };

      if (!tfv_hit_nearest (g_ptr_array_index (self->indexes, i), x, &hit.hit))
        continue;
      hit.x = tfv_scene_layout_place_x (&self->layout, hit.hit.x);
      hit.y = tfv_scene_layout_place_y (&self->layout, shown_value (self, &hit.hit));
      hit.distance = isfinite (hit.y) ? hypot (hit.x - self->pointer_x, hit.y - self->pointer_y) : 1e9;
      g_array_append_val (self->hits, hit);
    }
  g_array_sort (self->hits, compare_hits);
}

static void
format_time (double wall_time, char text[static TFV_AXIS_NUMBER_LENGTH])
{
  g_autoptr (GDateTime) time = fabs (wall_time) < 2e11 ? g_date_time_new_from_unix_local ((gint64) wall_time) : NULL;
  g_autofree char      *formatted = time != NULL ? g_date_time_format (time, "%b %-e, %H:%M:%S") : NULL;

  g_strlcpy (text, formatted != NULL ? formatted : "", TFV_AXIS_NUMBER_LENGTH);
}

static void
fill_card (TfvChart *self)
{
  guint n = MIN (self->hits->len, TFV_CHART_CARD_MAX_ROWS);

  for (guint i = 0; i < n; i++)
    {
      const TfvChartHit   *hit = &g_array_index (self->hits, TfvChartHit, i);
      const TfvChartCurve *curve = g_ptr_array_index (self->curves, hit->curve);
      char                 texts[TFV_CHART_CARD_N_COLUMNS][TFV_AXIS_NUMBER_LENGTH];
      const char          *cells[TFV_CHART_CARD_N_COLUMNS] = { curve->name };

      tfv_axis_number_format (hit->hit.smoothed, texts[TFV_CHART_CARD_SMOOTHED]);
      tfv_axis_number_format (hit->hit.value, texts[TFV_CHART_CARD_VALUE]);
      g_snprintf (texts[TFV_CHART_CARD_STEP], sizeof texts[0], "%'" G_GINT64_FORMAT, hit->hit.step);
      format_time (hit->hit.wall_time, texts[TFV_CHART_CARD_TIME]);
      tfv_axis_number_format_duration (hit->hit.relative, texts[TFV_CHART_CARD_RELATIVE]);
      for (guint c = 1; c < TFV_CHART_CARD_N_COLUMNS; c++)
        cells[c] = texts[c];
      tfv_chart_card_set_row (self->card, i, &curve->color, cells);
    }
  tfv_chart_card_end_rows (self->card, n, self->hits->len - n, tfv_chart_is_smoothed (self));
}

static void
place_card (TfvChart *self)
{
  const TfvChartHit *nearest = &g_array_index (self->hits, TfvChartHit, 0);
  double             x = CLAMP (nearest->x, self->layout.left, self->layout.left + self->layout.width);
  GdkRectangle       at = { (int) MIN (x, self->pointer_x) - 14, (int) self->pointer_y, (int) fabs (x - self->pointer_x) + 28, 1 };

  gtk_popover_set_pointing_to (GTK_POPOVER (self->popover), &at);
  if (!gtk_widget_get_visible (self->popover))
    gtk_popover_popup (GTK_POPOVER (self->popover));
}

/* Without a compositor what should be a soft shadow is a black frame. */
static void
flatten (GtkWidget *contents)
{
  GtkCssProvider *provider = gtk_css_provider_new ();

  gtk_css_provider_load_from_data (provider, "contents { margin: 0; border-radius: 0; box-shadow: none; border: 1px solid mix(@popover_bg_color, @popover_fg_color, 0.3); }", -1);
  gtk_style_context_add_provider (gtk_widget_get_style_context (contents), GTK_STYLE_PROVIDER (provider), GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  g_object_unref (provider);
}

static void
make_card (TfvChart *self)
{
  self->card = tfv_chart_card_new ();
  self->popover = gtk_popover_new ();
  gtk_popover_set_autohide (GTK_POPOVER (self->popover), FALSE);
  gtk_popover_set_has_arrow (GTK_POPOVER (self->popover), FALSE);
  gtk_popover_set_position (GTK_POPOVER (self->popover), GTK_POS_RIGHT);
  gtk_widget_set_can_target (self->popover, FALSE);
  gtk_widget_set_can_focus (self->popover, FALSE);
  gtk_popover_set_child (GTK_POPOVER (self->popover), GTK_WIDGET (self->card));
  gtk_widget_set_parent (self->popover, GTK_WIDGET (self));
  if (!gdk_display_is_composited (gtk_widget_get_display (self->popover)))
    flatten (gtk_widget_get_parent (GTK_WIDGET (self->card)));
}

/* Looks again what is under the pointer: it moved, or the picture changed. */
void
tfv_chart_update_hover (TfvChart *self)
{
  gboolean inside = self->is_hovering && self->has_layout && !self->layout.is_empty && self->drag == TFV_CHART_DRAG_NONE &&
                    self->pointer_x >= self->layout.left && self->pointer_x <= self->layout.left + self->layout.width &&
                    self->pointer_y >= self->layout.top && self->pointer_y <= self->layout.top + self->layout.height;

  if (inside)
    find_hits (self);
  else
    g_array_set_size (self->hits, 0);
  if (self->hits->len > 0 && gtk_widget_get_mapped (GTK_WIDGET (self)))
    {
      if (self->popover == NULL)
        make_card (self);
      fill_card (self);
      place_card (self);
    }
  else if (self->popover != NULL)
    gtk_widget_set_visible (self->popover, FALSE);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* Until the pointer moves. */
void
tfv_chart_hide_hover (TfvChart *self)
{
  if (self->hits->len == 0)
    return;
  self->is_hovering = FALSE;
  g_array_set_size (self->hits, 0);
  if (self->popover != NULL)
    gtk_widget_set_visible (self->popover, FALSE);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
tfv_chart_end_hover (TfvChart *self)
{
  self->is_hovering = FALSE;
  g_array_set_size (self->hits, 0);
  self->card = NULL;
  g_clear_pointer (&self->popover, gtk_widget_unparent);
}

static void
append_dot (GtkSnapshot *snapshot, double x, double y, float radius, const GdkRGBA *color)
{
  GskRoundedRect dot;

  gsk_rounded_rect_init_from_rect (&dot, &GRAPHENE_RECT_INIT ((float) x - radius, (float) y - radius, 2 * radius, 2 * radius), radius);
  gtk_snapshot_push_rounded_clip (snapshot, &dot);
  gtk_snapshot_append_color (snapshot, color, &dot.bounds);
  gtk_snapshot_pop (snapshot);
}

/* The crosshair: a few colour nodes over a picture that stays as it is. */
void
tfv_chart_snapshot_hover (TfvChart *self, GtkSnapshot *snapshot)
{
  const TfvSceneLayout *layout = &self->layout;
  GdkRGBA               line = self->foreground;
  gboolean              is_dark = self->foreground.red + self->foreground.green + self->foreground.blue > 1.5f;
  GdkRGBA               ring = is_dark ? (GdkRGBA){ 0.12f, 0.12f, 0.12f, 1 } : (GdkRGBA){ 1, 1, 1, 1 };
  double                x;

  if (self->hits->len == 0)
    return;
  x = g_array_index (self->hits, TfvChartHit, 0).x;
  line.alpha *= 0.45f;
  if (x >= layout->left && x <= layout->left + layout->width)
    gtk_snapshot_append_color (snapshot, &line, &GRAPHENE_RECT_INIT ((float) (floor (x)), (float) layout->top, 1, (float) layout->height));

  for (guint i = MIN (self->hits->len, MAX_DOTS); i-- > 0;)
    {
      const TfvChartHit   *hit = &g_array_index (self->hits, TfvChartHit, i);
      const TfvChartCurve *curve = g_ptr_array_index (self->curves, hit->curve);

      if (hit->x < layout->left - 1 || hit->x > layout->left + layout->width + 1 ||
          !(hit->y >= layout->top - 1 && hit->y <= layout->top + layout->height + 1))
        continue;
      append_dot (snapshot, hit->x, hit->y, DOT_RADIUS + 1.5f, &ring);
      append_dot (snapshot, hit->x, hit->y, DOT_RADIUS, &curve->color);
    }
}

static void
on_motion (GtkEventControllerMotion *controller, double x, double y, TfvChart *self)
{
  self->is_hovering = TRUE;
  self->pointer_x = x;
  self->pointer_y = y;
  tfv_chart_update_hover (self);
}

static void
on_leave (GtkEventControllerMotion *controller, TfvChart *self)
{
  self->is_hovering = FALSE;
  tfv_chart_update_hover (self);
}

void
tfv_chart_add_hover (TfvChart *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();

  self->hits = g_array_new (FALSE, FALSE, sizeof (TfvChartHit));
  g_signal_connect (motion, "enter", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
}
