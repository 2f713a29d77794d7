/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-op-builder.h"

#include <string.h>

#include "engine/tfv-graph-private.h"

struct _TfvOpBuilder
{
  TfvGraph        *graph;
  const char      *op_type;
  const TfvOpType *type; /* NULL where there is no such type */
  char            *name;
  char            *device;
  GArray          *inputs; /* of TfvOutput */
  GPtrArray       *control_inputs;
  TfvAttribute    *attributes;
  gboolean         has_failed;
};

/**
 * tfv_op_builder_new: (skip)
 * @graph: (nullable): the graph; %NULL takes that of the first input
 * @op_type: TensorFlow's name of a type of operation, "MatMul" say
 * @name: (nullable): name inside the current scope; %NULL is @op_type
 *
 * Returns: (transfer full): a builder, which one of the finish functions frees
 */
TfvOpBuilder *
tfv_op_builder_new (TfvGraph *graph, const char *op_type, const char *name)
{
  TfvOpBuilder *self = g_new0 (TfvOpBuilder, 1);

  self->graph = graph;
  self->type = tfv_op_registry_find (op_type);
  self->op_type = self->type != NULL ? self->type->def->type : g_intern_string (op_type);
  self->name = g_strdup (name != NULL ? name : op_type);
  self->inputs = g_array_new (FALSE, FALSE, sizeof (TfvOutput));
  self->control_inputs = g_ptr_array_new ();
  if (self->type != NULL)
    self->attributes = g_new0 (TfvAttribute, self->type->signature->n_attributes);
  return self;
}

static void
builder_free (TfvOpBuilder *self)
{
  g_free (self->name);
  g_free (self->device);
  g_array_unref (self->inputs);
  g_ptr_array_unref (self->control_inputs);
  for (guint i = 0; self->attributes != NULL && i < self->type->signature->n_attributes; i++)
    tfv_attribute_clear (&self->attributes[i]);
  g_free (self->attributes);
  g_free (self);
}

G_GNUC_PRINTF (2, 3)
static void
fail (TfvOpBuilder *self, const char *format, ...)
{
  g_autofree char *message = NULL;
  const char      *scope;
  va_list          arguments;

  self->has_failed = TRUE;
  if (self->graph == NULL)
    return;
  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  scope = tfv_graph_get_scope (self->graph);
  tfv_graph_fail (self->graph,
                  TFV_ENGINE_ERROR_INVALID_ARGUMENT,
                  "%s '%s%s%s': %s",
                  self->op_type,
                  scope,
                  scope[0] != '\0' ? "/" : "",
                  self->name,
                  message);
}

/**
 * tfv_op_builder_add_input: (skip)
 * @self: a builder
 * @input: the next input; none is what an earlier error gave, and makes
 *   this operation be left out as well
 *
 * Adds an input. For a list of tensors each is added by itself.
 */
void
tfv_op_builder_add_input (TfvOpBuilder *self, TfvOutput input)
{
  if (input.operation == NULL)
    {
      if (self->graph != NULL && self->graph->error == NULL)
        fail (self, "input %u is no output of an operation", self->inputs->len);
      self->has_failed = TRUE;
      return;
    }
  if (self->graph == NULL)
    self->graph = input.operation->graph;
  if (input.operation->graph != self->graph)
    fail (self, "input %u is of another graph", self->inputs->len);
  else if (input.index < 0 || (guint) input.index >= input.operation->n_outputs)
    fail (self, "input %u: %s '%s' has no output %d", self->inputs->len, tfv_operation_get_op_type (input.operation), input.operation->name, input.index);
  g_array_append_val (self->inputs, input);
}

/**
 * tfv_op_builder_add_inputs: (skip)
 * @self: a builder
 * @inputs: (array length=n_inputs): the next inputs
 * @n_inputs: how many there are
 *
 * Adds several inputs, for a list of tensors say.
 */
void
tfv_op_builder_add_inputs (TfvOpBuilder *self, const TfvOutput *inputs, guint n_inputs)
{
  for (guint i = 0; i < n_inputs; i++)
    tfv_op_builder_add_input (self, inputs[i]);
}

/**
 * tfv_op_builder_add_control_input: (skip)
 * @self: a builder
 * @operation: (nullable): an operation to run before; %NULL is what an earlier
 *   error gave
 *
 * Makes the operation wait for another, whose outputs it does not need.
 */
void
tfv_op_builder_add_control_input (TfvOpBuilder *self, TfvOperation *operation)
{
  if (operation == NULL)
    {
      self->has_failed = TRUE;
      return;
    }
  if (self->graph == NULL)
    self->graph = operation->graph;
  if (operation->graph != self->graph)
    fail (self, "control input '%s' is of another graph", operation->name);
  else if (!g_ptr_array_find (self->control_inputs, operation, NULL))
    g_ptr_array_add (self->control_inputs, operation);
}

