/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-image.h"
#include "summaries/tfv-png.h"
#include "summaries/tfv-record-class-private.h"
#include "summaries/tfv-summary-payload-private.h"

extern const TfvRecordClass tfv_record_image;

#define PLUGIN "images"
#define TENSOR_STRING_VAL 8
#define MAX_CHANNELS 4

/**
 * tfv_summary_writer_add_images:
 * @self: a writer
 * @tag: name of the record, UTF-8
 * @encoded: (array length=n_images): encoded pictures: PNG, JPEG, GIF or BMP
 * @n_images: how many there are
 * @step: the training step
 *
 * Logs pictures that belong together, such as the samples of a batch, with the
 * time of the call. They are stored as they are. Any thread.
 */
void
tfv_summary_writer_add_images (TfvSummaryWriter *self, const char *tag, GBytes *const *encoded, guint n_images, gint64 step)
{
  const gint64     dimensions[] = { (gint64) n_images + 2 };
  GByteArray      *tensor;
  g_autofree char *width = NULL;
  g_autofree char *height = NULL;

  g_return_if_fail (TFV_IS_SUMMARY_WRITER (self) && tag != NULL && (encoded != NULL || n_images == 0));

  if (n_images > 0)
    {
      g_autoptr (TfvImage) first = tfv_image_new (encoded[0]);

      width = g_strdup_printf ("%u", first->width);
      height = g_strdup_printf ("%u", first->height);
    }
  tensor = tfv_message_new_tensor (DT_STRING, 1, dimensions);
  tfv_message_add_string (tensor, TENSOR_STRING_VAL, width != NULL ? width : "0");
  tfv_message_add_string (tensor, TENSOR_STRING_VAL, height != NULL ? height : "0");
  for (guint i = 0; i < n_images; i++)
    tfv_message_add_slice (tensor, TENSOR_STRING_VAL, tfv_slice_of_bytes (encoded[i]));
  tfv_summary_writer_add_value (self, TFV_RECORD_IMAGE, tag, step, tfv_summary_value_new (tag, TFV_VALUE_TENSOR, tensor, PLUGIN, NULL));
}

/**
 * tfv_summary_writer_add_image:
 * @self: a writer
 * @tag: name of the record, UTF-8
 * @encoded: an encoded picture: PNG, JPEG, GIF or BMP
 * @step: the training step
 *
 * Logs a picture, with the time of the call. It is stored as it is. Any thread.
 */
void
tfv_summary_writer_add_image (TfvSummaryWriter *self, const char *tag, GBytes *encoded, gint64 step)
{
  g_return_if_fail (encoded != NULL);

  tfv_summary_writer_add_images (self, tag, &encoded, 1, step);
}

/**
 * tfv_summary_writer_add_image_pixels:
 * @self: a writer
 * @tag: name of the record, UTF-8
 * @pixels: the samples, a byte each: row by row from the top, in a row pixel by
 *   pixel, in a pixel channel by channel
 * @width: in pixels, at least 1
 * @height: in pixels, at least 1
 * @n_channels: 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha
 * @step: the training step
 * @error: return location for a [error@Tfv.StoreError]
 *
 * Encodes a picture without loss, as a PNG, and logs it, with the time of the
 * call. Any thread.
 *
 * Returns: whether it was added; %FALSE with an error when there are not as many
 *   samples as the picture has
 */
gboolean
tfv_summary_writer_add_image_pixels (TfvSummaryWriter *self, const char *tag, GBytes *pixels, guint width, guint height, guint n_channels, gint64 step, GError **error)
{
  g_autoptr (GBytes) png = NULL;

  g_return_val_if_fail (TFV_IS_SUMMARY_WRITER (self) && tag != NULL && pixels != NULL, FALSE);

  png = tfv_png_encode (pixels, width, height, n_channels, error);
  if (png == NULL)
    return FALSE;

  tfv_summary_writer_add_image (self, tag, png, step);
  return TRUE;
}

