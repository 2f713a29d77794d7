/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "viewer/plot/tfv-scene.h"

G_BEGIN_DECLS

TfvTrack tfv_scene_main_track (const TfvScene *self);
double   tfv_scene_line_width (const TfvScene *self);
double   tfv_scene_raw_opacity (const TfvScene *self);
void     tfv_scene_draw_frame (const TfvScene *self, const TfvSceneLayout *layout, cairo_t *cr);
void     tfv_scene_draw_labels (const TfvScene *self, const TfvSceneLayout *layout, cairo_t *cr);
void     tfv_scene_draw_marks (const TfvScene *self, cairo_t *cr, const TfvColor *color, double alpha, const GArray *marks, double scale);
double   tfv_scene_legend_height (const TfvScene *self);
void     tfv_scene_draw_legend (const TfvScene *self, const TfvSceneLayout *layout, cairo_t *cr);

G_END_DECLS
