/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-logdir-private.h"

#include <string.h>

#include "summaries/tfv-logdir-reader-private.h"

#define MAX_WARNINGS 100

/* How long the end of the reading thread is waited for: a server that does not
   answer may hold it for ever. */
#define END_PATIENCE_US (2 * G_USEC_PER_SEC)

/* After how long it is told that something does not answer, and how often within
   that time it is asked. */
#define STALL_US (5 * G_USEC_PER_SEC)
#define STALL_LOOKS 2

/* Leads from a signal that is still to be emitted to the logdir, for as long as
   there is one. */
typedef struct
{
  GMutex     lock;
  TfvLogdir *logdir;
} TfvLogdirLink;

struct _TfvLogdir
{
  GObject parent_instance;

  char           **paths;
  TfvLogdirReader *reader;
  GThread         *thread;
  GCancellable    *stop;
  GMainContext    *context;
  _Atomic gboolean is_loaded;
  _Atomic guint64  generation;

  GMutex     lock;
  GCond      ended;
  gint64     stall_us;
  gint64     end_patience_us;
  gboolean   is_running;
  gboolean   is_abandoned;
  GPtrArray *runs;
  GPtrArray *warnings;
  GSource   *pending;
  GSource   *stall_look;

  TfvLogdirLink *link;
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (TfvLogdir, tfv_logdir, G_TYPE_OBJECT)

static void
link_clear (gpointer data)
{
  g_mutex_clear (&((TfvLogdirLink *) data)->lock);
}

static void
link_release (gpointer data)
{
  g_atomic_rc_box_release_full (data, link_clear);
}

static void
tfv_logdir_dispose (GObject *object)
{
  TfvLogdir *self = TFV_LOGDIR (object);

  g_mutex_lock (&self->link->lock);
  self->link->logdir = NULL;
  g_mutex_unlock (&self->link->lock);
  tfv_logdir_stop (TFV_LOGDIR (object));
  G_OBJECT_CLASS (tfv_logdir_parent_class)->dispose (object);
}

static void
tfv_logdir_finalize (GObject *object)
{
  TfvLogdir *self = TFV_LOGDIR (object);

  g_clear_pointer (&self->reader, tfv_logdir_reader_free);
  link_release (self->link);
  g_ptr_array_unref (self->runs);
  g_ptr_array_unref (self->warnings);
  g_strfreev (self->paths);
  g_clear_object (&self->stop);
  g_cond_clear (&self->ended);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (tfv_logdir_parent_class)->finalize (object);
}

static void
tfv_logdir_class_init (TfvLogdirClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tfv_logdir_dispose;
  G_OBJECT_CLASS (klass)->finalize = tfv_logdir_finalize;

  /**
   * TfvLogdir::changed:
   * @self: a logdir
   *
   * Something changed: a run or a tag is new or gone, or something has grown.
   * Emitted after [method@Tfv.Logdir.start] only, in the main context that was
   * the thread's default there, and once for whatever changed since the last
   * time.
   */
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", TFV_TYPE_LOGDIR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
tfv_logdir_init (TfvLogdir *self)
{
  g_mutex_init (&self->lock);
  g_cond_init (&self->ended);
  self->stall_us = STALL_US;
  self->end_patience_us = END_PATIENCE_US;
  self->link = g_atomic_rc_box_new0 (TfvLogdirLink);
  g_mutex_init (&self->link->lock);
  self->link->logdir = self;
  self->runs = g_ptr_array_new_with_free_func (g_object_unref);
  self->warnings = g_ptr_array_new_with_free_func (g_free);
}

static gboolean
emit_changed (gpointer data)
{
  TfvLogdirLink        *link = data;
  g_autoptr (TfvLogdir) self = NULL;

  /* A reference that is taken while the logdir is disposed of keeps it. */
  g_mutex_lock (&link->lock);
  if (link->logdir != NULL)
    self = g_object_ref (link->logdir);
  g_mutex_unlock (&link->lock);
  if (self == NULL)
    return G_SOURCE_REMOVE;
  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->pending, g_source_unref);
  g_mutex_unlock (&self->lock);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
  return G_SOURCE_REMOVE;
}

/* Has the signal emitted, soon and once, where there is somebody to hear it. */
static void
on_changed (gpointer data)
{
  TfvLogdir *self = data;

  self->generation++;
  g_mutex_lock (&self->lock);
  if (self->context != NULL && self->pending == NULL)
    {
      self->pending = g_idle_source_new ();
      g_source_set_priority (self->pending, G_PRIORITY_DEFAULT);
      g_source_set_callback (self->pending, emit_changed, g_atomic_rc_box_acquire (self->link), link_release);
      g_source_attach (self->pending, self->context);
    }
  g_mutex_unlock (&self->lock);
}

static void
on_run_added (gpointer data, TfvRun *run)
{
  TfvLogdir *self = data;
  guint      low = 0, high;

  g_mutex_lock (&self->lock);
  for (high = self->runs->len; low < high;)
    {
      guint middle = low + (high - low) / 2;

      if (strcmp (tfv_run_get_name (self->runs->pdata[middle]), tfv_run_get_name (run)) < 0)
        low = middle + 1;
      else
        high = middle;
    }
  g_ptr_array_insert (self->runs, (int) low, g_object_ref (run));
  g_mutex_unlock (&self->lock);
}

static void
on_run_removed (gpointer data, TfvRun *run)
{
  TfvLogdir *self = data;

  g_mutex_lock (&self->lock);
  g_ptr_array_remove (self->runs, run);
  g_mutex_unlock (&self->lock);
}

static void
on_warning (gpointer data, const char *warning)
{
  TfvLogdir *self = data;
  gboolean   is_new;

  g_mutex_lock (&self->lock);
  is_new = self->warnings->len < MAX_WARNINGS && !g_ptr_array_find_with_equal_func (self->warnings, warning, g_str_equal, NULL);
  if (is_new)
    g_ptr_array_add (self->warnings, g_utf8_make_valid (warning, -1));
  g_mutex_unlock (&self->lock);
  if (is_new)
    on_changed (self);
}

static void
on_first_pass_done (gpointer data)
{
  TfvLogdir *self = data;

  self->is_loaded = TRUE;
  on_changed (self);
}

/**
 * tfv_logdir_new:
 * @paths: (array zero-terminated=1) (element-type filename): files and folders,
 *   at least one; they need not be there yet
 *
 * Prepares to look at files and folders; reads nothing yet. Each folder below a
 * path that has an event file in it is a run, and so is a path that is a file.
 *
 * Returns: (transfer full): a new logdir
 */
TfvLogdir *
tfv_logdir_new (const char *const *paths)
{
  TfvLogdir    *self = g_object_new (TFV_TYPE_LOGDIR, NULL);
  TfvLogdirSink sink = { on_run_added, on_run_removed, on_warning, on_changed, self };

  self->paths = g_strdupv ((char **) paths);
  self->reader = tfv_logdir_reader_new (paths, &sink);
  return self;
}

/* How what is idle is watched; for tests of where the system can't watch
   folders. Before the start. */
void
tfv_logdir_set_polling (TfvLogdir *self, gboolean use_watch, gint64 quiet_interval_us)
{
  tfv_logdir_reader_set_polling (self->reader, use_watch, quiet_interval_us);
}

/* After how long it is told that something does not answer, and how long the end
   of the reading is waited for; for tests. Before the start. */
void
tfv_logdir_set_patience (TfvLogdir *self, gint64 stall_us, gint64 end_patience_us)
{
  self->stall_us = stall_us;
  self->end_patience_us = end_patience_us;
}

/**
 * tfv_logdir_load:
 * @self: a logdir that was not started
 * @cancellable: (nullable): stops the reading early
 * @error: return location for an error
 *
 * Reads everything that is there, once, and waits for it. Runs are read side by
 * side on threads of their own. Damaged files are no errors: what is whole is
 * given, and what is not is told as a warning of the run. Emits no signal.
 *
 * Returns: %FALSE with @error set where one of the paths is not there, or the
 *   reading was cancelled
 */
gboolean
tfv_logdir_load (TfvLogdir *self, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (TFV_IS_LOGDIR (self), FALSE);
  g_return_val_if_fail (self->thread == NULL, FALSE);

  if (!tfv_logdir_reader_load (self->reader, cancellable, error))
    return FALSE;
  self->is_loaded = TRUE;
  return TRUE;
}

static gpointer
follow (gpointer data)
{
  TfvLogdir *self = data;
  gboolean   is_abandoned;

  tfv_logdir_reader_follow (self->reader, self->stop, on_first_pass_done);
  g_mutex_lock (&self->lock);
  self->is_running = FALSE;
  is_abandoned = self->is_abandoned;
  self->is_abandoned = FALSE;
  g_cond_signal (&self->ended);
  g_mutex_unlock (&self->lock);
  if (is_abandoned)
    g_object_unref (self);
  return NULL;
}

/* A thread that waits for a server can't tell that it does. */
static gboolean
look_for_stall (gpointer data)
{
  TfvLogdir       *self = data;
  g_autofree char *path = tfv_logdir_reader_dup_stalled (self->reader, self->stall_us);
  g_autofree char *warning = NULL;

  if (path != NULL)
    {
      warning = g_strdup_printf ("%s: does not answer; nothing new is seen until it does", path);
      on_warning (self, warning);
    }
  return G_SOURCE_CONTINUE;
}

/**
 * tfv_logdir_start:
 * @self: a logdir
 *
 * Starts to read and to follow what is written, on a thread of its own. Returns
 * at once. A path that is not there is waited for. [signal@Tfv.Logdir::changed]
 * tells of news in the main context that is the calling thread's default now.
 * Does nothing where it was started before, or where the thread that was stopped
 * still waits for a file system that does not answer.
 */
void
tfv_logdir_start (TfvLogdir *self)
{
  gboolean is_running;

  g_return_if_fail (TFV_IS_LOGDIR (self));

  g_mutex_lock (&self->lock);
  is_running = self->is_running;
  self->is_running = TRUE;
  g_mutex_unlock (&self->lock);
  if (is_running)
    return;
  self->context = g_main_context_ref_thread_default ();
  g_clear_object (&self->stop);
  self->stop = g_cancellable_new ();
  self->stall_look = g_timeout_source_new ((guint) (self->stall_us / 1000 / STALL_LOOKS));
  g_source_set_callback (self->stall_look, look_for_stall, self, NULL);
  g_source_attach (self->stall_look, self->context);
  self->thread = g_thread_new ("tfv-logdir", follow, self);
}

/* Waits for the thread's end. One that does not come to it keeps the logdir. */
static void
wait_for_end (TfvLogdir *self)
{
  gint64 end_us = g_get_monotonic_time () + self->end_patience_us;

  g_mutex_lock (&self->lock);
  while (self->is_running && !self->is_abandoned)
    if (!g_cond_wait_until (&self->ended, &self->lock, end_us) && self->is_running)
      {
        self->is_abandoned = TRUE;
        g_object_ref (self);
      }
  if (self->is_abandoned)
    g_thread_unref (self->thread);
  else
    g_thread_join (self->thread);
  self->thread = NULL;
  g_mutex_unlock (&self->lock);
}

/**
 * tfv_logdir_stop:
 * @self: a logdir
 *
 * Stops following and waits until the reading threads have ended, but not for
 * more than two seconds: threads that a file system holds end when it answers,
 * and tell nobody. What was read stays, and [method@Tfv.Logdir.start] goes on from
 * there. The thread that started it.
 */
void
tfv_logdir_stop (TfvLogdir *self)
{
  GSource *pending;

  g_return_if_fail (TFV_IS_LOGDIR (self));

  if (self->thread == NULL)
    return;
  g_source_destroy (self->stall_look);
  g_clear_pointer (&self->stall_look, g_source_unref);
  g_cancellable_cancel (self->stop);
  wait_for_end (self);

  g_mutex_lock (&self->lock);
  pending = g_steal_pointer (&self->pending);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_mutex_unlock (&self->lock);
  if (pending != NULL)
    {
      g_source_destroy (pending);
      g_source_unref (pending);
    }
}

/**
 * tfv_logdir_dup_paths:
 * @self: a logdir
 *
 * The files and folders that it looks at. Any thread.
 *
 * Returns: (transfer full) (array zero-terminated=1) (element-type filename): their paths
 */
char **
tfv_logdir_dup_paths (TfvLogdir *self)
{
  return g_strdupv (self->paths);
}

/**
 * tfv_logdir_dup_runs:
 * @self: a logdir
 *
 * The runs that there are now, sorted by name. Any thread.
 *
 * Returns: (transfer container) (element-type TfvRun): the runs
 */
GPtrArray *
tfv_logdir_dup_runs (TfvLogdir *self)
{
  GPtrArray *runs = g_ptr_array_new_with_free_func (g_object_unref);

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->runs->len; i++)
    g_ptr_array_add (runs, g_object_ref (self->runs->pdata[i]));
  g_mutex_unlock (&self->lock);
  return runs;
}

