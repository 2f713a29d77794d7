/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "summaries/tfv-array.h"
#include "summaries/tfv-macros.h"
#include "summaries/tfv-summary-writer.h"

G_BEGIN_DECLS

/**
 * TfvEmbedding:
 * @points: the points, of shape [points, dimensions]
 * @metadata: (nullable): what is known of each point: lines of values set apart by
 *   tabs, below a line of names if there are several columns
 * @sprite: (nullable): an encoded picture of one small picture for each point, row
 *   by row
 * @sprite_width: width of a small picture in pixels
 * @sprite_height: height of a small picture in pixels
 *
 * Points in a space of many dimensions. Reference counted and immutable; any thread.
 */
typedef struct
{
  TfvArray *points;
  char     *metadata;
  GBytes   *sprite;
  guint     sprite_width;
  guint     sprite_height;
} TfvEmbedding;

#define TFV_TYPE_EMBEDDING (tfv_embedding_get_type ())
TFV_PUBLIC
GType tfv_embedding_get_type (void) G_GNUC_CONST;
TFV_PUBLIC
TfvEmbedding *tfv_embedding_decode (GBytes *record, GError **error);
TFV_PUBLIC
TfvEmbedding *tfv_embedding_ref (TfvEmbedding *self);
TFV_PUBLIC
void tfv_embedding_unref (TfvEmbedding *self);

TFV_PUBLIC
void tfv_summary_writer_add_embedding (TfvSummaryWriter *self, const char *tag, gsize n_points, gsize n_dimensions, const float *points, const char *metadata, GBytes *sprite, guint sprite_width, guint sprite_height, gint64 step);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TfvEmbedding, tfv_embedding_unref)

G_END_DECLS
