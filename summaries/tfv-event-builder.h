/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "summaries/tfv-macros.h"
#include "summaries/tfv-record-kind.h"
#include "summaries/tfv-run.h"
#include "summaries/tfv-summary-writer.h"

G_BEGIN_DECLS

/**
 * TfvEventBuilder: (skip)
 *
 * Writes one event file from data that is there already: as fast as the disk
 * takes it, with times as given, nothing dropped. For a program that logs while
 * it works there is [class@Tfv.SummaryWriter]. One thread.
 */
typedef struct _TfvEventBuilder TfvEventBuilder;

TFV_PUBLIC
TfvEventBuilder *tfv_event_builder_new (const char *path, double start_time, GError **error);
TFV_PUBLIC
void tfv_event_builder_free (TfvEventBuilder *self);
TFV_PUBLIC
guint32 tfv_event_builder_add_tag (TfvEventBuilder *self, TfvRecordKind kind, const char *name);
TFV_PUBLIC
guint32 tfv_event_builder_add_string (TfvEventBuilder *self, TfvStringKind kind, const char *string, guint32 parent);
TFV_PUBLIC
void tfv_event_builder_add_scalar (TfvEventBuilder *self, guint32 tag, gint64 step, double wall_time, double value, gboolean is_float32);
TFV_PUBLIC
void tfv_event_builder_add_record (TfvEventBuilder *self, guint32 tag, TfvRecordKind kind, gint64 step, double wall_time, gconstpointer data, gsize n_bytes);
TFV_PUBLIC
void tfv_event_builder_add_span (TfvEventBuilder *self, const TfvSpan *span);
TFV_PUBLIC
void tfv_event_builder_add_counter (TfvEventBuilder *self, const TfvCounter *counter);
TFV_PUBLIC
void tfv_event_builder_add_flow (TfvEventBuilder *self, const TfvFlow *flow);
TFV_PUBLIC
void tfv_event_builder_add_marker (TfvEventBuilder *self, const TfvMarker *marker);
TFV_PUBLIC
void tfv_event_builder_set_clock_offset_ns (TfvEventBuilder *self, gint64 wall_minus_span_clock_ns);
TFV_PUBLIC
void tfv_event_builder_set_first_time (TfvEventBuilder *self, double wall_time);
TFV_PUBLIC
void tfv_event_builder_set_n_dropped (TfvEventBuilder *self, guint64 n_dropped);
TFV_PUBLIC
gboolean tfv_event_builder_close (TfvEventBuilder *self, GError **error);

TFV_PUBLIC
gboolean tfv_run_write_event_files (TfvRun *run, const char *path, gboolean is_folder, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TfvEventBuilder, tfv_event_builder_free)

G_END_DECLS
