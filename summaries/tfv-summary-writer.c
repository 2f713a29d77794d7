/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-summary-writer-private.h"

#include <errno.h>
#include <linux/membarrier.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "summaries/tfv-error.h"
#include "summaries/tfv-writer-process-private.h"

/* What stands for all names that there is no room for any more, and the room
 * that is kept for it. */
#define LAST_NAME "(too many names)"
#define LAST_NAMES_BYTES 4096

/* How often it is looked whether what is waited for has come, unless told. */
#define PATIENCE_NS 1000000000

G_DEFINE_FINAL_TYPE (TfvSummaryWriter, tfv_summary_writer, G_TYPE_OBJECT)

/* Grows in every child, so that a writer knows that it is its parent's. */
guint32 tfv_process_epoch = 1;

/* The writers that are open, to be closed when the process exits. */
static GPtrArray *open_writers;
static GMutex     open_writers_mutex;

static void
enter_child (void)
{
  tfv_process_epoch++;
  tfv_producer_current = NULL;
  /* Whoever held it is not in the child, and nor are the writers of use there. */
  g_mutex_init (&open_writers_mutex);
  open_writers = NULL;
}

/* A program that returns from main without closing its writer has not lost what
 * it logged last. */
static void
close_at_exit (void)
{
  g_autoptr (GPtrArray) writers = NULL;

  g_mutex_lock (&open_writers_mutex);
  writers = open_writers != NULL ? g_ptr_array_copy (open_writers, (GCopyFunc) (void (*) (void)) g_object_ref, NULL) : NULL;
  g_mutex_unlock (&open_writers_mutex);

  for (guint i = 0; writers != NULL && i < writers->len; i++)
    {
      TfvSummaryWriter *writer = writers->pdata[i];

      /* It is not the program that closes it: threads may still be at work. */
      atomic_store (&writer->is_late_told, TRUE);
      tfv_summary_writer_close (writer, NULL);
      g_object_unref (writers->pdata[i]);
    }
}

static void
list_open_writer (TfvSummaryWriter *self)
{
  static gsize is_registered = 0;

  if (g_once_init_enter (&is_registered))
    {
      pthread_atfork (NULL, NULL, enter_child);
      atexit (close_at_exit);
      g_once_init_leave (&is_registered, 1);
    }

  g_mutex_lock (&open_writers_mutex);
  if (open_writers == NULL)
    open_writers = g_ptr_array_new ();
  g_ptr_array_add (open_writers, self);
  g_mutex_unlock (&open_writers_mutex);
}

static void
unlist_open_writer (TfvSummaryWriter *self)
{
  g_mutex_lock (&open_writers_mutex);
  if (open_writers != NULL)
    {
      g_ptr_array_remove (open_writers, self);
      if (open_writers->len == 0)
        g_clear_pointer (&open_writers, g_ptr_array_unref);
    }
  g_mutex_unlock (&open_writers_mutex);
}

static guint
hash_name (gconstpointer data)
{
  const TfvWriterName *name = data;

  return g_str_hash (name->string) ^ (name->kind * 2654435761u) ^ (name->parent * 40503u);
}

static gboolean
equal_names (gconstpointer a, gconstpointer b)
{
  const TfvWriterName *first = a, *second = b;

  return first->kind == second->kind && first->parent == second->parent && strcmp (first->string, second->string) == 0;
}

static void
free_name (gpointer data)
{
  TfvWriterName *name = data;

  g_free (name->string);
  g_free (name);
}

static void
tfv_summary_writer_init (TfvSummaryWriter *self)
{
  static _Atomic guint64 n_writers;

  self->serial = atomic_fetch_add (&n_writers, 1) + 1;
  self->process_epoch = tfv_process_epoch;
  g_mutex_init (&self->mutex);
  self->ids = g_hash_table_new_full (hash_name, equal_names, free_name, NULL);
}

static void
tfv_summary_writer_dispose (GObject *object)
{
  TfvSummaryWriter *self = TFV_SUMMARY_WRITER (object);

  tfv_summary_writer_close (self, NULL);

  G_OBJECT_CLASS (tfv_summary_writer_parent_class)->dispose (object);
}

