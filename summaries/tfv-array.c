/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-array-private.h"

#include <math.h>

#include "summaries/tfv-error.h"
#include "summaries/tfv-json-text-private.h"
#include "summaries/tfv-summary-payload-private.h"

/* A list that is shorter than its tensor repeats its last value: what a few bytes
   may grow to has a bound. */
#define MAX_GROWN_BYTES (64u * 1024 * 1024)

/* Fields of a TensorProto. */
enum
{
  TENSOR_DTYPE = 1,
  TENSOR_SHAPE = 2,
  TENSOR_CONTENT = 4,
  TENSOR_STRING_VAL = 8,
  TENSOR_SCOMPLEX_VAL = 9,
  TENSOR_DCOMPLEX_VAL = 12,
};

static const char *const type_names[] = {
  [DT_FLOAT] = "float32",
  [DT_DOUBLE] = "float64",
  [DT_INT32] = "int32",
  [DT_UINT8] = "uint8",
  [DT_INT16] = "int16",
  [DT_INT8] = "int8",
  [DT_STRING] = "string",
  [DT_COMPLEX64] = "complex64",
  [DT_INT64] = "int64",
  [DT_BOOL] = "bool",
  [DT_QINT8] = "qint8",
  [DT_QUINT8] = "quint8",
  [DT_QINT32] = "qint32",
  [DT_BFLOAT16] = "bfloat16",
  [DT_QINT16] = "qint16",
  [DT_QUINT16] = "quint16",
  [DT_UINT16] = "uint16",
  [DT_COMPLEX128] = "complex128",
  [DT_HALF] = "float16",
  [DT_UINT32] = "uint32",
  [DT_UINT64] = "uint64",
};

G_DEFINE_BOXED_TYPE (TfvArray, tfv_array, tfv_array_ref, tfv_array_unref)

static void
clear_array (gpointer data)
{
  TfvArray *self = data;

  g_clear_pointer (&self->content, g_bytes_unref);
  g_clear_pointer (&self->strings, g_ptr_array_unref);
}

/**
 * tfv_array_ref:
 * @self: an array
 *
 * Takes a reference. Any thread.
 *
 * Returns: (transfer full): @self
 */
TfvArray *
tfv_array_ref (TfvArray *self)
{
  return g_atomic_rc_box_acquire (self);
}

/**
 * tfv_array_unref:
 * @self: (transfer full): an array
 *
 * Gives a reference back. Any thread.
 */
void
tfv_array_unref (TfvArray *self)
{
  g_atomic_rc_box_release_full (self, clear_array);
}

/* The numbers of an element are those of this layout, two for a complex one. */
static gboolean
get_layout (int type, TfvTypeLayout *layout, guint *n_parts)
{
  *n_parts = type == DT_COMPLEX64 || type == DT_COMPLEX128 ? 2 : 1;
  if (type == DT_COMPLEX64)
    *layout = (TfvTypeLayout){ TENSOR_SCOMPLEX_VAL, TFV_WIRE_FIXED32, 4 };
  else if (type == DT_COMPLEX128)
    *layout = (TfvTypeLayout){ TENSOR_DCOMPLEX_VAL, TFV_WIRE_FIXED64, 8 };
  else
    return tfv_tensor_get_layout ((guint64) type, layout);
  return TRUE;
}

static gboolean
fail (GError **error, const char *what)
{
  g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_CORRUPT, "%s", what);
  return FALSE;
}

static gboolean
take_shape (TfvArray *self, TfvSlice shape, GError **error)
{
  TfvWire      wire = tfv_wire_init (shape);
  TfvWireField dimension, size;

  while (tfv_wire_next (&wire, &dimension))
    {
      if (dimension.number == 3 && dimension.value != 0)
        return fail (error, "a tensor of unknown rank");
      if (dimension.number != 2 || dimension.type != TFV_WIRE_BYTES)
        continue;
      if (self->n_dimensions == TFV_ARRAY_MAX_DIMENSIONS)
        return fail (error, "a tensor of too many dimensions");
      if (!tfv_find_field (dimension.bytes, 1, &size))
        size.value = 0;
      if ((gint64) size.value < 0)
        return fail (error, "a tensor of unknown shape");
      self->dimensions[self->n_dimensions++] = (gint64) size.value;
    }
  return wire.is_bad ? fail (error, "the shape of a tensor is no whole message") : TRUE;
}

