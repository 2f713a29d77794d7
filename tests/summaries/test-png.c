/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>
#include <zlib.h>

#include "summaries/tfv-error.h"
#include "summaries/tfv-image.h"
#include "summaries/tfv-png.h"

/* Pictures are encoded by ours and decoded here, by the text of the PNG
 * specification. */

static guint32
read_be32 (const guint8 *at)
{
  return (guint32) at[0] << 24 | (guint32) at[1] << 16 | (guint32) at[2] << 8 | at[3];
}

/* Checks the chunks and gives the packed data. */
static GByteArray *
collect_data (GBytes *png)
{
  GByteArray   *data = g_byte_array_new ();
  gsize         n_bytes;
  const guint8 *start = g_bytes_get_data (png, &n_bytes);
  const guint8 *at = start + 8;

  g_assert_cmpmem (start, 8, "\x89PNG\r\n\x1a\n", 8);
  while (at < start + n_bytes)
    {
      guint32 length = read_be32 (at);

      g_assert_cmpuint (length + 12, <=, (gsize) (start + n_bytes - at));
      g_assert_cmphex (read_be32 (at + 8 + length), ==, (guint32) crc32 (0, at + 4, length + 4));
      if (memcmp (at + 4, "IDAT", 4) == 0)
        g_byte_array_append (data, at + 8, length);
      at += 12 + length;
    }
  g_assert_cmpmem (at - 8, 4, "IEND", 4);

  return data;
}

static guint8
reconstruct (guint8 filter, guint8 byte, int left, int above, int corner)
{
  int a = ABS (above - corner);
  int b = ABS (left - corner);
  int c = ABS (left + above - 2 * corner);

  switch (filter)
    {
    case 0:
      return byte;
    case 1:
      return (guint8) (byte + left);
    case 2:
      return (guint8) (byte + above);
    case 3:
      return (guint8) (byte + (left + above) / 2);
    case 4:
      return (guint8) (byte + (a <= b && a <= c ? left : b <= c ? above
                                                                : corner));
    default:
      g_assert_not_reached ();
    }
}

static GBytes *
decode (GBytes *png, guint width, guint height, guint n_channels, guint *filters_seen)
{
  g_autoptr (GByteArray) packed = collect_data (png);
  gsize                  row_bytes = (gsize) width * n_channels;
  uLongf                 n_rows_bytes = (uLongf) ((1 + row_bytes) * height);
  g_autofree guint8     *rows = g_malloc (n_rows_bytes);
  guint8                *pixels = g_malloc (row_bytes * height);

  g_assert_cmpint (uncompress (rows, &n_rows_bytes, packed->data, packed->len), ==, Z_OK);
  g_assert_cmpuint (n_rows_bytes, ==, (1 + row_bytes) * height);
  for (guint y = 0; y < height; y++)
    {
      const guint8 *row = rows + y * (1 + row_bytes);
      guint8       *out = pixels + y * row_bytes;

      *filters_seen |= 1u << row[0];
      for (gsize i = 0; i < row_bytes; i++)
        out[i] = reconstruct (row[0], row[1 + i], i >= n_channels ? out[i - n_channels] : 0,
                              y > 0 ? out[i - row_bytes] : 0, y > 0 && i >= n_channels ? out[i - row_bytes - n_channels] : 0);
    }

  return g_bytes_new_take (pixels, row_bytes * height);
}

/* Bands that each suit another filter. */
static GBytes *
draw (guint width, guint height, guint n_channels)
{
  gsize   n_samples = (gsize) width * height * n_channels;
  guint8 *pixels = g_malloc (n_samples);
  guint32 noise = 1;

  for (gsize i = 0; i < n_samples; i++)
    {
      gsize x = i / n_channels % width;
      gsize y = i / n_channels / width;

      noise = noise * 1664525 + 1013904223;
      switch (y / 8 % 5)
        {
        case 0:
          pixels[i] = (guint8) (x * 37 % 3 == 0 ? 0 : 255);
          break;
        case 1:
          pixels[i] = (guint8) (x * 3 + y * 101 + i % n_channels * 50);
          break;
        case 2:
          pixels[i] = (guint8) (x * x * 7 + y + i % n_channels);
          break;
        case 3:
          pixels[i] = (guint8) (x * 5 + y * 9 + (noise >> 30));
          break;
        default:
          pixels[i] = (guint8) (noise >> 24);
          break;
        }
    }

  return g_bytes_new_take (pixels, n_samples);
}

static void
test_round_trip (void)
{
  static const guint sizes[][2] = { { 1, 1 }, { 1, 9 }, { 7, 1 }, { 5, 3 }, { 64, 80 }, { 301, 40 } };
  guint              filters_seen = 0;

  for (guint n_channels = 1; n_channels <= 4; n_channels++)
    for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
      {
        g_autoptr (GError)   error = NULL;
        g_autoptr (GBytes)   pixels = draw (sizes[i][0], sizes[i][1], n_channels);
        g_autoptr (GBytes)   png = tfv_png_encode (pixels, sizes[i][0], sizes[i][1], n_channels, &error);
        g_autoptr (GBytes)   again = tfv_png_encode (pixels, sizes[i][0], sizes[i][1], n_channels, &error);
        g_autoptr (GBytes)   decoded = NULL;
        g_autoptr (TfvImage) image = NULL;

        g_assert_no_error (error);
        g_assert_true (g_bytes_equal (png, again));
        decoded = decode (png, sizes[i][0], sizes[i][1], n_channels, &filters_seen);
        g_assert_true (g_bytes_equal (decoded, pixels));

        image = tfv_image_new (png);
        g_assert_cmpstr (image->format, ==, "png");
        g_assert_cmpuint (image->width, ==, sizes[i][0]);
        g_assert_cmpuint (image->height, ==, sizes[i][1]);
        g_assert_cmpuint (image->n_channels, ==, n_channels);
      }
  g_assert_cmphex (filters_seen, ==, 0x1f);
}

static void
test_smooth_is_small (void)
{
  const guint        side = 256;
  guint8            *pixels = g_malloc (side * side * 3);
  g_autoptr (GBytes) bytes = g_bytes_new_take (pixels, side * side * 3);
  g_autoptr (GBytes) png = NULL;

  for (guint i = 0; i < side * side * 3; i++)
    pixels[i] = (guint8) (i / 3 % side / 2 + i / 3 / side / 3 + i % 3 * 40);
  png = tfv_png_encode (bytes, side, side, 3, NULL);
  g_assert_cmpuint (g_bytes_get_size (png), <, side * side * 3 / 50);
}

static void
test_refused (void)
{
  static const guint refused[][3] = { { 0, 4, 1 }, { 4, 0, 1 }, { 4, 4, 0 }, { 4, 4, 5 }, { 4, 4, 2 }, { G_MAXUINT32, G_MAXUINT32, 4 }, { G_MAXINT32, 1, 1 } };
  g_autoptr (GBytes) pixels = draw (4, 4, 1);

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (tfv_png_encode (pixels, refused[i][0], refused[i][1], refused[i][2], &error));
      g_assert_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_FORMAT);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/summaries/png/what-is-encoded-is-decoded-alike", test_round_trip);
  g_test_add_func ("/summaries/png/a-smooth-picture-becomes-small", test_smooth_is_small);
  g_test_add_func ("/summaries/png/what-can-be-no-picture-is-refused", test_refused);
  return g_test_run ();
}
