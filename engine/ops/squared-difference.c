/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-gradient-private.h"
#include "engine/tfv-op-binary-private.h"
#include "engine/tfv-ops.h"

TFV_BINARY_LOOPS (squared_difference, (x - y) * (x - y))

static const TfvKernel squared_difference_kernels[] = TFV_BINARY_KERNELS (squared_difference);

static void
squared_difference_gradient (TfvOperation *operation, const TfvOutput *grads, TfvOutput *input_grads)
{
  TfvOutput x = operation->inputs[0];
  TfvOutput y = operation->inputs[1];
  TfvOutput twice = tfv_multiply (grads[0], tfv_constant_like (grads[0], 2.0), NULL);
  TfvOutput x_grad = tfv_multiply (twice, tfv_subtract (x, y, NULL), NULL);

  tfv_gradient_unbroadcast (operation,
                            x_grad,
                            tfv_negate (x_grad, NULL),
                            input_grads);
}

static const TfvOpCase squared_difference_cases[] = {
  { .name = "row", .inputs = { "[2,2] 1 2 3 4", "[2] 3 -1" }, .expected = { "[2,2] 4 9 0 25" } },
  { 0 },
};

static const TfvOpDef defs[] = {
  {
      .type = "SquaredDifference",
      .inputs = { "x: T", "y: T" },
      .outputs = { "z: T" },
      .attributes = { "T: {float, double, int32, int64}" },
      .flags = TFV_OP_IN_PLACE,
      .infer_shape = tfv_infer_broadcast,
      .kernels = squared_difference_kernels,
      .gradient = squared_difference_gradient,
      .cases = squared_difference_cases,
  },
};

const TfvOpFamily tfv_op_squared_difference = TFV_OP_FAMILY (defs);

/**
 * tfv_squared_difference: (skip)
 * @x: numbers
 * @y: numbers of the same type; shapes broadcast
 * @name: (nullable): name inside the current scope
 *
 * Returns: the square of @x − @y
 */
TfvOutput
tfv_squared_difference (TfvOutput x, TfvOutput y, const char *name)
{
  return tfv_op_binary ("SquaredDifference", x, y, name);
}
