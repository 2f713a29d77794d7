/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-producer-private.h"

#include "summaries/tfv-summary-writer-private.h"

/* So many zones of rows wait for the consumer before it is woken. */
#define CROWDED_ZONES 32

static void end_thread (gpointer data);

/* The thread's producers, the newest first. The key is there for the end of the
 * thread, the variable for speed. */
static GPrivate       key = G_PRIVATE_INIT (end_thread);
__thread TfvProducer *tfv_producer_current;

/* Gives the slot back, unless it is the parent's. */
static void
free_producer (TfvProducer *self)
{
  TfvWriterRegion *region = self->region;

  if (region->process_epoch == tfv_process_epoch)
    atomic_store_explicit (&region->header->slots[self->slot], TFV_SLOT_LEFT, memory_order_release);
  tfv_writer_region_unref (region);
  g_aligned_free (self);
}

static void
end_thread (gpointer data)
{
  TfvProducer *self = data;

  tfv_producer_current = NULL;
  while (self != NULL)
    {
      TfvProducer *next = self->next;

      free_producer (self);
      self = next;
    }
}

/* This thread's producer of a writer, or NULL; forgets those whose writers have
 * gone. */
TfvProducer *
tfv_producer_find (guint64 writer_serial)
{
  TfvProducer  *first = g_private_get (&key);
  TfvProducer  *found = NULL;
  TfvProducer **link = &first;

  while (*link != NULL)
    {
      TfvProducer *self = *link;

      if (self->writer_serial == writer_serial)
        found = self;

      if (atomic_load_explicit (&self->region->is_left, memory_order_acquire))
        {
          *link = self->next;
          if (found == self)
            found = NULL;
          free_producer (self);
        }
      else
        {
          link = &self->next;
        }
    }

  g_private_set (&key, first);
  tfv_producer_current = found;

  return found;
}

/* A free slot of the region, with its rings in reach; -1 when there is none. */
static int
take_slot (TfvWriterRegion *region)
{
  TfvWriterHeader *header = region->header;

  for (guint i = 0; i < TFV_WRITER_N_SLOTS; i++)
    {
      TfvWriterSlot *slot = &region->slots[i];

      if (atomic_load_explicit (&header->slots[i], memory_order_acquire) != TFV_SLOT_FREE)
        continue;
      if (!tfv_writer_region_map_slot (region, i))
        return -1;
      if (slot->scalars->capacity == 0)
        {
          tfv_ring_init (slot->scalars, TFV_WRITER_RING_ROWS, sizeof (TfvEventScalarRow));
          tfv_ring_init (slot->spans, TFV_WRITER_RING_ROWS, sizeof (TfvEventSpanRow));
          tfv_ring_init (slot->moments, TFV_WRITER_RING_ROWS, sizeof (TfvMoment));
        }
      atomic_store_explicit (&header->slots[i], TFV_SLOT_USED, memory_order_release);
      if (i >= atomic_load (&header->n_slots))
        atomic_store (&header->n_slots, i + 1);
      return (int) i;
    }

  return -1;
}

/* A producer for this thread. NULL when there is no memory for its rings, or no
 * slot. One thread at a time for each region. */
TfvProducer *
tfv_producer_new (guint64 writer_serial, TfvWriterRegion *region)
{
  int          slot = take_slot (region);
  TfvProducer *self;

  if (slot < 0)
    return NULL;

  self = g_aligned_alloc0 (1, sizeof *self, TFV_RING_LINE_BYTES);
  self->writer_serial = writer_serial;
  self->region = tfv_writer_region_ref (region);
  self->slot = (guint) slot;
  tfv_ring_inlet_open (&self->scalars, region->slots[slot].scalars);
  tfv_ring_inlet_open (&self->spans, region->slots[slot].spans);
  tfv_ring_inlet_open (&self->moments, region->slots[slot].moments);
  self->next = g_private_get (&key);
  g_private_set (&key, self);
  tfv_producer_current = self;

  return self;
}

/* Gets room in one of the producer's rings. A ring that fills up wakes the
 * consumer, which would otherwise let some time go by. */
gboolean
tfv_producer_find_room (TfvProducer *self, TfvRingInlet *inlet)
{
  gboolean is_found = tfv_ring_inlet_find_room (inlet);

  if (G_UNLIKELY (!is_found || inlet->ring->n_zones_taken - inlet->ring->n_zones_released > CROWDED_ZONES))
    tfv_writer_region_kick (self->region);

  return is_found;
}
