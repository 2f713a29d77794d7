/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What records of summaries decode to, in the forms that others write, and that
 * no bytes whatsoever make a decoder crash. */

#include <math.h>
#include <string.h>

#include "summaries/formats/message-builder-private.h"
#include "summaries/tfv-array.h"
#include "summaries/tfv-audio.h"
#include "summaries/tfv-embedding.h"
#include "summaries/tfv-error.h"
#include "summaries/tfv-histogram.h"
#include "summaries/tfv-hparams.h"
#include "summaries/tfv-image.h"
#include "summaries/tfv-log-message.h"
#include "summaries/tfv-pr-curve.h"
#include "summaries/tfv-scalars-layout.h"
#include "summaries/tfv-text.h"

static GBytes *
new_strings (guint n_dimensions, const gint64 *dimensions, const char *const *strings)
{
  GByteArray *tensor = tfv_message_new_tensor (7, n_dimensions, dimensions);

  for (guint i = 0; strings[i] != NULL; i++)
    tfv_message_add_string (tensor, 8, strings[i]);
  return g_byte_array_free_to_bytes (tensor);
}

static void
test_short_lists_repeat_their_last_value (void)
{
  const gint64         dimensions[] = { 2, 2 };
  GByteArray          *tensor = tfv_message_new_tensor (3, 2, dimensions);
  g_autoptr (GBytes)   bytes = NULL;
  g_autoptr (TfvArray) array = NULL;
  g_autoptr (GError)   error = NULL;

  tfv_message_add_varint (tensor, 7, 5);
  tfv_message_add_varint (tensor, 7, (guint64) -3);
  bytes = g_byte_array_free_to_bytes (tensor);
  array = tfv_array_decode (bytes, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (tfv_array_get_type_name (array), ==, "int32");
  g_assert_cmpuint (array->n_elements, ==, 4);
  g_assert_cmpint (tfv_array_get_integer (array, 0), ==, 5);
  g_assert_cmpint (tfv_array_get_integer (array, 3), ==, -3);
  g_assert_cmpfloat (tfv_array_get_double (array, 2), ==, -3);
  g_assert_true (isnan (tfv_array_get_double (array, 4)));
}

static void
test_tensors_cannot_grow_without_bound (void)
{
  const gint64       dimensions[] = { G_MAXINT64, 2 };
  const gint64       large[] = { 1 << 30 };
  GByteArray        *tensor = tfv_message_new_tensor (1, 1, large);
  g_autoptr (GBytes) impossible = g_byte_array_free_to_bytes (tfv_message_new_tensor (1, 2, dimensions));
  g_autoptr (GBytes) grown = NULL;
  g_autoptr (GError) error = NULL;

  tfv_message_add_float (tensor, 5, 1);
  grown = g_byte_array_free_to_bytes (tensor);
  g_assert_null (tfv_array_decode (impossible, &error));
  g_assert_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_CORRUPT);
  g_clear_error (&error);
  g_assert_null (tfv_array_decode (grown, &error));
  g_assert_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_CORRUPT);
}

static void
assert_image (const char *bytes, gsize n_bytes, const char *format, guint width, guint height, guint n_channels)
{
  g_autoptr (GBytes)   encoded = g_bytes_new (bytes, n_bytes);
  g_autoptr (TfvImage) image = tfv_image_new (encoded);

  g_assert_cmpstr (image->format, ==, format);
  g_assert_cmpuint (image->width, ==, width);
  g_assert_cmpuint (image->height, ==, height);
  g_assert_cmpuint (image->n_channels, ==, n_channels);
}

