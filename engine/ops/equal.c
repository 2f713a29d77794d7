/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-op-binary-private.h"
#include "engine/tfv-ops.h"

TFV_BINARY_LOOP (equal_float, float, guint8, x == y)
TFV_BINARY_LOOP (equal_double, double, guint8, x == y)
TFV_BINARY_LOOP (equal_int32, gint32, guint8, x == y)
TFV_BINARY_LOOP (equal_int64, gint64, guint8, x == y)
TFV_BINARY_LOOP (equal_bool, guint8, guint8, x == y)

static const TfvKernel equal_kernels[] = {
  TFV_BINARY_KERNEL (TFV_DATA_TYPE_FLOAT, equal_float),
  TFV_BINARY_KERNEL (TFV_DATA_TYPE_DOUBLE, equal_double),
  TFV_BINARY_KERNEL (TFV_DATA_TYPE_INT32, equal_int32),
  TFV_BINARY_KERNEL (TFV_DATA_TYPE_INT64, equal_int64),
  TFV_BINARY_KERNEL (TFV_DATA_TYPE_BOOL, equal_bool),
  { 0 },
};

TFV_BINARY_LOOP (not_equal_float, float, guint8, x != y)
TFV_BINARY_LOOP (not_equal_double, double, guint8, x != y)
TFV_BINARY_LOOP (not_equal_int32, gint32, guint8, x != y)
TFV_BINARY_LOOP (not_equal_int64, gint64, guint8, x != y)
TFV_BINARY_LOOP (not_equal_bool, guint8, guint8, x != y)

static const TfvKernel not_equal_kernels[] = {
  TFV_BINARY_KERNEL (TFV_DATA_TYPE_FLOAT, not_equal_float),
  TFV_BINARY_KERNEL (TFV_DATA_TYPE_DOUBLE, not_equal_double),
  TFV_BINARY_KERNEL (TFV_DATA_TYPE_INT32, not_equal_int32),
  TFV_BINARY_KERNEL (TFV_DATA_TYPE_INT64, not_equal_int64),
  TFV_BINARY_KERNEL (TFV_DATA_TYPE_BOOL, not_equal_bool),
  { 0 },
};

static const TfvOpCase equal_cases[] = {
  { .name = "row", .inputs = { "[2,3] 0 1 2 1 1 0", "[3] 1 1 1" }, .expected = { "[2,3] 0 1 0 1 1 0" }, .types = "float double int32 int64" },
  { .name = "truth values", .inputs = { "[4] 0 0 1 1", "[4] 0 1 0 1" }, .expected = { "[4] 1 0 0 1" }, .types = "bool" },
  { 0 },
};

static const TfvOpCase not_equal_cases[] = {
  { .name = "row", .inputs = { "[2,3] 0 1 2 1 1 0", "[3] 1 1 1" }, .expected = { "[2,3] 1 0 1 0 0 1" }, .types = "float double int32 int64" },
  { .name = "truth values", .inputs = { "[4] 0 0 1 1", "[4] 0 1 0 1" }, .expected = { "[4] 0 1 1 0" }, .types = "bool" },
  { 0 },
};

static const TfvOpDef defs[] = {
  {
      .type = "Equal",
      .inputs = { "x: T", "y: T" },
      .outputs = { "z: bool" },
      .attributes = { "T: {float, double, int32, int64, bool}" },
      .flags = TFV_OP_NO_GRADIENT,
      .infer_shape = tfv_infer_broadcast,
      .kernels = equal_kernels,
      .cases = equal_cases,
  },
  {
      .type = "NotEqual",
      .inputs = { "x: T", "y: T" },
      .outputs = { "z: bool" },
      .attributes = { "T: {float, double, int32, int64, bool}" },
      .flags = TFV_OP_NO_GRADIENT,
      .infer_shape = tfv_infer_broadcast,
      .kernels = not_equal_kernels,
      .cases = not_equal_cases,
  },
};

const TfvOpFamily tfv_op_equal = TFV_OP_FAMILY (defs);

/**
 * tfv_equal: (skip)
 * @x: numbers
 * @y: numbers of the same type; shapes broadcast
 * @name: (nullable): name inside the current scope
 *
 * Returns: truth values: where both are equal
 */
TfvOutput
tfv_equal (TfvOutput x, TfvOutput y, const char *name)
{
  return tfv_op_binary ("Equal", x, y, name);
}

/**
 * tfv_not_equal: (skip)
 * @x: numbers
 * @y: numbers of the same type; shapes broadcast
 * @name: (nullable): name inside the current scope
 *
 * Returns: truth values: where both differ
 */
TfvOutput
tfv_not_equal (TfvOutput x, TfvOutput y, const char *name)
{
  return tfv_op_binary ("NotEqual", x, y, name);
}