static gboolean
count_elements (TfvArray *self, GError **error)
{
  self->n_elements = 1;
  for (guint i = 0; i < self->n_dimensions; i++)
    if (!g_size_checked_mul (&self->n_elements, self->n_elements, (gsize) self->dimensions[i]))
      return fail (error, "a tensor of impossible size");
  return TRUE;
}

static void
append_number (GByteArray *content, guint64 bits, gsize n_bytes)
{
  bits = GUINT64_TO_LE (bits);
  g_byte_array_append (content, (const guint8 *) &bits, (guint) n_bytes);
}

/* The numbers of a typed list, packed or not, as tensor_content has them. */
static GByteArray *
read_list (TfvSlice tensor, const TfvTypeLayout *layout)
{
  GByteArray  *content = g_byte_array_new ();
  TfvWire      wire = tfv_wire_init (tensor);
  TfvWireField field;
  guint64      bits;

  while (tfv_wire_next (&wire, &field))
    {
      if (field.number != layout->field)
        continue;
      if (field.type == layout->wire_type)
        append_number (content, field.value, layout->content_size);
      if (field.type == TFV_WIRE_BYTES)
        {
          TfvWire packed = tfv_wire_init (field.bytes);

          while (packed.at < packed.end &&
                 (layout->wire_type == TFV_WIRE_VARINT ? tfv_wire_read_varint (&packed, &bits)
                                                       : tfv_wire_read_fixed (&packed, layout->wire_type == TFV_WIRE_FIXED64 ? 8 : 4, &bits)))
            append_number (content, bits, layout->content_size);
        }
    }
  return content;
}

/* Writers that give no shape mean a vector, or a single number. */
static void
guess_shape (TfvArray *self, gsize n_values)
{
  self->n_dimensions = n_values == 1 ? 0 : 1;
  self->dimensions[0] = (gint64) n_values;
  self->n_elements = n_values;
}

static gboolean
take_numbers (TfvArray *self, TfvSlice tensor, TfvSlice content, gboolean has_shape, GError **error)
{
  TfvTypeLayout layout;
  guint         n_parts;
  gsize         element_bytes, n_bytes;
  GByteArray   *list;

  if (!get_layout (self->type, &layout, &n_parts))
    {
      g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_FORMAT, "a tensor of type %d, which is not known", self->type);
      return FALSE;
    }
  element_bytes = layout.content_size * n_parts;
  list = content.n_bytes > 0 ? g_byte_array_new () : read_list (tensor, &layout);
  if (content.n_bytes > 0)
    g_byte_array_append (list, content.data, (guint) content.n_bytes);
  if (!has_shape)
    guess_shape (self, list->len / element_bytes);

  if (!g_size_checked_mul (&n_bytes, self->n_elements, element_bytes) || (n_bytes > list->len && n_bytes > MAX_GROWN_BYTES) || list->len > n_bytes ||
      (list->len < n_bytes && (list->len % element_bytes != 0 || content.n_bytes > 0)))
    {
      g_byte_array_unref (list);
      return fail (error, "a tensor whose values do not fit its shape");
    }
  if (list->len == 0)
    for (gsize i = 0; i < n_bytes; i += layout.content_size)
      append_number (list, 0, layout.content_size);
  while (list->len < n_bytes)
    {
      guint8 last[16];

      memcpy (last, list->data + list->len - element_bytes, element_bytes);
      g_byte_array_append (list, last, (guint) element_bytes);
    }
  self->content = g_byte_array_free_to_bytes (list);
  return TRUE;
}

