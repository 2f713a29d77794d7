/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-op-binary-private.h"
#include "engine/tfv-ops.h"

TFV_BINARY_LOOP (logical_and_bool, guint8, guint8, x &y)

static const TfvKernel logical_and_kernels[] = { TFV_BINARY_KERNEL (TFV_DATA_TYPE_BOOL, logical_and_bool), { 0 } };

TFV_BINARY_LOOP (logical_or_bool, guint8, guint8, x | y)

static const TfvKernel logical_or_kernels[] = { TFV_BINARY_KERNEL (TFV_DATA_TYPE_BOOL, logical_or_bool), { 0 } };

static const TfvOpCase logical_and_cases[] = {
  { .name = "all", .inputs = { "[4] 0 0 1 1", "[4] 0 1 0 1" }, .expected = { "[4] 0 0 0 1" } },
  { 0 },
};

static const TfvOpCase logical_or_cases[] = {
  { .name = "all", .inputs = { "[4] 0 0 1 1", "[4] 0 1 0 1" }, .expected = { "[4] 0 1 1 1" } },
  { 0 },
};

static const TfvOpDef defs[] = {
  {
      .type = "LogicalAnd",
      .inputs = { "x: bool", "y: bool" },
      .outputs = { "z: bool" },
      .flags = TFV_OP_IN_PLACE | TFV_OP_NO_GRADIENT,
      .infer_shape = tfv_infer_broadcast,
      .kernels = logical_and_kernels,
      .cases = logical_and_cases,
  },
  {
      .type = "LogicalOr",
      .inputs = { "x: bool", "y: bool" },
      .outputs = { "z: bool" },
      .flags = TFV_OP_IN_PLACE | TFV_OP_NO_GRADIENT,
      .infer_shape = tfv_infer_broadcast,
      .kernels = logical_or_kernels,
      .cases = logical_or_cases,
  },
};

const TfvOpFamily tfv_op_logical = TFV_OP_FAMILY (defs);

/**
 * tfv_logical_and: (skip)
 * @x: truth values
 * @y: truth values; shapes broadcast
 * @name: (nullable): name inside the current scope
 *
 * Returns: where both are true
 */
TfvOutput
tfv_logical_and (TfvOutput x, TfvOutput y, const char *name)
{
  return tfv_op_binary ("LogicalAnd", x, y, name);
}

/**
 * tfv_logical_or: (skip)
 * @x: truth values
 * @y: truth values; shapes broadcast
 * @name: (nullable): name inside the current scope
 *
 * Returns: where one or both are true
 */
TfvOutput
tfv_logical_or (TfvOutput x, TfvOutput y, const char *name)
{
  return tfv_op_binary ("LogicalOr", x, y, name);
}
