/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-kernel-private.h"

void
tfv_kernel_fail (TfvKernelContext *context, TfvEngineError code, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list          arguments;

  if (tfv_kernel_has_failed (context))
    return;
  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (context->error,
               TFV_ENGINE_ERROR,
               (int) code,
               "%s '%s': %s",
               tfv_operation_get_op_type (context->operation),
               tfv_operation_get_name (context->operation),
               message);
}

/* Memory for an output, not filled; NULL, with the error set, where there is
 * none. */
TfvTensor *
tfv_kernel_allocate_output (TfvKernelContext *context, guint index, const TfvShape *shape)
{
  TfvDataType dtype = context->operation->outputs[index].dtype;
  TfvTensor  *tensor;

  if (context->planned != NULL && context->planned[index] != NULL && tfv_tensor_has_shape (context->planned[index], shape))
    return context->outputs[index] = context->planned[index];

  tensor = tfv_tensor_try_new_uninitialized (dtype, shape);
  if (tensor == NULL)
    {
      g_autofree char *text = tfv_shape_to_string (shape);

      tfv_kernel_fail (context, TFV_ENGINE_ERROR_RESOURCE_EXHAUSTED, "no memory for a tensor of type %s and shape %s", tfv_data_type_to_string (dtype), text);
      return NULL;
    }
  return context->outputs[index] = tensor;
}

/* As above, but may give the memory of an input that nobody needs after this
 * kernel: for kernels that read element i before they write element i. */
TfvTensor *
tfv_kernel_forward_or_allocate_output (TfvKernelContext *context, guint index, const TfvShape *shape)
{
  gboolean is_planned = context->planned != NULL && context->planned[index] != NULL;

  for (guint i = 0; !is_planned && context->may_forward != NULL && i < context->n_inputs; i++)
    {
      TfvTensor *input = context->inputs[i];

      if (context->may_forward[i] && input->dtype == context->operation->outputs[index].dtype && tfv_tensor_has_shape (input, shape) &&
          tfv_tensor_is_sole_owner (input))
        return context->outputs[index] = tfv_tensor_ref (input);
    }
  return tfv_kernel_allocate_output (context, index, shape);
}

/* Gives a tensor that the kernel has made otherwise, or shares. */
void
tfv_kernel_take_output (TfvKernelContext *context, guint index, TfvTensor *tensor)
{
  context->outputs[index] = tensor;
}

/* Reads an int32 or int64 input as axes of a tensor of some rank. */
gboolean
tfv_kernel_get_axes (TfvKernelContext *context, guint input, int rank, gboolean *is_reduced)
{
  TfvTensor *axes = context->inputs[input];

  for (int i = 0; i < rank; i++)
    is_reduced[i] = FALSE;
  for (gsize i = 0; i < axes->n_elements; i++)
    {
      gint64 axis = tfv_tensor_get_integer (axes, i);

      if (axis < -rank || axis >= rank)
        {
          tfv_kernel_fail (context, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "axis %" G_GINT64_FORMAT " is not in [%d,%d)", axis, -rank, rank);
          return FALSE;
        }
      axis = axis < 0 ? axis + rank : axis;
      if (is_reduced[axis])
        {
          tfv_kernel_fail (context, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "axis %" G_GINT64_FORMAT " is given twice", axis);
          return FALSE;
        }
      is_reduced[axis] = TRUE;
    }
  return TRUE;
}

/* Reads an int32 or int64 vector input as a shape; -1 stays in it. */
gboolean
tfv_kernel_get_shape (TfvKernelContext *context, guint input, TfvShape *shape)
{
  TfvTensor *sizes = context->inputs[input];

  if (sizes->shape.rank != 1 || sizes->n_elements > TFV_SHAPE_MAX_RANK)
    {
      tfv_kernel_fail (context, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "a shape must be a vector of at most %d sizes", TFV_SHAPE_MAX_RANK);
      return FALSE;
    }
  *shape = (TfvShape){ .rank = (int) sizes->n_elements };
  for (gsize i = 0; i < sizes->n_elements; i++)
    {
      shape->dims[i] = tfv_tensor_get_integer (sizes, i);
      if (shape->dims[i] < -1)
        {
          tfv_kernel_fail (context, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "a size can't be %" G_GINT64_FORMAT, shape->dims[i]);
          return FALSE;
        }
    }
  return TRUE;
}

/* Runs a kernel outside of any session. Outputs that it did not make stay
 * NULL where it fails. */
gboolean
tfv_kernel_evaluate (const TfvKernel *kernel, const TfvOperation *operation, TfvTensor **inputs, TfvTensor **outputs)
{
  g_autoptr (GError) error = NULL;
  TfvKernelContext   context = {
      .operation = operation,
      .data = kernel->data,
      .n_inputs = operation->n_inputs,
      .inputs = inputs,
      .n_outputs = operation->n_outputs,
      .outputs = outputs,
      .error = &error,
  };

  kernel->compute (&context);
  if (error == NULL)
    return TRUE;
  for (guint i = 0; i < operation->n_outputs; i++)
    g_clear_pointer (&outputs[i], tfv_tensor_unref);
  return FALSE;
}
