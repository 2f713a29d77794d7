/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-image.h"

#include <stdlib.h>

#include "summaries/tfv-array.h"
#include "summaries/tfv-error.h"
#include "summaries/tfv-summary-payload-private.h"

/* Fields of a Summary.Image. */
enum
{
  IMAGE_HEIGHT = 1,
  IMAGE_WIDTH = 2,
  IMAGE_COLORSPACE = 3,
  IMAGE_ENCODED = 4,
};

G_DEFINE_BOXED_TYPE (TfvImage, tfv_image, tfv_image_ref, tfv_image_unref)

static void
clear_image (gpointer data)
{
  TfvImage *self = data;

  g_bytes_unref (self->encoded);
}

/**
 * tfv_image_ref:
 * @self: an image
 *
 * Takes a reference. Any thread.
 *
 * Returns: (transfer full): @self
 */
TfvImage *
tfv_image_ref (TfvImage *self)
{
  return g_atomic_rc_box_acquire (self);
}

/**
 * tfv_image_unref:
 * @self: (transfer full): an image
 *
 * Gives a reference back. Any thread.
 */
void
tfv_image_unref (TfvImage *self)
{
  g_atomic_rc_box_release_full (self, clear_image);
}

static guint
get_be16 (const guint8 *at)
{
  return (guint) at[0] << 8 | at[1];
}

static guint
get_be32 (const guint8 *at)
{
  return get_be16 (at) << 16 | get_be16 (at + 2);
}

static guint
get_le16 (const guint8 *at)
{
  return (guint) at[1] << 8 | at[0];
}

static guint
get_le32 (const guint8 *at)
{
  return get_le16 (at + 2) << 16 | get_le16 (at);
}

static gboolean
begins_with (TfvSlice bytes, const char *magic, gsize n_magic, gsize n_needed)
{
  return bytes.n_bytes >= n_needed && memcmp (bytes.data, magic, n_magic) == 0;
}

static void
look_at_png (TfvImage *self, TfvSlice bytes)
{
  /* By PNG's colour type; a palette is of RGB. */
  static const guint8 n_channels[] = { 1, 0, 3, 3, 2, 0, 4 };
  guint8              colour_type = bytes.data[25];

  self->format = "png";
  self->width = get_be32 (bytes.data + 16);
  self->height = get_be32 (bytes.data + 20);
  self->n_channels = colour_type < G_N_ELEMENTS (n_channels) ? n_channels[colour_type] : 0;
}

/* The size stands in the first start of a frame, after segments of any length. */
static void
look_at_jpeg (TfvImage *self, TfvSlice bytes)
{
  gsize at = 2;

  self->format = "jpeg";
  while (at + 10 <= bytes.n_bytes && bytes.data[at] == 0xff)
    {
      guint8 marker = bytes.data[at + 1];

      if (marker == 0xff || marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8))
        {
          at += marker == 0xff ? 1 : 2;
          continue;
        }
      if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc)
        {
          self->height = get_be16 (bytes.data + at + 5);
          self->width = get_be16 (bytes.data + at + 7);
          self->n_channels = bytes.data[at + 9];
          return;
        }
      at += 2 + get_be16 (bytes.data + at + 2);
    }
}

static void
look_at_bmp (TfvImage *self, TfvSlice bytes)
{
  self->format = "bmp";
  if (get_le32 (bytes.data + 14) == 12)
    {
      self->width = get_le16 (bytes.data + 18);
      self->height = get_le16 (bytes.data + 20);
      self->n_channels = 3;
      return;
    }
  self->width = get_le32 (bytes.data + 18);
  /* Negative for rows that come from the top down. */
  self->height = get_le32 (bytes.data + 22);
  if (self->height > G_MAXINT32)
    self->height = -self->height;
  self->n_channels = get_le16 (bytes.data + 28) == 32 ? 4 : 3;
}

/**
 * tfv_image_new:
 * @encoded: an encoded picture
 *
 * Finds out the format and the size of a picture from its first bytes; the
 * picture is not decoded. Any thread.
 *
 * Returns: (transfer full): the image
 */
