/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/training/tfv-summary-message-private.h"

#include <string.h>

#include "engine/tfv-message-private.h"

enum
{
  SUMMARY_VALUE = 1,
  VALUE_TAG = 1,
  VALUE_SIMPLE = 2,
  VALUE_METADATA = 9,
};

/* Keys of fields: number · 8 + how it is stored. */
enum
{
  WIRE_VARINT = 0,
  WIRE_FIXED64 = 1,
  WIRE_BYTES = 2,
  WIRE_FIXED32 = 5,
  KEY_VALUE = SUMMARY_VALUE << 3 | WIRE_BYTES,
  KEY_TAG = VALUE_TAG << 3 | WIRE_BYTES,
};

/* Adds a scalar to a Summary. A Summary is the sequence of its values: two of them,
 * one after the other, are one. */
void
tfv_summary_message_add_scalar (GByteArray *summary, const char *tag, gsize tag_bytes, float number)
{
  GByteArray *value = g_byte_array_new ();

  tfv_message_put_bytes (value, VALUE_TAG, tag, tag_bytes);
  tfv_message_put_float (value, VALUE_SIMPLE, number);
  tfv_message_put_message (summary, SUMMARY_VALUE, value);
}

/* Adds a value that is a message, which is taken, to a Summary. The tag may be NULL,
 * which is no bytes, and so may what is put behind it, and the metadata, a serialised
 * SummaryMetadata. */
void
tfv_summary_message_add_message (GByteArray *summary, GBytes *tag, const char *suffix, TfvSummaryField field, GByteArray *message, GBytes *metadata)
{
  GByteArray   *value = g_byte_array_new ();
  GByteArray   *full_tag = g_byte_array_new ();
  gsize         n_bytes = 0;
  gconstpointer bytes = tag != NULL ? g_bytes_get_data (tag, &n_bytes) : NULL;

  if (n_bytes > 0)
    g_byte_array_append (full_tag, bytes, (guint) n_bytes);
  if (suffix != NULL)
    g_byte_array_append (full_tag, (const guint8 *) suffix, (guint) strlen (suffix));
  tfv_message_put_message (value, VALUE_TAG, full_tag);
  tfv_message_put_message (value, field, message);
  if (metadata != NULL)
    {
      bytes = g_bytes_get_data (metadata, &n_bytes);
      tfv_message_put_bytes (value, VALUE_METADATA, bytes, n_bytes);
    }
  tfv_message_put_message (summary, SUMMARY_VALUE, value);
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
