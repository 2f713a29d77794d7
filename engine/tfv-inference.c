/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-inference-private.h"

#include "engine/tfv-graph-private.h"
#include "engine/tfv-tensor-private.h"

void
tfv_inference_fail (TfvInference *self, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list          arguments;

  if (tfv_inference_has_failed (self))
    return;
  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (self->error,
               TFV_ENGINE_ERROR,
               TFV_ENGINE_ERROR_INVALID_ARGUMENT,
               "%s '%s': %s",
               tfv_operation_get_op_type (self->operation),
               tfv_operation_get_name (self->operation),
               message);
}

/* Says what an output will be, not its shape alone: the size of something. */
void
tfv_inference_take_value (TfvInference *self, guint output, TfvTensor *value)
{
  g_clear_pointer (&self->values[output], tfv_tensor_unref);
  self->values[output] = value;
}

gboolean
tfv_inference_has_failed (TfvInference *self)
{
  return *self->error != NULL;
}

/* The input's shape, which must be of the given rank or unknown. */
gboolean
tfv_inference_with_rank (TfvInference *self, guint input, int rank, TfvShape *shape)
{
  *shape = self->inputs[input];
  if (shape->rank < 0)
    *shape = tfv_shape_unknown_of_rank (rank);
  if (shape->rank != rank)
    {
      g_autofree char *text = tfv_shape_to_string (shape);

      tfv_inference_fail (self, "input %u must have rank %d, not shape %s", input, rank, text);
      return FALSE;
    }
  return TRUE;
}

/* The value of an int32 or int64 vector input, read as a shape. Unknown where
 * the value is; its rank is known all the same where the length is. */
gboolean
tfv_inference_constant_shape (TfvInference *self, guint input, TfvShape *shape)
{
  TfvTensor *value = self->constants[input];
  TfvShape   vector;

  if (!tfv_inference_with_rank (self, input, 1, &vector))
    return FALSE;
  if (vector.dims[0] > TFV_SHAPE_MAX_RANK)
    {
      tfv_inference_fail (self, "a tensor can't have %" G_GINT64_FORMAT " dimensions", vector.dims[0]);
      return FALSE;
    }
  *shape = vector.dims[0] < 0 ? tfv_shape_unknown () : tfv_shape_unknown_of_rank ((int) vector.dims[0]);
  if (value == NULL)
    return TRUE;
  *shape = tfv_shape_unknown_of_rank ((int) tfv_tensor_get_n_elements (value));
  for (int i = 0; i < shape->rank; i++)
    {
      shape->dims[i] = tfv_tensor_get_integer (value, (gsize) i);
      if (shape->dims[i] < -1)
        {
          tfv_inference_fail (self, "a size can't be %" G_GINT64_FORMAT, shape->dims[i]);
          return FALSE;
        }
    }
  return TRUE;
}

/* Whether an input can be a scalar; a vector of one counts, as it does to the
 * kernels. */
gboolean
tfv_inference_check_scalar (TfvInference *self, guint input)
{
  gint64 n_elements = tfv_shape_get_n_elements (&self->inputs[input]);

  if (n_elements < 0 || n_elements == 1)
    return TRUE;

  g_autofree char *text = tfv_shape_to_string (&self->inputs[input]);

  tfv_inference_fail (self, "input %u must be a scalar, not of shape %s", input, text);
  return FALSE;
}

/* Every output is shaped like the first input. */
void
tfv_infer_unchanged (TfvInference *self)
{
  for (guint i = 0; i < self->n_outputs; i++)
    self->outputs[i] = self->inputs[0];
}

void
tfv_infer_scalar (TfvInference *self)
{
  self->outputs[0] = tfv_shape_scalar ();
}

void
tfv_infer_none (TfvInference *self)
{
}

void
tfv_infer_broadcast (TfvInference *self)
{
  if (!tfv_shape_broadcast (&self->inputs[0], &self->inputs[1], &self->outputs[0]))
    {
      g_autofree char *x = tfv_shape_to_string (&self->inputs[0]);
      g_autofree char *y = tfv_shape_to_string (&self->inputs[1]);

      tfv_inference_fail (self, "shapes %s and %s can't be broadcast together", x, y);
    }
}

/* Input 1 holds the axes that are reduced. */
void
tfv_infer_reduction (TfvInference *self)
{
  const TfvShape *x = &self->inputs[0];
  TfvTensor      *axes = self->constants[1];
  gboolean        keep_dims = tfv_operation_get_attr_bool (self->operation, "keep_dims");
  gboolean        is_reduced[TFV_SHAPE_MAX_RANK] = { FALSE };
  TfvShape        result = { 0 };

  if (x->rank < 0 || axes == NULL)
    {
      self->outputs[0] = keep_dims && x->rank >= 0 ? tfv_shape_unknown_of_rank (x->rank) : tfv_shape_unknown ();
      return;
    }
  for (gsize i = 0; i < tfv_tensor_get_n_elements (axes); i++)
    {
      gint64 axis = tfv_tensor_get_integer (axes, i);

      if (axis < -x->rank || axis >= x->rank)
        {
          tfv_inference_fail (self, "axis %" G_GINT64_FORMAT " is not in [%d,%d)", axis, -x->rank, x->rank);
          return;
        }
      axis = axis < 0 ? axis + x->rank : axis;
      if (is_reduced[axis])
        {
          tfv_inference_fail (self, "axis %" G_GINT64_FORMAT " is given twice", axis);
          return;
        }
      is_reduced[axis] = TRUE;
    }
  for (int i = 0; i < x->rank; i++)
    if (!is_reduced[i])
      result.dims[result.rank++] = x->dims[i];
    else if (keep_dims)
      result.dims[result.rank++] = 1;
  self->outputs[0] = result;
}

/* Input 0 holds the sizes of the output. */
void
tfv_infer_from_shape_input (TfvInference *self)
{
  tfv_inference_constant_shape (self, 0, &self->outputs[0]);
}
