/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-op-binary-private.h"
#include "engine/tfv-ops.h"

/* AssignAdd and AssignSub: in place, under the variable's lock. */

static void
infer_update (TfvInference *inference)
{
  if (!tfv_shape_merge (&inference->inputs[0], &inference->inputs[1], &inference->outputs[0]))
    {
      g_autofree char *variable = tfv_shape_to_string (&inference->inputs[0]);
      g_autofree char *value = tfv_shape_to_string (&inference->inputs[1]);

      tfv_inference_fail (inference, "a variable of shape %s can't be updated by a value of shape %s", variable, value);
    }
}

static void
compute (TfvKernelContext *context)
{
  TfvBinaryLoop loop = (TfvBinaryLoop) context->data;
  TfvTensor    *value = context->inputs[1];
  TfvTensor    *variable = tfv_variable_state_begin_update (context->variables[0]);

  if (variable == NULL)
    {
      const char *name = tfv_operation_get_name (tfv_operation_get_input (context->operation, 0).operation);

      tfv_kernel_fail (context, TFV_ENGINE_ERROR_FAILED_PRECONDITION, "Attempting to use uninitialized value %s", name);
      return;
    }
  if (!tfv_tensor_has_shape (variable, &value->shape))
    tfv_kernel_fail (context, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "the variable and the value differ in shape");
  else if (value->n_elements > 0)
    loop (variable->data, TRUE, value->data, TRUE, variable->data, value->n_elements);
  tfv_variable_state_end_update (context->variables[0]);
}

TFV_BINARY_LOOPS (add, x + y)
TFV_BINARY_LOOPS (subtract, x - y)

#define UPDATE_KERNELS(name)                                                                 \
  {                                                                                          \
    { TFV_DEVICE_CPU, TFV_DATA_TYPE_FLOAT, compute, (const void *) name##_float },           \
        { TFV_DEVICE_CPU, TFV_DATA_TYPE_DOUBLE, compute, (const void *) name##_double },     \
        { TFV_DEVICE_CPU, TFV_DATA_TYPE_INT32, compute, (const void *) name##_int32 },       \
        { TFV_DEVICE_CPU, TFV_DATA_TYPE_INT64, compute, (const void *) name##_int64 }, { 0 } \
  }

static const TfvKernel add_kernels[] = UPDATE_KERNELS (add);
static const TfvKernel subtract_kernels[] = UPDATE_KERNELS (subtract);

#define UPDATE_DEF(op_type, op_kernels)                                                \
  {                                                                                    \
    .type = op_type, .inputs = { "ref: Ref(T)", "value: T" },                          \
    .outputs = { "output_ref: Ref(T)" },                                               \
    .attributes = { "T: {float, double, int32, int64}", "use_locking: bool = false" }, \
    .flags = TFV_OP_STATEFUL | TFV_OP_NO_GRADIENT, .infer_shape = infer_update,        \
    .kernels = op_kernels,                                                             \
  }

static const TfvOpDef defs[] = {
  UPDATE_DEF ("AssignAdd", add_kernels),
  UPDATE_DEF ("AssignSub", subtract_kernels),
};

const TfvOpFamily tfv_op_assign_update = TFV_OP_FAMILY (defs);

/**
 * tfv_assign_add: (skip)
 * @variable: a variable
 * @value: what to add to it, of its shape
 * @name: (nullable): name inside the current scope
 *
 * Adds an operation that adds to a variable.
 *
 * Returns: the variable, after that
 */
TfvOutput
tfv_assign_add (TfvOutput variable, TfvOutput value, const char *name)
{
  return tfv_op_binary ("AssignAdd", variable, value, name);
}

/**
 * tfv_assign_sub: (skip)
 * @variable: a variable
 * @value: what to subtract from it, of its shape
 * @name: (nullable): name inside the current scope
 *
 * Adds an operation that subtracts from a variable.
 *
 * Returns: the variable, after that
 */
TfvOutput
tfv_assign_sub (TfvOutput variable, TfvOutput value, const char *name)
{
  return tfv_op_binary ("AssignSub", variable, value, name);
}
