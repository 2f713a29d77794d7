/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/summaries/load-run-private.h"

#include <glib/gstdio.h>

#include "summaries/tfv-format.h"
#include "summaries/tfv-number.h"
#include "summaries/tfv-record-class.h"
#include "summaries/tfv-run-private.h"

#define BUDGET_BYTES (256 * 1024)

static void
load_file (TfvRun *run, const char *path)
{
  g_autofree char   *basename = g_path_get_basename (path);
  g_autofree char   *head = NULL;
  gsize              n_head = 0;
  const TfvFormat   *format;
  TfvRunPart        *part;
  TfvFileReader     *reader;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &head, &n_head, NULL);
  format = tfv_format_find (basename, (const guint8 *) head, n_head);
  if (format == NULL)
    return;

  part = tfv_run_add_part (run, path, format);
  reader = format->open (path, part, &error);
  if (reader == NULL)
    {
      tfv_run_add_warning (run, error->message);
      return;
    }

  while (format->poll (reader, BUDGET_BYTES))
    ;
  if (format->finish != NULL)
    format->finish (reader);
  format->close (reader);
}

static int
compare_paths (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(char *const *) a, *(char *const *) b);
}

/* Everything that is in the event files of a folder, or in one file, now. */
TfvRun *
load_run (const char *path)
{
  TfvRun               *run = tfv_run_new (".", path);
  g_autoptr (GDir)      folder = g_dir_open (path, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char           *name;

  if (folder == NULL)
    load_file (run, path);

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    g_ptr_array_add (names, g_build_filename (path, name, NULL));
  g_ptr_array_sort (names, compare_paths);
  for (guint i = 0; i < names->len; i++)
    load_file (run, names->pdata[i]);

  return run;
}

typedef struct
{
  GString *csv;
  guint    n_columns;
} Dump;

static void
append_record (const TfvRecordValue *values, gpointer user_data)
{
  Dump *dump = user_data;
  char  text[TFV_NUMBER_MAX_BYTES];

  for (guint i = 0; i < dump->n_columns; i++)
    {
      if (i > 0)
        g_string_append_c (dump->csv, ',');
      switch (values[i].type)
        {
        case TFV_RECORD_VALUE_STRING:
          g_string_append (dump->csv, values[i].string);
          break;
        case TFV_RECORD_VALUE_INTEGER:
          g_string_append_printf (dump->csv, "%" G_GINT64_FORMAT, values[i].integer);
          break;
        case TFV_RECORD_VALUE_DOUBLE:
          tfv_number_write_double (text, values[i].number);
          g_string_append (dump->csv, text);
          break;
        case TFV_RECORD_VALUE_FLOAT:
          tfv_number_write_float (text, (float) values[i].number);
          g_string_append (dump->csv, text);
          break;
        default:
          g_assert_not_reached ();
        }
    }
  g_string_append_c (dump->csv, '\n');
}

/* The records of a kind as plain lines, not quoted. */
char *
dump_run (TfvRun *run, const char *kind)
{
  const TfvRecordClass *class = tfv_record_class_find (kind);
  TfvRecordFilter    filter = { NULL, FALSE };
  Dump               dump = { g_string_new (NULL), g_strv_length ((char **) class->columns) };
  g_autoptr (GError) error = NULL;

  class->dump (run, &filter, append_record, &dump, &error);
  g_assert_no_error (error);

  return g_string_free (dump.csv, FALSE);
}

/* A folder of files, or of folders of files. */
void
remove_folder (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char      *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR))
        remove_folder (child);
      else
        g_unlink (child);
    }
  g_rmdir (path);
}
