/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-op-reduction-private.h"
#include "engine/tfv-ops.h"

#include <math.h>

/* What is not a number makes the whole result that; lanes that are compared
 * would forget it. */
#define DEFINE_FLOAT_EXTREME(name, type, identity, reduction_operator, op)                              \
  static void name##_fill (void *accumulators, gsize n)                                                 \
  {                                                                                                     \
    for (gsize i = 0; i < n; i++)                                                                       \
      ((type *) accumulators)[i] = (identity);                                                          \
  }                                                                                                     \
  TFV_SIMD_CLONES static void name##_reduce_row (void *accumulator, const void *x_data, gsize n)        \
  {                                                                                                     \
    const type *xs = x_data;                                                                            \
    type        a = identity;                                                                           \
    int         is_nan = 0;                                                                             \
                                                                                                        \
    _Pragma (G_STRINGIFY (omp simd reduction (reduction_operator                                        \
                                              : a) reduction (|                                         \
                                                              : is_nan))) for (gsize i = 0; i < n; i++) \
    {                                                                                                   \
      a = xs[i] op a ? xs[i] : a;                                                                       \
      is_nan |= xs[i] != xs[i];                                                                         \
    }                                                                                                   \
    if (is_nan)                                                                                         \
      *(type *) accumulator = (type) NAN;                                                               \
    else if (a op * (type *) accumulator)                                                               \
      *(type *) accumulator = a;                                                                        \
  }                                                                                                     \
  TFV_SIMD_CLONES static void name##_combine_rows (void *accumulators, const void *x_data, gsize n)     \
  {                                                                                                     \
    const type *xs = x_data;                                                                            \
    type       *as = accumulators;                                                                      \
                                                                                                        \
    _Pragma ("omp simd") for (gsize i = 0; i < n; i++)                                                  \
        as[i] = xs[i] op as[i] || xs[i] != xs[i] ? xs[i] : as[i];                                       \
  }                                                                                                     \
  static const TfvReduction name = { name##_fill, name##_reduce_row, name##_combine_rows, NULL };

DEFINE_FLOAT_EXTREME (max_float, float, -INFINITY, max, >)
DEFINE_FLOAT_EXTREME (max_double, double, -INFINITY, max, >)
TFV_REDUCTION (max_int32, gint32, G_MININT32, max, x > a ? x : a, NULL)
TFV_REDUCTION (max_int64, gint64, G_MININT64, max, x > a ? x : a, NULL)

static const TfvKernel max_kernels[] = {
  TFV_REDUCTION_KERNEL (TFV_DATA_TYPE_FLOAT, max_float),
  TFV_REDUCTION_KERNEL (TFV_DATA_TYPE_DOUBLE, max_double),
  TFV_REDUCTION_KERNEL (TFV_DATA_TYPE_INT32, max_int32),
  TFV_REDUCTION_KERNEL (TFV_DATA_TYPE_INT64, max_int64),
  { 0 },
};

DEFINE_FLOAT_EXTREME (min_float, float, INFINITY, min, <)
DEFINE_FLOAT_EXTREME (min_double, double, INFINITY, min, <)
TFV_REDUCTION (min_int32, gint32, G_MAXINT32, min, x < a ? x : a, NULL)
TFV_REDUCTION (min_int64, gint64, G_MAXINT64, min, x < a ? x : a, NULL)

static const TfvKernel min_kernels[] = {
  TFV_REDUCTION_KERNEL (TFV_DATA_TYPE_FLOAT, min_float),
  TFV_REDUCTION_KERNEL (TFV_DATA_TYPE_DOUBLE, min_double),
  TFV_REDUCTION_KERNEL (TFV_DATA_TYPE_INT32, min_int32),
  TFV_REDUCTION_KERNEL (TFV_DATA_TYPE_INT64, min_int64),
  { 0 },
};

/* Where several are the greatest, or the least, they share the gradient. */
static void
gradient (TfvOperation *operation, const TfvOutput *grads, TfvOutput *input_grads)
{
  TfvOutput x = operation->inputs[0];
  TfvOutput y = tfv_reduction_gradient_with_kept_dims (operation, tfv_operation_get_output (operation, 0));
  TfvOutput grad = tfv_reduction_gradient_with_kept_dims (operation, grads[0]);
  TfvOutput is_chosen = tfv_cast (tfv_equal (x, y, NULL), tfv_output_get_dtype (x), NULL);
  TfvOutput n_chosen = tfv_reduce_sum (is_chosen, operation->inputs[1], TRUE, NULL);

  input_grads[0] = tfv_multiply (tfv_divide (is_chosen, n_chosen, NULL), grad, NULL);
}

static const TfvOpCase max_cases[] = {
  { .name = "all", .inputs = { "[2,3] 1 5 2 4 3 6", "[2] 0 1" }, .expected = { "[] 6" } },
  { .name = "rows", .inputs = { "[2,3] 1 5 2 4 3 6", "[1] 1" }, .expected = { "[2] 5 6" } },
  { .name = "columns, axis from the last", .inputs = { "[2,3] 1 5 2 4 3 6", "[] -2" }, .expected = { "[3] 4 5 6" } },
  { .name = "kept dimension", .inputs = { "[2,3] 1 5 2 4 3 6", "[1] 0" }, .attributes = "keep_dims=true", .expected = { "[1,3] 4 5 6" } },
  { .name = "outer and inner", .inputs = { "[2,2,2] 1 2 3 4 5 6 7 8", "[2] 0 2" }, .expected = { "[2] 6 8" } },
  { .name = "no axis", .inputs = { "[2] 3 4", "[0]" }, .expected = { "[2] 3 4" } },
  { .name = "empty", .inputs = { "[2,0]", "[1] 1" }, .expected = { "[2] -inf" }, .types = "float double", .flags = TFV_CASE_NO_GRADIENT },
  { .name = "not a number in rows", .inputs = { "[2,3] 1 nan 2 3 4 nan", "[1] 1" }, .expected = { "[2] nan nan" }, .types = "float double", .flags = TFV_CASE_NO_GRADIENT },
  { .name = "not a number in columns", .inputs = { "[2,2] nan 2 3 nan", "[1] 0" }, .expected = { "[2] nan nan" }, .types = "float double", .flags = TFV_CASE_NO_GRADIENT },
  { .name = "not a number, outer and inner", .inputs = { "[2,2,2] nan 1 2 3 4 5 6 7", "[2] 0 2" }, .expected = { "[2] nan 7" }, .types = "float double", .flags = TFV_CASE_NO_GRADIENT },
  { .name = "axis out of range", .inputs = { "[2] 1 2", "[1] 1" }, .error = "axis 1 is not in [-1,1)" },
  { 0 },
};

static const TfvOpCase min_cases[] = {
  { .name = "all", .inputs = { "[2,3] 1 5 2 4 3 6", "[2] 0 1" }, .expected = { "[] 1" } },
  { .name = "rows", .inputs = { "[2,3] 1 5 2 4 3 6", "[1] 1" }, .expected = { "[2] 1 3" } },
  { .name = "columns, axis from the last", .inputs = { "[2,3] 1 5 2 4 3 6", "[] -2" }, .expected = { "[3] 1 3 2" } },
  { .name = "kept dimension", .inputs = { "[2,3] 1 5 2 4 3 6", "[1] 0" }, .attributes = "keep_dims=true", .expected = { "[1,3] 1 3 2" } },
  { .name = "outer and inner", .inputs = { "[2,2,2] 1 2 3 4 5 6 7 8", "[2] 0 2" }, .expected = { "[2] 1 3" } },
  { .name = "no axis", .inputs = { "[2] 3 4", "[0]" }, .expected = { "[2] 3 4" } },
  { .name = "empty", .inputs = { "[2,0]", "[1] 1" }, .expected = { "[2] inf" }, .types = "float double", .flags = TFV_CASE_NO_GRADIENT },
  { .name = "not a number in rows", .inputs = { "[2,3] 1 nan 2 3 4 nan", "[1] 1" }, .expected = { "[2] nan nan" }, .types = "float double", .flags = TFV_CASE_NO_GRADIENT },
  { .name = "not a number in columns", .inputs = { "[2,2] nan 2 3 nan", "[1] 0" }, .expected = { "[2] nan nan" }, .types = "float double", .flags = TFV_CASE_NO_GRADIENT },
  { .name = "not a number, outer and inner", .inputs = { "[2,2,2] nan 1 2 3 4 5 6 7", "[2] 0 2" }, .expected = { "[2] nan 2" }, .types = "float double", .flags = TFV_CASE_NO_GRADIENT },
  { .name = "axis out of range", .inputs = { "[2] 1 2", "[1] 1" }, .error = "axis 1 is not in [-1,1)" },
  { 0 },
};

static const TfvOpDef defs[] = {
  {
      .type = "Max",
      .inputs = { "input: T", "reduction_indices: Tidx" },
      .outputs = { "output: T" },
      .attributes = { "keep_dims: bool = false", "T: {float, double, int32, int64}", "Tidx: {int32, int64} = int32" },
      .infer_shape = tfv_infer_reduction,
      .kernels = max_kernels,
      .gradient = gradient,
      .cases = max_cases,
  },
  {
      .type = "Min",
      .inputs = { "input: T", "reduction_indices: Tidx" },
      .outputs = { "output: T" },
      .attributes = { "keep_dims: bool = false", "T: {float, double, int32, int64}", "Tidx: {int32, int64} = int32" },
      .infer_shape = tfv_infer_reduction,
      .kernels = min_kernels,
      .gradient = gradient,
      .cases = min_cases,
  },
};

const TfvOpFamily tfv_op_max = TFV_OP_FAMILY (defs);

/**
 * tfv_reduce_max: (skip)
 * @input: numbers
 * @axis: int32 or int64 axes, negative ones counted from the last; none for all
 *   axes
 * @keep_dims: keep reduced dimensions, with size 1
 * @name: (nullable): name inside the current scope
 *
 * Returns: the greatest
 */
TfvOutput
tfv_reduce_max (TfvOutput input, TfvOutput axis, gboolean keep_dims, const char *name)
{
  return tfv_op_reduction ("Max", input, axis, keep_dims, name);
}

/**
 * tfv_reduce_min: (skip)
 * @input: numbers
 * @axis: int32 or int64 axes, negative ones counted from the last; none for all
 *   axes
 * @keep_dims: keep reduced dimensions, with size 1
 * @name: (nullable): name inside the current scope
 *
 * Returns: the least
 */
TfvOutput
tfv_reduce_min (TfvOutput input, TfvOutput axis, gboolean keep_dims, const char *name)
{
  return tfv_op_reduction ("Min", input, axis, keep_dims, name);
}
