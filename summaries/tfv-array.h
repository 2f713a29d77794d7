/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "summaries/tfv-macros.h"
#include "summaries/tfv-summary-writer.h"

G_BEGIN_DECLS

#define TFV_ARRAY_MAX_DIMENSIONS 32

/**
 * TfvArray:
 * @type: the type of its elements, TensorFlow's `DataType`: 1 float32, 2 float64,
 *   3 int32, 7 string, 9 int64, …
 * @n_dimensions: its rank
 * @dimensions: its shape
 * @n_elements: how many elements that makes
 *
 * The tensor of a record, in row-major order. Reference counted and immutable;
 * any thread.
 */
typedef struct
{
  int    type;
  guint  n_dimensions;
  gint64 dimensions[TFV_ARRAY_MAX_DIMENSIONS];
  gsize  n_elements;
  /*< private >*/
  GBytes    *content;
  GPtrArray *strings;
} TfvArray;

#define TFV_TYPE_ARRAY (tfv_array_get_type ())
TFV_PUBLIC
GType tfv_array_get_type (void) G_GNUC_CONST;
TFV_PUBLIC
TfvArray *tfv_array_decode (GBytes *record, GError **error);
TFV_PUBLIC
TfvArray *tfv_array_ref (TfvArray *self);
TFV_PUBLIC
void tfv_array_unref (TfvArray *self);
TFV_PUBLIC
const char *tfv_array_get_type_name (TfvArray *self);
TFV_PUBLIC
GBytes *tfv_array_get_content (TfvArray *self);
TFV_PUBLIC
double tfv_array_get_double (TfvArray *self, gsize index);
TFV_PUBLIC
gboolean tfv_array_is_integer (TfvArray *self);
TFV_PUBLIC
gint64 tfv_array_get_integer (TfvArray *self, gsize index);
TFV_PUBLIC
GBytes *tfv_array_get_string (TfvArray *self, gsize index);

TFV_PUBLIC
gboolean tfv_summary_writer_add_tensor (TfvSummaryWriter *self, const char *tag, int type, guint n_dimensions, const gint64 *dimensions, GBytes *content, gint64 step, GError **error);
TFV_PUBLIC
gboolean tfv_summary_writer_add_tensor_proto (TfvSummaryWriter *self, const char *tag, GBytes *tensor, const char *plugin, gint64 step, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TfvArray, tfv_array_unref)

G_END_DECLS
