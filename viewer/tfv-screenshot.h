/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef gboolean (*TfvIsSettledFunc) (gpointer user_data);

void     tfv_screenshot_when_settled (GtkWindow *window, TfvIsSettledFunc is_settled, gpointer user_data, GAsyncReadyCallback callback, gpointer callback_data);
gboolean tfv_screenshot_wait_finish (GAsyncResult *result, GError **error);
gboolean tfv_screenshot_save (GtkWindow *window, const char *file, GError **error);

G_END_DECLS
