/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-writer-core-private.h"

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "summaries/tfv-wall-clock-private.h"

#define BUSY_NS 20000000           /* how long it is looked for more after the last row */
#define UNFENCED_SLEEP_NS 10000000 /* the longest sleep where there is no membarrier() */
#define OWNER_SLEEP_NS 1000000000  /* how often it is asked whether who logs is alive while there is nothing to do */
#define RETRY_NS 1000000000        /* how soon a disk that failed is tried again */

static gint64
get_now_ns (void)
{
  return tfv_clock_get_ns (CLOCK_MONOTONIC);
}

static gboolean
is_asked (TfvWriterCore *self)
{
  TfvWriterHeader *header = self->region->header;

  return atomic_load (&header->is_closing) || atomic_load (&header->n_flushes_asked) > atomic_load (&header->n_flushes_done) ||
         tfv_writer_core_is_owner_gone (self);
}

static gboolean
has_work (TfvWriterCore *self)
{
  TfvWriterHeader *header = self->region->header;

  if (is_asked (self) || tfv_ring_get_head (self->region->blobs) != self->blobs_written ||
      atomic_load (&header->string_end) != self->strings_written)
    return TRUE;

  for (guint i = 0; i < atomic_load (&header->n_slots); i++)
    {
      TfvWriterSlot *slot = &self->region->slots[i];

      if (tfv_writer_core_is_slot_used (self, i) &&
          (tfv_ring_get_head (slot->scalars) != self->cursors[i].scalars_written ||
           tfv_ring_get_head (slot->spans) != self->cursors[i].spans_written ||
           tfv_ring_get_head (slot->moments) != self->cursors[i].moments_written))
        return TRUE;
    }

  return FALSE;
}

static void
wait_while (TfvWriterCore *self, TfvWriterSleep state, gint64 timeout_ns)
{
  _Atomic guint32 *sleep = &self->region->header->sleep;

  tfv_writer_region_wait (sleep, state, timeout_ns);
  /* Not stored for nothing: every push reads it. */
  if (atomic_load (sleep) != TFV_WRITER_AWAKE)
    atomic_store (sleep, TFV_WRITER_AWAKE);
}

/* Sleeps until somebody pushes. Who pushes after our barrier sees that we sleep;
 * what was pushed before it, we see. */
static void
sleep_until_kicked (TfvWriterCore *self)
{
  TfvWriterHeader *header = self->region->header;
  gboolean         has_barrier;
  guint32          awake = TFV_WRITER_AWAKE;

  if (!atomic_compare_exchange_strong (&header->sleep, &awake, TFV_WRITER_ASLEEP))
    {
      atomic_store (&header->sleep, TFV_WRITER_AWAKE);
      return;
    }

  has_barrier = header->has_barrier && syscall (SYS_membarrier, MEMBARRIER_CMD_GLOBAL_EXPEDITED, 0, 0) == 0;

  if (has_work (self))
    atomic_store (&header->sleep, TFV_WRITER_AWAKE);
  else if (has_barrier)
    wait_while (self, TFV_WRITER_ASLEEP, self->owner >= 0 ? OWNER_SLEEP_NS : -1);
  else
    wait_while (self, TFV_WRITER_ASLEEP, UNFENCED_SLEEP_NS);
}

/* Sleeps until the next pass is due: one that writes and flushes what came
 * meanwhile. A ring that fills up, a flush and a blob end the sleep. */
void
tfv_writer_core_sleep_after_pass (TfvWriterCore *self, const TfvWriterPass *pass)
{
  gint64 now_ns = get_now_ns ();

  if (pass->n_rows > 0)
    self->busy_ns = now_ns;

  if (self->segment == NULL || tfv_event_segment_is_dirty (self->segment) || now_ns - self->busy_ns < BUSY_NS)
    {
      wait_while (self, TFV_WRITER_AWAKE, pass->n_rows > TFV_WRITER_CALM_ROWS ? TFV_WRITER_FLUSH_NS : TFV_WRITER_CALM_FLUSH_NS);
    }
  else
    {
      sleep_until_kicked (self);
    }
}

/* Waits before a disk that failed is tried again, unless somebody asks. */
void
tfv_writer_core_sleep_after_failure (TfvWriterCore *self)
{
  gint64 retry_ns = get_now_ns () + RETRY_NS;

  while ((self->is_owner_gone || !is_asked (self)) && get_now_ns () < retry_ns)
    wait_while (self, TFV_WRITER_AWAKE, RETRY_NS / 10);
}
