/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-inference-private.h"
#include "engine/tfv-kernel-private.h"
#include "engine/tfv-op-builder.h"
#include "engine/tfv-ops.h"

static void
infer_shape (TfvInference *inference)
{
  inference->outputs[0] = inference->outputs[1] = tfv_shape_unknown_of_rank (1);
}

static gint64
get_size (const TfvShape *shape, int rank, int axis)
{
  int own = axis - (rank - shape->rank);

  return own < 0 ? 1 : shape->dims[own];
}

/* The axes along which one shape stands still in the result: a gradient is
 * summed over them. As in TensorFlow an axis of size 1 in both is one of them,
 * unless the shapes are the same. */
static void
put_axes (TfvKernelContext *context, guint index, const TfvShape *self, const TfvShape *other)
{
  int        rank = MAX (self->rank, other->rank);
  gint32     axes[TFV_SHAPE_MAX_RANK];
  TfvShape   shape = { .rank = 1 };
  TfvTensor *output;

  for (int i = 0; i < rank; i++)
    if (get_size (self, rank, i) == 1 && !tfv_shape_equal (self, other))
      axes[shape.dims[0]++] = i;
  output = tfv_kernel_allocate_output (context, index, &shape);
  for (gsize i = 0; output != NULL && i < output->n_elements; i++)
    tfv_tensor_set_value (output, i, axes[i]);
}

static void
compute (TfvKernelContext *context)
{
  TfvShape x;
  TfvShape y;

  if (!tfv_kernel_get_shape (context, 0, &x) || !tfv_kernel_get_shape (context, 1, &y))
    return;
  put_axes (context, 0, &x, &y);
  put_axes (context, 1, &y, &x);
}

static const TfvKernel kernels[] = {
  { TFV_DEVICE_CPU, TFV_DATA_TYPE_INT32, compute, NULL },
  { TFV_DEVICE_CPU, TFV_DATA_TYPE_INT64, compute, NULL },
  { 0 },
};

static const TfvOpCase cases[] = {
  { .name = "row", .inputs = { "[2] 4 3", "[1] 3" }, .expected = { "[0]", "[1] 0" } },
  { .name = "column and row", .inputs = { "[2] 4 1", "[2] 1 3" }, .expected = { "[1] 1", "[1] 0" } },
  { .name = "ones", .inputs = { "[2] 4 1", "[2] 1 1" }, .expected = { "[1] 1", "[2] 0 1" } },
  { .name = "the same", .inputs = { "[2] 4 1", "[2] 4 1" }, .expected = { "[0]", "[0]" } },
  { .name = "scalar", .inputs = { "[2] 4 3", "[0]" }, .expected = { "[0]", "[2] 0 1" } },
  { 0 },
};

static const TfvOpDef defs[] = {
  {
      .type = "BroadcastGradientArgs",
      .inputs = { "s0: T", "s1: T" },
      .outputs = { "r0: T", "r1: T" },
      .attributes = { "T: {int32, int64} = int32" },
      .flags = TFV_OP_NO_GRADIENT,
      .infer_shape = infer_shape,
      .kernels = kernels,
      .cases = cases,
  },
};

const TfvOpFamily tfv_op_broadcast_gradient_args = TFV_OP_FAMILY (defs);

/**
 * tfv_broadcast_gradient_args: (skip)
 * @x_shape: sizes of one input of an elementwise operation
 * @y_shape: sizes of the other
 * @y_axes: (out): axes along which the second was broadcast
 * @name: (nullable): name inside the current scope
 *
 * Returns: axes along which the first was broadcast
 */
TfvOutput
tfv_broadcast_gradient_args (TfvOutput x_shape, TfvOutput y_shape, TfvOutput *y_axes, const char *name)
{
  TfvOpBuilder *builder = tfv_op_builder_new (NULL, "BroadcastGradientArgs", name);
  TfvOperation *operation;

  tfv_op_builder_add_input (builder, x_shape);
  tfv_op_builder_add_input (builder, y_shape);
  operation = tfv_op_builder_finish (builder);
  *y_axes = tfv_operation_get_output (operation, 1);
  return tfv_operation_get_output (operation, 0);
}
