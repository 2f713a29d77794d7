/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-op-binary-private.h"
#include "engine/tfv-op-unary-private.h"
#include "engine/tfv-ops.h"

TFV_UNARY_LOOP (relu_float, float, float, x < 0.0f ? 0.0f : x)
TFV_UNARY_LOOP (relu_double, double, double, x < 0.0 ? 0.0 : x)
/* Of the gradient x and the features y. */
TFV_BINARY_LOOP (relu_grad_float, float, float, y > 0.0f ? x : 0.0f)
TFV_BINARY_LOOP (relu_grad_double, double, double, y > 0.0 ? x : 0.0)

static const TfvKernel kernels[] = TFV_UNARY_FLOAT_KERNELS (relu);
static const TfvKernel grad_kernels[] = {
  TFV_BINARY_KERNEL (TFV_DATA_TYPE_FLOAT, relu_grad_float),
  TFV_BINARY_KERNEL (TFV_DATA_TYPE_DOUBLE, relu_grad_double),
  { 0 },
};

static void
gradient (TfvOperation *operation, const TfvOutput *grads, TfvOutput *input_grads)
{
  TfvOutput y = tfv_operation_get_output (operation, 0);

  input_grads[0] = tfv_op_binary ("ReluGrad", grads[0], y, NULL);
}

static void
grad_gradient (TfvOperation *operation, const TfvOutput *grads, TfvOutput *input_grads)
{
  TfvOutput features = operation->inputs[1];

  input_grads[0] = tfv_op_binary ("ReluGrad", grads[0], features, NULL);
  input_grads[1] = tfv_zeros_like (features, NULL);
}

static const TfvOpCase cases[] = {
  { .name = "signs", .inputs = { "[5] -2 -1 1 2 3" }, .expected = { "[5] 0 0 1 2 3" } },
  { .name = "not a number", .inputs = { "[2] nan 0" }, .expected = { "[2] nan 0" }, .flags = TFV_CASE_NO_GRADIENT },
  { 0 },
};

static const TfvOpCase grad_cases[] = {
  { .name = "signs", .inputs = { "[4] 1 2 3 4", "[4] -1 1 2 -2" }, .expected = { "[4] 0 2 3 0" } },
  { .name = "zero has no slope", .inputs = { "[1] 1", "[1] 0" }, .expected = { "[1] 0" }, .flags = TFV_CASE_NO_GRADIENT },
  { 0 },
};

static const TfvOpDef defs[] = {
  {
      .type = "Relu",
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
      .type = "ReluGrad",
      .inputs = { "gradients: T", "features: T" },
      .outputs = { "z: T" },
      .attributes = { "T: {float, double}" },
      .flags = TFV_OP_IN_PLACE,
      .infer_shape = tfv_infer_broadcast,
      .kernels = grad_kernels,
      .gradient = grad_gradient,
      .cases = grad_cases,
  },
};

const TfvOpFamily tfv_op_relu = TFV_OP_FAMILY (defs);

/**
 * tfv_relu: (skip)
 * @x: floating-point numbers
 * @name: (nullable): name inside the current scope
 *
 * Returns: @x where it is positive, else 0
 */
TfvOutput
tfv_relu (TfvOutput x, const char *name)
{
  return tfv_op_unary ("Relu", x, name);
}
