/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-op-reduction-private.h"
#include "engine/tfv-ops.h"

TFV_REDUCTION (prod_float, float, 1, *, a *x, NULL)
TFV_REDUCTION (prod_double, double, 1, *, a *x, NULL)
TFV_REDUCTION (prod_int32, gint32, 1, *, a *x, NULL)
TFV_REDUCTION (prod_int64, gint64, 1, *, a *x, NULL)

static const TfvKernel prod_kernels[] = {
  TFV_REDUCTION_KERNEL (TFV_DATA_TYPE_FLOAT, prod_float),
  TFV_REDUCTION_KERNEL (TFV_DATA_TYPE_DOUBLE, prod_double),
  TFV_REDUCTION_KERNEL (TFV_DATA_TYPE_INT32, prod_int32),
  TFV_REDUCTION_KERNEL (TFV_DATA_TYPE_INT64, prod_int64),
  { 0 },
};

/* The product of all others: the whole product over x, but where zeros forbid
 * that. With one zero only its own gradient is left, the product of the rest;
 * with more nothing is. */
static void
gradient (TfvOperation *operation, const TfvOutput *grads, TfvOutput *input_grads)
{
  TfvOutput x = operation->inputs[0];
  TfvOutput axis = operation->inputs[1];
  TfvOutput zeros = tfv_zeros_like (x, NULL);
  TfvOutput is_zero = tfv_equal (x, zeros, NULL);
  TfvOutput n_zeros = tfv_reduce_sum (tfv_cast (is_zero, tfv_output_get_dtype (x), NULL), axis, TRUE, NULL);
  TfvOutput others_zero = tfv_subtract (n_zeros, tfv_cast (is_zero, tfv_output_get_dtype (x), NULL), NULL);
  TfvOutput filled = tfv_select (is_zero, tfv_ones_like (x, NULL), x, NULL);
  TfvOutput others = tfv_divide (tfv_reduce_prod (filled, axis, TRUE, NULL), filled, NULL);
  TfvOutput slope = tfv_select (tfv_equal (others_zero, zeros, NULL), others, zeros, NULL);

  input_grads[0] = tfv_multiply (tfv_reduction_gradient_with_kept_dims (operation, grads[0]), slope, NULL);
}

static const TfvOpCase prod_cases[] = {
  { .name = "all", .inputs = { "[2,3] 1 5 2 4 3 6", "[2] 0 1" }, .expected = { "[] 720" } },
  { .name = "rows", .inputs = { "[2,3] 1 5 2 4 3 6", "[1] 1" }, .expected = { "[2] 10 72" } },
  { .name = "columns, axis from the last", .inputs = { "[2,3] 1 5 2 4 3 6", "[] -2" }, .expected = { "[3] 4 15 12" } },
  { .name = "kept dimension", .inputs = { "[2,3] 1 5 2 4 3 6", "[1] 0" }, .attributes = "keep_dims=true", .expected = { "[1,3] 4 15 12" } },
  { .name = "outer and inner", .inputs = { "[2,2,2] 1 2 3 4 5 6 7 8", "[2] 0 2" }, .expected = { "[2] 60 672" } },
  { .name = "no axis", .inputs = { "[2] 3 4", "[0]" }, .expected = { "[2] 3 4" } },
  { .name = "empty", .inputs = { "[2,0]", "[1] 1" }, .expected = { "[2] 1" }, .types = "float double", .flags = TFV_CASE_NO_GRADIENT },
  { .name = "axis out of range", .inputs = { "[2] 1 2", "[1] 1" }, .error = "axis 1 is not in [-1,1)" },
  { .name = "zeros", .inputs = { "[3,2] 0 3 0 0 2 5", "[1] 1" }, .expected = { "[3] 0 0 10" } },
  { 0 },
};

static const TfvOpDef defs[] = {
  {
      .type = "Prod",
      .inputs = { "input: T", "reduction_indices: Tidx" },
      .outputs = { "output: T" },
      .attributes = { "keep_dims: bool = false", "T: {float, double, int32, int64}", "Tidx: {int32, int64} = int32" },
      .infer_shape = tfv_infer_reduction,
      .kernels = prod_kernels,
      .gradient = gradient,
      .cases = prod_cases,
  },
};

const TfvOpFamily tfv_op_prod = TFV_OP_FAMILY (defs);

/**
 * tfv_reduce_prod: (skip)
 * @input: numbers
 * @axis: int32 or int64 axes, negative ones counted from the last; none for all
 *   axes
 * @keep_dims: keep reduced dimensions, with size 1
 * @name: (nullable): name inside the current scope
 *
 * Returns: the products
 */
TfvOutput
tfv_reduce_prod (TfvOutput input, TfvOutput axis, gboolean keep_dims, const char *name)
{
  return tfv_op_reduction ("Prod", input, axis, keep_dims, name);
}
