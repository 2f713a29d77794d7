/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-tensor-private.h"

#include <stdlib.h>
#include <string.h>

G_DEFINE_BOXED_TYPE (TfvTensor, tfv_tensor, tfv_tensor_ref, tfv_tensor_unref)

static TfvBuffer *
buffer_new (gpointer data, gsize n_strings, GDestroyNotify destroy, gpointer user_data)
{
  TfvBuffer *buffer = g_new (TfvBuffer, 1);

  buffer->ref_count = 1;
  buffer->data = data;
  buffer->n_strings = n_strings;
  buffer->destroy = destroy;
  buffer->user_data = user_data;
  return buffer;
}

static void
buffer_unref (TfvBuffer *buffer)
{
  if (!g_atomic_int_dec_and_test (&buffer->ref_count))
    return;
  for (gsize i = 0; i < buffer->n_strings; i++)
    g_clear_pointer (&((GBytes **) buffer->data)[i], g_bytes_unref);
  if (buffer->destroy != NULL)
    buffer->destroy (buffer->user_data);
  g_free (buffer);
}

static TfvTensor *
tensor_new (TfvDataType dtype, const TfvShape *shape, gpointer data, TfvBuffer *buffer)
{
  TfvTensor *self = g_new (TfvTensor, 1);

  self->ref_count = 1;
  self->dtype = dtype;
  self->shape = *shape;
  self->n_elements = (gsize) tfv_shape_get_n_elements (shape);
  self->data = data;
  self->buffer = buffer;
  return self;
}

/* An allocation rounded up, so that a kernel may read whole vectors. */
static gpointer
try_allocate (gsize size_bytes)
{
  gsize rounded = (size_bytes + TFV_TENSOR_ALIGNMENT_BYTES) & ~(gsize) (TFV_TENSOR_ALIGNMENT_BYTES - 1);

  return size_bytes > TFV_TENSOR_MAX_BYTES ? NULL : aligned_alloc (TFV_TENSOR_ALIGNMENT_BYTES, rounded);
}

TfvTensor *
tfv_tensor_try_new_uninitialized (TfvDataType dtype, const TfvShape *shape)
{
  gint64   n_elements = tfv_shape_get_n_elements (shape);
  gsize    size_bytes;
  gpointer data;

  if (n_elements < 0 || __builtin_mul_overflow ((gsize) n_elements, tfv_data_type_get_size (dtype), &size_bytes))
    return NULL;
  data = try_allocate (size_bytes);
  if (data == NULL)
    return NULL;
  if (dtype == TFV_DATA_TYPE_STRING)
    memset (data, 0, size_bytes);
  return tensor_new (dtype, shape, data, buffer_new (data, dtype == TFV_DATA_TYPE_STRING ? (gsize) n_elements : 0, free, data));
}

TfvTensor *
tfv_tensor_new_in_arena (TfvDataType dtype, const TfvShape *shape, gpointer data)
{
  return tensor_new (dtype, shape, data, NULL);
}

gboolean
tfv_tensor_is_in_arena (const TfvTensor *self)
{
  return self->buffer == NULL;
}

gboolean
tfv_tensor_is_sole_owner (const TfvTensor *self)
{
  return g_atomic_int_get (&self->ref_count) == 1 && self->buffer != NULL &&
         g_atomic_int_get (&self->buffer->ref_count) == 1;
}

static TfvTensor *
new_uninitialized (TfvDataType dtype, const TfvShape *shape)
{
  TfvTensor *self = tfv_tensor_try_new_uninitialized (dtype, shape);

  if (self == NULL)
    {
      g_autofree char *text = tfv_shape_to_string (shape);

      g_error ("No memory for a tensor of type %s and shape %s", tfv_data_type_to_string (dtype), text);
    }
  return self;
}

gboolean
tfv_tensor_has_shape (const TfvTensor *self, const TfvShape *shape)
{
  return tfv_shape_equal (&self->shape, shape);
}

