/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/formats/event-message-private.h"

/* Fields of the hparams plugin's messages and of google.protobuf.Value. */
enum
{
  PLUGIN_SESSION_START = 3,
  START_HPARAMS = 1,
  ENTRY_KEY = 1,
  ENTRY_VALUE = 2,
  VALUE_NUMBER = 2,
  VALUE_STRING = 3,
  VALUE_BOOL = 4,
};

static char *
to_string (TfvSlice slice)
{
  return slice.n_bytes > 0 ? g_utf8_make_valid ((const char *) slice.data, (gssize) slice.n_bytes) : g_strdup ("");
}

/* A google.protobuf.Value: the last of the kinds of values that are told. (transfer floating) (nullable) */
GVariant *
tfv_hparams_parse_value (TfvSlice message)
{
  TfvWire      wire = tfv_wire_init (message);
  TfvWireField field;
  GVariant    *value = NULL;

  while (tfv_wire_next (&wire, &field))
    {
      GVariant *next = NULL;

      if (field.number == VALUE_NUMBER && field.type == TFV_WIRE_FIXED64)
        next = g_variant_new_double (tfv_wire_double (field.value));
      else if (field.number == VALUE_STRING && field.type == TFV_WIRE_BYTES)
        next = g_variant_new_take_string (to_string (field.bytes));
      else if (field.number == VALUE_BOOL && field.type == TFV_WIRE_VARINT)
        next = g_variant_new_boolean (field.value != 0);
      if (next == NULL)
        continue;
      g_clear_pointer (&value, g_variant_unref);
      value = next;
    }
  return value;
}

/* The hyper-parameters that the content of a tag of the hparams plugin tells,
   `a{sv}`; NULL where it is not the start of a session. (transfer floating) (nullable) */
GVariant *
tfv_hparams_parse (TfvSlice content)
{
  GVariantDict dict;
  TfvWireField start, entry;
  TfvWire      wire;

  if (!tfv_find_field (content, PLUGIN_SESSION_START, &start) || start.type != TFV_WIRE_BYTES)
    return NULL;
  g_variant_dict_init (&dict, NULL);
  wire = tfv_wire_init (start.bytes);
  while (tfv_wire_next (&wire, &entry))
    {
      TfvWireField     key, value;
      g_autofree char *name = NULL;
      GVariant        *variant;

      if (entry.number != START_HPARAMS || entry.type != TFV_WIRE_BYTES)
        continue;
      if (!tfv_find_field (entry.bytes, ENTRY_KEY, &key) || key.type != TFV_WIRE_BYTES || !tfv_find_field (entry.bytes, ENTRY_VALUE, &value) || value.type != TFV_WIRE_BYTES)
        continue;
      name = to_string (key.bytes);
      variant = tfv_hparams_parse_value (value.bytes);
      if (variant != NULL)
        g_variant_dict_insert_value (&dict, name, variant);
    }
  return g_variant_dict_end (&dict);
}
