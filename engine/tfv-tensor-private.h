/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/tfv-tensor.h"

G_BEGIN_DECLS

#define TFV_TENSOR_ALIGNMENT_BYTES 64
/* There is never memory for more: such sizes come from mistakes. */
#define TFV_TENSOR_MAX_BYTES ((gsize) 1 << 40)

/* The memory behind one tensor or several. */
typedef struct
{
  gint           ref_count; /* atomic */
  gpointer       data;
  gsize          n_strings; /* of a string tensor: how many to drop */
  GDestroyNotify destroy;
  gpointer       user_data;
} TfvBuffer;

struct _TfvTensor
{
  gint        ref_count; /* atomic; read by the check for sole ownership */
  TfvDataType dtype;
  TfvShape    shape;
  gsize       n_elements;
  gpointer    data;
  TfvBuffer  *buffer; /* NULL where the memory is a plan's arena */
};

/* Like tfv_tensor_new, without filling; NULL where there is no memory. */
TfvTensor *tfv_tensor_try_new_uninitialized (TfvDataType dtype, const TfvShape *shape);
/* A tensor over a run's arena: whoever keeps it longer than the run copies it. */
TfvTensor *tfv_tensor_new_in_arena (TfvDataType dtype, const TfvShape *shape, gpointer data);
gboolean   tfv_tensor_is_in_arena (const TfvTensor *self);
/* Whether nobody else can see the elements. */
gboolean tfv_tensor_is_sole_owner (const TfvTensor *self);
/* An element of an int32 or int64 tensor, exactly. */
static inline gint64
tfv_tensor_get_integer (const TfvTensor *self, gsize index)
{
  return self->dtype == TFV_DATA_TYPE_INT32 ? ((const gint32 *) self->data)[index] : ((const gint64 *) self->data)[index];
}
/* Whether rank and sizes are those that the tensor has. */
gboolean tfv_tensor_has_shape (const TfvTensor *self, const TfvShape *shape);

G_END_DECLS
