/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-gradient-private.h"
#include "engine/tfv-op-unary-private.h"
#include "engine/tfv-ops.h"

TFV_UNARY_LOOPS (square, x *x)

static const TfvKernel square_kernels[] = TFV_UNARY_KERNELS (square);

static void
square_gradient (TfvOperation *operation, const TfvOutput *grads, TfvOutput *input_grads)
{
  TfvOutput x = operation->inputs[0];
  input_grads[0] = tfv_multiply (grads[0], tfv_multiply (tfv_constant_like (x, 2.0), x, NULL), NULL);
}

static const TfvOpCase square_cases[] = {
  { .name = "signs", .inputs = { "[4] 0 1 -2 3" }, .expected = { "[4] 0 1 4 9" } },
  { 0 },
};

static const TfvOpDef defs[] = {
  {
      .type = "Square",
      .inputs = { "x: T" },
      .outputs = { "y: T" },
      .attributes = { "T: {float, double, int32, int64}" },
      .flags = TFV_OP_IN_PLACE,
      .infer_shape = tfv_infer_unchanged,
      .kernels = square_kernels,
      .gradient = square_gradient,
      .cases = square_cases,
  },
};

const TfvOpFamily tfv_op_square = TFV_OP_FAMILY (defs);

/**
 * tfv_square: (skip)
 * @x: numbers
 * @name: (nullable): name inside the current scope
 *
 * Returns: @x · @x
 */
TfvOutput
tfv_square (TfvOutput x, const char *name)
{
  return tfv_op_unary ("Square", x, name);
}
