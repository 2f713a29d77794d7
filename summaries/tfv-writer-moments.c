/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-writer-core-private.h"

#include <string.h>

/* How many rows of a ring are sorted into their datasets at once. */
#define BATCH_ROWS 2048
#define ROW_BYTES sizeof (TfvEventCounterRow)
#define N_KINDS 3

G_STATIC_ASSERT (sizeof (TfvEventFlowRow) == ROW_BYTES && sizeof (TfvEventMarkerRow) == ROW_BYTES);

/* Rows of one ring, by dataset. */
typedef struct
{
  guint64 n_rows[N_KINDS];
  guint8  rows[N_KINDS][BATCH_ROWS * ROW_BYTES];
} Batch;

static void
fill (Batch *batch, TfvRing *ring, guint64 position, guint64 n_rows)
{
  memset (batch->n_rows, 0, sizeof batch->n_rows);

  for (guint64 i = 0; i < n_rows; i++)
    {
      const TfvMoment *moment = tfv_ring_get_row (ring, position + i, sizeof *moment);
      TfvEventDataset  dataset = tfv_moment_get_dataset (moment->kind);
      guint            which = (guint) dataset - TFV_EVENT_COUNTERS;

      if (dataset == TFV_N_EVENT_DATASETS)
        continue;
      memcpy (batch->rows[which] + batch->n_rows[which] * ROW_BYTES, &moment->counter, ROW_BYTES);
      batch->n_rows[which]++;
    }
}

/* Writes what was seen of a thread's counters, flows and markers, each to its
 * dataset, in the order of the thread. */
gboolean
tfv_writer_core_write_moments (TfvWriterCore *self, guint slot, GError **error)
{
  TfvWriterCursor *cursor = &self->cursors[slot];
  TfvRing         *ring = self->region->slots[slot].moments;

  while (cursor->moments_written < cursor->moments_seen)
    {
      guint64 n_rows = MIN (cursor->moments_seen - cursor->moments_written, BATCH_ROWS);
      Batch  *batch = self->moments;

      if (batch == NULL)
        batch = self->moments = g_new (Batch, 1);
      fill (batch, ring, cursor->moments_written, n_rows);

      for (guint i = 0; i < N_KINDS; i++)
        {
          TfvEventDataset dataset = (TfvEventDataset) (TFV_EVENT_COUNTERS + i);

          if (batch->n_rows[i] == 0)
            continue;
          tfv_writer_core_note_in_flight (self, dataset, slot, cursor->moments_written, n_rows);
          if (!tfv_event_segment_append (self->segment, dataset, batch->rows[i], batch->n_rows[i], error))
            return FALSE;
        }
      cursor->moments_written += n_rows;
    }

  return TRUE;
}

/* After a consumer died: marks those rows that a dataset of its file has. The
 * datasets are flushed one after the other, so that the rows of one may be there
 * and those of another, between them in the ring, not. Who does this may die too:
 * a row that is marked still counts as one of its dataset. */
void
tfv_writer_mark_moments (TfvRing *ring, const TfvWriterInFlight *entry, guint64 n_visible)
{
  guint64 tail = atomic_load (&ring->tail);
  guint64 row = entry->first_row;

  if (entry->position < tail || entry->n_rows > ring->capacity)
    return;

  for (guint64 i = 0; i < entry->n_rows && row < n_visible; i++)
    {
      TfvMoment *moment = tfv_ring_get_row (ring, entry->position + i, sizeof *moment);

      if (tfv_moment_get_dataset (moment->kind & ~TFV_MOMENT_FOUND) != entry->dataset)
        continue;
      moment->kind |= TFV_MOMENT_FOUND;
      row++;
    }
}

/* Once no rows are noted as in flight any more: forgets those that are marked. */
void
tfv_writer_forget_moments (TfvRing *ring)
{
  guint64 head = tfv_ring_get_head (ring);

  for (guint64 i = atomic_load (&ring->tail); i < head; i++)
    {
      TfvMoment *moment = tfv_ring_get_row (ring, i, sizeof *moment);

      if ((moment->kind & TFV_MOMENT_FOUND) != 0)
        moment->kind = TFV_RECORD_NONE;
    }
}
