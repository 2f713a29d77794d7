/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-writer-core-private.h"

#include <poll.h>
#include <string.h>

#include "summaries/tfv-crc32c-private.h"
#include "summaries/tfv-wall-clock-private.h"

#define STATUS_NS 1000000000 /* how often the clocks and drops are stated */
#define OWNER_NS 50000000    /* how often it is asked whether who logs is alive */
#define CROWDED_FRACTION 8   /* a ring with this part of it full is flushed at once */
#define CROWDED_FRACTION_SYNCED 2

gboolean
tfv_writer_core_is_owner_gone (TfvWriterCore *self)
{
  struct pollfd owner = { self->owner, POLLIN, 0 };

  return self->owner >= 0 && poll (&owner, 1, 0) == 1;
}

/* Whether a slot has, or may have, rows; what it has can be reached then. */
gboolean
tfv_writer_core_is_slot_used (TfvWriterCore *self, guint slot)
{
  return atomic_load_explicit (&self->region->header->slots[slot], memory_order_acquire) != TFV_SLOT_FREE &&
         tfv_writer_region_map_slot (self->region, slot);
}

/* What a consumer before, or an earlier thread, left of the slot. */
static void
rewind_cursor (TfvWriterCore *self, guint slot)
{
  self->cursors[slot].is_known = TRUE;
  self->cursors[slot].scalars_written = atomic_load (&self->region->slots[slot].scalars->tail);
  self->cursors[slot].spans_written = atomic_load (&self->region->slots[slot].spans->tail);
  self->cursors[slot].moments_written = atomic_load (&self->region->slots[slot].moments->tail);
}

/* Makes everything that is not flushed be written again. */
void
tfv_writer_core_rewind (TfvWriterCore *self)
{
  for (guint i = 0; i < TFV_WRITER_N_SLOTS; i++)
    {
      if (self->cursors[i].is_known)
        rewind_cursor (self, i);
    }
  self->blobs_written = atomic_load (&self->region->blobs->tail);
  self->region->header->n_in_flight = 0;
}

static gboolean
is_crowded (TfvWriterCore *self, TfvRing *ring, guint64 head)
{
  guint fraction = self->region->header->sync_ns > 0 ? CROWDED_FRACTION_SYNCED : CROWDED_FRACTION;

  return head - atomic_load (&ring->tail) > ring->capacity / fraction;
}

/* Learns, not at every pass, whether who logs has gone. */
static void
look_after_owner (TfvWriterCore *self)
{
  gint64 now_ns = tfv_clock_get_ns (CLOCK_MONOTONIC);

  if (self->owner < 0 || self->is_owner_gone || now_ns - self->owner_ns < OWNER_NS)
    return;

  self->owner_ns = now_ns;
  self->is_owner_gone = tfv_writer_core_is_owner_gone (self);
  if (self->is_owner_gone)
    self->owner_gone_ns = now_ns;
}

/* Takes in what is asked and what there is. The rings come before the blobs, see
 * "scalars_before" in FORMAT.md, and both before the strings: every id in what
 * is seen is of a string that is seen then. */
