/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/tfv-input.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/tfv-command.h"
#include "summaries/tfv-record-class.h"

/* Whether a warning is about one of the PATHs, and not about what lies below it. */
static gboolean
is_about_path (const char *warning, char **paths)
{
  for (char **path = paths; *path; path++)
    {
      g_autofree char *valid = g_utf8_make_valid (*path, -1);

      if (g_str_has_prefix (warning, valid) && g_str_has_prefix (warning + strlen (valid), ": "))
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

/* Tells what was wrong with what was read. A file or folder below a PATH that
 * can't be read is worth a warning; one that was asked for by name is an error. */
static void
tell_warnings (TfvInput *self, char **paths)
{
  g_auto (GStrv) of_logdir = tfv_logdir_dup_warnings (self->logdir);

  for (char **warning = of_logdir; *warning; warning++)
    {
      gboolean is_error = is_about_path (*warning, paths);

      tfv_command_complain ("%s%s", is_error ? "" : "warning: ", *warning);
      if (is_error)
        self->status = TFV_EXIT_FAILURE;
    }
  if (self->runs->len == 0 && of_logdir[0] == NULL)
    for (char **path = paths; *path; path++)
      tfv_command_complain ("warning: %s: there are no event files", *path);
  for (guint i = 0; i < self->runs->len; i++)
    {
      g_auto (GStrv) of_run = tfv_input_dup_warnings (g_ptr_array_index (self->runs, i));

      for (char **warning = of_run; *warning; warning++)
        tfv_command_complain ("warning: %s", *warning);
    }
}

/* Why a PATH can't be read, or NULL. */
static const char *
find_fault (const char *path)
{
  struct stat status;

  if (stat (path, &status) != 0)
    return g_strerror (errno);
  if (!S_ISREG (status.st_mode) && !S_ISDIR (status.st_mode))
    return "neither a file nor a folder";
  return access (path, R_OK) != 0 ? g_strerror (errno) : NULL;
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
    {
      const char *fault = find_fault (*path);

      if (fault == NULL)
        {
          g_ptr_array_add (readable, *path);
          continue;
        }
      tfv_command_complain ("%s: %s", *path, fault);
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
