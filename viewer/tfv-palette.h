/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gdk/gdk.h>

#include "viewer/plot/tfv-run-color.h"

G_BEGIN_DECLS

#define TFV_PALETTE_N_HUES TFV_RUN_COLOR_N_HUES

void tfv_palette_get (guint index, gboolean dark, GdkRGBA *color);

G_END_DECLS
