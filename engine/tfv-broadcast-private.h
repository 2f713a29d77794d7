/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/tfv-shape.h"

G_BEGIN_DECLS

/* How to walk two tensors along a third that they are broadcast to, with
 * neighbouring dimensions joined where both go on evenly. Strides are in
 * elements; 0 where a tensor stands still. */
typedef struct
{
  int    rank;
  gint64 dims[TFV_SHAPE_MAX_RANK];
  gint64 x_strides[TFV_SHAPE_MAX_RANK];
  gint64 y_strides[TFV_SHAPE_MAX_RANK];
} TfvBroadcast;

void tfv_broadcast_init (TfvBroadcast *self, const TfvShape *x, const TfvShape *y, const TfvShape *z);

/* Where one row of the last dimension begins, and with that all after it. */
typedef struct
{
  gint64 x;
  gint64 y;
  gint64 index[TFV_SHAPE_MAX_RANK];
} TfvBroadcastRow;

void tfv_broadcast_row_init (TfvBroadcastRow *self, const TfvBroadcast *broadcast, gint64 row);
void tfv_broadcast_row_advance (TfvBroadcastRow *self, const TfvBroadcast *broadcast);

G_END_DECLS
