/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-op-binary-private.h"
#include "engine/tfv-ops.h"

TFV_BINARY_LOOP (less_float, float, guint8, x < y)
TFV_BINARY_LOOP (less_double, double, guint8, x < y)
TFV_BINARY_LOOP (less_int32, gint32, guint8, x < y)
TFV_BINARY_LOOP (less_int64, gint64, guint8, x < y)

static const TfvKernel less_kernels[] = TFV_BINARY_KERNELS (less);

TFV_BINARY_LOOP (less_equal_float, float, guint8, x <= y)
TFV_BINARY_LOOP (less_equal_double, double, guint8, x <= y)
TFV_BINARY_LOOP (less_equal_int32, gint32, guint8, x <= y)
TFV_BINARY_LOOP (less_equal_int64, gint64, guint8, x <= y)

static const TfvKernel less_equal_kernels[] = TFV_BINARY_KERNELS (less_equal);

TFV_BINARY_LOOP (greater_float, float, guint8, x > y)
TFV_BINARY_LOOP (greater_double, double, guint8, x > y)
TFV_BINARY_LOOP (greater_int32, gint32, guint8, x > y)
TFV_BINARY_LOOP (greater_int64, gint64, guint8, x > y)

static const TfvKernel greater_kernels[] = TFV_BINARY_KERNELS (greater);

TFV_BINARY_LOOP (greater_equal_float, float, guint8, x >= y)
TFV_BINARY_LOOP (greater_equal_double, double, guint8, x >= y)
TFV_BINARY_LOOP (greater_equal_int32, gint32, guint8, x >= y)
TFV_BINARY_LOOP (greater_equal_int64, gint64, guint8, x >= y)

static const TfvKernel greater_equal_kernels[] = TFV_BINARY_KERNELS (greater_equal);

static const TfvOpCase less_cases[] = {
  { .name = "row", .inputs = { "[2,3] 0 1 2 1 1 0", "[3] 1 1 1" }, .expected = { "[2,3] 1 0 0 0 0 1" } },
  { 0 },
};

static const TfvOpCase less_equal_cases[] = {
  { .name = "row", .inputs = { "[2,3] 0 1 2 1 1 0", "[3] 1 1 1" }, .expected = { "[2,3] 1 1 0 1 1 1" } },
  { 0 },
};

static const TfvOpCase greater_cases[] = {
  { .name = "row", .inputs = { "[2,3] 0 1 2 1 1 0", "[3] 1 1 1" }, .expected = { "[2,3] 0 0 1 0 0 0" } },
  { 0 },
};

static const TfvOpCase greater_equal_cases[] = {
  { .name = "row", .inputs = { "[2,3] 0 1 2 1 1 0", "[3] 1 1 1" }, .expected = { "[2,3] 0 1 1 1 1 0" } },
  { 0 },
};

static const TfvOpDef defs[] = {
  {
      .type = "Less",
      .inputs = { "x: T", "y: T" },
      .outputs = { "z: bool" },
      .attributes = { "T: {float, double, int32, int64}" },
      .flags = TFV_OP_NO_GRADIENT,
      .infer_shape = tfv_infer_broadcast,
      .kernels = less_kernels,
      .cases = less_cases,
  },
  {
      .type = "LessEqual",
      .inputs = { "x: T", "y: T" },
      .outputs = { "z: bool" },
      .attributes = { "T: {float, double, int32, int64}" },
      .flags = TFV_OP_NO_GRADIENT,
      .infer_shape = tfv_infer_broadcast,
      .kernels = less_equal_kernels,
      .cases = less_equal_cases,
  },
  {
      .type = "Greater",
      .inputs = { "x: T", "y: T" },
      .outputs = { "z: bool" },
      .attributes = { "T: {float, double, int32, int64}" },
      .flags = TFV_OP_NO_GRADIENT,
      .infer_shape = tfv_infer_broadcast,
      .kernels = greater_kernels,
      .cases = greater_cases,
  },
  {
      .type = "GreaterEqual",
      .inputs = { "x: T", "y: T" },
      .outputs = { "z: bool" },
      .attributes = { "T: {float, double, int32, int64}" },
      .flags = TFV_OP_NO_GRADIENT,
      .infer_shape = tfv_infer_broadcast,
      .kernels = greater_equal_kernels,
      .cases = greater_equal_cases,
  },
};

const TfvOpFamily tfv_op_less = TFV_OP_FAMILY (defs);

/**
 * tfv_less: (skip)
 * @x: numbers
 * @y: numbers of the same type; shapes broadcast
 * @name: (nullable): name inside the current scope
 *
 * Returns: truth values: where @x < @y
 */
TfvOutput
tfv_less (TfvOutput x, TfvOutput y, const char *name)
{
  return tfv_op_binary ("Less", x, y, name);
}

/**
 * tfv_less_equal: (skip)
 * @x: numbers
 * @y: numbers of the same type; shapes broadcast
 * @name: (nullable): name inside the current scope
 *
 * Returns: truth values: where @x ≤ @y
 */
TfvOutput
tfv_less_equal (TfvOutput x, TfvOutput y, const char *name)
{
  return tfv_op_binary ("LessEqual", x, y, name);
}

/**
 * tfv_greater: (skip)
 * @x: numbers
 * @y: numbers of the same type; shapes broadcast
 * @name: (nullable): name inside the current scope
 *
 * Returns: truth values: where @x > @y
 */
TfvOutput
tfv_greater (TfvOutput x, TfvOutput y, const char *name)
{
  return tfv_op_binary ("Greater", x, y, name);
}

/**
 * tfv_greater_equal: (skip)
 * @x: numbers
 * @y: numbers of the same type; shapes broadcast
 * @name: (nullable): name inside the current scope
 *
 * Returns: truth values: where @x ≥ @y
 */
TfvOutput
tfv_greater_equal (TfvOutput x, TfvOutput y, const char *name)
{
  return tfv_op_binary ("GreaterEqual", x, y, name);
}
