/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "viewer/plot/tfv-curve-index.h"

G_BEGIN_DECLS

gboolean tfv_extent_of_values (TfvCurveIndex *const *curves, guint n_curves, TfvTrack track, gboolean positive_only, gboolean ignore_outliers, double *min, double *max);
gboolean tfv_extent_of_x (TfvCurveIndex *const *curves, guint n_curves, gboolean positive_only, double *min, double *max);
void     tfv_extent_nice (double *min, double *max);
void     tfv_extent_nice_log10 (double *min, double *max);
void     tfv_extent_pad_x (double *min, double *max);
double   tfv_extent_select (double *values, gsize n, gsize rank);

G_END_DECLS
