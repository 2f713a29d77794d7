/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/tfv-command.h"
#include "cli/tfv-export-tables.h"
#include "cli/tfv-input.h"
#include "cli/tfv-output-tree.h"
#include "summaries/tfv-tfevents-writer.h"

extern const TfvCommand tfv_command_export;

/* What the command line asks for. */
typedef struct
{
  char    *out;
  char    *format;
  char    *run;
  char    *tag;
  char   **kinds;
  gboolean purge;
  gboolean keep_float64;
} Options;

static void
options_clear (Options *options)
{
  g_free (options->out);
  g_free (options->format);
  g_free (options->run);
  g_free (options->tag);
  g_strfreev (options->kinds);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* A bit for each kind of a list such as “scalar,text”; several lists add up. */
static gboolean
parse_kinds (char **lists, guint32 *kinds, char **wrong)
{
  *kinds = 0;
  for (char **list = lists; list != NULL && *list != NULL; list++)
    {
      g_auto (GStrv) names = g_strsplit (*list, ",", -1);

      for (char **name = names; *name != NULL; name++)
        {
          TfvRecordKind kind;

          if (!tfv_record_kind_from_string (*name, &kind))
            {
              *wrong = g_strdup (*name);
              return FALSE;
            }
          *kinds |= 1u << kind;
        }
    }
  return TRUE;
}

/* The runs whose names match; all of them without a GLOB. */
static GPtrArray *
choose_runs (GPtrArray *runs, const char *glob)
{
  g_autoptr (GPatternSpec) wanted = glob != NULL ? g_pattern_spec_new (glob) : NULL;
  GPtrArray               *chosen = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < runs->len; i++)
    {
      TfvRun *run = g_ptr_array_index (runs, i);

      if (wanted == NULL || g_pattern_spec_match_string (wanted, tfv_run_get_name (run)))
        g_ptr_array_add (chosen, g_object_ref (run));
    }
  return chosen;
}

/* One line of what event files have no place for, and one of what was rounded. */
static void
tell_losses (const TfvTfeventsExport *result)
{
  g_autoptr (GString) kinds = g_string_new (NULL);

  for (guint kind = 0; kind < TFV_N_RECORD_KINDS; kind++)
    if (result->n_left_out[kind] > 0)
      g_string_append_printf (kinds, "%s%" G_GUINT64_FORMAT " of kind %s", kinds->len > 0 ? ", " : "", result->n_left_out[kind], tfv_record_kind_to_string ((TfvRecordKind) kind));
  if (kinds->len > 0)
    tfv_command_complain ("left out, for TensorFlow's event files have no place for them: %s", kinds->str);
  if (result->n_rounded > 0)
    tfv_command_complain ("%" G_GUINT64_FORMAT " scalars were rounded to float32, as TensorBoard shows them; --float64 keeps them", result->n_rounded);
}

static int
export_tfevents (GPtrArray *runs, TfvTfeventsExport *export, const char *out)
{
  g_auto (TfvOutputTree) tree = { NULL };
  g_autoptr (GError)     error = NULL;
  int                    status = TFV_EXIT_SUCCESS;

  if (!tfv_output_tree_begin (&tree, out, &error))
    {
      tfv_command_complain ("%s", error->message);
      return TFV_EXIT_FAILURE;
    }
  for (guint i = 0; i < runs->len; i++)
    {
      TfvRun            *run = g_ptr_array_index (runs, i);
      g_autoptr (GError) fault = NULL;
      g_autofree char   *folder = tfv_output_tree_add_folder (&tree, tfv_run_get_name (run), &fault);

      if (folder != NULL && tfv_run_write_tfevents (run, folder, export, &fault))
        continue;
      tfv_output_tree_name_place (&tree, fault);
      tfv_command_complain ("%s", fault->message);
      status = TFV_EXIT_FAILURE;
      if (folder == NULL || !tfv_output_tree_has_files (folder))
        return status;
    }
  tell_losses (export);
  if (!tfv_output_tree_finish (&tree, &error))
    {
      tfv_command_complain ("%s", error->message);
      return TFV_EXIT_FAILURE;
    }
  return status;
}

