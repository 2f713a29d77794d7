/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-summary-writer-private.h"

#include <errno.h>
#include <linux/futex.h>
#include <linux/membarrier.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "summaries/tfv-crc32c-private.h"
#include "summaries/tfv-error.h"

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
#define MAX_NAME_BYTES 65536       /* what FORMAT.md allows */

/* What is to be written in one pass. */
typedef struct
{
  GPtrArray *producers;
  GQueue     blobs;
  guint      n_strings;
  guint64    n_drains_asked;
  guint64    n_flushes_asked;
  gboolean   is_closing;
  guint64    n_rows;
  gboolean   is_crowded;
} Pass;

static gint64
get_now_ns (void)
{
  return tfv_clock_get_ns (CLOCK_MONOTONIC);
}

gboolean
tfv_writer_thread_open_segment (TfvSummaryWriter *self, GError **error)
{
  TfvEventSource source = { self->logdir, self->host, self->uuid, self->start_wall_ns, self->start_monotonic_ns };

  self->segment = tfv_event_segment_create (&source, self->n_segments, error);
  if (self->segment == NULL)
    return FALSE;

  self->n_segments++;
  self->n_strings_written = 0;
  self->is_proven = FALSE;
  self->status_ns = 0;

  g_mutex_lock (&self->mutex);
  g_free (self->path);
  self->path = g_strdup (tfv_event_segment_get_path (self->segment));
  g_mutex_unlock (&self->mutex);

  return TRUE;
}

/* Takes in what is asked and what there is. The rings come before the strings:
 * every id in a row that is seen is of a string that is seen then. They come
 * before the blobs too: see "scalars_before" in FORMAT.md. */
