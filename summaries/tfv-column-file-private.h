/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/tfv-column-layout-private.h"
#include "summaries/tfv-event-file-private.h"
#include "summaries/tfv-scalar-outline.h"

G_BEGIN_DECLS

/* The columns of a compacted event file, read. Keeps on to the file, which must
 * live as long. Any thread, one at a time. */
typedef struct _TfvColumnFile TfvColumnFile;

TfvColumnFile *tfv_column_file_new (TfvEventFile *file, const char *path, GError **error);
TfvColumnFile *tfv_column_file_new_some (TfvEventFile *file, const char *path, guint wanted, GError **error);
void           tfv_column_file_free (TfvColumnFile *self);
guint64        tfv_column_file_get_n_rows (TfvColumnFile *self, TfvColumn column);

/* Rows of a column that are wanted. */
typedef struct
{
  TfvColumn column;
  guint64   start;
  guint64   n_rows;
  gpointer  rows;
} TfvColumnRead;

gboolean tfv_column_file_read (TfvColumnFile *self, const TfvColumnRead *reads, guint n_reads, GCancellable *cancellable, GError **error);

GArray          *tfv_column_file_read_index (TfvColumnFile *self, GError **error);
gboolean         tfv_column_file_check_index_row (TfvColumnFile *self, const TfvColumnIndexRow *row);
TfvScalarOutline tfv_column_index_row_to_outline (const TfvColumnIndexRow *row, guint64 number);
gboolean         tfv_column_file_load (TfvColumnFile *self, const TfvScalarLoad *loads, guint n_loads, GCancellable *cancellable, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TfvColumnFile, tfv_column_file_free)

G_END_DECLS
