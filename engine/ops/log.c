/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-fast-math-private.h"
#include "engine/tfv-gradient-private.h"
#include "engine/tfv-op-unary-private.h"
#include "engine/tfv-ops.h"

TFV_UNARY_LOOP (log_float, float, float, tfv_fast_log (x))
TFV_UNARY_LOOP (log_double, double, double, log (x))

static const TfvKernel log_kernels[] = TFV_UNARY_FLOAT_KERNELS (log);

TFV_UNARY_LOOP (log1p_float, float, float, log1pf (x))
TFV_UNARY_LOOP (log1p_double, double, double, log1p (x))

static const TfvKernel log1p_kernels[] = TFV_UNARY_FLOAT_KERNELS (log1p);

static void
log_gradient (TfvOperation *operation, const TfvOutput *grads, TfvOutput *input_grads)
{
  TfvOutput x = operation->inputs[0];
  input_grads[0] = tfv_divide (grads[0], x, NULL);
}

static void
log1p_gradient (TfvOperation *operation, const TfvOutput *grads, TfvOutput *input_grads)
{
  TfvOutput x = operation->inputs[0];
  input_grads[0] = tfv_divide (grads[0], tfv_add (tfv_constant_like (x, 1.0), x, NULL), NULL);
}

static const TfvOpCase log_cases[] = {
  { .name = "ramp", .inputs = { "[1003] linspace(0.001,30)" }, .unary = log, .tolerance = 1e-6, .flags = TFV_CASE_NO_GRADIENT },
  { .name = "gradient", .inputs = { "[5] linspace(0.5,3)" }, .unary = log, .tolerance = 1e-6 },
  { .name = "corners", .inputs = { "[5] 0 1 inf -1 nan" }, .expected = { "[5] -inf 0 inf nan nan" }, .flags = TFV_CASE_NO_GRADIENT },
  { 0 },
};

static const TfvOpCase log1p_cases[] = {
  { .name = "small", .inputs = { "[4] 0 1e-7 0.5 2" }, .unary = log1p, .tolerance = 1e-6 },
  { 0 },
};

static const TfvOpDef defs[] = {
  {
      .type = "Log",
      .inputs = { "x: T" },
      .outputs = { "y: T" },
      .attributes = { "T: {float, double}" },
      .flags = TFV_OP_IN_PLACE,
      .infer_shape = tfv_infer_unchanged,
      .kernels = log_kernels,
      .gradient = log_gradient,
      .cases = log_cases,
  },
  {
      .type = "Log1p",
      .inputs = { "x: T" },
      .outputs = { "y: T" },
      .attributes = { "T: {float, double}" },
      .flags = TFV_OP_IN_PLACE,
      .infer_shape = tfv_infer_unchanged,
      .kernels = log1p_kernels,
      .gradient = log1p_gradient,
      .cases = log1p_cases,
  },
};

const TfvOpFamily tfv_op_log = TFV_OP_FAMILY (defs);

/**
 * tfv_log: (skip)
 * @x: floating-point numbers
 * @name: (nullable): name inside the current scope
 *
 * Returns: the natural logarithm; NaN of a negative number
 */
TfvOutput
tfv_log (TfvOutput x, const char *name)
{
  return tfv_op_unary ("Log", x, name);
}

/**
 * tfv_log1p: (skip)
 * @x: floating-point numbers
 * @name: (nullable): name inside the current scope
 *
 * Returns: log (1 + @x), exact for small @x
 */
TfvOutput
tfv_log1p (TfvOutput x, const char *name)
{
  return tfv_op_unary ("Log1p", x, name);
}