static void
begin_pass (TfvSummaryWriter *self, Pass *pass)
{
  g_mutex_lock (&self->mutex);
  pass->n_drains_asked = self->n_drains_asked;
  pass->n_flushes_asked = self->n_flushes_asked;
  pass->is_closing = self->is_closing;
  pass->producers = g_ptr_array_new_full (self->producers->len, NULL);
  for (guint i = 0; i < self->producers->len; i++)
    g_ptr_array_add (pass->producers, self->producers->pdata[i]);
  g_mutex_unlock (&self->mutex);

  for (guint i = 0; i < pass->producers->len; i++)
    {
      TfvProducer *producer = pass->producers->pdata[i];

      producer->scalars_seen = tfv_ring_get_head (producer->scalars);
      producer->spans_seen = tfv_ring_get_head (producer->spans);
      pass->n_rows += producer->scalars_seen - producer->scalars_written + producer->spans_seen - producer->spans_written;
      if (producer->scalars_seen - atomic_load (&producer->scalars->tail) > producer->scalars->capacity / 2 ||
          producer->spans_seen - atomic_load (&producer->spans->tail) > producer->spans->capacity / 2)
        pass->is_crowded = TRUE;
    }

  g_mutex_lock (&self->mutex);
  pass->n_strings = self->strings->len;
  pass->blobs = self->blobs;
  g_queue_init (&self->blobs);
  self->blob_bytes = 0;
  g_mutex_unlock (&self->mutex);

  pass->n_rows += pass->blobs.length;
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

static gboolean
write_string (TfvSummaryWriter *self, guint index, GError **error)
{
  TfvWriterString *string;
  g_autofree char *name = NULL;
  TfvEventTagRow   row = { .id = index + 1, .flags = TFV_EVENT_ROW_VALID };
  gsize            length;

  g_mutex_lock (&self->mutex);
  string = self->strings->pdata[index];
  g_mutex_unlock (&self->mutex);

  name = g_utf8_make_valid (string->string, -1);
  length = get_fitting_bytes (name, strlen (name), MAX_NAME_BYTES);
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
write_blob (TfvSummaryWriter *self, const TfvWriterBlob *blob, guint64 scalars_before, GError **error)
{
  gsize           length;
  gconstpointer   data = g_bytes_get_data (blob->bytes, &length);
  TfvEventBlobRow row = {
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

  return tfv_event_segment_append (self->segment, TFV_EVENT_BLOBS, data, length, error) &&
         tfv_event_segment_append (self->segment, TFV_EVENT_BLOB_INDEX, &row, 1, error);
}

/* Writes the rows of a ring straight from its memory, in two pieces where they
 * go round its end. */
static gboolean
write_ring (TfvSummaryWriter *self, TfvEventDataset dataset, TfvRing *ring, guint64 *written, guint64 seen, GError **error)
{
  while (*written < seen)
    {
      guint64 n_rows = MIN (seen - *written, ring->capacity - (*written & (ring->capacity - 1)));

      if (!tfv_event_segment_append (self->segment, dataset, tfv_ring_get_row (ring, *written, ring->row_bytes), n_rows, error))
        return FALSE;
      *written += n_rows;
    }

  return TRUE;
}

static gboolean
write_pass (TfvSummaryWriter *self, Pass *pass, GError **error)
{
  guint64 scalars_before = tfv_event_segment_get_n_rows (self->segment, TFV_EVENT_SCALARS);

  for (; self->n_strings_written < pass->n_strings; self->n_strings_written++)
    {
      if (!write_string (self, self->n_strings_written, error))
        return FALSE;
    }

  while (pass->blobs.length > 0)
    {
      TfvWriterBlob *blob = g_queue_pop_head (&pass->blobs);

      g_queue_push_tail (&self->unflushed_blobs, blob);
      if (!write_blob (self, blob, scalars_before, error))
        return FALSE;
    }

  for (guint i = 0; i < pass->producers->len; i++)
    {
      TfvProducer *producer = pass->producers->pdata[i];

      if (!write_ring (self, TFV_EVENT_SCALARS, producer->scalars, &producer->scalars_written, producer->scalars_seen, error) ||
          !write_ring (self, TFV_EVENT_SPANS, producer->spans, &producer->spans_written, producer->spans_seen, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
write_status (TfvSummaryWriter *self, TfvEventState state, gint64 now_ns, GError **error)
{
  TfvEventStatusRow row = { .monotonic_ns = now_ns, .state = state, .flags = TFV_EVENT_ROW_VALID };

  /* The two clocks are read as near to each other as can be. */
  row.monotonic_ns = tfv_clock_get_ns (CLOCK_MONOTONIC);
  row.wall_ns = tfv_clock_get_ns (CLOCK_REALTIME);

  g_mutex_lock (&self->mutex);
  row.dropped_scalars = self->n_dropped_scalars;
  row.dropped_spans = self->n_dropped_spans;
  row.dropped_blobs = self->n_dropped_blobs;
  for (guint i = 0; i < self->producers->len; i++)
    {
      TfvProducer *producer = self->producers->pdata[i];

      row.dropped_scalars += tfv_ring_get_n_dropped (producer->scalars);
      row.dropped_spans += tfv_ring_get_n_dropped (producer->spans);
    }
  g_mutex_unlock (&self->mutex);

  self->status_ns = now_ns;
  return tfv_event_segment_append (self->segment, TFV_EVENT_STATUS, &row, 1, error);
}

/* Everything written gets visible; only then is its memory given back, so that
 * a segment whose write fails can be made up for by the next. */
static gboolean
flush_segment (TfvSummaryWriter *self, Pass *pass, gint64 now_ns, GError **error)
{
  if (self->status_ns == 0 || pass->is_closing || now_ns - self->status_ns >= STATUS_NS)
    {
      if (!write_status (self, pass->is_closing ? TFV_EVENT_STATE_CLOSED : TFV_EVENT_STATE_RUNNING, now_ns, error))
        return FALSE;
    }

  if (!tfv_event_segment_flush (self->segment, error))
    return FALSE;

  for (guint i = 0; i < pass->producers->len; i++)
    {
      TfvProducer *producer = pass->producers->pdata[i];

      tfv_ring_release (producer->scalars, producer->scalars_written);
      tfv_ring_release (producer->spans, producer->spans_written);
    }
  g_queue_clear_full (&self->unflushed_blobs, (GDestroyNotify) tfv_writer_blob_free);
  self->is_proven = TRUE;
  self->flushed_ns = now_ns;

  return TRUE;
}

/* HDF5 is at its worst on a full disk, so it never gets to see one. */
static gboolean
check_room (TfvSummaryWriter *self, GError **error)
{
  gint64         now_ns = get_now_ns ();
  struct statvfs disk;
  guint64        free_bytes, all_bytes;

  if (now_ns - self->room_ns < FLUSH_NS)
    return TRUE;
  if (statvfs (self->logdir, &disk) != 0)
    return TRUE;

  free_bytes = (guint64) disk.f_bavail * disk.f_frsize;
  all_bytes = (guint64) disk.f_blocks * disk.f_frsize;
  if (all_bytes == 0 || free_bytes >= MIN (MIN_FREE_BYTES, all_bytes / MIN_FREE_FRACTION))
    {
      self->room_ns = now_ns;
      return TRUE;
    }

  g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_IO, "%s: the disk is full", self->logdir);
  return FALSE;
}

/* Leaves a segment in which a write failed. What it did not flush is written
 * again to the next. */
static void
leave_segment (TfvSummaryWriter *self, Pass *pass)
{
  g_clear_pointer (&self->segment, tfv_event_segment_abandon);

  for (guint i = 0; i < pass->producers->len; i++)
    {
      TfvProducer *producer = pass->producers->pdata[i];

      producer->scalars_written = atomic_load (&producer->scalars->tail);
      producer->spans_written = atomic_load (&producer->spans->tail);
    }

  while (self->unflushed_blobs.length > 0)
    g_queue_push_head (&pass->blobs, g_queue_pop_tail (&self->unflushed_blobs));
}

static gboolean
try_pass (TfvSummaryWriter *self, Pass *pass, GError **error)
{
  gint64 now_ns = get_now_ns ();

  if (self->segment == NULL && !tfv_writer_thread_open_segment (self, error))
    return FALSE;
  if (!write_pass (self, pass, error))
    return FALSE;

  if (pass->is_closing || pass->n_flushes_asked > self->n_flushes_done || pass->is_crowded || self->status_ns == 0 ||
      (tfv_event_segment_is_dirty (self->segment) && now_ns - self->flushed_ns >= FLUSH_NS))
    return flush_segment (self, pass, now_ns, error);

  return TRUE;
}

/* Writes what there is. After a failure a new segment is tried at once if the
 * old one ever worked, and otherwise after a while; the rows wait in their rings
 * and, when those are full, are dropped and counted. */
static gboolean
do_pass (TfvSummaryWriter *self, Pass *pass, GError **error)
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
        leave_segment (self, pass);
      if (!is_worth_another)
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return FALSE;
        }
      g_message ("%s; going on in a new file", failure->message);
    }
}

/* Frees the producers of threads that have ended and whose rows are flushed. */
static void
remove_finished_producers (TfvSummaryWriter *self)
{
  for (guint i = 0; i < self->producers->len;)
    {
      TfvProducer *producer = self->producers->pdata[i];
      gboolean     is_gone = atomic_load_explicit (&producer->is_thread_gone, memory_order_acquire);

      if (is_gone && tfv_ring_get_head (producer->scalars) == atomic_load (&producer->scalars->tail) &&
          tfv_ring_get_head (producer->spans) == atomic_load (&producer->spans->tail))
        {
          self->n_dropped_scalars += tfv_ring_get_n_dropped (producer->scalars);
          self->n_dropped_spans += tfv_ring_get_n_dropped (producer->spans);
          g_ptr_array_remove_index_fast (self->producers, i);
        }
      else
        {
          i++;
        }
    }
}

/* Tells those who wait what became of it. */
static void
end_pass (TfvSummaryWriter *self, Pass *pass, const GError *failure)
{
  g_mutex_lock (&self->mutex);

  /* What was not written stands before what came meanwhile. */
  while (pass->blobs.length > 0)
    {
      TfvWriterBlob *blob = g_queue_pop_tail (&pass->blobs);

      self->blob_bytes += g_bytes_get_size (blob->bytes);
      g_queue_push_head (&self->blobs, blob);
    }

  if (failure != NULL)
    {
      g_clear_error (&self->error);
      self->error = g_error_copy (failure);
    }
  self->n_drains_done = pass->n_drains_asked;
  self->n_flushes_done = pass->n_flushes_asked;
  remove_finished_producers (self);
  g_cond_broadcast (&self->progress);

  g_mutex_unlock (&self->mutex);
  g_clear_pointer (&pass->producers, g_ptr_array_unref);
}

static gboolean
is_asked (TfvSummaryWriter *self)
{
  gboolean is;

  g_mutex_lock (&self->mutex);
  is = self->is_closing || self->n_drains_asked > self->n_drains_done || self->n_flushes_asked > self->n_flushes_done;
  g_mutex_unlock (&self->mutex);

  return is;
}

static gboolean
has_work (TfvSummaryWriter *self)
{
  gboolean has = is_asked (self);

  g_mutex_lock (&self->mutex);
  has = has || self->blobs.length > 0 || self->strings->len > self->n_strings_written;
  for (guint i = 0; i < self->producers->len && !has; i++)
    {
      TfvProducer *producer = self->producers->pdata[i];

      has = tfv_ring_get_head (producer->scalars) != producer->scalars_written ||
            tfv_ring_get_head (producer->spans) != producer->spans_written;
    }
  g_mutex_unlock (&self->mutex);

  return has;
}

static void
wait_while (TfvSummaryWriter *self, TfvWriterSleep state, gint64 timeout_ns)
{
  struct timespec timeout = { timeout_ns / 1000000000, timeout_ns % 1000000000 };

  syscall (SYS_futex, &self->sleep, FUTEX_WAIT_PRIVATE, state, timeout_ns >= 0 ? &timeout : NULL, NULL, 0);
  /* Not stored for nothing: every push reads it. */
  if (atomic_load (&self->sleep) != TFV_WRITER_AWAKE)
    atomic_store (&self->sleep, TFV_WRITER_AWAKE);
}

/* Sleeps until somebody pushes. Who pushes after our barrier sees that we sleep;
 * what was pushed before it, we see. */
static void
sleep_until_kicked (TfvSummaryWriter *self)
{
  static gsize has_barrier = 0;
  guint32      awake = TFV_WRITER_AWAKE;

  if (g_once_init_enter (&has_barrier))
    {
      long result = syscall (SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0);

      g_once_init_leave (&has_barrier, result == 0 ? 1 : 2);
    }

  if (!atomic_compare_exchange_strong (&self->sleep, &awake, TFV_WRITER_ASLEEP))
    {
      atomic_store (&self->sleep, TFV_WRITER_AWAKE);
      return;
    }

  if (has_barrier == 1)
    syscall (SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);

  if (has_work (self))
    atomic_store (&self->sleep, TFV_WRITER_AWAKE);
  else
    wait_while (self, TFV_WRITER_ASLEEP, has_barrier == 1 ? -1 : UNFENCED_SLEEP_NS);
}

static void
sleep_after_pass (TfvSummaryWriter *self, const Pass *pass)
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
sleep_after_failure (TfvSummaryWriter *self)
{
  gint64 retry_ns = get_now_ns () + RETRY_NS;

  while (!is_asked (self) && get_now_ns () < retry_ns)
    wait_while (self, TFV_WRITER_AWAKE, RETRY_NS / 10);
}

/* What no segment could be found for is lost now, and counted. */
static void
drop_what_is_left (TfvSummaryWriter *self)
{
  for (guint i = 0; i < self->producers->len; i++)
    {
      TfvProducer *producer = self->producers->pdata[i];

      self->n_dropped_scalars += tfv_ring_get_head (producer->scalars) - atomic_load (&producer->scalars->tail);
      self->n_dropped_spans += tfv_ring_get_head (producer->spans) - atomic_load (&producer->spans->tail);
    }
  self->n_dropped_blobs += self->blobs.length;
  g_queue_clear_full (&self->blobs, (GDestroyNotify) tfv_writer_blob_free);
}

static void
end_thread (TfvSummaryWriter *self, gboolean is_whole)
{
  g_autoptr (GError) error = NULL;

  if (self->segment != NULL)
    {
      if (is_whole)
        tfv_event_segment_close (self->segment, &error);
      else
        tfv_event_segment_abandon (self->segment);
      self->segment = NULL;
    }

  g_mutex_lock (&self->mutex);
  if (error != NULL && self->error == NULL)
    self->error = g_steal_pointer (&error);
  if (!is_whole)
    drop_what_is_left (self);
  self->n_drains_done = self->n_flushes_done = G_MAXUINT64;
  g_cond_broadcast (&self->progress);
  g_mutex_unlock (&self->mutex);
}

/* The writer's thread: looks every 2 ms while rows come, flushes every 20 ms
 * while there is something to flush, and sleeps when nothing comes. */
gpointer
tfv_writer_thread_main (gpointer data)
{
  TfvSummaryWriter *self = data;
  gboolean          was_told = FALSE;

  for (;;)
    {
      g_autoptr (GError) failure = NULL;
      Pass               pass = { 0 };
      gboolean           is_done;

      begin_pass (self, &pass);
      is_done = do_pass (self, &pass, &failure);
      end_pass (self, &pass, failure);

      if (!is_done && !was_told)
        g_message ("%s; what is logged is not stored for now", failure->message);
      was_told = !is_done;

      if (pass.is_closing)
        {
          end_thread (self, is_done);
          return NULL;
        }

      if (is_done)
        sleep_after_pass (self, &pass);
      else
        sleep_after_failure (self);
    }
}
