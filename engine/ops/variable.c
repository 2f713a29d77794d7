/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-inference-private.h"
#include "engine/tfv-kernel-private.h"
#include "engine/tfv-op-builder.h"
#include "engine/tfv-ops.h"

#include <string.h>

static void
infer_variable (TfvInference *inference)
{
  inference->outputs[0] = tfv_operation_get_attr_shape (inference->operation, "shape");
}

static void
infer_update (TfvInference *inference)
{
  if (!tfv_shape_merge (&inference->inputs[0], &inference->inputs[1], &inference->outputs[0]))
    {
      g_autofree char *variable = tfv_shape_to_string (&inference->inputs[0]);
      g_autofree char *value = tfv_shape_to_string (&inference->inputs[1]);

      tfv_inference_fail (inference, "a variable of shape %s can't take a value of shape %s", variable, value);
    }
}

static gpointer
resource_new (const TfvOperation *operation)
{
  return tfv_variable_state_new ();
}

static void
resource_free (gpointer resource)
{
  tfv_variable_state_free (resource);
}

/* The reference is known to the plan: nothing is left to do. */
static void
compute_variable (TfvKernelContext *context)
{
}

/* Takes over the value's memory where nobody else has it, and else a copy: the
 * value may lie in the run's arena, or be fed. */
static void
compute_assign (TfvKernelContext *context)
{
  TfvVariableState *variable = context->variables[0];
  TfvTensor        *value = context->inputs[1];
  TfvShape          shape = tfv_output_get_shape (context->operation->inputs[0]);

  /* The plan has looked already, but for a value whose shape only the run tells. */
  if (!tfv_shape_is_compatible (&shape, &value->shape))
    {
      g_autofree char *from = tfv_shape_to_string (&value->shape);
      g_autofree char *to = tfv_shape_to_string (&shape);

      tfv_kernel_fail (context, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "a variable of shape %s can't take a value of shape %s", to, from);
      return;
    }
  if (context->may_forward[1] && tfv_tensor_is_sole_owner (value))
    {
      tfv_variable_state_take_value (variable, tfv_tensor_ref (value));
      return;
    }
  tfv_variable_state_take_value (variable, tfv_tensor_copy (value));
}

static void
compute_is_initialized (TfvKernelContext *context)
{
  TfvShape              scalar = tfv_shape_scalar ();
  TfvTensor            *output = tfv_kernel_allocate_output (context, 0, &scalar);
  g_autoptr (TfvTensor) value = tfv_variable_state_dup_value (context->variables[0]);

  if (output != NULL)
    *(guint8 *) output->data = value != NULL;
}

static const TfvKernel variable_kernels[] = { { .compute = compute_variable }, { 0 } };
static const TfvKernel assign_kernels[] = { { .compute = compute_assign }, { 0 } };
static const TfvKernel is_initialized_kernels[] = { { .compute = compute_is_initialized }, { 0 } };

static const TfvOpDef defs[] = {
  {
      .type = "VariableV2",
      .outputs = { "ref: Ref(dtype)" },
      .attributes = { "shape: shape", "dtype: type", "container: string = ''", "shared_name: string = ''" },
      .flags = TFV_OP_STATEFUL,
      .infer_shape = infer_variable,
      .kernels = variable_kernels,
      .resource_new = resource_new,
      .resource_free = resource_free,
  },
  {
      .type = "Assign",
      .inputs = { "ref: Ref(T)", "value: T" },
      .outputs = { "output_ref: Ref(T)" },
      .attributes = { "T: type", "validate_shape: bool = true", "use_locking: bool = true" },
      .flags = TFV_OP_STATEFUL | TFV_OP_NO_GRADIENT,
      .infer_shape = infer_update,
      .kernels = assign_kernels,
  },
  {
      .type = "IsVariableInitialized",
      .inputs = { "ref: Ref(dtype)" },
      .outputs = { "is_initialized: bool" },
      .attributes = { "dtype: type" },
      .flags = TFV_OP_STATEFUL | TFV_OP_NO_GRADIENT,
      .infer_shape = tfv_infer_scalar,
      .kernels = is_initialized_kernels,
  },
};

const TfvOpFamily tfv_op_variable = TFV_OP_FAMILY (defs);

/**
 * tfv_assign: (skip)
 * @variable: a variable
 * @value: its new value
 * @name: (nullable): name inside the current scope
 *
 * Adds an operation that sets a variable.
 *
 * Returns: the variable, after it was set
 */
TfvOutput
tfv_assign (TfvOutput variable, TfvOutput value, const char *name)
{
  TfvOpBuilder *builder = tfv_op_builder_new (NULL, "Assign", name);

  tfv_op_builder_add_input (builder, variable);
  tfv_op_builder_add_input (builder, value);
  return tfv_op_builder_finish_output (builder);
}

/**
 * tfv_is_variable_initialized: (skip)
 * @variable: a variable
 * @name: (nullable): name inside the current scope
 *
 * Returns: a bool scalar: whether the variable has a value
 */
TfvOutput
tfv_is_variable_initialized (TfvOutput variable, const char *name)
{
  TfvOpBuilder *builder = tfv_op_builder_new (NULL, "IsVariableInitialized", name);

  tfv_op_builder_add_input (builder, variable);
  return tfv_op_builder_finish_output (builder);
}
