/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/tfv-run-metadata.h"
#include "summaries/tfv-summary-writer.h"

G_BEGIN_DECLS

TFV_PUBLIC
void tfv_run_metadata_write (TfvRunMetadata *self, TfvSummaryWriter *writer, gint64 step);

G_END_DECLS
