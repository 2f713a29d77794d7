/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

#include "summaries/tfv-macros.h"

G_BEGIN_DECLS

/**
 * TfvColumnType:
 * @TFV_COLUMN_STRING: text
 * @TFV_COLUMN_INTEGER: a whole number, such as a count
 * @TFV_COLUMN_DURATION_NS: a whole number of nanoseconds
 * @TFV_COLUMN_DOUBLE: a number
 * @TFV_COLUMN_SHARE: a number from 0 to 1
 *
 * What a column of a [struct@Tfv.Table] holds, and so how it is shown.
 */
typedef enum
{
  TFV_COLUMN_STRING,
  TFV_COLUMN_INTEGER,
  TFV_COLUMN_DURATION_NS,
  TFV_COLUMN_DOUBLE,
  TFV_COLUMN_SHARE,
} TfvColumnType;

/**
 * TfvColumn:
 * @name: key in JSON and head in CSV; units end it, as in `total_ns`
 * @type: what its cells hold
 * @description: one sentence for a person
 *
 * A column of a table.
 */
typedef struct
{
  const char   *name;
  TfvColumnType type;
  const char   *description;
} TfvColumn;

/**
 * TfvTable:
 *
 * Rows of typed cells: what an analysis gives. Filled by one thread, then
 * never changed. Reference counted.
 */
typedef struct _TfvTable TfvTable;

#define TFV_TYPE_TABLE (tfv_table_get_type ())
TFV_PUBLIC
GType tfv_table_get_type (void) G_GNUC_CONST;
TFV_PUBLIC
TfvTable *tfv_table_new (const TfvColumn *columns, guint n_columns);
TFV_PUBLIC
TfvTable *tfv_table_ref (TfvTable *self);
TFV_PUBLIC
void tfv_table_unref (TfvTable *self);
TFV_PUBLIC
const TfvColumn *tfv_table_get_columns (TfvTable *self, guint *n_columns);
TFV_PUBLIC
guint tfv_table_get_n_rows (TfvTable *self);
TFV_PUBLIC
guint tfv_table_add_row (TfvTable *self);
TFV_PUBLIC
void tfv_table_set_string (TfvTable *self, guint row, guint column, const char *value);
TFV_PUBLIC
void tfv_table_set_integer (TfvTable *self, guint row, guint column, gint64 value);
TFV_PUBLIC
void tfv_table_set_double (TfvTable *self, guint row, guint column, double value);
TFV_PUBLIC
const char *tfv_table_get_string (TfvTable *self, guint row, guint column);
TFV_PUBLIC
gint64 tfv_table_get_integer (TfvTable *self, guint row, guint column);
TFV_PUBLIC
double tfv_table_get_double (TfvTable *self, guint row, guint column);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TfvTable, tfv_table_unref)

G_END_DECLS
