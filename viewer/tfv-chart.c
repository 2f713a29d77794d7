/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/tfv-chart-private.h"

#define MIN_WIDTH 160
#define MIN_HEIGHT 120

enum
{
  PROP_0,
  PROP_SMOOTH_KIND,
  PROP_SMOOTHING,
  PROP_X_AXIS,
  PROP_X_SCALE,
  PROP_Y_SCALE,
  PROP_IGNORE_OUTLIERS,
  PROP_SHOWS_SUPERSEDED,
  PROP_TITLE,
  PROP_ZOOMED,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (TfvChart, tfv_chart, GTK_TYPE_WIDGET)

/**
 * tfv_chart_curve_new:
 * @id: what tells the curve from others
 * @name: its run's name
 * @series: its points
 * @color: its colour
 *
 * Returns: (transfer full): a curve that holds copies, and a reference to the series
 */
TfvChartCurve *
tfv_chart_curve_new (const char *id, const char *name, TfvScalarSeries *series, const GdkRGBA *color)
{
  TfvChartCurve *curve = g_new0 (TfvChartCurve, 1);

  curve->id = g_strdup (id);
  curve->name = g_strdup (name);
  curve->series = tfv_scalar_series_ref (series);
  curve->color = *color;
  return curve;
}

void
tfv_chart_curve_free (TfvChartCurve *curve)
{
  g_free (curve->id);
  g_free (curve->name);
  tfv_scalar_series_unref (curve->series);
  g_free (curve);
}

/* An index of the points that the chart is to show. */
TfvCurveIndex *
tfv_chart_create_index (TfvChart *self, TfvScalarSeries *series)
{
  TfvCurveIndex *index = tfv_curve_index_new (series);

  index->shows_all = self->shows_superseded;
  return index;
}

/* Whether what is shown are not the logged values. */
gboolean
tfv_chart_is_smoothed (TfvChart *self)
{
  return self->smoothing > 0 && self->smooth_kind != TFV_CHART_SMOOTH_OFF;
}

static void
drop_index (gpointer index)
{
  tfv_curve_index_unref (index);
}

/**
 * tfv_chart_set_curves:
 * @self: a chart
 * @curves: (element-type TfvChartCurve): its curves, the front one last
 *
 * Sets what the chart shows. What is known of a curve that was there before, by
 * id and series, is kept. The zoom stays.
 */
void
tfv_chart_set_curves (TfvChart *self, GPtrArray *curves)
{
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);
  GPtrArray             *indexes = g_ptr_array_new_with_free_func (drop_index);
  GPtrArray             *copies = g_ptr_array_new_with_free_func ((GDestroyNotify) tfv_chart_curve_free);

  g_return_if_fail (TFV_IS_CHART (self));
  for (guint i = 0; i < self->indexes->len; i++)
    g_hash_table_insert (known, ((TfvChartCurve *) g_ptr_array_index (self->curves, i))->id, g_ptr_array_index (self->indexes, i));
  for (guint i = 0; curves != NULL && i < curves->len; i++)
    {
      TfvChartCurve *curve = g_ptr_array_index (curves, i);
      TfvCurveIndex *index = g_hash_table_lookup (known, curve->id);

      g_ptr_array_add (copies, tfv_chart_curve_new (curve->id, curve->name, curve->series, &curve->color));
      if (index != NULL && index->series == curve->series)
        g_ptr_array_add (indexes, tfv_curve_index_ref (index));
      else
        g_ptr_array_add (indexes, tfv_chart_create_index (self, curve->series));
    }
  g_ptr_array_unref (self->indexes);
  g_ptr_array_unref (self->curves);
  self->indexes = indexes;
  self->curves = copies;
  g_array_set_size (self->hits, 0);
  if (!self->is_near)
    g_ptr_array_set_size (self->indexes, 0);
  tfv_chart_redraw (self, FALSE);
}

/**
 * tfv_chart_data_changed:
 * @self: a chart
 *
 * Says that a series has new points. Cheap; may be called at any rate.
 */
