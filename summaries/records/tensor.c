/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-array-private.h"
#include "summaries/tfv-error.h"
#include "summaries/tfv-record-class-private.h"
#include "summaries/tfv-summary-payload-private.h"

extern const TfvRecordClass tfv_record_tensor;

#define TENSOR_CONTENT 4

static gboolean
add_if_whole (TfvSummaryWriter *self, const char *tag, GByteArray *tensor, const char *plugin, gint64 step, GError **error)
{
  GByteArray          *value = tfv_summary_value_new (tag, TFV_VALUE_TENSOR, tensor, plugin, NULL);
  g_autoptr (GBytes)   bytes = g_byte_array_free_to_bytes (value);
  g_autoptr (TfvArray) array = tfv_array_decode (bytes, error);

  if (array == NULL)
    return FALSE;

  tfv_summary_writer_add_blob (self, TFV_RECORD_TENSOR, tag, step, tfv_summary_writer_get_wall_time (), bytes);
  return TRUE;
}

/**
 * tfv_summary_writer_add_tensor:
 * @self: a writer
 * @tag: name of the record, UTF-8
 * @type: the type of its elements, TensorFlow's `DataType`: 1 float32, 2 float64,
 *   3 int32, 9 int64, …; not 7, a string
 * @n_dimensions: its rank, at most %TFV_ARRAY_MAX_DIMENSIONS
 * @dimensions: (array length=n_dimensions) (nullable): its shape
 * @content: the elements, row-major, little-endian
 * @step: the training step
 * @error: return location for a [error@Tfv.StoreError]
 *
 * Logs a tensor of numbers, with the time of the call. Any thread.
 *
 * Returns: whether it was added; %FALSE with an error when the elements don't
 *   fit the type and the shape
 */
gboolean
tfv_summary_writer_add_tensor (TfvSummaryWriter *self, const char *tag, int type, guint n_dimensions, const gint64 *dimensions, GBytes *content, gint64 step, GError **error)
{
  GByteArray *tensor;

  g_return_val_if_fail (TFV_IS_SUMMARY_WRITER (self) && tag != NULL && content != NULL, FALSE);
  g_return_val_if_fail (n_dimensions == 0 || dimensions != NULL, FALSE);

  tensor = tfv_message_new_tensor (type, n_dimensions, dimensions);
  tfv_message_add_slice (tensor, TENSOR_CONTENT, tfv_slice_of_bytes (content));
  return add_if_whole (self, tag, tensor, "", step, error);
}

/**
 * tfv_summary_writer_add_tensor_proto:
 * @self: a writer
 * @tag: name of the record, UTF-8
 * @tensor: a serialised TensorFlow `TensorProto`, of any type and shape
 * @plugin: (nullable): the TensorBoard plugin that it is for
 * @step: the training step
 * @error: return location for a [error@Tfv.StoreError]
 *
 * Logs a tensor as TensorFlow stores it, with the time of the call. Any thread.
 *
 * Returns: whether it was added; %FALSE with an error when it is no whole tensor
 */
gboolean
tfv_summary_writer_add_tensor_proto (TfvSummaryWriter *self, const char *tag, GBytes *tensor, const char *plugin, gint64 step, GError **error)
{
  TfvSlice    slice;
  GByteArray *copy;

  g_return_val_if_fail (TFV_IS_SUMMARY_WRITER (self) && tag != NULL && tensor != NULL, FALSE);

  slice = tfv_slice_of_bytes (tensor);
  copy = g_byte_array_sized_new ((guint) slice.n_bytes);
  if (slice.n_bytes > 0)
    g_byte_array_append (copy, slice.data, (guint) slice.n_bytes);
  return add_if_whole (self, tag, copy, plugin != NULL ? plugin : "", step, error);
}

static gboolean
tell (const TfvStoredRecord *record, const TfvRecordSink *sink, GError **error)
{
  g_autoptr (TfvArray) array = tfv_array_decode (record->bytes, NULL);
  g_autoptr (GString)  shape = g_string_new ("[");
  g_autoptr (GString)  values_text = g_string_new (NULL);
  TfvRecordValue       values[8];

  tfv_record_fill_tag_values (record, values);
  values[4] = tfv_record_string (tfv_tag_get_plugin (record->tag));
  if (array != NULL)
    {
      for (guint i = 0; i < array->n_dimensions; i++)
        g_string_append_printf (shape, i > 0 ? " %" G_GINT64_FORMAT : "%" G_GINT64_FORMAT, array->dimensions[i]);
      tfv_array_append_json (array, values_text);
    }
  else
    {
      /* What a plugin stores need not be a tensor. */
      TfvSlice         slice = tfv_slice_of_bytes (record->bytes);
      g_autofree char *data = slice.n_bytes > 0 ? g_base64_encode (slice.data, slice.n_bytes) : g_strdup ("");

      g_string_append_printf (shape, "%" G_GSIZE_FORMAT, slice.n_bytes);
      g_string_append (values_text, data);
    }
  g_string_append_c (shape, ']');
  values[5] = tfv_record_string (array != NULL ? tfv_array_get_type_name (array) : "bytes");
  values[6] = tfv_record_string (shape->str);
  values[7] = tfv_record_string (values_text->str);
  sink->func (values, sink->user_data);
  return TRUE;
}

static gboolean
dump (TfvRun *run, const TfvRecordFilter *filter, TfvRecordFunc func, gpointer user_data, GError **error)
{
  TfvRecordSink sink = { filter, func, user_data };

  return tfv_record_decode_each (run, TFV_RECORD_TENSOR, tell, &sink, error);
}

/* Two rows of three int16, a float64, and two strings of which one is no text. */
static void
write_sample (TfvSummaryWriter *writer)
{
  static const guint8 integers[] = { 1, 0, 2, 0, 3, 0, 0xff, 0xff, 0, 0x80, 0xff, 0x7f };
  static const guint8 number[] = { 0x9a, 0x99, 0x99, 0x99, 0x99, 0x99, 0xb9, 0x3f };
  static const guint8 strings[] = { 0x08, 7, 0x42, 2, 'o', '"', 0x42, 2, 0, 0xff };
  const gint64        dimensions[] = { 2, 3 };
  g_autoptr (GBytes)  integer_bytes = g_bytes_new_static (integers, sizeof integers);
  g_autoptr (GBytes)  string_bytes = g_bytes_new_static (strings, sizeof strings);
  g_autoptr (GBytes)  number_bytes = g_bytes_new_static (number, sizeof number);

  tfv_summary_writer_add_tensor (writer, "sample/integers", DT_INT16, 2, dimensions, integer_bytes, 1, NULL);
  tfv_summary_writer_add_tensor (writer, "sample/number", DT_DOUBLE, 0, NULL, number_bytes, 2, NULL);
  tfv_summary_writer_add_tensor_proto (writer, "sample/strings", string_bytes, "plugin", 3, NULL);
}

static const char *const columns[] = { TFV_RECORD_TAG_COLUMNS, "plugin", "dtype", "shape", "values", NULL };

const TfvRecordClass tfv_record_tensor = {
  .kind = TFV_RECORD_TENSOR,
  .name = "tensor",
  .plugin = NULL,
  .columns = columns,
  .dump = dump,
  .write_sample = write_sample,
  .sample = ".,sample/integers,1,*,,int16,[2 3],[1,2,3,-1,-32768,32767]\n"
            ".,sample/number,2,*,,float64,[],[0.1]\n"
            ".,sample/strings,3,*,plugin,string,[2],[\"o\\\"\",{\"base64\":\"AP8=\"}]\n",
};
