/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/tfv-command.h"
#include "cli/tfv-input.h"
#include "cli/tfv-text-table.h"
#include "profiler/tfv-trace.h"
#include "summaries/tfv-run.h"

extern const TfvCommand tfv_command_ls;

/* Begins a member of an object: the first behind `{`, the others behind `,`. */
static void
put_key (TfvPrinter *printer, const char *before, const char *key)
{
  tfv_printer_put (printer, before);
  tfv_printer_put_json_string (printer, key);
  tfv_printer_put_char (printer, ':');
}

static void
put_string (TfvPrinter *printer, const char *before, const char *key, const char *value)
{
  put_key (printer, before, key);
  tfv_printer_put_json_string (printer, value);
}

static void
put_integer (TfvPrinter *printer, const char *before, const char *key, gint64 value)
{
  put_key (printer, before, key);
  tfv_printer_put_integer (printer, value);
}

static void
put_strings (TfvPrinter *printer, const char *before, const char *key, char **values)
{
  put_key (printer, before, key);
  tfv_printer_put_char (printer, '[');
  for (char **value = values; *value; value++)
    {
      if (value != values)
        tfv_printer_put_char (printer, ',');
      tfv_printer_put_json_string (printer, *value);
    }
  tfv_printer_put_char (printer, ']');
}

static void
put_tag (TfvPrinter *printer, TfvTag *tag)
{
  TfvTagSummary summary;

  tfv_tag_get_summary (tag, &summary);
  put_string (printer, "{", "tag", tfv_tag_get_name (tag));
  put_string (printer, ",", "kind", tfv_record_kind_to_string (tfv_tag_get_kind (tag)));
  put_string (printer, ",", "plugin", tfv_input_get_plugin (tag));
  put_integer (printer, ",", "count", (gint64) summary.count);
  put_integer (printer, ",", "first_step", summary.first_step);
  put_integer (printer, ",", "last_step", summary.last_step);
  put_integer (printer, ",", "superseded", (gint64) tfv_tag_get_n_superseded (tag));
  tfv_printer_put_char (printer, '}');
}

static void
put_device (TfvPrinter *printer, const TfvTraceDevice *device)
{
  put_string (printer, "{", "name", device->name);
  put_integer (printer, ",", "lanes", device->n_lanes);
  put_integer (printer, ",", "spans", (gint64) device->n_spans);
  tfv_printer_put_char (printer, '}');
}

/* How many rows there are beside the spans of a run. */
static void
put_moments (TfvPrinter *printer, TfvRun *run)
{
  g_autoptr (TfvSpanTable) spans = tfv_run_dup_spans (run);

  put_integer (printer, ",", "counters", (gint64) tfv_span_table_get_n_counters (spans));
  put_integer (printer, ",", "flows", (gint64) tfv_span_table_get_n_flows (spans));
  put_integer (printer, ",", "markers", (gint64) tfv_span_table_get_n_markers (spans));
}

static void
put_run (TfvPrinter *printer, TfvRun *run)
{
  g_autoptr (GPtrArray) tags = tfv_run_dup_tags (run);
  g_autoptr (TfvTrace)  trace = tfv_trace_new (run);
  g_auto (GStrv)        files = tfv_run_dup_files (run);
  g_auto (GStrv)        warnings = tfv_input_dup_warnings (run);
  guint                 n_devices;
  const TfvTraceDevice *devices = tfv_trace_get_devices (trace, &n_devices);

  /* Tag by tag it may take a walk over a file each. */
  tfv_run_count_superseded_scalars (run);
  put_string (printer, "{", "name", tfv_run_get_name (run));
  put_strings (printer, ",\n ", "files", files);
  put_key (printer, ",\n ", "tags");
  tfv_printer_put_char (printer, '[');
  for (guint i = 0; i < tags->len; i++)
    {
      tfv_printer_put (printer, i > 0 ? ",\n  " : "\n  ");
      put_tag (printer, g_ptr_array_index (tags, i));
    }
  put_key (printer, "],\n ", "devices");
  tfv_printer_put_char (printer, '[');
  for (guint i = 0; i < n_devices; i++)
    {
      tfv_printer_put (printer, i > 0 ? ",\n  " : "\n  ");
      put_device (printer, &devices[i]);
    }
  put_integer (printer, "],\n ", "graphs", tfv_run_get_n_graphs (run));
  put_moments (printer, run);
  put_strings (printer, ",\n ", "warnings", warnings);
  tfv_printer_put_char (printer, '}');
}

static void
put_json (TfvPrinter *printer, GPtrArray *runs)
{
  tfv_printer_put (printer, "{\"runs\":[");
  for (guint i = 0; i < runs->len; i++)
    {
      tfv_printer_put (printer, i > 0 ? ",\n" : "\n");
      put_run (printer, g_ptr_array_index (runs, i));
    }
  tfv_printer_put (printer, "]}\n");
}

/* Whether some of the records were superseded: most runs never restart. */
static gboolean
has_superseded (GPtrArray *runs)
{
  gboolean is_any = FALSE;

  for (guint i = 0; i < runs->len; i++)
    {
      g_autoptr (GPtrArray) tags = tfv_run_dup_tags (g_ptr_array_index (runs, i));

      /* Of all runs, also where it is known by now: they are told of tag by tag. */
      is_any |= tfv_run_count_superseded_scalars (g_ptr_array_index (runs, i)) > 0;
      for (guint j = 0; j < tags->len && !is_any; j++)
        is_any = tfv_tag_get_n_superseded (g_ptr_array_index (tags, j)) > 0;
    }
  return is_any;
}

