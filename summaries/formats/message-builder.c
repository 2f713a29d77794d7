/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/formats/message-builder-private.h"

static void
add_plain_varint (GByteArray *message, guint64 value)
{
  guint8 bytes[10];
  guint  n_bytes = 0;

  for (; value >= 0x80; value >>= 7)
    bytes[n_bytes++] = (guint8) (value | 0x80);
  bytes[n_bytes++] = (guint8) value;
  g_byte_array_append (message, bytes, n_bytes);
}

static void
add_key (GByteArray *message, guint32 field, TfvWireType type)
{
  add_plain_varint (message, ((guint64) field << 3) | type);
}

void
tfv_message_add_varint (GByteArray *message, guint32 field, guint64 value)
{
  add_key (message, field, TFV_WIRE_VARINT);
  add_plain_varint (message, value);
}

void
tfv_message_add_float (GByteArray *message, guint32 field, float value)
{
  guint32 bits;

  memcpy (&bits, &value, sizeof bits);
  bits = GUINT32_TO_LE (bits);
  add_key (message, field, TFV_WIRE_FIXED32);
  g_byte_array_append (message, (const guint8 *) &bits, sizeof bits);
}

void
tfv_message_append_doubles (GByteArray *bytes, const double *values, gsize n_values)
{
  for (gsize i = 0; i < n_values; i++)
    {
      guint64 bits;

      memcpy (&bits, &values[i], sizeof bits);
      bits = GUINT64_TO_LE (bits);
      g_byte_array_append (bytes, (const guint8 *) &bits, sizeof bits);
    }
}

void
tfv_message_add_double (GByteArray *message, guint32 field, double value)
{
  add_key (message, field, TFV_WIRE_FIXED64);
  tfv_message_append_doubles (message, &value, 1);
}

/* Doubles of a repeated field, packed. */
void
tfv_message_add_doubles (GByteArray *message, guint32 field, const double *values, gsize n_values)
{
  add_key (message, field, TFV_WIRE_BYTES);
  add_plain_varint (message, n_values * sizeof *values);
  tfv_message_append_doubles (message, values, n_values);
}

void
tfv_message_add_bytes (GByteArray *message, guint32 field, gconstpointer data, gsize n_bytes)
{
  add_key (message, field, TFV_WIRE_BYTES);
  add_plain_varint (message, n_bytes);
  if (n_bytes > 0)
    g_byte_array_append (message, data, (guint) n_bytes);
}

void
tfv_message_add_string (GByteArray *message, guint32 field, const char *string)
{
  tfv_message_add_bytes (message, field, string, strlen (string));
}

void
tfv_message_add_slice (GByteArray *message, guint32 field, TfvSlice slice)
{
  tfv_message_add_bytes (message, field, slice.data, slice.n_bytes);
}

/* Adds a message in a message. (transfer full) of @child. */
void
tfv_message_add_message (GByteArray *message, guint32 field, GByteArray *child)
{
  tfv_message_add_bytes (message, field, child->data, child->len);
  g_byte_array_unref (child);
}

/* A TensorProto with its type and shape, which its values are to be added to. */
GByteArray *
tfv_message_new_tensor (int type, guint n_dimensions, const gint64 *dimensions)
{
  GByteArray *tensor = g_byte_array_new ();
  GByteArray *shape = g_byte_array_new ();

  for (guint i = 0; i < n_dimensions; i++)
    {
      GByteArray *dimension = g_byte_array_new ();

      tfv_message_add_varint (dimension, 1, (guint64) dimensions[i]);
      tfv_message_add_message (shape, 2, dimension);
    }
  tfv_message_add_varint (tensor, 1, (guint64) type);
  tfv_message_add_message (tensor, 2, shape);
  return tensor;
}
