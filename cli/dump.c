/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/tfv-command.h"

#include <string.h>

#include "cli/tfv-input.h"
#include "cli/tfv-record-dump.h"
#include "cli/tfv-row-writer.h"
#include "summaries/tfv-record-class.h"

extern const TfvCommand tfv_command_dump;

/* What the command line asks for. */
typedef struct
{
  char    *kind;
  char    *run;
  char    *tag;
  char    *format;
  gboolean purge;
} Options;

static void
options_clear (Options *options)
{
  g_free (options->kind);
  g_free (options->run);
  g_free (options->tag);
  g_free (options->format);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

/* Most often a GLOB that lets nothing through is mistyped. */
static void
complain_of_globs (const Options *options, gboolean is_run_found)
{
  g_autoptr (GString) globs = g_string_new (NULL);

  if (options->run == NULL && options->tag == NULL)
    return;

  if (options->run != NULL)
    g_string_append_printf (globs, " --run=%s", options->run);
  /* Where no run matches, the tag was never looked at. */
  if (options->tag != NULL && is_run_found)
    g_string_append_printf (globs, " --tag=%s", options->tag);
  tfv_command_complain ("nothing matches%s", globs->str);
}

/* Gives the records of a kind, run after run. A record that can't be read is
 * told of; what else there is is given. FALSE where there was one. */
static gboolean
dump_runs (GPtrArray *runs, const Options *options, TfvRecordKind kind, TfvRowFormat format, TfvPrinter *printer)
{
  g_autoptr (TfvRowWriter) rows = tfv_row_writer_new (printer, format, tfv_record_dump_get_columns (kind));
  g_autoptr (GPatternSpec) wanted_runs = options->run ? g_pattern_spec_new (options->run) : NULL;
  g_autoptr (GPatternSpec) wanted_tags = options->tag ? g_pattern_spec_new (options->tag) : NULL;
  TfvRecordFilter          filter = { .tags = wanted_tags, .purge = options->purge };
  gboolean                 all_whole = TRUE;
  gboolean                 is_run_found = FALSE;

  for (guint i = 0; i < runs->len && !tfv_row_writer_has_failed (rows); i++)
    {
      TfvRun            *run = g_ptr_array_index (runs, i);
      g_autoptr (GError) error = NULL;

      if (wanted_runs && !g_pattern_spec_match_string (wanted_runs, tfv_run_get_name (run)))
        continue;
      is_run_found = TRUE;
      if (!tfv_record_dump_run (run, kind, &filter, rows, &error))
        {
          tfv_command_complain ("%s", error->message);
          all_whole = FALSE;
        }
    }
  if (runs->len > 0 && all_whole && tfv_row_writer_get_n_rows (rows) == 0 && !tfv_row_writer_has_failed (rows))
    complain_of_globs (options, is_run_found);
  tfv_row_writer_finish (rows);
  return all_whole;
}

/* The kinds that have columns of their own, as text behind the help. */
static char *
describe_kinds (void)
{
  GString *text = g_string_new ("KIND is one of these, with these columns:\n");
  int      width = 0;

  for (const TfvRecordClass *const *known = tfv_record_class_get_all (); *known; known++)
    width = MAX (width, (int) strlen ((*known)->name));
  for (const TfvRecordClass *const *known = tfv_record_class_get_all (); *known; known++)
    {
      g_autofree char *columns = g_strjoinv (",", (char **) (*known)->columns);

      g_string_append_printf (text, "  %-*s  %s\n", width, (*known)->name, columns);
    }
  g_string_append (text,
                   "or another kind that 'tfv ls' names: run,tag,step,wall_time,bytes,data with the\n"
                   "data as it is stored, in base64.\n"
                   "\n"
                   "In a GLOB, * stands for anything, / too, and ? for one character. The tag of a\n"
                   "span is its name. Records come in stored order, those that a restart superseded\n"
                   "included. Times ending in _ns are nanoseconds; wall_time is seconds since 1970.\n"
                   "Numbers have the fewest digits that read back the same. What is no finite number\n"
                   "is nan, inf or -inf; in JSON that is a string.");
  return g_string_free (text, FALSE);
}

static int
run_dump (int argc, char **argv, TfvPrinter *printer)
{
  g_auto (Options)   options = { NULL };
  const GOptionEntry entries[] = {
    { "kind", 0, 0, G_OPTION_ARG_FILENAME, &options.kind, "Give the records of this kind", "KIND" },
    { "run", 0, 0, G_OPTION_ARG_FILENAME, &options.run, "Only of runs whose name matches", "GLOB" },
    { "tag", 0, 0, G_OPTION_ARG_FILENAME, &options.tag, "Only of tags whose name matches", "GLOB" },
    { "format", 0, 0, G_OPTION_ARG_FILENAME, &options.format, "How to print them, csv unless told", "csv|json" },
    { "purge", 0, 0, G_OPTION_ARG_NONE, &options.purge, "Leave out what a restart superseded, as TensorBoard does", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autofree char  *description = describe_kinds ();
  g_auto (TfvInput) input = { NULL };
  TfvRecordKind     kind;
  TfvRowFormat      format = TFV_ROWS_CSV;
  int               status;

  if (!tfv_command_parse (&tfv_command_dump, description, entries, &argc, &argv, printer, &status))
    return status;
  if (options.kind == NULL)
    return tfv_command_fail_usage (&tfv_command_dump, "no --kind=KIND given");
  if (!tfv_record_kind_from_string (options.kind, &kind))
    return tfv_command_fail_usage (&tfv_command_dump, "'%s' is no kind of record", options.kind);
  if (options.format && !tfv_row_format_from_string (options.format, &format))
    return tfv_command_fail_usage (&tfv_command_dump, "'%s' is no format, csv and json are", options.format);
  if (argc < 2)
    return tfv_command_fail_usage (&tfv_command_dump, "no PATH given");

  if (!tfv_input_open (&input, argv + 1))
    return input.status;
  if (!dump_runs (input.runs, &options, kind, format, printer))
    input.status = TFV_EXIT_FAILURE;
  return input.status;
}

const TfvCommand tfv_command_dump = {
  .name = "dump",
  .arguments = "PATH…",
  .summary = "Print every record of a kind",
  .run = run_dump,
};