/**
 * tfv_tensor_new: (constructor)
 * @dtype: type of the elements
 * @shape: a fully known shape
 *
 * Makes a tensor of zeros (%FALSE, empty strings). Ends the program where there
 * is no memory for it, as GLib does.
 *
 * Returns: (transfer full): the tensor; its memory begins at a multiple of 64
 *   bytes. Any thread
 */
TfvTensor *
tfv_tensor_new (TfvDataType dtype, TfvShape shape)
{
  TfvTensor *self;

  g_return_val_if_fail (tfv_data_type_get_size (dtype) > 0, NULL);
  g_return_val_if_fail (tfv_shape_is_fully_known (&shape), NULL);

  self = new_uninitialized (dtype, &shape);
  memset (self->data, 0, tfv_tensor_get_size_bytes (self));
  return self;
}

/**
 * tfv_tensor_new_from_data: (constructor) (skip)
 * @dtype: type of the elements, not strings
 * @shape: a fully known shape
 * @data: as many elements as @shape has, row-major
 *
 * Returns: (transfer full): a tensor with a copy of @data. Any thread
 */
TfvTensor *
tfv_tensor_new_from_data (TfvDataType dtype, TfvShape shape, gconstpointer data)
{
  TfvTensor *self;

  g_return_val_if_fail (dtype != TFV_DATA_TYPE_STRING, NULL);

  g_return_val_if_fail (tfv_data_type_get_size (dtype) > 0, NULL);
  g_return_val_if_fail (tfv_shape_is_fully_known (&shape), NULL);

  self = new_uninitialized (dtype, &shape);
  if (self->n_elements > 0)
    memcpy (self->data, data, tfv_tensor_get_size_bytes (self));
  return self;
}

/**
 * tfv_tensor_new_wrapping: (constructor) (skip)
 * @dtype: type of the elements, not strings
 * @shape: a fully known shape
 * @data: as many elements as @shape has, aligned as their type is
 * @destroy: (nullable): called with @user_data when the memory is not used
 *   any more, on any thread
 * @user_data: for @destroy
 *
 * Makes a tensor over memory of the caller's, without a copy. The caller does
 * not write to it until @destroy is called.
 *
 * Returns: (transfer full): the tensor. Any thread
 */
TfvTensor *
tfv_tensor_new_wrapping (TfvDataType dtype, TfvShape shape, gpointer data, GDestroyNotify destroy, gpointer user_data)
{
  g_return_val_if_fail (dtype != TFV_DATA_TYPE_STRING && tfv_data_type_get_size (dtype) > 0, NULL);
  g_return_val_if_fail (tfv_shape_get_n_elements (&shape) >= 0, NULL);

  return tensor_new (dtype, &shape, data, buffer_new (data, 0, destroy, user_data));
}

static TfvTensor *
new_scalar (TfvDataType dtype, gconstpointer value)
{
  return tfv_tensor_new_from_data (dtype, tfv_shape_scalar (), value);
}

/**
 * tfv_tensor_new_float: (constructor)
 * @value: a number
 *
 * Returns: (transfer full): a float32 scalar. Any thread
 */
TfvTensor *
tfv_tensor_new_float (float value)
{
  return new_scalar (TFV_DATA_TYPE_FLOAT, &value);
}

/**
 * tfv_tensor_new_double: (constructor)
 * @value: a number
 *
 * Returns: (transfer full): a float64 scalar. Any thread
 */
TfvTensor *
tfv_tensor_new_double (double value)
{
  return new_scalar (TFV_DATA_TYPE_DOUBLE, &value);
}

/**
 * tfv_tensor_new_int32: (constructor)
 * @value: a number
 *
 * Returns: (transfer full): an int32 scalar. Any thread
 */
TfvTensor *
tfv_tensor_new_int32 (gint32 value)
{
  return new_scalar (TFV_DATA_TYPE_INT32, &value);
}

/**
 * tfv_tensor_new_int64: (constructor)
 * @value: a number
 *
 * Returns: (transfer full): an int64 scalar. Any thread
 */
