/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-op-binary-private.h"
#include "engine/tfv-ops.h"

#include <string.h>

static void
infer_shape (TfvInference *inference)
{
  TfvShape shape = inference->inputs[0];

  for (guint i = 1; i < inference->n_inputs; i++)
    if (!tfv_shape_merge (&shape, &inference->inputs[i], &shape))
      {
        g_autofree char *first = tfv_shape_to_string (&inference->inputs[0]);
        g_autofree char *other = tfv_shape_to_string (&inference->inputs[i]);

        tfv_inference_fail (inference, "shapes %s and %s differ", first, other);
        return;
      }
  inference->outputs[0] = shape;
}

TFV_BINARY_LOOPS (add, x + y)

static void
compute (TfvKernelContext *context)
{
  TfvBinaryLoop loop = (TfvBinaryLoop) context->data;
  TfvTensor    *first = context->inputs[0];
  TfvTensor    *sum;

  for (guint i = 1; i < context->n_inputs; i++)
    if (!tfv_tensor_has_shape (context->inputs[i], &first->shape))
      {
        tfv_kernel_fail (context, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "the inputs differ in shape");
        return;
      }
  /* Not in place: only its own input could be overwritten, not a later one. */
  sum = tfv_kernel_allocate_output (context, 0, &first->shape);
  if (sum == NULL || sum->n_elements == 0)
    return;
  if (context->n_inputs == 1)
    memcpy (sum->data, first->data, tfv_tensor_get_size_bytes (first));
  else
    loop (first->data, TRUE, context->inputs[1]->data, TRUE, sum->data, sum->n_elements);
  for (guint i = 2; i < context->n_inputs; i++)
    loop (sum->data, TRUE, context->inputs[i]->data, TRUE, sum->data, sum->n_elements);
}

static void
gradient (TfvOperation *operation, const TfvOutput *grads, TfvOutput *input_grads)
{
  for (guint i = 0; i < operation->n_inputs; i++)
    input_grads[i] = grads[0];
}

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

static const TfvOpCase cases[] = {
  { .name = "three", .inputs = { "[2] 1 2", "[2] 10 20", "[2] 100 200" }, .expected = { "[2] 111 222" } },
  { .name = "one", .inputs = { "[2] 1 2" }, .expected = { "[2] 1 2" } },
  { .name = "shapes that differ", .inputs = { "[2] 1", "[3] 1" }, .error = "shapes [2] and [3] differ" },
  { 0 },
};

static const TfvOpDef defs[] = {
  {
      .type = "AddN",
      .inputs = { "inputs: N * T" },
      .outputs = { "sum: T" },
      .attributes = { "N: int >= 1", "T: {float, double, int32, int64}" },
      .infer_shape = infer_shape,
      .kernels = kernels,
      .gradient = gradient,
      .cases = cases,
  },
};

const TfvOpFamily tfv_op_add_n = TFV_OP_FAMILY (defs);

/**
 * tfv_add_n: (skip)
 * @inputs: (array length=n_inputs): numbers of one type and shape
 * @n_inputs: how many there are, at least 1
 * @name: (nullable): name inside the current scope
 *
 * Returns: their sum
 */
TfvOutput
tfv_add_n (const TfvOutput *inputs, guint n_inputs, const char *name)
{
  TfvOpBuilder *builder = tfv_op_builder_new (NULL, "AddN", name);

  tfv_op_builder_add_inputs (builder, inputs, n_inputs);
  return tfv_op_builder_finish_output (builder);
}
