/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef void (*TfvPathsFunc) (const char *const *paths, gpointer user_data);

void tfv_open_dialog_show (GtkWindow *parent, gboolean folders, const char *beside, TfvPathsFunc func, gpointer user_data);

G_END_DECLS
