/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-inference-private.h"
#include "engine/tfv-kernel-private.h"
#include "engine/tfv-op-builder.h"
#include "engine/tfv-ops.h"

static void
infer_shape (TfvInference *inference)
{
  inference->outputs[0] = tfv_operation_get_attr_shape (inference->operation, "shape");
}

/* Runs only where nobody fed it. */
static void
compute (TfvKernelContext *context)
{
  TfvShape         shape = tfv_operation_get_attr_shape (context->operation, "shape");
  g_autofree char *text = tfv_shape_to_string (&shape);

  tfv_kernel_fail (context,
                   TFV_ENGINE_ERROR_INVALID_ARGUMENT,
                   "You must feed a value for placeholder tensor '%s' with dtype %s and shape %s",
                   tfv_operation_get_name (context->operation),
                   tfv_data_type_to_string (tfv_operation_get_attr_type (context->operation, "dtype")),
                   text);
}

static const TfvKernel kernels[] = { { .compute = compute }, { 0 } };

static const TfvOpDef defs[] = {
  {
      .type = "Placeholder",
      .outputs = { "output: dtype" },
      .attributes = { "dtype: type", "shape: shape = <unknown>" },
      .flags = TFV_OP_STATEFUL,
      .infer_shape = infer_shape,
      .kernels = kernels,
  },
};

const TfvOpFamily tfv_op_placeholder = TFV_OP_FAMILY (defs);

/**
 * tfv_placeholder: (skip)
 * @graph: a graph
 * @dtype: type of the values to come
 * @shape: what is known of their shape
 * @name: (nullable): name inside the current scope
 *
 * Adds a tensor that a run must feed where it needs it.
 *
 * Returns: the tensor
 */
TfvOutput
tfv_placeholder (TfvGraph *graph, TfvDataType dtype, TfvShape shape, const char *name)
{
  TfvOpBuilder *builder = tfv_op_builder_new (graph, "Placeholder", name);

  tfv_op_builder_set_type (builder, "dtype", dtype);
  tfv_op_builder_set_shape (builder, "shape", shape);
  return tfv_op_builder_finish_output (builder);
}
