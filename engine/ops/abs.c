/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-op-unary-private.h"
#include "engine/tfv-ops.h"

#include <math.h>

TFV_UNARY_LOOP (absolute_float, float, float, fabsf (x))
TFV_UNARY_LOOP (absolute_double, double, double, fabs (x))
TFV_UNARY_LOOP (absolute_int32, gint32, gint32, x < 0 ? -x : x)
TFV_UNARY_LOOP (absolute_int64, gint64, gint64, x < 0 ? -x : x)

static const TfvKernel absolute_kernels[] = TFV_UNARY_KERNELS (absolute);

/* Of what is not a number there is no sign. */
TFV_UNARY_LOOPS (sign, x != x ? x : (x > 0) - (x < 0))

static const TfvKernel sign_kernels[] = TFV_UNARY_KERNELS (sign);

static void
absolute_gradient (TfvOperation *operation, const TfvOutput *grads, TfvOutput *input_grads)
{
  TfvOutput x = operation->inputs[0];
  input_grads[0] = tfv_multiply (grads[0], tfv_sign (x, NULL), NULL);
}

static void
sign_gradient (TfvOperation *operation, const TfvOutput *grads, TfvOutput *input_grads)
{
  TfvOutput x = operation->inputs[0];
  input_grads[0] = tfv_zeros_like (x, NULL);
}

static const TfvOpCase absolute_cases[] = {
  { .name = "signs", .inputs = { "[4] 2 1 -2 -3" }, .expected = { "[4] 2 1 2 3" } },
  { 0 },
};

static const TfvOpCase sign_cases[] = {
  { .name = "signs", .inputs = { "[4] 2 1 -2 -3" }, .expected = { "[4] 1 1 -1 -1" } },
  { .name = "zero", .inputs = { "[] 0" }, .expected = { "[] 0" }, .flags = TFV_CASE_NO_GRADIENT },
  { .name = "not a number", .inputs = { "[2] nan -inf" }, .expected = { "[2] nan -1" }, .types = "float double", .flags = TFV_CASE_NO_GRADIENT },
  { 0 },
};

static const TfvOpDef defs[] = {
  {
      .type = "Abs",
      .inputs = { "x: T" },
      .outputs = { "y: T" },
      .attributes = { "T: {float, double, int32, int64}" },
      .flags = TFV_OP_IN_PLACE,
      .infer_shape = tfv_infer_unchanged,
      .kernels = absolute_kernels,
      .gradient = absolute_gradient,
      .cases = absolute_cases,
  },
  {
      .type = "Sign",
      .inputs = { "x: T" },
      .outputs = { "y: T" },
      .attributes = { "T: {float, double, int32, int64}" },
      .flags = TFV_OP_IN_PLACE,
      .infer_shape = tfv_infer_unchanged,
      .kernels = sign_kernels,
      .gradient = sign_gradient,
      .cases = sign_cases,
  },
};

const TfvOpFamily tfv_op_abs = TFV_OP_FAMILY (defs);

/**
 * tfv_abs: (skip)
 * @x: numbers
 * @name: (nullable): name inside the current scope
 *
 * Returns: |@x|
 */
TfvOutput
tfv_abs (TfvOutput x, const char *name)
{
  return tfv_op_unary ("Abs", x, name);
}

/**
 * tfv_sign: (skip)
 * @x: numbers
 * @name: (nullable): name inside the current scope
 *
 * Returns: -1, 0 or 1
 */
TfvOutput
tfv_sign (TfvOutput x, const char *name)
{
  return tfv_op_unary ("Sign", x, name);
}