void
tfv_chart_data_changed (TfvChart *self)
{
  g_return_if_fail (TFV_IS_CHART (self));
  tfv_chart_redraw (self, TRUE);
}

/**
 * tfv_chart_reset_zoom:
 * @self: a chart
 *
 * Shows everything again, and from now on what comes in.
 */
void
tfv_chart_reset_zoom (TfvChart *self)
{
  g_return_if_fail (TFV_IS_CHART (self));
  if (!self->x_range.is_set && !self->y_range.is_set)
    return;
  self->x_range.is_set = FALSE;
  self->y_range.is_set = FALSE;
  tfv_chart_redraw (self, FALSE);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ZOOMED]);
}

/**
 * tfv_chart_is_settled:
 * @self: a chart
 *
 * Returns: whether what is seen shows the latest points in the latest way; a
 *   chart that is out of sight has nothing to show and is settled, one that has
 *   not got its size yet is not
 */
gboolean
tfv_chart_is_settled (TfvChart *self)
{
  g_return_val_if_fail (TFV_IS_CHART (self), TRUE);
  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return TRUE;
  if (gtk_widget_get_width (GTK_WIDGET (self)) == 0)
    return FALSE;
  return !self->is_near || (self->job == NULL && !self->is_stale && !self->extent.is_behind);
}

static void
tfv_chart_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? MIN_WIDTH : MIN_HEIGHT;
}

static void
tfv_chart_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  TfvChart *self = TFV_CHART (widget);

  tfv_chart_check_visibility (self);
  tfv_chart_redraw (self, FALSE);
  if (self->popover != NULL)
    gtk_popover_present (GTK_POPOVER (self->popover));
}

static void
snapshot_drag (TfvChart *self, GtkSnapshot *snapshot)
{
  graphene_rect_t box;
  gboolean        zooms_x, zooms_y;
  GskRoundedRect  frame;
  GdkRGBA         fill, edge;

  if (!tfv_chart_drag_rectangle (self, &box, &zooms_x, &zooms_y))
    return;
  if (!gtk_style_context_lookup_color (gtk_widget_get_style_context (GTK_WIDGET (self)), "accent_color", &edge))
    edge = self->foreground;
  fill = edge;
  fill.alpha *= 0.14f;
  gtk_snapshot_append_color (snapshot, &fill, &box);
  gsk_rounded_rect_init_from_rect (&frame, &box, 0);
  gtk_snapshot_append_border (snapshot, &frame, (float[4]){ 1, 1, 1, 1 }, (GdkRGBA[4]){ edge, edge, edge, edge });
}

static void
snapshot_focus (TfvChart *self, GtkSnapshot *snapshot)
{
  GskRoundedRect frame;
  GdkRGBA        edge;
  float          width = (float) gtk_widget_get_width (GTK_WIDGET (self));
  float          height = (float) gtk_widget_get_height (GTK_WIDGET (self));

  if (!gtk_widget_has_visible_focus (GTK_WIDGET (self)))
    return;
  if (!gtk_style_context_lookup_color (gtk_widget_get_style_context (GTK_WIDGET (self)), "accent_color", &edge))
    edge = self->foreground;
  edge.alpha *= 0.6f;
  gsk_rounded_rect_init_from_rect (&frame, &GRAPHENE_RECT_INIT (0, 0, width, height), 6);
  gtk_snapshot_append_border (snapshot, &frame, (float[4]){ 2, 2, 2, 2 }, (GdkRGBA[4]){ edge, edge, edge, edge });
}

static void
tfv_chart_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  TfvChart *self = TFV_CHART (widget);

  if (self->picture != NULL)
    gtk_snapshot_append_node (snapshot, self->picture);
  if (self->has_layout)
    {
      snapshot_drag (self, snapshot);
      tfv_chart_snapshot_hover (self, snapshot);
    }
  snapshot_focus (self, snapshot);
}

static void
tfv_chart_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (tfv_chart_parent_class)->css_changed (widget, change);
  if (tfv_chart_read_style (TFV_CHART (widget)))
    tfv_chart_redraw (TFV_CHART (widget), FALSE);
}

