/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* An embedding that a projector's configuration tells of. Paths are as they are
 * written there. */
typedef struct
{
  char *tensor_name;
  char *tensor_path;
  char *metadata_path;
  char *sprite_path;
  guint n_dimensions;
  guint shape[2];
  guint n_sprite_sizes;
  guint sprite_size[2];
  guint line;
} TfvProjectorEmbedding;

GArray *tfv_projector_config_parse (const char *text, gsize n_bytes, GError **error);

G_END_DECLS
