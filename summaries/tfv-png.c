/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-png.h"

#include <string.h>
#include <zlib.h>

#include "summaries/tfv-error.h"

#define SIGNATURE "\x89PNG\r\n\x1a\n"
#define HEADER_BYTES 13
#define MAX_CHANNELS 4
/* What counters of the format, of zlib and of GLib hold. */
#define MAX_BYTES G_MAXINT32
#define COMPRESSION_LEVEL 6
#define PIECE_BYTES 65536

/* How a row is told by its neighbours; the numbers are the format's. */
typedef enum
{
  FILTER_NONE = 0,
  FILTER_SUB = 1,
  FILTER_UP = 2,
  FILTER_AVERAGE = 3,
  FILTER_PAETH = 4,
  N_FILTERS,
} Filter;

static void
append_be32 (GByteArray *bytes, guint32 value)
{
  value = GUINT32_TO_BE (value);
  g_byte_array_append (bytes, (const guint8 *) &value, sizeof value);
}

static void
append_chunk (GByteArray *png, const char *type, const guint8 *data, guint n_bytes)
{
  guint start;

  append_be32 (png, n_bytes);
  start = png->len;
  g_byte_array_append (png, (const guint8 *) type, 4);
  if (n_bytes > 0)
    g_byte_array_append (png, data, n_bytes);
  append_be32 (png, (guint32) crc32 (0, png->data + start, png->len - start));
}

static void
append_header (GByteArray *png, guint width, guint height, guint n_channels)
{
  static const guint8    colour_types[MAX_CHANNELS + 1] = { [1] = 0, [2] = 4, [3] = 2, [4] = 6 };
  g_autoptr (GByteArray) header = g_byte_array_sized_new (HEADER_BYTES);
  const guint8           rest[] = { 8, colour_types[n_channels], 0, 0, 0 };

  append_be32 (header, width);
  append_be32 (header, height);
  g_byte_array_append (header, rest, sizeof rest);
  append_chunk (png, "IHDR", header->data, header->len);
}

static inline int
predict_paeth (int left, int above, int corner)
{
  int estimate = left + above - corner;
  int from_left = ABS (estimate - left);
  int from_above = ABS (estimate - above);
  int from_corner = ABS (estimate - corner);

  if (from_left <= from_above && from_left <= from_corner)
    return left;
  return from_above <= from_corner ? above : corner;
}

/* Puts the filter's number and the filtered row into @out. Both rows have @stride
 * zeros before them. */
static void
filter_row (Filter filter, const guint8 *row, const guint8 *above, gsize n_bytes, guint stride, guint8 *out)
{
  const guint8 *left = row - stride;
  const guint8 *corner = above - stride;

  *out++ = (guint8) filter;
  switch (filter)
    {
    case FILTER_SUB:
      for (gsize i = 0; i < n_bytes; i++)
        out[i] = (guint8) (row[i] - left[i]);
      break;
    case FILTER_UP:
      for (gsize i = 0; i < n_bytes; i++)
        out[i] = (guint8) (row[i] - above[i]);
      break;
    case FILTER_AVERAGE:
      for (gsize i = 0; i < n_bytes; i++)
        out[i] = (guint8) (row[i] - (left[i] + above[i]) / 2);
      break;
    case FILTER_PAETH:
      for (gsize i = 0; i < n_bytes; i++)
        out[i] = (guint8) (row[i] - predict_paeth (left[i], above[i], corner[i]));
      break;
    case FILTER_NONE:
    case N_FILTERS:
    default:
      memcpy (out, row, n_bytes);
      break;
    }
}

/* The sum of the distances from zero, where a byte is a signed number: what
 * libpng goes by, for small numbers pack well. */
static guint64
weigh (const guint8 *filtered, gsize n_bytes)
{
  guint64 sum = 0;

  for (gsize i = 1; i <= n_bytes; i++)
    sum += (guint64) ABS ((int) (gint8) filtered[i]);
  return sum;
}

/* Packs what the stream has been given; the rest of it too when @flush says that
 * it is the end. */
