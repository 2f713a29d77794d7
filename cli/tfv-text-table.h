/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "cli/tfv-printer.h"

G_BEGIN_DECLS

/* A table for a person: columns as wide as what is in them. One thread. */
typedef struct _TfvTextTable TfvTextTable;

TfvTextTable *tfv_text_table_new (const char *const *heads, const char *alignments);
void          tfv_text_table_free (TfvTextTable *self);
void          tfv_text_table_add_string (TfvTextTable *self, const char *value);
void          tfv_text_table_add_integer (TfvTextTable *self, gint64 value);
guint         tfv_text_table_get_n_rows (TfvTextTable *self);
void          tfv_text_table_print (TfvTextTable *self, TfvPrinter *printer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TfvTextTable, tfv_text_table_free)

G_END_DECLS
