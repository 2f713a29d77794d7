/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-fast-math-private.h"
#include "engine/tfv-op-unary-private.h"
#include "engine/tfv-ops.h"

TFV_UNARY_LOOP (exp_float, float, float, tfv_fast_exp (x))
TFV_UNARY_LOOP (exp_double, double, double, exp (x))

static const TfvKernel exp_kernels[] = TFV_UNARY_FLOAT_KERNELS (exp);

static void
exp_gradient (TfvOperation *operation, const TfvOutput *grads, TfvOutput *input_grads)
{
  TfvOutput y = tfv_operation_get_output (operation, 0);
  input_grads[0] = tfv_multiply (grads[0], y, NULL);
}

static const TfvOpCase exp_cases[] = {
  { .name = "ramp", .inputs = { "[1003] linspace(-20,20)" }, .unary = exp, .tolerance = 1e-6, .flags = TFV_CASE_NO_GRADIENT },
  { .name = "gradient", .inputs = { "[5] linspace(-2,2)" }, .unary = exp, .tolerance = 1e-6 },
  { .name = "ends of float32", .inputs = { "[5] -200 -87 88.5 89 inf" }, .expected = { "[5] 0 1.6458114e-38 2.7230878e+38 inf inf" }, .types = "float", .tolerance = 1e-6, .flags = TFV_CASE_NO_GRADIENT },
  { .name = "not a number", .inputs = { "[2] nan -inf" }, .expected = { "[2] nan 0" }, .flags = TFV_CASE_NO_GRADIENT },
  { 0 },
};

static const TfvOpDef defs[] = {
  {
      .type = "Exp",
      .inputs = { "x: T" },
      .outputs = { "y: T" },
      .attributes = { "T: {float, double}" },
      .flags = TFV_OP_IN_PLACE,
      .infer_shape = tfv_infer_unchanged,
      .kernels = exp_kernels,
      .gradient = exp_gradient,
      .cases = exp_cases,
  },
};

const TfvOpFamily tfv_op_exp = TFV_OP_FAMILY (defs);

/**
 * tfv_exp: (skip)
 * @x: floating-point numbers
 * @name: (nullable): name inside the current scope
 *
 * Returns: e to the power of @x
 */
TfvOutput
tfv_exp (TfvOutput x, const char *name)
{
  return tfv_op_unary ("Exp", x, name);
}
