/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/tfv-screenshot.h"

#include <glib/gi18n.h>

/* A chart may become unsettled by the very layout that another one's arrival
 * made: it has to hold for some frames. */
#define N_CALM_FRAMES 4
#define TIMEOUT_US (60 * G_USEC_PER_SEC)

typedef struct
{
  TfvIsSettledFunc is_settled;
  gpointer         user_data;
  guint            n_calm_frames;
  gint64           start_us;
} Wait;

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  GTask *task = data;
  Wait  *wait = g_task_get_task_data (task);

  wait->n_calm_frames = wait->is_settled (wait->user_data) ? wait->n_calm_frames + 1 : 0;
  if (wait->n_calm_frames >= N_CALM_FRAMES)
    g_task_return_boolean (task, TRUE);
  else if (g_get_monotonic_time () - wait->start_us > TIMEOUT_US)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, _ ("the window did not settle"));
  else
    return G_SOURCE_CONTINUE;
  return G_SOURCE_REMOVE;
}

/**
 * tfv_screenshot_when_settled: (skip)
 * @window: a window that is shown
 * @is_settled: whether nothing in it is still being drawn
 * @user_data: handed to @is_settled
 * @callback: called when nothing moves any more
 * @callback_data: handed to @callback
 */
void
tfv_screenshot_when_settled (GtkWindow *window, TfvIsSettledFunc is_settled, gpointer user_data, GAsyncReadyCallback callback, gpointer callback_data)
{
  GTask *task = g_task_new (window, NULL, callback, callback_data);
  Wait  *wait = g_new0 (Wait, 1);

  wait->is_settled = is_settled;
  wait->user_data = user_data;
  wait->start_us = g_get_monotonic_time ();
  g_task_set_task_data (task, wait, g_free);
  gtk_widget_add_tick_callback (GTK_WIDGET (window), on_tick, task, g_object_unref);
}

/**
 * tfv_screenshot_wait_finish: (skip)
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Returns: whether the window settled
 */
gboolean
tfv_screenshot_wait_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * tfv_screenshot_save: (skip)
 * @window: a window that is shown
 * @file: path of the picture
 * @error: return location for an error
 *
 * Draws what the window shows into a PNG file.
 *
 * Returns: whether it was written
 */
gboolean
tfv_screenshot_save (GtkWindow *window, const char *file, GError **error)
{
  g_autoptr (GdkPaintable)  paintable = gtk_widget_paintable_new (GTK_WIDGET (window));
  g_autoptr (GtkSnapshot)   snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture)    texture = NULL;
  g_autoptr (GBytes)        png = NULL;
  g_autoptr (GFile)         target = g_file_new_for_path (file);
  int                       width = gdk_paintable_get_intrinsic_width (paintable);
  int                       height = gdk_paintable_get_intrinsic_height (paintable);
  graphene_rect_t           bounds = GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height);
  GskRenderer              *renderer = gtk_native_get_renderer (GTK_NATIVE (window));

  gdk_paintable_snapshot (paintable, snapshot, width, height);
  node = gtk_snapshot_to_node (snapshot);
  if (node == NULL || renderer == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("%s: there is nothing to draw"), file);
      return FALSE;
    }
  texture = gsk_renderer_render_texture (renderer, node, &bounds);
  png = gdk_texture_save_to_png_bytes (texture);
  return g_file_replace_contents (target, g_bytes_get_data (png, NULL), g_bytes_get_size (png), NULL, FALSE, G_FILE_CREATE_NONE, NULL, NULL, error);
}