TfvTensor *
tfv_tensor_new_int64 (gint64 value)
{
  return new_scalar (TFV_DATA_TYPE_INT64, &value);
}

/**
 * tfv_tensor_new_bool: (constructor)
 * @value: a truth value
 *
 * Returns: (transfer full): a bool scalar. Any thread
 */
TfvTensor *
tfv_tensor_new_bool (gboolean value)
{
  guint8 byte = value != FALSE;

  return new_scalar (TFV_DATA_TYPE_BOOL, &byte);
}

/**
 * tfv_tensor_new_string: (constructor)
 * @value: a string
 *
 * Returns: (transfer full): a string scalar. Any thread
 */
TfvTensor *
tfv_tensor_new_string (const char *value)
{
  g_autoptr (GBytes) bytes = g_bytes_new (value, strlen (value));

  return tfv_tensor_new_bytes (bytes);
}

/**
 * tfv_tensor_new_bytes: (constructor)
 * @value: bytes
 *
 * Returns: (transfer full): a string scalar that shares the bytes. Any thread
 */
TfvTensor *
tfv_tensor_new_bytes (GBytes *value)
{
  TfvTensor *self = tfv_tensor_new (TFV_DATA_TYPE_STRING, tfv_shape_scalar ());

  ((GBytes **) self->data)[0] = g_bytes_ref (value);
  return self;
}

/**
 * tfv_tensor_ref:
 * @self: a tensor
 *
 * Returns: (transfer full): @self with one more reference. Any thread
 */
