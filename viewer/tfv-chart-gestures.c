/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/tfv-chart-private.h"

#include <math.h>

/* A box that is narrower than this in one direction zooms in the other only. */
#define THIN_BOX 18.0
#define LEAST_DRAG 5.0
#define WHEEL_STEP 0.18
#define KEY_STEP 0.1

/* What is shown of an axis, or will be when the picture in the making is ready. */
TfvChartRange
tfv_chart_current_x (TfvChart *self)
{
  if (self->x_range.is_set)
    return self->x_range;
  return (TfvChartRange){ self->has_layout, self->layout.x0, self->layout.x1 };
}

TfvChartRange
tfv_chart_current_y (TfvChart *self)
{
  if (self->y_range.is_set)
    return self->y_range;
  return (TfvChartRange){ self->has_layout, self->layout.y0, self->layout.y1 };
}

static gboolean
is_usable (const TfvChartRange *range)
{
  double size = MAX (fabs (range->start), fabs (range->end));

  return range->is_set && isfinite (range->start) && isfinite (range->end) && range->end - range->start > size * 1e-12 && range->end - range->start < 1e300;
}

/* Zooms to ranges; one that is %NULL or too small to draw changes nothing. */
void
tfv_chart_set_ranges (TfvChart *self, const TfvChartRange *x, const TfvChartRange *y)
{
  gboolean was_zoomed = self->x_range.is_set || self->y_range.is_set;

  if (!self->has_layout)
    return;
  if (x != NULL && is_usable (x))
    self->x_range = *x;
  if (y != NULL && is_usable (y))
    self->y_range = *y;
  tfv_chart_redraw (self, FALSE);
  if (was_zoomed != (self->x_range.is_set || self->y_range.is_set))
    g_object_notify (G_OBJECT (self), "zoomed");
}

static TfvChartRange
scaled (TfvChartRange range, double anchor, double factor)
{
  double at = range.start + (range.end - range.start) * anchor;

  range.start = at + (range.start - at) * factor;
  range.end = at + (range.end - at) * factor;
  return range;
}

static TfvChartRange
moved (TfvChartRange range, double part)
{
  double by = (range.end - range.start) * part;

  range.start += by;
  range.end += by;
  return range;
}

/* Zooms around a place of the widget; beside an axis, along that axis only. */
static void
zoom_around (TfvChart *self, double x, double y, double factor)
{
  const TfvSceneLayout *layout = &self->layout;
  double                across = CLAMP ((x - layout->left) / layout->width, 0, 1);
  double                up = CLAMP (1 - (y - layout->top) / layout->height, 0, 1);
  TfvChartRange         new_x = scaled (tfv_chart_current_x (self), across, factor);
  TfvChartRange         new_y = scaled (tfv_chart_current_y (self), up, factor);
  gboolean              on_y_axis = x < layout->left;
  gboolean              on_x_axis = y > layout->top + layout->height;

  if (self->has_layout)
    tfv_chart_set_ranges (self, on_y_axis && !on_x_axis ? NULL : &new_x, on_x_axis && !on_y_axis ? NULL : &new_y);
}

static void
pan (TfvChart *self, double across, double up)
{
  TfvChartRange x = moved (tfv_chart_current_x (self), across);
  TfvChartRange y = moved (tfv_chart_current_y (self), up);

  tfv_chart_set_ranges (self, across != 0 ? &x : NULL, up != 0 ? &y : NULL);
}

/* The box being drawn, in widget coordinates, and what it will zoom. */
gboolean
tfv_chart_drag_rectangle (TfvChart *self, graphene_rect_t *rectangle, gboolean *zooms_x, gboolean *zooms_y)
{
  const TfvSceneLayout *layout = &self->layout;
  double                width, height, left, top;

  if (self->drag != TFV_CHART_DRAG_ZOOM || !self->has_layout)
    return FALSE;
  width = fabs (self->drag_to_x - self->drag_x);
  height = fabs (self->drag_to_y - self->drag_y);
  if (MAX (width, height) < LEAST_DRAG)
    return FALSE;
  *zooms_x = width >= THIN_BOX || width >= height;
  *zooms_y = height >= THIN_BOX || height > width;

  left = MIN (self->drag_x, self->drag_to_x);
  top = MIN (self->drag_y, self->drag_to_y);
  if (!*zooms_x)
    {
      left = layout->left;
      width = layout->width;
    }
  if (!*zooms_y)
    {
      top = layout->top;
      height = layout->height;
    }
  *rectangle = GRAPHENE_RECT_INIT ((float) left, (float) top, (float) width, (float) height);
  return graphene_rect_intersection (rectangle, &GRAPHENE_RECT_INIT ((float) layout->left, (float) layout->top, (float) layout->width, (float) layout->height), rectangle);
}