static void
tfv_summary_writer_finalize (GObject *object)
{
  TfvSummaryWriter *self = TFV_SUMMARY_WRITER (object);

  /* In a child nothing of the parent's threads is in a known state: it is left. */
  if (self->process_epoch == tfv_process_epoch)
    {
      if (self->region != NULL)
        {
          atomic_store_explicit (&self->region->is_left, TRUE, memory_order_release);
          tfv_writer_region_unref (self->region);
        }
      g_hash_table_unref (self->ids);
      g_clear_pointer (&self->described, g_hash_table_unref);
      g_mutex_clear (&self->mutex);
      g_free (self->logdir);
    }

  G_OBJECT_CLASS (tfv_summary_writer_parent_class)->finalize (object);
}

static void
tfv_summary_writer_class_init (TfvSummaryWriterClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tfv_summary_writer_dispose;
  G_OBJECT_CLASS (klass)->finalize = tfv_summary_writer_finalize;
}

static gpointer
watch (gpointer region)
{
  tfv_writer_process_watch (region);
  tfv_writer_region_unref (region);

  return NULL;
}

/* The program's signal handlers run on its own threads, not on ours. */
static GThread *
start_thread (TfvSummaryWriter *self, GError **error)
{
  sigset_t all, before;
  GThread *thread;

  sigfillset (&all);
  pthread_sigmask (SIG_SETMASK, &all, &before);
  thread = g_thread_try_new ("tfv-writer", watch, tfv_writer_region_ref (self->region), error);
  pthread_sigmask (SIG_SETMASK, &before, NULL);
  if (thread == NULL)
    tfv_writer_region_unref (self->region);

  return thread;
}

static gboolean
make_region (TfvSummaryWriter *self, GError **error)
{
  g_autofree char *uuid = g_uuid_string_random ();
  TfvWriterHeader *header;

  self->region = tfv_writer_region_new (error);
  if (self->region == NULL)
    return FALSE;

  header = self->region->header;
  if (strlen (self->logdir) >= sizeof header->logdir)
    {
      g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_IO, "%s: the name is too long", self->logdir);
      return FALSE;
    }

  self->region->process_epoch = self->process_epoch;
  tfv_wall_clock_begin_watch ();
  self->sleep = &header->sleep;
  tfv_ring_inlet_open (&self->blobs, self->region->blobs);
  header->pid = getpid ();
  header->start_wall_ns = tfv_clock_get_ns (CLOCK_REALTIME);
  header->start_monotonic_ns = tfv_clock_get_ns (CLOCK_MONOTONIC);
  header->has_barrier = syscall (SYS_membarrier, MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED, 0, 0) == 0;
  g_strlcpy (header->host, g_get_host_name (), sizeof header->host);
  g_strlcpy (header->uuid, uuid, sizeof header->uuid);
  g_strlcpy (header->logdir, self->logdir, sizeof header->logdir);

  return TRUE;
}

/* What failed since it was asked last. */
static gboolean
take_failure (TfvSummaryWriter *self, GError **error)
{
  TfvWriterText   *failure = &self->region->header->failure;
  g_autofree char *text = NULL;

  g_mutex_lock (&self->mutex);
  if (atomic_load (&failure->sequence) != self->failure_told)
    text = tfv_writer_text_dup (failure, &self->failure_told);
  g_mutex_unlock (&self->mutex);

  if (text == NULL)
    return TRUE;

  g_set_error_literal (error, TFV_STORE_ERROR, TFV_STORE_ERROR_IO, text);
  return FALSE;
}

/* Waits until there is a file, or until it is known that there can be none. */
static gboolean
wait_for_start (TfvSummaryWriter *self, GError **error)
{
  TfvWriterHeader *header = self->region->header;

  for (;;)
    {
      guint32 progress = atomic_load (&header->progress);

      if (atomic_load (&header->stage) != TFV_WRITER_STARTING)
        break;
      tfv_writer_region_wait (&header->progress, progress, PATIENCE_NS);
    }

  if (atomic_load (&header->stage) == TFV_WRITER_STARTED)
    return TRUE;

  g_thread_join (g_steal_pointer (&self->thread));
  take_failure (self, error);
  return FALSE;
}

