/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-record-class-private.h"
#include "summaries/tfv-step-stats.h"
#include "summaries/tfv-summary-writer-private.h"

extern const TfvRecordClass tfv_record_graph;

#define GRAPH_TAG "graph"

/**
 * tfv_summary_writer_add_graph:
 * @self: a writer
 * @graph_def: a serialised TensorFlow `GraphDef`
 *
 * Stores the graph that the run executes. Any thread.
 */
void
tfv_summary_writer_add_graph (TfvSummaryWriter *self, GBytes *graph_def)
{
  tfv_summary_writer_add_graph_at (self, graph_def, 0, tfv_summary_writer_get_wall_time ());
}

/**
 * tfv_summary_writer_add_graph_at:
 * @self: a writer
 * @graph_def: a serialised TensorFlow `GraphDef`
 * @step: the training step from which on the run executes it
 * @wall_time: when that was, in seconds since the UNIX epoch
 *
 * [method@Tfv.SummaryWriter.add_graph] for a graph that changes, or of another
 * time. Any thread.
 */
void
tfv_summary_writer_add_graph_at (TfvSummaryWriter *self, GBytes *graph_def, gint64 step, double wall_time)
{
  g_return_if_fail (self != NULL && graph_def != NULL);

  tfv_summary_writer_add_blob (self, TFV_RECORD_GRAPH, GRAPH_TAG, step, wall_time, graph_def);
}

/* How many nodes a GraphDef has: its fields numbered 1, each with its length.
 * Counts those before the first byte that is not of a message. */
static gint64
count_nodes (GBytes *graph_def)
{
  gsize         n_bytes;
  const guint8 *at = g_bytes_get_data (graph_def, &n_bytes);
  const guint8 *end = at + n_bytes;
  gint64        n_nodes = 0;

  while (at < end)
    {
      guint8  key = *at++;
      guint64 number = 0;

      for (guint shift = 0; at < end && shift < 64; shift += 7)
        {
          number |= (guint64) (*at & 0x7f) << shift;
          if ((*at++ & 0x80) == 0)
            break;
        }

      if ((key & 7) == 0)
        continue;
      if ((key & 7) != 2 || number > (guint64) (end - at))
        break;

      n_nodes += key >> 3 == 1;
      at += number;
    }

  return n_nodes;
}

static void
tell (TfvRun *run, TfvTag *tag, gint64 step, double wall_time, GBytes *bytes, const TfvRecordSink *sink)
{
  TfvRecordValue values[] = {
    tfv_record_string (tfv_run_get_name (run)),
    tfv_record_string (tfv_tag_get_name (tag)),
    tfv_record_integer (step),
    tfv_record_double (wall_time),
    tfv_record_integer (count_nodes (bytes)),
    tfv_record_integer ((gint64) g_bytes_get_size (bytes)),
  };

  sink->func (values, sink->user_data);
}

static gboolean
dump (TfvRun *run, const TfvRecordFilter *filter, TfvRecordFunc func, gpointer user_data, GError **error)
{
  TfvRecordSink sink = { filter, func, user_data };

  return tfv_record_for_each_blob (run, TFV_RECORD_GRAPH, tell, &sink, error);
}

/* Two nodes, "a" and "b", and a version. */
static void
write_sample (TfvSummaryWriter *writer)
{
  static const guint8 graph_def[] = { 0x0a, 3, 0x0a, 1, 'a', 0x0a, 3, 0x0a, 1, 'b', 0x22, 2, 0x08, 27 };
  g_autoptr (GBytes)  bytes = g_bytes_new_static (graph_def, sizeof graph_def);

  tfv_summary_writer_add_graph (writer, bytes);
}

static const char *const columns[] = { "run", "tag", "step", "wall_time", "nodes", "bytes", NULL };

const TfvRecordClass tfv_record_graph = {
  .kind = TFV_RECORD_GRAPH,
  .name = "graph",
  .plugin = "graphs",
  .columns = columns,
  .dump = dump,
  .write_sample = write_sample,
  .sample = ".,graph,0,*,2,14\n",
};