/**
 * tfv_logdir_dup_warnings:
 * @self: a logdir
 *
 * What was wrong with folders, and with files that gave no run, one line each.
 * Those of a run are had from [method@Tfv.Run.dup_warnings]. Any thread.
 *
 * Returns: (transfer full) (array zero-terminated=1): the warnings
 */
char **
tfv_logdir_dup_warnings (TfvLogdir *self)
{
  GPtrArray *warnings = g_ptr_array_new ();

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->warnings->len; i++)
    g_ptr_array_add (warnings, g_strdup (self->warnings->pdata[i]));
  g_mutex_unlock (&self->lock);
  g_ptr_array_add (warnings, NULL);
  return (char **) g_ptr_array_free (warnings, FALSE);
}

/**
 * tfv_logdir_is_loaded:
 * @self: a logdir
 *
 * Whether everything that was there at the start has been read. Any thread.
 *
 * Returns: %TRUE after the first pass
 */
gboolean
tfv_logdir_is_loaded (TfvLogdir *self)
{
  return self->is_loaded;
}

/**
 * tfv_logdir_get_generation:
 * @self: a logdir
 *
 * A number that grows whenever anything changed. Any thread.
 *
 * Returns: the generation
 */
guint64
tfv_logdir_get_generation (TfvLogdir *self)
{
  return self->generation;
}
