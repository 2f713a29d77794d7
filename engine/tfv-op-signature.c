/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-op-signature-private.h"

#include <stdlib.h>
#include <string.h>

/* Reads the notation of TfvOpDef. What it reads is written by the ops
 * themselves, so that a mistake is a bug and ends the program. */

static char *
take_name (const char *text, const char **rest)
{
  const char *colon = strchr (text, ':');

  g_assert (colon != NULL);
  *rest = colon + 1 + strspn (colon + 1, " ");
  return g_strstrip (g_strndup (text, (gsize) (colon - text)));
}

static TfvAttributeKind
kind_from_string (const char *text)
{
  for (TfvAttributeKind kind = TFV_ATTRIBUTE_BOOL; kind <= TFV_ATTRIBUTE_TYPE_LIST; kind++)
    if (g_str_equal (text, tfv_attribute_kind_to_string (kind)))
      return kind;
  return TFV_ATTRIBUTE_NONE;
}

static void
parse_attribute (const char *text, TfvAttributeDef *attribute)
{
  const char      *rest;
  const char      *equals;
  g_autofree char *kind = NULL;

  attribute->name = take_name (text, &rest);
  equals = strchr (rest, '=');
  if (equals != NULL && equals > rest && equals[-1] == '>')
    {
      char *end;

      attribute->has_minimum = TRUE;
      attribute->minimum = g_ascii_strtoll (equals + 1, &end, 10);
      kind = g_strndup (rest, (gsize) (equals - 1 - rest));
      equals = strchr (end, '=');
    }
  else
    kind = equals != NULL ? g_strndup (rest, (gsize) (equals - rest)) : g_strdup (rest);
  g_strstrip (kind);

  if (kind[0] == '{')
    {
      g_auto (GStrv) names = NULL;

      attribute->kind = TFV_ATTRIBUTE_TYPE;
      g_strdelimit (kind, "{}", ' ');
      names = g_strsplit (kind, ",", -1);
      for (guint i = 0; names[i] != NULL; i++)
        attribute->allowed_types |= 1u << tfv_data_type_from_string (g_strstrip (names[i]));
    }
  else
    attribute->kind = kind_from_string (kind);
  g_assert (attribute->kind != TFV_ATTRIBUTE_NONE);

  if (equals != NULL)
    {
      attribute->has_default = tfv_attribute_def_parse_value (attribute, equals + 1, &attribute->default_value);
      g_assert (attribute->has_default);
    }
}

static void
parse_argument (const char *text, TfvOpSignature *signature, gboolean is_input, TfvArgument *argument)
{
  const char      *rest;
  const char      *star;
  g_autofree char *type = NULL;

  argument->name = take_name (text, &rest);
  argument->type_attr = argument->number_attr = -1;
  star = strchr (rest, '*');
  if (star != NULL)
    {
      gsize length = strcspn (rest, " *");

      argument->number_attr = tfv_op_signature_find_attribute (signature, rest, length);
      g_assert (argument->number_attr >= 0);
      if (is_input)
        signature->attributes[argument->number_attr].is_inferred = TRUE;
      rest = star + 1;
    }
  type = g_strstrip (g_strdup (rest));
  if (g_str_has_prefix (type, "Ref("))
    {
      argument->is_ref = TRUE;
      memmove (type, type + 4, strlen (type) - 3);
      type[strlen (type) - 1] = '\0';
    }
  argument->dtype = tfv_data_type_from_string (type);
  if (argument->dtype == TFV_DATA_TYPE_INVALID)
    {
      argument->type_attr = tfv_op_signature_find_attribute (signature, type, strlen (type));
      g_assert (argument->type_attr >= 0);
      if (is_input)
        signature->attributes[argument->type_attr].is_inferred = TRUE;
    }
}

static guint
count (const char *const *texts, guint max)
{
  guint n = 0;

  while (n < max && texts[n] != NULL)
    n++;
  return n;
}

/* Lives as long as the program, as its op does. */
TfvOpSignature *
tfv_op_signature_new (const TfvOpDef *def)
{
  TfvOpSignature *self = g_new0 (TfvOpSignature, 1);

  self->n_attributes = count (def->attributes, G_N_ELEMENTS (def->attributes));
  self->attributes = g_new0 (TfvAttributeDef, self->n_attributes);
  for (guint i = 0; i < self->n_attributes; i++)
    parse_attribute (def->attributes[i], &self->attributes[i]);

  self->n_inputs = count (def->inputs, G_N_ELEMENTS (def->inputs));
  self->inputs = g_new0 (TfvArgument, self->n_inputs);
  for (guint i = 0; i < self->n_inputs; i++)
    parse_argument (def->inputs[i], self, TRUE, &self->inputs[i]);

  self->n_outputs = count (def->outputs, G_N_ELEMENTS (def->outputs));
  self->outputs = g_new0 (TfvArgument, self->n_outputs);
  for (guint i = 0; i < self->n_outputs; i++)
    parse_argument (def->outputs[i], self, FALSE, &self->outputs[i]);
  return self;
}

