/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TFV_TYPE_COLOR_DOT (tfv_color_dot_get_type ())

/**
 * TfvColorDot:
 *
 * A small filled circle.
 */
G_DECLARE_FINAL_TYPE (TfvColorDot, tfv_color_dot, TFV, COLOR_DOT, GtkWidget)

void tfv_color_dot_set_color (TfvColorDot *self, const GdkRGBA *color);

G_END_DECLS