static void
zoom_to_box (TfvChart *self)
{
  const TfvSceneLayout *layout = &self->layout;
  graphene_rect_t       box;
  gboolean              zooms_x, zooms_y;
  TfvChartRange         x = tfv_chart_current_x (self);
  TfvChartRange         y = tfv_chart_current_y (self);
  TfvChartRange         new_x = x;
  TfvChartRange         new_y = y;

  if (!tfv_chart_drag_rectangle (self, &box, &zooms_x, &zooms_y))
    return;
  new_x.start = x.start + (box.origin.x - layout->left) / layout->width * (x.end - x.start);
  new_x.end = x.start + (box.origin.x + box.size.width - layout->left) / layout->width * (x.end - x.start);
  new_y.end = y.end - (box.origin.y - layout->top) / layout->height * (y.end - y.start);
  new_y.start = y.end - (box.origin.y + box.size.height - layout->top) / layout->height * (y.end - y.start);
  tfv_chart_set_ranges (self, zooms_x ? &new_x : NULL, zooms_y ? &new_y : NULL);
}

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, TfvChart *self)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));
  GdkDevice      *device = gtk_event_controller_get_current_event_device (GTK_EVENT_CONTROLLER (gesture));
  guint           button = gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (gesture));

  /* A finger scrolls the page; two of them zoom. */
  if (!self->has_layout || button > 2 || (device != NULL && gdk_device_get_source (device) == GDK_SOURCE_TOUCHSCREEN))
    {
      gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_DENIED);
      return;
    }
  gtk_widget_grab_focus (GTK_WIDGET (self));
  self->drag = button == 2 || (state & (GDK_SHIFT_MASK | GDK_ALT_MASK)) ? TFV_CHART_DRAG_PAN : TFV_CHART_DRAG_ZOOM;
  self->drag_x = self->drag_to_x = x;
  self->drag_y = self->drag_to_y = y;
  self->drag_start_x = tfv_chart_current_x (self);
  self->drag_start_y = tfv_chart_current_y (self);
  if (self->drag == TFV_CHART_DRAG_PAN)
    gtk_widget_set_cursor_from_name (GTK_WIDGET (self), "grabbing");
}

static void
on_drag_update (GtkGestureDrag *gesture, double dx, double dy, TfvChart *self)
{
  if (self->drag == TFV_CHART_DRAG_NONE)
    return;
  self->drag_to_x = self->drag_x + dx;
  self->drag_to_y = self->drag_y + dy;
  if (MAX (fabs (dx), fabs (dy)) >= LEAST_DRAG)
    gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  if (self->drag == TFV_CHART_DRAG_PAN)
    {
      TfvChartRange x = moved (self->drag_start_x, -dx / self->layout.width);
      TfvChartRange y = moved (self->drag_start_y, dy / self->layout.height);

      tfv_chart_set_ranges (self, &x, fabs (dy) >= THIN_BOX || self->y_range.is_set ? &y : NULL);
    }
  tfv_chart_update_hover (self);
}

static void
on_drag_end (GtkGestureDrag *gesture, double dx, double dy, TfvChart *self)
{
  if (self->drag == TFV_CHART_DRAG_ZOOM)
    {
      self->drag_to_x = self->drag_x + dx;
      self->drag_to_y = self->drag_y + dy;
      zoom_to_box (self);
    }
  self->drag = TFV_CHART_DRAG_NONE;
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), "crosshair");
  tfv_chart_update_hover (self);
}

