/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/tfv-format.h"
#include "summaries/tfv-run.h"
#include "summaries/tfv-scalar-chunk-private.h"

G_BEGIN_DECLS

/**
 * TfvScalarSource: (skip)
 *
 * A file whose points are read when somebody wants them. Any thread.
 */

TfvScalarSource *tfv_scalar_source_new (TfvRun *run, const char *path, const TfvFormat *format);
TfvScalarSource *tfv_scalar_source_ref (TfvScalarSource *self);
void             tfv_scalar_source_unref (TfvScalarSource *self);
gboolean         tfv_scalar_source_load (TfvScalarSource *self, TfvScalarPart *const *parts, guint n_parts, GCancellable *cancellable, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TfvScalarSource, tfv_scalar_source_unref)

G_END_DECLS
