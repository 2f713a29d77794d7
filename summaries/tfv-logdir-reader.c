/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-logdir-reader-private.h"

#include <stdatomic.h>

#include "summaries/tfv-folder-scan-private.h"
#include "summaries/tfv-folder-watch-private.h"
#include "summaries/tfv-logdir-run-private.h"

/* How much of a file is read before others get their turn. */
#define BUDGET_BYTES (4 * 1024 * 1024)

/* How often what is quiet is looked at. */
#define QUIET_LOOK_US G_USEC_PER_SEC

/* After a pass at least this many times its own length is slept. */
#define SLEEP_RATIO 3

/* Runs that are due so soon are looked at together. */
#define SLACK_US 1000

#define MAX_THREADS 8

/* What a thread is at, for who wants to know why nothing comes. */
typedef struct
{
  gint64 since_us;
  char  *path;
} TfvReaderWork;

struct _TfvLogdirReader
{
  TfvLogdirSink   sink;
  TfvFolderScan  *scan;
  GPtrArray      *runs;
  GHashTable     *by_key;
  TfvFolderWatch *watch;
  GHashTable     *by_directory;
  GCancellable   *cancellable;
  gboolean        is_live;
  gboolean        is_scan_due;
  gboolean        use_watch;
  gint64          quiet_interval_us;
  gint64          pass_us;

  GMutex        work_lock;
  TfvReaderWork work[MAX_THREADS];
};

/* Reads what lies at @paths. (transfer full) */
TfvLogdirReader *
tfv_logdir_reader_new (const char *const *paths, const TfvLogdirSink *sink)
{
  TfvLogdirReader *self = g_new0 (TfvLogdirReader, 1);

  self->sink = *sink;
  self->scan = tfv_folder_scan_new (paths, sink->warn, sink->data);
  self->runs = g_ptr_array_new_with_free_func (tfv_logdir_run_free);
  self->use_watch = TRUE;
  self->quiet_interval_us = QUIET_LOOK_US;
  self->by_key = g_hash_table_new (g_str_hash, g_str_equal);
  self->by_directory = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  g_mutex_init (&self->work_lock);
  return self;
}

void
tfv_logdir_reader_free (TfvLogdirReader *self)
{
  g_hash_table_unref (self->by_key);
  g_hash_table_unref (self->by_directory);
  g_ptr_array_unref (self->runs);
  tfv_folder_scan_free (self->scan);
  for (guint i = 0; i < MAX_THREADS; i++)
    g_free (self->work[i].path);
  g_mutex_clear (&self->work_lock);
  g_free (self);
}

/* Notes what thread @index is at; %NULL when it is done with it. */
static void
note_work (TfvLogdirReader *self, guint index, const char *path)
{
  TfvReaderWork *work = &self->work[index];

  g_mutex_lock (&self->work_lock);
  work->since_us = path != NULL ? g_get_monotonic_time () : 0;
  if (path != NULL && g_strcmp0 (work->path, path) != 0)
    {
      g_free (work->path);
      work->path = g_strdup (path);
    }
  g_mutex_unlock (&self->work_lock);
}

/* What is being read for longer than @patience_us, on a server that does not answer
   say, or %NULL. Any thread. (transfer full) */
char *
tfv_logdir_reader_dup_stalled (TfvLogdirReader *self, gint64 patience_us)
{
  gint64 now_us = g_get_monotonic_time ();
  char  *path = NULL;

  g_mutex_lock (&self->work_lock);
  for (guint i = 0; i < MAX_THREADS && path == NULL; i++)
    if (self->work[i].since_us != 0 && now_us - self->work[i].since_us > patience_us)
      path = g_strdup (self->work[i].path);
  g_mutex_unlock (&self->work_lock);
  return path;
}

