/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/tfv-logdir.h"
#include "viewer/tfv-chart.h"
#include "viewer/tfv-run-tree.h"

G_BEGIN_DECLS

#define TFV_TYPE_SELECTION (tfv_selection_get_type ())

/**
 * TfvSelection:
 *
 * What all pages of a window look at, and how: the logdir, the runs, and the
 * settings of the curves. UI thread only.
 */
G_DECLARE_FINAL_TYPE (TfvSelection, tfv_selection, TFV, SELECTION, GObject)

TfvSelection *tfv_selection_new (void);
void          tfv_selection_set_logdir (TfvSelection *self, TfvLogdir *logdir);
TfvLogdir    *tfv_selection_get_logdir (TfvSelection *self);
TfvRunTree   *tfv_selection_get_runs (TfvSelection *self);
void          tfv_selection_data_changed (TfvSelection *self);
gboolean      tfv_selection_is_looked_over (TfvSelection *self);

const char  *tfv_selection_get_tag_filter (TfvSelection *self);
double       tfv_selection_get_smoothing (TfvSelection *self);
TfvXAxis     tfv_selection_get_x_axis (TfvSelection *self);
TfvAxisScale tfv_selection_get_y_scale (TfvSelection *self);
gboolean     tfv_selection_get_ignore_outliers (TfvSelection *self);

G_END_DECLS
