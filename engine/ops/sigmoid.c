/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-fast-math-private.h"
#include "engine/tfv-gradient-private.h"
#include "engine/tfv-op-binary-private.h"
#include "engine/tfv-op-unary-private.h"
#include "engine/tfv-ops.h"

#include <math.h>

TFV_UNARY_LOOP (sigmoid_float, float, float, tfv_fast_sigmoid (x))
TFV_UNARY_LOOP (sigmoid_double, double, double, 1.0 / (1.0 + exp (-x)))
/* Of the result y and its gradient: y (1 - y) dy. Here x is that y. */
TFV_BINARY_LOOP (sigmoid_grad_float, float, float, y *x *(1.0f - x))
TFV_BINARY_LOOP (sigmoid_grad_double, double, double, y *x *(1.0 - x))

static const TfvKernel kernels[] = TFV_UNARY_FLOAT_KERNELS (sigmoid);
static const TfvKernel grad_kernels[] = {
  TFV_BINARY_KERNEL (TFV_DATA_TYPE_FLOAT, sigmoid_grad_float),
  TFV_BINARY_KERNEL (TFV_DATA_TYPE_DOUBLE, sigmoid_grad_double),
  { 0 },
};

static void
gradient (TfvOperation *operation, const TfvOutput *grads, TfvOutput *input_grads)
{
  TfvOutput y = tfv_operation_get_output (operation, 0);

  input_grads[0] = tfv_op_binary ("SigmoidGrad", y, grads[0], NULL);
}

static void
grad_gradient (TfvOperation *operation, const TfvOutput *grads, TfvOutput *input_grads)
{
  TfvOutput y = operation->inputs[0];
  TfvOutput dy = operation->inputs[1];
  TfvOutput product = tfv_multiply (grads[0], dy, NULL);
  TfvOutput slope = tfv_subtract (tfv_constant_like (y, 1.0), tfv_multiply (tfv_constant_like (y, 2.0), y, NULL), NULL);

  input_grads[0] = tfv_multiply (product, slope, NULL);
  input_grads[1] = tfv_op_binary ("SigmoidGrad", y, grads[0], NULL);
}

static double
sigmoid (double x)
{
  return 1.0 / (1.0 + exp (-x));
}

static const TfvOpCase cases[] = {
  { .name = "ramp", .inputs = { "[101] linspace(-6,6)" }, .unary = sigmoid, .tolerance = 1e-6 },
  { .name = "ends", .inputs = { "[4] -200 200 -inf inf" }, .expected = { "[4] 0 1 0 1" }, .tolerance = 1e-30, .flags = TFV_CASE_NO_GRADIENT },
  { 0 },
};

static const TfvOpCase grad_cases[] = {
  { .name = "slope", .inputs = { "[3] 0.5 0.25 0.75", "[3] 1 2 4" }, .expected = { "[3] 0.25 0.375 0.75" } },
  { 0 },
};

static const TfvOpDef defs[] = {
  {
      .type = "Sigmoid",
      .inputs = { "x: T" },
      .outputs = { "y: T" },
      .attributes = { "T: {float, double}" },
      .flags = TFV_OP_IN_PLACE,
      .infer_shape = tfv_infer_unchanged,
      .kernels = kernels,
      .gradient = gradient,
      .cases = cases,
  },
  {
      .type = "SigmoidGrad",
      .inputs = { "y: T", "dy: T" },
      .outputs = { "z: T" },
      .attributes = { "T: {float, double}" },
      .flags = TFV_OP_IN_PLACE,
      .infer_shape = tfv_infer_broadcast,
      .kernels = grad_kernels,
      .gradient = grad_gradient,
      .cases = grad_cases,
  },
};

const TfvOpFamily tfv_op_sigmoid = TFV_OP_FAMILY (defs);

/**
 * tfv_sigmoid: (skip)
 * @x: floating-point numbers
 * @name: (nullable): name inside the current scope
 *
 * Returns: 1 / (1 + exp (−@x))
 */
TfvOutput
tfv_sigmoid (TfvOutput x, const char *name)
{
  return tfv_op_unary ("Sigmoid", x, name);
}
