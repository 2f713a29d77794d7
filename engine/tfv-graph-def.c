/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-graph-private.h"

#include <string.h>

/* Writes the graph as TensorFlow's GraphDef, field by field, in the encoding
 * of protocol buffers. */

enum
{
  WIRE_VARINT = 0,
  WIRE_BYTES = 2,
  WIRE_FIXED32 = 5,
};

static void
put_varint (GByteArray *out, guint64 value)
{
  guint8 bytes[10];
  guint  n = 0;

  do
    {
      bytes[n] = (guint8) (value & 0x7f);
      value >>= 7;
      if (value != 0)
        bytes[n] |= 0x80;
      n++;
    }
  while (value != 0);
  g_byte_array_append (out, bytes, n);
}

static void
put_int (GByteArray *out, guint field, gint64 value)
{
  put_varint (out, field << 3 | WIRE_VARINT);
  put_varint (out, (guint64) value);
}

static void
put_bytes (GByteArray *out, guint field, gconstpointer data, gsize length)
{
  put_varint (out, field << 3 | WIRE_BYTES);
  put_varint (out, length);
  if (length > 0)
    g_byte_array_append (out, data, (guint) length);
}

static void
put_string (GByteArray *out, guint field, const char *string)
{
  put_bytes (out, field, string, strlen (string));
}

static void
put_float (GByteArray *out, guint field, float value)
{
  guint32 bits;

  memcpy (&bits, &value, sizeof bits);
  bits = GUINT32_TO_LE (bits);
  put_varint (out, field << 3 | WIRE_FIXED32);
  g_byte_array_append (out, (const guint8 *) &bits, sizeof bits);
}

/* Takes the message. */
static void
put_message (GByteArray *out, guint field, GByteArray *message)
{
  put_bytes (out, field, message->data, message->len);
  g_byte_array_unref (message);
}

/* TensorShapeProto: dim = 2 { size = 1 }, unknown_rank = 3. */
static GByteArray *
shape_to_message (const TfvShape *shape)
{
  GByteArray *message = g_byte_array_new ();

  for (int i = 0; i < shape->rank; i++)
    {
      GByteArray *dim = g_byte_array_new ();

      if (shape->dims[i] != 0)
        put_int (dim, 1, shape->dims[i]);
      put_message (message, 2, dim);
    }
  if (shape->rank < 0)
    put_int (message, 3, 1);
  return message;
}

/* TensorProto: dtype = 1, tensor_shape = 2, tensor_content = 4 (little-endian),
 * string_val = 8. */
static GByteArray *
tensor_to_message (TfvTensor *tensor)
{
  GByteArray *message = g_byte_array_new ();
  gsize       n = tfv_tensor_get_n_elements (tensor);

  put_int (message, 1, (gint64) tfv_tensor_get_dtype (tensor));
  put_message (message, 2, shape_to_message (tfv_tensor_get_shape (tensor)));
  if (tfv_tensor_get_dtype (tensor) != TFV_DATA_TYPE_STRING)
    {
      G_STATIC_ASSERT (G_BYTE_ORDER == G_LITTLE_ENDIAN);
      put_bytes (message, 4, tfv_tensor_get_data (tensor), tfv_tensor_get_size_bytes (tensor));
      return message;
    }
  for (gsize i = 0; i < n; i++)
    {
      GBytes       *bytes = ((GBytes **) tfv_tensor_get_data (tensor))[i];
      gsize         length = 0;
      gconstpointer data = bytes != NULL ? g_bytes_get_data (bytes, &length) : NULL;

      put_bytes (message, 8, data, length);
    }
  return message;
}

/* AttrValue.ListValue: i = 3 and type = 6, both packed. */
static GByteArray *
list_to_message (const TfvAttribute *attribute)
{
  GByteArray *message = g_byte_array_new ();
  GByteArray *packed = g_byte_array_new ();

  for (guint i = 0; i < attribute->list.n; i++)
    put_varint (packed, (guint64) attribute->list.values[i]);
  if (packed->len > 0)
    put_message (message, attribute->kind == TFV_ATTRIBUTE_INT_LIST ? 3 : 6, packed);
  else
    g_byte_array_unref (packed);
  return message;
}

/* AttrValue: list = 1, s = 2, i = 3, f = 4, b = 5, type = 6, shape = 7,
 * tensor = 8. One of them is set, even where it holds the default. */
