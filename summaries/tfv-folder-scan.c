/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-folder-scan-private.h"

#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "summaries/tfv-error.h"
#include "summaries/tfv-format.h"

/* A folder that changed this lately may change again without a new stamp. */
#define CLOCK_TICK_NS (G_GINT64_CONSTANT (50000000))

struct _TfvFolderScan
{
  char          **paths;
  GPtrArray      *folders;
  GHashTable     *identities;
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
  g_free (folder->identity);
  g_free (folder->key);
  g_free (folder);
}

/* Scans files and folders at @paths. (transfer full) */
TfvFolderScan *
tfv_folder_scan_new (const char *const *paths, TfvScanWarnFunc warn, gpointer data)
{
  TfvFolderScan *self = g_new0 (TfvFolderScan, 1);

  self->paths = g_strdupv ((char **) paths);
  self->folders = g_ptr_array_new_with_free_func (folder_free);
  self->identities = g_hash_table_new (g_str_hash, g_str_equal);
  self->links = g_ptr_array_new_with_free_func (folder_free);
  self->warn = warn;
  self->warn_data = data;
  return self;
}

void
tfv_folder_scan_free (TfvFolderScan *self)
{
  g_hash_table_unref (self->identities);
  g_ptr_array_unref (self->links);
  g_ptr_array_unref (self->folders);
  g_strfreev (self->paths);
  g_free (self);
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

static char *
make_identity (const struct stat *status)
{
  return g_strdup_printf ("%ju:%ju", (uintmax_t) status->st_dev, (uintmax_t) status->st_ino);
}

/* Whether the folder is still the one that was found, and not a new one in its place. */
static gboolean
has_identity (const TfvFolder *folder, const struct stat *status)
{
  g_autofree char *identity = make_identity (status);

  return strcmp (folder->identity, identity) == 0;
}

static TfvFolder *
folder_new (const char *path, const char *name, guint root, const struct stat *status)
{
  TfvFolder *folder = g_new0 (TfvFolder, 1);

  folder->path = g_strdup (path);
  folder->name = g_strdup (name);
  folder->root = root;
  folder->files = g_ptr_array_new_with_free_func (g_free);
  folder->identity = make_identity (status);
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
  if (g_hash_table_contains (self->identities, folder->identity))
    {
      folder_free (folder);
      return;
    }
  g_ptr_array_add (self->folders, folder);
  g_hash_table_add (self->identities, folder->identity);
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
  for (struct dirent *entry = readdir (stream); entry != NULL; entry = readdir (stream))
    take_entry (self, folder, entry);
  closedir (stream);
}

/* Reads the folder again where it changed. FALSE where it is gone. */
static gboolean
update_folder (TfvFolderScan *self, TfvFolder *folder)
{
  struct stat     status;
  struct timespec now;
  gint64          modified_ns;

  if (folder->is_file)
    return stat (folder->key, &status) == 0 && has_identity (folder, &status);
  if (stat (folder->path, &status) != 0 || !S_ISDIR (status.st_mode) || !has_identity (folder, &status))
    return FALSE;
  modified_ns = (gint64) status.st_mtim.tv_sec * 1000000000 + status.st_mtim.tv_nsec;
  if (folder->is_scanned && !folder->is_recent && modified_ns == folder->modified_ns)
    return TRUE;
  clock_gettime (CLOCK_REALTIME, &now);
  folder->modified_ns = modified_ns;
  folder->is_recent = (gint64) now.tv_sec * 1000000000 + now.tv_nsec - modified_ns < CLOCK_TICK_NS;
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

/* Looks for what is new. Costs a stat a folder where nothing is. */
void
tfv_folder_scan_update (TfvFolderScan *self)
{
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
      if (update_folder (self, folder))
        {
          i++;
          continue;
        }
      g_hash_table_remove (self->identities, folder->identity);
      g_ptr_array_remove_index (self->folders, i);
    }
}

/* Has the folder read again by the next update, whatever its stamp says. */
void
tfv_folder_scan_touch (TfvFolderScan *self, const char *path)
{
  for (guint i = 0; i < self->folders->len; i++)
    {
      TfvFolder *folder = self->folders->pdata[i];

      if (strcmp (folder->path, path) == 0)
        folder->is_scanned = FALSE;
    }
}

/* The name of the folder's run: its path below the path that was opened, as in
   TensorBoard. Where several paths were opened and the name is not alone, the
   last part of that path comes before it. (transfer full) */
char *
tfv_folder_scan_choose_name (TfvFolderScan *self, const TfvFolder *folder, GHashTable *taken)
{
  g_autofree char *basename = g_path_get_basename (self->paths[folder->root]);
  g_autofree char *prefixed = NULL;
  guint            n_same = 0;

  for (guint i = 0; i < self->folders->len; i++)
    {
      const TfvFolder *other = self->folders->pdata[i];

      if (other->files->len > 0 && strcmp (other->name, folder->name) == 0)
        n_same++;
    }
  if (n_same <= 1 && !g_hash_table_contains (taken, folder->name))
    return g_strdup (folder->name);

  prefixed = strcmp (folder->name, ".") == 0 ? g_strdup (basename) : g_build_filename (basename, folder->name, NULL);
  if (!g_hash_table_contains (taken, prefixed))
    return g_utf8_make_valid (prefixed, -1);
  return folder->is_file ? g_utf8_make_valid (folder->files->pdata[0], -1) : g_utf8_make_valid (folder->path, -1);
}
