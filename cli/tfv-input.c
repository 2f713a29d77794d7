/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/tfv-input.h"

#include <errno.h>
#include <unistd.h>

#include "cli/tfv-command.h"
#include "summaries/tfv-record-class.h"

/* Reads the files and folders of a command line. Those that can't be read are
 * told of and make the status a failure; the others are read nevertheless.
 * NULL where none is left. */
TfvLogdir *
tfv_input_open (char **paths, int *status)
{
  g_autoptr (GPtrArray) readable = g_ptr_array_new ();
  g_autoptr (TfvLogdir) logdir = NULL;
  g_autoptr (GError)    error = NULL;

  for (char **path = paths; *path; path++)
    if (access (*path, R_OK) == 0)
      g_ptr_array_add (readable, *path);
    else
      {
        tfv_command_complain ("%s: %s", *path, g_strerror (errno));
        *status = TFV_EXIT_FAILURE;
      }
  if (readable->len == 0)
    return NULL;

  g_ptr_array_add (readable, NULL);
  logdir = tfv_logdir_new ((const char *const *) readable->pdata);
  if (!tfv_logdir_load (logdir, NULL, &error))
    {
      tfv_command_complain ("%s", error->message);
      *status = TFV_EXIT_FAILURE;
      return NULL;
    }
  return g_steal_pointer (&logdir);
}

static void
tell (char **warnings)
{
  for (char **warning = warnings; *warning; warning++)
    tfv_command_complain ("warning: %s", *warning);
}

/* Tells what was wrong with what was read. */
void
tfv_input_tell_warnings (TfvLogdir *logdir, GPtrArray *runs)
{
  g_auto (GStrv) of_logdir = tfv_logdir_dup_warnings (logdir);

  tell (of_logdir);
  for (guint i = 0; i < runs->len; i++)
    {
      g_auto (GStrv) of_run = tfv_run_dup_warnings (g_ptr_array_index (runs, i));

      tell (of_run);
    }
}

/* TensorBoard's name for the plugin that shows a tag. Where the file doesn't
 * tell it is the one that TensorBoard chooses for such records. */
const char *
tfv_input_get_plugin (TfvTag *tag)
{
  const char *plugin = tfv_tag_get_plugin (tag);

  if (plugin[0] == '\0')
    {
      const TfvRecordClass *class = tfv_record_class_find (tfv_record_kind_to_string (tfv_tag_get_kind (tag)));

      if (class && class->plugin)
        plugin = class->plugin;
    }
  return plugin;
}
