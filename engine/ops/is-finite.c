/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-op-unary-private.h"
#include "engine/tfv-ops.h"

#include <math.h>

TFV_UNARY_LOOP (is_finite_float, float, guint8, isfinite (x) != 0)
TFV_UNARY_LOOP (is_finite_double, double, guint8, isfinite (x) != 0)

static const TfvKernel is_finite_kernels[] = TFV_UNARY_FLOAT_KERNELS (is_finite);

TFV_UNARY_LOOP (is_nan_float, float, guint8, isnan (x) != 0)
TFV_UNARY_LOOP (is_nan_double, double, guint8, isnan (x) != 0)

static const TfvKernel is_nan_kernels[] = TFV_UNARY_FLOAT_KERNELS (is_nan);

TFV_UNARY_LOOP (is_inf_float, float, guint8, isinf (x) != 0)
TFV_UNARY_LOOP (is_inf_double, double, guint8, isinf (x) != 0)

static const TfvKernel is_inf_kernels[] = TFV_UNARY_FLOAT_KERNELS (is_inf);

static const TfvOpCase is_finite_cases[] = {
  { .name = "corners", .inputs = { "[4] 1 nan inf -inf" }, .expected = { "[4] 1 0 0 0" } },
  { 0 },
};

static const TfvOpCase is_nan_cases[] = {
  { .name = "corners", .inputs = { "[4] 1 nan inf -inf" }, .expected = { "[4] 0 1 0 0" } },
  { 0 },
};

static const TfvOpCase is_inf_cases[] = {
  { .name = "corners", .inputs = { "[4] 1 nan inf -inf" }, .expected = { "[4] 0 0 1 1" } },
  { 0 },
};

static const TfvOpDef defs[] = {
  {
      .type = "IsFinite",
      .inputs = { "x: T" },
      .outputs = { "y: bool" },
      .attributes = { "T: {float, double}" },
      .flags = TFV_OP_NO_GRADIENT,
      .infer_shape = tfv_infer_unchanged,
      .kernels = is_finite_kernels,
      .cases = is_finite_cases,
  },
  {
      .type = "IsNan",
      .inputs = { "x: T" },
      .outputs = { "y: bool" },
      .attributes = { "T: {float, double}" },
      .flags = TFV_OP_NO_GRADIENT,
      .infer_shape = tfv_infer_unchanged,
      .kernels = is_nan_kernels,
      .cases = is_nan_cases,
  },
  {
      .type = "IsInf",
      .inputs = { "x: T" },
      .outputs = { "y: bool" },
      .attributes = { "T: {float, double}" },
      .flags = TFV_OP_NO_GRADIENT,
      .infer_shape = tfv_infer_unchanged,
      .kernels = is_inf_kernels,
      .cases = is_inf_cases,
  },
};

const TfvOpFamily tfv_op_is_finite = TFV_OP_FAMILY (defs);

/**
 * tfv_is_finite: (skip)
 * @x: floating-point numbers
 * @name: (nullable): name inside the current scope
 *
 * Returns: truth values: whether each is finite
 */
TfvOutput
tfv_is_finite (TfvOutput x, const char *name)
{
  return tfv_op_unary ("IsFinite", x, name);
}

/**
 * tfv_is_nan: (skip)
 * @x: floating-point numbers
 * @name: (nullable): name inside the current scope
 *
 * Returns: truth values: whether each is no number
 */
TfvOutput
tfv_is_nan (TfvOutput x, const char *name)
{
  return tfv_op_unary ("IsNan", x, name);
}

/**
 * tfv_is_inf: (skip)
 * @x: floating-point numbers
 * @name: (nullable): name inside the current scope
 *
 * Returns: truth values: whether each is infinite
 */
TfvOutput
tfv_is_inf (TfvOutput x, const char *name)
{
  return tfv_op_unary ("IsInf", x, name);
}
