/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/engine/op-case.h"

#include <stdio.h>
#include <string.h>

#include "engine/tfv-variable.h"

static GBytes *
parse_string (const char *word)
{
  GByteArray *bytes;

  if (word[0] != '#')
    return g_bytes_new (word, strlen (word));

  bytes = g_byte_array_new ();
  for (const char *at = word + 1; *at != '\0'; at += 2)
    {
      guint8 byte = (guint8) (g_ascii_xdigit_value (at[0]) << 4 | g_ascii_xdigit_value (at[1]));

      g_byte_array_append (bytes, &byte, 1);
    }
  return g_byte_array_free_to_bytes (bytes);
}

/* Of words, the last one does not repeat. */
static void
parse_strings (const char *text, TfvTensor *tensor)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  GBytes       **strings = tensor->data;

  for (gsize i = 0, n = 0; words[i] != NULL; i++)
    if (words[i][0] != '\0')
      {
        g_assert_cmpuint (n, <, tensor->n_elements);
        strings[n++] = parse_string (words[i]);
      }
}

/* Reads "[2,3] 1 2 3" or "[100] linspace(-1,1)"; the last number repeats. */
TfvTensor *
op_case_parse_tensor (const char *text, TfvDataType dtype)
{
  TfvAttributeDef shape_def = { .kind = TFV_ATTRIBUTE_SHAPE };
  TfvAttribute    shape;
  const char     *end = strchr (text, ']');
  TfvTensor      *tensor;
  double          value = 0.0;
  double          from;
  double          to;

  g_assert_nonnull (end);
  g_autofree char *dims = g_strndup (text, (gsize) (end - text) + 1);

  g_assert_true (tfv_attribute_def_parse_value (&shape_def, dims, &shape));
  tensor = tfv_tensor_new (dtype, *shape.shape);
  tfv_attribute_clear (&shape);
  text = end + 1;
  if (dtype == TFV_DATA_TYPE_STRING)
    {
      parse_strings (text, tensor);
      return tensor;
    }
  if (sscanf (text, " linspace(%lf,%lf)", &from, &to) == 2)
    {
      for (gsize i = 0; i < tensor->n_elements; i++)
        tfv_tensor_set_value (tensor, i, from + (to - from) * (double) i / (double) (tensor->n_elements - 1));
      return tensor;
    }
  for (gsize i = 0; i < tensor->n_elements; i++)
    {
      char  *rest;
      double next = g_ascii_strtod (text, &rest);

      if (rest != text)
        value = next;
      text = rest;
      tfv_tensor_set_value (tensor, i, value);
    }
  return tensor;
}

/* The type attribute that a case is tried for all values of; -1 for none. */
static int
find_main_type (const TfvOpSignature *signature)
{
  int found = tfv_op_signature_find_attribute (signature, "T", 1);

  if (found < 0 && signature->n_inputs > 0)
    found = signature->inputs[0].type_attr;
  return found;
}

static gboolean
is_listed (const char *names, const char *name)
{
  g_auto (GStrv) list = g_strsplit (names, " ", -1);

  return g_strv_contains ((const char *const *) list, name);
}

static TfvDataType
get_argument_type (const TfvOpType *type, const TfvArgument *argument, const TfvOpCase *test, TfvDataType dtype)
{
  const TfvAttributeDef *attribute;

  if (argument->type_attr < 0)
    return argument->dtype;
  if (argument->type_attr == find_main_type (type->signature))
    return dtype;
  attribute = &type->signature->attributes[argument->type_attr];
  g_assert_true (attribute->has_default);
  return attribute->default_value.type;
}

/* Types to try, as TfvDataTypes: those that have a kernel and that the case
 * is for. Where the op has no type attribute, one INVALID. */
GArray *
op_case_list_types (const TfvOpType *type, const TfvOpCase *test)
{
  static const TfvDataType all[] = { TFV_DATA_TYPE_FLOAT, TFV_DATA_TYPE_DOUBLE, TFV_DATA_TYPE_INT32, TFV_DATA_TYPE_INT64, TFV_DATA_TYPE_UINT8, TFV_DATA_TYPE_BOOL, TFV_DATA_TYPE_STRING };
  GArray                  *types = g_array_new (FALSE, FALSE, sizeof (TfvDataType));
  int                      main_type = find_main_type (type->signature);
  TfvDataType              none = TFV_DATA_TYPE_INVALID;

  if (main_type < 0)
    {
      g_array_append_val (types, none);
      return types;
    }
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      guint32     allowed = type->signature->attributes[main_type].allowed_types;
      TfvDataType first = get_argument_type (type, &type->signature->inputs[0], test, all[i]);

      /* Other numbers than 0 and 1 mean nothing to truth values, and bytes have no
       * negative ones. */
      if (test->types == NULL && (all[i] == TFV_DATA_TYPE_BOOL || all[i] == TFV_DATA_TYPE_UINT8 || all[i] == TFV_DATA_TYPE_STRING))
        continue;
      if ((test->types == NULL || is_listed (test->types, tfv_data_type_to_string (all[i]))) &&
          (allowed == 0 || (allowed & (1u << all[i])) != 0) && tfv_op_def_find_kernel (type->def, TFV_DEVICE_CPU, first) != NULL)
        g_array_append_val (types, all[i]);
    }
  return types;
}

