/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-folder-scan-private.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "summaries/tfv-error.h"
#include "summaries/tfv-format.h"

/* A folder may change again without a new stamp for so long after it got one. By
   our own clock: that of the file system may tell any time. */
#define CLOCK_TICK_US (50 * 1000)

/* Folders that an import or an export still fills; they get another name then. */
#define UNFINISHED_PREFIX ".tfv-"

struct _TfvFolderScan
{
  char          **paths;
  GPtrArray      *folders;
  GHashTable     *identities;
  GHashTable     *by_path;
  GHashTable     *n_of_name;
  GPtrArray      *links;
  TfvScanWarnFunc warn;
  gpointer        warn_data;
};

static void
folder_free (gpointer data)
{
  TfvFolder *folder = data;

  g_ptr_array_unref (folder->files);
  g_free (folder->path);
  g_free (folder->name);
  g_free (folder->key);
  g_free (folder);
}

static guint
hash_identity (gconstpointer key)
{
  const TfvFolder *folder = key;

  return g_int64_hash (&folder->inode) ^ g_int64_hash (&folder->device);
}

static gboolean
identities_equal (gconstpointer a, gconstpointer b)
{
  const TfvFolder *left = a, *right = b;

  return left->inode == right->inode && left->device == right->device;
}

/* Scans files and folders at @paths. (transfer full) */
TfvFolderScan *
tfv_folder_scan_new (const char *const *paths, TfvScanWarnFunc warn, gpointer data)
{
  TfvFolderScan *self = g_new0 (TfvFolderScan, 1);

  self->paths = g_strdupv ((char **) paths);
  self->folders = g_ptr_array_new_with_free_func (folder_free);
  self->identities = g_hash_table_new (hash_identity, identities_equal);
  self->by_path = g_hash_table_new (g_str_hash, g_str_equal);
  self->links = g_ptr_array_new_with_free_func (folder_free);
  self->warn = warn;
  self->warn_data = data;
  return self;
}

void
tfv_folder_scan_free (TfvFolderScan *self)
{
  g_clear_pointer (&self->n_of_name, g_hash_table_unref);
  g_hash_table_unref (self->by_path);
  g_hash_table_unref (self->identities);
  g_ptr_array_unref (self->links);
  g_ptr_array_unref (self->folders);
  g_strfreev (self->paths);
  g_free (self);
}

/* The first of the paths, for who tells what is looked at. */
const char *
tfv_folder_scan_get_first_path (TfvFolderScan *self)
{
  return self->paths[0];
}

/* The folders that were found, in the order in which they were. (transfer none): TfvFolder */
GPtrArray *
tfv_folder_scan_get_folders (TfvFolderScan *self)
{
  return self->folders;
}

/* Whether all the paths are there. */
gboolean
tfv_folder_scan_check_paths (TfvFolderScan *self, GError **error)
{
  for (guint i = 0; self->paths[i] != NULL; i++)
    {
      struct stat status;

      if (stat (self->paths[i], &status) != 0)
        {
          g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_IO, "%s: %s", self->paths[i], g_strerror (errno));
          return FALSE;
        }
      if (!S_ISDIR (status.st_mode) && !S_ISREG (status.st_mode))
        {
          g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_FORMAT, "%s: neither a file nor a folder", self->paths[i]);
          return FALSE;
        }
    }
  return TRUE;
}

/* Whether the folder is still the one that was found, and not a new one in its place. */
static gboolean
has_identity (const TfvFolder *folder, const struct stat *status)
{
  return folder->device == status->st_dev && folder->inode == status->st_ino;
}

static TfvFolder *
folder_new (const char *path, const char *name, guint root, const struct stat *status)
{
  TfvFolder *folder = g_new0 (TfvFolder, 1);

  folder->path = g_strdup (path);
  folder->name = g_strdup (name);
  folder->root = root;
  folder->files = g_ptr_array_new_with_free_func (g_free);
  folder->device = status->st_dev;
  folder->inode = status->st_ino;
  folder->is_changed = TRUE;
  return folder;
}

/* What names the folder's run for good: its path, or that of the one file. */
const char *
tfv_folder_get_key (const TfvFolder *folder)
{
  return folder->is_file ? folder->key : folder->path;
}

/* Adds a folder that was not met yet, by whatever path. Takes @folder. */
static void
add_folder (TfvFolderScan *self, TfvFolder *folder)
{
  if (g_hash_table_contains (self->identities, folder))
    {
      folder_free (folder);
      return;
    }
  g_ptr_array_add (self->folders, folder);
  g_hash_table_add (self->identities, folder);
  if (!folder->is_file)
    g_hash_table_replace (self->by_path, folder->path, folder);
}

