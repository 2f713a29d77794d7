/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/tfv-command.h"
#include "cli/tfv-text-table.h"
#include "summaries/tfv-check.h"

extern const TfvCommand tfv_command_check;

static void
put_json_strings (TfvPrinter *printer, GVariant *strings)
{
  tfv_printer_put_char (printer, '[');
  for (gsize i = 0; i < g_variant_n_children (strings); i++)
    {
      g_autoptr (GVariant) string = g_variant_get_child_value (strings, i);

      if (i > 0)
        tfv_printer_put_char (printer, ',');
      tfv_printer_put_json_string (printer, g_variant_get_string (string, NULL));
    }
  tfv_printer_put_char (printer, ']');
}

static void
put_json_datasets (TfvPrinter *printer, GVariant *datasets)
{
  const char *name;
  guint64     n_rows, n_invalid;

  tfv_printer_put_char (printer, '[');
  for (gsize i = 0; i < g_variant_n_children (datasets); i++)
    {
      g_variant_get_child (datasets, i, "(&stt)", &name, &n_rows, &n_invalid);
      tfv_printer_put (printer, i > 0 ? ",{\"name\":" : "{\"name\":");
      tfv_printer_put_json_string (printer, name);
      tfv_printer_put (printer, ",\"rows\":");
      tfv_printer_put_integer (printer, (gint64) n_rows);
      tfv_printer_put (printer, ",\"invalid\":");
      tfv_printer_put_integer (printer, (gint64) n_invalid);
      tfv_printer_put_char (printer, '}');
    }
  tfv_printer_put_char (printer, ']');
}

/* FALSE for what is of no use to a script. */
static gboolean
put_json_value (TfvPrinter *printer, const char *key, GVariant *value)
{
  const char *type = g_variant_get_type_string (value);

  if (g_str_equal (type, "a(tt)"))
    return FALSE;
  tfv_printer_put_char (printer, ',');
  tfv_printer_put_json_string (printer, key);
  tfv_printer_put_char (printer, ':');
  if (g_str_equal (type, "s"))
    tfv_printer_put_json_string (printer, g_variant_get_string (value, NULL));
  else if (g_str_equal (type, "b"))
    tfv_printer_put (printer, g_variant_get_boolean (value) ? "true" : "false");
  else if (g_str_equal (type, "u"))
    tfv_printer_put_integer (printer, g_variant_get_uint32 (value));
  else if (g_str_equal (type, "x"))
    tfv_printer_put_integer (printer, g_variant_get_int64 (value));
  else if (g_str_equal (type, "t"))
    tfv_printer_put_integer (printer, (gint64) g_variant_get_uint64 (value));
  else if (g_str_equal (type, "as"))
    put_json_strings (printer, value);
  else if (g_str_equal (type, "a(stt)"))
    put_json_datasets (printer, value);
  else
    tfv_printer_put (printer, "null");
  return TRUE;
}

/* The members of one file, in an order that stays. */
static void
put_json (TfvPrinter *printer, GVariant *report, gboolean is_whole)
{
  static const char *const keys[] = { "path", "format", "state", "size", "version", "version_major", "version_minor", "writer", "host", "pid", "uuid", "segment",
                                      "start_wall_ns", "is_compacted", "dropped", "datasets", "records", "bad_records", "half_record", "parsed", "notes", "problems" };

  tfv_printer_put (printer, is_whole ? "{\"whole\":true" : "{\"whole\":false");
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (GVariant) value = g_variant_lookup_value (report, keys[i], NULL);

      if (value != NULL)
        put_json_value (printer, keys[i], value);
    }
  tfv_printer_put_char (printer, '}');
}

