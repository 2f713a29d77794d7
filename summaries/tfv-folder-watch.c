/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-folder-watch-private.h"

#include <limits.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "summaries/tfv-folder-scan-private.h"

#define LISTING_EVENTS (IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF)
#define EVENTS (LISTING_EVENTS | IN_MODIFY | IN_ONLYDIR)

/* What is left when the folder itself is gone from its path. */
#define GONE_EVENTS (IN_IGNORED | IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT)

/* File systems on which others write without this kernel's knowing. */
static const guint32 shared_file_systems[] = {
  0x6969,     /* NFS */
  0x517b,     /* SMB */
  0xff534d42, /* CIFS */
  0xfe534d42, /* SMB2 */
  0x65735546, /* FUSE */
  0x01021997, /* 9P */
  0x00c36400, /* Ceph */
  0x5346414f, /* AFS */
  0x6b414653, /* AFS of the kernel */
  0x0bd00bd0, /* Lustre */
  0x47504653, /* GPFS */
  0x786f4256, /* VirtualBox's shared folders */
};

typedef struct
{
  char    *path;
  int      wd;
  gboolean is_told;
  gboolean is_wanted;
} Entry;

struct _TfvFolderWatch
{
  int         fd;
  GHashTable *by_path;
  GHashTable *by_wd;
};

static void
entry_free (gpointer data)
{
  g_free (((Entry *) data)->path);
  g_free (data);
}

/* %NULL where the system watches nothing for us. (transfer full) */
TfvFolderWatch *
tfv_folder_watch_new (void)
{
  int             fd = inotify_init1 (IN_NONBLOCK | IN_CLOEXEC);
  TfvFolderWatch *self;

  if (fd < 0)
    return NULL;
  self = g_new0 (TfvFolderWatch, 1);
  self->fd = fd;
  self->by_path = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, entry_free);
  self->by_wd = g_hash_table_new (NULL, NULL);
  return self;
}

void
tfv_folder_watch_free (TfvFolderWatch *self)
{
  g_hash_table_unref (self->by_wd);
  g_hash_table_unref (self->by_path);
  close (self->fd);
  g_free (self);
}

/* Can be read when there is something to dispatch. */
int
tfv_folder_watch_get_fd (TfvFolderWatch *self)
{
  return self->fd;
}

static gboolean
is_shared (const char *path)
{
  struct statfs status;

  if (statfs (path, &status) != 0)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (shared_file_systems); i++)
    if ((guint32) status.f_type == shared_file_systems[i])
      return TRUE;
  return FALSE;
}

/* Watches a folder, or remembers that the system can't: it has run out of
   watches, say. */
static void
add_entry (TfvFolderWatch *self, const char *path)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->path = g_strdup (path);
  entry->wd = inotify_add_watch (self->fd, path, EVENTS);
  entry->is_wanted = TRUE;
  /* Two paths of one folder share a watch, which tells of the first. */
  if (entry->wd >= 0 && !g_hash_table_contains (self->by_wd, GINT_TO_POINTER (entry->wd)))
    {
      entry->is_told = !is_shared (path);
      g_hash_table_insert (self->by_wd, GINT_TO_POINTER (entry->wd), entry);
    }
  else
    {
      entry->wd = -1;
    }
  g_hash_table_insert (self->by_path, entry->path, entry);
}

static void
forget_watch (TfvFolderWatch *self, Entry *entry)
{
  if (entry->wd < 0)
    return;
  g_hash_table_remove (self->by_wd, GINT_TO_POINTER (entry->wd));
  inotify_rm_watch (self->fd, entry->wd);
}

/* Watches these folders (TfvFolder) and no others. @func is told of those that are
   new here: what came after they were read and before they were watched was not
   told of. */
void
tfv_folder_watch_set_folders (TfvFolderWatch *self, GPtrArray *folders, TfvFolderWatchFunc func, gpointer data)
{
  GHashTableIter iter;
  gpointer       value;

  g_hash_table_iter_init (&iter, self->by_path);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    ((Entry *) value)->is_wanted = FALSE;
  for (guint i = 0; i < folders->len; i++)
    {
      const char *path = ((TfvFolder *) folders->pdata[i])->path;
      Entry      *entry = g_hash_table_lookup (self->by_path, path);

      if (entry != NULL)
        {
          entry->is_wanted = TRUE;
          continue;
        }
      add_entry (self, path);
      func (data, path, TRUE);
    }
  g_hash_table_iter_init (&iter, self->by_path);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (!((Entry *) value)->is_wanted)
      {
        forget_watch (self, value);
        g_hash_table_iter_remove (&iter);
      }
}

static void
handle_event (TfvFolderWatch *self, const struct inotify_event *event, TfvFolderWatchFunc func, gpointer data)
{
  Entry *entry;

  if ((event->mask & IN_Q_OVERFLOW) != 0)
    {
      func (data, NULL, TRUE);
      return;
    }
  entry = g_hash_table_lookup (self->by_wd, GINT_TO_POINTER (event->wd));
  if (entry == NULL)
    return;
  func (data, entry->path, (event->mask & (LISTING_EVENTS | GONE_EVENTS)) != 0);
  if ((event->mask & GONE_EVENTS) != 0)
    {
      forget_watch (self, entry);
      g_hash_table_remove (self->by_path, entry->path);
    }
}

/* Tells @func of what happened since the last time. Never waits. */
void
tfv_folder_watch_dispatch (TfvFolderWatch *self, TfvFolderWatchFunc func, gpointer data)
{
  _Alignas(struct inotify_event) char buffer[16 * (sizeof (struct inotify_event) + NAME_MAX + 1)];
  ssize_t                             n_bytes;

  while ((n_bytes = read (self->fd, buffer, sizeof buffer)) > 0)
    for (const char *at = buffer; at < buffer + n_bytes;)
      {
        const struct inotify_event *event = (gconstpointer) at;

        handle_event (self, event, func, data);
        at += sizeof *event + event->len;
      }
}

/* Whether whatever happens in the folder is told of. */
gboolean
tfv_folder_watch_is_told (TfvFolderWatch *self, const char *path)
{
  const Entry *entry = g_hash_table_lookup (self->by_path, path);

  return entry != NULL && entry->is_told;
}
