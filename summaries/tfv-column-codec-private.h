/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Packs chunks as HDF5's filters “shuffle” and “deflate” do, one after the other,
 * and unpacks them, some times as fast. One thread at a time. */
typedef struct _TfvColumnCodec TfvColumnCodec;

TfvColumnCodec *tfv_column_codec_new (void);
void            tfv_column_codec_free (TfvColumnCodec *self);
gconstpointer   tfv_column_codec_pack (TfvColumnCodec *self, gconstpointer rows, gsize n_rows, gsize row_bytes, gsize *n_packed, guint32 *filter_mask);
gboolean        tfv_column_codec_unpack (TfvColumnCodec *self, gconstpointer packed, gsize n_packed, guint32 filter_mask, gsize n_rows, gsize row_bytes, gsize first, gsize n_wanted, gpointer rows);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TfvColumnCodec, tfv_column_codec_free)

G_END_DECLS
