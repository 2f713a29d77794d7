/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-gradient-private.h"
#include "engine/tfv-op-binary-private.h"
#include "engine/tfv-ops.h"

TFV_BINARY_LOOPS (multiply, x *y)

static const TfvKernel multiply_kernels[] = TFV_BINARY_KERNELS (multiply);

static void
multiply_gradient (TfvOperation *operation, const TfvOutput *grads, TfvOutput *input_grads)
{
  TfvOutput x = operation->inputs[0];
  TfvOutput y = operation->inputs[1];
  tfv_gradient_unbroadcast (operation,
                            tfv_multiply (grads[0], y, NULL),
                            tfv_multiply (x, grads[0], NULL),
                            input_grads);
}

static const TfvOpCase multiply_cases[] = {
  { .name = "row", .inputs = { "[2,2] 1 2 3 4", "[2] 3 -1" }, .expected = { "[2,2] 3 -2 9 -4" } },
  { .name = "scalar", .inputs = { "[3] 1 2 3", "[] 2" }, .expected = { "[3] 2 4 6" } },
  { 0 },
};

static const TfvOpDef defs[] = {
  {
      .type = "Mul",
      .inputs = { "x: T", "y: T" },
      .outputs = { "z: T" },
      .attributes = { "T: {float, double, int32, int64}" },
      .flags = TFV_OP_IN_PLACE,
      .infer_shape = tfv_infer_broadcast,
      .kernels = multiply_kernels,
      .gradient = multiply_gradient,
      .cases = multiply_cases,
  },
};

const TfvOpFamily tfv_op_multiply = TFV_OP_FAMILY (defs);

/**
 * tfv_multiply: (skip)
 * @x: numbers
 * @y: numbers of the same type; shapes broadcast
 * @name: (nullable): name inside the current scope
 *
 * Returns: @x · @y
 */
TfvOutput
tfv_multiply (TfvOutput x, TfvOutput y, const char *name)
{
  return tfv_op_binary ("Mul", x, y, name);
}
