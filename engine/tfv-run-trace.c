/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-run-trace.h"

#include "profiler/sources/host.h"

/* One machine with one processor is all there is for now: an operation that
 * asks for less than a whole device name ran there too. */
static guint32
intern_lane (TfvSummaryWriter *writer, guint32 thread_id)
{
  g_autofree char *lane = tfv_host_dup_lane_of_thread (thread_id);

  return tfv_summary_writer_intern (writer, TFV_STRING_LANE, lane, tfv_summary_writer_intern (writer, TFV_STRING_DEVICE, TFV_HOST_DEVICE, 0));
}

/**
 * tfv_run_metadata_write:
 * @self: metadata of a run that was done with %TFV_TRACE_FULL
 * @writer: where to store it
 * @step: the training step that the run was, or -1
 *
 * Stores what was recorded of a run as spans: one for each execution of an
 * operation, called like the operation, with its type as the category, on the
 * lane of its thread. The run itself is over when this is called, and is not
 * slowed down. Any thread.
 */
void
tfv_run_metadata_write (TfvRunMetadata *self, TfvSummaryWriter *writer, gint64 step)
{
  const TfvNodeStats *nodes;
  guint32             lane = 0;
  guint               n_nodes;

  g_return_if_fail (self != NULL);
  g_return_if_fail (TFV_IS_SUMMARY_WRITER (writer));

  nodes = tfv_run_metadata_get_nodes (self, &n_nodes);
  for (guint i = 0; i < n_nodes; i++)
    {
      const char *name = tfv_operation_get_name (nodes[i].operation);
      TfvSpan     span;

      /* Mostly the thread is that of the node before. */
      if (i == 0 || nodes[i].thread_id != nodes[i - 1].thread_id)
        lane = intern_lane (writer, nodes[i].thread_id);
      span = (TfvSpan){
        .start_ns = nodes[i].start_ns,
        .duration_ns = MAX (nodes[i].end_ns - nodes[i].start_ns, 0),
        .step = step,
        .name = tfv_summary_writer_intern (writer, TFV_STRING_NAME, name, 0),
        .lane = lane,
        .op = tfv_summary_writer_intern (writer, TFV_STRING_OPERATION, name, 0),
        .category = tfv_summary_writer_intern (writer, TFV_STRING_CATEGORY, tfv_operation_get_op_type (nodes[i].operation), 0),
      };

      tfv_summary_writer_add_span (writer, &span);
    }
}
