/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/tfv-event-file-private.h"
#include "summaries/tfv-scalar-outline.h"

G_BEGIN_DECLS

gboolean tfv_scalar_extract (TfvEventFile *file, const char *path, const TfvScalarLoad *loads, guint n_loads, GCancellable *cancellable, GError **error);

G_END_DECLS
