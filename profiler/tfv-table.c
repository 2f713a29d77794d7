/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "profiler/tfv-table.h"

typedef union
{
  const char *string;
  gint64      integer;
  double      number;
} Cell;

struct _TfvTable
{
  gatomicrefcount  ref_count;
  const TfvColumn *columns;
  guint            n_columns;
  guint            n_rows;
  GArray          *cells;
  GStringChunk    *strings;
};

G_DEFINE_BOXED_TYPE (TfvTable, tfv_table, tfv_table_ref, tfv_table_unref)

/**
 * tfv_table_new:
 * @columns: (array length=n_columns): the columns; they are not copied and
 *   must outlive the table
 * @n_columns: number of columns, at least 1
 *
 * Makes a table without rows.
 *
 * Returns: (transfer full): the table
 */
TfvTable *
tfv_table_new (const TfvColumn *columns, guint n_columns)
{
  g_return_val_if_fail (columns != NULL && n_columns > 0, NULL);

  TfvTable *self = g_new0 (TfvTable, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->columns = columns;
  self->n_columns = n_columns;
  self->cells = g_array_new (FALSE, TRUE, sizeof (Cell));
  self->strings = g_string_chunk_new (4096);
  return self;
}

/**
 * tfv_table_ref:
 * @self: a table
 *
 * Adds a reference. Any thread.
 *
 * Returns: (transfer full): @self
 */
TfvTable *
tfv_table_ref (TfvTable *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * tfv_table_unref:
 * @self: (transfer full): a table
 *
 * Drops a reference. Any thread.
 */
void
tfv_table_unref (TfvTable *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_array_unref (self->cells);
  g_string_chunk_free (self->strings);
  g_free (self);
}

/**
 * tfv_table_get_columns:
 * @self: a table
 * @n_columns: (out): number of columns
 *
 * Gives the columns, from left to right.
 *
 * Returns: (transfer none) (array length=n_columns): the columns
 */
const TfvColumn *
tfv_table_get_columns (TfvTable *self, guint *n_columns)
{
  *n_columns = self->n_columns;
  return self->columns;
}

/**
 * tfv_table_get_n_rows:
 * @self: a table
 *
 * Returns: the number of rows
 */
guint
tfv_table_get_n_rows (TfvTable *self)
{
  return self->n_rows;
}

/**
 * tfv_table_add_row:
 * @self: a table
 *
 * Adds a row of empty strings and zeros at the end.
 *
 * Returns: the row's index, from 0
 */
guint
tfv_table_add_row (TfvTable *self)
{
  g_array_set_size (self->cells, self->cells->len + self->n_columns);
  return self->n_rows++;
}

static Cell *
get_cell (TfvTable *self, guint row, guint column)
{
  g_assert (row < self->n_rows && column < self->n_columns);
  return &g_array_index (self->cells, Cell, (gsize) row * self->n_columns + column);
}

static gboolean
holds_integer (TfvTable *self, guint column)
{
  TfvColumnType type = self->columns[column].type;

  return type == TFV_COLUMN_INTEGER || type == TFV_COLUMN_DURATION_NS;
}

/**
 * tfv_table_set_string:
 * @self: a table
 * @row: a row
 * @column: a column of type %TFV_COLUMN_STRING
 * @value: the text; it is copied
 *
 * Sets a cell.
 */
void
tfv_table_set_string (TfvTable *self, guint row, guint column, const char *value)
{
  Cell *cell = get_cell (self, row, column);

  g_assert (self->columns[column].type == TFV_COLUMN_STRING);
  cell->string = g_string_chunk_insert_const (self->strings, value);
}

/**
 * tfv_table_set_integer:
 * @self: a table
 * @row: a row
 * @column: a column of type %TFV_COLUMN_INTEGER or %TFV_COLUMN_DURATION_NS
 * @value: the number
 *
 * Sets a cell.
 */
void
tfv_table_set_integer (TfvTable *self, guint row, guint column, gint64 value)
{
  Cell *cell = get_cell (self, row, column);

  g_assert (holds_integer (self, column));
  cell->integer = value;
}

/**
 * tfv_table_set_double:
 * @self: a table
 * @row: a row
 * @column: a column of type %TFV_COLUMN_DOUBLE or %TFV_COLUMN_SHARE
 * @value: the number
 *
 * Sets a cell.
 */
void
tfv_table_set_double (TfvTable *self, guint row, guint column, double value)
{
  Cell *cell = get_cell (self, row, column);

  g_assert (!holds_integer (self, column) && self->columns[column].type != TFV_COLUMN_STRING);
  cell->number = value;
}

/**
 * tfv_table_get_string:
 * @self: a table
 * @row: a row
 * @column: a column of type %TFV_COLUMN_STRING
 *
 * Returns: (transfer none): the cell's text, empty where none was set
 */
const char *
tfv_table_get_string (TfvTable *self, guint row, guint column)
{
  Cell *cell = get_cell (self, row, column);

  g_assert (self->columns[column].type == TFV_COLUMN_STRING);
  return cell->string ? cell->string : "";
}

/**
 * tfv_table_get_integer:
 * @self: a table
 * @row: a row
 * @column: a column of type %TFV_COLUMN_INTEGER or %TFV_COLUMN_DURATION_NS
 *
 * Returns: the cell's number
 */
gint64
tfv_table_get_integer (TfvTable *self, guint row, guint column)
{
  Cell *cell = get_cell (self, row, column);

  g_assert (holds_integer (self, column));
  return cell->integer;
}

/**
 * tfv_table_get_double:
 * @self: a table
 * @row: a row
 * @column: a column of any type but %TFV_COLUMN_STRING
 *
 * Gives a cell's number, that of an integer cell too.
 *
 * Returns: the cell's number
 */
double
tfv_table_get_double (TfvTable *self, guint row, guint column)
{
  Cell *cell = get_cell (self, row, column);

  g_assert (self->columns[column].type != TFV_COLUMN_STRING);
  return holds_integer (self, column) ? (double) cell->integer : cell->number;
}
