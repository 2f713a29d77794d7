/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "engine/tfv-data-type.h"
#include "engine/tfv-shape.h"
#include "engine/tfv-tensor.h"
#include "summaries/tfv-macros.h"

G_BEGIN_DECLS

/**
 * TfvOperation: (skip)
 *
 * A node of a graph. Owned by its graph and valid as long as that; immutable,
 * so that any thread may read it.
 */
typedef struct _TfvOperation TfvOperation;

/**
 * TfvOutput:
 * @operation: the operation, or %NULL where building failed
 * @index: which of its outputs, from 0
 *
 * One output of an operation: a tensor to be. Passed by value.
 */
typedef struct
{
  TfvOperation *operation;
  int           index;
} TfvOutput;

/**
 * TFV_OUTPUT_NONE:
 *
 * No output: what a builder function gives after an error, and what
 * [func@Tfv.gradients] gives where there is no path.
 */
#define TFV_OUTPUT_NONE ((TfvOutput){ NULL, -1 })

TFV_PUBLIC
const char *tfv_operation_get_name (const TfvOperation *self);
TFV_PUBLIC
const char *tfv_operation_get_op_type (const TfvOperation *self);
TFV_PUBLIC
const char *tfv_operation_get_device (const TfvOperation *self);
TFV_PUBLIC
guint tfv_operation_get_n_inputs (const TfvOperation *self);
TFV_PUBLIC
TfvOutput tfv_operation_get_input (const TfvOperation *self, guint index);
TFV_PUBLIC
guint tfv_operation_get_n_control_inputs (const TfvOperation *self);
TFV_PUBLIC
TfvOperation *tfv_operation_get_control_input (const TfvOperation *self, guint index);
TFV_PUBLIC
guint tfv_operation_get_n_outputs (const TfvOperation *self);
TFV_PUBLIC
TfvOutput tfv_operation_get_output (TfvOperation *self, guint index);

TFV_PUBLIC
gboolean tfv_operation_get_attr_bool (const TfvOperation *self, const char *name);
TFV_PUBLIC
gint64 tfv_operation_get_attr_int (const TfvOperation *self, const char *name);
TFV_PUBLIC
double tfv_operation_get_attr_float (const TfvOperation *self, const char *name);
TFV_PUBLIC
const char *tfv_operation_get_attr_string (const TfvOperation *self, const char *name);
TFV_PUBLIC
TfvDataType tfv_operation_get_attr_type (const TfvOperation *self, const char *name);
TFV_PUBLIC
TfvShape tfv_operation_get_attr_shape (const TfvOperation *self, const char *name);
TFV_PUBLIC
TfvTensor *tfv_operation_get_attr_tensor (const TfvOperation *self, const char *name);
TFV_PUBLIC
const gint64 *tfv_operation_get_attr_int_list (const TfvOperation *self, const char *name, guint *n_values);

TFV_PUBLIC
TfvDataType tfv_output_get_dtype (TfvOutput output);
TFV_PUBLIC
TfvShape tfv_output_get_shape (TfvOutput output);
TFV_PUBLIC
char *tfv_output_dup_name (TfvOutput output);
TFV_PUBLIC
gboolean tfv_output_equal (TfvOutput a, TfvOutput b);
TFV_PUBLIC
gboolean tfv_output_is_none (TfvOutput output);

G_END_DECLS
