/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-op-reduction-private.h"
#include "engine/tfv-ops.h"

/* The mean of nothing is not a number; of integers, 0. */
#define DEFINE_DIVIDE(suffix, type)                                          \
  static void divide_##suffix (void *accumulators, gsize n, gsize n_reduced) \
  {                                                                          \
    type count = (type) n_reduced;                                           \
                                                                             \
    for (gsize i = 0; i < n; i++)                                            \
      if (count != 0 || (type) 0.5 != 0)                                     \
        ((type *) accumulators)[i] /= count;                                 \
  }

DEFINE_DIVIDE (float, float)
DEFINE_DIVIDE (double, double)
DEFINE_DIVIDE (int32, gint32)
DEFINE_DIVIDE (int64, gint64)

TFV_REDUCTION (sum_float, float, 0, +, a + x, NULL)
TFV_REDUCTION (sum_double, double, 0, +, a + x, NULL)
TFV_REDUCTION (sum_int32, gint32, 0, +, a + x, NULL)
TFV_REDUCTION (sum_int64, gint64, 0, +, a + x, NULL)

static const TfvKernel sum_kernels[] = {
  TFV_REDUCTION_KERNEL (TFV_DATA_TYPE_FLOAT, sum_float),
  TFV_REDUCTION_KERNEL (TFV_DATA_TYPE_DOUBLE, sum_double),
  TFV_REDUCTION_KERNEL (TFV_DATA_TYPE_INT32, sum_int32),
  TFV_REDUCTION_KERNEL (TFV_DATA_TYPE_INT64, sum_int64),
  { 0 },
};

TFV_REDUCTION (mean_float, float, 0, +, a + x, divide_float)
TFV_REDUCTION (mean_double, double, 0, +, a + x, divide_double)
TFV_REDUCTION (mean_int32, gint32, 0, +, a + x, divide_int32)
TFV_REDUCTION (mean_int64, gint64, 0, +, a + x, divide_int64)

static const TfvKernel mean_kernels[] = {
  TFV_REDUCTION_KERNEL (TFV_DATA_TYPE_FLOAT, mean_float),
  TFV_REDUCTION_KERNEL (TFV_DATA_TYPE_DOUBLE, mean_double),
  TFV_REDUCTION_KERNEL (TFV_DATA_TYPE_INT32, mean_int32),
  TFV_REDUCTION_KERNEL (TFV_DATA_TYPE_INT64, mean_int64),
  { 0 },
};

static void
sum_gradient (TfvOperation *operation, const TfvOutput *grads, TfvOutput *input_grads)
{
  input_grads[0] = tfv_reduction_gradient_tiled (operation, grads[0]);
}

/* How many numbers went into each, as a number of the right type. */
static void
mean_gradient (TfvOperation *operation, const TfvOutput *grads, TfvOutput *input_grads)
{
  TfvOutput one = tfv_constant_int32 (grads[0].operation->graph, 1, NULL);
  TfvOutput n_inputs = tfv_size (operation->inputs[0], NULL);
  TfvOutput n_outputs = tfv_maximum (tfv_size (tfv_operation_get_output (operation, 0), NULL), one, NULL);
  TfvOutput factor = tfv_cast (tfv_floor_divide (n_inputs, n_outputs, NULL), tfv_output_get_dtype (grads[0]), NULL);

  input_grads[0] = tfv_divide (tfv_reduction_gradient_tiled (operation, grads[0]), factor, NULL);
}

static const TfvOpCase sum_cases[] = {
  { .name = "all", .inputs = { "[2,3] 1 5 2 4 3 6", "[2] 0 1" }, .expected = { "[] 21" } },
  { .name = "rows", .inputs = { "[2,3] 1 5 2 4 3 6", "[1] 1" }, .expected = { "[2] 8 13" } },
  { .name = "columns, axis from the last", .inputs = { "[2,3] 1 5 2 4 3 6", "[] -2" }, .expected = { "[3] 5 8 8" } },
  { .name = "kept dimension", .inputs = { "[2,3] 1 5 2 4 3 6", "[1] 0" }, .attributes = "keep_dims=true", .expected = { "[1,3] 5 8 8" } },
  { .name = "outer and inner", .inputs = { "[2,2,2] 1 2 3 4 5 6 7 8", "[2] 0 2" }, .expected = { "[2] 14 22" } },
  { .name = "long", .inputs = { "[2,1000000] 0.1", "[1] 1" }, .expected = { "[2] 100000.00149" }, .types = "float", .tolerance = 2e-5, .flags = TFV_CASE_NO_GRADIENT },
  { .name = "no axis", .inputs = { "[2] 3 4", "[0]" }, .expected = { "[2] 3 4" } },
  { .name = "empty", .inputs = { "[2,0]", "[1] 1" }, .expected = { "[2] 0" }, .types = "float double", .flags = TFV_CASE_NO_GRADIENT },
  { .name = "axis out of range", .inputs = { "[2] 1 2", "[1] 1" }, .error = "axis 1 is not in [-1,1)" },
  { .name = "axis given twice", .inputs = { "[2,2] 1", "[2] 0 -2" }, .error = "axis 0 is given twice" },
  { 0 },
};

