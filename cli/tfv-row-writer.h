/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "cli/tfv-printer.h"

G_BEGIN_DECLS

typedef enum
{
  TFV_ROWS_CSV,
  TFV_ROWS_JSON,
} TfvRowFormat;

/* Rows of fields as CSV with a head, or as a JSON array of objects. A row ends
 * with its last column. One thread. */
typedef struct _TfvRowWriter TfvRowWriter;

gboolean tfv_row_format_from_string (const char *name, TfvRowFormat *format);

TfvRowWriter *tfv_row_writer_new (TfvPrinter *printer, TfvRowFormat format, const char *const *columns);
void          tfv_row_writer_free (TfvRowWriter *self);
void          tfv_row_writer_add_string (TfvRowWriter *self, const char *value);
void          tfv_row_writer_add_integer (TfvRowWriter *self, gint64 value);
void          tfv_row_writer_add_double (TfvRowWriter *self, double value);
void          tfv_row_writer_add_float (TfvRowWriter *self, float value);
guint64       tfv_row_writer_get_n_rows (TfvRowWriter *self);
gboolean      tfv_row_writer_has_failed (TfvRowWriter *self);
void          tfv_row_writer_finish (TfvRowWriter *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TfvRowWriter, tfv_row_writer_free)

G_END_DECLS
