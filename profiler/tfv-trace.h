/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

#include "summaries/tfv-macros.h"
#include "summaries/tfv-run.h"
#include "summaries/tfv-span-table.h"
#include "summaries/tfv-span.h"

G_BEGIN_DECLS

/**
 * TfvTraceLane:
 * @name: name of the thread, stream or other lane
 * @id: its id in the span table
 * @device: index of its device
 * @start_ns: when its first span begins
 * @end_ns: when its last span to end ends
 * @n_spans: number of spans, at least 1
 * @spans: (array length=n_spans): its spans in the order in which they begin;
 *   of those that begin together the longer stands first, so that a span
 *   stands before those nested in it
 *
 * A lane of a device.
 */
typedef struct
{
  const char    *name;
  guint32        id;
  guint          device;
  gint64         start_ns;
  gint64         end_ns;
  gsize          n_spans;
  const TfvSpan *spans;
} TfvTraceLane;

/**
 * TfvTraceDevice:
 * @name: the device's name; empty where the spans' writer named none
 * @first_lane: index of its first lane; the others follow it
 * @n_lanes: number of its lanes, at least 1
 * @n_spans: number of spans on them
 * @start_ns: when its first span begins
 * @end_ns: when its last span to end ends
 *
 * A device and what ran on it.
 */
typedef struct
{
  const char *name;
  guint       first_lane;
  guint       n_lanes;
  gsize       n_spans;
  gint64      start_ns;
  gint64      end_ns;
} TfvTraceDevice;

/**
 * TfvTrace:
 *
 * An immutable look at the spans of a run, grouped into devices and lanes:
 * what was there when it was taken. Reference counted. Any thread.
 */
typedef struct _TfvTrace TfvTrace;

#define TFV_TYPE_TRACE (tfv_trace_get_type ())
TFV_PUBLIC
GType tfv_trace_get_type (void) G_GNUC_CONST;
TFV_PUBLIC
TfvTrace *tfv_trace_new (TfvRun *run);
TFV_PUBLIC
TfvTrace *tfv_trace_new_for_spans (TfvSpanTable *spans);
TFV_PUBLIC
TfvTrace *tfv_trace_ref (TfvTrace *self);
TFV_PUBLIC
void tfv_trace_unref (TfvTrace *self);
TFV_PUBLIC
gsize tfv_trace_get_n_spans (TfvTrace *self);
TFV_PUBLIC
gboolean tfv_trace_get_time_range (TfvTrace *self, gint64 *start_ns, gint64 *end_ns);
TFV_PUBLIC
const TfvTraceDevice *tfv_trace_get_devices (TfvTrace *self, guint *n_devices);
TFV_PUBLIC
const TfvTraceLane *tfv_trace_get_lanes (TfvTrace *self, guint *n_lanes);
TFV_PUBLIC
const char *tfv_trace_get_string (TfvTrace *self, guint32 id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TfvTrace, tfv_trace_unref)

/**
 * tfv_span_get_end_ns:
 * @span: a span
 *
 * Returns: when the span ends, in nanoseconds; never before it begins, and the
 *   last moment that can be told where the sum is beyond it
 */
static inline gint64
tfv_span_get_end_ns (const TfvSpan *span)
{
  gint64 duration_ns = MAX (span->duration_ns, 0);

  return span->start_ns > G_MAXINT64 - duration_ns ? G_MAXINT64 : span->start_ns + duration_ns;
}

G_END_DECLS