/* Forgets a folder that is gone. */
static void
remove_folder (TfvFolderScan *self, guint index)
{
  TfvFolder *folder = self->folders->pdata[index];

  g_hash_table_remove (self->identities, folder);
  if (!folder->is_file && g_hash_table_lookup (self->by_path, folder->path) == folder)
    g_hash_table_remove (self->by_path, folder->path);
  g_ptr_array_remove_index (self->folders, index);
}

static gboolean
is_event_file (const char *basename)
{
  if (g_str_has_suffix (basename, ".tmp") || g_str_has_suffix (basename, ".profile-empty"))
    return FALSE;
  return strstr (basename, "tfevents") != NULL || g_str_has_suffix (basename, ".tfv.h5") || tfv_format_find (basename, NULL, 0) != NULL;
}

static void
take_entry (TfvFolderScan *self, TfvFolder *folder, const struct dirent *entry)
{
  g_autofree char *path = NULL;
  struct stat      status;
  gboolean         is_plain_file = entry->d_type == DT_REG;

  if (strcmp (entry->d_name, ".") == 0 || strcmp (entry->d_name, "..") == 0 || (is_plain_file && !is_event_file (entry->d_name)))
    return;
  if (g_str_has_prefix (entry->d_name, UNFINISHED_PREFIX))
    return;
  path = g_build_filename (folder->path, entry->d_name, NULL);
  if (!is_plain_file && stat (path, &status) != 0)
    return;
  if (is_plain_file || (S_ISREG (status.st_mode) && is_event_file (entry->d_name)))
    {
      g_ptr_array_add (folder->files, g_steal_pointer (&path));
    }
  else if (!is_plain_file && S_ISDIR (status.st_mode))
    {
      g_autofree char *name = strcmp (folder->name, ".") == 0 ? g_strdup (entry->d_name) : g_build_filename (folder->name, entry->d_name, NULL);
      g_autofree char *valid_name = g_utf8_make_valid (name, -1);
      TfvFolder       *child = folder_new (path, valid_name, folder->root, &status);

      /* A folder that is also below the path itself is known by that name, not
         by that of a link to it, "latest" say. */
      if (entry->d_type == DT_LNK)
        g_ptr_array_add (self->links, child);
      else
        add_folder (self, child);
    }
  else if (!is_plain_file && !S_ISREG (status.st_mode) && is_event_file (entry->d_name))
    {
      /* A pipe would make who opens it wait. */
      g_autofree char *warning = g_strdup_printf ("%s: not a regular file", path);

      self->warn (self->warn_data, warning);
    }
}

static void
read_folder (TfvFolderScan *self, TfvFolder *folder)
{
  DIR *stream = opendir (folder->path);

  folder->is_scanned = TRUE;
  if (stream == NULL)
    {
      g_autofree char *warning = g_strdup_printf ("%s: %s", folder->path, g_strerror (errno));

      if (errno != ENOENT)
        self->warn (self->warn_data, warning);
      return;
    }
  g_ptr_array_set_size (folder->files, 0);
  folder->is_changed = TRUE;
  for (struct dirent *entry = readdir (stream); entry != NULL; entry = readdir (stream))
    take_entry (self, folder, entry);
  closedir (stream);
}

/* Whether what a path led to is gone; what can't be seen just now, for want of a
   permission or of a server, is not. */
static gboolean
is_gone (void)
{
  return errno == ENOENT || errno == ENOTDIR || errno == ELOOP;
}

/* Reads the folder again where it changed. FALSE where it is gone. */
static gboolean
update_folder (TfvFolderScan *self, TfvFolder *folder)
{
  struct stat status;
  gint64      modified_ns, changed_ns, now_us;
  gboolean    has_new_stamp;

  if (stat (folder->is_file ? folder->key : folder->path, &status) != 0)
    return !is_gone ();
  if (folder->is_file)
    {
      folder->is_changed |= !folder->is_scanned;
      folder->is_scanned = folder->is_settled = TRUE;
      return has_identity (folder, &status);
    }
  if (!S_ISDIR (status.st_mode) || !has_identity (folder, &status))
    return FALSE;
  modified_ns = (gint64) status.st_mtim.tv_sec * 1000000000 + status.st_mtim.tv_nsec;
  changed_ns = (gint64) status.st_ctim.tv_sec * 1000000000 + status.st_ctim.tv_nsec;
  has_new_stamp = modified_ns != folder->modified_ns || changed_ns != folder->changed_ns;
  now_us = g_get_monotonic_time ();
  if (folder->is_scanned && folder->is_settled && !has_new_stamp)
    return TRUE;
  if (!folder->is_scanned || has_new_stamp)
    folder->noticed_us = now_us;
  folder->modified_ns = modified_ns;
  folder->changed_ns = changed_ns;
  folder->is_settled = now_us - folder->noticed_us > CLOCK_TICK_US;
  read_folder (self, folder);
  return TRUE;
}