void
tfv_writer_core_begin_pass (TfvWriterCore *self, TfvWriterPass *pass)
{
  TfvWriterHeader *header = self->region->header;

  /* Who has gone pushes no more: what is seen from here on is all there is. */
  look_after_owner (self);
  pass->is_closing = atomic_load (&header->is_closing) || self->is_owner_gone;
  pass->n_flushes_asked = atomic_load (&header->n_flushes_asked);
  pass->n_slots = MIN (atomic_load (&header->n_slots), TFV_WRITER_N_SLOTS);

  for (guint i = 0; i < pass->n_slots; i++)
    {
      TfvWriterCursor *cursor = &self->cursors[i];
      TfvWriterSlot   *slot = &self->region->slots[i];

      if (!tfv_writer_core_is_slot_used (self, i))
        continue;
      if (!cursor->is_known)
        rewind_cursor (self, i);
      cursor->scalars_seen = tfv_ring_get_head (slot->scalars);
      cursor->spans_seen = tfv_ring_get_head (slot->spans);
      cursor->moments_seen = tfv_ring_get_head (slot->moments);
      pass->n_rows += cursor->scalars_seen - cursor->scalars_written + cursor->spans_seen - cursor->spans_written +
                      cursor->moments_seen - cursor->moments_written;
      if (is_crowded (self, slot->scalars, cursor->scalars_seen) || is_crowded (self, slot->spans, cursor->spans_seen) ||
          is_crowded (self, slot->moments, cursor->moments_seen))
        pass->is_crowded = TRUE;
    }

  pass->blobs_seen = tfv_ring_get_head (self->region->blobs);
  pass->strings_seen = atomic_load_explicit (&header->string_end, memory_order_acquire);
  pass->n_rows += pass->blobs_seen - self->blobs_written;
}

/* How much of a name fits without breaking a character. */
static gsize
get_fitting_bytes (const char *name, gsize length, gsize max_bytes)
{
  gsize n_bytes = MIN (length, max_bytes);

  while (n_bytes < length && n_bytes > 0 && (name[n_bytes] & 0xc0) == 0x80)
    n_bytes--;

  return n_bytes;
}

/* Notes rows that are about to be appended, see tfv_writer_recover(). */
void
tfv_writer_core_note_in_flight (TfvWriterCore *self, TfvEventDataset dataset, guint slot, guint64 position, guint64 n_rows)
{
  TfvWriterHeader   *header = self->region->header;
  guint64            first_row = tfv_event_segment_get_n_rows (self->segment, dataset);
  TfvWriterInFlight *last = header->n_in_flight > 0 ? &header->in_flight[header->n_in_flight - 1] : NULL;

  if (last != NULL && last->dataset == dataset && last->slot == slot && last->position + last->n_rows == position &&
      last->first_row + last->n_rows == first_row)
    {
      last->n_rows += n_rows;
    }
  else if (header->n_in_flight < TFV_WRITER_N_IN_FLIGHT)
    {
      header->in_flight[header->n_in_flight] = (TfvWriterInFlight){ dataset, slot, first_row, position, n_rows };
      atomic_signal_fence (memory_order_seq_cst);
      header->n_in_flight++;
    }
  atomic_signal_fence (memory_order_seq_cst);
}

static gboolean
write_string (TfvWriterCore *self, const TfvWriterString *string, GError **error)
{
  g_autofree char *name = g_utf8_make_valid ((const char *) (string + 1), string->length);
  TfvEventTagRow   row = { .id = self->n_strings_written + 1, .flags = TFV_EVENT_ROW_VALID };
  gsize            length = get_fitting_bytes (name, strlen (name), TFV_WRITER_MAX_NAME_BYTES);

  row.kind = (guint16) string->kind;
  row.parent = string->parent;
  row.name_length = (guint32) length;
  memcpy (row.name, name, get_fitting_bytes (name, length, TFV_EVENT_NAME_BYTES));

  if (length > TFV_EVENT_NAME_BYTES)
    {
      row.blob_offset = tfv_event_segment_get_n_rows (self->segment, TFV_EVENT_BLOBS);
      if (!tfv_event_segment_append (self->segment, TFV_EVENT_BLOBS, name, length, error))
        return FALSE;
    }

  return tfv_event_segment_append (self->segment, TFV_EVENT_TAGS, &row, 1, error);
}

static gboolean
write_strings (TfvWriterCore *self, guint64 end, GError **error)
{
  while (self->strings_written + sizeof (TfvWriterString) <= MIN (end, self->region->header->string_bytes))
    {
      const TfvWriterString *string = (const TfvWriterString *) (self->region->strings + self->strings_written);

      if (!write_string (self, string, error))
        return FALSE;
      self->strings_written += tfv_writer_string_get_bytes (string->length);
      self->n_strings_written++;
    }

  return TRUE;
}

