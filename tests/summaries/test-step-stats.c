/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What TensorFlow records of a step, in each of the ways in which it is stored. */

#include <string.h>

#include "tests/summaries/event-writer-private.h"
#include "tests/summaries/load-run-private.h"
#include "summaries/tfv-error.h"
#include "summaries/tfv-step-stats.h"

#define DT_STRING 7

/* A RunMetadata with one node and two graphs, one of a partition and one of a
 * function. */
static GByteArray *
new_run_metadata (void)
{
  GByteArray *node = g_byte_array_new (), *device = g_byte_array_new (), *stats = g_byte_array_new ();
  GByteArray *functions = g_byte_array_new (), *metadata = g_byte_array_new ();

  message_add_string (node, 1, "MatMul");
  message_add_varint (node, 2, 1000);
  message_add_varint (node, 5, 7);
  message_add_string (device, 1, "/device:GPU:0");
  message_add_message (device, 2, node);
  message_add_message (stats, 1, device);
  message_add_message (metadata, 1, stats);
  message_add_string (metadata, 3, "partition");
  message_add_string (functions, 2, "function");
  message_add_message (metadata, 4, functions);
  return metadata;
}

/* The same as a value of a summary op of TensorFlow 2. */
static GByteArray *
new_value (const char *tag, const char *plugin, GByteArray *content)
{
  GByteArray *value = g_byte_array_new (), *tensor = message_new_tensor (DT_STRING, 0, NULL);

  message_add_message (tensor, 8, content);
  message_add_string (value, 1, tag);
  message_add_message (value, 8, tensor);
  message_add_message (value, 9, message_new_metadata (plugin, "1"));
  return value;
}

static void
assert_stats (TfvRun *run, const char *name, const char *plugin, gint64 expected_step)
{
  g_autoptr (GError)       error = NULL;
  g_autoptr (TfvTag)       tag = tfv_run_dup_tag (run, TFV_RECORD_RUN_METADATA, name);
  g_autoptr (GBytes)       record = NULL;
  g_autoptr (GBytes)       graph = NULL;
  g_autoptr (TfvStepStats) stats = NULL;
  const TfvStepNode       *nodes;
  gsize                    n_nodes;
  gint64                   step;

  g_assert_nonnull (tag);
  g_assert_cmpstr (tfv_tag_get_plugin (tag), ==, plugin);
  g_assert_true (tfv_tag_get_record (tag, 0, &step, NULL, NULL));
  g_assert_cmpint (step, ==, expected_step);
  record = tfv_tag_read_record (tag, 0, &error);
  g_assert_no_error (error);
  stats = tfv_step_stats_decode (record, &error);
  g_assert_no_error (error);

  nodes = tfv_step_stats_get_nodes (stats, &n_nodes);
  g_assert_cmpuint (n_nodes, ==, 1);
  g_assert_cmpstr (nodes[0].node, ==, "MatMul");
  g_assert_cmpstr (nodes[0].device, ==, "/device:GPU:0");
  g_assert_cmpint (nodes[0].start_ns, ==, 1000000);
  g_assert_cmpint (nodes[0].end_ns, ==, 1007000);
  g_assert_cmpuint (tfv_step_stats_get_n_graphs (stats), ==, 2);
  graph = tfv_step_stats_dup_graph (stats, 1);
  g_assert_cmpmem (g_bytes_get_data (graph, NULL), g_bytes_get_size (graph), "function", 8);
}

