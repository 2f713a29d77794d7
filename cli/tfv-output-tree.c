/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/tfv-output-tree.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static gboolean
fail (GError **error, const char *path, int code)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s: %s", path, g_strerror (code));
  return FALSE;
}

/* Nothing of what is there may be mixed with what comes, or be lost. */
static gboolean
is_free (const char *path, GError **error)
{
  g_autoptr (GDir) folder = NULL;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    return fail (error, path, ENOTDIR);
  folder = g_dir_open (path, 0, error);
  if (folder == NULL)
    return FALSE;
  if (g_dir_read_name (folder) == NULL)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS, "%s: the folder is not empty", path);
  return FALSE;
}

/* Whether a file can be made at @path: what somebody has there stays. */
gboolean
tfv_output_is_new_file (const char *path, GError **error)
{
  struct stat status;

  return lstat (path, &status) != 0 || fail (error, path, EEXIST);
}

/* Begins a folder at @path, where there must be none, or an empty one. */
gboolean
tfv_output_tree_begin (TfvOutputTree *self, const char *path, GError **error)
{
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  g_autofree char *parent = NULL;
  char             real[PATH_MAX];

  *self = (TfvOutputTree){ 0 };
  if (!is_free (absolute, error))
    return FALSE;
  /* A link to an empty folder stays, and the folder is filled. */
  if (realpath (absolute, real) != NULL)
    {
      g_free (absolute);
      absolute = g_strdup (real);
    }
  parent = g_path_get_dirname (absolute);
  if (g_mkdir_with_parents (parent, 0777) != 0)
    return fail (error, parent, errno);
  self->path = g_steal_pointer (&absolute);
  self->temporary = g_build_filename (parent, ".tfv-XXXXXX", NULL);
  if (g_mkdtemp_full (self->temporary, 0777) == NULL)
    {
      fail (error, parent, errno);
      g_clear_pointer (&self->temporary, g_free);
      return FALSE;
    }
  return TRUE;
}

/* A folder in it for what has this name, a relative path; "." is the folder
 * itself. What would lead out of it is left out of the name. (transfer full) */
char *
tfv_output_tree_add_folder (TfvOutputTree *self, const char *name, GError **error)
{
  g_auto (GStrv)      parts = g_strsplit (name, G_DIR_SEPARATOR_S, -1);
  g_autoptr (GString) path = g_string_new (self->temporary);

  for (char **part = parts; *part != NULL; part++)
    if (**part != '\0' && !g_str_equal (*part, ".") && !g_str_equal (*part, ".."))
      g_string_append_printf (path, G_DIR_SEPARATOR_S "%s", *part);
  if (g_mkdir_with_parents (path->str, 0777) != 0)
    {
      fail (error, path->str, errno);
      return NULL;
    }
  return g_string_free (g_steal_pointer (&path), FALSE);
}

/* Whether anything came into a folder of it: where nothing did, it can't be written
 * to, and what is there is not worth its name. */
gboolean
tfv_output_tree_has_files (const char *folder)
{
  g_autoptr (GDir) content = g_dir_open (folder, 0, NULL);

  return content != NULL && g_dir_read_name (content) != NULL;
}

/* What is wrong is said of the place where a file is to be, not of where it is yet. */
void
tfv_output_tree_name_place (TfvOutputTree *self, GError *error)
{
  GString *message = g_string_new (error->message);

  g_string_replace (message, self->temporary, self->path, 0);
  g_free (error->message);
  error->message = g_string_free (message, FALSE);
}

/* Gives the folder its name. */
gboolean
tfv_output_tree_finish (TfvOutputTree *self, GError **error)
{
  if (g_rename (self->temporary, self->path) != 0)
    return fail (error, self->path, errno);
  g_clear_pointer (&self->temporary, g_free);
  return TRUE;
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) folder = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  const char      *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_remove (path);
}

/* Takes what was not finished away again. */
void
tfv_output_tree_clear (TfvOutputTree *self)
{
  if (self->temporary != NULL)
    remove_tree (self->temporary);
  g_clear_pointer (&self->temporary, g_free);
  g_clear_pointer (&self->path, g_free);
}
