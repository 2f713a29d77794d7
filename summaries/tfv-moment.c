/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-moment-private.h"

#include "summaries/tfv-summary-writer-private.h"

/* Room for a row in the calling thread's ring; NULL, counted, where there is
 * none. What is reserved is committed by the same thread, with nothing pushed in
 * between. */
TfvMoment *
tfv_summary_writer_reserve_moment (TfvSummaryWriter *self)
{
  TfvProducer *producer = tfv_summary_writer_get_producer (self);

  if (G_UNLIKELY (producer == NULL))
    {
      tfv_summary_writer_count_late (self, &self->region->header->n_late_moments);
      return NULL;
    }

  return tfv_producer_reserve (producer, &producer->moments);
}

void
tfv_summary_writer_commit_moment (TfvSummaryWriter *self)
{
  tfv_ring_inlet_commit (&tfv_producer_current->moments, sizeof (TfvMoment));
  tfv_summary_writer_kick_if_asleep (self);
}
