/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-inference-private.h"
#include "engine/tfv-op-binary-private.h"
#include "engine/tfv-op-unary-private.h"
#include "engine/tfv-ops.h"

#include <string.h>

/* Fill, ZerosLike and OnesLike. */

static void
fill (TfvTensor *tensor, gconstpointer value)
{
  gsize size = tfv_data_type_get_size (tensor->dtype);

  for (gsize i = 0; i < tensor->n_elements; i++)
    memcpy ((char *) tensor->data + i * size, value, size);
}

static void
compute_fill (TfvKernelContext *context)
{
  TfvTensor *value = context->inputs[1];
  TfvTensor *output;
  TfvShape   shape;

  if (!tfv_kernel_get_shape (context, 0, &shape))
    return;
  if (value->n_elements != 1 || !tfv_shape_is_fully_known (&shape))
    {
      tfv_kernel_fail (context, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "the sizes must be known and the value a scalar");
      return;
    }
  output = tfv_kernel_allocate_output (context, 0, &shape);
  if (output != NULL)
    fill (output, value->data);
}

static void
compute_zeros (TfvKernelContext *context)
{
  TfvTensor *output = tfv_kernel_allocate_output (context, 0, &context->inputs[0]->shape);

  if (output != NULL)
    memset (output->data, 0, tfv_tensor_get_size_bytes (output));
}

static void
compute_ones (TfvKernelContext *context)
{
  TfvTensor *output = tfv_kernel_allocate_output (context, 0, &context->inputs[0]->shape);
  guint64    one = 0;
  TfvTensor  scalar = { .dtype = context->inputs[0]->dtype, .n_elements = 1, .data = &one };

  if (output == NULL)
    return;
  tfv_tensor_set_value (&scalar, 0, 1.0);
  fill (output, &one);
}

static void
fill_gradient (TfvOperation *operation, const TfvOutput *grads, TfvOutput *input_grads)
{
  input_grads[1] = tfv_reduce_sum (grads[0], TFV_OUTPUT_NONE, FALSE, NULL);
}

#define KERNELS(compute)                                             \
  {                                                                  \
    { TFV_DEVICE_CPU, TFV_DATA_TYPE_FLOAT, compute, NULL },          \
        { TFV_DEVICE_CPU, TFV_DATA_TYPE_DOUBLE, compute, NULL },     \
        { TFV_DEVICE_CPU, TFV_DATA_TYPE_INT32, compute, NULL },      \
        { TFV_DEVICE_CPU, TFV_DATA_TYPE_INT64, compute, NULL },      \
        { TFV_DEVICE_CPU, TFV_DATA_TYPE_BOOL, compute, NULL }, { 0 } \
  }

/* Chosen by the type of the sizes. */
static const TfvKernel fill_kernels[] = {
  { TFV_DEVICE_CPU, TFV_DATA_TYPE_INT32, compute_fill, NULL },
  { TFV_DEVICE_CPU, TFV_DATA_TYPE_INT64, compute_fill, NULL },
  { 0 },
};
static const TfvKernel zeros_kernels[] = KERNELS (compute_zeros);
static const TfvKernel ones_kernels[] = KERNELS (compute_ones);

static const TfvOpCase fill_cases[] = {
  { .name = "matrix", .inputs = { "[2] 2 3", "[] 7" }, .expected = { "[2,3] 7" } },
  { .name = "scalar", .inputs = { "[0]", "[] 7" }, .expected = { "[] 7" } },
  { .name = "bad size", .inputs = { "[1] -3", "[] 7" }, .error = "a size can't be -3" },
  { 0 },
};
static const TfvOpCase zeros_cases[] = {
  { .name = "matrix", .inputs = { "[2,2] 1 1 1 1" }, .expected = { "[2,2] 0" } },
  { 0 },
};
static const TfvOpCase ones_cases[] = {
  { .name = "matrix", .inputs = { "[2,2] 0 1 1 0" }, .expected = { "[2,2] 1" } },
  { 0 },
};

static const TfvOpDef defs[] = {
  {
      .type = "Fill",
      .inputs = { "dims: index_type", "value: T" },
      .outputs = { "output: T" },
      .attributes = { "T: {float, double, int32, int64, bool}", "index_type: {int32, int64} = int32" },
      .infer_shape = tfv_infer_from_shape_input,
      .kernels = fill_kernels,
      .gradient = fill_gradient,
      .cases = fill_cases,
  },
  {
      .type = "ZerosLike",
      .inputs = { "x: T" },
      .outputs = { "y: T" },
      .attributes = { "T: {float, double, int32, int64, bool}" },
      .flags = TFV_OP_NO_GRADIENT,
      .infer_shape = tfv_infer_unchanged,
      .kernels = zeros_kernels,
      .cases = zeros_cases,
  },
  {
      .type = "OnesLike",
      .inputs = { "x: T" },
      .outputs = { "y: T" },
      .attributes = { "T: {float, double, int32, int64, bool}" },
      .flags = TFV_OP_NO_GRADIENT,
      .infer_shape = tfv_infer_unchanged,
      .kernels = ones_kernels,
      .cases = ones_cases,
  },
};

const TfvOpFamily tfv_op_fill = TFV_OP_FAMILY (defs);

/**
 * tfv_fill: (skip)
 * @dims: an int32 or int64 vector of sizes
 * @value: a scalar
 * @name: (nullable): name inside the current scope
 *
 * Returns: a tensor of these sizes with @value everywhere
 */
TfvOutput
tfv_fill (TfvOutput dims, TfvOutput value, const char *name)
{
  return tfv_op_binary ("Fill", dims, value, name);
}

/**
 * tfv_zeros_like: (skip)
 * @x: numbers or truth values
 * @name: (nullable): name inside the current scope
 *
 * Returns: zeros of the type and shape of @x
 */
TfvOutput
tfv_zeros_like (TfvOutput x, const char *name)
{
  return tfv_op_unary ("ZerosLike", x, name);
}

/**
 * tfv_ones_like: (skip)
 * @x: numbers or truth values
 * @name: (nullable): name inside the current scope
 *
 * Returns: ones of the type and shape of @x
 */
TfvOutput
tfv_ones_like (TfvOutput x, const char *name)
{
  return tfv_op_unary ("OnesLike", x, name);
}