static gboolean
write_blob (TfvWriterCore *self, guint64 position, guint64 scalars_before, GError **error)
{
  guint64              capacity = self->region->header->blob_bytes;
  const TfvWriterBlob *blob = tfv_ring_get_row (self->region->blobs, position, sizeof *blob);
  guint64              begin = blob->position % capacity;
  guint64              length = MIN (blob->length, capacity - begin);
  const guint8        *data = self->region->blob_bytes + begin;
  TfvEventBlobRow      row = {
         .offset = tfv_event_segment_get_n_rows (self->segment, TFV_EVENT_BLOBS),
         .length = length,
         .step = blob->step,
         .wall_time = blob->wall_time,
         .scalars_before = scalars_before,
         .tag = blob->tag,
         .crc32c = tfv_crc32c (0, data, length),
         .kind = (guint16) blob->kind,
         .flags = TFV_EVENT_ROW_VALID,
  };

  tfv_writer_core_note_in_flight (self, TFV_EVENT_BLOB_INDEX, 0, position, 1);
  return tfv_event_segment_append (self->segment, TFV_EVENT_BLOBS, data, length, error) &&
         tfv_event_segment_append (self->segment, TFV_EVENT_BLOB_INDEX, &row, 1, error);
}

/* Writes the rows of a ring straight from its memory, in pieces as they lie there. */
static gboolean
write_ring (TfvWriterCore *self, TfvEventDataset dataset, guint slot, TfvRing *ring, guint64 *written, guint64 seen, GError **error)
{
  while (*written < seen)
    {
      guint64 n_rows = tfv_ring_get_run (ring, *written, seen);

      tfv_writer_core_note_in_flight (self, dataset, slot, *written, n_rows);
      if (!tfv_event_segment_append (self->segment, dataset, tfv_ring_get_row (ring, *written, ring->row_bytes), n_rows, error))
        return FALSE;
      *written += n_rows;
    }

  return TRUE;
}

/* Writes what the pass saw. */
gboolean
tfv_writer_core_write_pass (TfvWriterCore *self, const TfvWriterPass *pass, GError **error)
{
  guint64 scalars_before = tfv_event_segment_get_n_rows (self->segment, TFV_EVENT_SCALARS);

  if (!write_strings (self, pass->strings_seen, error))
    return FALSE;

  for (; self->blobs_written < pass->blobs_seen; self->blobs_written++)
    {
      if (!write_blob (self, self->blobs_written, scalars_before, error))
        return FALSE;
    }

  for (guint i = 0; i < pass->n_slots; i++)
    {
      TfvWriterCursor *cursor = &self->cursors[i];
      TfvWriterSlot   *slot = &self->region->slots[i];

      if (!cursor->is_known)
        continue;
      if (!write_ring (self, TFV_EVENT_SCALARS, i, slot->scalars, &cursor->scalars_written, cursor->scalars_seen, error) ||
          !write_ring (self, TFV_EVENT_SPANS, i, slot->spans, &cursor->spans_written, cursor->spans_seen, error) ||
          !tfv_writer_core_write_moments (self, i, error))
        return FALSE;
    }

  return TRUE;
}

/* The first time that something was dropped it is said; how much it was the file
 * tells. */
static void
tell_of_drops (TfvWriterCore *self, const TfvWriterDropped *dropped)
{
  if (self->is_drop_told || dropped->n_scalars + dropped->n_spans + dropped->n_moments + dropped->n_blobs == 0)
    return;

  self->is_drop_told = TRUE;
  tfv_writer_core_tell (self, "%s: records come faster than they can be written, or are too big; some are dropped, and counted", self->region->header->logdir);
}

