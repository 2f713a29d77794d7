/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "summaries/tfv-event-layout-private.h"

G_BEGIN_DECLS

/* One HDF5 event file that is being written. One thread at a time. */
typedef struct _TfvEventSegment TfvEventSegment;

/* What all segments of one writer have in common. */
typedef struct
{
  const char *directory;
  const char *host;
  const char *uuid;
  gint64      pid;
  gint64      start_wall_ns;
  gint64      start_monotonic_ns;
} TfvEventSource;

TfvEventSegment *tfv_event_segment_create (const TfvEventSource *source, guint32 number, GError **error);
gboolean         tfv_event_segment_append (TfvEventSegment *self, TfvEventDataset dataset, gconstpointer rows, gsize n_rows, GError **error);
gboolean         tfv_event_segment_flush (TfvEventSegment *self, GError **error);
gboolean         tfv_event_segment_sync (TfvEventSegment *self, GError **error);
gboolean         tfv_event_segment_is_removed (TfvEventSegment *self);
gboolean         tfv_event_segment_close (TfvEventSegment *self, GError **error);
void             tfv_event_segment_abandon (TfvEventSegment *self);
void             tfv_event_segment_discard (TfvEventSegment *self);
const char      *tfv_event_segment_get_path (TfvEventSegment *self);
guint64          tfv_event_segment_get_n_rows (TfvEventSegment *self, TfvEventDataset dataset);
gboolean         tfv_event_segment_is_dirty (TfvEventSegment *self);

G_END_DECLS
