/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "summaries/tfv-hparams.h"
#include "summaries/tfv-summary-payload-private.h"
#include "tests/summaries/load-run-private.h"

/* A Summary.Value of a tensor, with a plugin's name where there is one. */
static GByteArray *
new_value (const char *tag, GByteArray *tensor, const char *plugin)
{
  GByteArray *value;

  if (plugin != NULL)
    return tfv_summary_value_new (tag, TFV_VALUE_TENSOR, tensor, plugin, NULL);

  value = g_byte_array_new ();
  tfv_message_add_string (value, 1, tag);
  tfv_message_add_message (value, TFV_VALUE_TENSOR, tensor);
  return value;
}

static void
add (TfvSummaryWriter *writer, GByteArray *value, gint64 step)
{
  GByteArray        *summary = g_byte_array_new ();
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  tfv_message_add_message (summary, 1, value);
  bytes = g_byte_array_free_to_bytes (summary);
  tfv_summary_writer_add_summary (writer, bytes, step, &error);
  g_assert_no_error (error);
}

static GByteArray *
new_row (double left, double right, double count)
{
  const gint64 dimensions[] = { 1, 3 };
  const double row[] = { left, right, count };
  GByteArray  *tensor = tfv_message_new_tensor (DT_DOUBLE, 2, dimensions);
  GByteArray  *content = g_byte_array_new ();

  tfv_message_append_doubles (content, row, 3);
  tfv_message_add_message (tensor, 4, content);
  return tensor;
}

/* The first value of a tag tells its plugin; the value itself is kept as it is. */
static void
test_values_are_kept_as_they_are (void)
{
  g_autofree char             *folder = g_dir_make_tmp ("tfv-summary-XXXXXX", NULL);
  g_autoptr (TfvSummaryWriter) writer = tfv_summary_writer_new (folder, NULL);
  GByteArray                  *value = new_value ("h", new_row (0.1, 0.2, 3), "histograms");
  g_autoptr (GBytes)           expected = g_bytes_new (value->data, value->len);
  g_autoptr (TfvRun)           run = NULL;
  g_autoptr (TfvTag)           tag = NULL;
  g_autoptr (GBytes)           stored = NULL;
  g_autofree char             *histograms = NULL;
  g_autofree char             *tensors = NULL;
  g_auto (GStrv)               lines = NULL;

  add (writer, value, 1);
  add (writer, new_value ("h", new_row (0.2, 0.4, 5), NULL), 2);
  add (writer, new_value ("x", new_row (1, 2, 3), "somebody-else's"), 3);
  add (writer, new_value ("y", new_row (1, 2, 3), NULL), 3);
  tfv_summary_writer_close (writer, NULL);

  run = load_run (folder);
  tag = tfv_run_dup_tag (run, TFV_RECORD_HISTOGRAM, "h");
  stored = tfv_tag_read_record (tag, 0, NULL);
  g_assert_true (g_bytes_equal (stored, expected));
  g_assert_cmpstr (tfv_tag_get_plugin (tag), ==, "histograms");
  histograms = dump_run (run, "histogram");
  g_assert_nonnull (strstr (histograms, ",3,0.1,0.2,nan,nan,[[0.1,0.2,3]]\n"));
  g_assert_nonnull (strstr (histograms, ",5,0.2,0.4,nan,nan,[[0.2,0.4,5]]\n"));
  tensors = dump_run (run, "tensor");
  lines = g_strsplit (tensors, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 3);
  g_assert_true (g_str_has_suffix (lines[0], "float64,[1 3],[1,2,3]"));

  remove_folder (folder);
}

static void
test_a_run_has_the_hparams_that_were_stated (void)
{
  g_autofree char             *folder = g_dir_make_tmp ("tfv-summary-XXXXXX", NULL);
  g_autoptr (TfvSummaryWriter) writer = tfv_summary_writer_new (folder, NULL);
  g_autoptr (TfvRun)           run = NULL;
  g_autoptr (GVariant)         hparams = NULL;
  GVariantDict                 dict;
  double                       rate = 0;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "lr", "d", 0.25);
  tfv_summary_writer_add_hparams (writer, g_variant_dict_end (&dict), NULL);
  tfv_summary_writer_close (writer, NULL);

  run = load_run (folder);
  hparams = tfv_run_dup_hparams (run);
  g_assert_nonnull (hparams);
  g_assert_true (g_variant_lookup (hparams, "lr", "d", &rate));
  g_assert_cmpfloat (rate, ==, 0.25);

  remove_folder (folder);
}

static void
test_a_summary_of_another_time_has_that_time (void)
{
  g_autofree char             *folder = g_dir_make_tmp ("tfv-summary-XXXXXX", NULL);
  g_autoptr (TfvSummaryWriter) writer = tfv_summary_writer_new (folder, NULL);
  GByteArray                  *message = g_byte_array_new ();
  GByteArray                  *scalar = g_byte_array_new ();
  g_autoptr (GBytes)           summary = NULL;
  g_autoptr (GError)           error = NULL;
  g_autoptr (TfvRun)           run = NULL;
  g_autofree char             *scalars = NULL;
  g_autofree char             *tensors = NULL;

  tfv_message_add_string (scalar, 1, "loss");
  tfv_message_add_float (scalar, TFV_VALUE_SIMPLE, 0.5f);
  tfv_message_add_message (message, 1, scalar);
  tfv_message_add_message (message, 1, new_value ("x", new_row (1, 2, 3), NULL));
  summary = g_byte_array_free_to_bytes (message);
  tfv_summary_writer_add_summary_at (writer, summary, 7, 1.5, &error);
  g_assert_no_error (error);
  tfv_summary_writer_close (writer, NULL);

  run = load_run (folder);
  scalars = dump_run (run, "scalar");
  g_assert_nonnull (strstr (scalars, "loss,7,1.5,0.5\n"));
  tensors = dump_run (run, "tensor");
  g_assert_nonnull (strstr (tensors, "x,7,1.5,"));

  remove_folder (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/summaries/records/summary/values-are-kept-as-they-are", test_values_are_kept_as_they_are);
  g_test_add_func ("/summaries/records/summary/a-summary-of-another-time-has-that-time", test_a_summary_of_another_time_has_that_time);
  g_test_add_func ("/summaries/records/summary/a-run-has-the-hparams-that-were-stated", test_a_run_has_the_hparams_that_were_stated);

  return g_test_run ();
}
