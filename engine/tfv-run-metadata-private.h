/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/tfv-run-metadata.h"

G_BEGIN_DECLS

void tfv_run_metadata_clear (TfvRunMetadata *self);
void tfv_run_metadata_add_node (gpointer data, const TfvOperation *operation, gint64 start_ns, gint64 end_ns);

G_END_DECLS
