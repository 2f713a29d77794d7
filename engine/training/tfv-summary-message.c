/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/training/tfv-summary-message-private.h"

#include <string.h>

/* Keys of the fields: number · 8 + how it is stored. */
enum
{
  WIRE_VARINT = 0,
  WIRE_FIXED64 = 1,
  WIRE_BYTES = 2,
  WIRE_FIXED32 = 5,
  KEY_VALUE = 1 << 3 | WIRE_BYTES,         /* of Summary */
  KEY_TAG = 1 << 3 | WIRE_BYTES,           /* of Summary.Value */
  KEY_SIMPLE_VALUE = 2 << 3 | WIRE_FIXED32 /* of Summary.Value */
};

#define MAX_VARINT_BYTES 10

static guint
encode_varint (guint64 value, guint8 *bytes)
{
  guint n = 0;

  for (; value >= 0x80; value >>= 7)
    bytes[n++] = (guint8) (value | 0x80);
  bytes[n++] = (guint8) value;
  return n;
}

static void
append_byte (GByteArray *message, guint8 byte)
{
  g_byte_array_append (message, &byte, 1);
}

/* Adds a scalar to a Summary. A Summary is the sequence of its values: two of
 * them, one after the other, are one. */
void
tfv_summary_message_add_scalar (GByteArray *message, const char *tag, gsize tag_bytes, float value)
{
  guint8  tag_length[MAX_VARINT_BYTES];
  guint8  value_length[MAX_VARINT_BYTES];
  guint   n_tag_length = encode_varint (tag_bytes, tag_length);
  guint   n_value_length = encode_varint (1 + n_tag_length + tag_bytes + 1 + sizeof value, value_length);
  guint32 bits;

  memcpy (&bits, &value, sizeof bits);
  bits = GUINT32_TO_LE (bits);
  append_byte (message, KEY_VALUE);
  g_byte_array_append (message, value_length, n_value_length);
  append_byte (message, KEY_TAG);
  g_byte_array_append (message, tag_length, n_tag_length);
  g_byte_array_append (message, (const guint8 *) tag, (guint) tag_bytes);
  append_byte (message, KEY_SIMPLE_VALUE);
  g_byte_array_append (message, (const guint8 *) &bits, sizeof bits);
}

static gboolean
decode_varint (const guint8 **at, const guint8 *end, guint64 *value)
{
  *value = 0;
  for (guint shift = 0; *at < end && shift < 64; shift += 7)
    {
      guint8 byte = *(*at)++;

      *value |= (guint64) (byte & 0x7f) << shift;
      if (byte < 0x80)
        return TRUE;
    }
  return FALSE;
}

/* Reads the next field. What it holds is in `bytes` where it is a piece of the
 * message; FALSE where the message ends or is none. */
static gboolean
next_field (const guint8 **at, const guint8 *end, guint64 *key, const guint8 **bytes, gsize *n_bytes)
{
  guint64 number;

  *bytes = NULL;
  *n_bytes = 0;
  if (!decode_varint (at, end, key))
    return FALSE;
  switch (*key & 7)
    {
    case WIRE_VARINT:
      return decode_varint (at, end, &number);
    case WIRE_FIXED64:
      number = 8;
      break;
    case WIRE_FIXED32:
      number = 4;
      break;
    case WIRE_BYTES:
      if (!decode_varint (at, end, &number))
        return FALSE;
      break;
    default:
      return FALSE;
    }
  if (number > (gsize) (end - *at))
    return FALSE;
  *bytes = *at;
  *n_bytes = (gsize) number;
  *at += number;
  return TRUE;
}

/* Finds the tag of the next value of a Summary and moves behind it. A value
 * without a tag has an empty one. FALSE at the end, and where the bytes are no
 * Summary; *at then is before what is none. */
gboolean
tfv_summary_message_next_tag (const guint8 **at, const guint8 *end, const guint8 **tag, gsize *tag_bytes)
{
  const guint8 *next = *at;
  const guint8 *value;
  gsize         value_bytes;
  guint64       key;

  for (;;)
    {
      if (next == end || !next_field (&next, end, &key, &value, &value_bytes))
        return FALSE;
      if (key == KEY_VALUE)
        break;
      *at = next;
    }
  *tag_bytes = 0;
  *tag = value;
  for (const guint8 *inside = value, *inside_end = value + value_bytes; inside < inside_end;)
    {
      const guint8 *bytes;
      gsize         n_bytes;

      if (!next_field (&inside, inside_end, &key, &bytes, &n_bytes))
        return FALSE;
      if (key == KEY_TAG)
        {
          *tag = bytes;
          *tag_bytes = n_bytes;
        }
    }
  *at = next;
  return TRUE;
}