TfvTensor *
tfv_tensor_ref (TfvTensor *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

/**
 * tfv_tensor_unref:
 * @self: (transfer full): a tensor
 *
 * Drops a reference; the last one frees the tensor. Any thread.
 */
void
tfv_tensor_unref (TfvTensor *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;
  if (self->buffer != NULL)
    buffer_unref (self->buffer);
  g_free (self);
}

/**
 * tfv_tensor_reshape:
 * @self: a tensor
 * @shape: a fully known shape with as many elements
 *
 * Returns: (transfer full): a tensor of that shape over the same memory. Any
 *   thread
 */
TfvTensor *
tfv_tensor_reshape (TfvTensor *self, TfvShape shape)
{
  g_return_val_if_fail (tfv_shape_get_n_elements (&shape) == (gint64) self->n_elements, NULL);

  if (self->buffer != NULL)
    g_atomic_int_inc (&self->buffer->ref_count);
  return tensor_new (self->dtype, &shape, self->data, self->buffer);
}

/**
 * tfv_tensor_copy:
 * @self: a tensor
 *
 * Returns: (transfer full): a tensor with a copy of the elements. Any thread
 */
TfvTensor *
tfv_tensor_copy (const TfvTensor *self)
{
  TfvTensor *copy = new_uninitialized (self->dtype, &self->shape);

  if (self->dtype == TFV_DATA_TYPE_STRING)
    for (gsize i = 0; i < self->n_elements; i++)
      {
        GBytes *bytes = ((GBytes **) self->data)[i];

        ((GBytes **) copy->data)[i] = bytes != NULL ? g_bytes_ref (bytes) : NULL;
      }
  else if (self->n_elements > 0)
    memcpy (copy->data, self->data, tfv_tensor_get_size_bytes (self));
  return copy;
}

/**
 * tfv_tensor_get_dtype:
 * @self: a tensor
 *
 * Returns: the type of its elements. Any thread
 */
TfvDataType
tfv_tensor_get_dtype (const TfvTensor *self)
{
  return self->dtype;
}

/**
 * tfv_tensor_get_shape:
 * @self: a tensor
 *
 * Returns: (transfer none): its shape, fully known. Any thread
 */
const TfvShape *
tfv_tensor_get_shape (const TfvTensor *self)
{
  return &self->shape;
}

/**
 * tfv_tensor_get_n_elements:
 * @self: a tensor
 *
 * Returns: how many elements it has; 1 for a scalar. Any thread
 */
gsize
tfv_tensor_get_n_elements (const TfvTensor *self)
{
  return self->n_elements;
}

/**
 * tfv_tensor_get_size_bytes:
 * @self: a tensor
 *
 * Returns: bytes that its elements take, not counting what strings point to.
 *   Any thread
 */
gsize
tfv_tensor_get_size_bytes (const TfvTensor *self)
{
  return self->n_elements * tfv_data_type_get_size (self->dtype);
}

/**
 * tfv_tensor_get_data: (skip)
 * @self: a tensor
 *
 * Returns: its elements, row-major. They may be written only by who made the
 *   tensor and has not given it away yet. Any thread
 */
gpointer
tfv_tensor_get_data (const TfvTensor *self)
{
  return self->data;
}

/**
 * tfv_tensor_get_value:
 * @self: a tensor of numbers or truth values
 * @index: which element, row-major
 *
 * Returns: the element as a double; an int64 beyond 2^53 is rounded. Any thread
 */
double
tfv_tensor_get_value (const TfvTensor *self, gsize index)
{
  g_return_val_if_fail (index < self->n_elements, 0.0);

  switch (self->dtype)
    {
    case TFV_DATA_TYPE_FLOAT:
      return ((const float *) self->data)[index];
    case TFV_DATA_TYPE_DOUBLE:
      return ((const double *) self->data)[index];
    case TFV_DATA_TYPE_INT32:
      return ((const gint32 *) self->data)[index];
    case TFV_DATA_TYPE_INT64:
      return (double) ((const gint64 *) self->data)[index];
    case TFV_DATA_TYPE_UINT8:
    case TFV_DATA_TYPE_BOOL:
      return ((const guint8 *) self->data)[index];
    default:
      g_return_val_if_reached (0.0);
    }
}

/**
 * tfv_tensor_set_value:
 * @self: a tensor of numbers or truth values that nobody else holds yet
 * @index: which element, row-major
 * @value: a value that the type can hold
 *
 * Sets an element, converting it to the type of the tensor.
 */
void
tfv_tensor_set_value (TfvTensor *self, gsize index, double value)
{
  g_return_if_fail (index < self->n_elements);

  switch (self->dtype)
    {
    case TFV_DATA_TYPE_FLOAT:
      ((float *) self->data)[index] = (float) value;
      break;
    case TFV_DATA_TYPE_DOUBLE:
      ((double *) self->data)[index] = value;
      break;
    case TFV_DATA_TYPE_INT32:
      ((gint32 *) self->data)[index] = (gint32) value;
      break;
    case TFV_DATA_TYPE_INT64:
      ((gint64 *) self->data)[index] = (gint64) value;
      break;
    case TFV_DATA_TYPE_UINT8:
      ((guint8 *) self->data)[index] = (guint8) value;
      break;
    case TFV_DATA_TYPE_BOOL:
      ((guint8 *) self->data)[index] = value != 0.0;
      break;
    default:
      g_return_if_reached ();
    }
}

/**
 * tfv_tensor_to_string:
 * @self: a tensor
 *
 * Returns: (transfer full): type, shape and the first elements, for a message:
 *   "float [2,3] 1 2 3 4 5 6". Any thread
 */
char *
tfv_tensor_to_string (const TfvTensor *self)
{
  const gsize      most = 16;
  g_autofree char *shape = tfv_shape_to_string (&self->shape);
  GString         *string = g_string_new (NULL);

  g_string_append_printf (string, "%s %s", tfv_data_type_to_string (self->dtype), shape);
  for (gsize i = 0; i < MIN (self->n_elements, most); i++)
    if (self->dtype == TFV_DATA_TYPE_STRING)
      {
        GBytes *bytes = ((GBytes **) self->data)[i];

        g_string_append_printf (string, " (%" G_GSIZE_FORMAT " bytes)", bytes != NULL ? g_bytes_get_size (bytes) : 0);
      }
    else
      g_string_append_printf (string, " %.9g", tfv_tensor_get_value (self, i));
  if (self->n_elements > most)
    g_string_append (string, " …");
  return g_string_free (string, FALSE);
}