static const TfvOpCase mean_cases[] = {
  { .name = "all", .inputs = { "[2,3] 1 5 2 4 3 6", "[2] 0 1" }, .expected = { "[] 3.5" }, .types = "float double" },
  { .name = "rows", .inputs = { "[2,3] 1 5 2 4 3 6", "[1] 1" }, .expected = { "[2] 2.6666666666666665 4.333333333333333" }, .types = "float double" },
  { .name = "columns, axis from the last", .inputs = { "[2,3] 1 5 2 4 3 6", "[] -2" }, .expected = { "[3] 2.5 4 4" }, .types = "float double" },
  { .name = "kept dimension", .inputs = { "[2,3] 1 5 2 4 3 6", "[1] 0" }, .attributes = "keep_dims=true", .expected = { "[1,3] 2.5 4 4" }, .types = "float double" },
  { .name = "outer and inner", .inputs = { "[2,2,2] 1 2 3 4 5 6 7 8", "[2] 0 2" }, .expected = { "[2] 3.5 5.5" }, .types = "float double" },
  { .name = "no axis", .inputs = { "[2] 3 4", "[0]" }, .expected = { "[2] 3 4" }, .types = "float double" },
  { .name = "empty", .inputs = { "[2,0]", "[1] 1" }, .expected = { "[2] nan" }, .types = "float double", .flags = TFV_CASE_NO_GRADIENT },
  { .name = "axis out of range", .inputs = { "[2] 1 2", "[1] 1" }, .error = "axis 1 is not in [-1,1)" },
  { 0 },
};

static const TfvOpDef defs[] = {
  {
      .type = "Sum",
      .inputs = { "input: T", "reduction_indices: Tidx" },
      .outputs = { "output: T" },
      .attributes = { "keep_dims: bool = false", "T: {float, double, int32, int64}", "Tidx: {int32, int64} = int32" },
      .infer_shape = tfv_infer_reduction,
      .kernels = sum_kernels,
      .gradient = sum_gradient,
      .cases = sum_cases,
  },
  {
      .type = "Mean",
      .inputs = { "input: T", "reduction_indices: Tidx" },
      .outputs = { "output: T" },
      .attributes = { "keep_dims: bool = false", "T: {float, double, int32, int64}", "Tidx: {int32, int64} = int32" },
      .infer_shape = tfv_infer_reduction,
      .kernels = mean_kernels,
      .gradient = mean_gradient,
      .cases = mean_cases,
  },
};

const TfvOpFamily tfv_op_sum = TFV_OP_FAMILY (defs);

/**
 * tfv_reduce_sum: (skip)
 * @input: numbers
 * @axis: int32 or int64 axes, negative ones counted from the last; none for all
 *   axes
 * @keep_dims: keep reduced dimensions, with size 1
 * @name: (nullable): name inside the current scope
 *
 * Returns: the sums
 */
TfvOutput
tfv_reduce_sum (TfvOutput input, TfvOutput axis, gboolean keep_dims, const char *name)
{
  return tfv_op_reduction ("Sum", input, axis, keep_dims, name);
}

/**
 * tfv_reduce_mean: (skip)
 * @input: numbers
 * @axis: int32 or int64 axes, negative ones counted from the last; none for all
 *   axes
 * @keep_dims: keep reduced dimensions, with size 1
 * @name: (nullable): name inside the current scope
 *
 * Returns: the means; of integers without their fraction
 */
TfvOutput
tfv_reduce_mean (TfvOutput input, TfvOutput axis, gboolean keep_dims, const char *name)
{
  return tfv_op_reduction ("Mean", input, axis, keep_dims, name);
}