static void
test_image_headers_are_read (void)
{
  static const char jpeg[] = "\xff\xd8\xff\xe0\0\4ab\xff\xc4\0\2\xff\xc0\0\x11\x08\1\0\2\1\3";
  static const char bmp[] = "BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\7\0\0\0\xfb\xff\xff\xff\1\0\x20\0";
  static const char png[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\3\0\0\0\2\x08\0\0\0\0";

  assert_image (jpeg, sizeof jpeg - 1, "jpeg", 513, 256, 3);
  assert_image (bmp, sizeof bmp - 1, "bmp", 7, 5, 4);
  assert_image (png, sizeof png - 1, "png", 3, 2, 1);
  assert_image (jpeg, 12, "jpeg", 0, 0, 0);
  assert_image ("", 0, "", 0, 0, 0);
}

/* A picture of a format that is not known has the size that the message tells. */
static void
test_images_of_both_versions_are_read (void)
{
  const char *const     strings[] = { "20", "10", "?", "GIF89a\2\1\3\1..", NULL };
  const gint64          dimensions[] = { 4 };
  GByteArray           *message = g_byte_array_new ();
  g_autoptr (GBytes)    new_bytes = new_strings (1, dimensions, strings);
  g_autoptr (GBytes)    old_bytes = NULL;
  g_autoptr (GPtrArray) old_images = NULL;
  g_autoptr (GPtrArray) new_images = NULL;

  tfv_message_add_varint (message, 1, 10);
  tfv_message_add_varint (message, 2, 20);
  tfv_message_add_varint (message, 3, 4);
  tfv_message_add_string (message, 4, "?");
  old_bytes = g_byte_array_free_to_bytes (message);
  old_images = tfv_image_decode (old_bytes, NULL);
  new_images = tfv_image_decode (new_bytes, NULL);
  g_assert_cmpuint (old_images->len, ==, 1);
  g_assert_cmpuint (((TfvImage *) old_images->pdata[0])->width, ==, 20);
  g_assert_cmpuint (((TfvImage *) old_images->pdata[0])->n_channels, ==, 4);
  g_assert_cmpuint (new_images->len, ==, 2);
  g_assert_cmpuint (((TfvImage *) new_images->pdata[0])->height, ==, 10);
  g_assert_cmpuint (((TfvImage *) new_images->pdata[1])->height, ==, 0x103);
}

static void
test_clips_have_labels (void)
{
  const char *const     strings[] = { "clip", "**loud**", "other", "", NULL };
  const gint64          rows[] = { 2, 2 };
  const gint64          list[] = { 4 };
  g_autoptr (GBytes)    labelled_bytes = new_strings (2, rows, strings);
  g_autoptr (GBytes)    plain_bytes = new_strings (1, list, strings);
  g_autoptr (GPtrArray) labelled = tfv_audio_decode (labelled_bytes, NULL);
  g_autoptr (GPtrArray) plain = tfv_audio_decode (plain_bytes, NULL);

  g_assert_cmpuint (labelled->len, ==, 2);
  g_assert_cmpstr (((TfvAudio *) labelled->pdata[0])->label, ==, "**loud**");
  g_assert_cmpuint (g_bytes_get_size (((TfvAudio *) labelled->pdata[1])->encoded), ==, 5);
  g_assert_cmpuint (plain->len, ==, 4);
}

static void
test_texts_are_of_any_rank (void)
{
  const char *const   strings[] = { "a", "b", NULL };
  const gint64        row[] = { 1, 2 };
  g_autoptr (GBytes)  list_bytes = new_strings (1, (const gint64[]){ 2 }, strings);
  g_autoptr (GBytes)  table_bytes = new_strings (2, row, strings);
  g_autoptr (GBytes)  plain_bytes = g_bytes_new_static ("\nB\5x\x08\7", 6);
  g_autoptr (TfvText) list = tfv_text_decode (list_bytes);
  g_autoptr (TfvText) table = tfv_text_decode (table_bytes);
  g_autoptr (TfvText) plain = tfv_text_decode (plain_bytes);
  g_autofree char    *paragraphs = tfv_text_to_markdown (list);

  g_assert_cmpuint (list->n_rows, ==, 2);
  g_assert_cmpstr (paragraphs, ==, "a\n\nb");
  g_assert_cmpuint (table->n_rows, ==, 1);
  g_assert_cmpuint (table->n_columns, ==, 2);
  g_assert_cmpuint (plain->n_dimensions, ==, 0);
  g_assert_cmpstr (plain->cells[0], ==, "\nB\5x\x08\7");
}

static void
decode_all (GBytes *bytes)
{
  g_autoptr (TfvText)          text = tfv_text_decode (bytes);
  g_autofree char             *markdown = tfv_text_to_markdown (text);
  g_autoptr (TfvArray)         array = tfv_array_decode (bytes, NULL);
  g_autoptr (TfvHistogram)     histogram = tfv_histogram_decode (bytes, NULL);
  g_autoptr (TfvHparams)       hparams = tfv_hparams_decode (bytes, NULL);
  g_autoptr (GPtrArray)        images = tfv_image_decode (bytes, NULL);
  g_autoptr (GPtrArray)        clips = tfv_audio_decode (bytes, NULL);
  g_autoptr (TfvPrCurve)       curve = tfv_pr_curve_decode (bytes, NULL);
  g_autoptr (TfvScalarsLayout) layout = tfv_scalars_layout_decode (bytes, NULL);
  g_autoptr (TfvEmbedding)     embedding = tfv_embedding_decode (bytes, NULL);
  g_autofree char             *message = tfv_log_message_decode (bytes, NULL);

  g_assert_nonnull (markdown);
  g_assert_nonnull (message);
}

static void
test_survives_any_bytes (void)
{
  static const guint8 keys[] = { 0x08, 0x0a, 0x12, 0x1a, 0x22, 0x2a, 0x32, 0x42, 0x4a, 0x09, 0x3a, 7, 1, 2, 3, 0xff };
  g_autoptr (GRand)   random = g_rand_new_with_seed (9);

  for (guint i = 0; i < 30000; i++)
    {
      gsize              n_bytes = (gsize) g_rand_int_range (random, 0, 48);
      g_autofree guint8 *data = g_malloc (n_bytes + 1);
      g_autoptr (GBytes) bytes = NULL;

      for (gsize j = 0; j < n_bytes; j++)
        data[j] = g_rand_boolean (random) ? keys[g_rand_int_range (random, 0, G_N_ELEMENTS (keys))] : (guint8) g_rand_int_range (random, 0, 24);
      bytes = g_bytes_new (data, n_bytes);
      decode_all (bytes);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/summaries/records/tensor/short-lists-repeat-their-last-value", test_short_lists_repeat_their_last_value);
  g_test_add_func ("/summaries/records/tensor/cannot-grow-without-bound", test_tensors_cannot_grow_without_bound);
  g_test_add_func ("/summaries/records/image/headers-are-read", test_image_headers_are_read);
  g_test_add_func ("/summaries/records/image/both-versions-are-read", test_images_of_both_versions_are_read);
  g_test_add_func ("/summaries/records/audio/clips-have-labels", test_clips_have_labels);
  g_test_add_func ("/summaries/records/text/is-of-any-rank", test_texts_are_of_any_rank);
  g_test_add_func ("/summaries/records/decoders-survive-any-bytes", test_survives_any_bytes);

  return g_test_run ();
}
