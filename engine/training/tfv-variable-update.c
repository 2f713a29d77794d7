/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/training/tfv-variable-update-private.h"

/* The variable, its slots and its gradient are of one shape, what stands
 * between them are scalars. */
void
tfv_infer_variable_update (TfvInference *inference, guint n_variables, guint gradient)
{
  TfvShape shape = inference->inputs[0];

  for (guint i = 1; i < inference->n_inputs; i++)
    {
      gboolean is_scalar = i >= n_variables && i != gradient;
      TfvShape scalar;

      if (is_scalar)
        tfv_inference_with_rank (inference, i, 0, &scalar);
      else if (!tfv_shape_merge (&shape, &inference->inputs[i], &shape))
        {
          g_autofree char *variable_text = tfv_shape_to_string (&shape);
          g_autofree char *input_text = tfv_shape_to_string (&inference->inputs[i]);

          tfv_inference_fail (inference, "the variable has shape %s, but input %u has shape %s", variable_text, i, input_text);
        }
      if (tfv_inference_has_failed (inference))
        return;
    }
  inference->outputs[0] = shape;
}

static gboolean
check_inputs (TfvKernelContext *context, guint n_variables, guint gradient)
{
  for (guint i = 0; i < n_variables; i++)
    for (guint j = 0; j < i; j++)
      if (context->variables[i] == context->variables[j])
        {
          tfv_kernel_fail (context, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "inputs %u and %u are the same variable", j, i);
          return FALSE;
        }
  for (guint i = n_variables; i < context->n_inputs; i++)
    if (i != gradient && context->inputs[i]->shape.rank != 0)
      {
        g_autofree char *text = tfv_shape_to_string (&context->inputs[i]->shape);

        tfv_kernel_fail (context, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "input %u must be a scalar, not of shape %s", i, text);
        return FALSE;
      }
  return TRUE;
}

/* Locks the variables and gives their values for writing. FALSE, with the error
 * set and nothing locked, where one has no value or they do not fit. */
gboolean
tfv_variable_update_begin (TfvKernelContext *context, guint n_variables, guint gradient, TfvTensor **values)
{
  if (!check_inputs (context, n_variables, gradient))
    return FALSE;
  for (guint i = 0; i < n_variables; i++)
    {
      const char *name = tfv_operation_get_name (tfv_operation_get_input (context->operation, i).operation);

      values[i] = tfv_variable_state_begin_update (context->variables[i]);
      if (values[i] == NULL)
        tfv_kernel_fail (context, TFV_ENGINE_ERROR_FAILED_PRECONDITION, "Attempting to use uninitialized value %s", name);
      else if (!tfv_tensor_has_shape (values[i], &context->inputs[gradient]->shape))
        {
          g_autofree char *variable_text = tfv_shape_to_string (&values[i]->shape);
          g_autofree char *gradient_text = tfv_shape_to_string (&context->inputs[gradient]->shape);

          tfv_kernel_fail (context, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "variable '%s' has shape %s, but the gradient has shape %s", name, variable_text, gradient_text);
          i++;
        }
      if (tfv_kernel_has_failed (context))
        {
          tfv_variable_update_end (context, i);
          return FALSE;
        }
    }
  return TRUE;
}

void
tfv_variable_update_end (TfvKernelContext *context, guint n_variables)
{
  for (guint i = 0; i < n_variables; i++)
    tfv_variable_state_end_update (context->variables[i]);
}
