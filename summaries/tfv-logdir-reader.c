/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-logdir-reader-private.h"

#include <stdatomic.h>

#include "summaries/tfv-folder-scan-private.h"
#include "summaries/tfv-run-loader-private.h"

/* How much of a file is read before others get their turn. */
#define BUDGET_BYTES (4 * 1024 * 1024)

/* How often files that grew lately are looked at, and all others and the folders. */
#define ACTIVE_POLL_US (20 * 1000)
#define IDLE_POLL_US G_USEC_PER_SEC

/* A burst of changes in a folder is told at most this often. */
#define MONITOR_RATE_MS 10

/* A flush is several writes: how long the rest of it is waited for, and how much
   time at least is between two looks. */
#define FLUSH_US (2 * 1000)
#define PAUSE_US (8 * 1000)

#define MAX_THREADS 8

typedef struct
{
  TfvRunLoader *loader;
  char         *key;
  char         *directory;
  char         *name;
  guint64       size_bytes;
  gboolean      is_shown;
  TfvPollResult last_result;
} TfvReaderRun;

struct _TfvLogdirReader
{
  TfvLogdirSink  sink;
  TfvFolderScan *scan;
  GPtrArray     *runs;
  GHashTable    *by_key;
  GHashTable    *monitors;
  GHashTable    *dirty_folders;
  GCancellable  *cancellable;
  gboolean       is_live;
  gboolean       is_scan_due;
  gboolean       use_monitors;
  gint64         idle_interval_us;
};

static void
reader_run_free (gpointer data)
{
  TfvReaderRun *run = data;

  tfv_run_loader_free (run->loader);
  g_free (run->key);
  g_free (run->directory);
  g_free (run->name);
  g_free (run);
}

