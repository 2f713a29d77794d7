/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/tfv-row-writer.h"

#include <math.h>

#include "summaries/tfv-number.h"

struct _TfvRowWriter
{
  TfvPrinter        *printer;
  TfvRowFormat       format;
  const char *const *columns;
  guint              n_columns;
  guint              column; /* the next to be written */
  guint64            n_rows;
};

gboolean
tfv_row_format_from_string (const char *name, TfvRowFormat *format)
{
  if (g_str_equal (name, "csv"))
    *format = TFV_ROWS_CSV;
  else if (g_str_equal (name, "json"))
    *format = TFV_ROWS_JSON;
  else
    return FALSE;
  return TRUE;
}

/* Begins a table. Output and columns must outlive it. */
TfvRowWriter *
tfv_row_writer_new (TfvPrinter *printer, TfvRowFormat format, const char *const *columns)
{
  TfvRowWriter *self = g_new0 (TfvRowWriter, 1);

  self->printer = printer;
  self->format = format;
  self->columns = columns;
  self->n_columns = g_strv_length ((char **) columns);
  if (format == TFV_ROWS_JSON)
    tfv_printer_put_char (printer, '[');
  else
    for (guint i = 0; i < self->n_columns; i++)
      {
        tfv_printer_put_csv_field (printer, columns[i]);
        tfv_printer_put_char (printer, i + 1 < self->n_columns ? ',' : '\n');
      }
  return self;
}

void
tfv_row_writer_free (TfvRowWriter *self)
{
  g_free (self);
}

static void
begin_field (TfvRowWriter *self)
{
  if (self->format == TFV_ROWS_CSV)
    {
      if (self->column > 0)
        tfv_printer_put_char (self->printer, ',');
      return;
    }
  if (self->column > 0)
    tfv_printer_put_char (self->printer, ',');
  else
    tfv_printer_put (self->printer, self->n_rows > 0 ? ",\n{" : "\n{");
  tfv_printer_put_char (self->printer, '"');
  tfv_printer_put (self->printer, self->columns[self->column]);
  tfv_printer_put (self->printer, "\":");
}

static void
end_field (TfvRowWriter *self)
{
  if (++self->column < self->n_columns)
    return;
  tfv_printer_put_char (self->printer, self->format == TFV_ROWS_CSV ? '\n' : '}');
  self->column = 0;
  self->n_rows++;
}

void
tfv_row_writer_add_string (TfvRowWriter *self, const char *value)
{
  begin_field (self);
  if (self->format == TFV_ROWS_CSV)
    tfv_printer_put_csv_field (self->printer, value);
  else
    tfv_printer_put_json_string (self->printer, value);
  end_field (self);
}

void
tfv_row_writer_add_integer (TfvRowWriter *self, gint64 value)
{
  begin_field (self);
  tfv_printer_put_integer (self->printer, value);
  end_field (self);
}

/* JSON has no word for what is no finite number: those are strings there. */
static void
add_number (TfvRowWriter *self, const char *text, gsize n_bytes, gboolean is_finite)
{
  gboolean quoted = self->format == TFV_ROWS_JSON && !is_finite;

  begin_field (self);
  if (quoted)
    tfv_printer_put_char (self->printer, '"');
  tfv_printer_put_bytes (self->printer, text, n_bytes);
  if (quoted)
    tfv_printer_put_char (self->printer, '"');
  end_field (self);
}

void
tfv_row_writer_add_double (TfvRowWriter *self, double value)
{
  char  text[TFV_NUMBER_MAX_BYTES];
  gsize n_bytes = tfv_number_write_double (text, value);

  add_number (self, text, n_bytes, isfinite (value));
}

void
tfv_row_writer_add_float (TfvRowWriter *self, float value)
{
  char  text[TFV_NUMBER_MAX_BYTES];
  gsize n_bytes = tfv_number_write_float (text, value);

  add_number (self, text, n_bytes, isfinite (value));
}

/* How many rows are whole. */
guint64
tfv_row_writer_get_n_rows (TfvRowWriter *self)
{
  return self->n_rows;
}

/* Whether what is written can't be written any more. */
gboolean
tfv_row_writer_has_failed (TfvRowWriter *self)
{
  return tfv_printer_has_failed (self->printer);
}

/* Ends the table. */
void
tfv_row_writer_finish (TfvRowWriter *self)
{
  if (self->format == TFV_ROWS_JSON)
    tfv_printer_put (self->printer, self->n_rows > 0 ? "\n]\n" : "]\n");
}
