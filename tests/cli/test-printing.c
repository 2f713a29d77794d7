/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "cli/tfv-printer.h"
#include "cli/tfv-row-writer.h"
#include "cli/tfv-text-table.h"

typedef struct
{
  int         fd;
  char       *path;
  TfvPrinter *printer;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->fd = g_file_open_tmp ("tfv-printing-XXXXXX", &fixture->path, NULL);
  g_assert_cmpint (fixture->fd, >=, 0);
  fixture->printer = tfv_printer_new (fixture->fd);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  tfv_printer_free (fixture->printer);
  close (fixture->fd);
  g_unlink (fixture->path);
  g_free (fixture->path);
}

static char *
get_printed (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  char              *text;

  tfv_printer_close (fixture->printer, &error);
  g_assert_no_error (error);
  g_file_get_contents (fixture->path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

static const char *const columns[] = { "run", "step", "value", NULL };

static void
add_rows (Fixture *fixture, TfvRowFormat format)
{
  g_autoptr (TfvRowWriter) rows = tfv_row_writer_new (fixture->printer, format, columns);

  tfv_row_writer_add_string (rows, "plain");
  tfv_row_writer_add_integer (rows, -3);
  tfv_row_writer_add_double (rows, 0.25);
  tfv_row_writer_add_string (rows, "a,\"b\"\nc\x1b");
  tfv_row_writer_add_integer (rows, G_MAXINT64);
  tfv_row_writer_add_float (rows, 0.1f);
  tfv_row_writer_add_string (rows, "");
  tfv_row_writer_add_integer (rows, 0);
  tfv_row_writer_add_double (rows, -INFINITY);
  tfv_row_writer_finish (rows);
}

static void
test_csv (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = NULL;

  add_rows (fixture, TFV_ROWS_CSV);
  text = get_printed (fixture);
  g_assert_cmpstr (text, ==, "run,step,value\nplain,-3,0.25\n\"a,\"\"b\"\"\nc\x1b\",9223372036854775807,0.1\n,0,-inf\n");
}

static void
test_json (Fixture *fixture, gconstpointer data)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError)     error = NULL;
  g_autofree char       *text = NULL;
  JsonArray             *array;
  JsonObject            *object;

  add_rows (fixture, TFV_ROWS_JSON);
  text = get_printed (fixture);
  json_parser_load_from_data (parser, text, -1, &error);
  g_assert_no_error (error);
  array = json_node_get_array (json_parser_get_root (parser));
  g_assert_cmpuint (json_array_get_length (array), ==, 3);
  object = json_array_get_object_element (array, 1);
  g_assert_cmpstr (json_object_get_string_member (object, "run"), ==, "a,\"b\"\nc\x1b");
  g_assert_cmpint (json_object_get_int_member (object, "step"), ==, G_MAXINT64);
  g_assert_cmpfloat (json_object_get_double_member (object, "value"), ==, 0.1);
  object = json_array_get_object_element (array, 2);
  g_assert_cmpstr (json_object_get_string_member (object, "value"), ==, "-inf");
}

static void
test_no_rows (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TfvRowWriter) csv = tfv_row_writer_new (fixture->printer, TFV_ROWS_CSV, columns);
  g_autoptr (TfvRowWriter) json = NULL;
  g_autofree char         *text = NULL;

  tfv_row_writer_finish (csv);
  json = tfv_row_writer_new (fixture->printer, TFV_ROWS_JSON, columns);
  tfv_row_writer_finish (json);
  text = get_printed (fixture);
  g_assert_cmpstr (text, ==, "run,step,value\n[]\n");
}

static void
test_broken_utf8 (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = NULL;

  tfv_printer_put_json_string (fixture->printer, "gr\xfc\xdf"
                                                 "e");
  tfv_printer_put_csv_field (fixture->printer, "\xfc");
  text = get_printed (fixture);
  g_assert_cmpstr (text, ==, "\"gr\xef\xbf\xbd\xef\xbf\xbd"
                             "e\"\xfc");
}

static void
test_much (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = NULL;
  g_autofree char *line = g_strnfill (99991, 'x');

  for (int i = 0; i < 20; i++)
    tfv_printer_put (fixture->printer, line);
  text = get_printed (fixture);
  g_assert_cmpuint (strlen (text), ==, 20 * 99991);
  g_assert_cmpuint (strspn (text, "x"), ==, 20 * 99991);
}

static void
test_full (void)
{
  int                    fd = g_open ("/dev/full", O_WRONLY | O_CLOEXEC, 0);
  g_autoptr (TfvPrinter) printer = NULL;
  g_autoptr (GError)     error = NULL;

  if (fd < 0)
    {
      g_test_skip ("no /dev/full here");
      return;
    }
  printer = tfv_printer_new (fd);
  tfv_printer_put (printer, "text");
  g_assert_false (tfv_printer_close (printer, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  g_assert_true (tfv_printer_has_failed (printer));
  close (fd);
}

static void
test_table (Fixture *fixture, gconstpointer data)
{
  static const char *const heads[] = { "RUN", "N", "TAG" };
  g_autoptr (TfvTextTable) table = tfv_text_table_new (heads, "lrl");
  g_autofree char         *text = NULL;

  tfv_text_table_add_string (table, "größe");
  tfv_text_table_add_integer (table, 5);
  tfv_text_table_add_string (table, "loss\x1b[2J\n");
  tfv_text_table_add_string (table, "日本");
  tfv_text_table_add_integer (table, -1234);
  tfv_text_table_add_string (table, "e\xcc\x81");
  g_assert_cmpuint (tfv_text_table_get_n_rows (table), ==, 2);
  tfv_text_table_print (table, fixture->printer);
  text = get_printed (fixture);
  g_assert_cmpstr (text, ==,
                   "RUN        N  TAG\n"
                   "größe      5  loss\\x1b[2J\\x0a\n"
                   "日本   -1234  e\xcc\x81\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/cli/printing/quotes-csv-as-rfc-4180", Fixture, NULL, set_up, test_csv, tear_down);
  g_test_add ("/cli/printing/writes-json-that-others-read", Fixture, NULL, set_up, test_json, tear_down);
  g_test_add ("/cli/printing/gives-a-head-without-rows", Fixture, NULL, set_up, test_no_rows, tear_down);
  g_test_add ("/cli/printing/makes-json-utf-8", Fixture, NULL, set_up, test_broken_utf8, tear_down);
  g_test_add ("/cli/printing/writes-more-than-its-buffer", Fixture, NULL, set_up, test_much, tear_down);
  g_test_add_func ("/cli/printing/tells-of-a-full-disk", test_full);
  g_test_add ("/cli/printing/aligns-tables-and-spares-the-terminal", Fixture, NULL, set_up, test_table, tear_down);
  return g_test_run ();
}