static TfvLogdirRun *
add_run (TfvLogdirReader *self, const TfvFolder *folder, GHashTable *taken)
{
  TfvLogdirRun      *reader_run = g_new0 (TfvLogdirRun, 1);
  g_autoptr (TfvRun) run = NULL;
  GPtrArray         *siblings;

  reader_run->key = g_strdup (tfv_folder_get_key (folder));
  reader_run->name = tfv_folder_scan_choose_name (self->scan, folder, taken);
  reader_run->directory = g_strdup (folder->path);
  run = tfv_run_new (reader_run->name, folder->path);
  reader_run->loader = tfv_run_loader_new (run, self->sink.warn, self->sink.data);
  g_ptr_array_add (self->runs, reader_run);
  g_hash_table_insert (self->by_key, reader_run->key, reader_run);
  g_hash_table_add (taken, reader_run->name);

  siblings = g_hash_table_lookup (self->by_directory, folder->path);
  if (siblings == NULL)
    {
      siblings = g_ptr_array_new ();
      g_hash_table_insert (self->by_directory, g_strdup (folder->path), siblings);
    }
  g_ptr_array_add (siblings, reader_run);
  return reader_run;
}

static void
remove_run (TfvLogdirReader *self, guint index)
{
  TfvLogdirRun *run = self->runs->pdata[index];
  GPtrArray    *siblings = g_hash_table_lookup (self->by_directory, run->directory);

  if (run->is_shown)
    {
      self->sink.remove_run (self->sink.data, tfv_run_loader_get_run (run->loader));
      self->sink.changed (self->sink.data);
    }
  tfv_folder_scan_forget (self->scan, run->key);
  g_ptr_array_remove (siblings, run);
  if (siblings->len == 0)
    g_hash_table_remove (self->by_directory, run->directory);
  g_hash_table_remove (self->by_key, run->key);
  g_ptr_array_remove_index (self->runs, index);
}

/* The names that runs have. (transfer full) */
static GHashTable *
collect_names (TfvLogdirReader *self)
{
  GHashTable *names = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < self->runs->len; i++)
    g_hash_table_add (names, ((TfvLogdirRun *) self->runs->pdata[i])->name);
  return names;
}

/* Gives the files of folders that have changed to their runs. */
static void
take_files (TfvLogdirReader *self)
{
  GPtrArray             *folders = tfv_folder_scan_get_folders (self->scan);
  g_autoptr (GHashTable) taken = NULL;

  for (guint i = 0; i < folders->len; i++)
    {
      TfvFolder    *folder = folders->pdata[i];
      TfvLogdirRun *run;

      if (!folder->is_changed)
        continue;
      folder->is_changed = FALSE;
      if (folder->files->len == 0)
        continue;
      run = g_hash_table_lookup (self->by_key, tfv_folder_get_key (folder));
      if (taken == NULL)
        taken = collect_names (self);
      if (run == NULL)
        run = add_run (self, folder, taken);
      for (guint j = 0; j < folder->files->len; j++)
        tfv_run_loader_add_file (run->loader, folder->files->pdata[j]);
      run->next_all_us = 0;
      run->next_us = 0;
    }
}

/* Looks for new folders and files, in those that were touched or in all. */
static void
scan (TfvLogdirReader *self, gboolean look_at_all)
{
  self->is_scan_due = FALSE;
  tfv_folder_scan_update (self->scan, look_at_all);
  take_files (self);
}