gboolean
tfv_writer_core_write_status (TfvWriterCore *self, TfvEventState state, GError **error)
{
  TfvEventStatusRow row = { .state = state, .flags = TFV_EVENT_ROW_VALID };
  TfvWriterDropped  dropped;

  /* The two clocks are read as near to each other as can be. */
  row.monotonic_ns = tfv_clock_get_ns (CLOCK_MONOTONIC);
  row.wall_ns = tfv_clock_get_ns (CLOCK_REALTIME);

  tfv_writer_region_count_dropped (self->region, &dropped);
  tell_of_drops (self, &dropped);
  row.dropped_scalars = dropped.n_scalars;
  row.dropped_spans = dropped.n_spans;
  row.dropped_moments = dropped.n_moments;
  row.dropped_blobs = dropped.n_blobs;

  self->status_ns = row.monotonic_ns;
  return tfv_event_segment_append (self->segment, TFV_EVENT_STATUS, &row, 1, error);
}

static TfvEventState
get_state (TfvWriterCore *self, const TfvWriterPass *pass)
{
  if (!pass->is_closing)
    return TFV_EVENT_STATE_RUNNING;

  return atomic_load (&self->region->header->is_closing) ? TFV_EVENT_STATE_CLOSED : TFV_EVENT_STATE_ENDED;
}

/* Everything written gets visible; only then is its memory given back, so that
 * a segment whose write fails can be made up for by the next. */
gboolean
tfv_writer_core_flush (TfvWriterCore *self, const TfvWriterPass *pass, GError **error)
{
  gboolean is_synced = self->region->header->sync_ns > 0;
  gint64   now_ns = tfv_clock_get_ns (CLOCK_MONOTONIC);

  if (self->status_ns == 0 || pass->is_closing || now_ns - self->status_ns >= STATUS_NS)
    {
      if (!tfv_writer_core_write_status (self, get_state (self, pass), error))
        return FALSE;
    }

  /* A disk may keep what it was given in any order: rows must be on it before
   * what makes them visible is. */
  if ((is_synced && !tfv_event_segment_sync (self->segment, error)) || !tfv_event_segment_flush (self->segment, error) ||
      (is_synced && !tfv_event_segment_sync (self->segment, error)))
    return FALSE;

  for (guint i = 0; i < pass->n_slots; i++)
    {
      TfvWriterCursor *cursor = &self->cursors[i];
      TfvWriterSlot   *slot = &self->region->slots[i];

      if (!cursor->is_known)
        continue;
      tfv_ring_release (slot->scalars, cursor->scalars_written);
      tfv_ring_release (slot->spans, cursor->spans_written);
      tfv_ring_release (slot->moments, cursor->moments_written);
    }
  tfv_writer_region_release_blobs (self->region, self->blobs_written);
  atomic_signal_fence (memory_order_seq_cst);
  self->region->header->n_in_flight = 0;
  self->is_proven = TRUE;
  self->flushed_ns = now_ns;

  return TRUE;
}

static gboolean
is_empty (TfvRing *ring)
{
  return tfv_ring_get_head (ring) == atomic_load (&ring->tail);
}

/* Frees the slots of threads that have ended and whose rows are flushed. */
void
tfv_writer_core_free_left_slots (TfvWriterCore *self, const TfvWriterPass *pass)
{
  TfvWriterHeader *header = self->region->header;

  for (guint i = 0; i < pass->n_slots; i++)
    {
      TfvWriterSlot *slot = &self->region->slots[i];

      if (atomic_load_explicit (&header->slots[i], memory_order_acquire) != TFV_SLOT_LEFT || !self->cursors[i].is_known ||
          !is_empty (slot->scalars) || !is_empty (slot->spans) || !is_empty (slot->moments))
        continue;

      atomic_fetch_add (&header->n_lost_scalars, atomic_exchange (&slot->scalars->n_dropped, 0));
      atomic_fetch_add (&header->n_lost_spans, atomic_exchange (&slot->spans->n_dropped, 0));
      atomic_fetch_add (&header->n_lost_moments, atomic_exchange (&slot->moments->n_dropped, 0));
      atomic_store_explicit (&header->slots[i], TFV_SLOT_FREE, memory_order_release);
    }
}
