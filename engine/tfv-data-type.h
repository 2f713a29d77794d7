/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "summaries/tfv-macros.h"

G_BEGIN_DECLS

/**
 * TfvDataType:
 * @TFV_DATA_TYPE_INVALID: no type
 * @TFV_DATA_TYPE_FLOAT: float, 32 bits
 * @TFV_DATA_TYPE_DOUBLE: double, 64 bits
 * @TFV_DATA_TYPE_INT32: gint32
 * @TFV_DATA_TYPE_UINT8: guint8
 * @TFV_DATA_TYPE_STRING: bytes of any length; an element is a `GBytes *`,
 *   where %NULL stands for no bytes
 * @TFV_DATA_TYPE_INT64: gint64
 * @TFV_DATA_TYPE_BOOL: guint8, 0 or 1
 *
 * Types of a tensor's elements. The numbers are TensorFlow's `DataType`.
 */
typedef enum
{
  TFV_DATA_TYPE_INVALID = 0,
  TFV_DATA_TYPE_FLOAT = 1,
  TFV_DATA_TYPE_DOUBLE = 2,
  TFV_DATA_TYPE_INT32 = 3,
  TFV_DATA_TYPE_UINT8 = 4,
  TFV_DATA_TYPE_STRING = 7,
  TFV_DATA_TYPE_INT64 = 9,
  TFV_DATA_TYPE_BOOL = 10,
} TfvDataType;

TFV_PUBLIC
const char *tfv_data_type_to_string (TfvDataType dtype);
TFV_PUBLIC
TfvDataType tfv_data_type_from_string (const char *name);
TFV_PUBLIC
gsize tfv_data_type_get_size (TfvDataType dtype);
TFV_PUBLIC
gboolean tfv_data_type_is_floating (TfvDataType dtype);

G_END_DECLS
