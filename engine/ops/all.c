/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-op-reduction-private.h"
#include "engine/tfv-ops.h"

TFV_REDUCTION (all_bool, guint8, 1, &, a &x, NULL)

static const TfvKernel all_kernels[] = {
  TFV_REDUCTION_KERNEL (TFV_DATA_TYPE_BOOL, all_bool),
  { 0 },
};

TFV_REDUCTION (any_bool, guint8, 0, |, a | x, NULL)

static const TfvKernel any_kernels[] = {
  TFV_REDUCTION_KERNEL (TFV_DATA_TYPE_BOOL, any_bool),
  { 0 },
};

static const TfvOpCase all_cases[] = {
  { .name = "rows", .inputs = { "[2,3] 1 0 1 1 1 1", "[1] 1" }, .expected = { "[2] 0 1" } },
  { .name = "columns", .inputs = { "[2,3] 1 0 1 0 0 1", "[1] 0" }, .attributes = "keep_dims=true", .expected = { "[1,3] 0 0 1" } },
  { 0 },
};

static const TfvOpCase any_cases[] = {
  { .name = "rows", .inputs = { "[2,3] 1 0 1 1 1 1", "[1] 1" }, .expected = { "[2] 1 1" } },
  { .name = "columns", .inputs = { "[2,3] 1 0 1 0 0 1", "[1] 0" }, .attributes = "keep_dims=true", .expected = { "[1,3] 1 0 1" } },
  { 0 },
};

static const TfvOpDef defs[] = {
  {
      .type = "All",
      .inputs = { "input: bool", "reduction_indices: Tidx" },
      .outputs = { "output: bool" },
      .attributes = { "keep_dims: bool = false", "Tidx: {int32, int64} = int32" },
      .infer_shape = tfv_infer_reduction,
      .kernels = all_kernels,
      .flags = TFV_OP_NO_GRADIENT,
      .cases = all_cases,
  },
  {
      .type = "Any",
      .inputs = { "input: bool", "reduction_indices: Tidx" },
      .outputs = { "output: bool" },
      .attributes = { "keep_dims: bool = false", "Tidx: {int32, int64} = int32" },
      .infer_shape = tfv_infer_reduction,
      .kernels = any_kernels,
      .flags = TFV_OP_NO_GRADIENT,
      .cases = any_cases,
  },
};

const TfvOpFamily tfv_op_all = TFV_OP_FAMILY (defs);

/**
 * tfv_reduce_all: (skip)
 * @input: truth values
 * @axis: int32 or int64 axes, negative ones counted from the last; none for all
 *   axes
 * @keep_dims: keep reduced dimensions, with size 1
 * @name: (nullable): name inside the current scope
 *
 * Returns: whether all are true
 */
TfvOutput
tfv_reduce_all (TfvOutput input, TfvOutput axis, gboolean keep_dims, const char *name)
{
  return tfv_op_reduction ("All", input, axis, keep_dims, name);
}

/**
 * tfv_reduce_any: (skip)
 * @input: truth values
 * @axis: int32 or int64 axes, negative ones counted from the last; none for all
 *   axes
 * @keep_dims: keep reduced dimensions, with size 1
 * @name: (nullable): name inside the current scope
 *
 * Returns: whether any is true
 */
TfvOutput
tfv_reduce_any (TfvOutput input, TfvOutput axis, gboolean keep_dims, const char *name)
{
  return tfv_op_reduction ("Any", input, axis, keep_dims, name);
}
