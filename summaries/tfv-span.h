/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "summaries/tfv-macros.h"

G_BEGIN_DECLS

typedef struct _TfvSpan TfvSpan;

/**
 * TfvSpan:
 * @start_ns: when it began, in nanoseconds of the span clock
 * @duration_ns: how long it took, in nanoseconds, never negative
 * @step: the training step it belongs to, or -1
 * @name: id of its name
 * @lane: id of its lane; the lane knows its device
 * @op: id of the operation that caused it, or 0
 * @category: id of its category, or 0
 * @correlation: number that joins a launch with what it launched, or 0
 * @argument: when written, one more than the row of `/blob_index` that holds its
 *   arguments, or 0; 0 when read, for a run has the rows of several files
 *
 * Something that took time on a lane of a device. Ids are those of
 * [method@Tfv.SummaryWriter.intern] when written, and of the run's
 * string table when read.
 */
struct _TfvSpan
{
  gint64  start_ns;
  gint64  duration_ns;
  gint64  step;
  guint32 name;
  guint32 lane;
  guint32 op;
  guint32 category;
  guint32 correlation;
  guint32 argument;
};

G_END_DECLS
