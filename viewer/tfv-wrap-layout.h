/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TFV_TYPE_WRAP_LAYOUT (tfv_wrap_layout_get_type ())

/**
 * TfvWrapLayout:
 *
 * Puts children side by side, and on another line where there is no room.
 * Children that expand share what is left of their line.
 */
G_DECLARE_FINAL_TYPE (TfvWrapLayout, tfv_wrap_layout, TFV, WRAP_LAYOUT, GtkLayoutManager)

G_END_DECLS