static void
tfv_chart_map (GtkWidget *widget)
{
  TfvChart *self = TFV_CHART (widget);

  GTK_WIDGET_CLASS (tfv_chart_parent_class)->map (widget);
  tfv_chart_read_style (self);
  tfv_chart_watch_scrolling (self);
  tfv_chart_check_visibility (self);
}

static void
tfv_chart_unmap (GtkWidget *widget)
{
  TfvChart *self = TFV_CHART (widget);

  GTK_WIDGET_CLASS (tfv_chart_parent_class)->unmap (widget);
  tfv_chart_end_hover (self);
  if (self->tick_id != 0)
    gtk_widget_remove_tick_callback (widget, self->tick_id);
  self->tick_id = 0;
  tfv_chart_unwatch_scrolling (self);
  tfv_chart_check_visibility (self);
}

static void
on_scale_changed (TfvChart *self)
{
  tfv_chart_redraw (self, FALSE);
}

static void
set_title (TfvChart *self, const char *title)
{
  g_free (self->title);
  self->title = g_strdup (title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title != NULL ? title : "", -1);
}

static void
set_scale (int *scale, const GValue *value, TfvChartRange *range)
{
  if (*scale != g_value_get_int (value))
    range->is_set = FALSE;
  *scale = g_value_get_int (value);
}

/* Other points are other indexes, of which a worker may still have the old ones. */
static void
set_shows_superseded (TfvChart *self, gboolean shows_superseded)
{
  if (self->shows_superseded == shows_superseded)
    return;
  self->shows_superseded = shows_superseded;
  if (self->job != NULL)
    tfv_chart_job_cancel (g_steal_pointer (&self->job));
  g_ptr_array_set_size (self->indexes, 0);
  g_array_set_size (self->hits, 0);
  self->extent = (TfvSceneExtent){ 0 };
}

static void
tfv_chart_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  TfvChart *self = TFV_CHART (object);

  switch (id)
    {
    case PROP_SMOOTH_KIND:
      self->smooth_kind = g_value_get_int (value);
      break;
    case PROP_SMOOTHING:
      self->smoothing = g_value_get_double (value);
      break;
    case PROP_X_AXIS:
      if (self->x_axis != (TfvXAxis) g_value_get_int (value))
        self->x_range.is_set = FALSE;
      self->x_axis = (TfvXAxis) g_value_get_int (value);
      break;
    case PROP_X_SCALE:
      set_scale (&self->x_scale, value, &self->x_range);
      break;
    case PROP_Y_SCALE:
      set_scale (&self->y_scale, value, &self->y_range);
      break;
    case PROP_SHOWS_SUPERSEDED:
      set_shows_superseded (self, g_value_get_boolean (value));
      break;
    case PROP_IGNORE_OUTLIERS:
      self->ignore_outliers = g_value_get_boolean (value);
      break;
    case PROP_TITLE:
      set_title (self, g_value_get_string (value));
      return;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      return;
    }
  tfv_chart_redraw (self, FALSE);
  g_object_notify_by_pspec (object, properties[PROP_ZOOMED]);
}