TfvImage *
tfv_image_new (GBytes *encoded)
{
  TfvImage *self;
  TfvSlice  bytes;

  g_return_val_if_fail (encoded != NULL, NULL);

  bytes = tfv_slice_of_bytes (encoded);
  self = g_atomic_rc_box_new0 (TfvImage);
  self->format = "";
  self->encoded = g_bytes_ref (encoded);
  if (begins_with (bytes, "\x89PNG\r\n\x1a\n", 8, 26))
    look_at_png (self, bytes);
  else if (begins_with (bytes, "\xff\xd8\xff", 3, 3))
    look_at_jpeg (self, bytes);
  else if (begins_with (bytes, "GIF8", 4, 10))
    {
      self->format = "gif";
      self->width = get_le16 (bytes.data + 6);
      self->height = get_le16 (bytes.data + 8);
      self->n_channels = 3;
    }
  else if (begins_with (bytes, "BM", 2, 30))
    look_at_bmp (self, bytes);

  return self;
}

static guint
get_size (TfvSlice message, guint32 number)
{
  TfvWireField field;

  return tfv_find_field (message, number, &field) && field.type == TFV_WIRE_VARINT && field.value <= G_MAXINT32 ? (guint) field.value : 0;
}

static GBytes *
get_part (GBytes *record, TfvSlice slice)
{
  return g_bytes_new_from_bytes (record, (gsize) (slice.data - (const guint8 *) g_bytes_get_data (record, NULL)), slice.n_bytes);
}

/* TensorFlow 1: what the message tells counts where the picture does not. */
static TfvImage *
decode_message (GBytes *record, TfvSlice message)
{
  TfvWireField       field;
  g_autoptr (GBytes) encoded = NULL;
  TfvImage          *image;

  if (!tfv_find_field (message, IMAGE_ENCODED, &field) || field.type != TFV_WIRE_BYTES)
    return NULL;
  encoded = get_part (record, field.bytes);
  image = tfv_image_new (encoded);
  if (image->width == 0 || image->height == 0)
    {
      image->width = get_size (message, IMAGE_WIDTH);
      image->height = get_size (message, IMAGE_HEIGHT);
    }
  if (image->n_channels == 0)
    image->n_channels = get_size (message, IMAGE_COLORSPACE);
  return image;
}

static guint
parse_size (GBytes *text)
{
  g_autofree char *string = tfv_slice_to_string (tfv_slice_of_bytes (text));
  guint64          size = g_ascii_strtoull (string, NULL, 10);

  return size <= G_MAXINT32 ? (guint) size : 0;
}

/* TensorFlow 2: width and height as strings, then pictures. */
static GPtrArray *
decode_tensor (GBytes *record, GError **error)
{
  g_autoptr (TfvArray)  array = tfv_array_decode (record, error);
  g_autoptr (GPtrArray) images = g_ptr_array_new_with_free_func ((GDestroyNotify) tfv_image_unref);

  if (array == NULL)
    return NULL;
  if (array->n_dimensions != 1 || tfv_array_get_string (array, 1) == NULL)
    {
      g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_CORRUPT, "images that are no list of a width, a height and pictures");
      return NULL;
    }
  for (gsize i = 2; i < array->n_elements; i++)
    {
      TfvImage *image = tfv_image_new (tfv_array_get_string (array, i));

      if (image->width == 0 || image->height == 0)
        {
          image->width = parse_size (tfv_array_get_string (array, 0));
          image->height = parse_size (tfv_array_get_string (array, 1));
        }
      g_ptr_array_add (images, image);
    }
  return g_steal_pointer (&images);
}

/**
 * tfv_image_decode:
 * @record: a record as [method@Tfv.Tag.read_record] gives it, of a tag of kind
 *   %TFV_RECORD_IMAGE; or a `Summary.Image` or a `TensorProto`
 * @error: return location for a [error@Tfv.StoreError]
 *
 * Reads the images of a record, of TensorFlow 1 or 2 or of ours; the pictures stay
 * encoded. Any thread.
 *
 * Returns: (transfer container) (element-type TfvImage): the images, or %NULL when the
 *   record is damaged
 */
GPtrArray *
tfv_image_decode (GBytes *record, GError **error)
{
  TfvSummaryPayload payload;
  TfvImage         *image;
  GPtrArray        *images;

  g_return_val_if_fail (record != NULL, NULL);

  if (tfv_summary_payload_parse (record, TFV_VALUE_IMAGE, &payload) && payload.kind == TFV_VALUE_TENSOR)
    return decode_tensor (record, error);

  image = payload.kind == TFV_VALUE_IMAGE ? decode_message (record, payload.bytes) : NULL;
  if (image == NULL)
    {
      g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_CORRUPT, "a record without an image");
      return NULL;
    }
  images = g_ptr_array_new_with_free_func ((GDestroyNotify) tfv_image_unref);
  g_ptr_array_add (images, image);
  return images;
}
