/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/tfv-command.h"
#include "cli/tfv-csv-import.h"
#include "cli/tfv-input.h"
#include "cli/tfv-output-tree.h"
#include "summaries/tfv-event-builder.h"

extern const TfvCommand tfv_command_import;

#define FILE_SUFFIX ".tfv.h5"

/* Complains of an error; the command has failed, but goes on. */
static void
tell (GError *error, int *status)
{
  tfv_command_complain ("%s", error->message);
  *status = TFV_EXIT_FAILURE;
}

/* Every run that the SRCs hold, in a folder of its name. FALSE where nothing can
 * be written. */
static gboolean
import_runs (TfvInput *input, TfvOutputTree *tree)
{
  for (guint i = 0; i < input->runs->len; i++)
    {
      TfvRun            *run = g_ptr_array_index (input->runs, i);
      g_autoptr (GError) error = NULL;
      g_autofree char   *folder = tfv_output_tree_add_folder (tree, tfv_run_get_name (run), &error);

      if (folder != NULL && tfv_run_write_event_files (run, folder, TRUE, &error))
        continue;
      tfv_output_tree_name_place (tree, error);
      tell (error, &input->status);
      if (folder == NULL || !tfv_output_tree_has_files (folder))
        return FALSE;
    }
  return TRUE;
}

/* What the run of a table is called: as its file, or, where several of the tables
 * are called so, as "metrics.csv" often is, by the path to it. (transfer full) */
static char *
dup_table_name (GPtrArray *tables, const char *path)
{
  g_autofree char *name = g_path_get_basename (path);
  guint            n_same = 0;

  for (guint i = 0; i < tables->len; i++)
    {
      g_autofree char *other = g_path_get_basename (tables->pdata[i]);

      n_same += g_str_equal (name, other);
    }
  return n_same > 1 ? g_strdup (path) : g_steal_pointer (&name);
}

static int
import_to_folder (char **paths, GPtrArray *tables, const char *out)
{
  g_auto (TfvOutputTree) tree = { NULL };
  g_auto (TfvInput)      input = { .status = TFV_EXIT_SUCCESS };
  g_autoptr (GError)     error = NULL;
  guint                  n_imported = 0;

  if (!tfv_output_tree_begin (&tree, out, &error))
    {
      tell (error, &input.status);
      return input.status;
    }
  if (paths[0] != NULL && tfv_input_open (&input, paths) && !import_runs (&input, &tree))
    return input.status;
  for (guint i = 0; i < tables->len; i++)
    {
      g_autoptr (GError) fault = NULL;
      g_autofree char   *name = dup_table_name (tables, tables->pdata[i]);
      gboolean           is_whole;

      if (tfv_csv_import (tables->pdata[i], name, &tree, NULL, &is_whole, &fault))
        {
          n_imported++;
        }
      else
        {
          tfv_output_tree_name_place (&tree, fault);
          tell (fault, &input.status);
        }
      if (!is_whole)
        input.status = TFV_EXIT_FAILURE;
    }
  if ((input.runs != NULL && input.runs->len > 0) || n_imported > 0)
    if (!tfv_output_tree_finish (&tree, &error))
      tell (error, &input.status);
  return input.status;
}

static int
import_to_file (char **paths, GPtrArray *tables, const char *out)
{
  g_auto (TfvInput)  input = { .status = TFV_EXIT_SUCCESS };
  g_autoptr (GError) error = NULL;
  g_autofree char   *name = NULL;
  gboolean           is_whole;

  /* Event files are the only copy of what they hold. */
  if (!tfv_output_is_new_file (out, &error))
    {
      tell (error, &input.status);
      return input.status;
    }
  if (tables->len > 0)
    {
      name = dup_table_name (tables, tables->pdata[0]);
      if (tables->len > 1 || paths[0] != NULL)
        tfv_command_complain ("%s: a file holds one run; give a folder for several", out);
      else if (tfv_csv_import (tables->pdata[0], name, NULL, out, &is_whole, &error))
        return is_whole ? TFV_EXIT_SUCCESS : TFV_EXIT_FAILURE;
      else
        tfv_command_complain ("%s", error->message);
      return TFV_EXIT_FAILURE;
    }
  if (!tfv_input_open (&input, paths) || input.runs->len == 0)
    return TFV_EXIT_FAILURE;
  if (input.runs->len > 1)
    {
      tfv_command_complain ("%s: a file holds one run, and there are %u; give a folder", out, input.runs->len);
      return TFV_EXIT_FAILURE;
    }
  if (!tfv_run_write_event_files (g_ptr_array_index (input.runs, 0), out, FALSE, &error))
    tell (error, &input.status);
  return input.status;
}

static int
run_import (int argc, char **argv, TfvPrinter *printer)
{
  g_autofree char   *out = NULL;
  const GOptionEntry entries[] = {
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &out, "Where to write: a new folder, or a file, NAME.tfv.h5", "FILE|DIR" },
    G_OPTION_ENTRY_NULL,
  };
  static const char description[] =
      "Writes all that the SRCs hold as tfview's own event files: every record with its\n"
      "step and its time, those that a restart superseded included. SRC is a file or a\n"
      "folder in any format that tfv reads; each run becomes a folder of its name in DIR.\n"
      "A run that one program wrote can become one FILE. DIR must be new, or empty, and\n"
      "FILE must be new.\n"
      "\n"
      "SRC can also be a table of scalars, a file whose name ends in .csv, with a line of\n"
      "heads. One point a line: the columns step and value, and if there are any run,\n"
      "tag and wall_time, as 'tfv dump --kind=scalar' prints them. Or one step a line:\n"
      "a column step, or epoch, and one for each curve; a column wall_time or timestamp\n"
      "tells when it was. A table without runs is one, called as its file is, or by the\n"
      "path to it where several files are called the same.";
  g_autoptr (GPtrArray) paths = g_ptr_array_new ();
  g_autoptr (GPtrArray) tables = g_ptr_array_new ();
  int                   status;

  if (!tfv_command_parse (&tfv_command_import, description, entries, &argc, &argv, printer, &status))
    return status;
  if (argc < 2)
    return tfv_command_fail_usage (&tfv_command_import, "no SRC given");
  if (out == NULL)
    return tfv_command_fail_usage (&tfv_command_import, "no --out given");

  if (g_str_has_suffix (out, ".h5") && !g_str_has_suffix (out, FILE_SUFFIX))
    return tfv_command_fail_usage (&tfv_command_import, "%s: the name of an event file ends in " FILE_SUFFIX, out);

  for (int i = 1; i < argc; i++)
    g_ptr_array_add (tfv_csv_import_is_csv (argv[i]) ? tables : paths, argv[i]);
  g_ptr_array_add (paths, NULL);
  if (g_str_has_suffix (out, FILE_SUFFIX))
    return import_to_file ((char **) paths->pdata, tables, out);
  return import_to_folder ((char **) paths->pdata, tables, out);
}

const TfvCommand tfv_command_import = {
  .name = "import",
  .arguments = "SRC…",
  .summary = "Write what there is as tfview's own event files",
  .run = run_import,
};
