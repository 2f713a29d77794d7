/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a plugin stores of a tag comes with its first value, and is known for all:
 * from TensorFlow's event files and from ours. */

#include <string.h>

#include "tests/summaries/event-writer-private.h"
#include "tests/summaries/load-run-private.h"
#include "summaries/tfv-summary-writer.h"

#define DT_FLOAT 1
#define DT_STRING 7
#define N_STEPS 3

typedef struct
{
  const char   *plugin;
  TfvRecordKind kind;
  int           type;
  gboolean      is_old; /* a value of TensorFlow 1 */
} Case;

static const Case cases[] = {
  { "scalars", TFV_RECORD_SCALAR, DT_FLOAT, FALSE },
  { "scalars", TFV_RECORD_SCALAR, DT_FLOAT, TRUE },
  { "histograms", TFV_RECORD_HISTOGRAM, DT_FLOAT, FALSE },
  { "images", TFV_RECORD_IMAGE, DT_STRING, FALSE },
  { "audio", TFV_RECORD_AUDIO, DT_STRING, FALSE },
  { "text", TFV_RECORD_TEXT, DT_STRING, FALSE },
  { "pr_curves", TFV_RECORD_PR_CURVE, DT_FLOAT, FALSE },
  { "mesh", TFV_RECORD_MESH, DT_FLOAT, FALSE },
  { "custom_scalars", TFV_RECORD_LAYOUT, DT_STRING, FALSE },
  { "graph_keras_model", TFV_RECORD_TENSOR, DT_STRING, FALSE },
  { "graph_run_metadata", TFV_RECORD_RUN_METADATA, DT_STRING, FALSE },
  { "a_plugin_of_my_own", TFV_RECORD_TENSOR, DT_FLOAT, FALSE },
};

static char *
name_case (const Case *tried)
{
  return g_strdup_printf ("%s %s", tried->plugin, tried->is_old ? "old" : "new");
}

/* A value of the case; the first one has metadata, and a name to show. */
static GByteArray *
new_value (const Case *tried, gint64 step)
{
  g_autofree char *tag = name_case (tried);
  g_autofree char *content = g_strdup_printf ("what %s keeps", tried->plugin);
  GByteArray      *value = g_byte_array_new (), *tensor, *metadata;

  message_add_string (value, 1, tag);
  if (tried->is_old)
    {
      message_add_float (value, 2, (float) step);
    }
  else
    {
      tensor = message_new_tensor (tried->type, 0, NULL);
      if (tried->type == DT_STRING)
        message_add_string (tensor, 8, "a string");
      else
        message_add_float (tensor, 5, (float) step);
      message_add_message (value, 8, tensor);
    }
  if (step == 0)
    {
      metadata = message_new_metadata (tried->plugin, content);
      message_add_string (metadata, 2, "shown");
      message_add_string (metadata, 3, "said of it");
      message_add_message (value, 9, metadata);
    }
  return value;
}

static void
assert_known (TfvRun *run)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char   *name = name_case (&cases[i]);
      g_autofree char   *expected = g_strdup_printf ("what %s keeps", cases[i].plugin);
      g_autoptr (TfvTag) tag = tfv_run_dup_tag (run, cases[i].kind, name);
      g_autoptr (GBytes) content = tag != NULL ? tfv_tag_dup_plugin_content (tag) : NULL;
      g_autofree char   *display_name = tag != NULL ? tfv_tag_dup_display_name (tag) : NULL;
      g_autofree char   *description = tag != NULL ? tfv_tag_dup_description (tag) : NULL;
      TfvTagSummary      summary;

      g_test_message ("%s", name);
      g_assert_nonnull (tag);
      g_assert_nonnull (content);
      g_assert_cmpmem (g_bytes_get_data (content, NULL), g_bytes_get_size (content), expected, strlen (expected));
      g_assert_cmpstr (tfv_tag_get_plugin (tag), ==, cases[i].plugin);
      g_assert_cmpstr (display_name, ==, "shown");
      g_assert_cmpstr (description, ==, "said of it");
      tfv_tag_get_summary (tag, &summary);
      g_assert_cmpuint (summary.count, ==, N_STEPS);
    }
}

static void
test_is_known_of_event_files (void)
{
  g_autofree char   *folder = make_folder ();
  g_autofree char   *path = g_build_filename (folder, "events.out.tfevents.1", NULL);
  g_autoptr (TfvRun) run = NULL;

  write_version (path, 1, "brain.Event:2");
  for (gint64 step = 0; step < N_STEPS; step++)
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
      write_value (path, 2, step, new_value (&cases[i], step));

  run = load_run (folder);
  assert_known (run);
  remove_tree (folder);
}

static void
test_is_stored_with_what_is_logged (void)
{
  g_autofree char             *folder = make_folder ();
  g_autoptr (GError)           error = NULL;
  g_autoptr (TfvSummaryWriter) writer = tfv_summary_writer_new (folder, &error);
  g_autoptr (TfvRun)           run = NULL;

  g_assert_no_error (error);
  for (gint64 step = 0; step < N_STEPS; step++)
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
      {
        g_autoptr (GBytes) bytes = NULL;
        GByteArray        *summary = g_byte_array_new ();

        message_add_message (summary, 1, new_value (&cases[i], step));
        bytes = g_byte_array_free_to_bytes (summary);
        tfv_summary_writer_add_summary (writer, bytes, step, &error);
        g_assert_no_error (error);
      }
  g_assert_true (tfv_summary_writer_close (writer, &error));

  run = load_run (folder);
  assert_known (run);
  remove_tree (folder);
}

static void
test_the_first_description_counts (void)
{
  g_autofree char             *folder = make_folder ();
  g_autoptr (TfvSummaryWriter) writer = tfv_summary_writer_new (folder, NULL);
  g_autoptr (TfvRun)           run = NULL;
  g_autoptr (TfvTag)           tag = NULL;
  g_autofree char             *display_name = NULL;
  g_autofree char             *description = NULL;
  g_auto (GStrv)               warnings = NULL;

  tfv_summary_writer_describe_scalar (writer, "loss", "Loss", NULL);
  tfv_summary_writer_add_scalar (writer, "loss", 1, 0);
  tfv_summary_writer_describe_scalar (writer, "loss", "another", "another");
  g_assert_true (tfv_summary_writer_close (writer, NULL));

  run = load_run (folder);
  warnings = tfv_run_dup_warnings (run);
  g_assert_cmpstr (warnings[0], ==, NULL);
  tag = tfv_run_dup_tag (run, TFV_RECORD_SCALAR, "loss");
  display_name = tfv_tag_dup_display_name (tag);
  description = tfv_tag_dup_description (tag);
  g_assert_cmpstr (display_name, ==, "Loss");
  g_assert_null (description);
  g_assert_cmpuint (tfv_scalar_series_get_n_points (tfv_tag_get_series (tag)), ==, 1);
  remove_tree (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/summaries/tag-metadata/is-known-of-event-files", test_is_known_of_event_files);
  g_test_add_func ("/summaries/tag-metadata/is-stored-with-what-is-logged", test_is_stored_with_what_is_logged);
  g_test_add_func ("/summaries/tag-metadata/the-first-description-counts", test_the_first_description_counts);

  return g_test_run ();
}
