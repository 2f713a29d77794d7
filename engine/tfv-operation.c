/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-graph-private.h"
#include "engine/tfv-inference-private.h"
#include "engine/tfv-kernel-private.h"

/* Values greater than this are not worth knowing before a run. */
#define TFV_FOLD_MAX_ELEMENTS 256

void
tfv_operation_free (TfvOperation *self)
{
  g_free (self->name);
  g_free (self->device);
  g_free (self->inputs);
  g_free (self->control_inputs);
  for (guint i = 0; i < self->n_outputs; i++)
    g_clear_pointer (&self->outputs[i].constant, tfv_tensor_unref);
  g_free (self->outputs);
  for (guint i = 0; i < self->type->signature->n_attributes; i++)
    tfv_attribute_clear (&self->attributes[i]);
  g_free (self->attributes);
  g_free (self);
}

const TfvAttribute *
tfv_operation_get_attribute (const TfvOperation *self, const char *name)
{
  const TfvOpSignature *signature = self->type->signature;

  for (guint i = 0; i < signature->n_attributes; i++)
    if (g_str_equal (signature->attributes[i].name, name))
      return &self->attributes[i];
  return NULL;
}

/* Computes the outputs now, where they depend on nothing but known values. */
static void
fold (const TfvOperation *self, TfvTensor *const *constants, const TfvShape *outputs, TfvTensor **values)
{
  const TfvOpDef        *def = self->type->def;
  const TfvKernel       *kernel = tfv_op_def_find_kernel (def, TFV_DEVICE_CPU, tfv_operation_get_kernel_dtype (self));
  g_autofree TfvTensor **inputs = NULL;

  if (kernel == NULL || self->n_inputs == 0 || self->n_outputs == 0 || (def->flags & TFV_OP_STATEFUL) != 0)
    return;
  for (guint i = 0; i < self->n_inputs; i++)
    if (constants[i] == NULL || tfv_tensor_get_n_elements (constants[i]) > TFV_FOLD_MAX_ELEMENTS)
      return;
  for (guint i = 0; i < self->n_outputs; i++)
    if (self->outputs[i].is_ref || tfv_shape_get_n_elements (&outputs[i]) > TFV_FOLD_MAX_ELEMENTS)
      return;
  inputs = g_memdup2 (constants, self->n_inputs * sizeof *constants);
  tfv_kernel_evaluate (kernel, self, inputs, values);
}

/* Asks the op's shape function, and, where values are known, its kernel.
 * The shapes are set even where it fails; values is set to new references. */
gboolean
tfv_operation_infer (const TfvOperation *self,
                     const TfvShape     *inputs,
                     TfvTensor *const   *constants,
                     TfvShape           *outputs,
                     TfvTensor         **values,
                     GError            **error)
{
  g_autoptr (GError) local_error = NULL;
  TfvInference       inference = {
          .operation = self,
          .n_inputs = self->n_inputs,
          .inputs = inputs,
          .constants = constants,
          .n_outputs = self->n_outputs,
          .outputs = outputs,
          .values = values,
          .error = &local_error,
  };

  for (guint i = 0; i < self->n_outputs; i++)
    outputs[i] = tfv_shape_unknown ();
  self->type->def->infer_shape (&inference);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (self->n_outputs > 0 && values[0] == NULL)
    fold (self, constants, outputs, values);
  for (guint i = 0; i < self->n_outputs; i++)
    if (values[i] != NULL)
      outputs[i] = *tfv_tensor_get_shape (values[i]);
  return TRUE;
}

/* The type that a kernel is chosen by. */
TfvDataType
tfv_operation_get_kernel_dtype (const TfvOperation *self)
{
  if (self->n_inputs > 0)
    return tfv_output_get_dtype (self->inputs[0]);
  return self->n_outputs > 0 ? self->outputs[0].dtype : TFV_DATA_TYPE_INVALID;
}

/**
 * tfv_operation_get_name: (skip)
 * @self: an operation
 *
 * Returns: (transfer none): its full name, "layer1/MatMul" say. Any thread
 */
const char *
tfv_operation_get_name (const TfvOperation *self)
{
  return self->name;
}

/**
 * tfv_operation_get_op_type: (skip)
 * @self: an operation
 *
 * Returns: (transfer none): TensorFlow's name of what it does, "MatMul" say.
 *   Any thread
 */
