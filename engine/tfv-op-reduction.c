/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-op-reduction-private.h"

#include "engine/tfv-gradient-private.h"
#include "engine/tfv-ops.h"

/* The input's dimensions with neighbours of a kind joined: they alternate
 * between kept and reduced. */
typedef struct
{
  int      rank;
  gint64   dims[TFV_SHAPE_MAX_RANK + 1];
  gint64   output_strides[TFV_SHAPE_MAX_RANK + 1]; /* 0 where reduced */
  gboolean is_reduced[TFV_SHAPE_MAX_RANK + 1];
} Walk;

static void
walk_init (Walk *self, const TfvShape *shape, const gboolean *is_reduced)
{
  gint64 stride = 1;

  self->rank = 0;
  for (int i = 0; i < shape->rank; i++)
    {
      if (shape->dims[i] == 1)
        continue;
      if (self->rank > 0 && self->is_reduced[self->rank - 1] == is_reduced[i])
        {
          self->dims[self->rank - 1] *= shape->dims[i];
          continue;
        }
      self->dims[self->rank] = shape->dims[i];
      self->is_reduced[self->rank++] = is_reduced[i];
    }
  if (self->rank == 0)
    {
      self->dims[0] = 1;
      self->is_reduced[0] = TRUE;
      self->rank = 1;
    }
  for (int i = self->rank - 1; i >= 0; i--)
    {
      self->output_strides[i] = self->is_reduced[i] ? 0 : stride;
      stride *= self->is_reduced[i] ? 1 : self->dims[i];
    }
}

static gint64
locate_output (const Walk *self, gint64 row)
{
  gint64 offset = 0;

  for (int i = self->rank - 2; i >= 0; i--)
    {
      offset += row % self->dims[i] * self->output_strides[i];
      row /= self->dims[i];
    }
  return offset;
}

/* A long row is halved, so that the error of a sum grows with the logarithm of
 * its length. */
static void
reduce_row (const TfvReduction *reduction, gpointer accumulator, const char *x, gsize n, gsize size)
{
  const gsize longest = 1024;
  gsize       half = n / 2;
  gint64      part; /* as large as any number */

  if (n <= longest)
    {
      reduction->reduce_row (accumulator, x, n);
      return;
    }
  reduction->fill (&part, 1);
  reduce_row (reduction, &part, x, half, size);
  reduce_row (reduction, accumulator, x + half * size, n - half, size);
  reduction->combine_rows (accumulator, &part, 1);
}

static void
reduce (const TfvReduction *reduction, const Walk *walk, const TfvTensor *x, TfvTensor *y)
{
  gsize size = tfv_data_type_get_size (x->dtype);
  gsize n = (gsize) walk->dims[walk->rank - 1];
  gsize n_rows = n > 0 ? x->n_elements / n : 0;

  reduction->fill (y->data, y->n_elements);
  for (gsize row = 0; row < n_rows; row++)
    {
      const char *source = (const char *) x->data + row * n * size;
      char       *target = (char *) y->data + (gsize) locate_output (walk, (gint64) row) * size;

      if (walk->is_reduced[walk->rank - 1])
        reduce_row (reduction, target, source, n, size);
      else
        reduction->combine_rows (target, source, n);
    }
  if (reduction->finish != NULL && y->n_elements > 0)
    reduction->finish (y->data, y->n_elements, x->n_elements / y->n_elements);
}

/* Kernel of every reduction; its data is the TfvReduction. */
void
tfv_reduction_compute (TfvKernelContext *context)
{
  TfvTensor *x = context->inputs[0];
  gboolean   keep_dims = tfv_operation_get_attr_bool (context->operation, "keep_dims");
  gboolean   is_reduced[TFV_SHAPE_MAX_RANK];
  TfvShape   shape = { 0 };
  TfvTensor *y;
  Walk       walk;

  if (!tfv_kernel_get_axes (context, 1, x->shape.rank, is_reduced))
    return;
  for (int i = 0; i < x->shape.rank; i++)
    if (!is_reduced[i])
      shape.dims[shape.rank++] = x->shape.dims[i];
    else if (keep_dims)
      shape.dims[shape.rank++] = 1;
  y = tfv_kernel_allocate_output (context, 0, &shape);
  if (y == NULL)
    return;
  walk_init (&walk, &x->shape, is_reduced);
  reduce (context->data, &walk, x, y);
}

/* Builds a reduction; with no axis it goes over all of them. */
TfvOutput
tfv_op_reduction (const char *op_type, TfvOutput input, TfvOutput axis, gboolean keep_dims, const char *name)
{
  TfvOpBuilder *builder = tfv_op_builder_new (NULL, op_type, name);

  tfv_op_builder_add_input (builder, input);
  if (tfv_output_is_none (axis) && !tfv_output_is_none (input))
    {
      TfvShape shape = tfv_output_get_shape (input);

      if (shape.rank >= 0)
        {
          gint32 axes[TFV_SHAPE_MAX_RANK];

          for (int i = 0; i < shape.rank; i++)
            axes[i] = i;
          axis = tfv_constant_int32_vector (input.operation->graph, axes, (guint) shape.rank, "Const");
        }
      else
        axis = tfv_range_of_rank (input);
    }
  tfv_op_builder_add_input (builder, axis);
  tfv_op_builder_set_bool (builder, "keep_dims", keep_dims);
  return tfv_op_builder_finish_output (builder);
}

TfvOutput
tfv_reduction_gradient_with_kept_dims (TfvOperation *operation, TfvOutput grad)
{
  TfvOutput shape = tfv_reduced_shape (tfv_shape_of (operation->inputs[0], NULL), operation->inputs[1], NULL);

  return tfv_reshape (grad, shape, NULL);
}

TfvOutput
tfv_reduction_gradient_tiled (TfvOperation *operation, TfvOutput grad)
{
  return tfv_broadcast_to (tfv_reduction_gradient_with_kept_dims (operation, grad), tfv_shape_of (operation->inputs[0], NULL), NULL);
}
