/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "summaries/tfv-macros.h"

G_BEGIN_DECLS

typedef struct _TfvCounter TfvCounter;

/**
 * TfvCounter:
 * @time_ns: when it had the value, in nanoseconds of the span clock
 * @value: the value; NaN and infinities are values
 * @step: the training step it belongs to, or -1
 * @series: id of its series, a string of kind %TFV_STRING_COUNTER, not 0; series
 *   that are drawn as one counter have that one's id as their parent
 * @lane: id of the lane that it is of, or of the device where it is of all of
 *   that, or 0
 * @unit: id of its unit, such as `By` or `%`, or 0
 *
 * A value of something that is measured again and again: memory in use, a clock
 * rate, a hardware counter. It keeps its value until the next one. Ids are those
 * of [method@Tfv.SummaryWriter.intern] when written, and of the run's string
 * table when read.
 */
struct _TfvCounter
{
  gint64  time_ns;
  double  value;
  gint64  step;
  guint32 series;
  guint32 lane;
  guint32 unit;
};

G_END_DECLS