/**
 * tfv_op_builder_set_device: (skip)
 * @self: a builder
 * @device: a device or a part of one
 *
 * Asks for a device for this operation.
 */
void
tfv_op_builder_set_device (TfvOpBuilder *self, const char *device)
{
  g_free (self->device);
  self->device = g_strdup (device);
}

static void
set (TfvOpBuilder *self, const char *name, TfvAttribute value)
{
  TfvAttribute copy;
  int          index;

  if (self->type == NULL)
    return;
  index = tfv_op_signature_find_attribute (self->type->signature, name, strlen (name));
  if (index < 0)
    {
      fail (self, "there is no attribute '%s'", name);
      return;
    }
  if (self->type->signature->attributes[index].kind != value.kind)
    {
      fail (self,
            "attribute '%s' is a %s, not a %s",
            name,
            tfv_attribute_kind_to_string (self->type->signature->attributes[index].kind),
            tfv_attribute_kind_to_string (value.kind));
      return;
    }
  tfv_attribute_copy (&value, &copy);
  tfv_attribute_clear (&self->attributes[index]);
  self->attributes[index] = copy;
}

/**
 * tfv_op_builder_set_bool: (skip)
 * @self: a builder
 * @attribute: name of a bool attribute
 * @value: its value
 *
 * Sets an attribute.
 */
void
tfv_op_builder_set_bool (TfvOpBuilder *self, const char *attribute, gboolean value)
{
  set (self, attribute, (TfvAttribute){ .kind = TFV_ATTRIBUTE_BOOL, .b = value != FALSE });
}

/**
 * tfv_op_builder_set_int: (skip)
 * @self: a builder
 * @attribute: name of an int attribute
 * @value: its value
 *
 * Sets an attribute.
 */
void
tfv_op_builder_set_int (TfvOpBuilder *self, const char *attribute, gint64 value)
{
  set (self, attribute, (TfvAttribute){ .kind = TFV_ATTRIBUTE_INT, .i = value });
}

/**
 * tfv_op_builder_set_float: (skip)
 * @self: a builder
 * @attribute: name of a float attribute
 * @value: its value
 *
 * Sets an attribute.
 */
void
tfv_op_builder_set_float (TfvOpBuilder *self, const char *attribute, float value)
{
  set (self, attribute, (TfvAttribute){ .kind = TFV_ATTRIBUTE_FLOAT, .f = value });
}

/**
 * tfv_op_builder_set_string: (skip)
 * @self: a builder
 * @attribute: name of a string attribute
 * @value: its value
 *
 * Sets an attribute.
 */
void
tfv_op_builder_set_string (TfvOpBuilder *self, const char *attribute, const char *value)
{
  set (self, attribute, (TfvAttribute){ .kind = TFV_ATTRIBUTE_STRING, .s = (char *) value });
}

/**
 * tfv_op_builder_set_type: (skip)
 * @self: a builder
 * @attribute: name of a type attribute
 * @value: its value
 *
 * Sets an attribute.
 */
void
tfv_op_builder_set_type (TfvOpBuilder *self, const char *attribute, TfvDataType value)
{
  set (self, attribute, (TfvAttribute){ .kind = TFV_ATTRIBUTE_TYPE, .type = value });
}

/**
 * tfv_op_builder_set_shape: (skip)
 * @self: a builder
 * @attribute: name of a shape attribute
 * @value: its value
 *
 * Sets an attribute.
 */
void
tfv_op_builder_set_shape (TfvOpBuilder *self, const char *attribute, TfvShape value)
{
  set (self, attribute, (TfvAttribute){ .kind = TFV_ATTRIBUTE_SHAPE, .shape = &value });
}

/**
 * tfv_op_builder_set_tensor: (skip)
 * @self: a builder
 * @attribute: name of a tensor attribute
 * @value: (transfer none): its value
 *
 * Sets an attribute.
 */
void
tfv_op_builder_set_tensor (TfvOpBuilder *self, const char *attribute, TfvTensor *value)
{
  set (self, attribute, (TfvAttribute){ .kind = TFV_ATTRIBUTE_TENSOR, .tensor = value });
}

/**
 * tfv_op_builder_set_int_list: (skip)
 * @self: a builder
 * @attribute: name of a list(int) attribute
 * @values: (array length=n_values): its values
 * @n_values: how many there are
 *
 * Sets an attribute.
 */
void
tfv_op_builder_set_int_list (TfvOpBuilder *self, const char *attribute, const gint64 *values, guint n_values)
{
  set (self, attribute, (TfvAttribute){ .kind = TFV_ATTRIBUTE_INT_LIST, .list = { (gint64 *) values, n_values } });
}

