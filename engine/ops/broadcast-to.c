/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-broadcast-private.h"
#include "engine/tfv-op-binary-private.h"
#include "engine/tfv-ops.h"

#include <string.h>

static gboolean
fits (const TfvShape *input, const TfvShape *shape)
{
  TfvShape broadcast;

  return tfv_shape_broadcast (input, shape, &broadcast) && tfv_shape_is_compatible (&broadcast, shape);
}

static void
infer_shape (TfvInference *inference)
{
  TfvShape shape;

  if (!tfv_inference_constant_shape (inference, 1, &shape))
    return;
  inference->outputs[0] = shape;
  if (inference->constants[1] != NULL && !fits (&inference->inputs[0], &shape))
    {
      g_autofree char *from = tfv_shape_to_string (&inference->inputs[0]);
      g_autofree char *to = tfv_shape_to_string (&shape);

      tfv_inference_fail (inference, "shape %s can't be broadcast to %s", from, to);
    }
}

static void
copy_row (char *target, const char *source, gboolean moves, gsize n, gsize size)
{
  if (moves)
    memcpy (target, source, n * size);
  else
    for (gsize i = 0; i < n; i++)
      memcpy (target + i * size, source, size);
}

static void
compute (TfvKernelContext *context)
{
  TfvTensor      *input = context->inputs[0];
  gsize           size = tfv_data_type_get_size (input->dtype);
  TfvBroadcast    walk;
  TfvBroadcastRow place;
  TfvTensor      *output;
  TfvShape        shape;
  gsize           n;

  if (!tfv_kernel_get_shape (context, 1, &shape))
    return;
  if (!tfv_shape_is_fully_known (&shape) || !fits (&input->shape, &shape))
    {
      g_autofree char *from = tfv_shape_to_string (&input->shape);
      g_autofree char *to = tfv_shape_to_string (&shape);

      tfv_kernel_fail (context, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "shape %s can't be broadcast to %s", from, to);
      return;
    }
  output = tfv_kernel_allocate_output (context, 0, &shape);
  if (output == NULL || output->n_elements == 0)
    return;
  tfv_broadcast_init (&walk, &input->shape, &shape, &shape);
  n = (gsize) walk.dims[walk.rank - 1];
  tfv_broadcast_row_init (&place, &walk, 0);
  for (gsize row = 0; row < output->n_elements / n; row++)
    {
      copy_row ((char *) output->data + row * n * size, (const char *) input->data + (gsize) place.x * size, walk.x_strides[walk.rank - 1] != 0, n, size);
      tfv_broadcast_row_advance (&place, &walk);
    }
}

static void
gradient (TfvOperation *operation, const TfvOutput *grads, TfvOutput *input_grads)
{
  TfvOutput size = tfv_shape_of (operation->inputs[0], NULL);
  TfvOutput unused;
  TfvOutput axes = tfv_broadcast_gradient_args (size, tfv_shape_of (grads[0], NULL), &unused, NULL);

  input_grads[0] = tfv_reshape (tfv_reduce_sum (grads[0], axes, FALSE, NULL), size, NULL);
}

static const TfvKernel kernels[] = {
  { TFV_DEVICE_CPU, TFV_DATA_TYPE_FLOAT, compute, NULL },
  { TFV_DEVICE_CPU, TFV_DATA_TYPE_DOUBLE, compute, NULL },
  { TFV_DEVICE_CPU, TFV_DATA_TYPE_INT32, compute, NULL },
  { TFV_DEVICE_CPU, TFV_DATA_TYPE_INT64, compute, NULL },
  { TFV_DEVICE_CPU, TFV_DATA_TYPE_BOOL, compute, NULL },
  { 0 },
};

static const TfvOpCase cases[] = {
  { .name = "row", .inputs = { "[3] 0 1 1", "[2] 2 3" }, .expected = { "[2,3] 0 1 1 0 1 1" } },
  { .name = "column", .inputs = { "[2,1] 0 1", "[2] 2 3" }, .expected = { "[2,3] 0 0 0 1 1 1" } },
  { .name = "scalar", .inputs = { "[] 1", "[2] 2 2" }, .expected = { "[2,2] 1" } },
  { .name = "wrong", .inputs = { "[2] 1", "[1] 3" }, .error = "shape [2] can't be broadcast to [3]" },
  { 0 },
};

static const TfvOpDef defs[] = {
  {
      .type = "BroadcastTo",
      .inputs = { "input: T", "shape: Tidx" },
      .outputs = { "output: T" },
      .attributes = { "T: {float, double, int32, int64, bool}", "Tidx: {int32, int64} = int32" },
      .infer_shape = infer_shape,
      .kernels = kernels,
      .gradient = gradient,
      .cases = cases,
  },
};

const TfvOpFamily tfv_op_broadcast_to = TFV_OP_FAMILY (defs);

/**
 * tfv_broadcast_to: (skip)
 * @input: numbers or truth values
 * @shape: an int32 or int64 vector of sizes
 * @name: (nullable): name inside the current scope
 *
 * Returns: @input repeated along dimensions of size 1, and new ones before
 */
TfvOutput
tfv_broadcast_to (TfvOutput input, TfvOutput shape, const char *name)
{
  return tfv_op_binary ("BroadcastTo", input, shape, name);
}
