/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Records of any size on their way to the file. */

#include <math.h>

#include "tests/summaries/load-run-private.h"
#include "summaries/tfv-error.h"
#include "summaries/tfv-image.h"
#include "summaries/tfv-png.h"
#include "summaries/tfv-summary-writer.h"
#include "summaries/tfv-tag.h"

static TfvSummaryWriter *
new_writer (const char *folder)
{
  g_autoptr (GError) error = NULL;
  TfvSummaryWriter  *writer = tfv_summary_writer_new (folder, &error);

  g_assert_no_error (error);
  return writer;
}

static void
close_writer (TfvSummaryWriter *writer)
{
  g_autoptr (GError) error = NULL;

  tfv_summary_writer_close (writer, &error);
  g_assert_no_error (error);
}

static void
test_keeps_blobs_whole (void)
{
  g_autofree char             *folder = g_dir_make_tmp ("tfv-writer-XXXXXX", NULL);
  g_autofree char             *text = g_strnfill (3000000, 'a');
  g_autoptr (TfvSummaryWriter) writer = new_writer (folder);
  g_autoptr (TfvRun)           run = NULL;
  g_autoptr (TfvTag)           tag = NULL;
  g_autoptr (GBytes)           bytes = NULL;
  g_autoptr (GError)           error = NULL;

  tfv_summary_writer_add_text (writer, "long", text, 1);
  tfv_summary_writer_add_text (writer, "long", "", 2);
  close_writer (writer);

  run = load_run (folder);
  tag = tfv_run_dup_tag (run, TFV_RECORD_TEXT, "long");
  bytes = tfv_tag_read_record (tag, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), text, 3000000);
  g_clear_pointer (&bytes, g_bytes_unref);
  bytes = tfv_tag_read_record (tag, 1, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, 0);

  remove_folder (folder);
}

/* What is too big for any buffer is dropped, and nothing else. */
static void
test_keeps_blobs_after_one_that_is_too_big (void)
{
  const gsize                  n_bytes = (gsize) 257 << 20;
  g_autofree char             *folder = g_dir_make_tmp ("tfv-writer-XXXXXX", NULL);
  g_autoptr (TfvSummaryWriter) writer = new_writer (folder);
  g_autoptr (GBytes)           huge = g_bytes_new_take (g_malloc0 (n_bytes), n_bytes);
  g_autoptr (TfvRun)           run = NULL;
  g_autoptr (TfvTag)           tag = NULL;

  tfv_summary_writer_add_text (writer, "text", "before", 0);
  g_assert_true (tfv_summary_writer_flush (writer, NULL));
  tfv_summary_writer_add_graph (writer, huge);
  g_assert_cmpuint (tfv_summary_writer_get_n_dropped (writer), ==, 1);
  tfv_summary_writer_add_text (writer, "text", "after", 1);
  g_assert_true (tfv_summary_writer_flush (writer, NULL));
  tfv_summary_writer_add_text (writer, "text", "later", 2);
  close_writer (writer);
  g_assert_cmpuint (tfv_summary_writer_get_n_dropped (writer), ==, 1);

  run = load_run (folder);
  tag = tfv_run_dup_tag (run, TFV_RECORD_TEXT, "text");
  g_assert_true (tfv_tag_get_record (tag, 2, NULL, NULL, NULL));
  g_assert_false (tfv_tag_get_record (tag, 3, NULL, NULL, NULL));

  remove_folder (folder);
}

/* PyTorch's rule: scaled to bytes, clipped, cut off. What can be no picture is told. */
static void
test_makes_pictures_of_floats (void)
{
  static const float           samples[] = { 0, 0.5f, 1, -1, 2, NAN, INFINITY, 0.999f };
  static const guint8          expected[] = { 0, 127, 255, 0, 255, 0, 255, 254 };
  static const guint           no_pictures[][3] = { { 0, 1, 1 }, { 1, 0, 1 }, { 2, 2, 0 }, { 2, 2, 5 }, { G_MAXUINT, G_MAXUINT, 4 }, { 1 << 16, 1 << 16, 1 } };
  g_autofree char             *folder = g_dir_make_tmp ("tfv-writer-XXXXXX", NULL);
  g_autoptr (TfvSummaryWriter) writer = new_writer (folder);
  g_autoptr (GBytes)           pixels = g_bytes_new_static (expected, sizeof expected);
  g_autoptr (GBytes)           png = tfv_png_encode (pixels, 4, 2, 1, NULL);
  g_autoptr (GBytes)           bytes = NULL;
  g_autoptr (GPtrArray)        images = NULL;
  g_autoptr (TfvRun)           run = NULL;
  g_autoptr (TfvTag)           tag = NULL;

  g_assert_true (tfv_summary_writer_add_image_floats (writer, "picture", samples, 4, 2, 1, 1, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (no_pictures); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (tfv_summary_writer_add_image_floats (writer, "picture", samples, no_pictures[i][0], no_pictures[i][1], no_pictures[i][2], 2, &error));
      g_assert_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_FORMAT);
    }
  close_writer (writer);

  run = load_run (folder);
  tag = tfv_run_dup_tag (run, TFV_RECORD_IMAGE, "picture");
  g_assert_false (tfv_tag_get_record (tag, 1, NULL, NULL, NULL));
  bytes = tfv_tag_read_record (tag, 0, NULL);
  images = tfv_image_decode (bytes, NULL);
  g_assert_cmpuint (images->len, ==, 1);
  g_assert_true (g_bytes_equal (((TfvImage *) images->pdata[0])->encoded, png));

  remove_folder (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/summaries/summary-queue/keeps-blobs-whole", test_keeps_blobs_whole);
  g_test_add_func ("/summaries/summary-queue/keeps-blobs-after-one-that-is-too-big", test_keeps_blobs_after_one_that_is_too_big);
  g_test_add_func ("/summaries/summary-queue/makes-pictures-of-floats", test_makes_pictures_of_floats);

  return g_test_run ();
}