static void
put_line (TfvPrinter *printer, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
put_line (TfvPrinter *printer, const char *format, ...)
{
  g_autofree char *line = NULL;
  va_list          arguments;

  va_start (arguments, format);
  line = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  for (char *c = line; *c; c++)
    if ((guchar) *c < 0x20 || *c == 0x7f)
      *c = '?';
  tfv_printer_put (printer, line);
  tfv_printer_put_char (printer, '\n');
}

static void
put_datasets (TfvPrinter *printer, GVariant *report)
{
  static const char *const heads[] = { "DATASET", "ROWS", "INVALID" };
  g_autoptr (TfvTextTable) table = tfv_text_table_new (heads, "lrr");
  g_autoptr (GVariant)     datasets = g_variant_lookup_value (report, "datasets", G_VARIANT_TYPE ("a(stt)"));
  const char              *name;
  guint64                  n_rows, n_invalid;

  for (gsize i = 0; datasets != NULL && i < g_variant_n_children (datasets); i++)
    {
      g_variant_get_child (datasets, i, "(&stt)", &name, &n_rows, &n_invalid);
      tfv_text_table_add_string (table, name);
      tfv_text_table_add_integer (table, (gint64) n_rows);
      tfv_text_table_add_integer (table, (gint64) n_invalid);
    }
  if (tfv_text_table_get_n_rows (table) > 0)
    tfv_text_table_print (table, printer);
}

static void
put_lines (TfvPrinter *printer, GVariant *report, const char *key, const char *word)
{
  g_autofree const char **lines = NULL;

  g_variant_lookup (report, key, "^a&s", &lines);
  for (guint i = 0; lines != NULL && lines[i] != NULL; i++)
    put_line (printer, "%s: %s", word, lines[i]);
}

static void
put_event_file (TfvPrinter *printer, GVariant *report, const char *path)
{
  const char           *state = "", *writer = "an unknown program", *host = "an unknown host";
  guint32               major = 0, minor = 0, segment = 0;
  gint64                pid = 0, start_ns = 0;
  guint64               size = 0, n_dropped = 0;
  gboolean              is_compacted = FALSE;
  g_autoptr (GDateTime) start = NULL;
  g_autofree char      *when = NULL;

  g_variant_lookup (report, "state", "&s", &state);
  g_variant_lookup (report, "writer", "&s", &writer);
  g_variant_lookup (report, "host", "&s", &host);
  g_variant_lookup (report, "version_major", "u", &major);
  g_variant_lookup (report, "version_minor", "u", &minor);
  g_variant_lookup (report, "segment", "u", &segment);
  g_variant_lookup (report, "pid", "x", &pid);
  g_variant_lookup (report, "start_wall_ns", "x", &start_ns);
  g_variant_lookup (report, "size", "t", &size);
  g_variant_lookup (report, "dropped", "t", &n_dropped);
  g_variant_lookup (report, "is_compacted", "b", &is_compacted);
  start = g_date_time_new_from_unix_utc (start_ns / 1000000000);
  when = start != NULL ? g_date_time_format_iso8601 (start) : g_strdup ("no time");

  put_line (printer, "%s: events of tfview, version %u.%u, %s%s, %" G_GUINT64_FORMAT " bytes", path, major, minor, state, is_compacted ? ", compacted" : "", size);
  put_line (printer, "written by %s, process %" G_GINT64_FORMAT " of %s, which began %s, segment %u", writer, pid, host, when, segment);
  put_datasets (printer, report);
  if (n_dropped > 0)
    put_line (printer, "dropped: %" G_GUINT64_FORMAT " records came faster than they could be written", n_dropped);
}

static void
put_tfevents (TfvPrinter *printer, GVariant *report, const char *path)
{
  guint32 version = 0;
  guint64 size = 0, n_records = 0, n_bad = 0;

  g_variant_lookup (report, "version", "u", &version);
  g_variant_lookup (report, "size", "t", &size);
  g_variant_lookup (report, "records", "t", &n_records);
  g_variant_lookup (report, "bad_records", "t", &n_bad);
  if (version > 0)
    put_line (printer, "%s: events of TensorFlow, version %u, %" G_GUINT64_FORMAT " bytes", path, version, size);
  else
    put_line (printer, "%s: events of TensorFlow, of no version, %" G_GUINT64_FORMAT " bytes", path, size);
  put_line (printer, "%" G_GUINT64_FORMAT " whole records, %" G_GUINT64_FORMAT " with a wrong checksum", n_records, n_bad);
}

static void
put_text (TfvPrinter *printer, GVariant *report, const char *path, gboolean is_whole)
{
  const char *format = "", *parsed = NULL;

  g_variant_lookup (report, "format", "&s", &format);
  if (g_str_equal (format, "tfview"))
    put_event_file (printer, report, path);
  else
    put_tfevents (printer, report, path);
  if (g_variant_lookup (report, "parsed", "&s", &parsed))
    put_line (printer, "parsed %s", parsed);
  put_lines (printer, report, "notes", "note");
  put_lines (printer, report, "problems", "problem");
  put_line (printer, is_whole ? "nothing is wrong with it" : "something is wrong with it");
}

/* Checks one file. Whether it is whole. */
static gboolean
check_file (TfvPrinter *printer, const char *path, gboolean json, gboolean *is_first)
{
  g_autoptr (GError)      error = NULL;
  g_autoptr (GVariant)    report = tfv_check_file (path, &error);
  g_autofree const char **problems = NULL;
  g_autofree char        *valid = g_utf8_make_valid (path, -1);
  gboolean                is_whole;

  if (report == NULL)
    {
      tfv_command_complain ("%s", error->message);
      return FALSE;
    }
  g_variant_lookup (report, "problems", "^a&s", &problems);
  is_whole = problems == NULL || problems[0] == NULL;
  if (!*is_first)
    tfv_printer_put (printer, json ? ",\n" : "\n");
  *is_first = FALSE;
  if (json)
    put_json (printer, report, is_whole);
  else
    put_text (printer, report, valid, is_whole);
  return is_whole;
}

static int
run_check (int argc, char **argv, TfvPrinter *printer)
{
  gboolean           json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print JSON", NULL },
    G_OPTION_ENTRY_NULL,
  };
  static const char description[] =
      "Reads all of each FILE. The status is 0 where nothing is wrong, and 1 where\n"
      "something is: a checksum, rows that were never written, a writer that died. A\n"
      "file that is being written is whole.\n"
      "\n"
      "In JSON, \"files\" is an array of objects, each with whole, path, format, size,\n"
      "parsed, notes and problems, and of tfview's files state, datasets and what is\n"
      "known of the writer, of TensorFlow's records and bad_records.";
  int      status = TFV_EXIT_SUCCESS;
  gboolean is_first = TRUE;

  if (!tfv_command_parse (&tfv_command_check, description, entries, &argc, &argv, printer, &status))
    return status;
  if (argc < 2)
    return tfv_command_fail_usage (&tfv_command_check, "no FILE given");

  if (json)
    tfv_printer_put (printer, "{\"files\":[\n");
  for (int i = 1; i < argc; i++)
    if (!check_file (printer, argv[i], json, &is_first))
      status = TFV_EXIT_FAILURE;
  if (json)
    tfv_printer_put (printer, "]}\n");
  return status;
}

const TfvCommand tfv_command_check = {
  .name = "check",
  .arguments = "FILE…",
  .summary = "Tell what a file is and what is wrong with it",
  .run = run_check,
};
