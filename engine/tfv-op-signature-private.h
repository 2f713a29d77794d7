/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/tfv-attribute-private.h"
#include "engine/tfv-op-def-private.h"

G_BEGIN_DECLS

/* An input or output of an op type: one tensor, or a list of them. */
typedef struct
{
  char       *name;
  gboolean    is_ref;
  TfvDataType dtype;       /* where it is fixed, else INVALID */
  int         type_attr;   /* index of the attribute that gives it, or -1 */
  int         number_attr; /* index of the attribute with the list's length, or -1 */
} TfvArgument;

typedef struct
{
  char            *name;
  TfvAttributeKind kind;
  gboolean         has_default;
  TfvAttribute     default_value;
  guint32          allowed_types; /* bit per TfvDataType; 0 where any is */
  gboolean         has_minimum;
  gint64           minimum;
  gboolean         is_inferred; /* from the inputs */
} TfvAttributeDef;

typedef struct
{
  guint            n_inputs;
  TfvArgument     *inputs;
  guint            n_outputs;
  TfvArgument     *outputs;
  guint            n_attributes;
  TfvAttributeDef *attributes;
} TfvOpSignature;

TfvOpSignature *tfv_op_signature_new (const TfvOpDef *def);
int             tfv_op_signature_find_attribute (const TfvOpSignature *signature, const char *name, gsize length);
gboolean        tfv_attribute_def_parse_value (const TfvAttributeDef *def, const char *text, TfvAttribute *value);

G_END_DECLS
