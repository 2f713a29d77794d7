/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-gradient-private.h"
#include "engine/tfv-op-binary-private.h"
#include "engine/tfv-ops.h"

TFV_BINARY_LOOPS (add, x + y)
TFV_BINARY_LOOPS (subtract, x - y)

static const TfvKernel add_kernels[] = TFV_BINARY_KERNELS (add);
static const TfvKernel subtract_kernels[] = TFV_BINARY_KERNELS (subtract);

static void
add_gradient (TfvOperation *operation, const TfvOutput *grads, TfvOutput *input_grads)
{
  tfv_gradient_unbroadcast (operation, grads[0], grads[0], input_grads);
}

static void
subtract_gradient (TfvOperation *operation, const TfvOutput *grads, TfvOutput *input_grads)
{
  tfv_gradient_unbroadcast (operation, grads[0], tfv_negate (grads[0], NULL), input_grads);
}

static const TfvOpCase add_cases[] = {
  { .name = "equal shapes", .inputs = { "[2,2] 1 2 3 4", "[2,2] 10 20 30 40" }, .expected = { "[2,2] 11 22 33 44" } },
  { .name = "scalar", .inputs = { "[3] 1 2 3", "[] 10" }, .expected = { "[3] 11 12 13" } },
  { .name = "row", .inputs = { "[2,3] 1 2 3 4 5 6", "[3] 10 20 30" }, .expected = { "[2,3] 11 22 33 14 25 36" } },
  { .name = "column and row", .inputs = { "[2,1] 1 2", "[1,3] 10 20 30" }, .expected = { "[2,3] 11 21 31 12 22 32" } },
  { .name = "middle", .inputs = { "[2,1,2] 1 2 3 4", "[2,2,1] 10 20 30 40" }, .expected = { "[2,2,2] 11 12 21 22 33 34 43 44" } },
  { .name = "nothing", .inputs = { "[0,3]", "[3] 1 2 3" }, .expected = { "[0,3]" } },
  { .name = "vector tails", .inputs = { "[1037] linspace(-5,5)", "[1037] linspace(3,2)" }, .expected = { "[1037] linspace(-2,7)" }, .types = "float double", .tolerance = 1e-5 },
  { .name = "shapes that do not fit", .inputs = { "[2] 1", "[3] 1" }, .error = "can't be broadcast" },
  { 0 },
};

static const TfvOpCase subtract_cases[] = {
  { .name = "row", .inputs = { "[2,2] 1 2 3 4", "[2] 3 1" }, .expected = { "[2,2] -2 1 0 3" } },
  { .name = "scalar first", .inputs = { "[] 1", "[3] 1 2 3" }, .expected = { "[3] 0 -1 -2" } },
  { 0 },
};

#define DEF(op_type, op_kernels, op_gradient, op_cases)                             \
  {                                                                                 \
    .type = op_type, .inputs = { "x: T", "y: T" }, .outputs = { "z: T" },           \
    .attributes = { "T: {float, double, int32, int64}" }, .flags = TFV_OP_IN_PLACE, \
    .infer_shape = tfv_infer_broadcast, .kernels = op_kernels,                      \
    .gradient = op_gradient, .cases = op_cases,                                     \
  }

static const TfvOpDef defs[] = {
  DEF ("Add", add_kernels, add_gradient, add_cases),
  DEF ("AddV2", add_kernels, add_gradient, add_cases),
  DEF ("Sub", subtract_kernels, subtract_gradient, subtract_cases),
};

const TfvOpFamily tfv_op_add = TFV_OP_FAMILY (defs);

/**
 * tfv_add: (skip)
 * @x: numbers
 * @y: numbers of the same type; shapes broadcast
 * @name: (nullable): name inside the current scope
 *
 * Returns: @x + @y
 */
TfvOutput
tfv_add (TfvOutput x, TfvOutput y, const char *name)
{
  return tfv_op_binary ("Add", x, y, name);
}

/**
 * tfv_subtract: (skip)
 * @x: numbers
 * @y: numbers of the same type; shapes broadcast
 * @name: (nullable): name inside the current scope
 *
 * Returns: @x − @y
 */
TfvOutput
tfv_subtract (TfvOutput x, TfvOutput y, const char *name)
{
  return tfv_op_binary ("Sub", x, y, name);
}
