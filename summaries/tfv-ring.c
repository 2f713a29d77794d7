/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-ring-private.h"

#include <errno.h>
#include <sys/mman.h>

static gsize
get_region_bytes (gsize capacity, gsize row_bytes)
{
  return TFV_RING_HEADER_BYTES + capacity * row_bytes;
}

/* An empty ring; its pages come into being as they are used. @capacity is a
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

  return self;
}

void
tfv_ring_free (TfvRing *self)
{
  munmap (self, get_region_bytes (self->capacity, self->row_bytes));
}
