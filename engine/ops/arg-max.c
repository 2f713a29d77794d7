/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-inference-private.h"
#include "engine/tfv-kernel-private.h"
#include "engine/tfv-op-binary-private.h"
#include "engine/tfv-ops.h"

/* ArgMax and ArgMin: of equal numbers the first; what is not a number is passed
 * over. */

static gboolean
remove_axis (const TfvShape *input, gint64 axis, TfvShape *shape)
{
  if (axis < -input->rank || axis >= input->rank)
    return FALSE;
  if (axis < 0)
    axis += input->rank;
  *shape = tfv_shape_scalar ();
  for (int i = 0; i < input->rank; i++)
    if (i != axis)
      shape->dims[shape->rank++] = input->dims[i];
  return TRUE;
}

static void
infer_shape (TfvInference *inference)
{
  const TfvShape *input = &inference->inputs[0];

  if (input->rank < 0 || !tfv_inference_check_scalar (inference, 1))
    return;
  if (inference->constants[1] == NULL)
    inference->outputs[0] = input->rank > 0 ? tfv_shape_unknown_of_rank (input->rank - 1) : tfv_shape_unknown ();
  else if (!remove_axis (input, tfv_tensor_get_integer (inference->constants[1], 0), &inference->outputs[0]))
    tfv_inference_fail (inference, "axis %" G_GINT64_FORMAT " is not in [%d,%d)", tfv_tensor_get_integer (inference->constants[1], 0), -input->rank, input->rank);
}

typedef gint64 (*Finder) (const void *x, gsize n, gsize stride);

#define DEFINE_FINDER(name, type, op)                                                                                    \
  static gint64 name (const void *data, gsize n, gsize stride)                                                           \
  {                                                                                                                      \
    const type *x = data;                                                                                                \
    gsize       best = 0;                                                                                                \
                                                                                                                         \
    for (gsize i = 1; i < n; i++)                                                                                        \
      if (x[i * stride] op x[best * stride] || (x[best * stride] != x[best * stride] && x[i * stride] == x[i * stride])) \
        best = i;                                                                                                        \
    return (gint64) best;                                                                                                \
  }

