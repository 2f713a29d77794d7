/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-writer-core-private.h"

#include <sys/statvfs.h>
#include <syslog.h>
#include <unistd.h>

#include "summaries/tfv-error.h"
#include "summaries/tfv-wall-clock-private.h"

#define ROOM_NS 20000000            /* how often it is looked whether there is room, and the file */
#define MIN_FREE_BYTES (32u << 20)  /* disk space that is left to others */
#define MIN_FREE_FRACTION 16        /* or this part of a small disk */
#define LAST_WORDS_BYTES (1u << 20) /* what there must be of it to say what was lost */

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

  /* The folder may have been removed; where it can't be made, the file tells why. */
  g_mkdir_with_parents (header->logdir, 0777);
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

static guint64
get_free_bytes (TfvWriterCore *self, guint64 *all_bytes)
{
  struct statvfs disk;

  *all_bytes = 0;
  if (statvfs (self->region->header->logdir, &disk) != 0)
    return G_MAXUINT64;

  *all_bytes = (guint64) disk.f_blocks * disk.f_frsize;
  return *all_bytes > 0 ? (guint64) disk.f_bavail * disk.f_frsize : G_MAXUINT64;
}

/* Says something to who runs the training: it is the training's process that does. */
void
tfv_writer_core_tell (TfvWriterCore *self, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list          arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  if (self->owner >= 0)
    tfv_writer_text_set (&self->region->header->message, text);
  else
    g_message ("%s", text);
}

/* A file that was removed takes what comes, and nobody sees it: it is left for a
 * new one, which has what comes from now on. Where nothing comes there is none. */
static void
check_file (TfvWriterCore *self, const TfvWriterPass *pass)
{
  if (self->segment == NULL || pass->n_rows == 0 || !tfv_event_segment_is_removed (self->segment))
    return;

  tfv_writer_core_tell (self, "%s: the file was removed; going on in a new file", tfv_event_segment_get_path (self->segment));
  tfv_event_segment_close (g_steal_pointer (&self->segment), NULL);
  tfv_writer_core_rewind (self);
}

/* HDF5 is at its worst on a full disk, so it never gets to see one. */
static gboolean
check_room (TfvWriterCore *self, const TfvWriterPass *pass, GError **error)
{
  gint64  now_ns = get_now_ns ();
  guint64 free_bytes, all_bytes;

  if (now_ns - self->room_ns < ROOM_NS)
    return TRUE;

  check_file (self, pass);
  free_bytes = get_free_bytes (self, &all_bytes);
  if (free_bytes >= MIN (MIN_FREE_BYTES, all_bytes / MIN_FREE_FRACTION))
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
  tfv_writer_core_rewind (self);
}

static gboolean
is_flush_due (TfvWriterCore *self, const TfvWriterPass *pass)
{
  TfvWriterHeader *header = self->region->header;

  if (pass->is_closing || pass->n_flushes_asked > atomic_load (&header->n_flushes_done) || pass->is_crowded ||
      header->n_in_flight > TFV_WRITER_N_IN_FLIGHT / 2 || self->status_ns == 0)
    return TRUE;

  return tfv_event_segment_is_dirty (self->segment) &&
         get_now_ns () - self->flushed_ns >= MAX (header->sync_ns, TFV_WRITER_FLUSH_NS);
}

static gboolean
try_pass (TfvWriterCore *self, const TfvWriterPass *pass, GError **error)
{
  if (self->segment == NULL && pass->n_rows == 0)
    return TRUE;
  if (self->segment == NULL && !open_segment (self, error))
    return FALSE;
  if (!tfv_writer_core_write_pass (self, pass, error))
    return FALSE;

  return !is_flush_due (self, pass) || tfv_writer_core_flush (self, pass, error);
}

/* Writes what there is. After a failure a new segment is tried at once if the
 * old one ever worked, and otherwise after a while; the rows wait in their rings
 * and, when those are full, are dropped and counted. */
static gboolean
do_pass (TfvWriterCore *self, const TfvWriterPass *pass, GError **error)
{
  if (!check_room (self, pass, error))
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
      tfv_writer_core_tell (self, "%s; going on in a new file", failure->message);
    }
}

/* Tells those who wait what became of it. */
static void
end_pass (TfvWriterCore *self, const TfvWriterPass *pass, const GError *failure)
{
  TfvWriterHeader *header = self->region->header;
  gboolean         is_awaited = pass->n_flushes_asked > atomic_load (&header->n_flushes_done);

  if (failure != NULL)
    tfv_writer_text_set (&header->failure, failure->message);
  tfv_writer_core_free_left_slots (self, pass);

  if (is_awaited)
    {
      atomic_store (&header->n_flushes_done, pass->n_flushes_asked);
      tfv_writer_region_progress (self->region);
    }
}

