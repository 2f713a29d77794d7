/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/tfv-graph.h"

G_BEGIN_DECLS

/**
 * TfvOpBuilder: (skip)
 *
 * An operation of any type under construction: what the builder functions such
 * as `tfv_matmul()` use, and the way to add an operation that has none.
 * Type attributes are inferred from the inputs, others have their defaults.
 */
typedef struct _TfvOpBuilder TfvOpBuilder;

TFV_PUBLIC
TfvOpBuilder *tfv_op_builder_new (TfvGraph *graph, const char *op_type, const char *name);
TFV_PUBLIC
void tfv_op_builder_add_input (TfvOpBuilder *self, TfvOutput input);
TFV_PUBLIC
void tfv_op_builder_add_inputs (TfvOpBuilder *self, const TfvOutput *inputs, guint n_inputs);
TFV_PUBLIC
void tfv_op_builder_add_control_input (TfvOpBuilder *self, TfvOperation *operation);
TFV_PUBLIC
void tfv_op_builder_set_device (TfvOpBuilder *self, const char *device);
TFV_PUBLIC
void tfv_op_builder_set_bool (TfvOpBuilder *self, const char *attribute, gboolean value);
TFV_PUBLIC
void tfv_op_builder_set_int (TfvOpBuilder *self, const char *attribute, gint64 value);
TFV_PUBLIC
void tfv_op_builder_set_float (TfvOpBuilder *self, const char *attribute, float value);
TFV_PUBLIC
void tfv_op_builder_set_string (TfvOpBuilder *self, const char *attribute, const char *value);
TFV_PUBLIC
void tfv_op_builder_set_type (TfvOpBuilder *self, const char *attribute, TfvDataType value);
TFV_PUBLIC
void tfv_op_builder_set_shape (TfvOpBuilder *self, const char *attribute, TfvShape value);
TFV_PUBLIC
void tfv_op_builder_set_tensor (TfvOpBuilder *self, const char *attribute, TfvTensor *value);
TFV_PUBLIC
void tfv_op_builder_set_int_list (TfvOpBuilder *self, const char *attribute, const gint64 *values, guint n_values);
TFV_PUBLIC
TfvOperation *tfv_op_builder_finish (TfvOpBuilder *self);
TFV_PUBLIC
TfvOutput tfv_op_builder_finish_output (TfvOpBuilder *self);

G_END_DECLS
