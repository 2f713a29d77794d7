/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "viewer/plot/tfv-curve-index.h"

G_BEGIN_DECLS

/* Noise that is the same on every machine: from -1 to 1. */
double noise (guint64 *state);

TfvScalarSeries *series_of (const double *values, gsize n);
TfvScalarSeries *noisy_series (gsize n, guint64 seed);
TfvCurveIndex   *index_of (TfvScalarSeries *series, TfvPlotX x_kind, double weight);
void             update_index (TfvCurveIndex *index, TfvPlotX x_kind, double weight);

G_END_DECLS
