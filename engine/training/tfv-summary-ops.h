/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/tfv-graph.h"
#include "summaries/tfv-summary-writer.h"

G_BEGIN_DECLS

TFV_PUBLIC
TfvOutput tfv_summary_scalar (const char *name, TfvOutput value);
TFV_PUBLIC
TfvOutput tfv_summary_histogram (const char *name, TfvOutput values);
TFV_PUBLIC
TfvOutput tfv_summary_image (const char *name, TfvOutput images, int max_outputs);
TFV_PUBLIC
TfvOutput tfv_summary_audio (const char *name, TfvOutput clips, float sample_rate_hz, int max_outputs);
TFV_PUBLIC
TfvOutput tfv_summary_tensor (const char *name, TfvOutput tensor);
TFV_PUBLIC
TfvOutput tfv_summary_text (const char *name, TfvOutput text);
TFV_PUBLIC
TfvOutput tfv_summary_merge (const TfvOutput *summaries, guint n_summaries);
TFV_PUBLIC
TfvOutput tfv_summary_merge_all (TfvGraph *graph);
TFV_PUBLIC
gboolean tfv_summary_write (TfvTensor *summary, TfvSummaryWriter *writer, gint64 step, GError **error);

G_END_DECLS
