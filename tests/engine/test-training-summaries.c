/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>
#include <string.h>

#include "engine/tfv-engine.h"
#include "engine/training/tfv-summary-message-private.h"
#include "engine/training/tfv-training.h"
#include "summaries/tfv-png.h"
#include "tests/engine/logdir-fixture.h"

static TfvTensor *
fetch (TfvGraph *graph, TfvOutput output, GError **error)
{
  g_autoptr (TfvSession) session = NULL;

  g_assert_no_error (tfv_graph_get_error (graph));
  session = tfv_session_new (graph, NULL);
  return tfv_session_fetch (session, output, error);
}

static void
assert_bytes (TfvTensor *summary, const guint8 *expected, gsize n_expected)
{
  gsize         n_bytes;
  gconstpointer bytes;

  g_assert_cmpint (tfv_tensor_get_dtype (summary), ==, TFV_DATA_TYPE_STRING);
  g_assert_cmpint (tfv_tensor_get_shape (summary)->rank, ==, 0);
  bytes = g_bytes_get_data (*(GBytes **) tfv_tensor_get_data (summary), &n_bytes);
  g_assert_cmpmem (bytes, n_bytes, expected, n_expected);
}

/* What TensorFlow gives: Summary { value { tag: "loss" simple_value: 0.5 } }. */
static const guint8 loss_summary[] = { 0x0a, 11, 0x0a, 4, 'l', 'o', 's', 's', 0x15, 0, 0, 0, 0x3f };

static void
test_bytes (void)
{
  g_autoptr (GError)    error = NULL;
  g_autoptr (TfvGraph)  graph = tfv_graph_new ();
  TfvOutput             summary = tfv_summary_scalar ("loss", tfv_constant_float (graph, 0.5f, NULL));
  g_autoptr (TfvTensor) fetched = fetch (graph, summary, &error);

  g_assert_no_error (error);
  assert_bytes (fetched, loss_summary, sizeof loss_summary);
  g_assert_cmpstr (tfv_operation_get_name (summary.operation), ==, "loss");
  g_assert_cmpstr (tfv_operation_get_op_type (summary.operation), ==, "ScalarSummary");
  g_assert_nonnull (tfv_graph_get_operation (graph, "loss/tags"));
}

static void
assert_tag (TfvOutput summary, const char *expected)
{
  TfvOutput   tags = tfv_operation_get_input (summary.operation, 0);
  TfvTensor  *value = tfv_operation_get_attr_tensor (tags.operation, "value");
  gsize       n_bytes;
  const char *bytes = g_bytes_get_data (*(GBytes **) tfv_tensor_get_data (value), &n_bytes);

  g_assert_cmpmem (bytes, n_bytes, expected, strlen (expected));
  g_assert_cmpstr (tfv_operation_get_name (summary.operation), ==, expected);
}

static void
test_tags (void)
{
  g_autoptr (TfvGraph) graph = tfv_graph_new ();
  TfvOutput            value = tfv_constant_float (graph, 0.5f, NULL);

  tfv_graph_push_scope (graph, "train");
  assert_tag (tfv_summary_scalar ("loss", value), "train/loss");
  assert_tag (tfv_summary_scalar ("loss", value), "train/loss_1");
  tfv_graph_pop_scope (graph);
  assert_tag (tfv_summary_scalar ("loss", value), "loss");
  assert_tag (tfv_summary_scalar ("/mean loss, ü", value), "mean_loss___");
  g_assert_no_error (tfv_graph_get_error (graph));
}

static void
test_types (void)
{
  g_autoptr (GError)   error = NULL;
  g_autoptr (TfvGraph) graph = tfv_graph_new ();
  TfvOutput            summaries[] = {
               tfv_summary_scalar ("double", tfv_constant_double (graph, 0.5, NULL)),
               tfv_summary_scalar ("int32", tfv_constant_int32 (graph, -1, NULL)),
               tfv_summary_scalar ("int64", tfv_constant_int64 (graph, 2, NULL)),
  };
  const float expected[] = { 0.5f, -1, 2 };

  for (guint i = 0; i < G_N_ELEMENTS (summaries); i++)
    {
      g_autoptr (TfvTensor) fetched = fetch (graph, summaries[i], &error);
      GBytes               *bytes;
      gsize                 n_bytes;
      const char           *data;

      g_assert_no_error (error);
      bytes = *(GBytes **) tfv_tensor_get_data (fetched);
      data = g_bytes_get_data (bytes, &n_bytes);
      g_assert_cmpmem (data + n_bytes - sizeof (float), sizeof (float), &expected[i], sizeof (float));
    }
}

