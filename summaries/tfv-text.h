/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "summaries/tfv-macros.h"
#include "summaries/tfv-summary-writer.h"

G_BEGIN_DECLS

/**
 * TfvText:
 * @n_dimensions: 0 for a text, 1 for a list of texts, 2 for a table; more for what
 *   is shown as a list
 * @n_rows: how many rows a table has, texts a list; 1 for a text
 * @n_columns: how many columns a table has; else 1
 * @cells: (array zero-terminated=1): the texts, row by row; UTF-8, Markdown
 *
 * The text of a record. Reference counted and immutable; any thread.
 */
typedef struct
{
  guint  n_dimensions;
  gsize  n_rows;
  gsize  n_columns;
  char **cells;
} TfvText;

#define TFV_TYPE_TEXT (tfv_text_get_type ())
TFV_PUBLIC
GType tfv_text_get_type (void) G_GNUC_CONST;
TFV_PUBLIC
TfvText *tfv_text_decode (GBytes *record);
TFV_PUBLIC
TfvText *tfv_text_ref (TfvText *self);
TFV_PUBLIC
void tfv_text_unref (TfvText *self);
TFV_PUBLIC
char *tfv_text_to_markdown (TfvText *self);

TFV_PUBLIC
void tfv_summary_writer_add_text_table (TfvSummaryWriter *self, const char *tag, gsize n_rows, gsize n_columns, const char *const *cells, gint64 step);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TfvText, tfv_text_unref)

G_END_DECLS
