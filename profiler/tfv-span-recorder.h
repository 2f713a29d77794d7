/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

#include "summaries/tfv-macros.h"
#include "summaries/tfv-span.h"
#include "summaries/tfv-summary-writer.h"

G_BEGIN_DECLS

/**
 * TfvSpanInfo:
 * @name: what took the time, such as the type of an operation
 * @op: (nullable): name of the operation of the graph that caused it
 * @category: (nullable): category, such as `op`, `copy` or `wait`
 * @device: (nullable): the device that it ran on; %NULL for the recorder's own
 * @step: the training step it belongs to, or -1
 * @correlation: number that joins a launch with what it launched, or 0
 *
 * What a span is about. The strings are only read during the call.
 */
typedef struct
{
  const char *name;
  const char *op;
  const char *category;
  const char *device;
  gint64      step;
  guint32     correlation;
} TfvSpanInfo;

#define TFV_TYPE_SPAN_RECORDER (tfv_span_recorder_get_type ())

/**
 * TfvSpanRecorder:
 *
 * Records what the threads of this process do, as spans of an event file. A
 * thread that records is a lane of its own. Any thread.
 */
TFV_PUBLIC
G_DECLARE_FINAL_TYPE (TfvSpanRecorder, tfv_span_recorder, TFV, SPAN_RECORDER, GObject)

TFV_PUBLIC
TfvSpanRecorder *tfv_span_recorder_new (TfvSummaryWriter *writer, const char *device);
TFV_PUBLIC
TfvSummaryWriter *tfv_span_recorder_get_writer (TfvSpanRecorder *self);
TFV_PUBLIC
const char *tfv_span_recorder_get_device (TfvSpanRecorder *self);

TFV_PUBLIC
gint64 tfv_span_recorder_begin (TfvSpanRecorder *self);
TFV_PUBLIC
void tfv_span_recorder_end (TfvSpanRecorder *self, gint64 begin_ns, const TfvSpanInfo *info);
TFV_PUBLIC
void tfv_span_recorder_record (TfvSpanRecorder *self, gint64 start_ns, gint64 duration_ns, const TfvSpanInfo *info);

/* Beside the spans, now. */
TFV_PUBLIC
void tfv_span_recorder_count (TfvSpanRecorder *self, const char *counter, double value, const char *unit, gint64 step);
TFV_PUBLIC
void tfv_span_recorder_mark (TfvSpanRecorder *self, TfvMarkerScope scope, const TfvSpanInfo *info);
TFV_PUBLIC
void tfv_span_recorder_flow (TfvSpanRecorder *self, TfvFlowPhase phase, guint64 flow, const TfvSpanInfo *info);

/* For those who name things once and record them often. */
TFV_PUBLIC
guint32 tfv_span_recorder_intern (TfvSpanRecorder *self, TfvStringKind kind, const char *string);
TFV_PUBLIC
guint32 tfv_span_recorder_get_lane (TfvSpanRecorder *self, const char *device);
TFV_PUBLIC
void tfv_span_recorder_record_span (TfvSpanRecorder *self, const TfvSpan *span);

G_END_DECLS
