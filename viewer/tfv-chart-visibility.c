/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/tfv-chart-private.h"

/* GTK maps everything inside a scrolled window, seen or not. A chart works only
 * while it is in sight or at most half a page away, and gives its index and its
 * picture back when it is further off. */

static void
for_adjustments (TfvChart *self, gboolean watch)
{
  GtkAdjustment *adjustments[2] = {
    gtk_scrolled_window_get_hadjustment (GTK_SCROLLED_WINDOW (self->scroller)),
    gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller)),
  };

  for (guint i = 0; i < G_N_ELEMENTS (adjustments); i++)
    if (watch)
      {
        g_signal_connect_swapped (adjustments[i], "value-changed", G_CALLBACK (tfv_chart_check_visibility), self);
        g_signal_connect_swapped (adjustments[i], "changed", G_CALLBACK (tfv_chart_check_visibility), self);
      }
    else
      g_signal_handlers_disconnect_by_func (adjustments[i], tfv_chart_check_visibility, self);
}

void
tfv_chart_watch_scrolling (TfvChart *self)
{
  tfv_chart_unwatch_scrolling (self);
  g_set_object (&self->scroller, gtk_widget_get_ancestor (GTK_WIDGET (self), GTK_TYPE_SCROLLED_WINDOW));
  if (self->scroller != NULL)
    for_adjustments (self, TRUE);
}

void
tfv_chart_unwatch_scrolling (TfvChart *self)
{
  if (self->scroller != NULL)
    for_adjustments (self, FALSE);
  g_clear_object (&self->scroller);
}

/* Where the chart is, and what is seen, in one coordinate system. A viewport's
 * child is moved only at the next frame, so within it the adjustments are asked. */
static gboolean
find_page (TfvChart *self, graphene_rect_t *bounds, graphene_rect_t *page)
{
  GtkWidget *child = gtk_scrolled_window_get_child (GTK_SCROLLED_WINDOW (self->scroller));

  if (GTK_IS_VIEWPORT (child) && gtk_viewport_get_child (GTK_VIEWPORT (child)) != NULL)
    {
      GtkAdjustment *across = gtk_scrolled_window_get_hadjustment (GTK_SCROLLED_WINDOW (self->scroller));
      GtkAdjustment *down = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scroller));

      *page = GRAPHENE_RECT_INIT ((float) gtk_adjustment_get_value (across), (float) gtk_adjustment_get_value (down),
                                  (float) gtk_adjustment_get_page_size (across), (float) gtk_adjustment_get_page_size (down));
      return gtk_widget_compute_bounds (GTK_WIDGET (self), gtk_viewport_get_child (GTK_VIEWPORT (child)), bounds);
    }
  *page = GRAPHENE_RECT_INIT (0, 0, (float) gtk_widget_get_width (self->scroller), (float) gtk_widget_get_height (self->scroller));
  return gtk_widget_compute_bounds (GTK_WIDGET (self), self->scroller, bounds);
}

static gboolean
is_near (TfvChart *self)
{
  graphene_rect_t bounds, page;

  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return FALSE;
  if (self->scroller == NULL)
    return TRUE;
  if (!find_page (self, &bounds, &page))
    return FALSE;
  graphene_rect_inset (&page, -page.size.width / 2, -page.size.height / 2);
  return graphene_rect_intersection (&page, &bounds, NULL);
}

void
tfv_chart_check_visibility (TfvChart *self)
{
  gboolean near_now = is_near (self);

  if (near_now == self->is_near)
    return;
  self->is_near = near_now;
  if (near_now)
    {
      tfv_chart_redraw (self, FALSE);
      return;
    }
  if (self->job != NULL)
    tfv_chart_job_cancel (g_steal_pointer (&self->job));
  g_ptr_array_set_size (self->indexes, 0);
  g_clear_pointer (&self->picture, gsk_render_node_unref);
  self->is_stale = TRUE;
}
