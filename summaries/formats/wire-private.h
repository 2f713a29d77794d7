/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

/**
 * TfvSlice: (skip)
 *
 * Bytes inside a message that is in memory; nothing is copied.
 */
typedef struct
{
  const guint8 *data;
  gsize         n_bytes;
} TfvSlice;

/**
 * TfvWire: (skip)
 *
 * Walks over the fields of a serialised protocol buffer, by number, without
 * allocating. The bytes may be hostile: nothing outside them is read.
 */
typedef struct
{
  const guint8 *at;
  const guint8 *end;
  gboolean      is_bad;
} TfvWire;

typedef enum
{
  TFV_WIRE_VARINT = 0,
  TFV_WIRE_FIXED64 = 1,
  TFV_WIRE_BYTES = 2,
  TFV_WIRE_FIXED32 = 5,
} TfvWireType;

/**
 * TfvWireField: (skip)
 * @number: the field's number
 * @type: how it is stored
 * @value: a varint, or the bits of a fixed field
 * @bytes: a string, a message or packed values
 */
typedef struct
{
  guint32     number;
  TfvWireType type;
  guint64     value;
  TfvSlice    bytes;
} TfvWireField;

static inline TfvWire
tfv_wire_init (TfvSlice message)
{
  return (TfvWire){ message.data, message.data + message.n_bytes, FALSE };
}

static inline gboolean
tfv_wire_read_varint (TfvWire *self, guint64 *value)
{
  guint64 result = 0;

  if (G_LIKELY (self->at < self->end && *self->at < 0x80))
    {
      *value = *self->at++;
      return TRUE;
    }
  for (guint shift = 0; shift < 64 && self->at < self->end; shift += 7)
    {
      guint8 byte = *self->at++;

      result |= (guint64) (byte & 0x7f) << shift;
      if (byte < 0x80)
        {
          *value = result;
          return TRUE;
        }
    }
  self->is_bad = TRUE;
  return FALSE;
}

static inline gboolean
tfv_wire_read_fixed (TfvWire *self, gsize n_bytes, guint64 *value)
{
  guint32 narrow;

  if ((gsize) (self->end - self->at) < n_bytes)
    {
      self->is_bad = TRUE;
      return FALSE;
    }
  if (n_bytes == sizeof *value)
    {
      memcpy (value, self->at, sizeof *value);
      *value = GUINT64_FROM_LE (*value);
    }
  else
    {
      memcpy (&narrow, self->at, sizeof narrow);
      *value = GUINT32_FROM_LE (narrow);
    }
  self->at += n_bytes;
  return TRUE;
}

/* The next field. FALSE at the end and where the message is damaged, which
   `is_bad` tells apart. Groups, which nothing that is read here has, are damage. */
static inline gboolean
tfv_wire_next (TfvWire *self, TfvWireField *field)
{
  guint64 key, n_bytes;

  if (self->at >= self->end || self->is_bad || !tfv_wire_read_varint (self, &key))
    return FALSE;
  field->number = (guint32) (key >> 3);
  field->type = (TfvWireType) (key & 7);
  field->value = 0;
  field->bytes = (TfvSlice){ NULL, 0 };
  if (key >> 32 != 0 || field->number == 0)
    {
      self->is_bad = TRUE;
      return FALSE;
    }
  switch (field->type)
    {
    case TFV_WIRE_VARINT:
      return tfv_wire_read_varint (self, &field->value);
    case TFV_WIRE_FIXED64:
      return tfv_wire_read_fixed (self, 8, &field->value);
    case TFV_WIRE_FIXED32:
      return tfv_wire_read_fixed (self, 4, &field->value);
    case TFV_WIRE_BYTES:
      if (!tfv_wire_read_varint (self, &n_bytes))
        return FALSE;
      if (n_bytes <= (gsize) (self->end - self->at))
        {
          field->bytes = (TfvSlice){ self->at, n_bytes };
          self->at += n_bytes;
          return TRUE;
        }
      break;
    default:
      break;
    }
  self->is_bad = TRUE;
  return FALSE;
}

/* The next field, if it is a message of this number, below 16, of fewer than 128
   bytes. FALSE, and nothing read, where it is another. */
static inline gboolean
tfv_wire_next_short_message (TfvWire *self, guint8 number, TfvSlice *message)
{
  gsize n_left = (gsize) (self->end - self->at);

  if (n_left < 2 || self->is_bad || self->at[0] != (number << 3 | TFV_WIRE_BYTES) || self->at[1] >= 0x80 || self->at[1] > n_left - 2)
    return FALSE;
  *message = (TfvSlice){ self->at + 2, self->at[1] };
  self->at += 2 + message->n_bytes;
  return TRUE;
}

static inline double
tfv_wire_double (guint64 bits)
{
  double value;

  memcpy (&value, &bits, sizeof value);
  return value;
}

static inline float
tfv_wire_float (guint64 bits)
{
  guint32 narrow = (guint32) bits;
  float   value;

  memcpy (&value, &narrow, sizeof value);
  return value;
}

G_END_DECLS