static void
test_merge_all (LogdirFixture *fixture, gconstpointer data)
{
  g_autoptr (GError)    error = NULL;
  g_autoptr (TfvGraph)  graph = tfv_graph_new ();
  g_autoptr (TfvTensor) fetched = NULL;
  g_autoptr (TfvRun)    run = NULL;
  TfvOutput             merged;

  g_assert_true (tfv_output_is_none (tfv_summary_merge_all (graph)));
  tfv_summary_scalar ("loss", tfv_constant_float (graph, 0.1f, NULL));
  tfv_summary_scalar ("accuracy", tfv_constant_double (graph, 0.75, NULL));
  merged = tfv_summary_merge_all (graph);
  g_assert_cmpstr (tfv_operation_get_name (merged.operation), ==, "Merge/MergeSummary");
  /* What is merged already is not merged again. */
  g_assert_cmpuint (tfv_operation_get_n_inputs (tfv_summary_merge_all (graph).operation), ==, 2);

  fetched = fetch (graph, merged, &error);
  g_assert_no_error (error);
  tfv_summary_write (fetched, fixture->writer, 7, &error);
  g_assert_no_error (error);

  run = logdir_fixture_read_back (fixture);
  for (guint i = 0; i < 2; i++)
    {
      const char *const         tags[] = { "loss", "accuracy" };
      const double              values[] = { (double) 0.1f, 0.75 };
      g_autoptr (TfvTag)        tag = tfv_run_dup_tag (run, TFV_RECORD_SCALAR, tags[i]);
      g_autoptr (TfvScalarView) view = NULL;
      gint64                    step;
      double                    wall_time, value;
      gboolean                  is_float32;

      g_assert_nonnull (tag);
      view = tfv_scalar_series_snapshot (tfv_tag_get_series (tag), TFV_SCALAR_VIEW_ALL);
      g_assert_cmpuint (view->n_points, ==, 1);
      tfv_scalar_view_get (view, 0, &step, &wall_time, &value, &is_float32);
      g_assert_cmpint (step, ==, 7);
      g_assert_cmpfloat (value, ==, values[i]);
      g_assert_true (is_float32);
    }
}

static TfvOutput
make_images (TfvGraph *graph, TfvDataType dtype)
{
  const gint64          dims[] = { 2, 1, 3, 1 };
  const double          values[] = { 0, 1, 2, -4, 2, NAN };
  g_autoptr (TfvTensor) tensor = tfv_tensor_new (dtype, tfv_shape_from_dims (4, dims));

  for (gsize i = 0; i < 6; i++)
    tfv_tensor_set_value (tensor, i, dtype == TFV_DATA_TYPE_UINT8 ? (double) i : values[i]);
  return tfv_constant (graph, tensor, NULL);
}

/* Each kind by its tag; what the tag is, and what is stored, is TensorFlow's. */
static void
test_all_kinds (LogdirFixture *fixture, gconstpointer data)
{
  static const struct
  {
    TfvRecordKind kind;
    const char   *tag;
  } expected[] = {
    { TFV_RECORD_HISTOGRAM, "layer/weights" },
    { TFV_RECORD_IMAGE, "layer/float/image/0" },
    { TFV_RECORD_IMAGE, "layer/float/image/1" },
    { TFV_RECORD_IMAGE, "layer/bytes/image" },
    { TFV_RECORD_AUDIO, "layer/sound/audio" },
    { TFV_RECORD_TENSOR, "layer/whole" },
    { TFV_RECORD_TEXT, "layer/note" },
  };
  g_autoptr (GError)    error = NULL;
  g_autoptr (TfvGraph)  graph = tfv_graph_new ();
  g_autoptr (TfvTensor) samples = tfv_tensor_new (TFV_DATA_TYPE_FLOAT, tfv_shape_from_dims (2, (const gint64[]){ 1, 4 }));
  g_autoptr (TfvTensor) fetched = NULL;
  g_autoptr (TfvRun)    run = NULL;

  tfv_graph_push_scope (graph, "layer");
  tfv_summary_histogram ("weights", tfv_constant (graph, samples, NULL));
  tfv_summary_image ("float", make_images (graph, TFV_DATA_TYPE_FLOAT), 3);
  tfv_summary_image ("bytes", make_images (graph, TFV_DATA_TYPE_UINT8), 1);
  tfv_summary_audio ("sound", tfv_constant (graph, samples, NULL), 8000, 1);
  tfv_summary_tensor ("whole", tfv_constant (graph, samples, NULL));
  tfv_summary_text ("note", tfv_constant_string (graph, "**hello**", NULL));
  tfv_graph_pop_scope (graph);
  g_assert_nonnull (tfv_graph_get_operation (graph, "layer/weights/tag"));
  g_assert_nonnull (tfv_graph_get_operation (graph, "layer/sound/sample_rate"));
  fetched = fetch (graph, tfv_summary_merge_all (graph), &error);
  g_assert_no_error (error);
  tfv_summary_write (fetched, fixture->writer, 7, &error);
  g_assert_no_error (error);

  run = logdir_fixture_read_back (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_autoptr (TfvTag) tag = tfv_run_dup_tag (run, expected[i].kind, expected[i].tag);
      gint64             step;

      g_assert_nonnull (tag);
      g_assert_true (tfv_tag_get_record (tag, 0, &step, NULL, NULL));
      g_assert_cmpint (step, ==, 7);
    }
}

