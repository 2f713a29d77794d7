/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/formats/event-message-private.h"

#include <math.h>

/* Fields of a TensorProto. */
enum
{
  TENSOR_DTYPE = 1,
  TENSOR_SHAPE = 2,
  TENSOR_CONTENT = 4,
  TENSOR_STRING_VAL = 8,
};

/* How numbers of a type are stored. FALSE for types that are no numbers. */
gboolean
tfv_tensor_get_layout (guint64 type, TfvTypeLayout *layout)
{
  switch (type)
    {
    case DT_FLOAT:
      *layout = (TfvTypeLayout){ 5, TFV_WIRE_FIXED32, 4 };
      return TRUE;
    case DT_DOUBLE:
      *layout = (TfvTypeLayout){ 6, TFV_WIRE_FIXED64, 8 };
      return TRUE;
    case DT_INT32:
    case DT_QINT32:
      *layout = (TfvTypeLayout){ 7, TFV_WIRE_VARINT, 4 };
      return TRUE;
    case DT_INT16:
    case DT_UINT16:
    case DT_QINT16:
    case DT_QUINT16:
      *layout = (TfvTypeLayout){ 7, TFV_WIRE_VARINT, 2 };
      return TRUE;
    case DT_INT8:
    case DT_UINT8:
    case DT_QINT8:
    case DT_QUINT8:
      *layout = (TfvTypeLayout){ 7, TFV_WIRE_VARINT, 1 };
      return TRUE;
    case DT_INT64:
      *layout = (TfvTypeLayout){ 10, TFV_WIRE_VARINT, 8 };
      return TRUE;
    case DT_BOOL:
      *layout = (TfvTypeLayout){ 11, TFV_WIRE_VARINT, 1 };
      return TRUE;
    case DT_HALF:
    case DT_BFLOAT16:
      *layout = (TfvTypeLayout){ 13, TFV_WIRE_VARINT, 2 };
      return TRUE;
    case DT_UINT32:
      *layout = (TfvTypeLayout){ 16, TFV_WIRE_VARINT, 4 };
      return TRUE;
    case DT_UINT64:
      *layout = (TfvTypeLayout){ 17, TFV_WIRE_VARINT, 8 };
      return TRUE;
    default:
      return FALSE;
    }
}

static double
half_to_double (guint16 bits)
{
  int    exponent = (bits >> 10) & 0x1f;
  int    fraction = bits & 0x3ff;
  double magnitude;

  if (exponent == 0x1f)
    magnitude = fraction != 0 ? NAN : INFINITY;
  else if (exponent == 0)
    magnitude = ldexp (fraction, -24);
  else
    magnitude = ldexp (fraction + 0x400, exponent - 25);
  return (bits & 0x8000) != 0 ? -magnitude : magnitude;
}

/* A number from its bits, whether they came as a varint or as little-endian bytes. */
double
tfv_tensor_bits_to_double (guint64 type, guint64 bits)
{
  switch (type)
    {
    case DT_FLOAT:
      return tfv_wire_float (bits);
    case DT_DOUBLE:
      return tfv_wire_double (bits);
    case DT_HALF:
      return half_to_double ((guint16) bits);
    case DT_BFLOAT16:
      return tfv_wire_float ((bits & 0xffff) << 16);
    case DT_INT32:
    case DT_QINT32:
      return (gint32) bits;
    case DT_INT16:
    case DT_QINT16:
      return (gint16) bits;
    case DT_INT8:
    case DT_QINT8:
      return (gint8) bits;
    case DT_INT64:
      return (double) (gint64) bits;
    case DT_UINT8:
    case DT_QUINT8:
      return (guint8) bits;
    case DT_UINT16:
    case DT_QUINT16:
      return (guint16) bits;
    case DT_UINT32:
      return (guint32) bits;
    case DT_BOOL:
      return bits != 0;
    default:
      return (double) bits;
    }
}

