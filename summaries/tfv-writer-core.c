/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-writer-core-private.h"

#include <linux/membarrier.h>
#include <poll.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "summaries/tfv-crc32c-private.h"
#include "summaries/tfv-error.h"
#include "summaries/tfv-wall-clock-private.h"

#define LOOK_NS 2000000            /* how often rings are looked at while many rows come */
#define CALM_LOOK_NS 5000000       /* and while few come: a ring takes 5 million rows a second for so long */
#define CALM_ROWS 2000             /* what few are, in one pass */
#define FLUSH_NS 20000000          /* how old what is not flushed may get */
#define BUSY_NS 20000000           /* how long it is looked for more after the last row */
#define UNFENCED_SLEEP_NS 10000000 /* the longest sleep where there is no membarrier() */
#define STATUS_NS 1000000000       /* how often the clocks and drops are stated */
#define RETRY_NS 1000000000        /* how soon a new file is tried after one failed at once */
#define MIN_FREE_BYTES (32u << 20) /* disk space that is left to others */
#define MIN_FREE_FRACTION 16       /* or this part of a small disk */
#define OWNER_NS 50000000          /* how often it is asked whether who logs is alive */
#define OWNER_SLEEP_NS 1000000000  /* and how often while there is nothing to do */

/* What is to be written in one pass. */
typedef struct
{
  guint    n_slots;
  guint64  blobs_seen;
  guint64  strings_seen;
  guint64  n_flushes_asked;
  gboolean is_closing;
  guint64  n_rows;
  gboolean is_crowded;
} Pass;

static gint64
get_now_ns (void)
{
  return tfv_clock_get_ns (CLOCK_MONOTONIC);
}

static gboolean
open_segment (TfvWriterCore *self, GError **error)
{
  TfvWriterHeader *header = self->region->header;
  TfvEventSource   source = {
      .directory = header->logdir,
      .host = header->host,
      .uuid = header->uuid,
      .pid = header->pid,
      .start_wall_ns = header->start_wall_ns,
      .start_monotonic_ns = header->start_monotonic_ns,
  };

  self->segment = tfv_event_segment_create (&source, header->n_segments, error);
  if (self->segment == NULL)
    return FALSE;

  header->n_segments++;
  self->n_strings_written = 0;
  self->strings_written = 0;
  self->is_proven = FALSE;
  self->status_ns = 0;
  tfv_writer_text_set (&header->path, tfv_event_segment_get_path (self->segment));

  return TRUE;
}

static gboolean
is_owner_gone (TfvWriterCore *self)
{
  struct pollfd owner = { self->owner, POLLIN, 0 };

  return self->owner >= 0 && poll (&owner, 1, 0) == 1;
}

/* Whether a slot has, or may have, rows; what it has can be reached then. */
static gboolean
is_slot_used (TfvWriterCore *self, guint slot)
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

static gboolean
is_half_full (TfvRing *ring, guint64 head)
{
  return head - atomic_load (&ring->tail) > ring->capacity / 2;
}

/* Takes in what is asked and what there is. The rings come before the blobs, see
 * "scalars_before" in FORMAT.md, and both before the strings: every id in what
 * is seen is of a string that is seen then. */
