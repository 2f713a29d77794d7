/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-op-unary-private.h"
#include "engine/tfv-ops.h"

#include <math.h>

TFV_UNARY_LOOP (floor_float, float, float, floorf (x))
TFV_UNARY_LOOP (floor_double, double, double, floor (x))

static const TfvKernel floor_kernels[] = TFV_UNARY_FLOAT_KERNELS (floor);

TFV_UNARY_LOOP (ceil_float, float, float, ceilf (x))
TFV_UNARY_LOOP (ceil_double, double, double, ceil (x))

static const TfvKernel ceil_kernels[] = TFV_UNARY_FLOAT_KERNELS (ceil);

TFV_UNARY_LOOP (rint_float, float, float, rintf (x))
TFV_UNARY_LOOP (rint_double, double, double, rint (x))

static const TfvKernel rint_kernels[] = TFV_UNARY_FLOAT_KERNELS (rint);

static const TfvOpCase floor_cases[] = {
  { .name = "signs", .inputs = { "[4] 1.2 -1.2 1.7 -1.7" }, .expected = { "[4] 1 -2 1 -2" } },
  { 0 },
};

static const TfvOpCase ceil_cases[] = {
  { .name = "signs", .inputs = { "[4] 1.2 -1.2 1.7 -1.7" }, .expected = { "[4] 2 -1 2 -1" } },
  { 0 },
};

static const TfvOpCase rint_cases[] = {
  { .name = "signs", .inputs = { "[4] 1.2 -1.2 1.7 -1.7" }, .expected = { "[4] 1 -1 2 -2" } },
  { 0 },
};

static const TfvOpDef defs[] = {
  {
      .type = "Floor",
      .inputs = { "x: T" },
      .outputs = { "y: T" },
      .attributes = { "T: {float, double}" },
      .flags = TFV_OP_IN_PLACE | TFV_OP_NO_GRADIENT,
      .infer_shape = tfv_infer_unchanged,
      .kernels = floor_kernels,
      .cases = floor_cases,
  },
  {
      .type = "Ceil",
      .inputs = { "x: T" },
      .outputs = { "y: T" },
      .attributes = { "T: {float, double}" },
      .flags = TFV_OP_IN_PLACE | TFV_OP_NO_GRADIENT,
      .infer_shape = tfv_infer_unchanged,
      .kernels = ceil_kernels,
      .cases = ceil_cases,
  },
  {
      .type = "Rint",
      .inputs = { "x: T" },
      .outputs = { "y: T" },
      .attributes = { "T: {float, double}" },
      .flags = TFV_OP_IN_PLACE | TFV_OP_NO_GRADIENT,
      .infer_shape = tfv_infer_unchanged,
      .kernels = rint_kernels,
      .cases = rint_cases,
  },
};

const TfvOpFamily tfv_op_round = TFV_OP_FAMILY (defs);

/**
 * tfv_floor: (skip)
 * @x: floating-point numbers
 * @name: (nullable): name inside the current scope
 *
 * Returns: the greatest integer not above @x
 */
TfvOutput
tfv_floor (TfvOutput x, const char *name)
{
  return tfv_op_unary ("Floor", x, name);
}

/**
 * tfv_ceil: (skip)
 * @x: floating-point numbers
 * @name: (nullable): name inside the current scope
 *
 * Returns: the least integer not below @x
 */
TfvOutput
tfv_ceil (TfvOutput x, const char *name)
{
  return tfv_op_unary ("Ceil", x, name);
}

/**
 * tfv_rint: (skip)
 * @x: floating-point numbers
 * @name: (nullable): name inside the current scope
 *
 * Returns: the nearest integer, the even one of two
 */
TfvOutput
tfv_rint (TfvOutput x, const char *name)
{
  return tfv_op_unary ("Rint", x, name);
}
