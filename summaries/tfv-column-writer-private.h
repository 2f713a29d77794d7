/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/tfv-column-codec-private.h"
#include "summaries/tfv-column-layout-private.h"
#include "summaries/tfv-event-file-private.h"

G_BEGIN_DECLS

/* A compacted event file that is being made. One thread at a time, but for the
 * chunks of columns. */
typedef struct _TfvColumnWriter TfvColumnWriter;

TfvColumnWriter *tfv_column_writer_create (const char *path, TfvEventFile *source, const guint64 n_rows[TFV_N_COLUMNS], GError **error);
gboolean         tfv_column_writer_copy_rows (TfvColumnWriter *self, TfvEventFile *source, GCancellable *cancellable, GError **error);
gboolean         tfv_column_writer_write_chunk (TfvColumnWriter *self, TfvColumnCodec *codec, TfvColumn column, guint64 chunk, gconstpointer rows, GError **error);
gboolean         tfv_column_writer_write_all (TfvColumnWriter *self, TfvColumn column, gconstpointer rows, guint64 n_rows, GError **error);
gboolean         tfv_column_writer_close (TfvColumnWriter *self, GError **error);
void             tfv_column_writer_free (TfvColumnWriter *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TfvColumnWriter, tfv_column_writer_free)

G_END_DECLS
