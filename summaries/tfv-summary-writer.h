/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "summaries/tfv-counter.h"
#include "summaries/tfv-flow.h"
#include "summaries/tfv-macros.h"
#include "summaries/tfv-marker.h"
#include "summaries/tfv-record-kind.h"
#include "summaries/tfv-span.h"

G_BEGIN_DECLS

/**
 * TfvStringKind:
 * @TFV_STRING_NAME: the name of a span
 * @TFV_STRING_LANE: a lane (a thread, a stream); its parent is a device
 * @TFV_STRING_DEVICE: a device, in TensorFlow's notation
 * @TFV_STRING_CATEGORY: the category of a span
 * @TFV_STRING_OPERATION: the name of an operation of a graph
 * @TFV_STRING_COUNTER: a counter, or a series of one, whose parent that is
 * @TFV_STRING_UNIT: the unit of a counter
 *
 * What an interned string names. The numbers are stored in files.
 */
typedef enum
{
  TFV_STRING_NAME = 64,
  TFV_STRING_LANE = 65,
  TFV_STRING_DEVICE = 66,
  TFV_STRING_CATEGORY = 67,
  TFV_STRING_OPERATION = 68,
  TFV_STRING_COUNTER = 69,
  TFV_STRING_UNIT = 70,
} TfvStringKind;

/**
 * TfvSessionStatus:
 * @TFV_SESSION_START: a session starts at a step: what the run holds from
 *   that step on, of earlier sessions, is superseded
 * @TFV_SESSION_STOP: the session ended
 * @TFV_SESSION_CHECKPOINT: a checkpoint was saved
 *
 * TensorFlow's SessionLog status.
 */
typedef enum
{
  TFV_SESSION_START = 1,
  TFV_SESSION_STOP = 2,
  TFV_SESSION_CHECKPOINT = 3,
} TfvSessionStatus;

#define TFV_TYPE_SUMMARY_WRITER (tfv_summary_writer_get_type ())

TFV_PUBLIC
G_DECLARE_FINAL_TYPE (TfvSummaryWriter, tfv_summary_writer, TFV, SUMMARY_WRITER, GObject)

TFV_PUBLIC
TfvSummaryWriter *tfv_summary_writer_new (const char *logdir, GError **error);
TFV_PUBLIC
TfvSummaryWriter *tfv_summary_writer_new_synced (const char *logdir, gint64 sync_interval_ns, GError **error);

TFV_PUBLIC
const char *tfv_summary_writer_get_logdir (TfvSummaryWriter *self);
TFV_PUBLIC
char *tfv_summary_writer_dup_path (TfvSummaryWriter *self);

/* Rows: cheap enough for every step. Any thread. */
TFV_PUBLIC
void tfv_summary_writer_add_scalar (TfvSummaryWriter *self, const char *tag, double value, gint64 step);
TFV_PUBLIC
void tfv_summary_writer_add_scalar_at (TfvSummaryWriter *self, const char *tag, double value, gint64 step, double wall_time);
TFV_PUBLIC
void tfv_summary_writer_add_scalar_float (TfvSummaryWriter *self, const char *tag, float value, gint64 step);
TFV_PUBLIC
void tfv_summary_writer_add_scalar_float_at (TfvSummaryWriter *self, const char *tag, float value, gint64 step, double wall_time);
TFV_PUBLIC
void tfv_summary_writer_describe_scalar (TfvSummaryWriter *self, const char *tag, const char *display_name, const char *description);
TFV_PUBLIC
guint32 tfv_summary_writer_intern (TfvSummaryWriter *self, TfvStringKind kind, const char *string, guint32 parent);
TFV_PUBLIC
void tfv_summary_writer_add_span (TfvSummaryWriter *self, const TfvSpan *span);
TFV_PUBLIC
void tfv_summary_writer_add_counter (TfvSummaryWriter *self, const TfvCounter *counter);
TFV_PUBLIC
void tfv_summary_writer_add_flow (TfvSummaryWriter *self, const TfvFlow *flow);
TFV_PUBLIC
void tfv_summary_writer_add_marker (TfvSummaryWriter *self, const TfvMarker *marker);

/* Blobs. Any thread. */
TFV_PUBLIC
void tfv_summary_writer_add_text (TfvSummaryWriter *self, const char *tag, const char *text, gint64 step);
TFV_PUBLIC
void tfv_summary_writer_add_graph (TfvSummaryWriter *self, GBytes *graph_def);
TFV_PUBLIC
void tfv_summary_writer_add_run_description (TfvSummaryWriter *self, int argc, const char *const *argv, GVariant *hparams);
TFV_PUBLIC
void tfv_summary_writer_add_run_details (TfvSummaryWriter *self, GVariant *details);
TFV_PUBLIC
void tfv_summary_writer_add_session (TfvSummaryWriter *self, TfvSessionStatus status, gint64 step);
TFV_PUBLIC
gboolean tfv_summary_writer_add_summary (TfvSummaryWriter *self, GBytes *summary, gint64 step, GError **error);
TFV_PUBLIC
gboolean tfv_summary_writer_add_summary_at (TfvSummaryWriter *self, GBytes *summary, gint64 step, double wall_time, GError **error);

TFV_PUBLIC
gboolean tfv_summary_writer_flush (TfvSummaryWriter *self, GError **error);
TFV_PUBLIC
gboolean tfv_summary_writer_close (TfvSummaryWriter *self, GError **error);
TFV_PUBLIC
guint64 tfv_summary_writer_get_n_dropped (TfvSummaryWriter *self);

G_END_DECLS
