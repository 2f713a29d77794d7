/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-ring-private.h"

#include <sys/mman.h>

/* Makes an empty ring of memory that is zero and begins with a page; its other
 * pages come into being at the first push. @capacity is a power of two. */
void
tfv_ring_init (TfvRing *self, gsize capacity, gsize row_bytes)
{
  g_assert ((capacity & (capacity - 1)) == 0);

  self->capacity = capacity;
  self->row_bytes = row_bytes;
  /* A whole ring behind, so that the first push goes by way of find_room(). */
  self->known_tail = 0 - (guint64) capacity;
}

/* The slow part of a push: learns what the consumer gave back. FALSE, counted,
 * where that is nothing. The first push gets all pages at once: as page faults
 * they would cost one push in a hundred some microseconds. */
gboolean
tfv_ring_find_room (TfvRing *self)
{
  guint64 head = atomic_load_explicit (&self->head, memory_order_relaxed);
  guint64 n_dropped;

#ifdef MADV_POPULATE_WRITE
  if (head == 0)
    madvise (self, TFV_RING_BYTES (self->capacity, self->row_bytes), MADV_POPULATE_WRITE);
#endif

  self->known_tail = atomic_load_explicit (&self->tail, memory_order_acquire);
  if (head - self->known_tail < self->capacity)
    return TRUE;

  n_dropped = atomic_load_explicit (&self->n_dropped, memory_order_relaxed);
  atomic_store_explicit (&self->n_dropped, n_dropped + 1, memory_order_relaxed);
  return FALSE;
}