/* Whether a TensorShapeProto has exactly one element. */
static gboolean
shape_is_single (TfvSlice shape)
{
  TfvWire      wire = tfv_wire_init (shape);
  TfvWireField dimension, size;

  while (tfv_wire_next (&wire, &dimension))
    {
      if (dimension.number == 3 && dimension.value != 0)
        return FALSE;
      if (dimension.number == 2 && dimension.type == TFV_WIRE_BYTES && (!tfv_find_field (dimension.bytes, 1, &size) || size.value != 1))
        return FALSE;
    }
  return !wire.is_bad;
}

/* The first value of a typed list, packed or not; @at is where it ends. */
static gboolean
read_first_value (TfvWire *wire, const TfvWireField *field, const TfvTypeLayout *layout, guint64 *bits, const guint8 **at)
{
  TfvWire  packed;
  gboolean has_value;

  if (field->type == layout->wire_type)
    {
      *bits = field->value;
      *at = wire->at;
      return TRUE;
    }
  if (field->type != TFV_WIRE_BYTES || field->bytes.n_bytes == 0)
    return FALSE;
  packed = tfv_wire_init (field->bytes);
  if (layout->wire_type == TFV_WIRE_VARINT)
    has_value = tfv_wire_read_varint (&packed, bits);
  else
    has_value = tfv_wire_read_fixed (&packed, layout->content_size, bits);
  *at = packed.at;
  return has_value;
}

/* The value of a TensorProto that holds one number. FALSE where it holds
   something else. Types no wider than float32 are told as such, but integers
   are not: their digits are those of a double. */
gboolean
tfv_tensor_get_scalar (TfvSlice tensor, TfvTensorScalar *scalar)
{
  TfvWire       wire = tfv_wire_init (tensor);
  TfvWireField  field;
  TfvTypeLayout layout;
  guint64       type = 0, bits = 0;
  TfvSlice      content = { 0 };
  const guint8 *end = NULL;
  gboolean      is_single = TRUE, has_value = FALSE;

  if (!tfv_find_field (tensor, TENSOR_DTYPE, &field) || field.type != TFV_WIRE_VARINT || !tfv_tensor_get_layout (field.value, &layout))
    return FALSE;
  type = field.value;
  while (tfv_wire_next (&wire, &field))
    {
      if (field.number == TENSOR_SHAPE && field.type == TFV_WIRE_BYTES)
        is_single = shape_is_single (field.bytes);
      else if (field.number == TENSOR_CONTENT && field.type == TFV_WIRE_BYTES)
        content = field.bytes;
      else if (field.number == layout.field && !has_value)
        has_value = read_first_value (&wire, &field, &layout, &bits, &end);
    }
  if (wire.is_bad || !is_single)
    return FALSE;
  if (content.n_bytes != 0)
    {
      if (content.n_bytes != layout.content_size)
        return FALSE;
      bits = 0;
      for (gsize i = 0; i < content.n_bytes; i++)
        bits |= (guint64) content.data[i] << (8 * i);
      end = content.data + content.n_bytes;
    }
  *scalar = (TfvTensorScalar){
    .value = tfv_tensor_bits_to_double (type, bits),
    .is_float32 = type == DT_FLOAT || type == DT_HALF || type == DT_BFLOAT16,
    .at = end != NULL && (type == DT_FLOAT || type == DT_DOUBLE) ? end - layout.content_size : NULL,
  };
  return TRUE;
}

/* How many strings a TensorProto of type DT_STRING has, and the first of them. */
guint
tfv_tensor_get_strings (TfvSlice tensor, TfvSlice *first)
{
  TfvWire      wire = tfv_wire_init (tensor);
  TfvWireField field;
  guint        n_strings = 0;

  while (tfv_wire_next (&wire, &field))
    if (field.number == TENSOR_STRING_VAL && field.type == TFV_WIRE_BYTES && n_strings++ == 0)
      *first = field.bytes;
  return n_strings;
}