/**
 * tfv_summary_writer_add_image_floats:
 * @self: a writer
 * @tag: name of the record, UTF-8
 * @samples: (array) (not nullable): @width × @height × @n_channels samples in the
 *   order of [method@Tfv.SummaryWriter.add_image_pixels], from 0 to 1; what is
 *   beyond is clipped, and what is not a number is 0
 * @width: in pixels, at least 1
 * @height: in pixels, at least 1
 * @n_channels: 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha
 * @step: the training step
 * @error: return location for a [error@Tfv.StoreError]
 *
 * Logs a picture as PyTorch does: of 8 bits a sample, a PNG, with the time of the
 * call. Any thread.
 *
 * Returns: whether it was added; %FALSE with an error when it can be no picture
 */
gboolean
tfv_summary_writer_add_image_floats (TfvSummaryWriter *self, const char *tag, const float *samples, guint width, guint height, guint n_channels, gint64 step, GError **error)
{
  gsize              n_pixels = (gsize) width * height;
  gboolean           is_picture = n_channels <= MAX_CHANNELS && n_pixels <= G_MAXINT32 / MAX (n_channels, 1u);
  gsize              n_samples = is_picture ? n_pixels * n_channels : 0;
  guint8            *bytes;
  g_autoptr (GBytes) pixels = NULL;

  g_return_val_if_fail (TFV_IS_SUMMARY_WRITER (self) && tag != NULL && (samples != NULL || n_samples == 0), FALSE);

  bytes = g_malloc (n_samples);
  for (gsize i = 0; i < n_samples; i++)
    bytes[i] = samples[i] > 0 ? (guint8) MIN (samples[i] * 255, 255) : 0;
  pixels = g_bytes_new_take (bytes, n_samples);

  return tfv_summary_writer_add_image_pixels (self, tag, pixels, width, height, n_channels, step, error);
}

static gboolean
tell (const TfvStoredRecord *record, const TfvRecordSink *sink, GError **error)
{
  g_autoptr (GPtrArray) images = tfv_image_decode (record->bytes, error);

  if (images == NULL)
    return FALSE;

  for (guint i = 0; i < images->len; i++)
    {
      TfvImage        *image = images->pdata[i];
      TfvSlice         encoded = tfv_slice_of_bytes (image->encoded);
      g_autofree char *data = encoded.n_bytes > 0 ? g_base64_encode (encoded.data, encoded.n_bytes) : g_strdup ("");
      TfvRecordValue   values[11];

      tfv_record_fill_tag_values (record, values);
      values[4] = tfv_record_integer (i);
      values[5] = tfv_record_string (image->format);
      values[6] = tfv_record_integer (image->width);
      values[7] = tfv_record_integer (image->height);
      values[8] = tfv_record_integer (image->n_channels);
      values[9] = tfv_record_integer ((gint64) encoded.n_bytes);
      values[10] = tfv_record_string (data);
      sink->func (values, sink->user_data);
    }
  return TRUE;
}

static gboolean
dump (TfvRun *run, const TfvRecordFilter *filter, TfvRecordFunc func, gpointer user_data, GError **error)
{
  TfvRecordSink sink = { filter, func, user_data };

  return tfv_record_decode_each (run, TFV_RECORD_IMAGE, tell, &sink, error);
}

/* A GIF of 2 × 1 pixels, and a PNG's beginning: 3 × 2, RGB and alpha. */
static void
write_sample (TfvSummaryWriter *writer)
{
  static const char  gif[] = "GIF89a\2\0\1\0\0\0\0;";
  static const char  png[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\3\0\0\0\2\x08\6\0\0\0";
  g_autoptr (GBytes) gif_bytes = g_bytes_new_static (gif, sizeof gif - 1);
  g_autoptr (GBytes) png_bytes = g_bytes_new_static (png, sizeof png - 1);
  GBytes *const      both[] = { gif_bytes, png_bytes };

  tfv_summary_writer_add_images (writer, "sample/images", both, G_N_ELEMENTS (both), 1);
}

static const char *const columns[] = { TFV_RECORD_TAG_COLUMNS, "sample", "format", "width", "height", "channels", "bytes", "data", NULL };

const TfvRecordClass tfv_record_image = {
  .kind = TFV_RECORD_IMAGE,
  .name = "image",
  .plugin = PLUGIN,
  .columns = columns,
  .dump = dump,
  .write_sample = write_sample,
  .sample = ".,sample/images,1,*,0,gif,2,1,3,14,R0lGODlhAgABAAAAADs=\n"
            ".,sample/images,1,*,1,png,3,2,4,29,iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAYAAAA=\n",
};
