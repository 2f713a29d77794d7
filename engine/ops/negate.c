/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-op-unary-private.h"
#include "engine/tfv-ops.h"

TFV_UNARY_LOOPS (negate, -x)

static const TfvKernel negate_kernels[] = TFV_UNARY_KERNELS (negate);

static void
negate_gradient (TfvOperation *operation, const TfvOutput *grads, TfvOutput *input_grads)
{
  input_grads[0] = tfv_negate (grads[0], NULL);
}

static const TfvOpCase negate_cases[] = {
  { .name = "signs", .inputs = { "[4] 0 1 -2 3" }, .expected = { "[4] 0 -1 2 -3" } },
  { 0 },
};

static const TfvOpDef defs[] = {
  {
      .type = "Neg",
      .inputs = { "x: T" },
      .outputs = { "y: T" },
      .attributes = { "T: {float, double, int32, int64}" },
      .flags = TFV_OP_IN_PLACE,
      .infer_shape = tfv_infer_unchanged,
      .kernels = negate_kernels,
      .gradient = negate_gradient,
      .cases = negate_cases,
  },
};

const TfvOpFamily tfv_op_negate = TFV_OP_FAMILY (defs);

/**
 * tfv_negate: (skip)
 * @x: numbers
 * @name: (nullable): name inside the current scope
 *
 * Returns: −@x
 */
TfvOutput
tfv_negate (TfvOutput x, const char *name)
{
  return tfv_op_unary ("Neg", x, name);
}