static void
on_drag_cancel (GtkGesture *gesture, GdkEventSequence *sequence, TfvChart *self)
{
  self->drag = TFV_CHART_DRAG_NONE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_pressed (GtkGestureClick *gesture, int n_press, double x, double y, TfvChart *self)
{
  if (n_press == 2)
    tfv_chart_reset_zoom (self);
}

/* A plain wheel belongs to the page. */
static gboolean
on_scroll (GtkEventControllerScroll *controller, double dx, double dy, TfvChart *self)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller));
  gboolean        is_zoomed = self->x_range.is_set || self->y_range.is_set;

  if (!self->has_layout)
    return FALSE;
  if (state & (GDK_CONTROL_MASK | GDK_ALT_MASK))
    zoom_around (self, self->pointer_x, self->pointer_y, exp (CLAMP (dx + dy, -10, 10) * WHEEL_STEP));
  else if (state & GDK_SHIFT_MASK)
    pan (self, (dx + dy) * KEY_STEP, 0);
  else if (is_zoomed && fabs (dx) > fabs (dy))
    pan (self, dx * KEY_STEP, 0);
  else
    return FALSE;
  return TRUE;
}

static void
on_pinch_begin (GtkGesture *gesture, GdkEventSequence *sequence, TfvChart *self)
{
  self->drag_start_x = tfv_chart_current_x (self);
  self->drag_start_y = tfv_chart_current_y (self);
}

static void
on_pinch (GtkGestureZoom *gesture, double scale, TfvChart *self)
{
  const TfvSceneLayout *layout = &self->layout;
  TfvChartRange         new_x, new_y;
  double                x, y;

  if (!self->has_layout || !(scale > 0) || !gtk_gesture_get_bounding_box_center (GTK_GESTURE (gesture), &x, &y))
    return;
  new_x = scaled (self->drag_start_x, CLAMP ((x - layout->left) / layout->width, 0, 1), 1 / scale);
  new_y = scaled (self->drag_start_y, CLAMP (1 - (y - layout->top) / layout->height, 0, 1), 1 / scale);
  tfv_chart_set_ranges (self, &new_x, &new_y);
}

static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state, TfvChart *self)
{
  double middle_x = self->layout.left + self->layout.width / 2;
  double middle_y = self->layout.top + self->layout.height / 2;

  if (!self->has_layout)
    return FALSE;
  switch (key)
    {
    case GDK_KEY_Left:
      pan (self, -KEY_STEP, 0);
      break;
    case GDK_KEY_Right:
      pan (self, KEY_STEP, 0);
      break;
    case GDK_KEY_Up:
    case GDK_KEY_Down:
      if (!self->y_range.is_set)
        return FALSE;
      pan (self, 0, key == GDK_KEY_Up ? KEY_STEP : -KEY_STEP);
      break;
    case GDK_KEY_plus:
    case GDK_KEY_equal:
    case GDK_KEY_KP_Add:
      zoom_around (self, middle_x, middle_y, exp (-2 * WHEEL_STEP));
      break;
    case GDK_KEY_minus:
    case GDK_KEY_KP_Subtract:
      zoom_around (self, middle_x, middle_y, exp (2 * WHEEL_STEP));
      break;
    case GDK_KEY_0:
    case GDK_KEY_KP_0:
      tfv_chart_reset_zoom (self);
      break;
    case GDK_KEY_Escape:
      if (!self->x_range.is_set && !self->y_range.is_set)
        return FALSE;
      tfv_chart_reset_zoom (self);
      break;
    default:
      return FALSE;
    }
  return TRUE;
}

void
tfv_chart_add_gestures (TfvChart *self)
{
  GtkWidget          *widget = GTK_WIDGET (self);
  GtkGesture         *drag = gtk_gesture_drag_new ();
  GtkGesture         *click = gtk_gesture_click_new ();
  GtkGesture         *pinch = gtk_gesture_zoom_new ();
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  GtkEventController *key = gtk_event_controller_key_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (drag), 0);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (on_drag_end), self);
  g_signal_connect (drag, "cancel", G_CALLBACK (on_drag_cancel), self);
  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), self);
  g_signal_connect (pinch, "begin", G_CALLBACK (on_pinch_begin), self);
  g_signal_connect (pinch, "scale-changed", G_CALLBACK (on_pinch), self);
  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll), self);
  g_signal_connect (key, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (drag));
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (click));
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (pinch));
  gtk_widget_add_controller (widget, scroll);
  gtk_widget_add_controller (widget, key);
  gtk_gesture_group (drag, click);
}
