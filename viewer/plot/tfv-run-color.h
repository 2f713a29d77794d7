/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "viewer/plot/tfv-scene.h"

G_BEGIN_DECLS

#define TFV_RUN_COLOR_N_HUES 8

void tfv_run_color_get (guint index, gboolean dark, TfvColor *color);

G_END_DECLS