/* Sets a type or length that an input tells, or checks it against what
 * another input told. */
static gboolean
infer_attribute (TfvOpBuilder *self, int index, gint64 value, const TfvArgument *argument)
{
  const TfvAttributeDef *def = &self->type->signature->attributes[index];
  TfvAttribute          *attribute = &self->attributes[index];
  gboolean               is_type = def->kind == TFV_ATTRIBUTE_TYPE;

  if (attribute->kind == TFV_ATTRIBUTE_NONE)
    {
      *attribute = (TfvAttribute){ .kind = def->kind };
      if (is_type)
        attribute->type = (TfvDataType) value;
      else
        attribute->i = value;
      return TRUE;
    }
  if ((is_type ? (gint64) attribute->type : attribute->i) == value)
    return TRUE;
  if (is_type)
    fail (self, "input '%s' has type %s, but %s is expected", argument->name, tfv_data_type_to_string ((TfvDataType) value), tfv_data_type_to_string (attribute->type));
  else
    fail (self, "input '%s' has %" G_GINT64_FORMAT " tensors, but %" G_GINT64_FORMAT " are expected", argument->name, value, attribute->i);
  return FALSE;
}

/* How many tensors each argument takes: only one argument may be a list whose
 * length nothing else tells. */
static guint
count_list (TfvOpBuilder *self)
{
  const TfvOpSignature *signature = self->type->signature;
  guint                 n_single = 0;
  guint                 n_lists = 0;

  for (guint i = 0; i < signature->n_inputs; i++)
    if (signature->inputs[i].number_attr >= 0)
      n_lists++;
    else
      n_single++;
  if (self->inputs->len < n_single || (n_lists == 0 && self->inputs->len != n_single) ||
      (n_lists > 0 && (self->inputs->len - n_single) % n_lists != 0))
    {
      fail (self, "takes %s%u inputs, not %u", n_lists > 0 ? "at least " : "", n_single, self->inputs->len);
      return 0;
    }
  return n_lists > 0 ? (self->inputs->len - n_single) / n_lists : 0;
}

static gboolean
match_inputs (TfvOpBuilder *self)
{
  const TfvOpSignature *signature = self->type->signature;
  guint                 n_list = count_list (self);
  guint                 next = 0;

  for (guint i = 0; i < signature->n_inputs && !self->has_failed; i++)
    {
      const TfvArgument *argument = &signature->inputs[i];
      guint              n = argument->number_attr >= 0 ? n_list : 1;

      if (argument->number_attr >= 0 && !infer_attribute (self, argument->number_attr, n, argument))
        return FALSE;
      for (guint j = 0; j < n; j++, next++)
        {
          TfvOutput     *input = &g_array_index (self->inputs, TfvOutput, next);
          TfvOutputInfo *info = &input->operation->outputs[input->index];

          if (argument->is_ref && !info->is_ref)
            {
              fail (self, "input '%s' must be a variable, not %s '%s'", argument->name, tfv_operation_get_op_type (input->operation), input->operation->name);
              return FALSE;
            }
          if (!argument->is_ref && info->is_ref && input->operation->snapshot.operation != NULL)
            *input = input->operation->snapshot;
          if (argument->type_attr >= 0)
            {
              if (!infer_attribute (self, argument->type_attr, info->dtype, argument))
                return FALSE;
            }
          else if (argument->dtype != info->dtype)
            {
              fail (self, "input '%s' has type %s, but %s is expected", argument->name, tfv_data_type_to_string (info->dtype), tfv_data_type_to_string (argument->dtype));
              return FALSE;
            }
        }
    }
  return !self->has_failed;
}

/* Gives attributes that were not set their defaults and checks them all. */
static gboolean
complete_attributes (TfvOpBuilder *self)
{
  for (guint i = 0; i < self->type->signature->n_attributes; i++)
    {
      const TfvAttributeDef *def = &self->type->signature->attributes[i];
      TfvAttribute          *attribute = &self->attributes[i];

      if (attribute->kind == TFV_ATTRIBUTE_NONE && def->has_default)
        tfv_attribute_copy (&def->default_value, attribute);
      if (attribute->kind == TFV_ATTRIBUTE_NONE)
        fail (self, "attribute '%s' is not set", def->name);
      else if (def->allowed_types != 0 && (def->allowed_types & (1u << attribute->type)) == 0)
        fail (self, "it can't be done with type %s", tfv_data_type_to_string (attribute->type));
      else if (def->has_minimum && attribute->i < def->minimum)
        fail (self, "attribute '%s' is %" G_GINT64_FORMAT ", but must be at least %" G_GINT64_FORMAT, def->name, attribute->i, def->minimum);
      if (self->has_failed)
        return FALSE;
    }
  return TRUE;
}