static GByteArray *
attribute_to_message (const TfvAttribute *attribute)
{
  GByteArray *message = g_byte_array_new ();

  switch (attribute->kind)
    {
    case TFV_ATTRIBUTE_BOOL:
      put_int (message, 5, attribute->b);
      break;
    case TFV_ATTRIBUTE_INT:
      put_int (message, 3, attribute->i);
      break;
    case TFV_ATTRIBUTE_FLOAT:
      put_float (message, 4, attribute->f);
      break;
    case TFV_ATTRIBUTE_STRING:
      put_string (message, 2, attribute->s);
      break;
    case TFV_ATTRIBUTE_TYPE:
      put_int (message, 6, (gint64) attribute->type);
      break;
    case TFV_ATTRIBUTE_SHAPE:
      put_message (message, 7, shape_to_message (attribute->shape));
      break;
    case TFV_ATTRIBUTE_TENSOR:
      put_message (message, 8, tensor_to_message (attribute->tensor));
      break;
    case TFV_ATTRIBUTE_INT_LIST:
    case TFV_ATTRIBUTE_TYPE_LIST:
      put_message (message, 1, list_to_message (attribute));
      break;
    case TFV_ATTRIBUTE_NONE:
      break;
    }
  return message;
}

/* An entry of map<string, AttrValue>: key = 1, value = 2. Takes the value. */
static void
put_attribute (GByteArray *node, const char *name, GByteArray *value)
{
  GByteArray *entry = g_byte_array_new ();

  put_string (entry, 1, name);
  put_message (entry, 2, value);
  put_message (node, 5, entry);
}

/* "_output_shapes" is what TensorBoard writes on the edges. */
static GByteArray *
output_shapes_to_message (const TfvOperation *operation)
{
  GByteArray *message = g_byte_array_new ();
  GByteArray *list = g_byte_array_new ();

  for (guint i = 0; i < operation->n_outputs; i++)
    put_message (list, 7, shape_to_message (&operation->outputs[i].shape));
  put_message (message, 1, list);
  return message;
}

/* NodeDef: name = 1, op = 2, input = 3, device = 4, attr = 5. */
static GByteArray *
operation_to_message (const TfvOperation *operation)
{
  GByteArray *node = g_byte_array_new ();

  put_string (node, 1, operation->name);
  put_string (node, 2, tfv_operation_get_op_type (operation));
  for (guint i = 0; i < operation->n_inputs; i++)
    {
      TfvOutput        input = operation->inputs[i];
      g_autofree char *name = input.index > 0 ? tfv_output_dup_name (input) : g_strdup (input.operation->name);

      put_string (node, 3, name);
    }
  for (guint i = 0; i < operation->n_control_inputs; i++)
    {
      g_autofree char *name = g_strconcat ("^", operation->control_inputs[i]->name, NULL);

      put_string (node, 3, name);
    }
  if (operation->device[0] != '\0')
    put_string (node, 4, operation->device);
  for (guint i = 0; i < operation->type->signature->n_attributes; i++)
    put_attribute (node, operation->type->signature->attributes[i].name, attribute_to_message (&operation->attributes[i]));
  if (operation->n_outputs > 0)
    put_attribute (node, "_output_shapes", output_shapes_to_message (operation));
  return node;
}

/**
 * tfv_graph_to_graph_def:
 * @self: a graph
 *
 * Writes the graph as a serialised `GraphDef` of TensorFlow, for the summary
 * writer's `add_graph` and for TensorBoard. Any thread.
 *
 * Returns: (transfer full): the message
 */
GBytes *
tfv_graph_to_graph_def (TfvGraph *self)
{
  const gint64 producer = 27; /* GraphDef version of TensorFlow 1.13 */
  const gint64 min_consumer = 12;
  GByteArray  *graph_def;
  GByteArray  *versions;

  g_return_val_if_fail (TFV_IS_GRAPH (self), NULL);

  graph_def = g_byte_array_new ();
  g_rec_mutex_lock (&self->lock);
  for (guint i = 0; i < self->operations->len; i++)
    put_message (graph_def, 1, operation_to_message (g_ptr_array_index (self->operations, i)));
  g_rec_mutex_unlock (&self->lock);
  versions = g_byte_array_new ();
  put_int (versions, 1, producer);
  put_int (versions, 2, min_consumer);
  put_message (graph_def, 4, versions);
  return g_byte_array_free_to_bytes (graph_def);
}
