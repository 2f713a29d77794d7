/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

#include "summaries/tfv-macros.h"

G_BEGIN_DECLS

/**
 * TfvFlowPhase:
 * @TFV_FLOW_START: the flow starts here
 * @TFV_FLOW_STEP: it passes here
 * @TFV_FLOW_END: it ends here
 *
 * Which end of an arrow a point of a flow is. The numbers are stored in files.
 */
typedef enum
{
  TFV_FLOW_START = 1,
  TFV_FLOW_STEP = 2,
  TFV_FLOW_END = 3,
} TfvFlowPhase;

TFV_PUBLIC
GType tfv_flow_phase_get_type (void) G_GNUC_CONST;
#define TFV_TYPE_FLOW_PHASE (tfv_flow_phase_get_type ())

typedef struct _TfvFlow TfvFlow;

/**
 * TfvFlow:
 * @time_ns: when it was there, in nanoseconds of the span clock
 * @flow: number of the flow; points with the same number and category are one
 *   flow, in the order of their times
 * @step: the training step it belongs to, or -1
 * @name: id of its name, not 0
 * @lane: id of the lane that it is on; it is tied to the span around it there
 * @category: id of its category, or 0
 * @phase: whether it starts, passes or ends
 * @binds_next: whether it is tied to the span that begins next on its lane,
 *   rather than to the one around it
 *
 * A point of an arrow that leads from span to span: from the launch of a kernel
 * to the kernel, from a forward operation to its gradient. Ids are as in
 * [struct@Tfv.Span].
 */
struct _TfvFlow
{
  gint64       time_ns;
  guint64      flow;
  gint64       step;
  guint32      name;
  guint32      lane;
  guint32      category;
  TfvFlowPhase phase;
  gboolean     binds_next;
};

G_END_DECLS
