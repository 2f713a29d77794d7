/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-data-type.h"

static const struct
{
  TfvDataType dtype;
  const char *name;
  gsize       size_bytes;
} data_types[] = {
  { TFV_DATA_TYPE_FLOAT, "float", sizeof (float) },
  { TFV_DATA_TYPE_DOUBLE, "double", sizeof (double) },
  { TFV_DATA_TYPE_INT32, "int32", sizeof (gint32) },
  { TFV_DATA_TYPE_UINT8, "uint8", sizeof (guint8) },
  { TFV_DATA_TYPE_STRING, "string", sizeof (GBytes *) },
  { TFV_DATA_TYPE_INT64, "int64", sizeof (gint64) },
  { TFV_DATA_TYPE_BOOL, "bool", sizeof (guint8) },
};

/**
 * tfv_data_type_to_string:
 * @dtype: a type
 *
 * Returns: (transfer none): TensorFlow's name of it, "float" say; "invalid" for
 *   a number that is no type. Any thread
 */
const char *
tfv_data_type_to_string (TfvDataType dtype)
{
  for (guint i = 0; i < G_N_ELEMENTS (data_types); i++)
    if (data_types[i].dtype == dtype)
      return data_types[i].name;
  return "invalid";
}

/**
 * tfv_data_type_from_string:
 * @name: a name as [func@Tfv.data_type_to_string] gives it
 *
 * Returns: the type, or %TFV_DATA_TYPE_INVALID. Any thread
 */
TfvDataType
tfv_data_type_from_string (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (data_types); i++)
    if (g_strcmp0 (data_types[i].name, name) == 0)
      return data_types[i].dtype;
  return TFV_DATA_TYPE_INVALID;
}

/**
 * tfv_data_type_get_size:
 * @dtype: a type
 *
 * Returns: bytes that one element takes in a tensor, 0 for no type. Any thread
 */
gsize
tfv_data_type_get_size (TfvDataType dtype)
{
  for (guint i = 0; i < G_N_ELEMENTS (data_types); i++)
    if (data_types[i].dtype == dtype)
      return data_types[i].size_bytes;
  return 0;
}

/**
 * tfv_data_type_is_floating:
 * @dtype: a type
 *
 * Returns: whether it is one that gradients can flow through. Any thread
 */
gboolean
tfv_data_type_is_floating (TfvDataType dtype)
{
  return dtype == TFV_DATA_TYPE_FLOAT || dtype == TFV_DATA_TYPE_DOUBLE;
}
