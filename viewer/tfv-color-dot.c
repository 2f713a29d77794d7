/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/tfv-color-dot.h"

#define DIAMETER 12

struct _TfvColorDot
{
  GtkWidget parent_instance;
  GdkRGBA   color;
};

G_DEFINE_FINAL_TYPE (TfvColorDot, tfv_color_dot, GTK_TYPE_WIDGET)

static void
tfv_color_dot_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = DIAMETER;
  *natural = DIAMETER;
}

static void
tfv_color_dot_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  TfvColorDot    *self = TFV_COLOR_DOT (widget);
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, DIAMETER, DIAMETER);
  GskRoundedRect  circle;

  bounds.origin.x = (float) ((gtk_widget_get_width (widget) - DIAMETER) / 2);
  bounds.origin.y = (float) ((gtk_widget_get_height (widget) - DIAMETER) / 2);
  gsk_rounded_rect_init_from_rect (&circle, &bounds, DIAMETER / 2.0f);
  gtk_snapshot_push_rounded_clip (snapshot, &circle);
  gtk_snapshot_append_color (snapshot, &self->color, &bounds);
  gtk_snapshot_pop (snapshot);
}

static void
tfv_color_dot_class_init (TfvColorDotClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->measure = tfv_color_dot_measure;
  widget_class->snapshot = tfv_color_dot_snapshot;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
tfv_color_dot_init (TfvColorDot *self)
{
}

/**
 * tfv_color_dot_set_color:
 * @self: the dot
 * @color: its colour
 */
void
tfv_color_dot_set_color (TfvColorDot *self, const GdkRGBA *color)
{
  self->color = *color;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