static void
make_outputs (TfvOpBuilder *self, TfvOperation *operation)
{
  const TfvOpSignature *signature = self->type->signature;
  GArray               *outputs = g_array_new (FALSE, TRUE, sizeof (TfvOutputInfo));

  for (guint i = 0; i < signature->n_outputs; i++)
    {
      const TfvArgument *argument = &signature->outputs[i];
      gint64             n = argument->number_attr >= 0 ? operation->attributes[argument->number_attr].i : 1;
      TfvOutputInfo      info = { .is_ref = argument->is_ref, .shape = tfv_shape_unknown () };

      info.dtype = argument->type_attr >= 0 ? operation->attributes[argument->type_attr].type : argument->dtype;
      for (gint64 j = 0; j < n; j++)
        g_array_append_val (outputs, info);
    }
  operation->n_outputs = outputs->len;
  operation->outputs = (TfvOutputInfo *) g_array_free (outputs, FALSE);
}

static gboolean
infer_outputs (TfvOperation *operation, GError **error)
{
  g_autofree TfvShape   *inputs = g_new (TfvShape, operation->n_inputs);
  g_autofree TfvTensor **constants = g_new (TfvTensor *, operation->n_inputs);
  g_autofree TfvShape   *outputs = g_new (TfvShape, operation->n_outputs);
  g_autofree TfvTensor **values = g_new0 (TfvTensor *, operation->n_outputs);
  gboolean               is_good;

  for (guint i = 0; i < operation->n_inputs; i++)
    {
      const TfvOutputInfo *info = &operation->inputs[i].operation->outputs[operation->inputs[i].index];

      inputs[i] = info->shape;
      constants[i] = info->constant;
    }
  is_good = tfv_operation_infer (operation, inputs, constants, outputs, values, error);
  for (guint i = 0; i < operation->n_outputs; i++)
    {
      operation->outputs[i].shape = outputs[i];
      operation->outputs[i].constant = values[i];
    }
  return is_good;
}

static TfvOperation *
make_operation (TfvOpBuilder *self, char *full_name)
{
  TfvOperation *operation = g_new0 (TfvOperation, 1);

  operation->graph = self->graph;
  operation->name = full_name;
  operation->type = self->type;
  operation->device = tfv_graph_dup_device (self->graph, self->device);
  operation->n_inputs = self->inputs->len;
  operation->inputs = g_memdup2 (self->inputs->data, self->inputs->len * sizeof (TfvOutput));
  tfv_graph_append_control_inputs (self->graph, self->control_inputs, operation->inputs, operation->n_inputs);
  operation->n_control_inputs = self->control_inputs->len;
  operation->control_inputs = g_memdup2 (self->control_inputs->pdata, self->control_inputs->len * sizeof (TfvOperation *));
  operation->attributes = g_steal_pointer (&self->attributes);
  operation->snapshot = TFV_OUTPUT_NONE;
  make_outputs (self, operation);
  return operation;
}

/**
 * tfv_op_builder_finish: (skip)
 * @self: (transfer full): a builder
 *
 * Checks the operation, finds out types and shapes, and adds it to the graph.
 *
 * Returns: (transfer none) (nullable): the operation, or %NULL where there was
 *   an error, which the graph then has
 */
TfvOperation *
tfv_op_builder_finish (TfvOpBuilder *self)
{
  TfvOperation *operation = NULL;
  TfvGraph     *graph = self->graph;
  char         *full_name = NULL;

  if (graph != NULL)
    g_rec_mutex_lock (&graph->lock);
  if (self->type == NULL)
    fail (self, "there is no such type of operation");
  else if (graph == NULL)
    self->has_failed = TRUE;
  if (!self->has_failed && match_inputs (self) && complete_attributes (self))
    full_name = tfv_graph_dup_unique_name (graph, self->name);
  if (full_name != NULL)
    {
      GError *error = NULL;

      operation = make_operation (self, full_name);
      if (infer_outputs (operation, &error))
        tfv_graph_add_operation (graph, operation);
      else
        {
          tfv_graph_take_error (graph, error);
          g_clear_pointer (&operation, tfv_operation_free);
        }
    }
  if (graph != NULL)
    g_rec_mutex_unlock (&graph->lock);
  builder_free (self);
  return operation;
}

/**
 * tfv_op_builder_finish_output: (skip)
 * @self: (transfer full): a builder
 *
 * Does as [func@Tfv.op_builder_finish].
 *
 * Returns: output 0 of the operation, or none
 */
TfvOutput
tfv_op_builder_finish_output (TfvOpBuilder *self)
{
  return tfv_operation_get_output (tfv_op_builder_finish (self), 0);
}