/* Strings refer to the record's bytes. */
static gboolean
take_strings (TfvArray *self, GBytes *record, TfvSlice tensor, gboolean has_shape, GError **error)
{
  TfvWire       wire = tfv_wire_init (tensor);
  const guint8 *start = g_bytes_get_data (record, NULL);
  TfvWireField  field;

  self->strings = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  while (tfv_wire_next (&wire, &field))
    if (field.number == TENSOR_STRING_VAL && field.type == TFV_WIRE_BYTES)
      g_ptr_array_add (self->strings, g_bytes_new_from_bytes (record, (gsize) (field.bytes.data - start), field.bytes.n_bytes));
  /* Strings that no shape has room for are better shown than lost. */
  if (!has_shape || self->strings->len > self->n_elements)
    guess_shape (self, self->strings->len);
  if (self->n_elements > self->strings->len && self->n_elements > MAX_GROWN_BYTES / sizeof (gpointer))
    return fail (error, "a tensor whose strings do not fit its shape");
  while (self->strings->len < self->n_elements)
    g_ptr_array_add (self->strings, self->strings->len > 0 ? g_bytes_ref (self->strings->pdata[self->strings->len - 1]) : g_bytes_new (NULL, 0));
  return TRUE;
}

/**
 * tfv_array_decode:
 * @record: a record as [method@Tfv.Tag.read_record] gives it, of any kind that
 *   holds a tensor, or a serialised `TensorProto`
 * @error: return location for a [error@Tfv.StoreError]
 *
 * Reads the tensor of a record. Any thread.
 *
 * Returns: (transfer full): the array, or %NULL when the record holds none or is
 *   damaged
 */
