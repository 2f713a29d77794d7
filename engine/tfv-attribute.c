/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-attribute-private.h"

void
tfv_attribute_clear (TfvAttribute *self)
{
  switch (self->kind)
    {
    case TFV_ATTRIBUTE_STRING:
      g_free (self->s);
      break;
    case TFV_ATTRIBUTE_SHAPE:
      g_free (self->shape);
      break;
    case TFV_ATTRIBUTE_TENSOR:
      tfv_tensor_unref (self->tensor);
      break;
    case TFV_ATTRIBUTE_INT_LIST:
    case TFV_ATTRIBUTE_TYPE_LIST:
      g_free (self->list.values);
      break;
    default:
      break;
    }
  *self = (TfvAttribute){ 0 };
}

void
tfv_attribute_copy (const TfvAttribute *self, TfvAttribute *copy)
{
  *copy = *self;
  switch (self->kind)
    {
    case TFV_ATTRIBUTE_STRING:
      copy->s = g_strdup (self->s);
      break;
    case TFV_ATTRIBUTE_SHAPE:
      copy->shape = g_memdup2 (self->shape, sizeof *self->shape);
      break;
    case TFV_ATTRIBUTE_TENSOR:
      copy->tensor = tfv_tensor_ref (self->tensor);
      break;
    case TFV_ATTRIBUTE_INT_LIST:
    case TFV_ATTRIBUTE_TYPE_LIST:
      copy->list.values = g_memdup2 (self->list.values, self->list.n * sizeof (gint64));
      break;
    default:
      break;
    }
}

const char *
tfv_attribute_kind_to_string (TfvAttributeKind kind)
{
  static const char *const names[] = {
    "none", "bool", "int", "float", "string", "type", "shape", "tensor", "list(int)", "list(type)"
  };

  return names[kind];
}