/* What no segment could be found for is lost now, and counted; how many records
 * those are. */
static guint64
drop_what_is_left (TfvWriterCore *self)
{
  TfvWriterHeader *header = self->region->header;
  guint64          n_blobs = tfv_ring_get_head (self->region->blobs) - self->blobs_written;
  guint64          n_lost = n_blobs;

  for (guint i = 0; i < atomic_load (&header->n_slots); i++)
    {
      const TfvWriterCursor *cursor = &self->cursors[i];
      TfvWriterSlot         *slot = &self->region->slots[i];
      guint64                n_scalars, n_spans, n_moments;

      if (!tfv_writer_core_is_slot_used (self, i) || !cursor->is_known)
        continue;
      n_scalars = tfv_ring_get_head (slot->scalars) - cursor->scalars_written;
      n_spans = tfv_ring_get_head (slot->spans) - cursor->spans_written;
      n_moments = tfv_ring_get_head (slot->moments) - cursor->moments_written;
      atomic_fetch_add (&header->n_lost_scalars, n_scalars);
      atomic_fetch_add (&header->n_lost_spans, n_spans);
      atomic_fetch_add (&header->n_lost_moments, n_moments);
      n_lost += n_scalars + n_spans + n_moments;
    }
  atomic_fetch_add (&header->n_lost_blobs, n_blobs);

  return n_lost;
}

/* States in the file, or in a new one, what is not in it: of the space that is
 * left to others that takes little. FALSE where there is none. */
static gboolean
write_last_words (TfvWriterCore *self)
{
  TfvWriterHeader *header = self->region->header;
  TfvEventState    state = atomic_load (&header->is_closing) ? TFV_EVENT_STATE_CLOSED : TFV_EVENT_STATE_ENDED;
  guint64          all_bytes;

  if (get_free_bytes (self, &all_bytes) < LAST_WORDS_BYTES || (self->segment == NULL && !open_segment (self, NULL)))
    return FALSE;

  if (tfv_writer_core_write_status (self, state, NULL) && tfv_event_segment_flush (self->segment, NULL))
    return tfv_event_segment_close (g_steal_pointer (&self->segment), NULL);

  g_clear_pointer (&self->segment, tfv_event_segment_abandon);
  return FALSE;
}

/* Gives up what can't be written. Where nobody is left to be told and no file
 * can be, the system's log is. */
static void
give_up (TfvWriterCore *self)
{
  guint64 n_lost = drop_what_is_left (self);

  if (!write_last_words (self) && self->is_owner_gone && n_lost > 0)
    syslog (LOG_USER | LOG_WARNING, "tfview: %s: %" G_GUINT64_FORMAT " records could not be written and are lost", self->region->header->logdir, n_lost);
}

static void
end (TfvWriterCore *self, gboolean is_whole)
{
  TfvWriterHeader   *header = self->region->header;
  g_autoptr (GError) error = NULL;

  if (!is_whole)
    give_up (self);
  else if (self->segment != NULL)
    is_whole = tfv_event_segment_close (g_steal_pointer (&self->segment), &error);
  g_clear_pointer (&self->segment, tfv_event_segment_abandon);

  if (error != NULL)
    tfv_writer_text_set (&header->failure, error->message);
  atomic_store (&header->n_flushes_done, G_MAXUINT64);
  atomic_store (&header->stage, is_whole ? TFV_WRITER_ENDED : TFV_WRITER_FAILED);
  tfv_writer_region_progress (self->region);
  tfv_writer_region_wake (&header->stage, G_MAXINT);
}

/* A training that was killed is not kept waiting when its disk is full: somebody
 * may make room. One that closes its writer is told at once. */
static gboolean
is_patient (TfvWriterCore *self)
{
  TfvWriterHeader *header = self->region->header;

  return self->is_owner_gone && !atomic_load (&header->is_closing) && get_now_ns () - self->owner_gone_ns < header->patience_ns;
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
      TfvWriterPass      pass = { 0 };
      gboolean           is_done;

      tfv_writer_core_begin_pass (self, &pass);
      is_done = do_pass (self, &pass, &failure);
      end_pass (self, &pass, failure);

      if (!is_done && !was_told)
        tfv_writer_core_tell (self, "%s; what is logged is not stored for now", failure->message);
      was_told = !is_done;

      if (pass.is_closing && (is_done || !is_patient (self)))
        {
          end (self, is_done);
          return;
        }

      if (is_done)
        tfv_writer_core_sleep_after_pass (self, &pass);
      else
        tfv_writer_core_sleep_after_failure (self);
    }
}

/* Writes what comes into a region until its writer is closed, or until the
 * process that @owner, a pidfd, stands for has gone: writes and flushes every 10
 * or 20 ms while rows come, and sleeps when nothing comes. */
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