static void
pack (z_stream *stream, int flush, GByteArray *packed)
{
  guint8 piece[PIECE_BYTES];

  do
    {
      stream->next_out = piece;
      stream->avail_out = sizeof piece;
      deflate (stream, flush);
      g_byte_array_append (packed, piece, (guint) (sizeof piece - stream->avail_out));
    }
  while (stream->avail_out == 0);
}

/* The rows, each by the filter that makes it smallest, packed. NULL where there is
 * no memory. */
static GByteArray *
pack_rows (const guint8 *pixels, gsize n_bytes, guint height, guint stride)
{
  g_autofree guint8 *row = g_malloc0 (stride + n_bytes);
  g_autofree guint8 *above = g_malloc0 (stride + n_bytes);
  g_autofree guint8 *tried = g_malloc (1 + n_bytes);
  g_autofree guint8 *best = g_malloc (1 + n_bytes);
  GByteArray        *packed;
  z_stream           stream = { 0 };

  if (deflateInit2 (&stream, COMPRESSION_LEVEL, Z_DEFLATED, MAX_WBITS, MAX_MEM_LEVEL, Z_FILTERED) != Z_OK)
    return NULL;

  packed = g_byte_array_new ();
  for (guint y = 0; y < height; y++)
    {
      guint64 least = G_MAXUINT64;
      guint8 *last = above;

      memcpy (row + stride, pixels + y * n_bytes, n_bytes);
      for (Filter filter = FILTER_NONE; filter < N_FILTERS; filter++)
        {
          guint64 weight;

          filter_row (filter, row + stride, above + stride, n_bytes, stride, tried);
          weight = weigh (tried, n_bytes);
          if (weight < least)
            {
              guint8 *spare = best;

              least = weight;
              best = tried;
              tried = spare;
            }
        }
      stream.next_in = best;
      stream.avail_in = (uInt) (1 + n_bytes);
      pack (&stream, Z_NO_FLUSH, packed);
      above = row;
      row = last;
    }
  pack (&stream, Z_FINISH, packed);
  deflateEnd (&stream);

  return packed;
}

/**
 * tfv_png_encode:
 * @pixels: the picture's samples, a byte each: row by row from the top, in a row
 *   pixel by pixel, in a pixel channel by channel
 * @width: in pixels, at least 1
 * @height: in pixels, at least 1
 * @n_channels: 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha
 * @error: return location for a [error@Tfv.StoreError]
 *
 * Encodes a picture without loss. The same pixels always give the same bytes. Any
 * thread.
 *
 * Returns: (transfer full): a PNG file, or %NULL with an error when there are not
 *   as many samples as the picture has
 */
GBytes *
tfv_png_encode (GBytes *pixels, guint width, guint height, guint n_channels, GError **error)
{
  gsize                  n_samples;
  const guint8          *samples;
  gsize                  row_bytes = (gsize) width * n_channels;
  g_autoptr (GByteArray) packed = NULL;
  GByteArray            *png;

  g_return_val_if_fail (pixels != NULL, NULL);

  samples = g_bytes_get_data (pixels, &n_samples);
  if (width == 0 || height == 0 || n_channels == 0 || n_channels > MAX_CHANNELS || row_bytes >= MAX_BYTES || row_bytes * height > MAX_BYTES)
    {
      g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_FORMAT, "a picture of %u × %u pixels with %u channels can't be stored", width, height, n_channels);
      return NULL;
    }
  if (n_samples != row_bytes * height)
    {
      g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_FORMAT, "a picture of %u × %u pixels with %u channels has %" G_GSIZE_FORMAT " samples, not %" G_GSIZE_FORMAT, width, height, n_channels, row_bytes * height, n_samples);
      return NULL;
    }

  packed = pack_rows (samples, row_bytes, height, n_channels);
  if (packed == NULL)
    {
      g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_IO, "there is no memory to encode a picture of %u × %u pixels", width, height);
      return NULL;
    }
  png = g_byte_array_sized_new (packed->len + 128);
  g_byte_array_append (png, (const guint8 *) SIGNATURE, 8);
  append_header (png, width, height, n_channels);
  append_chunk (png, "IDAT", packed->data, packed->len);
  append_chunk (png, "IEND", NULL, 0);

  return g_byte_array_free_to_bytes (png);
}
