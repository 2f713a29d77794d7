/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/tfv-shape.h"
#include "engine/tfv-tensor.h"

G_BEGIN_DECLS

typedef enum
{
  TFV_ATTRIBUTE_NONE,
  TFV_ATTRIBUTE_BOOL,
  TFV_ATTRIBUTE_INT,
  TFV_ATTRIBUTE_FLOAT,
  TFV_ATTRIBUTE_STRING,
  TFV_ATTRIBUTE_TYPE,
  TFV_ATTRIBUTE_SHAPE,
  TFV_ATTRIBUTE_TENSOR,
  TFV_ATTRIBUTE_INT_LIST,
  TFV_ATTRIBUTE_TYPE_LIST,
} TfvAttributeKind;

/* The value of an attribute; NONE where it is not set. */
typedef struct
{
  TfvAttributeKind kind;
  union
  {
    gboolean    b;
    gint64      i;
    float       f;
    char       *s;
    TfvDataType type;
    TfvShape   *shape;
    TfvTensor  *tensor;
    struct
    {
      gint64 *values;
      guint   n;
    } list;
  };
} TfvAttribute;

void        tfv_attribute_clear (TfvAttribute *self);
void        tfv_attribute_copy (const TfvAttribute *self, TfvAttribute *copy);
const char *tfv_attribute_kind_to_string (TfvAttributeKind kind);

G_END_DECLS