/* Reads what lies at @paths. (transfer full) */
TfvLogdirReader *
tfv_logdir_reader_new (const char *const *paths, const TfvLogdirSink *sink)
{
  TfvLogdirReader *self = g_new0 (TfvLogdirReader, 1);

  self->sink = *sink;
  self->scan = tfv_folder_scan_new (paths, sink->warn, sink->data);
  self->runs = g_ptr_array_new_with_free_func (reader_run_free);
  self->use_monitors = TRUE;
  self->idle_interval_us = IDLE_POLL_US;
  self->by_key = g_hash_table_new (g_str_hash, g_str_equal);
  self->dirty_folders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

void
tfv_logdir_reader_free (TfvLogdirReader *self)
{
  g_hash_table_unref (self->by_key);
  g_ptr_array_unref (self->runs);
  g_hash_table_unref (self->dirty_folders);
  tfv_folder_scan_free (self->scan);
  g_free (self);
}

static TfvReaderRun *
add_run (TfvLogdirReader *self, const TfvFolder *folder, GHashTable *taken)
{
  TfvReaderRun      *reader_run = g_new0 (TfvReaderRun, 1);
  g_autoptr (TfvRun) run = NULL;

  reader_run->key = g_strdup (tfv_folder_get_key (folder));
  reader_run->name = tfv_folder_scan_choose_name (self->scan, folder, taken);
  reader_run->directory = g_strdup (folder->path);
  run = tfv_run_new (reader_run->name, folder->path);
  reader_run->loader = tfv_run_loader_new (run, self->sink.warn, self->sink.data);
  g_ptr_array_add (self->runs, reader_run);
  g_hash_table_insert (self->by_key, reader_run->key, reader_run);
  g_hash_table_add (taken, reader_run->name);
  return reader_run;
}

/* Looks for new folders and files. */
static void
scan (TfvLogdirReader *self)
{
  g_autoptr (GHashTable) taken = g_hash_table_new (g_str_hash, g_str_equal);
  GPtrArray             *folders = tfv_folder_scan_get_folders (self->scan);

  self->is_scan_due = FALSE;
  tfv_folder_scan_update (self->scan);
  for (guint i = 0; i < self->runs->len; i++)
    g_hash_table_add (taken, ((TfvReaderRun *) self->runs->pdata[i])->name);
  for (guint i = 0; i < folders->len; i++)
    {
      TfvFolder    *folder = folders->pdata[i];
      TfvReaderRun *run = g_hash_table_lookup (self->by_key, tfv_folder_get_key (folder));

      if (folder->files->len == 0)
        continue;
      if (run == NULL)
        run = add_run (self, folder, taken);
      for (guint j = 0; j < folder->files->len; j++)
        tfv_run_loader_add_file (run->loader, folder->files->pdata[j]);
    }
}

/* Reads on in one run, and shows it once it has something to show. */
static TfvPollResult
poll_run (TfvLogdirReader *self, TfvReaderRun *run, gboolean look_at_all)
{
  g_auto (GStrv) files = NULL;
  TfvPollResult  result;

  tfv_run_loader_set_live (run->loader, self->is_live);
  result = tfv_run_loader_poll (run->loader, look_at_all, BUDGET_BYTES);
  run->last_result = result;
  if (!run->is_shown && (result & TFV_POLL_CHANGED) != 0)
    {
      files = tfv_run_dup_files (tfv_run_loader_get_run (run->loader));
      if (files[0] != NULL)
        {
          run->is_shown = TRUE;
          self->sink.add_run (self->sink.data, tfv_run_loader_get_run (run->loader));
        }
    }
  if ((result & TFV_POLL_CHANGED) != 0)
    self->sink.changed (self->sink.data);
  return result;
}

static void
read_whole_run (TfvLogdirReader *self, TfvReaderRun *run)
{
  while (!g_cancellable_is_cancelled (self->cancellable) && (poll_run (self, run, TRUE) & TFV_POLL_HAS_MORE) != 0)
    ;
}

/* What the threads of the first pass share: each takes the next run in turn. */
typedef struct
{
  TfvLogdirReader *reader;
  GPtrArray       *order;
  atomic_uint      next;
} TfvFirstPass;

static gpointer
read_runs (gpointer data)
{
  TfvFirstPass *pass = data;

  for (guint i = atomic_fetch_add (&pass->next, 1); i < pass->order->len; i = atomic_fetch_add (&pass->next, 1))
    read_whole_run (pass->reader, pass->order->pdata[i]);
  return NULL;
}

static int
compare_sizes (gconstpointer a, gconstpointer b)
{
  const TfvReaderRun *left = *(TfvReaderRun *const *) a, *right = *(TfvReaderRun *const *) b;

  return left->size_bytes < right->size_bytes ? 1 : left->size_bytes > right->size_bytes ? -1
                                                                                         : 0;
}

/* Reads everything there is: runs side by side, the largest first, the files of
   a run in their order. */
static void
read_all (TfvLogdirReader *self)
{
  g_autoptr (GPtrArray) order = g_ptr_array_new ();
  guint                 n_threads = MIN (MIN (g_get_num_processors (), MAX_THREADS), self->runs->len);
  GThread              *threads[MAX_THREADS];
  TfvFirstPass          pass = { .reader = self, .order = order };

  for (guint i = 0; i < self->runs->len; i++)
    {
      TfvReaderRun *run = self->runs->pdata[i];

      run->size_bytes = tfv_run_loader_get_size_bytes (run->loader);
      g_ptr_array_add (order, run);
    }
  g_ptr_array_sort (order, compare_sizes);
  for (guint i = 1; i < n_threads; i++)
    threads[i] = g_thread_new ("tfv-load", read_runs, &pass);
  read_runs (&pass);
  for (guint i = 1; i < n_threads; i++)
    g_thread_join (threads[i]);
}

/* One pass over everything, for files that nobody writes. */
gboolean
tfv_logdir_reader_load (TfvLogdirReader *self, GCancellable *cancellable, GError **error)
{
  if (!tfv_folder_scan_check_paths (self->scan, error))
    return FALSE;
  self->cancellable = cancellable;
  self->is_live = FALSE;
  scan (self);
  read_all (self);
  self->cancellable = NULL;
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  for (guint i = 0; i < self->runs->len; i++)
    tfv_run_loader_finish (((TfvReaderRun *) self->runs->pdata[i])->loader);
  return TRUE;
}

static void
on_monitor_changed (GFileMonitor *monitor, GFile *file, GFile *other, GFileMonitorEvent event, gpointer data)
{
  TfvLogdirReader *self = data;
  const char      *folder = g_object_get_data (G_OBJECT (monitor), "tfv-folder");

  if (event != G_FILE_MONITOR_EVENT_CHANGED && event != G_FILE_MONITOR_EVENT_CHANGES_DONE_HINT && event != G_FILE_MONITOR_EVENT_ATTRIBUTE_CHANGED)
    {
      tfv_folder_scan_touch (self->scan, folder);
      self->is_scan_due = TRUE;
    }
  g_hash_table_add (self->dirty_folders, g_strdup (folder));
}

/* Watches the folders that are not watched yet. Where the system can't, on a
   network file system or when it has run out of watches, they are polled only. */
static void
update_monitors (TfvLogdirReader *self)
{
  GPtrArray             *folders = tfv_folder_scan_get_folders (self->scan);
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter         iter;
  gpointer               path;

  for (guint i = 0; i < folders->len; i++)
    {
      const char       *folder = ((TfvFolder *) folders->pdata[i])->path;
      g_autoptr (GFile) file = NULL;
      GFileMonitor     *monitor;

      g_hash_table_add (known, (gpointer) folder);
      if (g_hash_table_contains (self->monitors, folder))
        continue;
      file = g_file_new_for_path (folder);
      monitor = g_file_monitor_directory (file, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL);
      if (monitor != NULL)
        {
          g_file_monitor_set_rate_limit (monitor, MONITOR_RATE_MS);
          g_object_set_data_full (G_OBJECT (monitor), "tfv-folder", g_strdup (folder), g_free);
          g_signal_connect (monitor, "changed", G_CALLBACK (on_monitor_changed), self);
        }
      g_hash_table_insert (self->monitors, g_strdup (folder), monitor);
    }
  g_hash_table_iter_init (&iter, self->monitors);
  while (g_hash_table_iter_next (&iter, &path, NULL))
    if (!g_hash_table_contains (known, path))
      g_hash_table_iter_remove (&iter);
}

static void
free_monitor (gpointer monitor)
{
  if (monitor == NULL)
    return;
  g_file_monitor_cancel (monitor);
  g_object_unref (monitor);
}

static void
remove_empty_runs (TfvLogdirReader *self)
{
  for (guint i = self->runs->len; i-- > 0;)
    {
      TfvReaderRun *run = self->runs->pdata[i];

      if (tfv_run_loader_get_n_files (run->loader) > 0)
        continue;
      if (run->is_shown)
        {
          self->sink.remove_run (self->sink.data, tfv_run_loader_get_run (run->loader));
          self->sink.changed (self->sink.data);
        }
      g_hash_table_remove (self->by_key, run->key);
      g_ptr_array_remove_index (self->runs, i);
    }
}

/* Looks once at the runs that are worth it. Returns how long to wait then. */
static gint64
poll_runs (TfvLogdirReader *self, gboolean look_at_all)
{
  TfvPollResult all = 0;

  for (guint i = 0; i < self->runs->len && !g_cancellable_is_cancelled (self->cancellable); i++)
    {
      TfvReaderRun *run = self->runs->pdata[i];
      gboolean      is_dirty = look_at_all || g_hash_table_contains (self->dirty_folders, run->directory);

      if (is_dirty || (run->last_result & (TFV_POLL_HAS_MORE | TFV_POLL_ACTIVE)) != 0)
        all |= poll_run (self, run, is_dirty);
    }
  g_hash_table_remove_all (self->dirty_folders);
  remove_empty_runs (self);
  if ((all & TFV_POLL_HAS_MORE) != 0)
    return 0;
  return (all & TFV_POLL_ACTIVE) != 0 ? ACTIVE_POLL_US : self->idle_interval_us;
}

static gboolean
on_tick (gpointer source)
{
  g_source_set_ready_time (source, -1);
  return G_SOURCE_CONTINUE;
}

static gboolean
dispatch_tick (GSource *source, GSourceFunc callback, gpointer data)
{
  return callback (data);
}

/* Sleeps until @end_us, or until soon after a watch told of a change. The watches
   wake the thread at every single write to any file, thousands of times a second:
   that alone is no reason to look. */
static void
rest (TfvLogdirReader *self, GMainContext *context, GSource *tick, gint64 start_us, gint64 end_us)
{
  g_source_set_ready_time (tick, end_us);
  while (g_source_get_ready_time (tick) >= 0 && !g_cancellable_is_cancelled (self->cancellable))
    {
      g_main_context_iteration (context, TRUE);
      if (g_source_get_ready_time (tick) == end_us && (self->is_scan_due || g_hash_table_size (self->dirty_folders) > 0))
        g_source_set_ready_time (tick, MIN (end_us - 1, MAX (g_get_monotonic_time () + FLUSH_US, start_us + PAUSE_US)));
    }
}

/* Whether the system's own watching of folders is used, and how often what is
   idle is looked at in any case. Before the start. */
void
tfv_logdir_reader_set_polling (TfvLogdirReader *self, gboolean use_monitors, gint64 idle_interval_us)
{
  self->use_monitors = use_monitors;
  self->idle_interval_us = idle_interval_us;
}

/* Keeps up with everything until @stop is cancelled and @context, that of the
   calling thread, woken up. */
void
tfv_logdir_reader_follow (TfvLogdirReader *self, GMainContext *context, GCancellable *stop, TfvFirstPassFunc first_pass_done)
{
  static GSourceFuncs tick_funcs = { .dispatch = dispatch_tick };
  g_autoptr (GSource) tick = g_source_new (&tick_funcs, sizeof (GSource));
  gint64              next_scan_us, wait_us;

  g_source_set_callback (tick, on_tick, tick, NULL);
  g_source_attach (tick, context);
  self->monitors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_monitor);
  self->cancellable = stop;
  self->is_live = TRUE;

  scan (self);
  if (self->use_monitors)
    update_monitors (self);
  read_all (self);
  first_pass_done (self->sink.data);
  next_scan_us = g_get_monotonic_time () + self->idle_interval_us;

  while (!g_cancellable_is_cancelled (stop))
    {
      gint64   now_us = g_get_monotonic_time ();
      gboolean is_due = now_us >= next_scan_us;

      wait_us = poll_runs (self, is_due);
      if (is_due || self->is_scan_due)
        {
          scan (self);
          if (self->use_monitors)
            update_monitors (self);
          /* What is new is looked at at once. */
          wait_us = MIN (wait_us, poll_runs (self, FALSE));
        }
      if (is_due)
        next_scan_us = now_us + self->idle_interval_us;
      if (wait_us > 0)
        rest (self, context, tick, now_us, MIN (now_us + wait_us, next_scan_us));
      while (g_main_context_iteration (context, FALSE))
        ;
    }
  g_source_destroy (tick);
  g_clear_pointer (&self->monitors, g_hash_table_unref);
  self->cancellable = NULL;
}