#define DEFINE_FINDERS(name, op)            \
  DEFINE_FINDER (name##_float, float, op)   \
  DEFINE_FINDER (name##_double, double, op) \
  DEFINE_FINDER (name##_int32, gint32, op)  \
  DEFINE_FINDER (name##_int64, gint64, op)

DEFINE_FINDERS (find_greatest, >)
DEFINE_FINDERS (find_least, <)

static void
compute (TfvKernelContext *context)
{
  TfvTensor *input = context->inputs[0];
  gint64     axis = context->inputs[1]->n_elements == 1 ? tfv_tensor_get_integer (context->inputs[1], 0) : G_MAXINT64;
  gsize      size = tfv_data_type_get_size (input->dtype);
  gsize      inner = 1;
  gsize      n;
  TfvTensor *output;
  TfvShape   shape;

  if (!remove_axis (&input->shape, axis, &shape))
    {
      tfv_kernel_fail (context, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "axis %" G_GINT64_FORMAT " is not in [%d,%d)", axis, -input->shape.rank, input->shape.rank);
      return;
    }
  axis = axis < 0 ? axis + input->shape.rank : axis;
  if (input->shape.dims[axis] == 0)
    {
      tfv_kernel_fail (context, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "there is nothing along axis %" G_GINT64_FORMAT, axis);
      return;
    }
  output = tfv_kernel_allocate_output (context, 0, &shape);
  if (output == NULL)
    return;
  n = (gsize) input->shape.dims[axis];
  for (int i = (int) axis + 1; i < input->shape.rank; i++)
    inner *= (gsize) input->shape.dims[i];
  for (gsize i = 0; i < output->n_elements; i++)
    {
      gsize  start = i / inner * inner * n + i % inner;
      gint64 found = ((Finder) context->data) ((const char *) input->data + start * size, n, inner);

      if (output->dtype == TFV_DATA_TYPE_INT32)
        ((gint32 *) output->data)[i] = (gint32) found;
      else
        ((gint64 *) output->data)[i] = found;
    }
}

#define KERNELS(name)                                                                        \
  {                                                                                          \
    { TFV_DEVICE_CPU, TFV_DATA_TYPE_FLOAT, compute, (const void *) name##_float },           \
        { TFV_DEVICE_CPU, TFV_DATA_TYPE_DOUBLE, compute, (const void *) name##_double },     \
        { TFV_DEVICE_CPU, TFV_DATA_TYPE_INT32, compute, (const void *) name##_int32 },       \
        { TFV_DEVICE_CPU, TFV_DATA_TYPE_INT64, compute, (const void *) name##_int64 }, { 0 } \
  }

static const TfvKernel max_kernels[] = KERNELS (find_greatest);
static const TfvKernel min_kernels[] = KERNELS (find_least);

static const TfvOpCase max_cases[] = {
  { .name = "rows", .inputs = { "[2,3] 1 5 2 7 3 7", "[] 1" }, .expected = { "[2] 1 0" } },
  { .name = "columns", .inputs = { "[2,3] 1 5 2 7 3 7", "[] -2" }, .expected = { "[3] 1 0 1" } },
  { .name = "narrow", .inputs = { "[2,3] 1 5 2 7 3 7", "[] 1" }, .attributes = "output_type=int32", .expected = { "[2] 1 0" } },
  { .name = "no axis", .inputs = { "[2] 1 5", "[0]" }, .error = "scalar" },
  { .name = "axis out of range", .inputs = { "[2] 1 5", "[] 1" }, .error = "axis 1 is not in [-1,1)" },
  { 0 },
};
static const TfvOpCase min_cases[] = {
  { .name = "not a number", .inputs = { "[3,3] nan 1 -5 4 nan 2 nan nan nan", "[] 1" }, .expected = { "[3] 2 2 0" }, .types = "float double" },
  { .name = "rows", .inputs = { "[2,3] 1 5 1 7 3 7", "[] 1" }, .expected = { "[2] 0 1" } },
  { 0 },
};

#define DEF(op_type, op_kernels, op_cases)                                                                                       \
  {                                                                                                                              \
    .type = op_type, .inputs = { "input: T", "dimension: Tidx" }, .outputs = { "output: output_type" },                          \
    .attributes = { "T: {float, double, int32, int64}", "Tidx: {int32, int64} = int32", "output_type: {int32, int64} = int64" }, \
    .flags = TFV_OP_NO_GRADIENT, .infer_shape = infer_shape, .kernels = op_kernels, .cases = op_cases,                           \
  }

static const TfvOpDef defs[] = {
  DEF ("ArgMax", max_kernels, max_cases),
  DEF ("ArgMin", min_kernels, min_cases),
};

const TfvOpFamily tfv_op_arg_max = TFV_OP_FAMILY (defs);

static TfvOutput
build (const char *op_type, TfvOutput input, int axis, const char *name)
{
  if (tfv_output_is_none (input))
    return TFV_OUTPUT_NONE;
  return tfv_op_binary (op_type, input, tfv_constant_int32 (input.operation->graph, axis, "dimension"), name);
}

/**
 * tfv_arg_max: (skip)
 * @input: numbers
 * @axis: the dimension to look along; negative counts from the end
 * @name: (nullable): name inside the current scope
 *
 * Returns: int64: where along @axis the greatest number stands, the first of
 *   several
 */
TfvOutput
tfv_arg_max (TfvOutput input, int axis, const char *name)
{
  return build ("ArgMax", input, axis, name);
}

/**
 * tfv_arg_min: (skip)
 * @input: numbers
 * @axis: the dimension to look along; negative counts from the end
 * @name: (nullable): name inside the current scope
 *
 * Returns: int64: where along @axis the least number stands, the first of
 *   several
 */
TfvOutput
tfv_arg_min (TfvOutput input, int axis, const char *name)
{
  return build ("ArgMin", input, axis, name);
}