static int
export_runs (GPtrArray *runs, const Options *options, guint32 kinds)
{
  g_autoptr (GPatternSpec) tags = options->tag != NULL ? g_pattern_spec_new (options->tag) : NULL;
  TfvRecordFilter          filter = { .tags = tags, .purge = options->purge };
  TfvTfeventsExport export = { .tags = tags, .kinds = kinds, .purge = options->purge, .keep_float64 = options->keep_float64 };
  g_autoptr (GError) error = NULL;
  TfvRowFormat       format;

  if (!tfv_row_format_from_string (options->format, &format))
    return export_tfevents (runs, &export, options->out);
  if (tfv_export_tables (runs, &filter, kinds != 0 ? kinds : TFV_ALL_KINDS, format, options->out, &error))
    return TFV_EXIT_SUCCESS;
  if (error != NULL)
    tfv_command_complain ("%s", error->message);
  return TFV_EXIT_FAILURE;
}

static const char export_description[] =
    "tfevents: a folder for each run, as TensorBoard opens it: every value as it came,\n"
    "restarts where they were, beside it the files of its projector. A scalar that no\n"
    "float32 can be is rounded, for TensorBoard shows float32; --float64 writes it as\n"
    "it is, in a form that TensorBoard shows only with --load_fast=false.\n"
    "csv, json: the tables of 'tfv dump'. An --out that ends in .csv or .json is one\n"
    "file with one kind, scalar unless told; any other is a folder with a file for\n"
    "each kind.\n"
    "\n"
    "The folder must be new, or empty. It appears when all is written. A single table\n"
    "that is there is replaced.";

static int
run_export (int argc, char **argv, TfvPrinter *printer)
{
  g_auto (Options)   options = { NULL };
  const GOptionEntry entries[] = {
    { "format", 0, 0, G_OPTION_ARG_FILENAME, &options.format, "What to write", "tfevents|csv|json" },
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &options.out, "Where to write it", "DIR|FILE" },
    { "run", 0, 0, G_OPTION_ARG_FILENAME, &options.run, "Only runs whose name matches", "GLOB" },
    { "tag", 0, 0, G_OPTION_ARG_FILENAME, &options.tag, "Only tags whose name matches", "GLOB" },
    { "kind", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.kinds, "Only records of these kinds, as 'tfv ls' names them", "KIND,…" },
    { "purge", 0, 0, G_OPTION_ARG_NONE, &options.purge, "Leave out what a restart superseded, as TensorBoard does", NULL },
    { "float64", 0, 0, G_OPTION_ARG_NONE, &options.keep_float64, "Write float64 scalars to tfevents as they are", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (TfvInput)     input = { NULL };
  g_autoptr (GPtrArray) runs = NULL;
  g_autofree char      *wrong = NULL;
  TfvRowFormat          format;
  guint32               kinds;
  int                   status;

  if (!tfv_command_parse (&tfv_command_export, export_description, entries, &argc, &argv, printer, &status))
    return status;
  if (argc < 2)
    return tfv_command_fail_usage (&tfv_command_export, "no PATH given");
  if (options.format == NULL)
    return tfv_command_fail_usage (&tfv_command_export, "no --format given");
  if (!g_str_equal (options.format, "tfevents") && !tfv_row_format_from_string (options.format, &format))
    return tfv_command_fail_usage (&tfv_command_export, "'%s' is no format; tfevents, csv and json are", options.format);
  if (options.out == NULL)
    return tfv_command_fail_usage (&tfv_command_export, "no --out given");
  if (!parse_kinds (options.kinds, &kinds, &wrong))
    return tfv_command_fail_usage (&tfv_command_export, "'%s' is no kind of record", wrong);

  if (!tfv_input_open (&input, argv + 1))
    return input.status;
  runs = choose_runs (input.runs, options.run);
  if (runs->len == 0)
    {
      if (input.runs->len > 0)
        tfv_command_complain ("nothing matches --run=%s", options.run);
      return TFV_EXIT_FAILURE;
    }
  status = export_runs (runs, &options, kinds);
  return status != TFV_EXIT_SUCCESS ? status : input.status;
}

const TfvCommand tfv_command_export = {
  .name = "export",
  .arguments = "PATH…",
  .summary = "Write what there is for TensorBoard, or as tables",
  .run = run_export,
};
