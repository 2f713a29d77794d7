/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-gradient-private.h"
#include "engine/tfv-op-unary-private.h"
#include "engine/tfv-ops.h"

#include <math.h>

TFV_UNARY_LOOP (sqrt_float, float, float, sqrtf (x))
TFV_UNARY_LOOP (sqrt_double, double, double, sqrt (x))

static const TfvKernel sqrt_kernels[] = TFV_UNARY_FLOAT_KERNELS (sqrt);

TFV_UNARY_LOOP (rsqrt_float, float, float, 1.0f / sqrtf (x))
TFV_UNARY_LOOP (rsqrt_double, double, double, 1.0 / sqrt (x))

static const TfvKernel rsqrt_kernels[] = TFV_UNARY_FLOAT_KERNELS (rsqrt);

static void
sqrt_gradient (TfvOperation *operation, const TfvOutput *grads, TfvOutput *input_grads)
{
  TfvOutput y = tfv_operation_get_output (operation, 0);
  input_grads[0] = tfv_divide (tfv_multiply (grads[0], tfv_constant_like (y, 0.5), NULL), y, NULL);
}

static void
rsqrt_gradient (TfvOperation *operation, const TfvOutput *grads, TfvOutput *input_grads)
{
  TfvOutput x = operation->inputs[0];
  TfvOutput y = tfv_operation_get_output (operation, 0);
  input_grads[0] = tfv_divide (tfv_multiply (grads[0], tfv_multiply (y, tfv_constant_like (y, -0.5), NULL), NULL), x, NULL);
}

static const TfvOpCase sqrt_cases[] = {
  { .name = "ramp", .inputs = { "[1001] linspace(0.1,9)" }, .unary = sqrt, .tolerance = 1e-6 },
  { .name = "corners", .inputs = { "[4] 0 1 4 inf" }, .expected = { "[4] 0 1 2 inf" }, .flags = TFV_CASE_NO_GRADIENT },
  { 0 },
};

static const TfvOpCase rsqrt_cases[] = {
  { .name = "powers", .inputs = { "[4] 1 4 16 0.25" }, .expected = { "[4] 1 0.5 0.25 2" }, .tolerance = 1e-6 },
  { 0 },
};

static const TfvOpDef defs[] = {
  {
      .type = "Sqrt",
      .inputs = { "x: T" },
      .outputs = { "y: T" },
      .attributes = { "T: {float, double}" },
      .flags = TFV_OP_IN_PLACE,
      .infer_shape = tfv_infer_unchanged,
      .kernels = sqrt_kernels,
      .gradient = sqrt_gradient,
      .cases = sqrt_cases,
  },
  {
      .type = "Rsqrt",
      .inputs = { "x: T" },
      .outputs = { "y: T" },
      .attributes = { "T: {float, double}" },
      .flags = TFV_OP_IN_PLACE,
      .infer_shape = tfv_infer_unchanged,
      .kernels = rsqrt_kernels,
      .gradient = rsqrt_gradient,
      .cases = rsqrt_cases,
  },
};

const TfvOpFamily tfv_op_sqrt = TFV_OP_FAMILY (defs);

/**
 * tfv_sqrt: (skip)
 * @x: floating-point numbers
 * @name: (nullable): name inside the current scope
 *
 * Returns: the square root; NaN of a negative number
 */
TfvOutput
tfv_sqrt (TfvOutput x, const char *name)
{
  return tfv_op_unary ("Sqrt", x, name);
}

/**
 * tfv_rsqrt: (skip)
 * @x: floating-point numbers
 * @name: (nullable): name inside the current scope
 *
 * Returns: 1 / √@x
 */
TfvOutput
tfv_rsqrt (TfvOutput x, const char *name)
{
  return tfv_op_unary ("Rsqrt", x, name);
}