static void
set_attribute (TfvOpBuilder *builder, const TfvOpType *type, const char *assignment)
{
  const char            *equals = strchr (assignment, '=');
  const TfvAttributeDef *def;
  TfvAttribute           value;
  int                    index;

  g_assert_nonnull (equals);
  g_autofree char *name = g_strndup (assignment, (gsize) (equals - assignment));

  index = tfv_op_signature_find_attribute (type->signature, name, strlen (name));
  g_assert_cmpint (index, >=, 0);
  def = &type->signature->attributes[index];
  g_assert_true (tfv_attribute_def_parse_value (def, equals + 1, &value));
  switch (def->kind)
    {
    case TFV_ATTRIBUTE_BOOL:
      tfv_op_builder_set_bool (builder, name, value.b);
      break;
    case TFV_ATTRIBUTE_INT:
      tfv_op_builder_set_int (builder, name, value.i);
      break;
    case TFV_ATTRIBUTE_FLOAT:
      tfv_op_builder_set_float (builder, name, value.f);
      break;
    case TFV_ATTRIBUTE_TYPE:
      tfv_op_builder_set_type (builder, name, value.type);
      break;
    case TFV_ATTRIBUTE_STRING:
      tfv_op_builder_set_string (builder, name, value.s);
      break;
    case TFV_ATTRIBUTE_TENSOR:
      tfv_op_builder_set_tensor (builder, name, value.tensor);
      break;
    case TFV_ATTRIBUTE_INT_LIST:
      tfv_op_builder_set_int_list (builder, name, value.list.values, value.list.n);
      break;
    default:
      g_assert_not_reached ();
    }
  tfv_attribute_clear (&value);
}

static TfvOutput
make_input (TfvGraph *graph, TfvTensor *value, OpCaseWay way)
{
  TfvOpBuilder *builder = tfv_op_builder_new (graph, way == OP_CASE_CONSTANT ? "Const" : "Placeholder", "input");

  tfv_op_builder_set_type (builder, "dtype", value->dtype);
  if (way == OP_CASE_CONSTANT)
    tfv_op_builder_set_tensor (builder, "value", value);
  else
    tfv_op_builder_set_shape (builder, "shape", way == OP_CASE_FED ? value->shape : tfv_shape_unknown ());
  return tfv_op_builder_finish_output (builder);
}

/* Gives the op a variable, set before the op runs. */
static void
add_variable (TfvOpBuilder *builder, TfvOutput initial_value)
{
  TfvOutput variable = tfv_variable (initial_value, NULL);

  tfv_op_builder_add_input (builder, variable);
  tfv_op_builder_add_control_input (builder, tfv_variable_get_initializer (variable));
}

void
op_case_graph_init (OpCaseGraph *self, const TfvOpType *type, const TfvOpCase *test, TfvDataType dtype, OpCaseWay way)
{
  const TfvOpSignature *signature = type->signature;
  TfvOpBuilder         *builder;
  guint                 n_lists = 0;
  guint                 n_list = 1;
  guint                 next = 0;

  *self = (OpCaseGraph){ .graph = tfv_graph_new () };
  while (self->n_inputs < G_N_ELEMENTS (test->inputs) && test->inputs[self->n_inputs] != NULL)
    self->n_inputs++;
  for (guint i = 0; i < signature->n_inputs; i++)
    n_lists += signature->inputs[i].number_attr >= 0;
  if (n_lists > 0)
    n_list = (self->n_inputs - (signature->n_inputs - n_lists)) / n_lists;

  builder = tfv_op_builder_new (self->graph, type->def->type, NULL);
  for (guint i = 0; i < signature->n_inputs; i++)
    for (guint j = 0; j < (signature->inputs[i].number_attr >= 0 ? n_list : 1); j++, next++)
      {
        self->values[next] = op_case_parse_tensor (test->inputs[next], get_argument_type (type, &signature->inputs[i], test, dtype));
        self->inputs[next] = make_input (self->graph, self->values[next], way);
        if (signature->inputs[i].is_ref)
          add_variable (builder, self->inputs[next]);
        else
          tfv_op_builder_add_input (builder, self->inputs[next]);
      }
  g_assert_cmpuint (next, ==, self->n_inputs);
  if (test->attributes != NULL)
    {
      g_auto (GStrv) assignments = g_strsplit (test->attributes, " ", -1);

      for (guint i = 0; assignments[i] != NULL; i++)
        set_attribute (builder, type, assignments[i]);
    }
  self->operation = tfv_op_builder_finish (builder);
}

void
op_case_graph_clear (OpCaseGraph *self)
{
  for (guint i = 0; i < self->n_inputs; i++)
    tfv_tensor_unref (self->values[i]);
  g_assert_finalize_object (self->graph);
}
