/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/tfv-export-tables.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/tfv-command.h"
#include "cli/tfv-output-tree.h"
#include "cli/tfv-record-dump.h"

static gboolean
fail (GError **error, const char *path, int code)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s: %s", path, g_strerror (code));
  return FALSE;
}

/* Whether some run has a record of a kind. Those of a span's kind are no tags. */
static gboolean
has_kind (GPtrArray *runs, TfvRecordKind kind)
{
  for (guint i = 0; i < runs->len; i++)
    {
      TfvRun                  *run = g_ptr_array_index (runs, i);
      g_autoptr (TfvSpanTable) table = tfv_run_dup_spans (run);
      g_autoptr (GPtrArray)    tags = tfv_run_dup_tags (run);

      for (guint j = 0; j < tags->len; j++)
        if (tfv_tag_get_kind (g_ptr_array_index (tags, j)) == kind)
          return TRUE;
      if ((kind == TFV_RECORD_SPAN && tfv_span_table_get_n_spans (table) > 0) || (kind == TFV_RECORD_COUNTER && tfv_span_table_get_n_counters (table) > 0) ||
          (kind == TFV_RECORD_FLOW && tfv_span_table_get_n_flows (table) > 0) || (kind == TFV_RECORD_MARKER && tfv_span_table_get_n_markers (table) > 0))
        return TRUE;
    }
  return FALSE;
}

/* The rows of a kind. A record that can't be read is told of; the others are
 * given. FALSE where there was one. */
static gboolean
put_rows (GPtrArray *runs, const TfvRecordFilter *filter, TfvRecordKind kind, TfvRowFormat format, TfvPrinter *printer)
{
  g_autoptr (TfvRowWriter) rows = tfv_row_writer_new (printer, format, tfv_record_dump_get_columns (kind));
  gboolean                 all_whole = TRUE;

  for (guint i = 0; i < runs->len && !tfv_row_writer_has_failed (rows); i++)
    {
      g_autoptr (GError) error = NULL;

      if (tfv_record_dump_run (g_ptr_array_index (runs, i), kind, filter, rows, &error))
        continue;
      tfv_command_complain ("%s", error->message);
      all_whole = FALSE;
    }
  tfv_row_writer_finish (rows);
  return all_whole;
}

/* What a printer says behind the name of what it believes to write to. */
static const char *
get_reason (const char *message)
{
  const char *colon = strstr (message, ": ");

  return colon != NULL ? colon + 2 : message;
}

/* Writes the table of a kind: beside its place, to which it is renamed when it is
 * whole. */
static gboolean
write_table (GPtrArray *runs, const TfvRecordFilter *filter, TfvRecordKind kind, TfvRowFormat format, const char *path, gboolean *all_whole, GError **error)
{
  g_autofree char       *directory = g_path_get_dirname (path);
  g_autofree char       *temporary = g_build_filename (directory, ".tfv-XXXXXX", NULL);
  int                    fd = g_mkstemp_full (temporary, O_WRONLY | O_CLOEXEC, 0666);
  g_autoptr (TfvPrinter) printer = NULL;
  g_autoptr (GError)     fault = NULL;
  gboolean               is_written;

  if (fd < 0)
    return fail (error, path, errno);
  printer = tfv_printer_new (fd);
  *all_whole &= put_rows (runs, filter, kind, format, printer);
  is_written = tfv_printer_close (printer, &fault);
  if (!is_written)
    g_set_error (error, fault->domain, fault->code, "%s: it can't be written whole: %s", path, get_reason (fault->message));
  if (close (fd) != 0 && is_written)
    is_written = fail (error, path, errno);
  if (is_written && g_rename (temporary, path) != 0)
    is_written = fail (error, path, errno);
  if (!is_written)
    g_unlink (temporary);
  return is_written;
}

static const char *
get_suffix (TfvRowFormat format)
{
  return format == TFV_ROWS_JSON ? ".json" : ".csv";
}

/* Which kind goes into a single file: the one that was asked for, or scalars. The
 * others are told. */
static TfvRecordKind
choose_kind (GPtrArray *runs, guint32 kinds, const char *out)
{
  g_autoptr (GString) others = g_string_new (NULL);
  TfvRecordKind       chosen = kinds != TFV_ALL_KINDS && (kinds & (kinds - 1)) == 0 ? (TfvRecordKind) g_bit_nth_lsf (kinds, -1) : TFV_RECORD_SCALAR;

  for (guint kind = TFV_RECORD_SCALAR; tfv_record_kind_to_string ((TfvRecordKind) kind) != NULL && kind < 32; kind++)
    if (kind != chosen && (kinds & (1u << kind)) != 0 && has_kind (runs, (TfvRecordKind) kind))
      g_string_append_printf (others, "%s%s", others->len > 0 ? ", " : "", tfv_record_kind_to_string ((TfvRecordKind) kind));
  if (others->len > 0)
    tfv_command_complain ("%s holds records of one kind, %s; left out: %s (a folder takes them all)", out, tfv_record_kind_to_string (chosen), others->str);
  return chosen;
}

/* Writes the records of runs as tables: one file of one kind where @out ends as
 * the format's files do, else a new folder with a file for each kind. FALSE where
 * something is missing: what could not be written by the error, what could not
 * be read was told. */
gboolean
tfv_export_tables (GPtrArray *runs, const TfvRecordFilter *filter, guint32 kinds, TfvRowFormat format, const char *out, GError **error)
{
  g_auto (TfvOutputTree) tree = { NULL };
  g_autofree char       *folder = NULL;
  gboolean               all_whole = TRUE;

  if (g_str_has_suffix (out, get_suffix (format)))
    return write_table (runs, filter, choose_kind (runs, kinds, out), format, out, &all_whole, error) && all_whole;

  if (!tfv_output_tree_begin (&tree, out, error) || (folder = tfv_output_tree_add_folder (&tree, ".", error)) == NULL)
    return FALSE;
  for (guint kind = TFV_RECORD_SCALAR; tfv_record_kind_to_string ((TfvRecordKind) kind) != NULL && kind < 32; kind++)
    {
      g_autofree char *path = g_strconcat (folder, G_DIR_SEPARATOR_S, tfv_record_kind_to_string ((TfvRecordKind) kind), get_suffix (format), NULL);

      if ((kinds & (1u << kind)) != 0 && has_kind (runs, (TfvRecordKind) kind) && !write_table (runs, filter, (TfvRecordKind) kind, format, path, &all_whole, error))
        {
          tfv_output_tree_name_place (&tree, *error);
          return FALSE;
        }
    }
  return tfv_output_tree_finish (&tree, error) && all_whole;
}
