/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-message-private.h"

#include <string.h>

enum
{
  WIRE_VARINT = 0,
  WIRE_FIXED64 = 1,
  WIRE_BYTES = 2,
  WIRE_FIXED32 = 5,
};

void
tfv_message_put_varint (GByteArray *out, guint64 value)
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

void
tfv_message_put_int (GByteArray *out, guint field, gint64 value)
{
  tfv_message_put_varint (out, field << 3 | WIRE_VARINT);
  tfv_message_put_varint (out, (guint64) value);
}

void
tfv_message_put_bytes (GByteArray *out, guint field, gconstpointer data, gsize length)
{
  tfv_message_put_varint (out, field << 3 | WIRE_BYTES);
  tfv_message_put_varint (out, length);
  if (length > 0)
    g_byte_array_append (out, data, (guint) length);
}

void
tfv_message_put_string (GByteArray *out, guint field, const char *string)
{
  tfv_message_put_bytes (out, field, string, strlen (string));
}

void
tfv_message_put_float (GByteArray *out, guint field, float value)
{
  guint32 bits;

  memcpy (&bits, &value, sizeof bits);
  bits = GUINT32_TO_LE (bits);
  tfv_message_put_varint (out, field << 3 | WIRE_FIXED32);
  g_byte_array_append (out, (const guint8 *) &bits, sizeof bits);
}

static void
append_double (GByteArray *out, double value)
{
  guint64 bits;

  memcpy (&bits, &value, sizeof bits);
  bits = GUINT64_TO_LE (bits);
  g_byte_array_append (out, (const guint8 *) &bits, sizeof bits);
}

void
tfv_message_put_double (GByteArray *out, guint field, double value)
{
  tfv_message_put_varint (out, field << 3 | WIRE_FIXED64);
  append_double (out, value);
}

/* A repeated field, packed. */
void
tfv_message_put_doubles (GByteArray *out, guint field, const double *values, gsize n_values)
{
  tfv_message_put_varint (out, field << 3 | WIRE_BYTES);
  tfv_message_put_varint (out, n_values * sizeof *values);
  for (gsize i = 0; i < n_values; i++)
    append_double (out, values[i]);
}

/* Takes the message. */
void
tfv_message_put_message (GByteArray *out, guint field, GByteArray *message)
{
  tfv_message_put_bytes (out, field, message->data, message->len);
  g_byte_array_unref (message);
}

/* TensorShapeProto: dim = 2 { size = 1 }, unknown_rank = 3. */
GByteArray *
tfv_message_new_shape (const TfvShape *shape)
{
  GByteArray *message = g_byte_array_new ();

  for (int i = 0; i < shape->rank; i++)
    {
      GByteArray *dim = g_byte_array_new ();

      if (shape->dims[i] != 0)
        tfv_message_put_int (dim, 1, shape->dims[i]);
      tfv_message_put_message (message, 2, dim);
    }
  if (shape->rank < 0)
    tfv_message_put_int (message, 3, 1);
  return message;
}

/* TensorProto: dtype = 1, tensor_shape = 2, tensor_content = 4 (little-endian),
 * string_val = 8. */
GByteArray *
tfv_message_new_tensor (TfvTensor *tensor)
{
  GByteArray *message = g_byte_array_new ();
  gsize       n = tfv_tensor_get_n_elements (tensor);

  tfv_message_put_int (message, 1, (gint64) tfv_tensor_get_dtype (tensor));
  tfv_message_put_message (message, 2, tfv_message_new_shape (tfv_tensor_get_shape (tensor)));
  if (tfv_tensor_get_dtype (tensor) != TFV_DATA_TYPE_STRING)
    {
      G_STATIC_ASSERT (G_BYTE_ORDER == G_LITTLE_ENDIAN);
      if (n > 0)
        tfv_message_put_bytes (message, 4, tfv_tensor_get_data (tensor), tfv_tensor_get_size_bytes (tensor));
      return message;
    }
  for (gsize i = 0; i < n; i++)
    {
      GBytes       *bytes = ((GBytes **) tfv_tensor_get_data (tensor))[i];
      gsize         length = 0;
      gconstpointer data = bytes != NULL ? g_bytes_get_data (bytes, &length) : NULL;

      tfv_message_put_bytes (message, 8, data, length);
    }
  return message;
}