/**
 * tfv_summary_writer_new:
 * @logdir: (type filename): folder of the run; made, with its parents, if it is
 *   not there
 * @error: return location for a [error@Tfv.StoreError]
 *
 * Starts an event file of its own in the run's folder, so that several writers,
 * in this process and in others, may write one run. A run that was begun before
 * is continued by writing to its folder again; see
 * [method@Tfv.SummaryWriter.add_session] for steps that are done over.
 *
 * What is added is visible to readers within about 20 ms; adding neither waits
 * for the disk nor takes a lock. A process of the writer's own, `tfv-writer`,
 * does the writing, so that nothing is lost when this one is killed; where it
 * can't be started, or where the environment has `TFV_WRITER=thread`, a thread
 * does. A writer does nothing in a child that the process forks.
 *
 * Returns: (transfer full): a writer, or %NULL when no file can be made there
 */
TfvSummaryWriter *
tfv_summary_writer_new (const char *logdir, GError **error)
{
  g_autoptr (TfvSummaryWriter) self = NULL;

  g_return_val_if_fail (logdir != NULL, NULL);

  if (g_mkdir_with_parents (logdir, 0777) != 0)
    {
      g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_IO, "%s: cannot make the folder: %s", logdir, g_strerror (errno));
      return NULL;
    }

  self = g_object_new (TFV_TYPE_SUMMARY_WRITER, NULL);
  self->logdir = g_canonicalize_filename (logdir, NULL);

  if (!make_region (self, error))
    return NULL;

  self->thread = start_thread (self, error);
  if (self->thread == NULL || !wait_for_start (self, error))
    return NULL;

  list_open_writer (self);
  atomic_store_explicit (&self->open_serial, self->serial, memory_order_release);

  return g_steal_pointer (&self);
}

/**
 * tfv_summary_writer_get_logdir:
 * @self: a writer
 *
 * The folder that the writer writes to, as an absolute path. Any thread.
 *
 * Returns: (transfer none) (type filename): the folder
 */
const char *
tfv_summary_writer_get_logdir (TfvSummaryWriter *self)
{
  g_return_val_if_fail (TFV_IS_SUMMARY_WRITER (self), NULL);

  return self->logdir;
}

/**
 * tfv_summary_writer_dup_path:
 * @self: a writer
 *
 * The event file that is being written now; it changes when a write fails and
 * the writer goes on in a new file. Any thread.
 *
 * Returns: (transfer full) (type filename) (nullable): the file's path; %NULL in
 *   a child that was forked
 */
char *
tfv_summary_writer_dup_path (TfvSummaryWriter *self)
{
  g_return_val_if_fail (TFV_IS_SUMMARY_WRITER (self), NULL);

  if (self->process_epoch != tfv_process_epoch)
    return NULL;

  return tfv_writer_text_dup (&self->region->header->path, NULL);
}

/* The slow way to the thread's producer. */
TfvProducer *
tfv_summary_writer_add_producer (TfvSummaryWriter *self)
{
  TfvProducer *producer;

  if (!tfv_summary_writer_is_open (self))
    return NULL;
  producer = tfv_producer_find (self->serial);
  if (producer != NULL)
    return producer;

  g_mutex_lock (&self->mutex);
  producer = tfv_producer_new (self->serial, self->region);
  g_mutex_unlock (&self->mutex);

  return producer;
}

/* Wakes the consumer, from whichever sleep. */
void
tfv_summary_writer_kick (TfvSummaryWriter *self)
{
  tfv_writer_region_kick (self->region);
}

/* Counts a record that could not be taken, because the writer was closed, which
 * is told once, or for lack of memory; those of a child that was forked are
 * nobody's. */
void
tfv_summary_writer_count_late (TfvSummaryWriter *self, _Atomic guint64 *counter)
{
  if (self->process_epoch != tfv_process_epoch)
    return;

  atomic_fetch_add (counter, 1);
  if (!tfv_summary_writer_is_open (self) && !atomic_exchange (&self->is_late_told, TRUE))
    g_message ("%s: the writer is closed; what is added now is not stored", self->logdir);
}

/* Adds a string to the log that the consumer reads; FALSE when that is full. */
static gboolean
log_string (TfvSummaryWriter *self, guint32 kind, const char *string, guint32 parent, gsize room_kept)
{
  TfvWriterHeader *header = self->region->header;
  guint64          end = atomic_load_explicit (&header->string_end, memory_order_relaxed);
  /* A little more than is written, so that a cut in a character is not seen. */
  gsize            length = strnlen (string, TFV_WRITER_MAX_NAME_BYTES + 8);
  gsize            n_bytes = tfv_writer_string_get_bytes (length);
  TfvWriterString *entry = (TfvWriterString *) (tfv_writer_region_get_string_log (self->region) + end);

  if (end + n_bytes + room_kept > header->string_bytes)
    return FALSE;

  *entry = (TfvWriterString){ kind, parent, (guint32) length, 0 };
  memcpy (entry + 1, string, length);
  atomic_store_explicit (&header->string_end, end + n_bytes, memory_order_release);

  return TRUE;
}

