/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-op-unary-private.h"
#include "engine/tfv-ops.h"

TFV_UNARY_LOOP (logical_not_bool, guint8, guint8, !x)

static const TfvKernel logical_not_kernels[] = { TFV_UNARY_KERNEL (TFV_DATA_TYPE_BOOL, logical_not_bool), { 0 } };

static const TfvOpCase logical_not_cases[] = {
  { .name = "both", .inputs = { "[2] 0 1" }, .expected = { "[2] 1 0" } },
  { 0 },
};

static const TfvOpDef defs[] = {
  {
      .type = "LogicalNot",
      .inputs = { "x: bool" },
      .outputs = { "y: bool" },
      .flags = TFV_OP_IN_PLACE | TFV_OP_NO_GRADIENT,
      .infer_shape = tfv_infer_unchanged,
      .kernels = logical_not_kernels,
      .cases = logical_not_cases,
  },
};

const TfvOpFamily tfv_op_logical_not = TFV_OP_FAMILY (defs);

/**
 * tfv_logical_not: (skip)
 * @x: truth values
 * @name: (nullable): name inside the current scope
 *
 * Returns: the opposite
 */
TfvOutput
tfv_logical_not (TfvOutput x, const char *name)
{
  return tfv_op_unary ("LogicalNot", x, name);
}