static void
begin_pass (TfvWriterCore *self, Pass *pass)
{
  TfvWriterHeader *header = self->region->header;
  gint64           now_ns = get_now_ns ();

  /* Who has gone pushes no more: what is seen from here on is all there is. */
  if (self->owner >= 0 && now_ns - self->owner_ns >= OWNER_NS)
    {
      self->is_owner_gone = is_owner_gone (self);
      self->owner_ns = now_ns;
    }
  pass->is_closing = atomic_load (&header->is_closing) || self->is_owner_gone;
  pass->n_flushes_asked = atomic_load (&header->n_flushes_asked);
  pass->n_slots = MIN (atomic_load (&header->n_slots), TFV_WRITER_N_SLOTS);

  for (guint i = 0; i < pass->n_slots; i++)
    {
      TfvWriterCursor *cursor = &self->cursors[i];
      TfvWriterSlot   *slot = &self->region->slots[i];

      if (!is_slot_used (self, i))
        continue;
      if (!cursor->is_known)
        rewind_cursor (self, i);
      cursor->scalars_seen = tfv_ring_get_head (slot->scalars);
      cursor->spans_seen = tfv_ring_get_head (slot->spans);
      cursor->moments_seen = tfv_ring_get_head (slot->moments);
      pass->n_rows += cursor->scalars_seen - cursor->scalars_written + cursor->spans_seen - cursor->spans_written +
                      cursor->moments_seen - cursor->moments_written;
      if (is_half_full (slot->scalars, cursor->scalars_seen) || is_half_full (slot->spans, cursor->spans_seen) ||
          is_half_full (slot->moments, cursor->moments_seen))
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

static gboolean
write_pass (TfvWriterCore *self, const Pass *pass, GError **error)
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

static gboolean
write_status (TfvWriterCore *self, TfvEventState state, gint64 now_ns, GError **error)
{
  TfvEventStatusRow row = { .state = state, .flags = TFV_EVENT_ROW_VALID };
  TfvWriterDropped  dropped;

  /* The two clocks are read as near to each other as can be. */
  row.monotonic_ns = tfv_clock_get_ns (CLOCK_MONOTONIC);
  row.wall_ns = tfv_clock_get_ns (CLOCK_REALTIME);

  tfv_writer_region_count_dropped (self->region, &dropped);
  row.dropped_scalars = dropped.n_scalars;
  row.dropped_spans = dropped.n_spans;
  row.dropped_moments = dropped.n_moments;
  row.dropped_blobs = dropped.n_blobs;

  self->status_ns = now_ns;
  return tfv_event_segment_append (self->segment, TFV_EVENT_STATUS, &row, 1, error);
}

static TfvEventState
get_state (TfvWriterCore *self, const Pass *pass)
{
  if (!pass->is_closing)
    return TFV_EVENT_STATE_RUNNING;

  return atomic_load (&self->region->header->is_closing) ? TFV_EVENT_STATE_CLOSED : TFV_EVENT_STATE_ENDED;
}

/* Everything written gets visible; only then is its memory given back, so that
 * a segment whose write fails can be made up for by the next. */
static gboolean
flush_segment (TfvWriterCore *self, const Pass *pass, gint64 now_ns, GError **error)
{
  if (self->status_ns == 0 || pass->is_closing || now_ns - self->status_ns >= STATUS_NS)
    {
      if (!write_status (self, get_state (self, pass), now_ns, error))
        return FALSE;
    }

  if (!tfv_event_segment_flush (self->segment, error))
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

/* HDF5 is at its worst on a full disk, so it never gets to see one. */
static gboolean
check_room (TfvWriterCore *self, GError **error)
{
  gint64         now_ns = get_now_ns ();
  struct statvfs disk;
  guint64        free_bytes, all_bytes;

  if (now_ns - self->room_ns < FLUSH_NS)
    return TRUE;
  if (statvfs (self->region->header->logdir, &disk) != 0)
    return TRUE;

  free_bytes = (guint64) disk.f_bavail * disk.f_frsize;
  all_bytes = (guint64) disk.f_blocks * disk.f_frsize;
  if (all_bytes == 0 || free_bytes >= MIN (MIN_FREE_BYTES, all_bytes / MIN_FREE_FRACTION))
    {
      self->room_ns = now_ns;
      return TRUE;
    }

  g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_IO, "%s: the disk is full", self->region->header->logdir);
  return FALSE;
}

/* Leaves a segment in which a write failed. What it did not flush is written
 * again to the next. */
static void
leave_segment (TfvWriterCore *self)
{
  g_clear_pointer (&self->segment, tfv_event_segment_abandon);

  for (guint i = 0; i < TFV_WRITER_N_SLOTS; i++)
    {
      if (self->cursors[i].is_known)
        rewind_cursor (self, i);
    }
  self->blobs_written = atomic_load (&self->region->blobs->tail);
  self->region->header->n_in_flight = 0;
}

static gboolean
try_pass (TfvWriterCore *self, const Pass *pass, GError **error)
{
  gint64 now_ns = get_now_ns ();

  if (self->segment == NULL && !open_segment (self, error))
    return FALSE;
  if (!write_pass (self, pass, error))
    return FALSE;

  if (pass->is_closing || pass->n_flushes_asked > atomic_load (&self->region->header->n_flushes_done) ||
      pass->is_crowded || self->region->header->n_in_flight > TFV_WRITER_N_IN_FLIGHT / 2 || self->status_ns == 0 ||
      (tfv_event_segment_is_dirty (self->segment) && now_ns - self->flushed_ns >= FLUSH_NS))
    return flush_segment (self, pass, now_ns, error);

  return TRUE;
}

/* Says something to who runs the training; it is the writer's process that says it. */
static void
tell (TfvWriterCore *self, const GError *failure, const char *consequence)
{
  g_autofree char *text = g_strdup_printf ("%s; %s", failure->message, consequence);

  tfv_writer_text_set (&self->region->header->message, text);
}

/* Writes what there is. After a failure a new segment is tried at once if the
 * old one ever worked, and otherwise after a while; the rows wait in their rings
 * and, when those are full, are dropped and counted. */
static gboolean
do_pass (TfvWriterCore *self, const Pass *pass, GError **error)
{
  if (!check_room (self, error))
    return FALSE;

  for (;;)
    {
      g_autoptr (GError) failure = NULL;
      gboolean           is_worth_another;

      if (try_pass (self, pass, &failure))
        return TRUE;

      is_worth_another = self->segment != NULL && self->is_proven;
      if (self->segment != NULL)
        leave_segment (self);
      if (!is_worth_another)
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return FALSE;
        }
      tell (self, failure, "going on in a new file");
    }
}

static gboolean
is_empty (TfvRing *ring)
{
  return tfv_ring_get_head (ring) == atomic_load (&ring->tail);
}

/* Frees the slots of threads that have ended and whose rows are flushed. */
static void
free_left_slots (TfvWriterCore *self, const Pass *pass)
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

/* Tells those who wait what became of it. */
static void
end_pass (TfvWriterCore *self, const Pass *pass, const GError *failure)
{
  TfvWriterHeader *header = self->region->header;
  gboolean         is_awaited = pass->n_flushes_asked > atomic_load (&header->n_flushes_done);

  if (failure != NULL)
    tfv_writer_text_set (&header->failure, failure->message);
  free_left_slots (self, pass);

  if (is_awaited)
    {
      atomic_store (&header->n_flushes_done, pass->n_flushes_asked);
      tfv_writer_region_progress (self->region);
    }
}

static gboolean
is_asked (TfvWriterCore *self)
{
  TfvWriterHeader *header = self->region->header;

  return atomic_load (&header->is_closing) || atomic_load (&header->n_flushes_asked) > atomic_load (&header->n_flushes_done) ||
         is_owner_gone (self);
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

      if (is_slot_used (self, i) && (tfv_ring_get_head (slot->scalars) != self->cursors[i].scalars_written ||
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

static void
sleep_after_pass (TfvWriterCore *self, const Pass *pass)
{
  gint64 now_ns = get_now_ns ();

  if (pass->n_rows > 0)
    self->busy_ns = now_ns;

  if (self->segment == NULL || tfv_event_segment_is_dirty (self->segment) || now_ns - self->busy_ns < BUSY_NS)
    wait_while (self, TFV_WRITER_AWAKE, pass->n_rows > CALM_ROWS ? LOOK_NS : CALM_LOOK_NS);
  else
    sleep_until_kicked (self);
}

/* Waits before a disk that failed is tried again, unless somebody asks. */
static void
sleep_after_failure (TfvWriterCore *self)
{
  gint64 retry_ns = get_now_ns () + RETRY_NS;

  while (!is_asked (self) && get_now_ns () < retry_ns)
    wait_while (self, TFV_WRITER_AWAKE, RETRY_NS / 10);
}

/* What no segment could be found for is lost now, and counted. */
static void
drop_what_is_left (TfvWriterCore *self)
{
  TfvWriterHeader *header = self->region->header;
  TfvRing         *blobs = self->region->blobs;

  for (guint i = 0; i < atomic_load (&header->n_slots); i++)
    {
      TfvWriterSlot *slot = &self->region->slots[i];

      if (!is_slot_used (self, i))
        continue;
      atomic_fetch_add (&header->n_lost_scalars, tfv_ring_get_head (slot->scalars) - atomic_load (&slot->scalars->tail));
      atomic_fetch_add (&header->n_lost_spans, tfv_ring_get_head (slot->spans) - atomic_load (&slot->spans->tail));
      atomic_fetch_add (&header->n_lost_moments, tfv_ring_get_head (slot->moments) - atomic_load (&slot->moments->tail));
    }
  atomic_fetch_add (&header->n_lost_blobs, tfv_ring_get_head (blobs) - atomic_load (&blobs->tail));
}

static void
end (TfvWriterCore *self, gboolean is_whole)
{
  TfvWriterHeader   *header = self->region->header;
  g_autoptr (GError) error = NULL;

  if (self->segment != NULL)
    {
      if (is_whole)
        is_whole = tfv_event_segment_close (self->segment, &error);
      else
        tfv_event_segment_abandon (self->segment);
      self->segment = NULL;
    }

  if (error != NULL)
    tfv_writer_text_set (&header->failure, error->message);
  else if (!is_whole)
    drop_what_is_left (self);
  atomic_store (&header->n_flushes_done, G_MAXUINT64);
  atomic_store (&header->stage, is_whole ? TFV_WRITER_ENDED : TFV_WRITER_FAILED);
  tfv_writer_region_progress (self->region);
  tfv_writer_region_wake (&header->stage, G_MAXINT);
}

/* The first file; without one there is no writer. */
static gboolean
start (TfvWriterCore *self)
{
  TfvWriterHeader   *header = self->region->header;
  g_autoptr (GError) error = NULL;

  if (atomic_load (&header->stage) != TFV_WRITER_STARTING)
    return TRUE;

  if (open_segment (self, &error))
    {
      atomic_store (&header->stage, TFV_WRITER_STARTED);
    }
  else
    {
      tfv_writer_text_set (&header->failure, error->message);
      atomic_store (&header->stage, TFV_WRITER_FAILED);
    }
  tfv_writer_region_progress (self->region);
  tfv_writer_region_wake (&header->stage, G_MAXINT);

  return error == NULL;
}

static void
loop (TfvWriterCore *self)
{
  gboolean was_told = FALSE;

  for (;;)
    {
      g_autoptr (GError) failure = NULL;
      Pass               pass = { 0 };
      gboolean           is_done;

      begin_pass (self, &pass);
      is_done = do_pass (self, &pass, &failure);
      end_pass (self, &pass, failure);

      if (!is_done && !was_told)
        tell (self, failure, "what is logged is not stored for now");
      was_told = !is_done;

      if (pass.is_closing)
        {
          end (self, is_done);
          return;
        }

      if (is_done)
        sleep_after_pass (self, &pass);
      else
        sleep_after_failure (self);
    }
}

/* Writes what comes into a region until its writer is closed, or until the
 * process that @owner, a pidfd, stands for has gone: looks every 2 ms while rows
 * come, flushes every 20 ms while there is something to flush, and sleeps when
 * nothing comes. */
void
tfv_writer_core_run (TfvWriterRegion *region, int owner)
{
  g_autofree TfvWriterCore *self = g_new0 (TfvWriterCore, 1);

  self->region = region;
  self->owner = owner;
  atomic_store (&region->header->consumer_pid, getpid ());
  tfv_writer_recover (region);
  self->blobs_written = atomic_load (&region->blobs->tail);

  if (start (self))
    loop (self);
  g_free (self->moments);
}
