/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-record-class-private.h"
#include "summaries/tfv-step-stats.h"
#include "summaries/tfv-summary-payload-private.h"

extern const TfvRecordClass tfv_record_run_metadata;

/**
 * tfv_summary_writer_add_run_metadata:
 * @self: a writer
 * @tag: a name for this run of the graph, such as `step1`
 * @run_metadata: a serialised TensorFlow `RunMetadata`
 * @step: the training step
 *
 * Stores what was recorded of a step: the times of its nodes, and the graphs as
 * they were run. Any thread.
 */
void
tfv_summary_writer_add_run_metadata (TfvSummaryWriter *self, const char *tag, GBytes *run_metadata, gint64 step)
{
  g_return_if_fail (TFV_IS_SUMMARY_WRITER (self) && tag != NULL && run_metadata != NULL);

  tfv_summary_writer_add_blob (self, TFV_RECORD_RUN_METADATA, tag, step, tfv_summary_writer_get_wall_time (), run_metadata);
}

/* A row for each execution of a node. */
static gboolean
tell (const TfvStoredRecord *record, const TfvRecordSink *sink, GError **error)
{
  g_autoptr (TfvStepStats) stats = tfv_step_stats_decode (record->bytes, error);
  const TfvStepNode       *nodes;
  gsize                    n_nodes;

  if (stats == NULL)
    return FALSE;

  nodes = tfv_step_stats_get_nodes (stats, &n_nodes);
  for (gsize i = 0; i < n_nodes; i++)
    {
      TfvRecordValue values[15];

      tfv_record_fill_tag_values (record, values);
      values[4] = tfv_record_string (nodes[i].device);
      values[5] = tfv_record_string (nodes[i].node);
      values[6] = tfv_record_integer (nodes[i].thread);
      values[7] = tfv_record_integer (nodes[i].scheduled_ns);
      values[8] = tfv_record_integer (nodes[i].start_ns);
      values[9] = tfv_record_integer (nodes[i].compute_start_ns);
      values[10] = tfv_record_integer (nodes[i].compute_end_ns);
      values[11] = tfv_record_integer (nodes[i].end_ns);
      values[12] = tfv_record_integer (nodes[i].n_bytes);
      values[13] = tfv_record_integer (nodes[i].peak_bytes);
      values[14] = tfv_record_string (nodes[i].label);
      sink->func (values, sink->user_data);
    }
  return TRUE;
}

static gboolean
dump (TfvRun *run, const TfvRecordFilter *filter, TfvRecordFunc func, gpointer user_data, GError **error)
{
  TfvRecordSink sink = { filter, func, user_data };

  return tfv_record_decode_each (run, TFV_RECORD_RUN_METADATA, tell, &sink, error);
}

/* A node in microseconds, as TensorFlow had them first, and one in nanoseconds
 * with what it allocated; both on one device. */
static void
write_sample (TfvSummaryWriter *writer)
{
  GByteArray        *first = g_byte_array_new (), *second = g_byte_array_new (), *memory = g_byte_array_new ();
  GByteArray        *device = g_byte_array_new (), *stats = g_byte_array_new (), *metadata = g_byte_array_new ();
  g_autoptr (GBytes) bytes = NULL;

  tfv_message_add_string (first, 1, "a");
  tfv_message_add_varint (first, 2, 1700000000000000);
  tfv_message_add_varint (first, 3, 1);
  tfv_message_add_varint (first, 4, 5);
  tfv_message_add_varint (first, 5, 6);
  tfv_message_add_string (first, 8, "a = Const()");
  tfv_message_add_varint (memory, 2, 4096);
  tfv_message_add_varint (memory, 3, 8192);
  tfv_message_add_string (second, 1, "b");
  tfv_message_add_message (second, 6, memory);
  tfv_message_add_varint (second, 10, 3);
  tfv_message_add_varint (second, 13, 1700000000000006001);
  tfv_message_add_varint (second, 14, 10);
  tfv_message_add_varint (second, 15, 20);
  tfv_message_add_varint (second, 16, 30);
  tfv_message_add_varint (second, 17, 1700000000000005001);
  tfv_message_add_string (device, 1, "/device:CPU:0");
  tfv_message_add_message (device, 2, first);
  tfv_message_add_message (device, 2, second);
  tfv_message_add_message (stats, 1, device);
  tfv_message_add_message (metadata, 1, stats);
  bytes = g_byte_array_free_to_bytes (metadata);

  tfv_summary_writer_add_run_metadata (writer, "step7", bytes, 7);
}

static const char *const columns[] = { TFV_RECORD_TAG_COLUMNS, "device", "node", "thread", "scheduled_ns", "start_ns", "compute_start_ns", "compute_end_ns", "end_ns", "bytes", "peak_bytes", "label", NULL };

const TfvRecordClass tfv_record_run_metadata = {
  .kind = TFV_RECORD_RUN_METADATA,
  .name = "run-metadata",
  .plugin = "graph_tagged_run_metadata",
  .columns = columns,
  .dump = dump,
  .write_sample = write_sample,
  .sample = ".,step7,7,*,/device:CPU:0,a,0,0,1700000000000000000,1700000000000001000,1700000000000005000,1700000000000006000,0,0,a = Const()\n"
            ".,step7,7,*,/device:CPU:0,b,3,1700000000000005001,1700000000000006001,1700000000000006011,1700000000000006021,1700000000000006031,4096,8192,\n",
};