const char *
tfv_operation_get_op_type (const TfvOperation *self)
{
  return self->type->def->type;
}

/**
 * tfv_operation_get_device: (skip)
 * @self: an operation
 *
 * Returns: (transfer none): the device that was asked for, in full or in part;
 *   empty where none was. Any thread
 */
const char *
tfv_operation_get_device (const TfvOperation *self)
{
  return self->device;
}

/**
 * tfv_operation_get_n_inputs: (skip)
 * @self: an operation
 *
 * Returns: how many tensors it takes. Any thread
 */
guint
tfv_operation_get_n_inputs (const TfvOperation *self)
{
  return self->n_inputs;
}

/**
 * tfv_operation_get_input: (skip)
 * @self: an operation
 * @index: which input
 *
 * Returns: the output that feeds it. Any thread
 */
TfvOutput
tfv_operation_get_input (const TfvOperation *self, guint index)
{
  g_return_val_if_fail (index < self->n_inputs, TFV_OUTPUT_NONE);

  return self->inputs[index];
}

/**
 * tfv_operation_get_n_control_inputs: (skip)
 * @self: an operation
 *
 * Returns: how many operations must run before it beside its inputs. Any thread
 */
guint
tfv_operation_get_n_control_inputs (const TfvOperation *self)
{
  return self->n_control_inputs;
}

/**
 * tfv_operation_get_control_input: (skip)
 * @self: an operation
 * @index: which control input
 *
 * Returns: (transfer none): an operation that runs before it. Any thread
 */
TfvOperation *
tfv_operation_get_control_input (const TfvOperation *self, guint index)
{
  g_return_val_if_fail (index < self->n_control_inputs, NULL);

  return self->control_inputs[index];
}

/**
 * tfv_operation_get_n_outputs: (skip)
 * @self: an operation
 *
 * Returns: how many tensors it gives. Any thread
 */
guint
tfv_operation_get_n_outputs (const TfvOperation *self)
{
  return self->n_outputs;
}

/**
 * tfv_operation_get_output: (skip)
 * @self: (nullable): an operation
 * @index: which output
 *
 * Returns: the output; none where @self is %NULL. Any thread
 */
TfvOutput
tfv_operation_get_output (TfvOperation *self, guint index)
{
  if (self == NULL)
    return TFV_OUTPUT_NONE;
  g_return_val_if_fail (index < self->n_outputs, TFV_OUTPUT_NONE);

  return (TfvOutput){ self, (int) index };
}

static const TfvAttribute *
get_attribute_of_kind (const TfvOperation *self, const char *name, TfvAttributeKind kind)
{
  const TfvAttribute *attribute = tfv_operation_get_attribute (self, name);

  if (attribute == NULL || attribute->kind != kind)
    {
      g_critical ("%s '%s' has no %s attribute '%s'",
                  tfv_operation_get_op_type (self),
                  self->name,
                  tfv_attribute_kind_to_string (kind),
                  name);
      return NULL;
    }
  return attribute;
}

/**
 * tfv_operation_get_attr_bool: (skip)
 * @self: an operation
 * @name: a bool attribute that its type has
 *
 * Returns: its value. Any thread
 */
gboolean
tfv_operation_get_attr_bool (const TfvOperation *self, const char *name)
{
  const TfvAttribute *attribute = get_attribute_of_kind (self, name, TFV_ATTRIBUTE_BOOL);

  return attribute != NULL && attribute->b;
}

/**
 * tfv_operation_get_attr_int: (skip)
 * @self: an operation
 * @name: an int attribute that its type has
 *
 * Returns: its value. Any thread
 */
gint64
tfv_operation_get_attr_int (const TfvOperation *self, const char *name)
{
  const TfvAttribute *attribute = get_attribute_of_kind (self, name, TFV_ATTRIBUTE_INT);

  return attribute != NULL ? attribute->i : 0;
}

/**
 * tfv_operation_get_attr_float: (skip)
 * @self: an operation
 * @name: a float attribute that its type has
 *
 * Returns: its value. Any thread
 */
double
tfv_operation_get_attr_float (const TfvOperation *self, const char *name)
{
  const TfvAttribute *attribute = get_attribute_of_kind (self, name, TFV_ATTRIBUTE_FLOAT);

  return attribute != NULL ? attribute->f : 0.0;
}

