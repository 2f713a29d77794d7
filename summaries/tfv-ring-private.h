/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <stdalign.h>
#include <stdatomic.h>

G_BEGIN_DECLS

#define TFV_RING_LINE_BYTES 64
#define TFV_RING_HEADER_BYTES 4096

/* A ring of rows of one size with one producer and one consumer. It is one
 * region of memory without a pointer in it, so that two processes may share it.
 * What each side writes has cache lines of its own. Positions only ever grow. */
typedef struct
{
  /* The producer's: how many rows were pushed, and how many it found no room for. */
  alignas (TFV_RING_LINE_BYTES) _Atomic guint64 head;
  guint64         known_tail;
  _Atomic guint64 n_dropped;

  /* The consumer's: how many rows the producer may overwrite. */
  alignas (TFV_RING_LINE_BYTES) _Atomic guint64 tail;

  /* Set once. The capacity is a power of two. */
  alignas (TFV_RING_LINE_BYTES) guint64 capacity;
  guint64 row_bytes;
} TfvRing;

G_STATIC_ASSERT (sizeof (TfvRing) <= TFV_RING_HEADER_BYTES);

/* The bytes of a ring of @capacity rows, its header included. */
#define TFV_RING_BYTES(capacity, row_bytes) (TFV_RING_HEADER_BYTES + (gsize) (capacity) * (row_bytes))

void     tfv_ring_init (TfvRing *self, gsize capacity, gsize row_bytes);
gboolean tfv_ring_find_room (TfvRing *self);

static inline gpointer
tfv_ring_get_row (TfvRing *self, guint64 position, gsize row_bytes)
{
  return (guint8 *) self + TFV_RING_HEADER_BYTES + (position & (self->capacity - 1)) * row_bytes;
}

/* Producer: the place of the next row, or NULL, counted, when there is none.
 * @row_bytes is the ring's, given so that the compiler knows it. */
static inline gpointer
tfv_ring_reserve (TfvRing *self, gsize row_bytes)
{
  guint64 head = atomic_load_explicit (&self->head, memory_order_relaxed);

  if (G_UNLIKELY (head - self->known_tail == self->capacity) && !tfv_ring_find_room (self))
    return NULL;

  return tfv_ring_get_row (self, head, row_bytes);
}

/* Producer: hands over the row that was reserved. */
static inline void
tfv_ring_commit (TfvRing *self)
{
  guint64 head = atomic_load_explicit (&self->head, memory_order_relaxed);

  atomic_store_explicit (&self->head, head + 1, memory_order_release);
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
  atomic_store_explicit (&self->tail, tail, memory_order_release);
}

static inline guint64
tfv_ring_get_n_dropped (TfvRing *self)
{
  return atomic_load_explicit (&self->n_dropped, memory_order_relaxed);
}

G_END_DECLS