/* Under the lock. */
static TfvWriterName *
find_name (TfvSummaryWriter *self, guint32 kind, const char *string, guint32 parent, guint32 *id)
{
  TfvWriterName key = { kind, parent, (char *) string };
  gpointer      name = NULL;
  gpointer      value = NULL;

  g_hash_table_lookup_extended (self->ids, &key, &name, &value);
  *id = GPOINTER_TO_UINT (value);

  return name;
}

/* The id of a string, made if it is new; @kept gets the writer's own copy. Rows
 * that are pushed afterwards may use the id. */
guint32
tfv_summary_writer_add_string (TfvSummaryWriter *self, guint32 kind, const char *string, guint32 parent, const char **kept)
{
  gsize          room_kept = LAST_NAMES_BYTES;
  TfvWriterName *name;
  guint32        id;

  g_mutex_lock (&self->mutex);
  name = find_name (self, kind, string, parent, &id);
  while (name == NULL)
    {
      if (log_string (self, kind, string, parent, room_kept))
        {
          id = g_hash_table_size (self->ids) + 1;
          name = g_new (TfvWriterName, 1);
          *name = (TfvWriterName){ kind, parent, g_strdup (string) };
          g_hash_table_insert (self->ids, name, GUINT_TO_POINTER (id));
          break;
        }

      /* At the very end any name that there is will do. */
      id = 1;
      if (room_kept == 0)
        break;
      string = LAST_NAME;
      parent = 0;
      room_kept = 0;
      name = find_name (self, kind, string, parent, &id);
    }
  if (kept != NULL)
    *kept = name != NULL ? name->string : LAST_NAME;
  g_mutex_unlock (&self->mutex);

  return id;
}

double
tfv_summary_writer_get_wall_time (void)
{
  return (double) tfv_clock_get_ns (CLOCK_REALTIME) * 1e-9;
}

/* Where @n_bytes in one piece can go in the blob buffer; FALSE when it is full. */
static gboolean
find_blob_room (TfvSummaryWriter *self, gsize n_bytes, guint64 *position)
{
  guint64 capacity = self->region->header->blob_bytes;
  guint64 released = MAX (atomic_load_explicit (&self->region->header->blob_released, memory_order_acquire), self->blob_floor);
  guint64 begin = self->blob_end;
  guint64 next = (begin + capacity - 1) / capacity * capacity;

  /* An empty buffer is begun anew, so that little of it is ever memory. */
  if (released == begin)
    released = self->blob_floor = begin = next;
  else if (n_bytes > next - begin)
    begin = next;

  if (n_bytes > capacity || begin + n_bytes - released > capacity)
    return FALSE;

  *position = begin;
  return TRUE;
}

static gboolean
queue_blob (TfvSummaryWriter *self, TfvRecordKind kind, guint32 tag, gint64 step, double wall_time, GBytes *bytes)
{
  gsize          n_bytes;
  gconstpointer  data = g_bytes_get_data (bytes, &n_bytes);
  guint64        position;
  TfvWriterBlob *blob;

  if (!find_blob_room (self, n_bytes, &position))
    return FALSE;
  blob = tfv_ring_inlet_reserve (&self->blobs);
  if (blob == NULL)
    return TRUE;

  if (n_bytes > 0)
    memcpy (self->region->blob_bytes + position % self->region->header->blob_bytes, data, n_bytes);
  *blob = (TfvWriterBlob){ position, n_bytes, step, wall_time, kind, tag };
  self->blob_end = position + n_bytes;
  tfv_ring_inlet_commit (&self->blobs, sizeof *blob);

  return TRUE;
}

/* Queues a record of any size. One that finds the queue full is dropped and
 * counted. */
