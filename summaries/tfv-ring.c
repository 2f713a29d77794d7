/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-ring-private.h"

#include <sys/mman.h>

/* How many zones come into being at the first push. */
#define FIRST_ZONES 4

static guint
get_n_zones (TfvRing *self)
{
  return (guint) (self->capacity / TFV_RING_ZONE_ROWS);
}

/* Makes an empty ring of memory that is zero and begins with a page; its other
 * pages come into being as they are needed. @capacity is a power of two. */
void
tfv_ring_init (TfvRing *self, gsize capacity, gsize row_bytes)
{
  g_assert ((capacity & (capacity - 1)) == 0 && capacity >= TFV_RING_ZONE_ROWS && capacity / TFV_RING_ZONE_ROWS <= TFV_RING_MAX_ZONES);

  self->row_bytes = row_bytes;
  for (guint i = 0; i < capacity / TFV_RING_ZONE_ROWS; i++)
    self->free_zones[i / 32] |= 1u << i % 32;
  self->capacity = capacity;
}

/* Producer: begins where the last producer of the ring ended, or at the start. */
void
tfv_ring_inlet_open (TfvRingInlet *self, TfvRing *ring)
{
  guint64 head = atomic_load_explicit (&ring->head, memory_order_relaxed);

  self->ring = ring;
  self->next_row = self->end_row = NULL;
  if (head % TFV_RING_ZONE_ROWS != 0)
    {
      self->next_row = tfv_ring_get_row (ring, head, ring->row_bytes);
      self->end_row = self->next_row + (TFV_RING_ZONE_ROWS - head % TFV_RING_ZONE_ROWS) * ring->row_bytes;
    }
}

/* Learns what the consumer gave back. */
static void
take_back_zones (TfvRing *self)
{
  guint64 tail = atomic_load_explicit (&self->tail, memory_order_acquire);

  for (; self->n_zones_released < tail / TFV_RING_ZONE_ROWS; self->n_zones_released++)
    {
      guint zone = tfv_ring_get_zone (self, self->n_zones_released * TFV_RING_ZONE_ROWS);

      self->free_zones[zone / 32] |= 1u << zone % 32;
    }
}

/* The lowest zone that is free; -1 when there is none. */
static int
take_zone (TfvRing *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->free_zones); i++)
    {
      guint32 bits = self->free_zones[i];

      if (bits != 0)
        {
          self->free_zones[i] = bits & (bits - 1);
          return (int) i * 32 + __builtin_ctz (bits);
        }
    }

  return -1;
}

/* Gets the pages of a zone, and at first of a few, at once: as page faults they
 * would cost one push in a hundred some microseconds. */
static void
populate_zone (TfvRing *self, guint zone)
{
  guint   n_zones = CLAMP (zone + 1, MIN (FIRST_ZONES, get_n_zones (self)), TFV_RING_MAX_ZONES);
  gsize   zone_bytes = TFV_RING_ZONE_ROWS * self->row_bytes;
  guint8 *begin = (guint8 *) self + TFV_RING_HEADER_BYTES + self->n_zones_populated * zone_bytes;

#ifdef MADV_POPULATE_WRITE
  madvise (begin, (n_zones - self->n_zones_populated) * zone_bytes, MADV_POPULATE_WRITE);
#else
  (void) begin;
#endif
  self->n_zones_populated = n_zones;
}

/* The slow part of a push, where a zone begins. FALSE, counted, where none is
 * free. */
gboolean
tfv_ring_inlet_find_room (TfvRingInlet *self)
{
  TfvRing *ring = self->ring;
  int      zone;

  take_back_zones (ring);
  zone = take_zone (ring);
  if (zone < 0)
    {
      guint64 n_dropped = atomic_load_explicit (&ring->n_dropped, memory_order_relaxed);

      atomic_store_explicit (&ring->n_dropped, n_dropped + 1, memory_order_relaxed);
      return FALSE;
    }

  if ((guint) zone >= ring->n_zones_populated)
    populate_zone (ring, (guint) zone);
  atomic_store_explicit (&ring->zones[ring->n_zones_taken % get_n_zones (ring)], (guint16) zone, memory_order_relaxed);
  ring->n_zones_taken++;
  self->next_row = (guint8 *) ring + TFV_RING_HEADER_BYTES + (gsize) zone * TFV_RING_ZONE_ROWS * ring->row_bytes;
  self->end_row = self->next_row + TFV_RING_ZONE_ROWS * ring->row_bytes;

  return TRUE;
}

/* Consumer: how many rows from @position on, and before @end, lie one behind the
 * other in memory. */
guint64
tfv_ring_get_run (TfvRing *self, guint64 position, guint64 end)
{
  guint   zone = tfv_ring_get_zone (self, position);
  guint64 stop = (position / TFV_RING_ZONE_ROWS + 1) * TFV_RING_ZONE_ROWS;

  while (stop < end && tfv_ring_get_zone (self, stop) == zone + 1)
    {
      zone++;
      stop += TFV_RING_ZONE_ROWS;
    }

  return MIN (stop, end) - position;
}
