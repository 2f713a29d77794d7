/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-broadcast-private.h"

static void
get_strides (const TfvShape *shape, int rank, gint64 *strides)
{
  gint64 stride = 1;

  for (int i = 1; i <= rank; i++)
    {
      gint64 size = i <= shape->rank ? shape->dims[shape->rank - i] : 1;

      strides[rank - i] = size == 1 ? 0 : stride;
      stride *= size;
    }
}

void
tfv_broadcast_init (TfvBroadcast *self, const TfvShape *x, const TfvShape *y, const TfvShape *z)
{
  gint64 x_strides[TFV_SHAPE_MAX_RANK];
  gint64 y_strides[TFV_SHAPE_MAX_RANK];
  int    n = 0;

  get_strides (x, z->rank, x_strides);
  get_strides (y, z->rank, y_strides);
  for (int i = 0; i < z->rank; i++)
    {
      if (z->dims[i] == 1)
        continue;
      if (n > 0 && self->x_strides[n - 1] == x_strides[i] * z->dims[i] && self->y_strides[n - 1] == y_strides[i] * z->dims[i])
        {
          self->dims[n - 1] *= z->dims[i];
          self->x_strides[n - 1] = x_strides[i];
          self->y_strides[n - 1] = y_strides[i];
          continue;
        }
      self->dims[n] = z->dims[i];
      self->x_strides[n] = x_strides[i];
      self->y_strides[n] = y_strides[i];
      n++;
    }
  if (n == 0)
    {
      self->dims[0] = 1;
      self->x_strides[0] = self->y_strides[0] = 0;
      n = 1;
    }
  self->rank = n;
}

/* Goes to the row with this number. */
void
tfv_broadcast_row_init (TfvBroadcastRow *self, const TfvBroadcast *broadcast, gint64 row)
{
  self->x = self->y = 0;
  for (int i = broadcast->rank - 2; i >= 0; i--)
    {
      self->index[i] = row % broadcast->dims[i];
      row /= broadcast->dims[i];
      self->x += self->index[i] * broadcast->x_strides[i];
      self->y += self->index[i] * broadcast->y_strides[i];
    }
}

/* Goes to the next row; after the last one to the first. */
void
tfv_broadcast_row_advance (TfvBroadcastRow *self, const TfvBroadcast *broadcast)
{
  for (int i = broadcast->rank - 2; i >= 0; i--)
    {
      self->x += broadcast->x_strides[i];
      self->y += broadcast->y_strides[i];
      if (++self->index[i] < broadcast->dims[i])
        return;
      self->x -= broadcast->dims[i] * broadcast->x_strides[i];
      self->y -= broadcast->dims[i] * broadcast->y_strides[i];
      self->index[i] = 0;
    }
}
