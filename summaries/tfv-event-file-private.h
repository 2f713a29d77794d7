/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <sys/stat.h>

#include "summaries/tfv-event-layout-private.h"

G_BEGIN_DECLS

/* An HDF5 event file that is read: live, closed or left by a crash. It was
 * checked to have the layout of FORMAT.md and nothing that makes HDF5 open
 * another file. One thread at a time. */
typedef struct _TfvEventFile TfvEventFile;

TfvEventFile *tfv_event_file_open (const char *path, GError **error);
TfvEventFile *tfv_event_file_open_some (const char *path, guint wanted, GError **error);
void          tfv_event_file_close (TfvEventFile *self);
const char   *tfv_event_file_get_notice (TfvEventFile *self);
const char   *tfv_event_file_get_fault (TfvEventFile *self, TfvEventDataset dataset);
gint64        tfv_event_file_get_start_wall_ns (TfvEventFile *self);
gboolean      tfv_event_file_is_compacted (TfvEventFile *self);
gboolean      tfv_event_file_has_status (TfvEventFile *self, const struct stat *status);
gint64        tfv_event_file_get_version_minor (TfvEventFile *self);
hid_t         tfv_event_file_get_id (TfvEventFile *self);
guint64       tfv_event_file_get_n_bytes (TfvEventFile *self);
gboolean      tfv_event_file_refresh (TfvEventFile *self, GError **error);
guint64       tfv_event_file_get_n_rows (TfvEventFile *self, TfvEventDataset dataset);
gboolean      tfv_event_file_read (TfvEventFile *self, TfvEventDataset dataset, guint64 start, gsize n_rows, gpointer rows, GError **error);
GBytes       *tfv_event_file_read_blob (TfvEventFile *self, const TfvEventBlobRow *row, GError **error);
const char   *tfv_event_file_get_path (TfvEventFile *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TfvEventFile, tfv_event_file_close)

G_END_DECLS
