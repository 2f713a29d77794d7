/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-inference-private.h"
#include "engine/tfv-kernel-private.h"
#include "engine/tfv-op-builder.h"
#include "engine/tfv-ops.h"

static void
compute (TfvKernelContext *context)
{
}

static const TfvKernel kernels[] = { { .compute = compute }, { 0 } };

static const TfvOpDef defs[] = {
  { .type = "NoOp", .flags = TFV_OP_STATEFUL, .infer_shape = tfv_infer_none, .kernels = kernels },
};

const TfvOpFamily tfv_op_no_op = TFV_OP_FAMILY (defs);

/**
 * tfv_no_op: (skip)
 * @graph: a graph
 * @name: (nullable): name inside the current scope
 *
 * Adds an operation that does nothing but wait for its control inputs.
 *
 * Returns: (transfer none) (nullable): the operation
 */
TfvOperation *
tfv_no_op (TfvGraph *graph, const char *name)
{
  return tfv_op_builder_finish (tfv_op_builder_new (graph, "NoOp", name));
}

/**
 * tfv_group: (skip)
 * @graph: a graph
 * @operations: (array length=n_operations): operations
 * @n_operations: how many there are
 * @name: (nullable): name inside the current scope; %NULL is "group_deps"
 *
 * Adds an operation whose run runs all of several others.
 *
 * Returns: (transfer none) (nullable): the operation
 */
TfvOperation *
tfv_group (TfvGraph *graph, TfvOperation *const *operations, guint n_operations, const char *name)
{
  TfvOpBuilder *builder = tfv_op_builder_new (graph, "NoOp", name != NULL ? name : "group_deps");

  for (guint i = 0; i < n_operations; i++)
    tfv_op_builder_add_control_input (builder, operations[i]);
  return tfv_op_builder_finish (builder);
}
