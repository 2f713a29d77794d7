/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

#include "summaries/tfv-macros.h"

G_BEGIN_DECLS

/**
 * TfvMarkerScope:
 * @TFV_MARKER_LANE: it concerns its lane
 * @TFV_MARKER_DEVICE: it concerns all lanes of its lane's device
 * @TFV_MARKER_GLOBAL: it concerns everything
 *
 * How far a marker reaches. The numbers are stored in files.
 */
typedef enum
{
  TFV_MARKER_LANE = 1,
  TFV_MARKER_DEVICE = 2,
  TFV_MARKER_GLOBAL = 3,
} TfvMarkerScope;

TFV_PUBLIC
GType tfv_marker_scope_get_type (void) G_GNUC_CONST;
#define TFV_TYPE_MARKER_SCOPE (tfv_marker_scope_get_type ())

typedef struct _TfvMarker TfvMarker;

/**
 * TfvMarker:
 * @time_ns: when it was, in nanoseconds of the span clock
 * @step: the training step it belongs to, or -1
 * @name: id of its name, not 0
 * @lane: id of the lane that it is on, or of the device where it is on none, or 0
 * @op: id of the operation that caused it, or 0
 * @category: id of its category, or 0
 * @correlation: number that joins it with what it belongs to, or 0
 * @scope: how far it reaches
 *
 * A moment: a mark of NVTX, an event that was recorded on a stream, the end of an
 * epoch. Ids are as in [struct@Tfv.Span].
 */
struct _TfvMarker
{
  gint64         time_ns;
  gint64         step;
  guint32        name;
  guint32        lane;
  guint32        op;
  guint32        category;
  guint32        correlation;
  TfvMarkerScope scope;
};

G_END_DECLS