static void
tfv_chart_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  TfvChart *self = TFV_CHART (object);

  switch (id)
    {
    case PROP_SMOOTH_KIND:
      g_value_set_int (value, self->smooth_kind);
      break;
    case PROP_SMOOTHING:
      g_value_set_double (value, self->smoothing);
      break;
    case PROP_X_AXIS:
      g_value_set_int (value, (int) self->x_axis);
      break;
    case PROP_X_SCALE:
      g_value_set_int (value, self->x_scale);
      break;
    case PROP_Y_SCALE:
      g_value_set_int (value, self->y_scale);
      break;
    case PROP_SHOWS_SUPERSEDED:
      g_value_set_boolean (value, self->shows_superseded);
      break;
    case PROP_IGNORE_OUTLIERS:
      g_value_set_boolean (value, self->ignore_outliers);
      break;
    case PROP_TITLE:
      g_value_set_string (value, self->title);
      break;
    case PROP_ZOOMED:
      g_value_set_boolean (value, self->x_range.is_set || self->y_range.is_set);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
tfv_chart_dispose (GObject *object)
{
  TfvChart *self = TFV_CHART (object);

  tfv_chart_end_hover (self);
  tfv_chart_unwatch_scrolling (self);
  g_clear_handle_id (&self->describe_id, g_source_remove);
  g_clear_handle_id (&self->catch_up_id, g_source_remove);
  if (self->job != NULL)
    tfv_chart_job_cancel (g_steal_pointer (&self->job));
  g_ptr_array_set_size (self->indexes, 0);
  g_ptr_array_set_size (self->curves, 0);
  g_clear_pointer (&self->picture, gsk_render_node_unref);
  G_OBJECT_CLASS (tfv_chart_parent_class)->dispose (object);
}

static void
tfv_chart_finalize (GObject *object)
{
  TfvChart *self = TFV_CHART (object);

  g_ptr_array_unref (self->indexes);
  g_ptr_array_unref (self->curves);
  g_array_unref (self->hits);
  tfv_scene_layout_clear (&self->layout);
  g_free (self->title);
  g_free (self->font);
  G_OBJECT_CLASS (tfv_chart_parent_class)->finalize (object);
}

static void
tfv_chart_class_init (TfvChartClass *klass)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags     flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  object_class->set_property = tfv_chart_set_property;
  object_class->get_property = tfv_chart_get_property;
  object_class->dispose = tfv_chart_dispose;
  object_class->finalize = tfv_chart_finalize;
  widget_class->measure = tfv_chart_measure;
  widget_class->size_allocate = tfv_chart_size_allocate;
  widget_class->snapshot = tfv_chart_snapshot;
  widget_class->css_changed = tfv_chart_css_changed;
  widget_class->map = tfv_chart_map;
  widget_class->unmap = tfv_chart_unmap;

  properties[PROP_SMOOTH_KIND] = g_param_spec_int ("smooth-kind", NULL, NULL, TFV_SMOOTH_TENSORBOARD, TFV_CHART_SMOOTH_OFF, TFV_SMOOTH_TENSORBOARD, flags);
  properties[PROP_SMOOTHING] = g_param_spec_double ("smoothing", NULL, NULL, 0, 0.999, 0.6, flags);
  properties[PROP_X_AXIS] = g_param_spec_int ("x-axis", NULL, NULL, TFV_X_AXIS_STEP, TFV_X_AXIS_WALL, TFV_X_AXIS_STEP, flags);
  properties[PROP_X_SCALE] = g_param_spec_int ("x-scale", NULL, NULL, TFV_AXIS_LINEAR, TFV_AXIS_SYMLOG, TFV_AXIS_LINEAR, flags);
  properties[PROP_Y_SCALE] = g_param_spec_int ("y-scale", NULL, NULL, TFV_AXIS_LINEAR, TFV_AXIS_SYMLOG, TFV_AXIS_LINEAR, flags);
  properties[PROP_SHOWS_SUPERSEDED] = g_param_spec_boolean ("shows-superseded", NULL, NULL, FALSE, flags);
  properties[PROP_IGNORE_OUTLIERS] = g_param_spec_boolean ("ignore-outliers", NULL, NULL, TRUE, flags);
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_ZOOMED] = g_param_spec_boolean ("zoomed", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_css_name (widget_class, "tfvchart");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
tfv_chart_init (TfvChart *self)
{
  self->curves = g_ptr_array_new_with_free_func ((GDestroyNotify) tfv_chart_curve_free);
  self->indexes = g_ptr_array_new_with_free_func (drop_index);
  self->smoothing = 0.6;
  self->ignore_outliers = TRUE;
  self->is_stale = TRUE;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), "crosshair");
  tfv_chart_add_hover (self);
  tfv_chart_add_gestures (self);
  g_signal_connect (self, "notify::scale-factor", G_CALLBACK (on_scale_changed), NULL);
}

/**
 * tfv_chart_new:
 *
 * Returns: (transfer floating): a chart without curves
 */
GtkWidget *
tfv_chart_new (void)
{
  return g_object_new (TFV_TYPE_CHART, NULL);
}