void
tfv_summary_writer_add_blob (TfvSummaryWriter *self, TfvRecordKind kind, const char *tag, gint64 step, double wall_time, GBytes *bytes)
{
  TfvWriterHeader *header = self->region->header;
  guint32          id;

  if (!tfv_summary_writer_is_open (self))
    {
      tfv_summary_writer_count_late (self, &header->n_late_blobs);
      return;
    }

  id = tfv_summary_writer_add_string (self, kind, tag, 0, NULL);

  g_mutex_lock (&self->mutex);
  if (!queue_blob (self, kind, id, step, wall_time, bytes))
    atomic_fetch_add (&header->n_late_blobs, 1);
  g_mutex_unlock (&self->mutex);

  tfv_summary_writer_kick (self);
}

/* Waits until all that was added before is on file, or until that was tried. */
void
tfv_summary_writer_settle (TfvSummaryWriter *self)
{
  TfvWriterHeader *header = self->region->header;
  guint64          ticket = atomic_fetch_add (&header->n_flushes_asked, 1) + 1;

  tfv_summary_writer_kick (self);

  for (;;)
    {
      guint32 progress = atomic_load (&header->progress);

      if (atomic_load (&header->n_flushes_done) >= ticket)
        return;
      tfv_writer_region_wait (&header->progress, progress, PATIENCE_NS);
    }
}

static gboolean
check_open (TfvSummaryWriter *self, GError **error)
{
  if (tfv_summary_writer_is_open (self))
    return TRUE;

  g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_CLOSED, "%s: the writer is closed", self->logdir);
  return FALSE;
}

/**
 * tfv_summary_writer_flush:
 * @self: a writer
 * @error: return location for a [error@Tfv.StoreError]
 *
 * Waits until everything that any thread added before is on file, where every
 * reader sees it. There is no need to call it: the writer flushes by itself
 * every 20 ms. Any thread.
 *
 * Returns: whether it is; %FALSE with an error when a write failed since the
 *   last call, or when the writer was closed
 */
gboolean
tfv_summary_writer_flush (TfvSummaryWriter *self, GError **error)
{
  g_return_val_if_fail (TFV_IS_SUMMARY_WRITER (self), FALSE);

  if (!check_open (self, error))
    return FALSE;

  tfv_summary_writer_settle (self);
  return take_failure (self, error);
}

/**
 * tfv_summary_writer_close:
 * @self: a writer
 * @error: return location for a [error@Tfv.StoreError]
 *
 * Writes what was added before, marks the file as cleanly closed and closes it.
 * What is added afterwards is dropped and counted, and told of once. Closing again does nothing,
 * and so does closing in a child that was forked. The last reference that goes
 * closes the writer too, as does the exit of the process. Any thread, but no
 * other thread may add meanwhile if its records matter.
 *
 * Returns: whether everything was written; %FALSE with an error where not
 */
gboolean
tfv_summary_writer_close (TfvSummaryWriter *self, GError **error)
{
  GThread *thread;

  g_return_val_if_fail (TFV_IS_SUMMARY_WRITER (self), FALSE);

  /* A writer that never had a file is closed too. */
  if (self->process_epoch != tfv_process_epoch || self->region == NULL)
    return TRUE;

  atomic_store (&self->open_serial, 0);

  g_mutex_lock (&self->mutex);
  atomic_store (&self->region->header->is_closing, TRUE);
  thread = g_steal_pointer (&self->thread);
  g_mutex_unlock (&self->mutex);

  if (thread == NULL)
    return TRUE;

  tfv_summary_writer_kick (self);
  g_thread_join (thread);
  unlist_open_writer (self);

  return take_failure (self, error);
}

/**
 * tfv_summary_writer_get_n_dropped:
 * @self: a writer
 *
 * How many records were not taken, because they came faster than they could be
 * written, after a disk had filled up, or after the writer was closed. The
 * file states the number too. Any thread.
 *
 * Returns: the number of rows and other records together
 */
guint64
tfv_summary_writer_get_n_dropped (TfvSummaryWriter *self)
{
  TfvWriterDropped dropped;

  g_return_val_if_fail (TFV_IS_SUMMARY_WRITER (self), 0);

  if (self->process_epoch != tfv_process_epoch)
    return 0;

  g_mutex_lock (&self->mutex);
  tfv_writer_region_count_dropped (self->region, &dropped);
  g_mutex_unlock (&self->mutex);

  return dropped.n_scalars + dropped.n_spans + dropped.n_moments + dropped.n_blobs;
}
