/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-gradient-private.h"
#include "engine/tfv-op-binary-private.h"
#include "engine/tfv-ops.h"

#include <math.h>

/* A negative power of an integer is rounded towards zero. */
static inline gint64
integer_power (gint64 x, gint64 y)
{
  gint64 result = 1;

  if (y < 0)
    return x == 1 ? 1 : x == -1 ? (y % 2 == 0 ? 1 : -1)
                                : 0;
  for (; y > 0; y >>= 1, x *= x)
    if (y & 1)
      result *= x;
  return result;
}

TFV_BINARY_LOOP (pow_float, float, float, powf (x, y))
TFV_BINARY_LOOP (pow_double, double, double, pow (x, y))
TFV_BINARY_LOOP (pow_int32, gint32, gint32, integer_power (x, y))
TFV_BINARY_LOOP (pow_int64, gint64, gint64, integer_power (x, y))

static const TfvKernel pow_kernels[] = TFV_BINARY_KERNELS (pow);

static void
pow_gradient (TfvOperation *operation, const TfvOutput *grads, TfvOutput *input_grads)
{
  TfvOutput x = operation->inputs[0];
  TfvOutput y = operation->inputs[1];
  TfvOutput z = tfv_operation_get_output (operation, 0);
  TfvOutput one = tfv_constant_like (y, 1.0);
  TfvOutput zeros = tfv_zeros_like (x, NULL);
  TfvOutput is_positive = tfv_greater (x, zeros, NULL);
  /* Where the base is not positive there is no slope by the exponent: 0. */
  TfvOutput log_x = tfv_select (is_positive, tfv_log (tfv_select (is_positive, x, tfv_ones_like (x, NULL), NULL), NULL), zeros, NULL);
  TfvOutput x_grad = tfv_multiply (grads[0], tfv_multiply (y, tfv_pow (x, tfv_subtract (y, one, NULL), NULL), NULL), NULL);
  TfvOutput y_grad = tfv_multiply (grads[0], tfv_multiply (z, log_x, NULL), NULL);

  tfv_gradient_unbroadcast (operation, x_grad, y_grad, input_grads);
}

static const TfvOpCase pow_cases[] = {
  { .name = "powers", .inputs = { "[4] 2 3 1 4", "[4] 3 2 5 1" }, .expected = { "[4] 8 9 1 4" }, .tolerance = 1e-6 },
  { .name = "scalar exponent", .inputs = { "[2] 2 3", "[] 2" }, .expected = { "[2] 4 9" }, .tolerance = 1e-6 },
  { .name = "negative integer exponents", .inputs = { "[3] 1 -1 2", "[3] -3 -3 -3" }, .expected = { "[3] 1 -1 0" }, .types = "int32 int64" },
  { 0 },
};

static const TfvOpDef defs[] = {
  {
      .type = "Pow",
      .inputs = { "x: T", "y: T" },
      .outputs = { "z: T" },
      .attributes = { "T: {float, double, int32, int64}" },
      .flags = TFV_OP_IN_PLACE,
      .infer_shape = tfv_infer_broadcast,
      .kernels = pow_kernels,
      .gradient = pow_gradient,
      .cases = pow_cases,
  },
};

const TfvOpFamily tfv_op_pow = TFV_OP_FAMILY (defs);

/**
 * tfv_pow: (skip)
 * @x: numbers
 * @y: numbers of the same type; shapes broadcast
 * @name: (nullable): name inside the current scope
 *
 * Returns: @x to the power of @y
 */
TfvOutput
tfv_pow (TfvOutput x, TfvOutput y, const char *name)
{
  return tfv_op_binary ("Pow", x, y, name);
}
