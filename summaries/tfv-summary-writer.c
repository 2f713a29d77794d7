/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-summary-writer-private.h"

#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "summaries/tfv-error.h"

/* Blobs that wait to be written; more are dropped. */
#define MAX_BLOB_BYTES (256u * 1024 * 1024)

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
      tfv_summary_writer_close (writers->pdata[i], NULL);
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
hash_string (gconstpointer data)
{
  const TfvWriterString *string = data;

  return g_str_hash (string->string) ^ (string->kind * 2654435761u) ^ (string->parent * 40503u);
}

static gboolean
equal_strings (gconstpointer a, gconstpointer b)
{
  const TfvWriterString *first = a, *second = b;

  return first->kind == second->kind && first->parent == second->parent && strcmp (first->string, second->string) == 0;
}

void
tfv_writer_string_free (TfvWriterString *self)
{
  g_free (self->string);
  g_free (self);
}

void
tfv_writer_blob_free (TfvWriterBlob *self)
{
  g_bytes_unref (self->bytes);
  g_free (self);
}

/* A producer goes with its thread or with the writer, whichever is later. */
static void
leave_producer (gpointer data)
{
  TfvProducer *producer = data;

  atomic_store_explicit (&producer->is_writer_gone, TRUE, memory_order_release);
  tfv_producer_unref (producer);
}

