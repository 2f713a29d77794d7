/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <adwaita.h>

#include "viewer/tfv-page.h"

G_BEGIN_DECLS

#define TFV_TYPE_WINDOW (tfv_window_get_type ())

/**
 * TfvWindow:
 *
 * The program's window: runs on the left, pages on top.
 */
G_DECLARE_FINAL_TYPE (TfvWindow, tfv_window, TFV, WINDOW, AdwApplicationWindow)

TfvWindow    *tfv_window_new (GtkApplication *application, GSettings *settings);
void          tfv_window_open (TfvWindow *self, const char *const *paths);
void          tfv_window_set_logdir (TfvWindow *self, TfvLogdir *logdir);
TfvSelection *tfv_window_get_selection (TfvWindow *self);
gboolean      tfv_window_is_empty (TfvWindow *self);
gboolean      tfv_window_is_settled (TfvWindow *self);
const char   *tfv_window_get_state (TfvWindow *self);

G_END_DECLS