/* Reads on in one run, and shows it once it has something to show. */
static TfvPollResult
poll_run (TfvLogdirReader *self, TfvLogdirRun *run, gboolean look_at_all)
{
  g_auto (GStrv) files = NULL;
  TfvPollResult  result;

  tfv_run_loader_set_live (run->loader, self->is_live);
  result = tfv_run_loader_poll (run->loader, look_at_all, BUDGET_BYTES);
  run->is_active = (result & TFV_POLL_ACTIVE) != 0;
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
plan_look (TfvLogdirReader *self, TfvLogdirRun *run, gboolean was_all, TfvPollResult result)
{
  gboolean is_told = self->watch != NULL && tfv_folder_watch_is_told (self->watch, run->directory);

  tfv_logdir_run_plan (run, is_told, self->quiet_interval_us, was_all, result);
}

static void
read_whole_run (TfvLogdirReader *self, TfvLogdirRun *run, guint thread)
{
  TfvPollResult result = TFV_POLL_HAS_MORE;

  while (!g_cancellable_is_cancelled (self->cancellable) && (result & TFV_POLL_HAS_MORE) != 0)
    {
      note_work (self, thread, run->directory);
      result = poll_run (self, run, TRUE);
    }
  note_work (self, thread, NULL);
  plan_look (self, run, TRUE, result);
}

/* What the threads of the first pass share: each takes the next run in turn. */
typedef struct
{
  TfvLogdirReader *reader;
  GPtrArray       *order;
  atomic_uint      next;
  atomic_uint      n_threads;
} TfvFirstPass;

static gpointer
read_runs (gpointer data)
{
  TfvFirstPass *pass = data;
  guint         thread = atomic_fetch_add (&pass->n_threads, 1);

  for (guint i = atomic_fetch_add (&pass->next, 1); i < pass->order->len; i = atomic_fetch_add (&pass->next, 1))
    read_whole_run (pass->reader, pass->order->pdata[i], thread);
  return NULL;
}

static int
compare_sizes (gconstpointer a, gconstpointer b)
{
  const TfvLogdirRun *left = *(TfvLogdirRun *const *) a, *right = *(TfvLogdirRun *const *) b;

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
      TfvLogdirRun *run = self->runs->pdata[i];

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
  scan (self, TRUE);
  read_all (self);
  self->cancellable = NULL;
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  for (guint i = 0; i < self->runs->len; i++)
    tfv_run_loader_finish (((TfvLogdirRun *) self->runs->pdata[i])->loader);
  return TRUE;
}

/* A watch told of a change in a folder, or of %NULL: it lost count. */
static void
on_told (gpointer data, const char *path, gboolean is_listing)
{
  TfvLogdirReader *self = data;
  GPtrArray       *runs = path != NULL ? g_hash_table_lookup (self->by_directory, path) : self->runs;

  if (is_listing)
    {
      GPtrArray *folders = tfv_folder_scan_get_folders (self->scan);

      self->is_scan_due = TRUE;
      for (guint i = 0; i < folders->len && path == NULL; i++)
        tfv_folder_scan_touch (self->scan, ((TfvFolder *) folders->pdata[i])->path);
      if (path != NULL)
        tfv_folder_scan_touch (self->scan, path);
    }
  for (guint i = 0; runs != NULL && i < runs->len; i++)
    {
      TfvLogdirRun *run = runs->pdata[i];

      if (!run->is_touched)
        run->touched_us = g_get_monotonic_time ();
      run->is_touched = TRUE;
    }
}

/* Looks for new folders and files, and has the new ones watched. */
static void
scan_and_watch (TfvLogdirReader *self, gboolean look_at_all)
{
  note_work (self, 0, tfv_folder_scan_get_first_path (self->scan));
  scan (self, look_at_all);
  if (self->watch != NULL)
    {
      tfv_folder_watch_set_folders (self->watch, tfv_folder_scan_get_folders (self->scan), on_told, self);
      if (self->is_scan_due)
        scan (self, FALSE);
    }
  note_work (self, 0, NULL);
}

/* Looks at the runs that are due. Returns when the next one is. */
static gint64
poll_runs (TfvLogdirReader *self)
{
  gint64 next_us = G_MAXINT64;

  for (guint i = 0; i < self->runs->len && !g_cancellable_is_cancelled (self->cancellable); i++)
    {
      TfvLogdirRun *run = self->runs->pdata[i];

      if (tfv_logdir_run_get_due_us (run) <= self->pass_us + SLACK_US)
        {
          gboolean look_at_all = run->is_touched || self->pass_us + SLACK_US >= run->next_all_us;

          run->is_touched = FALSE;
          note_work (self, 0, run->directory);
          plan_look (self, run, look_at_all, poll_run (self, run, look_at_all));
        }
      next_us = MIN (next_us, tfv_logdir_run_get_due_us (run));
    }
  note_work (self, 0, NULL);
  for (guint i = self->runs->len; i-- > 0;)
    if (tfv_run_loader_get_n_files (((TfvLogdirRun *) self->runs->pdata[i])->loader) == 0)
      remove_run (self, i);
  return next_us;
}

/* Whether a run was touched, or a folder's listing, and when that is looked at. */
static gboolean
is_told_of_any (TfvLogdirReader *self, gint64 *due_us)
{
  gboolean is_told = self->is_scan_due;

  if (is_told)
    *due_us = MIN (*due_us, self->pass_us + TFV_LOGDIR_HOT_LOOK_US);
  for (guint i = 0; i < self->runs->len; i++)
    {
      TfvLogdirRun *run = self->runs->pdata[i];

      if (!run->is_touched)
        continue;
      is_told = TRUE;
      *due_us = MIN (*due_us, tfv_logdir_run_get_due_us (run));
    }
  return is_told;
}

/* Sleeps until @due_us, or until soon after a watch told of a change. The watch
   would wake us at every single write to any file, thousands of times a second:
   once it has told of one, no more is heard before that was looked at. */
static void
rest (TfvLogdirReader *self, GPollFD *stop, gint64 due_us)
{
  GPollFD fds[2] = { *stop };
  guint   n_fds = 1;
  gint64  wait_us;

  if (self->watch != NULL && !is_told_of_any (self, &due_us))
    fds[n_fds++] = (GPollFD){ .fd = tfv_folder_watch_get_fd (self->watch), .events = G_IO_IN };
  for (;;)
    {
      wait_us = due_us - g_get_monotonic_time ();
      if (wait_us <= 0 || g_poll (fds, n_fds, (gint) MIN ((wait_us + 999) / 1000, G_MAXINT)) < 0 || fds[0].revents != 0)
        return;
      if (n_fds < 2 || fds[1].revents == 0)
        continue;
      tfv_folder_watch_dispatch (self->watch, on_told, self);
      if (is_told_of_any (self, &due_us))
        n_fds = 1;
    }
}

/* Whether the system's own watching of folders is used, and how often what is
   quiet is looked at in any case. Before the start. */
void
tfv_logdir_reader_set_polling (TfvLogdirReader *self, gboolean use_watch, gint64 quiet_interval_us)
{
  self->use_watch = use_watch;
  self->quiet_interval_us = quiet_interval_us;
}

/* Looks at what is due, and says when the next is. */
static gint64
run_pass (TfvLogdirReader *self, gint64 *next_scan_us, guint *n_scans)
{
  gboolean is_due;
  gint64   due_us;

  self->pass_us = g_get_monotonic_time ();
  is_due = self->pass_us >= *next_scan_us;
  if (self->watch != NULL)
    tfv_folder_watch_dispatch (self->watch, on_told, self);
  if (is_due || self->is_scan_due)
    scan_and_watch (self, is_due && (self->watch == NULL || *n_scans % TFV_LOGDIR_QUIET_SLOWING == 0));
  if (is_due)
    {
      *next_scan_us = self->pass_us + self->quiet_interval_us;
      (*n_scans)++;
    }
  due_us = poll_runs (self);
  due_us = MIN (due_us, *next_scan_us);
  if (due_us > self->pass_us)
    {
      gint64 now_us = g_get_monotonic_time ();

      due_us = MAX (due_us, now_us + MIN (SLEEP_RATIO * (now_us - self->pass_us), TFV_LOGDIR_ACTIVE_LOOK_US));
    }
  return due_us;
}

/* Keeps up with everything until @stop is cancelled. */
void
tfv_logdir_reader_follow (TfvLogdirReader *self, GCancellable *stop, TfvFirstPassFunc first_pass_done)
{
  GPollFD stop_fd;
  gint64  next_scan_us;
  guint   n_scans = 1;

  if (!g_cancellable_make_pollfd (stop, &stop_fd))
    return;
  self->cancellable = stop;
  self->is_live = TRUE;
  self->watch = self->use_watch ? tfv_folder_watch_new () : NULL;
  scan_and_watch (self, TRUE);
  read_all (self);
  first_pass_done (self->sink.data);
  next_scan_us = g_get_monotonic_time () + self->quiet_interval_us;
  while (!g_cancellable_is_cancelled (stop))
    rest (self, &stop_fd, run_pass (self, &next_scan_us, &n_scans));
  g_cancellable_release_fd (stop);
  g_clear_pointer (&self->watch, tfv_folder_watch_free);
  self->cancellable = NULL;
}