TfvArray *
tfv_array_decode (GBytes *record, GError **error)
{
  g_autoptr (TfvArray) self = g_atomic_rc_box_new0 (TfvArray);
  TfvSummaryPayload    payload;
  TfvWire              wire;
  TfvWireField         field;
  TfvSlice             content = { NULL, 0 };
  gboolean             has_shape = FALSE;

  g_return_val_if_fail (record != NULL, NULL);

  if (!tfv_summary_payload_parse (record, TFV_VALUE_NONE, &payload) || payload.kind != TFV_VALUE_TENSOR)
    {
      fail (error, "a record without a tensor");
      return NULL;
    }
  wire = tfv_wire_init (payload.bytes);
  while (tfv_wire_next (&wire, &field))
    {
      if (field.number == TENSOR_DTYPE && field.type == TFV_WIRE_VARINT)
        {
          self->type = field.value < G_N_ELEMENTS (type_names) ? (int) field.value : 0;
        }
      else if (field.number == TENSOR_CONTENT && field.type == TFV_WIRE_BYTES)
        {
          content = field.bytes;
        }
      else if (field.number == TENSOR_SHAPE && field.type == TFV_WIRE_BYTES)
        {
          has_shape = TRUE;
          self->n_dimensions = 0;
          if (!take_shape (self, field.bytes, error))
            return NULL;
        }
    }
  if (wire.is_bad || type_names[self->type] == NULL)
    {
      fail (error, "a tensor that is no whole message");
      return NULL;
    }
  if (!count_elements (self, error))
    return NULL;
  if (!(self->type == DT_STRING ? take_strings (self, record, payload.bytes, has_shape, error) : take_numbers (self, payload.bytes, content, has_shape, error)))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * tfv_array_get_type_name:
 * @self: an array
 *
 * NumPy's name of the type of its elements: `float32`, `int64`, `string`. Any
 * thread.
 *
 * Returns: (transfer none): the name
 */
const char *
tfv_array_get_type_name (TfvArray *self)
{
  return type_names[self->type];
}

/**
 * tfv_array_get_content:
 * @self: an array
 *
 * Its elements as bytes, row-major, little-endian; a complex one is its real part
 * and then the imaginary one. Any thread.
 *
 * Returns: (transfer none) (nullable): the bytes, %NULL for strings
 */
GBytes *
tfv_array_get_content (TfvArray *self)
{
  return self->content;
}

/**
 * tfv_array_is_integer:
 * @self: an array
 *
 * Whether its elements are integers or booleans, which
 * [method@Tfv.Array.get_integer] gives exactly. Any thread.
 *
 * Returns: whether they are
 */
gboolean
tfv_array_is_integer (TfvArray *self)
{
  TfvTypeLayout layout;

  return tfv_tensor_get_layout ((guint64) self->type, &layout) && layout.wire_type == TFV_WIRE_VARINT && self->type != DT_HALF && self->type != DT_BFLOAT16;
}

static guint64
get_bits (TfvArray *self, gsize index, gsize size)
{
  gsize         n_bytes;
  const guint8 *bytes = g_bytes_get_data (self->content, &n_bytes);
  guint64       bits = 0;

  memcpy (&bits, bytes + index * size, size);
  return GUINT64_FROM_LE (bits);
}

/**
 * tfv_array_get_double:
 * @self: an array of numbers
 * @index: which element, row-major; of a complex array the elements count twice,
 *   the real part of each before its imaginary one
 *
 * A number of the array. Any thread.
 *
 * Returns: the number; NaN for an array of strings and for an index outside it
 */
double
tfv_array_get_double (TfvArray *self, gsize index)
{
  TfvTypeLayout layout;
  guint         n_parts;

  if (self->content == NULL || !get_layout (self->type, &layout, &n_parts) || index >= self->n_elements * n_parts)
    return NAN;

  if (n_parts == 2)
    return tfv_tensor_bits_to_double (layout.content_size == 4 ? DT_FLOAT : DT_DOUBLE, get_bits (self, index, layout.content_size));
  return tfv_tensor_bits_to_double ((guint64) self->type, get_bits (self, index, layout.content_size));
}

/**
 * tfv_array_get_integer:
 * @self: an array of integers or booleans
 * @index: which element, row-major
 *
 * An integer of the array. Any thread.
 *
 * Returns: the integer, a uint64 by its bits; 0 for arrays of another type and
 *   for an index outside it
 */
gint64
tfv_array_get_integer (TfvArray *self, gsize index)
{
  TfvTypeLayout layout;
  guint64       bits;

  if (!tfv_array_is_integer (self) || index >= self->n_elements || !tfv_tensor_get_layout ((guint64) self->type, &layout))
    return 0;

  bits = get_bits (self, index, layout.content_size);
  return layout.content_size == 8 ? (gint64) bits : (gint64) tfv_tensor_bits_to_double ((guint64) self->type, bits);
}

/**
 * tfv_array_get_string:
 * @self: an array of strings
 * @index: which element, row-major
 *
 * A string of the array: bytes, which need not be UTF-8. Any thread.
 *
 * Returns: (transfer none) (nullable): the string, %NULL for an array of numbers
 *   and for an index outside it
 */
GBytes *
tfv_array_get_string (TfvArray *self, gsize index)
{
  return self->strings != NULL && index < self->strings->len ? self->strings->pdata[index] : NULL;
}

/* A string as JSON; bytes that are no UTF-8 as an object that has them in base64. */
static void
append_json_string (GBytes *string, GString *json)
{
  TfvSlice         bytes = tfv_slice_of_bytes (string);
  g_autofree char *text = NULL;

  if (bytes.n_bytes == 0 || g_utf8_validate_len ((const char *) bytes.data, bytes.n_bytes, NULL))
    {
      text = tfv_slice_to_string (bytes);
      tfv_json_append_string (json, text);
      return;
    }
  text = g_base64_encode (bytes.data, bytes.n_bytes);
  g_string_append_printf (json, "{\"base64\":\"%s\"}", text);
}

/* The array as JSON: a flat list, row-major. What JSON has no number for is a string. */
void
tfv_array_append_json (TfvArray *self, GString *json)
{
  gsize n_numbers = self->n_elements * (self->type == DT_COMPLEX64 || self->type == DT_COMPLEX128 ? 2 : 1);

  g_string_append_c (json, '[');
  for (gsize i = 0; i < n_numbers; i++)
    {
      if (i > 0)
        g_string_append_c (json, ',');
      if (self->strings != NULL)
        append_json_string (self->strings->pdata[i], json);
      else if (self->type == DT_UINT64)
        g_string_append_printf (json, "%" G_GUINT64_FORMAT, (guint64) tfv_array_get_integer (self, i));
      else if (tfv_array_is_integer (self))
        g_string_append_printf (json, "%" G_GINT64_FORMAT, tfv_array_get_integer (self, i));
      else if (self->type == DT_DOUBLE || self->type == DT_COMPLEX128)
        tfv_json_append_double (json, tfv_array_get_double (self, i));
      else
        tfv_json_append_float (json, (float) tfv_array_get_double (self, i));
    }
  g_string_append_c (json, ']');
}
