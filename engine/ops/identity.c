/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-inference-private.h"
#include "engine/tfv-kernel-private.h"
#include "engine/tfv-op-unary-private.h"
#include "engine/tfv-ops.h"

static void
compute (TfvKernelContext *context)
{
  tfv_kernel_take_output (context, 0, tfv_tensor_ref (context->inputs[0]));
}

static void
gradient (TfvOperation *operation, const TfvOutput *grads, TfvOutput *input_grads)
{
  input_grads[0] = grads[0];
}

static const TfvKernel kernels[] = { { .compute = compute }, { 0 } };

static const TfvOpCase cases[] = {
  { .name = "hands on its input", .inputs = { "[2,2] 1 2 3 4" }, .expected = { "[2,2] 1 2 3 4" } },
  { 0 },
};

static const TfvOpCase stop_cases[] = {
  { .name = "hands on its input", .inputs = { "[3] 1 2 3" }, .expected = { "[3] 1 2 3" }, .flags = TFV_CASE_NO_GRADIENT },
  { 0 },
};

static const TfvOpDef defs[] = {
  {
      .type = "Identity",
      .inputs = { "input: T" },
      .outputs = { "output: T" },
      .attributes = { "T: type" },
      .flags = TFV_OP_ALIASES_INPUT | TFV_OP_PASSES_INPUT,
      .infer_shape = tfv_infer_unchanged,
      .kernels = kernels,
      .gradient = gradient,
      .cases = cases,
  },
  {
      .type = "StopGradient",
      .inputs = { "input: T" },
      .outputs = { "output: T" },
      .attributes = { "T: type" },
      .flags = TFV_OP_ALIASES_INPUT | TFV_OP_PASSES_INPUT | TFV_OP_NO_GRADIENT,
      .infer_shape = tfv_infer_unchanged,
      .kernels = kernels,
      .cases = stop_cases,
  },
};

const TfvOpFamily tfv_op_identity = TFV_OP_FAMILY (defs);

/**
 * tfv_identity: (skip)
 * @input: any tensor. Of a variable it is what its "read" gives, which may come
 *   before an update that this operation waits for; what gives the value after
 *   an update is the update's own output
 * @name: (nullable): name inside the current scope
 *
 * Returns: the same tensor
 */
TfvOutput
tfv_identity (TfvOutput input, const char *name)
{
  return tfv_op_unary ("Identity", input, name);
}

/**
 * tfv_stop_gradient: (skip)
 * @input: any tensor
 * @name: (nullable): name inside the current scope
 *
 * Returns: the same tensor, as a constant to gradients
 */
TfvOutput
tfv_stop_gradient (TfvOutput input, const char *name)
{
  return tfv_op_unary ("StopGradient", input, name);
}