static void
add_tags (TfvTextTable *table, TfvRun *run, gboolean with_superseded)
{
  g_autoptr (GPtrArray) tags = tfv_run_dup_tags (run);

  for (guint i = 0; i < tags->len; i++)
    {
      TfvTag       *tag = g_ptr_array_index (tags, i);
      TfvTagSummary summary;

      tfv_tag_get_summary (tag, &summary);
      tfv_text_table_add_string (table, tfv_run_get_name (run));
      tfv_text_table_add_string (table, tfv_record_kind_to_string (tfv_tag_get_kind (tag)));
      tfv_text_table_add_integer (table, (gint64) summary.count);
      if (with_superseded)
        tfv_text_table_add_integer (table, (gint64) tfv_tag_get_n_superseded (tag));
      tfv_text_table_add_integer (table, summary.first_step);
      tfv_text_table_add_integer (table, summary.last_step);
      tfv_text_table_add_string (table, tfv_tag_get_name (tag));
    }
}

static void
add_devices (TfvTextTable *table, TfvRun *run)
{
  g_autoptr (TfvTrace)  trace = tfv_trace_new (run);
  guint                 n_devices;
  const TfvTraceDevice *devices = tfv_trace_get_devices (trace, &n_devices);

  for (guint i = 0; i < n_devices; i++)
    {
      tfv_text_table_add_string (table, tfv_run_get_name (run));
      tfv_text_table_add_integer (table, devices[i].n_lanes);
      tfv_text_table_add_integer (table, (gint64) devices[i].n_spans);
      tfv_text_table_add_string (table, devices[i].name[0] ? devices[i].name : "-");
    }
}

static void
add_moments (TfvTextTable *table, TfvRun *run)
{
  g_autoptr (TfvSpanTable) spans = tfv_run_dup_spans (run);
  gsize                    n_counters = tfv_span_table_get_n_counters (spans);
  gsize                    n_flows = tfv_span_table_get_n_flows (spans);
  gsize                    n_markers = tfv_span_table_get_n_markers (spans);

  if (n_counters + n_flows + n_markers == 0)
    return;
  tfv_text_table_add_integer (table, (gint64) n_counters);
  tfv_text_table_add_integer (table, (gint64) n_flows);
  tfv_text_table_add_integer (table, (gint64) n_markers);
  tfv_text_table_add_string (table, tfv_run_get_name (run));
}

/* Prints a table that has rows, with an empty line before all but the first. */
static void
put_table (TfvPrinter *printer, TfvTextTable *table, gboolean *is_first)
{
  if (tfv_text_table_get_n_rows (table) == 0)
    return;
  if (!*is_first)
    tfv_printer_put_char (printer, '\n');
  *is_first = FALSE;
  tfv_text_table_print (table, printer);
}

static void
put_tables (TfvPrinter *printer, GPtrArray *runs)
{
  static const char *const tag_heads[] = { "RUN", "KIND", "COUNT", "FIRST", "LAST", "TAG" };
  static const char *const tag_heads_superseded[] = { "RUN", "KIND", "COUNT", "SUPERSEDED", "FIRST", "LAST", "TAG" };
  static const char *const device_heads[] = { "RUN", "LANES", "SPANS", "DEVICE" };
  static const char *const moment_heads[] = { "COUNTERS", "FLOWS", "MARKERS", "RUN" };
  gboolean                 with_superseded = has_superseded (runs);
  g_autoptr (TfvTextTable) tags = with_superseded ? tfv_text_table_new (tag_heads_superseded, "llrrrrl") : tfv_text_table_new (tag_heads, "llrrrl");
  g_autoptr (TfvTextTable) devices = tfv_text_table_new (device_heads, "lrrl");
  g_autoptr (TfvTextTable) moments = tfv_text_table_new (moment_heads, "rrrl");
  gboolean                 is_first = TRUE;

  for (guint i = 0; i < runs->len; i++)
    {
      add_tags (tags, g_ptr_array_index (runs, i), with_superseded);
      add_devices (devices, g_ptr_array_index (runs, i));
      add_moments (moments, g_ptr_array_index (runs, i));
    }
  put_table (printer, tags, &is_first);
  put_table (printer, devices, &is_first);
  put_table (printer, moments, &is_first);
}

static int
run_ls (int argc, char **argv, TfvPrinter *printer)
{
  gboolean           json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print JSON", NULL },
    G_OPTION_ENTRY_NULL,
  };
  static const char description[] =
      "FIRST and LAST are the steps of the first and the last record as they were\n"
      "stored, restarts included. SUPERSEDED is there where training went back to an\n"
      "earlier step: how many of the records were logged again since. A run's name is\n"
      "its folder's path below PATH, '.' for PATH itself.\n"
      "\n"
      "In JSON, \"runs\" is an array of objects with these keys:\n"
      "  name, files, tags, devices, graphs, counters, flows, markers, warnings\n"
      "each tag an object with\n"
      "  tag, kind, plugin, count, first_step, last_step, superseded\n"
      "and each device one with\n"
      "  name, lanes, spans";
  g_auto (TfvInput) input = { NULL };
  int               status;

  if (!tfv_command_parse (&tfv_command_ls, description, entries, &argc, &argv, printer, &status))
    return status;
  if (argc < 2)
    return tfv_command_fail_usage (&tfv_command_ls, "no PATH given");

  if (!tfv_input_open (&input, argv + 1))
    return input.status;
  if (json)
    put_json (printer, input.runs);
  else
    put_tables (printer, input.runs);
  return input.status;
}

const TfvCommand tfv_command_ls = {
  .name = "ls",
  .arguments = "PATH…",
  .summary = "List runs, their tags and their devices",
  .run = run_ls,
};
