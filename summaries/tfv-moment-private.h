/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/tfv-event-layout-private.h"
#include "summaries/tfv-summary-writer.h"

G_BEGIN_DECLS

#define TFV_MOMENT_FOUND (G_GUINT64_CONSTANT (1) << 63) /* beside the kind, see tfv_writer_mark_moments() */

/* What happens at a moment rather than for a while: a counter, a flow or a
 * marker. They are rarer than spans, so that one ring a thread is for all of
 * them; in the file each kind has a dataset of its own. */
typedef struct
{
  guint64 kind; /* a TfvRecordKind; none for what the file of an earlier consumer has */
  union
  {
    TfvEventCounterRow counter;
    TfvEventFlowRow    flow;
    TfvEventMarkerRow  marker;
  };
} TfvMoment;

G_STATIC_ASSERT (sizeof (TfvMoment) == 48);

TfvMoment *tfv_summary_writer_reserve_moment (TfvSummaryWriter *self);
void       tfv_summary_writer_commit_moment (TfvSummaryWriter *self);

/* The dataset that rows of a kind go to. */
static inline TfvEventDataset
tfv_moment_get_dataset (guint64 kind)
{
  switch (kind)
    {
    case TFV_RECORD_COUNTER:
      return TFV_EVENT_COUNTERS;
    case TFV_RECORD_FLOW:
      return TFV_EVENT_FLOWS;
    case TFV_RECORD_MARKER:
      return TFV_EVENT_MARKERS;
    default:
      return TFV_N_EVENT_DATASETS;
    }
}

G_END_DECLS
