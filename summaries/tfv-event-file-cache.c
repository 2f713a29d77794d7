/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-event-file-cache-private.h"

#include <stdatomic.h>
#include <sys/stat.h>
#include <unistd.h>

#include "summaries/tfv-input-file-private.h"

#define MAX_FILES 4
#define MAX_IDLE_US (2 * G_USEC_PER_SEC)

/* A file that nobody uses just now, and how long it was when it was given back. */
typedef struct
{
  TfvEventFile *file;
  off_t         n_bytes;
  gint64        given_us;
} Entry;

static struct
{
  _Atomic pid_t pid; /* whose files they are */
  GMutex        mutex;
  Entry         entries[MAX_FILES];
  guint         n_entries;
  gboolean      is_watched;
} cache;

static void
lock (void)
{
  pid_t pid = getpid ();

  /* A child has neither the thread that closes files nor, perhaps, the one that
   * holds the lock; the files are left to its parent. */
  if (atomic_load (&cache.pid) != pid)
    {
      if (atomic_load (&cache.pid) != 0)
        {
          g_mutex_init (&cache.mutex);
          cache.n_entries = 0;
          cache.is_watched = FALSE;
        }
      atomic_store (&cache.pid, pid);
    }
  g_mutex_lock (&cache.mutex);
}

static TfvEventFile *
remove_locked (guint index)
{
  TfvEventFile *file = cache.entries[index].file;

  cache.entries[index] = cache.entries[--cache.n_entries];
  return file;
}

/* The file that has been idle for longest, if that is too long; NULL otherwise. */
static TfvEventFile *
remove_idle_locked (gint64 max_idle_us)
{
  guint oldest = 0;

  for (guint i = 1; i < cache.n_entries; i++)
    if (cache.entries[i].given_us < cache.entries[oldest].given_us)
      oldest = i;
  if (cache.n_entries == 0 || g_get_monotonic_time () - cache.entries[oldest].given_us < max_idle_us)
    return NULL;
  return remove_locked (oldest);
}

/* A thread that is there while files are: a file that nobody reads from any more
 * costs neither memory nor, once it is deleted, space on the disk. */
static gpointer
watch (gpointer unused)
{
  gboolean is_done = FALSE;

  while (!is_done)
    {
      TfvEventFile *file;

      g_usleep (MAX_IDLE_US / 4);
      do
        {
          lock ();
          file = remove_idle_locked (MAX_IDLE_US);
          if (file == NULL && cache.n_entries == 0)
            {
              is_done = TRUE;
              cache.is_watched = FALSE;
            }
          g_mutex_unlock (&cache.mutex);
          if (file != NULL)
            tfv_event_file_close (file);
        }
      while (file != NULL);
    }
  return NULL;
}

/* Whether the name still leads to the file, which may only have grown. */
static gboolean
is_same (const Entry *entry, const char *path, const struct stat *status)
{
  return g_str_equal (tfv_event_file_get_path (entry->file), path) && tfv_event_file_has_status (entry->file, status) && entry->n_bytes <= status->st_size;
}

/* Gives the file at @path, for this thread alone until it is given back or closed.
 * Where it @was_open before it may have grown since, and has to be refreshed when
 * what is looked for is not there. */
TfvEventFile *
tfv_event_file_cache_take (const char *path, gboolean *was_open, GError **error)
{
  TfvEventFile *file = NULL;
  TfvEventFile *gone = NULL;
  struct stat   status;

  if (tfv_input_file_stat (path, &status))
    {
      lock ();
      for (guint i = 0; i < cache.n_entries && file == NULL && gone == NULL; i++)
        {
          if (is_same (&cache.entries[i], path, &status))
            file = remove_locked (i);
          else if (g_str_equal (tfv_event_file_get_path (cache.entries[i].file), path))
            gone = remove_locked (i);
        }
      g_mutex_unlock (&cache.mutex);
      if (gone != NULL)
        tfv_event_file_close (gone);
    }

  *was_open = file != NULL;
  return file != NULL ? file : tfv_event_file_open (path, error);
}

/* Gives a file back in which nothing failed. Its name may lead to another by now,
 * which it must not be taken for. */
void
tfv_event_file_cache_give (TfvEventFile *file)
{
  gboolean      is_confined = tfv_input_file_is_given ();
  TfvEventFile *replaced = NULL;
  struct stat   status;
  Entry         entry = { .file = file, .given_us = g_get_monotonic_time () };

  if (!tfv_input_file_stat (tfv_event_file_get_path (file), &status) || !tfv_event_file_has_status (file, &status))
    {
      tfv_event_file_close (file);
      return;
    }
  entry.n_bytes = status.st_size;

  lock ();
  /* A process that is confined has no threads, and so keeps but the last file. */
  if (cache.n_entries >= (is_confined ? 1 : MAX_FILES))
    replaced = remove_idle_locked (0);
  cache.entries[cache.n_entries++] = entry;
  if (!cache.is_watched && !is_confined)
    {
      GThread *thread = g_thread_try_new ("tfv-files", watch, NULL, NULL);

      cache.is_watched = thread != NULL;
      if (thread != NULL)
        g_thread_unref (thread);
      else
        replaced = replaced != NULL ? replaced : remove_idle_locked (0);
    }
  g_mutex_unlock (&cache.mutex);
  if (replaced != NULL)
    tfv_event_file_close (replaced);
}

/* How many files are open that nobody uses. */
guint
tfv_event_file_cache_get_n_files (void)
{
  guint n_files;

  lock ();
  n_files = cache.n_entries;
  g_mutex_unlock (&cache.mutex);
  return n_files;
}