static void
test_reads_event_files_of_every_kind (void)
{
  g_autofree char   *folder = make_folder ();
  g_autofree char   *path = g_build_filename (folder, "events.out.tfevents.1", NULL);
  GByteArray        *event = message_new_event (1, 3), *tagged = g_byte_array_new ();
  g_autoptr (TfvRun) run = NULL;
  g_autoptr (TfvTag) keras = NULL;

  write_version (path, 1, "brain.Event:2");
  message_add_string (tagged, 1, "step3");
  message_add_message (tagged, 2, new_run_metadata ());
  message_add_message (event, 8, tagged);
  write_event (path, event);
  write_value (path, 2, 4, new_value ("batch_1", "graph_run_metadata", new_run_metadata ()));
  write_value (path, 3, 5, new_value ("batch_2", "graph_run_metadata_graph", new_run_metadata ()));
  event = g_byte_array_new ();
  g_byte_array_append (event, (const guint8 *) "{}", 2);
  write_value (path, 4, 6, new_value ("keras", "graph_keras_model", event));

  run = load_run (folder);
  assert_stats (run, "step3", "graph_tagged_run_metadata", 3);
  assert_stats (run, "batch_1", "graph_run_metadata", 4);
  assert_stats (run, "batch_2", "graph_run_metadata_graph", 5);
  keras = tfv_run_dup_tag (run, TFV_RECORD_TENSOR, "keras");
  g_assert_cmpstr (tfv_tag_get_plugin (keras), ==, "graph_keras_model");

  remove_tree (folder);
}

static void
test_reads_what_was_logged_with_us (void)
{
  g_autofree char             *folder = make_folder ();
  g_autoptr (GError)           error = NULL;
  g_autoptr (TfvSummaryWriter) writer = tfv_summary_writer_new (folder, &error);
  g_autoptr (GBytes)           metadata = g_byte_array_free_to_bytes (new_run_metadata ());
  g_autoptr (GBytes)           graph = g_bytes_new_static ("", 0);
  g_autoptr (GBytes)           summary = NULL;
  GByteArray                  *message = g_byte_array_new ();
  g_autoptr (TfvRun)           run = NULL;
  g_autoptr (TfvTag)           tag = NULL;
  TfvTagSummary                counts;

  g_assert_no_error (error);
  tfv_summary_writer_add_run_metadata (writer, "step3", metadata, 3);
  message_add_message (message, 1, new_value ("batch_1", "graph_run_metadata", new_run_metadata ()));
  summary = g_byte_array_free_to_bytes (message);
  g_assert_true (tfv_summary_writer_add_summary (writer, summary, 4, &error));
  tfv_summary_writer_add_graph (writer, graph);
  tfv_summary_writer_add_graph_at (writer, graph, 9, 1);
  g_assert_true (tfv_summary_writer_close (writer, &error));

  run = load_run (folder);
  assert_stats (run, "step3", "graph_tagged_run_metadata", 3);
  assert_stats (run, "batch_1", "graph_run_metadata", 4);
  tag = tfv_run_dup_tag (run, TFV_RECORD_GRAPH, "graph");
  tfv_tag_get_summary (tag, &counts);
  g_assert_cmpuint (counts.count, ==, 2);
  g_assert_cmpint (counts.last_step, ==, 9);

  remove_tree (folder);
}

/* Cut off anywhere, or with any byte changed, it is read or refused. */
static void
test_refuses_what_is_damaged (void)
{
  g_autoptr (GByteArray) whole = new_value ("batch", "graph_run_metadata", new_run_metadata ());
  guint                  n_refused = 0;

  for (guint cut = 1; cut < whole->len; cut++)
    {
      g_autoptr (GBytes)       record = g_bytes_new (whole->data, cut);
      g_autoptr (GError)       error = NULL;
      g_autoptr (TfvStepStats) stats = tfv_step_stats_decode (record, &error);

      if (stats == NULL)
        {
          g_assert_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_CORRUPT);
          n_refused++;
        }
    }
  g_assert_cmpuint (n_refused, >, 0);

  for (guint i = 0; i < whole->len * 8; i++)
    {
      g_autoptr (GBytes)       record = NULL;
      g_autoptr (TfvStepStats) stats = NULL;

      whole->data[i / 8] ^= (guint8) (1 << i % 8);
      record = g_bytes_new (whole->data, whole->len);
      stats = tfv_step_stats_decode (record, NULL);
      whole->data[i / 8] ^= (guint8) (1 << i % 8);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/summaries/step-stats/reads-event-files-of-every-kind", test_reads_event_files_of_every_kind);
  g_test_add_func ("/summaries/step-stats/reads-what-was-logged-with-us", test_reads_what_was_logged_with_us);
  g_test_add_func ("/summaries/step-stats/refuses-what-is-damaged", test_refuses_what_is_damaged);

  return g_test_run ();
}
