/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/tfv-restarts-private.h"
#include "summaries/tfv-scalar-chunk-private.h"
#include "summaries/tfv-scalar-series.h"
#include "summaries/tfv-tag.h"

G_BEGIN_DECLS

TfvScalarSeries *tfv_scalar_series_new_for_run (TfvRestarts *restarts);
TfvScalarPart   *tfv_scalar_series_add_part (TfvScalarSeries *self, TfvOrigin *origin);
void             tfv_scalar_series_remove_part (TfvScalarSeries *self, TfvScalarPart *part);
void             tfv_scalar_series_get_summary (TfvScalarSeries *self, TfvTagSummary *summary);
gboolean         tfv_scalar_series_knows_n_superseded (TfvScalarSeries *self);
guint64          tfv_scalar_series_get_n_superseded (TfvScalarSeries *self);
void             tfv_scalar_series_append_part_infos (TfvScalarSeries *self, GArray *infos);

G_END_DECLS
