/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "summaries/tfv-macros.h"
#include "summaries/tfv-summary-writer.h"

G_BEGIN_DECLS

/**
 * TfvStepNode:
 * @device: the device that it ran on
 * @node: the name of the node
 * @label: what a timeline shows for it, or ""
 * @thread: number of the thread or the stream that it ran on
 * @scheduled_ns: when it was ready to run, nanoseconds since the UNIX epoch, or 0
 * @start_ns: when it began, nanoseconds since the UNIX epoch, or what the device
 *   takes for that
 * @compute_start_ns: when its kernel began
 * @compute_end_ns: when its kernel ended
 * @end_ns: when it ended
 * @n_bytes: bytes that it allocated, over all allocators
 * @peak_bytes: the most that it used at a time, over all allocators
 *
 * One execution of a node of a graph.
 */
typedef struct
{
  const char *device;
  const char *node;
  const char *label;
  guint32     thread;
  gint64      scheduled_ns;
  gint64      start_ns;
  gint64      compute_start_ns;
  gint64      compute_end_ns;
  gint64      end_ns;
  gint64      n_bytes;
  gint64      peak_bytes;
} TfvStepNode;

/**
 * TfvStepStats:
 *
 * What TensorFlow records of a step when it is traced: the times of the nodes, and
 * the graphs as they were run. Reference counted and immutable; any thread.
 */
typedef struct _TfvStepStats TfvStepStats;

#define TFV_TYPE_STEP_STATS (tfv_step_stats_get_type ())
TFV_PUBLIC
GType tfv_step_stats_get_type (void) G_GNUC_CONST;
TFV_PUBLIC
TfvStepStats *tfv_step_stats_decode (GBytes *record, GError **error);
TFV_PUBLIC
TfvStepStats *tfv_step_stats_ref (TfvStepStats *self);
TFV_PUBLIC
void tfv_step_stats_unref (TfvStepStats *self);
TFV_PUBLIC
const TfvStepNode *tfv_step_stats_get_nodes (TfvStepStats *self, gsize *n_nodes);
TFV_PUBLIC
guint tfv_step_stats_get_n_graphs (TfvStepStats *self);
TFV_PUBLIC
GBytes *tfv_step_stats_dup_graph (TfvStepStats *self, guint index);

TFV_PUBLIC
void tfv_summary_writer_add_run_metadata (TfvSummaryWriter *self, const char *tag, GBytes *run_metadata, gint64 step);
TFV_PUBLIC
void tfv_summary_writer_add_graph_at (TfvSummaryWriter *self, GBytes *graph_def, gint64 step, double wall_time);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TfvStepStats, tfv_step_stats_unref)

G_END_DECLS
