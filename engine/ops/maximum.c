/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-gradient-private.h"
#include "engine/tfv-op-binary-private.h"
#include "engine/tfv-ops.h"

/* What is not a number stays that. */
TFV_BINARY_LOOPS (maximum, x > y || x != x ? x : y)

static const TfvKernel maximum_kernels[] = TFV_BINARY_KERNELS (maximum);

TFV_BINARY_LOOPS (minimum, x < y || x != x ? x : y)

static const TfvKernel minimum_kernels[] = TFV_BINARY_KERNELS (minimum);

static void
maximum_gradient (TfvOperation *operation, const TfvOutput *grads, TfvOutput *input_grads)
{
  TfvOutput x = operation->inputs[0];
  TfvOutput y = operation->inputs[1];
  TfvOutput zeros = tfv_zeros_like (grads[0], NULL);
  TfvOutput chosen = tfv_greater_equal (x, y, NULL);

  tfv_gradient_unbroadcast (operation,
                            tfv_select (chosen, grads[0], zeros, NULL),
                            tfv_select (chosen, zeros, grads[0], NULL),
                            input_grads);
}

static void
minimum_gradient (TfvOperation *operation, const TfvOutput *grads, TfvOutput *input_grads)
{
  TfvOutput x = operation->inputs[0];
  TfvOutput y = operation->inputs[1];
  TfvOutput zeros = tfv_zeros_like (grads[0], NULL);
  TfvOutput chosen = tfv_less_equal (x, y, NULL);

  tfv_gradient_unbroadcast (operation,
                            tfv_select (chosen, grads[0], zeros, NULL),
                            tfv_select (chosen, zeros, grads[0], NULL),
                            input_grads);
}

static const TfvOpCase maximum_cases[] = {
  { .name = "not a number", .inputs = { "[3] nan 1 2", "[3] 1 nan 3" }, .expected = { "[3] nan nan 3" }, .types = "float double", .flags = TFV_CASE_NO_GRADIENT },
  { .name = "row", .inputs = { "[2,2] 1 5 3 4", "[2] 2 3" }, .expected = { "[2,2] 2 5 3 4" } },
  { 0 },
};

static const TfvOpCase minimum_cases[] = {
  { .name = "not a number", .inputs = { "[3] nan 1 2", "[3] 1 nan 3" }, .expected = { "[3] nan nan 2" }, .types = "float double", .flags = TFV_CASE_NO_GRADIENT },
  { .name = "row", .inputs = { "[2,2] 1 5 3 4", "[2] 2 3" }, .expected = { "[2,2] 1 3 2 3" } },
  { 0 },
};

static const TfvOpDef defs[] = {
  {
      .type = "Maximum",
      .inputs = { "x: T", "y: T" },
      .outputs = { "z: T" },
      .attributes = { "T: {float, double, int32, int64}" },
      .flags = TFV_OP_IN_PLACE,
      .infer_shape = tfv_infer_broadcast,
      .kernels = maximum_kernels,
      .gradient = maximum_gradient,
      .cases = maximum_cases,
  },
  {
      .type = "Minimum",
      .inputs = { "x: T", "y: T" },
      .outputs = { "z: T" },
      .attributes = { "T: {float, double, int32, int64}" },
      .flags = TFV_OP_IN_PLACE,
      .infer_shape = tfv_infer_broadcast,
      .kernels = minimum_kernels,
      .gradient = minimum_gradient,
      .cases = minimum_cases,
  },
};

const TfvOpFamily tfv_op_maximum = TFV_OP_FAMILY (defs);

/**
 * tfv_maximum: (skip)
 * @x: numbers
 * @y: numbers of the same type; shapes broadcast
 * @name: (nullable): name inside the current scope
 *
 * Returns: the greater of both
 */
TfvOutput
tfv_maximum (TfvOutput x, TfvOutput y, const char *name)
{
  return tfv_op_binary ("Maximum", x, y, name);
}

/**
 * tfv_minimum: (skip)
 * @x: numbers
 * @y: numbers of the same type; shapes broadcast
 * @name: (nullable): name inside the current scope
 *
 * Returns: the smaller of both
 */
TfvOutput
tfv_minimum (TfvOutput x, TfvOutput y, const char *name)
{
  return tfv_op_binary ("Minimum", x, y, name);
}
