/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-inference-private.h"
#include "engine/tfv-kernel-private.h"
#include "engine/tfv-op-builder.h"
#include "engine/tfv-ops.h"

#include <math.h>

/* How many numbers there are; -1 where the limit is never reached. */
static gint64
count (double start, double limit, double delta)
{
  double n = ceil ((limit - start) / delta);

  return delta != 0.0 && (limit - start) * delta >= 0.0 && n < 9e15 ? (gint64) n : -1;
}

static void
infer_shape (TfvInference *inference)
{
  TfvTensor *const *values = inference->constants;

  for (guint i = 0; i < 3; i++)
    if (!tfv_inference_check_scalar (inference, i))
      return;
  inference->outputs[0] = tfv_shape_unknown_of_rank (1);
  if (values[0] != NULL && values[1] != NULL && values[2] != NULL)
    inference->outputs[0].dims[0] = count (tfv_tensor_get_value (values[0], 0), tfv_tensor_get_value (values[1], 0), tfv_tensor_get_value (values[2], 0));
}

static void
compute (TfvKernelContext *context)
{
  double     start;
  double     delta;
  TfvShape   shape = { .rank = 1 };
  TfvTensor *output;

  for (guint i = 0; i < 3; i++)
    if (context->inputs[i]->n_elements != 1)
      {
        tfv_kernel_fail (context, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "start, limit and delta must be scalars");
        return;
      }
  start = tfv_tensor_get_value (context->inputs[0], 0);
  delta = tfv_tensor_get_value (context->inputs[2], 0);
  shape.dims[0] = count (start, tfv_tensor_get_value (context->inputs[1], 0), delta);
  if (shape.dims[0] < 0)
    {
      tfv_kernel_fail (context, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "delta %g never reaches the limit", delta);
      return;
    }
  output = tfv_kernel_allocate_output (context, 0, &shape);
  for (gsize i = 0; output != NULL && i < output->n_elements; i++)
    tfv_tensor_set_value (output, i, start + (double) i * delta);
}

static const TfvKernel kernels[] = {
  { TFV_DEVICE_CPU, TFV_DATA_TYPE_FLOAT, compute, NULL },
  { TFV_DEVICE_CPU, TFV_DATA_TYPE_DOUBLE, compute, NULL },
  { TFV_DEVICE_CPU, TFV_DATA_TYPE_INT32, compute, NULL },
  { TFV_DEVICE_CPU, TFV_DATA_TYPE_INT64, compute, NULL },
  { 0 },
};

static const TfvOpCase cases[] = {
  { .name = "upwards", .inputs = { "[] 1", "[] 6", "[] 2" }, .expected = { "[3] 1 3 5" } },
  { .name = "downwards", .inputs = { "[] 3", "[] 0", "[] -1" }, .expected = { "[3] 3 2 1" } },
  { .name = "empty", .inputs = { "[] 3", "[] 3", "[] 1" }, .expected = { "[0]" } },
  { .name = "away from the limit", .inputs = { "[] 3", "[] 0", "[] 1" }, .error = "never reaches" },
  { .name = "no scalar", .inputs = { "[0]", "[] 0", "[] 1" }, .error = "scalar" },
  { .name = "endless", .inputs = { "[] 3", "[] 0", "[] 0" }, .error = "never reaches" },
  { 0 },
};

static const TfvOpDef defs[] = {
  {
      .type = "Range",
      .inputs = { "start: Tidx", "limit: Tidx", "delta: Tidx" },
      .outputs = { "output: Tidx" },
      .attributes = { "Tidx: {float, double, int32, int64} = int32" },
      .flags = TFV_OP_NO_GRADIENT,
      .infer_shape = infer_shape,
      .kernels = kernels,
      .cases = cases,
  },
};

const TfvOpFamily tfv_op_range = TFV_OP_FAMILY (defs);

/**
 * tfv_range: (skip)
 * @start: a scalar: the first number
 * @limit: a scalar: an end that is not reached
 * @delta: a scalar: from one number to the next, not 0
 * @name: (nullable): name inside the current scope
 *
 * Returns: a vector of evenly spaced numbers
 */
TfvOutput
tfv_range (TfvOutput start, TfvOutput limit, TfvOutput delta, const char *name)
{
  TfvOpBuilder *builder = tfv_op_builder_new (NULL, "Range", name);

  tfv_op_builder_add_input (builder, start);
  tfv_op_builder_add_input (builder, limit);
  tfv_op_builder_add_input (builder, delta);
  return tfv_op_builder_finish_output (builder);
}

/**
 * tfv_range_of_rank: (skip)
 * @input: any tensor
 *
 * Returns: an int32 vector: the numbers of all dimensions of @input
 */
TfvOutput
tfv_range_of_rank (TfvOutput input)
{
  TfvGraph *graph;

  if (tfv_output_is_none (input))
    return TFV_OUTPUT_NONE;
  graph = input.operation->graph;
  return tfv_range (tfv_constant_int32 (graph, 0, NULL), tfv_rank (input, NULL), tfv_constant_int32 (graph, 1, NULL), NULL);
}
