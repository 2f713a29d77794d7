/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-ring-private.h"

#include <errno.h>
#include <sys/mman.h>

static gsize
get_region_bytes (gsize capacity, gsize row_bytes)
{
  return TFV_RING_HEADER_BYTES + capacity * row_bytes;
}

/* An empty ring; its pages come into being at the first push. @capacity is a
 * power of two. NULL when the system gives no memory: records are then dropped
 * rather than the training stopped. */
TfvRing *
tfv_ring_new (gsize capacity, gsize row_bytes)
{
  void    *region = mmap (NULL, get_region_bytes (capacity, row_bytes), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  TfvRing *self = region;

  g_assert ((capacity & (capacity - 1)) == 0);

  if (region == MAP_FAILED)
    return NULL;

  self->capacity = capacity;
  self->row_bytes = row_bytes;
  /* A whole ring behind, so that the first push goes by way of find_room(). */
  self->known_tail = 0 - (guint64) capacity;

  return self;
}

void
tfv_ring_free (TfvRing *self)
{
  munmap (self, get_region_bytes (self->capacity, self->row_bytes));
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
    madvise (self, get_region_bytes (self->capacity, self->row_bytes), MADV_POPULATE_WRITE);
#endif

  self->known_tail = atomic_load_explicit (&self->tail, memory_order_acquire);
  if (head - self->known_tail < self->capacity)
    return TRUE;

  n_dropped = atomic_load_explicit (&self->n_dropped, memory_order_relaxed);
  atomic_store_explicit (&self->n_dropped, n_dropped + 1, memory_order_relaxed);
  return FALSE;
}
