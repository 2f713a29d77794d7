/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-producer-private.h"

#include "summaries/tfv-event-layout-private.h"

/* 13 ms of 5 million rows a second; the writer looks every 2 ms. */
#define RING_ROWS 65536

static void end_thread (gpointer data);

/* The thread's producers, the newest first. The key is there for the end of the
 * thread, the variable for speed. */
static GPrivate       key = G_PRIVATE_INIT (end_thread);
__thread TfvProducer *tfv_producer_current;

TfvProducer *
tfv_producer_ref (TfvProducer *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tfv_producer_unref (TfvProducer *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_clear_pointer (&self->scalars, tfv_ring_free);
  g_clear_pointer (&self->spans, tfv_ring_free);
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

      atomic_store_explicit (&self->is_thread_gone, TRUE, memory_order_release);
      tfv_producer_unref (self);
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

      if (atomic_load_explicit (&self->is_writer_gone, memory_order_acquire))
        {
          *link = self->next;
          if (found == self)
            found = NULL;
          tfv_producer_unref (self);
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

/* A producer for this thread, with no row in it. NULL when there is no memory
 * for its rings. The thread's reference stays here, the caller gets another. */
TfvProducer *
tfv_producer_new (guint64 writer_serial)
{
  TfvProducer *self = g_aligned_alloc0 (1, sizeof *self, TFV_RING_LINE_BYTES);

  g_atomic_ref_count_init (&self->ref_count);
  self->writer_serial = writer_serial;
  self->scalars = tfv_ring_new (RING_ROWS, sizeof (TfvEventScalarRow));
  self->spans = tfv_ring_new (RING_ROWS, sizeof (TfvEventSpanRow));
  if (self->scalars == NULL || self->spans == NULL)
    {
      tfv_producer_unref (self);
      return NULL;
    }

  self->next = g_private_get (&key);
  g_private_set (&key, self);
  tfv_producer_current = self;

  return tfv_producer_ref (self);
}
