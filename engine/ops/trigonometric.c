/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-op-unary-private.h"
#include "engine/tfv-ops.h"

#include <math.h>

TFV_UNARY_LOOP (sin_float, float, float, sinf (x))
TFV_UNARY_LOOP (sin_double, double, double, sin (x))

static const TfvKernel sin_kernels[] = TFV_UNARY_FLOAT_KERNELS (sin);

TFV_UNARY_LOOP (cos_float, float, float, cosf (x))
TFV_UNARY_LOOP (cos_double, double, double, cos (x))

static const TfvKernel cos_kernels[] = TFV_UNARY_FLOAT_KERNELS (cos);

static void
sin_gradient (TfvOperation *operation, const TfvOutput *grads, TfvOutput *input_grads)
{
  TfvOutput x = operation->inputs[0];
  input_grads[0] = tfv_multiply (grads[0], tfv_cos (x, NULL), NULL);
}

static void
cos_gradient (TfvOperation *operation, const TfvOutput *grads, TfvOutput *input_grads)
{
  TfvOutput x = operation->inputs[0];
  input_grads[0] = tfv_negate (tfv_multiply (grads[0], tfv_sin (x, NULL), NULL), NULL);
}

static const TfvOpCase sin_cases[] = {
  { .name = "ramp", .inputs = { "[101] linspace(-4,4)" }, .unary = sin, .tolerance = 1e-6 },
  { 0 },
};

static const TfvOpCase cos_cases[] = {
  { .name = "ramp", .inputs = { "[101] linspace(-4,4)" }, .unary = cos, .tolerance = 1e-6 },
  { 0 },
};

static const TfvOpDef defs[] = {
  {
      .type = "Sin",
      .inputs = { "x: T" },
      .outputs = { "y: T" },
      .attributes = { "T: {float, double}" },
      .flags = TFV_OP_IN_PLACE,
      .infer_shape = tfv_infer_unchanged,
      .kernels = sin_kernels,
      .gradient = sin_gradient,
      .cases = sin_cases,
  },
  {
      .type = "Cos",
      .inputs = { "x: T" },
      .outputs = { "y: T" },
      .attributes = { "T: {float, double}" },
      .flags = TFV_OP_IN_PLACE,
      .infer_shape = tfv_infer_unchanged,
      .kernels = cos_kernels,
      .gradient = cos_gradient,
      .cases = cos_cases,
  },
};

const TfvOpFamily tfv_op_trigonometric = TFV_OP_FAMILY (defs);

/**
 * tfv_sin: (skip)
 * @x: angles in radians
 * @name: (nullable): name inside the current scope
 *
 * Returns: the sine
 */
TfvOutput
tfv_sin (TfvOutput x, const char *name)
{
  return tfv_op_unary ("Sin", x, name);
}

/**
 * tfv_cos: (skip)
 * @x: angles in radians
 * @name: (nullable): name inside the current scope
 *
 * Returns: the cosine
 */
TfvOutput
tfv_cos (TfvOutput x, const char *name)
{
  return tfv_op_unary ("Cos", x, name);
}
