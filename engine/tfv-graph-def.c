/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-graph-private.h"
#include "engine/tfv-message-private.h"

/* Writes the graph as TensorFlow's GraphDef, field by field, in the encoding
 * of protocol buffers. */

/* AttrValue.ListValue: i = 3 and type = 6, both packed. */
static GByteArray *
list_to_message (const TfvAttribute *attribute)
{
  GByteArray *message = g_byte_array_new ();
  GByteArray *packed = g_byte_array_new ();

  for (guint i = 0; i < attribute->list.n; i++)
    tfv_message_put_varint (packed, (guint64) attribute->list.values[i]);
  if (packed->len > 0)
    tfv_message_put_message (message, attribute->kind == TFV_ATTRIBUTE_INT_LIST ? 3 : 6, packed);
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
      tfv_message_put_int (message, 5, attribute->b);
      break;
    case TFV_ATTRIBUTE_INT:
      tfv_message_put_int (message, 3, attribute->i);
      break;
    case TFV_ATTRIBUTE_FLOAT:
      tfv_message_put_float (message, 4, attribute->f);
      break;
    case TFV_ATTRIBUTE_STRING:
      tfv_message_put_string (message, 2, attribute->s);
      break;
    case TFV_ATTRIBUTE_TYPE:
      tfv_message_put_int (message, 6, (gint64) attribute->type);
      break;
    case TFV_ATTRIBUTE_SHAPE:
      tfv_message_put_message (message, 7, tfv_message_new_shape (attribute->shape));
      break;
    case TFV_ATTRIBUTE_TENSOR:
      tfv_message_put_message (message, 8, tfv_message_new_tensor (attribute->tensor));
      break;
    case TFV_ATTRIBUTE_INT_LIST:
    case TFV_ATTRIBUTE_TYPE_LIST:
      tfv_message_put_message (message, 1, list_to_message (attribute));
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

  tfv_message_put_string (entry, 1, name);
  tfv_message_put_message (entry, 2, value);
  tfv_message_put_message (node, 5, entry);
}

/* "_output_shapes" is what TensorBoard writes on the edges. */
static GByteArray *
output_shapes_to_message (const TfvOperation *operation)
{
  GByteArray *message = g_byte_array_new ();
  GByteArray *list = g_byte_array_new ();

  for (guint i = 0; i < operation->n_outputs; i++)
    tfv_message_put_message (list, 7, tfv_message_new_shape (&operation->outputs[i].shape));
  tfv_message_put_message (message, 1, list);
  return message;
}

/* NodeDef: name = 1, op = 2, input = 3, device = 4, attr = 5. */
static GByteArray *
operation_to_message (const TfvOperation *operation)
{
  GByteArray *node = g_byte_array_new ();

  tfv_message_put_string (node, 1, operation->name);
  tfv_message_put_string (node, 2, tfv_operation_get_op_type (operation));
  for (guint i = 0; i < operation->n_inputs; i++)
    {
      TfvOutput        input = operation->inputs[i];
      g_autofree char *name = input.index > 0 ? tfv_output_dup_name (input) : g_strdup (input.operation->name);

      tfv_message_put_string (node, 3, name);
    }
  for (guint i = 0; i < operation->n_control_inputs; i++)
    {
      g_autofree char *name = g_strconcat ("^", operation->control_inputs[i]->name, NULL);

      tfv_message_put_string (node, 3, name);
    }
  if (operation->device[0] != '\0')
    tfv_message_put_string (node, 4, operation->device);
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
    tfv_message_put_message (graph_def, 1, operation_to_message (g_ptr_array_index (self->operations, i)));
  g_rec_mutex_unlock (&self->lock);
  versions = g_byte_array_new ();
  tfv_message_put_int (versions, 1, producer);
  tfv_message_put_int (versions, 2, min_consumer);
  tfv_message_put_message (graph_def, 4, versions);
  return g_byte_array_free_to_bytes (graph_def);
}
