/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-inference-private.h"
#include "engine/tfv-kernel-private.h"
#include "engine/tfv-op-builder.h"
#include "engine/tfv-ops.h"

static void
infer_shape (TfvInference *inference)
{
  TfvTensor *value = tfv_operation_get_attr_tensor (inference->operation, "value");

  if (tfv_tensor_get_dtype (value) != tfv_operation_get_attr_type (inference->operation, "dtype"))
    {
      tfv_inference_fail (inference, "attribute 'value' is not of type 'dtype'");
      return;
    }
  inference->outputs[0] = *tfv_tensor_get_shape (value);
  tfv_inference_take_value (inference, 0, tfv_tensor_ref (value));
}

static void
compute (TfvKernelContext *context)
{
  tfv_kernel_take_output (context, 0, tfv_tensor_ref (tfv_operation_get_attr_tensor (context->operation, "value")));
}

static const TfvKernel kernels[] = { { .compute = compute }, { 0 } };

static const TfvOpDef defs[] = {
  {
      .type = "Const",
      .outputs = { "output: dtype" },
      .attributes = { "value: tensor", "dtype: type" },
      .infer_shape = infer_shape,
      .kernels = kernels,
  },
};

const TfvOpFamily tfv_op_const = TFV_OP_FAMILY (defs);

/**
 * tfv_constant: (skip)
 * @graph: a graph
 * @value: (transfer none): a tensor, which must not change any more
 * @name: (nullable): name inside the current scope
 *
 * Adds a tensor with a fixed value.
 *
 * Returns: the tensor
 */
TfvOutput
tfv_constant (TfvGraph *graph, TfvTensor *value, const char *name)
{
  TfvOpBuilder *builder = tfv_op_builder_new (graph, "Const", name);

  tfv_op_builder_set_tensor (builder, "value", value);
  tfv_op_builder_set_type (builder, "dtype", tfv_tensor_get_dtype (value));
  return tfv_op_builder_finish_output (builder);
}

/**
 * tfv_constant_float: (skip)
 * @graph: a graph
 * @value: a number
 * @name: (nullable): name inside the current scope
 *
 * Returns: a float32 scalar with a fixed value
 */
TfvOutput
tfv_constant_float (TfvGraph *graph, float value, const char *name)
{
  g_autoptr (TfvTensor) tensor = tfv_tensor_new_float (value);

  return tfv_constant (graph, tensor, name);
}

/**
 * tfv_constant_double: (skip)
 * @graph: a graph
 * @value: a number
 * @name: (nullable): name inside the current scope
 *
 * Returns: a float64 scalar with a fixed value
 */
TfvOutput
tfv_constant_double (TfvGraph *graph, double value, const char *name)
{
  g_autoptr (TfvTensor) tensor = tfv_tensor_new_double (value);

  return tfv_constant (graph, tensor, name);
}

/**
 * tfv_constant_int32: (skip)
 * @graph: a graph
 * @value: a number
 * @name: (nullable): name inside the current scope
 *
 * Returns: an int32 scalar with a fixed value
 */
TfvOutput
tfv_constant_int32 (TfvGraph *graph, gint32 value, const char *name)
{
  g_autoptr (TfvTensor) tensor = tfv_tensor_new_int32 (value);

  return tfv_constant (graph, tensor, name);
}

/**
 * tfv_constant_int64: (skip)
 * @graph: a graph
 * @value: a number
 * @name: (nullable): name inside the current scope
 *
 * Returns: an int64 scalar with a fixed value
 */
TfvOutput
tfv_constant_int64 (TfvGraph *graph, gint64 value, const char *name)
{
  g_autoptr (TfvTensor) tensor = tfv_tensor_new_int64 (value);

  return tfv_constant (graph, tensor, name);
}

/**
 * tfv_constant_string: (skip)
 * @graph: a graph
 * @value: a string
 * @name: (nullable): name inside the current scope
 *
 * Returns: a string scalar with a fixed value
 */
TfvOutput
tfv_constant_string (TfvGraph *graph, const char *value, const char *name)
{
  g_autoptr (TfvTensor) tensor = tfv_tensor_new_string (value);

  return tfv_constant (graph, tensor, name);
}

/**
 * tfv_constant_int32_vector: (skip)
 * @graph: a graph
 * @values: (array length=n_values): numbers: axes say
 * @n_values: how many there are
 * @name: (nullable): name inside the current scope
 *
 * Returns: an int32 vector with a fixed value
 */
TfvOutput
tfv_constant_int32_vector (TfvGraph *graph, const gint32 *values, guint n_values, const char *name)
{
  g_autoptr (TfvTensor) tensor = tfv_tensor_new_from_data (TFV_DATA_TYPE_INT32, TFV_SHAPE ((gint64) n_values), values);

  return tfv_constant (graph, tensor, name);
}

/**
 * tfv_constant_shape: (skip)
 * @graph: a graph
 * @shape: a shape of known rank
 * @name: (nullable): name inside the current scope
 *
 * Returns: an int32 vector with the sizes, as operations that take a shape
 *   want it
 */
TfvOutput
tfv_constant_shape (TfvGraph *graph, TfvShape shape, const char *name)
{
  gint32 sizes[TFV_SHAPE_MAX_RANK];

  g_return_val_if_fail (shape.rank >= 0, TFV_OUTPUT_NONE);

  for (int i = 0; i < shape.rank; i++)
    sizes[i] = (gint32) shape.dims[i];
  return tfv_constant_int32_vector (graph, sizes, (guint) shape.rank, name);
}