/* The pixels that TensorFlow 2.21 gives for these images. */
static void
test_pixels (void)
{
  static const struct
  {
    TfvDataType dtype;
    guint8      pixels[2][3];
  } expected[] = {
    { TFV_DATA_TYPE_FLOAT, { { 0, 127, 255 }, { 1, 191, 255 } } },
    { TFV_DATA_TYPE_DOUBLE, { { 0, 127, 255 }, { 1, 191, 255 } } },
    { TFV_DATA_TYPE_UINT8, { { 0, 1, 2 }, { 3, 4, 5 } } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_autoptr (GError)    error = NULL;
      g_autoptr (TfvGraph)  graph = tfv_graph_new ();
      g_autoptr (TfvTensor) fetched = fetch (graph, tfv_summary_image ("i", make_images (graph, expected[i].dtype), 3), &error);
      gsize                 n_bytes;
      const guint8         *bytes;

      g_assert_no_error (error);
      bytes = g_bytes_get_data (*(GBytes **) tfv_tensor_get_data (fetched), &n_bytes);
      for (guint k = 0; k < 2; k++)
        {
          g_autoptr (GBytes) pixels = g_bytes_new_static (expected[i].pixels[k], 3);
          g_autoptr (GBytes) png = tfv_png_encode (pixels, 3, 1, 1, NULL);
          gsize              n_png;
          gconstpointer      data = g_bytes_get_data (png, &n_png);

          g_assert_nonnull (memmem (bytes, n_bytes, data, n_png));
        }
    }
}

static void
test_duplicate_tags (void)
{
  g_autoptr (GError)    error = NULL;
  g_autoptr (TfvGraph)  graph = tfv_graph_new ();
  TfvOutput             loss = tfv_summary_scalar ("loss", tfv_constant_float (graph, 0.5f, NULL));
  TfvOutput             both[] = { loss, loss };
  g_autoptr (TfvTensor) fetched = fetch (graph, tfv_summary_merge (both, 2), &error);

  g_assert_null (fetched);
  g_assert_error (error, TFV_ENGINE_ERROR, TFV_ENGINE_ERROR_INVALID_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "Merge/MergeSummary"));
  g_assert_nonnull (strstr (error->message, "Duplicate tag loss found in summary inputs"));
}

static void
test_no_summary (LogdirFixture *fixture, gconstpointer data)
{
  g_autoptr (GError)    error = NULL;
  g_autoptr (TfvGraph)  graph = tfv_graph_new ();
  g_autoptr (TfvTensor) number = tfv_tensor_new_float (1);
  g_autoptr (TfvTensor) fetched = NULL;
  TfvOutput             nonsense = tfv_constant_string (graph, "\x0a\x50 nonsense", NULL);

  g_assert_false (tfv_summary_write (number, fixture->writer, 0, &error));
  g_assert_error (error, TFV_ENGINE_ERROR, TFV_ENGINE_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);

  fetched = fetch (graph, tfv_summary_merge (&nonsense, 1), &error);
  g_assert_null (fetched);
  g_assert_error (error, TFV_ENGINE_ERROR, TFV_ENGINE_ERROR_INVALID_ARGUMENT);
}

/* No beginning of a message reads beyond its end. */
static void
test_truncated_messages (void)
{
  for (gsize n = 0; n <= sizeof loss_summary; n++)
    {
      g_autofree guint8 *copy = g_memdup2 (loss_summary, n);
      const guint8      *at = copy;
      const guint8      *tag;
      gsize              tag_bytes;
      gboolean           is_found = tfv_summary_message_next_tag (&at, copy + n, &tag, &tag_bytes);

      g_assert_cmpint (is_found, ==, n == sizeof loss_summary);
      g_assert_true (at == (is_found ? copy + n : copy));
    }
}

#define ADD(path, test) \
  g_test_add ("/engine/training/summaries/" path, LogdirFixture, NULL, logdir_fixture_set_up, test, logdir_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/training/summaries/a-scalar-gives-the-bytes-that-tensorflow-gives", test_bytes);
  g_test_add_func ("/engine/training/summaries/a-tag-is-the-full-name", test_tags);
  g_test_add_func ("/engine/training/summaries/numbers-of-all-types-become-floats", test_types);
  ADD ("what-is-merged-is-stored-by-tag", test_merge_all);
  ADD ("every-kind-is-stored-by-tag", test_all_kinds);
  g_test_add_func ("/engine/training/summaries/pixels-are-those-that-tensorflow-gives", test_pixels);
  g_test_add_func ("/engine/training/summaries/no-tag-comes-twice", test_duplicate_tags);
  ADD ("what-is-none-is-refused", test_no_summary);
  g_test_add_func ("/engine/training/summaries/a-truncated-message-is-not-read-beyond-its-end", test_truncated_messages);
  return g_test_run ();
}
