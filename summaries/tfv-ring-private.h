/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <stdalign.h>
#include <stdatomic.h>

G_BEGIN_DECLS

#define TFV_RING_LINE_BYTES 64
#define TFV_RING_HEADER_BYTES 4096
#define TFV_RING_ZONE_ROWS 2048
#define TFV_RING_MAX_ZONES 256

/* A ring of rows of one size with one producer and one consumer. It is one
 * region of memory without a pointer in it, so that two processes may share it.
 * What each side writes has cache lines of its own.
 *
 * Positions only ever grow, and go through zones of memory: where a zone of
 * positions begins the producer takes the lowest zone of memory that is free. So
 * a ring may be large, for the moment when its consumer gets no processor, and
 * yet what is used of it, and warm in the caches, is what is needed. */
typedef struct
{
  /* The producer's: how many rows were pushed. */
  alignas (TFV_RING_LINE_BYTES) _Atomic guint64 head;

  /* The consumer's: how many rows the producer may forget. */
  alignas (TFV_RING_LINE_BYTES) _Atomic guint64 tail;

  /* Set once. The capacity is a power of two, and a number of whole zones. */
  alignas (TFV_RING_LINE_BYTES) guint64 capacity;
  guint64 row_bytes;

  /* The producer's: how many rows it found no room for, and its zones. */
  alignas (TFV_RING_LINE_BYTES) _Atomic guint64 n_dropped;
  guint64 n_zones_taken;
  guint64 n_zones_released;
  guint32 n_zones_populated;
  guint32 free_zones[TFV_RING_MAX_ZONES / 32];

  /* The zone of memory of each zone of positions; the producer's too, there
   * before head gets there. */
  alignas (TFV_RING_LINE_BYTES) _Atomic guint16 zones[TFV_RING_MAX_ZONES];
} TfvRing;

G_STATIC_ASSERT (sizeof (TfvRing) <= TFV_RING_HEADER_BYTES);

/* What the producer keeps for itself: where the next row goes, and where its
 * zone ends. */
typedef struct
{
  guint8  *next_row;
  guint8  *end_row;
  TfvRing *ring;
} TfvRingInlet;

/* The bytes of a ring of @capacity rows, its header included. */
#define TFV_RING_BYTES(capacity, row_bytes) (TFV_RING_HEADER_BYTES + (gsize) (capacity) * (row_bytes))

void     tfv_ring_init (TfvRing *self, gsize capacity, gsize row_bytes);
void     tfv_ring_inlet_open (TfvRingInlet *self, TfvRing *ring);
gboolean tfv_ring_inlet_find_room (TfvRingInlet *self);
guint64  tfv_ring_get_run (TfvRing *self, guint64 position, guint64 end);

static inline guint
tfv_ring_get_zone (TfvRing *self, guint64 position)
{
  guint64 last = self->capacity / TFV_RING_ZONE_ROWS - 1;

  return (guint) (atomic_load_explicit (&self->zones[position / TFV_RING_ZONE_ROWS & last], memory_order_relaxed) & last);
}

static inline gpointer
tfv_ring_get_row (TfvRing *self, guint64 position, gsize row_bytes)
{
  guint64 row = (guint64) tfv_ring_get_zone (self, position) * TFV_RING_ZONE_ROWS + position % TFV_RING_ZONE_ROWS;

  return (guint8 *) self + TFV_RING_HEADER_BYTES + row * row_bytes;
}

/* Producer: the place of the next row, or NULL, counted, when there is none. */
static inline gpointer
tfv_ring_inlet_reserve (TfvRingInlet *self)
{
  if (G_UNLIKELY (self->next_row == self->end_row) && !tfv_ring_inlet_find_room (self))
    return NULL;

  return self->next_row;
}

/* Producer: hands over the row that was reserved. @row_bytes is the ring's,
 * given so that the compiler knows it. */
static inline void
tfv_ring_inlet_commit (TfvRingInlet *self, gsize row_bytes)
{
  guint64 head = atomic_load_explicit (&self->ring->head, memory_order_relaxed);

  self->next_row += row_bytes;
  atomic_store_explicit (&self->ring->head, head + 1, memory_order_release);
}

/* Consumer: how many rows were pushed. */
static inline guint64
tfv_ring_get_head (TfvRing *self)
{
  return atomic_load_explicit (&self->head, memory_order_acquire);
}

/* Consumer: gives the rows before @tail back to the producer. */
static inline void
tfv_ring_release (TfvRing *self, guint64 tail)
{
  /* Not stored for nothing: the producer has the line too. */
  if (atomic_load_explicit (&self->tail, memory_order_relaxed) != tail)
    atomic_store_explicit (&self->tail, tail, memory_order_release);
}

static inline guint64
tfv_ring_get_n_dropped (TfvRing *self)
{
  return atomic_load_explicit (&self->n_dropped, memory_order_relaxed);
}

G_END_DECLS