/**
 * tfv_operation_get_attr_string: (skip)
 * @self: an operation
 * @name: a string attribute that its type has
 *
 * Returns: (transfer none) (nullable): its value. Any thread
 */
const char *
tfv_operation_get_attr_string (const TfvOperation *self, const char *name)
{
  const TfvAttribute *attribute = get_attribute_of_kind (self, name, TFV_ATTRIBUTE_STRING);

  return attribute != NULL ? attribute->s : NULL;
}

/**
 * tfv_operation_get_attr_type: (skip)
 * @self: an operation
 * @name: a type attribute that its type has
 *
 * Returns: its value. Any thread
 */
TfvDataType
tfv_operation_get_attr_type (const TfvOperation *self, const char *name)
{
  const TfvAttribute *attribute = get_attribute_of_kind (self, name, TFV_ATTRIBUTE_TYPE);

  return attribute != NULL ? attribute->type : TFV_DATA_TYPE_INVALID;
}

/**
 * tfv_operation_get_attr_shape: (skip)
 * @self: an operation
 * @name: a shape attribute that its type has
 *
 * Returns: its value. Any thread
 */
TfvShape
tfv_operation_get_attr_shape (const TfvOperation *self, const char *name)
{
  const TfvAttribute *attribute = get_attribute_of_kind (self, name, TFV_ATTRIBUTE_SHAPE);

  return attribute != NULL ? *attribute->shape : tfv_shape_unknown ();
}

/**
 * tfv_operation_get_attr_tensor: (skip)
 * @self: an operation
 * @name: a tensor attribute that its type has
 *
 * Returns: (transfer none) (nullable): its value. Any thread
 */
TfvTensor *
tfv_operation_get_attr_tensor (const TfvOperation *self, const char *name)
{
  const TfvAttribute *attribute = get_attribute_of_kind (self, name, TFV_ATTRIBUTE_TENSOR);

  return attribute != NULL ? attribute->tensor : NULL;
}

/**
 * tfv_operation_get_attr_int_list: (skip)
 * @self: an operation
 * @name: a list(int) attribute that its type has
 * @n_values: (out): how many there are
 *
 * Returns: (transfer none) (array length=n_values): its values. Any thread
 */
const gint64 *
tfv_operation_get_attr_int_list (const TfvOperation *self, const char *name, guint *n_values)
{
  const TfvAttribute *attribute = get_attribute_of_kind (self, name, TFV_ATTRIBUTE_INT_LIST);

  *n_values = attribute != NULL ? attribute->list.n : 0;
  return attribute != NULL ? attribute->list.values : NULL;
}

/**
 * tfv_output_get_dtype: (skip)
 * @output: an output
 *
 * Returns: the type of its elements; %TFV_DATA_TYPE_INVALID for none. Any thread
 */
TfvDataType
tfv_output_get_dtype (TfvOutput output)
{
  return output.operation != NULL ? output.operation->outputs[output.index].dtype : TFV_DATA_TYPE_INVALID;
}

/**
 * tfv_output_get_shape: (skip)
 * @output: an output
 *
 * Returns: what is known of its shape before any run. Any thread
 */
TfvShape
tfv_output_get_shape (TfvOutput output)
{
  return output.operation != NULL ? output.operation->outputs[output.index].shape : tfv_shape_unknown ();
}

/**
 * tfv_output_dup_name: (skip)
 * @output: an output
 *
 * Returns: (transfer full): its name, "layer1/MatMul:0" say. Any thread
 */
char *
tfv_output_dup_name (TfvOutput output)
{
  return g_strdup_printf ("%s:%d", output.operation != NULL ? output.operation->name : "<none>", output.index);
}

/**
 * tfv_output_equal: (skip)
 * @a: an output
 * @b: an output
 *
 * Returns: whether they are the same output of the same operation. Any thread
 */
gboolean
tfv_output_equal (TfvOutput a, TfvOutput b)
{
  return a.operation == b.operation && a.index == b.index;
}

/**
 * tfv_output_is_none: (skip)
 * @output: an output
 *
 * Returns: whether it is %TFV_OUTPUT_NONE. Any thread
 */
gboolean
tfv_output_is_none (TfvOutput output)
{
  return output.operation == NULL;
}