/* Adds the paths themselves, those that have appeared since, too. */
static void
update_roots (TfvFolderScan *self)
{
  for (guint root = 0; self->paths[root] != NULL; root++)
    {
      struct stat status;
      TfvFolder  *folder;

      if (stat (self->paths[root], &status) != 0)
        continue;
      folder = folder_new (self->paths[root], ".", root, &status);
      if (S_ISREG (status.st_mode))
        {
          folder->is_file = TRUE;
          g_ptr_array_add (folder->files, g_strdup (folder->path));
          g_free (folder->path);
          folder->path = g_path_get_dirname (self->paths[root]);
          folder->key = g_strdup (self->paths[root]);
        }
      add_folder (self, folder);
    }
}

/* Looks for what is new: at the paths and at folders that were touched, or at all
   that there are. Costs a stat each where nothing is. */
void
tfv_folder_scan_update (TfvFolderScan *self, gboolean look_at_all)
{
  g_clear_pointer (&self->n_of_name, g_hash_table_unref);
  update_roots (self);
  for (guint i = 0; i < self->folders->len || self->links->len > 0;)
    {
      TfvFolder *folder;

      if (i == self->folders->len)
        {
          add_folder (self, g_ptr_array_steal_index (self->links, 0));
          continue;
        }
      folder = self->folders->pdata[i];
      if ((!look_at_all && folder->is_scanned && folder->is_settled) || update_folder (self, folder))
        i++;
      else
        remove_folder (self, i);
    }
}

/* Has the folder read again by the next update, whatever its stamp says. */
void
tfv_folder_scan_touch (TfvFolderScan *self, const char *path)
{
  TfvFolder *folder = g_hash_table_lookup (self->by_path, path);

  if (folder != NULL)
    folder->is_scanned = FALSE;
}

/* The same by the folder's key: its run is gone, and is new if it comes back. */
void
tfv_folder_scan_forget (TfvFolderScan *self, const char *key)
{
  for (guint i = 0; i < self->folders->len; i++)
    {
      TfvFolder *folder = self->folders->pdata[i];

      if (strcmp (tfv_folder_get_key (folder), key) == 0)
        folder->is_scanned = FALSE;
    }
}

/* How many runs would like to have this name. */
static guint
count_name (TfvFolderScan *self, const char *name)
{
  if (self->n_of_name == NULL)
    {
      self->n_of_name = g_hash_table_new (g_str_hash, g_str_equal);
      for (guint i = 0; i < self->folders->len; i++)
        {
          TfvFolder *folder = self->folders->pdata[i];
          guint      n = GPOINTER_TO_UINT (g_hash_table_lookup (self->n_of_name, folder->name));

          if (folder->files->len > 0)
            g_hash_table_insert (self->n_of_name, folder->name, GUINT_TO_POINTER (n + 1));
        }
    }
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->n_of_name, name));
}

/* The name of the folder's run: its path below the path that was opened, as in
   TensorBoard. Where several paths were opened and the name is not alone, the
   last part of that path comes before it. (transfer full) */
char *
tfv_folder_scan_choose_name (TfvFolderScan *self, const TfvFolder *folder, GHashTable *taken)
{
  g_autofree char *basename = g_path_get_basename (self->paths[folder->root]);
  g_autofree char *prefixed = NULL;

  if (count_name (self, folder->name) <= 1 && !g_hash_table_contains (taken, folder->name))
    return g_strdup (folder->name);

  prefixed = strcmp (folder->name, ".") == 0 ? g_strdup (basename) : g_build_filename (basename, folder->name, NULL);
  if (!g_hash_table_contains (taken, prefixed))
    return g_utf8_make_valid (prefixed, -1);
  return folder->is_file ? g_utf8_make_valid (folder->files->pdata[0], -1) : g_utf8_make_valid (folder->path, -1);
}
