/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/tfv-scalar-chunk-private.h"
#include "summaries/tfv-scalar-series.h"

G_BEGIN_DECLS

/**
 * TfvScalarViewBuilder: (skip)
 *
 * Collects slices of chunks, in order, into a view.
 */
typedef struct
{
  GArray    *blocks;
  GPtrArray *parts;
} TfvScalarViewBuilder;

void           tfv_scalar_view_builder_init (TfvScalarViewBuilder *self);
void           tfv_scalar_view_builder_add_part (TfvScalarViewBuilder *self, TfvScalarPart *part);
void           tfv_scalar_view_builder_add_slice (TfvScalarViewBuilder *self, TfvScalarChunk *chunk, guint first, guint n);
TfvScalarView *tfv_scalar_view_builder_end (TfvScalarViewBuilder *self);
gboolean       tfv_scalar_view_is_prefix (const TfvScalarView *shorter, const TfvScalarView *longer);

G_END_DECLS
