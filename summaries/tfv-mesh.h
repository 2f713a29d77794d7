/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "summaries/tfv-macros.h"
#include "summaries/tfv-summary-writer.h"

G_BEGIN_DECLS

/**
 * TfvMeshPart:
 * @TFV_MESH_PART_UNKNOWN: nothing tells which
 * @TFV_MESH_PART_VERTEX: where the vertices are: float32 [meshes, vertices, 3]
 * @TFV_MESH_PART_FACE: which three vertices a triangle joins: int32 [meshes, faces, 3];
 *   without it a mesh is a cloud of points
 * @TFV_MESH_PART_COLOR: what colour the vertices have: uint8 [meshes, vertices, 3], RGB
 *
 * A part of meshes: each is a tensor in a tag of its own.
 */
typedef enum
{
  TFV_MESH_PART_UNKNOWN = 0,
  TFV_MESH_PART_VERTEX = 1,
  TFV_MESH_PART_FACE = 2,
  TFV_MESH_PART_COLOR = 3,
} TfvMeshPart;

TFV_PUBLIC
TfvMeshPart tfv_mesh_part_of_tag (const char *tag, char **name);

TFV_PUBLIC
void tfv_summary_writer_add_mesh (TfvSummaryWriter *self, const char *tag, gsize n_vertices, const float *vertices, gsize n_faces, const gint32 *faces, const guint8 *colors, const char *json_config, gint64 step);

G_END_DECLS
