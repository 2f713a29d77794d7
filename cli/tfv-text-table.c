/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/tfv-text-table.h"

#include <string.h>

#include "summaries/tfv-number.h"

struct _TfvTextTable
{
  const char *alignments; /* 'l' or 'r' for each column */
  guint       n_columns;
  GPtrArray  *cells; /* row after row, the heads first */
};

/* Makes a table of a NULL-terminated list of heads; `alignments` has an `l` or
 * an `r` for each of them and must outlive the table. */
TfvTextTable *
tfv_text_table_new (const char *const *heads, const char *alignments)
{
  TfvTextTable *self = g_new0 (TfvTextTable, 1);

  self->alignments = alignments;
  self->n_columns = (guint) strlen (alignments);
  self->cells = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < self->n_columns; i++)
    tfv_text_table_add_string (self, heads[i]);
  return self;
}

void
tfv_text_table_free (TfvTextTable *self)
{
  g_ptr_array_unref (self->cells);
  g_free (self);
}

/* Text as it may go to a terminal: names come out of files, and must neither
 * move the cursor nor break the line. */
static char *
make_printable (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString         *printable = g_string_new (NULL);

  for (const char *c = valid; *c; c = g_utf8_next_char (c))
    {
      gunichar character = g_utf8_get_char (c);

      if (g_unichar_iscntrl (character))
        g_string_append_printf (printable, "\\x%02x", character);
      else
        g_string_append_unichar (printable, character);
    }
  return g_string_free (printable, FALSE);
}

/* Adds the next cell, from left to right, row after row. */
void
tfv_text_table_add_string (TfvTextTable *self, const char *value)
{
  g_ptr_array_add (self->cells, make_printable (value));
}

/* Adds the next cell. */
void
tfv_text_table_add_integer (TfvTextTable *self, gint64 value)
{
  char text[TFV_NUMBER_MAX_BYTES];

  tfv_number_write_integer (text, value);
  g_ptr_array_add (self->cells, g_strdup (text));
}

/* The number of rows without the heads. */
guint
tfv_text_table_get_n_rows (TfvTextTable *self)
{
  return self->cells->len / self->n_columns - 1;
}

/* Columns of a terminal that a text takes. */
static guint
measure (const char *text)
{
  guint width = 0;

  for (const char *c = text; *c; c = g_utf8_next_char (c))
    {
      gunichar character = g_utf8_get_char (c);

      if (g_unichar_iswide (character))
        width += 2;
      else if (!g_unichar_iszerowidth (character))
        width += 1;
    }
  return width;
}

static void
pad (TfvPrinter *printer, guint n)
{
  while (n-- > 0)
    tfv_printer_put_char (printer, ' ');
}

void
tfv_text_table_print (TfvTextTable *self, TfvPrinter *printer)
{
  g_autofree guint *widths = g_new0 (guint, self->n_columns);

  for (guint i = 0; i < self->cells->len; i++)
    widths[i % self->n_columns] = MAX (widths[i % self->n_columns], measure (g_ptr_array_index (self->cells, i)));
  for (guint i = 0; i < self->cells->len; i++)
    {
      guint       column = i % self->n_columns;
      const char *text = g_ptr_array_index (self->cells, i);
      guint       n_missing = widths[column] - measure (text);
      gboolean    is_last = column + 1 == self->n_columns;

      if (self->alignments[column] == 'r')
        pad (printer, n_missing);
      tfv_printer_put (printer, text);
      if (self->alignments[column] == 'l' && !is_last)
        pad (printer, n_missing);
      tfv_printer_put (printer, is_last ? "\n" : "  ");
    }
}