int
tfv_op_signature_find_attribute (const TfvOpSignature *self, const char *name, gsize length)
{
  for (guint i = 0; i < self->n_attributes; i++)
    if (strncmp (self->attributes[i].name, name, length) == 0 && self->attributes[i].name[length] == '\0')
      return (int) i;
  return -1;
}

static gboolean
parse_list (const char *text, TfvAttributeKind kind, TfvAttribute *value)
{
  g_autofree char *copy = g_strdup (text);
  g_auto (GStrv)   parts = NULL;
  guint            n = 0;

  g_strstrip (g_strdelimit (copy, "[]", ' '));
  parts = g_strsplit (copy, ",", -1);
  value->list.values = g_new0 (gint64, g_strv_length (parts));
  for (guint i = 0; parts[i] != NULL; i++)
    if (*g_strstrip (parts[i]) != '\0')
      value->list.values[n++] = kind == TFV_ATTRIBUTE_TYPE_LIST ? (gint64) tfv_data_type_from_string (parts[i])
                                                                : g_ascii_strtoll (parts[i], NULL, 10);
  value->list.n = n;
  return TRUE;
}

static gboolean
parse_shape (const char *text, TfvAttribute *value)
{
  TfvAttribute list = { 0 };

  value->shape = g_new0 (TfvShape, 1);
  if (strchr (text, '[') == NULL)
    *value->shape = tfv_shape_unknown ();
  else
    {
      parse_list (text, TFV_ATTRIBUTE_INT_LIST, &list);
      *value->shape = tfv_shape_from_dims ((int) list.list.n, list.list.values);
      g_free (list.list.values);
    }
  return TRUE;
}

/* A tensor of one dimension is written "uint8{1,2,3}". */
static gboolean
parse_tensor (const char *text, TfvAttribute *value)
{
  g_autofree char *copy = g_strdup (text);
  g_auto (GStrv)   parts = NULL;
  TfvDataType      dtype;
  gint64           n;

  parts = g_strsplit_set (g_strstrip (copy), "{,}", -1);
  dtype = tfv_data_type_from_string (parts[0]);
  if (dtype == TFV_DATA_TYPE_INVALID || g_strv_length (parts) < 3)
    return FALSE;

  n = (gint64) g_strv_length (parts) - 2;
  value->tensor = tfv_tensor_new (dtype, tfv_shape_from_dims (1, &n));
  for (gsize i = 0; i < (gsize) n; i++)
    tfv_tensor_set_value (value->tensor, i, g_ascii_strtod (parts[1 + i], NULL));
  return TRUE;
}

/* Reads a value in the notation of defaults and of the ops' own cases. FALSE
 * where it can't be one. */
gboolean
tfv_attribute_def_parse_value (const TfvAttributeDef *self, const char *text, TfvAttribute *value)
{
  text += strspn (text, " ");
  *value = (TfvAttribute){ .kind = self->kind };
  switch (self->kind)
    {
    case TFV_ATTRIBUTE_BOOL:
      value->b = g_str_has_prefix (text, "true");
      return value->b || g_str_has_prefix (text, "false");
    case TFV_ATTRIBUTE_INT:
      value->i = g_ascii_strtoll (text, NULL, 10);
      return TRUE;
    case TFV_ATTRIBUTE_FLOAT:
      value->f = (float) g_ascii_strtod (text, NULL);
      return TRUE;
    case TFV_ATTRIBUTE_STRING:
      {
        gsize length = strlen (text);

        if (length >= 2 && text[0] == '\'' && text[length - 1] == '\'')
          value->s = g_strndup (text + 1, length - 2);
        else
          value->s = g_strdup (text);
        return TRUE;
      }
    case TFV_ATTRIBUTE_TYPE:
      value->type = tfv_data_type_from_string (text);
      return value->type != TFV_DATA_TYPE_INVALID;
    case TFV_ATTRIBUTE_SHAPE:
      return parse_shape (text, value);
    case TFV_ATTRIBUTE_TENSOR:
      return parse_tensor (text, value);
    case TFV_ATTRIBUTE_INT_LIST:
    case TFV_ATTRIBUTE_TYPE_LIST:
      return parse_list (text, self->kind, value);
    default:
      return FALSE;
    }
}
