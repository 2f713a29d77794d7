/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/tfv-embedding.h"

G_BEGIN_DECLS

/* Fields of what we store beside the points; FORMAT.md. */
enum
{
  TFV_EMBEDDING_METADATA = 1,
  TFV_EMBEDDING_SPRITE = 2,
  TFV_EMBEDDING_SPRITE_WIDTH = 3,
  TFV_EMBEDDING_SPRITE_HEIGHT = 4,
};

/* What an embedding is put together of; numbers are float32, little-endian. */
typedef struct
{
  gsize       n_points;
  gsize       n_dimensions;
  GByteArray *numbers;
  GBytes     *metadata;
  GBytes     *sprite;
  guint       sprite_width;
  guint       sprite_height;
} TfvEmbeddingParts;

GByteArray *tfv_embedding_new_value (const char *tag, const TfvEmbeddingParts *parts);

G_END_DECLS