static void
tfv_summary_writer_init (TfvSummaryWriter *self)
{
  static _Atomic guint64 n_writers;

  self->serial = atomic_fetch_add (&n_writers, 1) + 1;
  self->host = g_strdup (g_get_host_name ());
  self->uuid = g_uuid_string_random ();
  self->start_wall_ns = tfv_clock_get_ns (CLOCK_REALTIME);
  self->start_monotonic_ns = tfv_clock_get_ns (CLOCK_MONOTONIC);
  self->process_epoch = tfv_process_epoch;
  g_mutex_init (&self->mutex);
  g_cond_init (&self->progress);
  self->producers = g_ptr_array_new_with_free_func (leave_producer);
  self->strings = g_ptr_array_new_with_free_func ((GDestroyNotify) tfv_writer_string_free);
  self->string_ids = g_hash_table_new (hash_string, equal_strings);
  g_queue_init (&self->blobs);
  g_queue_init (&self->unflushed_blobs);
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
      if (self->segment != NULL)
        tfv_event_segment_close (self->segment, NULL);
      g_ptr_array_unref (self->producers);
      g_hash_table_unref (self->string_ids);
      g_ptr_array_unref (self->strings);
      g_queue_clear_full (&self->blobs, (GDestroyNotify) tfv_writer_blob_free);
      g_queue_clear_full (&self->unflushed_blobs, (GDestroyNotify) tfv_writer_blob_free);
      g_clear_error (&self->error);
      g_cond_clear (&self->progress);
      g_mutex_clear (&self->mutex);
      g_free (self->path);
      g_free (self->uuid);
      g_free (self->host);
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

/* The program's signal handlers run on its own threads, not on ours. */
static GThread *
start_thread (TfvSummaryWriter *self, GError **error)
{
  sigset_t all, before;
  GThread *thread;

  sigfillset (&all);
  pthread_sigmask (SIG_SETMASK, &all, &before);
  thread = g_thread_try_new ("tfv-writer", tfv_writer_thread_main, self, error);
  pthread_sigmask (SIG_SETMASK, &before, NULL);

  return thread;
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
 * for the disk nor takes a lock. A thread of the writer's own does the writing.
 * A writer does nothing in a child that the process forks.
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

  if (!tfv_writer_thread_open_segment (self, error))
    return NULL;

  self->thread = start_thread (self, error);
  if (self->thread == NULL)
    return NULL;

  list_open_writer (self);
  atomic_store_explicit (&self->epoch, tfv_process_epoch, memory_order_release);

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
  char *path;

  g_return_val_if_fail (TFV_IS_SUMMARY_WRITER (self), NULL);

  if (self->process_epoch != tfv_process_epoch)
    return NULL;

  g_mutex_lock (&self->mutex);
  path = g_strdup (self->path);
  g_mutex_unlock (&self->mutex);

  return path;
}

/* The slow way to the thread's producer. */
TfvProducer *
tfv_summary_writer_add_producer (TfvSummaryWriter *self)
{
  TfvProducer *producer = tfv_producer_find (self->serial);

  if (producer != NULL)
    return producer;

  producer = tfv_producer_new (self->serial);
  if (producer != NULL)
    {
      g_mutex_lock (&self->mutex);
      g_ptr_array_add (self->producers, producer);
      g_mutex_unlock (&self->mutex);
    }

  return producer;
}

/* Wakes the writer's thread, from whichever sleep. */
void
tfv_summary_writer_kick (TfvSummaryWriter *self)
{
  if (atomic_exchange (&self->sleep, TFV_WRITER_KICKED) != TFV_WRITER_KICKED)
    syscall (SYS_futex, &self->sleep, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

/* Counts a record that came after the writer was closed; those of a child that
 * was forked are nobody's. */
void
tfv_summary_writer_count_late (TfvSummaryWriter *self, guint64 *counter)
{
  if (self->process_epoch != tfv_process_epoch)
    return;

  g_mutex_lock (&self->mutex);
  (*counter)++;
  g_mutex_unlock (&self->mutex);
}

/* The id of a string, made if it is new; @kept gets the writer's own copy. Rows
 * that are pushed afterwards may use the id. */
guint32
tfv_summary_writer_add_string (TfvSummaryWriter *self, guint32 kind, const char *string, guint32 parent, const char **kept)
{
  TfvWriterString  key = { kind, parent, (char *) string };
  TfvWriterString *known;
  guint32          id;

  g_mutex_lock (&self->mutex);
  id = GPOINTER_TO_UINT (g_hash_table_lookup (self->string_ids, &key));
  if (id == 0)
    {
      known = g_new (TfvWriterString, 1);
      *known = (TfvWriterString){ kind, parent, g_strdup (string) };
      g_ptr_array_add (self->strings, known);
      id = self->strings->len;
      g_hash_table_insert (self->string_ids, known, GUINT_TO_POINTER (id));
    }
  if (kept != NULL)
    *kept = ((TfvWriterString *) self->strings->pdata[id - 1])->string;
  g_mutex_unlock (&self->mutex);

  return id;
}

double
tfv_summary_writer_get_wall_time (void)
{
  return (double) tfv_clock_get_ns (CLOCK_REALTIME) * 1e-9;
}

/* Queues a record of any size. One that finds the queue full is dropped and
 * counted. */
void
tfv_summary_writer_add_blob (TfvSummaryWriter *self, TfvRecordKind kind, const char *tag, gint64 step, double wall_time, GBytes *bytes)
{
  gsize          n_bytes = g_bytes_get_size (bytes);
  guint32        id;
  TfvWriterBlob *blob;

  if (!tfv_summary_writer_is_open (self))
    {
      tfv_summary_writer_count_late (self, &self->n_dropped_blobs);
      return;
    }

  id = tfv_summary_writer_add_string (self, kind, tag, 0, NULL);

  g_mutex_lock (&self->mutex);
  if (n_bytes > MAX_BLOB_BYTES - self->blob_bytes)
    {
      self->n_dropped_blobs++;
    }
  else
    {
      blob = g_new (TfvWriterBlob, 1);
      *blob = (TfvWriterBlob){ kind, id, step, wall_time, g_bytes_ref (bytes) };
      g_queue_push_tail (&self->blobs, blob);
      self->blob_bytes += n_bytes;
    }
  g_mutex_unlock (&self->mutex);

  tfv_summary_writer_kick (self);
}

/* Asks the writer's thread for something and waits until it was tried. */
static void
ask (TfvSummaryWriter *self, guint64 *n_asked, const guint64 *n_done)
{
  guint64 ticket;

  g_mutex_lock (&self->mutex);
  ticket = ++*n_asked;
  g_mutex_unlock (&self->mutex);

  tfv_summary_writer_kick (self);

  g_mutex_lock (&self->mutex);
  while (*n_done < ticket)
    g_cond_wait (&self->progress, &self->mutex);
  g_mutex_unlock (&self->mutex);
}

/* What failed since it was asked last. */
static gboolean
take_failure (TfvSummaryWriter *self, GError **error)
{
  GError *failure;

  g_mutex_lock (&self->mutex);
  failure = g_steal_pointer (&self->error);
  g_mutex_unlock (&self->mutex);

  if (failure == NULL)
    return TRUE;

  g_propagate_error (error, failure);
  return FALSE;
}

static gboolean
check_open (TfvSummaryWriter *self, GError **error)
{
  if (tfv_summary_writer_is_open (self))
    return TRUE;

  g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_CLOSED, "%s: the writer is closed", self->logdir);
  return FALSE;
}

/* Waits until all that was added before is with the segment, flushed or not. */
void
tfv_summary_writer_drain (TfvSummaryWriter *self)
{
  ask (self, &self->n_drains_asked, &self->n_drains_done);
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

  ask (self, &self->n_flushes_asked, &self->n_flushes_done);
  return take_failure (self, error);
}

/**
 * tfv_summary_writer_close:
 * @self: a writer
 * @error: return location for a [error@Tfv.StoreError]
 *
 * Writes what was added before, marks the file as cleanly closed and closes it.
 * What is added afterwards is dropped and counted. Closing again does nothing,
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

  if (self->process_epoch != tfv_process_epoch)
    return TRUE;

  atomic_store (&self->epoch, 0);

  g_mutex_lock (&self->mutex);
  self->is_closing = TRUE;
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
 * Returns: the number of scalars, spans and other records together
 */
guint64
tfv_summary_writer_get_n_dropped (TfvSummaryWriter *self)
{
  guint64 n_dropped;

  g_return_val_if_fail (TFV_IS_SUMMARY_WRITER (self), 0);

  if (self->process_epoch != tfv_process_epoch)
    return 0;

  g_mutex_lock (&self->mutex);
  n_dropped = self->n_dropped_scalars + self->n_dropped_spans + self->n_dropped_blobs;
  for (guint i = 0; i < self->producers->len; i++)
    {
      TfvProducer *producer = self->producers->pdata[i];

      n_dropped += tfv_ring_get_n_dropped (producer->scalars) + tfv_ring_get_n_dropped (producer->spans);
    }
  g_mutex_unlock (&self->mutex);

  return n_dropped;
}
