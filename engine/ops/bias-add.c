/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-op-binary-private.h"
#include "engine/tfv-op-unary-private.h"
#include "engine/tfv-ops.h"

#include <string.h>

/* The bias goes along the last dimension: the format NHWC. */

static void
infer_shape (TfvInference *inference)
{
  const TfvShape *value = &inference->inputs[0];
  TfvShape        bias;
  TfvShape        last;

  if (!tfv_inference_with_rank (inference, 1, 1, &bias))
    return;
  inference->outputs[0] = *value;
  if (value->rank < 0)
    return;
  last = value->rank > 0 ? TFV_SHAPE (value->dims[value->rank - 1]) : tfv_shape_scalar ();
  if (!tfv_shape_merge (&last, &bias, &last))
    {
      g_autofree char *value_text = tfv_shape_to_string (value);
      g_autofree char *bias_text = tfv_shape_to_string (&bias);

      tfv_inference_fail (inference, "a bias of shape %s can't be added to shape %s", bias_text, value_text);
      return;
    }
  inference->outputs[0].dims[value->rank - 1] = last.dims[0];
}

static void
compute (TfvKernelContext *context)
{
  TfvTensor *value = context->inputs[0];
  TfvTensor *bias = context->inputs[1];

  if (value->shape.rank < 1 || bias->shape.rank != 1 || value->shape.dims[value->shape.rank - 1] != bias->shape.dims[0])
    tfv_kernel_fail (context, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "the bias is not as long as the last dimension");
  else
    tfv_binary_compute (context);
}

TFV_BINARY_LOOPS (add, x + y)

#define KERNEL(dtype, loop)                             \
  {                                                     \
    TFV_DEVICE_CPU, dtype, compute, (const void *) loop \
  }

static const TfvKernel kernels[] = {
  KERNEL (TFV_DATA_TYPE_FLOAT, add_float),
  KERNEL (TFV_DATA_TYPE_DOUBLE, add_double),
  KERNEL (TFV_DATA_TYPE_INT32, add_int32),
  KERNEL (TFV_DATA_TYPE_INT64, add_int64),
  { 0 },
};

static void
infer_grad (TfvInference *inference)
{
  const TfvShape *x = &inference->inputs[0];

  inference->outputs[0] = x->rank > 0 ? TFV_SHAPE (x->dims[x->rank - 1]) : tfv_shape_unknown_of_rank (1);
}

static void
compute_grad (TfvKernelContext *context)
{
  TfvTensor    *x = context->inputs[0];
  TfvBinaryLoop loop = (TfvBinaryLoop) context->data;
  TfvShape      shape = { .rank = 1 };
  TfvTensor    *sum;
  gsize         n;

  if (x->shape.rank < 1)
    {
      tfv_kernel_fail (context, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "the gradient must have a dimension");
      return;
    }
  shape.dims[0] = x->shape.dims[x->shape.rank - 1];
  sum = tfv_kernel_allocate_output (context, 0, &shape);
  if (sum == NULL)
    return;
  n = sum->n_elements;
  memset (sum->data, 0, tfv_tensor_get_size_bytes (sum));
  for (gsize row = 0; n > 0 && row < x->n_elements / n; row++)
    loop (sum->data, TRUE, (const char *) x->data + row * tfv_tensor_get_size_bytes (sum), TRUE, sum->data, n);
}

#define GRAD_KERNEL(dtype, loop)                             \
  {                                                          \
    TFV_DEVICE_CPU, dtype, compute_grad, (const void *) loop \
  }

static const TfvKernel grad_kernels[] = {
  GRAD_KERNEL (TFV_DATA_TYPE_FLOAT, add_float),
  GRAD_KERNEL (TFV_DATA_TYPE_DOUBLE, add_double),
  GRAD_KERNEL (TFV_DATA_TYPE_INT32, add_int32),
  GRAD_KERNEL (TFV_DATA_TYPE_INT64, add_int64),
  { 0 },
};

static void
gradient (TfvOperation *operation, const TfvOutput *grads, TfvOutput *input_grads)
{
  input_grads[0] = grads[0];
  input_grads[1] = tfv_op_unary ("BiasAddGrad", grads[0], NULL);
}

static void
grad_gradient (TfvOperation *operation, const TfvOutput *grads, TfvOutput *input_grads)
{
  input_grads[0] = tfv_broadcast_to (grads[0], tfv_shape_of (operation->inputs[0], NULL), NULL);
}

static const TfvOpCase cases[] = {
  { .name = "matrix", .inputs = { "[2,3] 1 2 3 4 5 6", "[3] 10 20 30" }, .expected = { "[2,3] 11 22 33 14 25 36" } },
  { .name = "wrong length", .inputs = { "[2,3] 1", "[2] 1" }, .error = "can't be added to shape [2,3]" },
  { 0 },
};

static const TfvOpCase grad_cases[] = {
  { .name = "matrix", .inputs = { "[2,3] 1 2 3 4 5 6" }, .expected = { "[3] 5 7 9" } },
  { 0 },
};

static const TfvOpDef defs[] = {
  {
      .type = "BiasAdd",
      .inputs = { "value: T", "bias: T" },
      .outputs = { "output: T" },
      .attributes = { "T: {float, double, int32, int64}", "data_format: string = 'NHWC'" },
      .flags = TFV_OP_IN_PLACE,
      .infer_shape = infer_shape,
      .kernels = kernels,
      .gradient = gradient,
      .cases = cases,
  },
  {
      .type = "BiasAddGrad",
      .inputs = { "out_backprop: T" },
      .outputs = { "output: T" },
      .attributes = { "T: {float, double, int32, int64}", "data_format: string = 'NHWC'" },
      .infer_shape = infer_grad,
      .kernels = grad_kernels,
      .gradient = grad_gradient,
      .cases = grad_cases,
  },
};

const TfvOpFamily tfv_op_bias_add = TFV_OP_FAMILY (defs);

/**
 * tfv_bias_add: (skip)
 * @value: numbers
 * @bias: a vector as long as the last dimension of @value
 * @name: (nullable): name inside the current scope
 *
 * Returns: @value with @bias added to each row
 */
TfvOutput
tfv_bias_add (TfvOutput value, TfvOutput bias, const char *name)
{
  return tfv_op_binary ("BiasAdd", value, bias, name);
}
