/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

#include "engine/tfv-data-type.h"
#include "engine/tfv-shape.h"
#include "summaries/tfv-macros.h"

G_BEGIN_DECLS

/**
 * TfvTensor:
 *
 * An array of numbers or strings, row-major. Reference counted; type and shape
 * never change, and its elements must not once another part of the program
 * holds it. References may be taken and dropped on any thread.
 */
typedef struct _TfvTensor TfvTensor;

#define TFV_TYPE_TENSOR (tfv_tensor_get_type ())
TFV_PUBLIC
GType tfv_tensor_get_type (void) G_GNUC_CONST;

TFV_PUBLIC
TfvTensor *tfv_tensor_new (TfvDataType dtype, TfvShape shape);
TFV_PUBLIC
TfvTensor *tfv_tensor_new_from_data (TfvDataType dtype, TfvShape shape, gconstpointer data);
TFV_PUBLIC
TfvTensor *tfv_tensor_new_wrapping (TfvDataType dtype, TfvShape shape, gpointer data, GDestroyNotify destroy, gpointer user_data);
TFV_PUBLIC
TfvTensor *tfv_tensor_new_float (float value);
TFV_PUBLIC
TfvTensor *tfv_tensor_new_double (double value);
TFV_PUBLIC
TfvTensor *tfv_tensor_new_int32 (gint32 value);
TFV_PUBLIC
TfvTensor *tfv_tensor_new_int64 (gint64 value);
TFV_PUBLIC
TfvTensor *tfv_tensor_new_bool (gboolean value);
TFV_PUBLIC
TfvTensor *tfv_tensor_new_string (const char *value);
TFV_PUBLIC
TfvTensor *tfv_tensor_new_bytes (GBytes *value);

TFV_PUBLIC
TfvTensor *tfv_tensor_ref (TfvTensor *self);
TFV_PUBLIC
void tfv_tensor_unref (TfvTensor *self);
TFV_PUBLIC
TfvTensor *tfv_tensor_reshape (TfvTensor *self, TfvShape shape);
TFV_PUBLIC
TfvTensor *tfv_tensor_copy (const TfvTensor *self);

TFV_PUBLIC
TfvDataType tfv_tensor_get_dtype (const TfvTensor *self);
TFV_PUBLIC
const TfvShape *tfv_tensor_get_shape (const TfvTensor *self);
TFV_PUBLIC
gsize tfv_tensor_get_n_elements (const TfvTensor *self);
TFV_PUBLIC
gsize tfv_tensor_get_size_bytes (const TfvTensor *self);
TFV_PUBLIC
gpointer tfv_tensor_get_data (const TfvTensor *self);
TFV_PUBLIC
double tfv_tensor_get_value (const TfvTensor *self, gsize index);
TFV_PUBLIC
void tfv_tensor_set_value (TfvTensor *self, gsize index, double value);
TFV_PUBLIC
char *tfv_tensor_to_string (const TfvTensor *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TfvTensor, tfv_tensor_unref)

G_END_DECLS
