/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/tfv-input.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cli/tfv-command.h"
#include "summaries/tfv-record-class.h"

/* The files among the PATHs that no run was read from. */
static GPtrArray *
find_unread_files (TfvInput *self, char **paths)
{
  g_autoptr (GHashTable) read = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GPtrArray             *unread = g_ptr_array_new ();

  for (guint i = 0; i < self->runs->len; i++)
    {
      g_autofree char **files = tfv_run_dup_files (g_ptr_array_index (self->runs, i));

      for (char **file = files; *file; file++)
        g_hash_table_add (read, *file);
    }
  for (char **path = paths; *path; path++)
    if (g_file_test (*path, G_FILE_TEST_IS_REGULAR) && !g_hash_table_contains (read, *path))
      g_ptr_array_add (unread, *path);
  return unread;
}

static gboolean
is_about (const char *warning, GPtrArray *paths)
{
  for (guint i = 0; i < paths->len; i++)
    {
      const char *path = g_ptr_array_index (paths, i);

      if (g_str_has_prefix (warning, path) && warning[strlen (path)] == ':')
        return TRUE;
    }
  return FALSE;
}

/* What was wrong with a run: with its files, and with how it was written. */
char **
tfv_input_dup_warnings (TfvRun *run)
{
  g_autoptr (GStrvBuilder) warnings = g_strv_builder_new ();
  g_auto (GStrv)           of_files = tfv_run_dup_warnings (run);
  guint64                  n_dropped = tfv_run_get_n_dropped (run);

  g_strv_builder_addv (warnings, (const char **) of_files);
  if (n_dropped > 0)
    {
      g_autofree char *dropped = g_strdup_printf ("%s: %" G_GUINT64_FORMAT " records came faster than they could be written, and were dropped", tfv_run_get_directory (run), n_dropped);

      g_strv_builder_add (warnings, dropped);
    }
  return g_strv_builder_end (warnings);
}

/* Tells what was wrong with what was read. A file in a folder that can't be
 * read is worth a warning; one that was asked for by name is an error. */
static void
tell_warnings (TfvInput *self, char **paths)
{
  g_autoptr (GPtrArray) unread = find_unread_files (self, paths);
  g_auto (GStrv)        of_logdir = tfv_logdir_dup_warnings (self->logdir);

  if (unread->len > 0)
    self->status = TFV_EXIT_FAILURE;
  for (char **warning = of_logdir; *warning; warning++)
    tfv_command_complain ("%s%s", is_about (*warning, unread) ? "" : "warning: ", *warning);
  for (guint i = 0; i < self->runs->len; i++)
    {
      g_auto (GStrv) of_run = tfv_input_dup_warnings (g_ptr_array_index (self->runs, i));

      for (char **warning = of_run; *warning; warning++)
        tfv_command_complain ("warning: %s", *warning);
    }
}

/* Reads the files and folders of a command line. Those that can't be read are
 * told of and make the status a failure; the others are read nevertheless.
 * FALSE where none is left. */
gboolean
tfv_input_open (TfvInput *self, char **paths)
{
  g_autoptr (GPtrArray) readable = g_ptr_array_new ();
  g_autoptr (GError)    error = NULL;

  *self = (TfvInput){ .status = TFV_EXIT_SUCCESS };
  for (char **path = paths; *path; path++)
    if (access (*path, R_OK) == 0)
      g_ptr_array_add (readable, *path);
    else
      {
        tfv_command_complain ("%s: %s", *path, g_strerror (errno));
        self->status = TFV_EXIT_FAILURE;
      }
  if (readable->len == 0)
    return FALSE;

  g_ptr_array_add (readable, NULL);
  self->logdir = tfv_logdir_new ((const char *const *) readable->pdata);
  if (!tfv_logdir_load (self->logdir, NULL, &error))
    {
      tfv_command_complain ("%s", error->message);
      self->status = TFV_EXIT_FAILURE;
      return FALSE;
    }
  self->runs = tfv_logdir_dup_runs (self->logdir);
  tell_warnings (self, (char **) readable->pdata);
  return TRUE;
}

void
tfv_input_clear (TfvInput *self)
{
  g_clear_pointer (&self->runs, g_ptr_array_unref);
  g_clear_object (&self->logdir);
}

/* TensorBoard's name for the plugin that shows a tag. Where the file doesn't
 * tell it is the one that TensorBoard chooses for such records. */
const char *
tfv_input_get_plugin (TfvTag *tag)
{
  const char *plugin = tfv_tag_get_plugin (tag);

  if (plugin[0] == '\0')
    {
      const TfvRecordClass *record_class = tfv_record_class_find (tfv_record_kind_to_string (tfv_tag_get_kind (tag)));

      if (record_class && record_class->plugin)
        plugin = record_class->plugin;
    }
  return plugin;
}
