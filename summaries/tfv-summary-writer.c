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

/* How often it is looked whether what is waited for has come, unless told. */
#define LOOK_NS 1000000000

/* How long it is tried to write what a program left that was killed while its
 * disk was full. */
#define PATIENCE_NS (G_GINT64_CONSTANT (60) * 1000000000)

G_DEFINE_FINAL_TYPE (TfvSummaryWriter, tfv_summary_writer, G_TYPE_OBJECT)

static void
tfv_summary_writer_init (TfvSummaryWriter *self)
{
  static _Atomic guint64 n_writers;

  self->serial = atomic_fetch_add (&n_writers, 1) + 1;
  self->process_epoch = tfv_process_epoch;
  g_mutex_init (&self->mutex);
  self->ids = tfv_summary_writer_create_ids ();
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
make_region (TfvSummaryWriter *self, gint64 sync_ns, GError **error)
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
  header->sync_ns = sync_ns;
  header->patience_ns = PATIENCE_NS;
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
      tfv_writer_region_wait (&header->progress, progress, LOOK_NS);
    }

  if (atomic_load (&header->stage) == TFV_WRITER_STARTED)
    return TRUE;

  g_thread_join (g_steal_pointer (&self->thread));
  take_failure (self, error);
  return FALSE;
}

static TfvSummaryWriter *
create (const char *logdir, gint64 sync_ns, GError **error)
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

  if (!make_region (self, sync_ns, error))
    return NULL;

  self->thread = start_thread (self, error);
  if (self->thread == NULL || !wait_for_start (self, error))
    return NULL;

  tfv_open_writers_add (self);
  atomic_store_explicit (&self->open_serial, self->serial, memory_order_release);

  return g_steal_pointer (&self);
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
 * does. A writer does nothing in a child that the process forks. A record may
 * have 256 MiB, less where there is little address space; one that has more is
 * dropped, counted and told of.
 *
 * With `TFV_SYNC=SECONDS` in the environment the writer is one of
 * [ctor@Tfv.SummaryWriter.new_synced], with that interval.
 *
 * Returns: (transfer full): a writer, or %NULL when no file can be made there
 */
TfvSummaryWriter *
tfv_summary_writer_new (const char *logdir, GError **error)
{
  const char *seconds = g_getenv ("TFV_SYNC");
  double      interval_ns = seconds != NULL ? g_ascii_strtod (seconds, NULL) * 1e9 : 0;

  return create (logdir, interval_ns > 0 ? (gint64) MIN (interval_ns, 1e18) : 0, error);
}

/**
 * tfv_summary_writer_new_synced:
 * @logdir: (type filename): folder of the run; made, with its parents, if it is
 *   not there
 * @sync_interval_ns: how old what is not on the disk may get, more than 0; a
 *   second is a good choice
 * @error: return location for a [error@Tfv.StoreError]
 *
 * Starts an event file that also survives a loss of power: whenever something is
 * made visible, the disk is waited for before and after. Readers see what is
 * added only then, so the interval is also how late they may be;
 * [method@Tfv.SummaryWriter.flush] does it at once. The calling threads wait for
 * nothing, but what is added faster than some 500,000 a second makes for more
 * syncs. See [ctor@Tfv.SummaryWriter.new] for the rest.
 *
 * Returns: (transfer full): a writer, or %NULL when no file can be made there
 */
TfvSummaryWriter *
tfv_summary_writer_new_synced (const char *logdir, gint64 sync_interval_ns, GError **error)
{
  g_return_val_if_fail (sync_interval_ns > 0, NULL);

  return create (logdir, sync_interval_ns, error);
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

double
tfv_summary_writer_get_wall_time (void)
{
  return (double) tfv_clock_get_ns (CLOCK_REALTIME) * 1e-9;
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
      tfv_writer_region_wait (&header->progress, progress, LOOK_NS);
    }
}

static gboolean
check_open (TfvSummaryWriter *self, GError **error)
{
  if (tfv_summary_writer_is_open (self))
    return TRUE;

  if (self->process_epoch != tfv_process_epoch)
    g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_CLOSED, "%s: the writer is of the process that this one was forked from", self->logdir);
  else
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
 *   last call, when the writer was closed, or in a child that was forked
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
 * What is added afterwards is dropped and counted, and told of once. Closing
 * again does nothing, and so does closing in a child that was forked. The last
 * reference that goes closes the writer too, as does the exit of the process.
 * Any thread, but no other thread may add meanwhile if its records matter.
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
  tfv_open_writers_remove (self);

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
