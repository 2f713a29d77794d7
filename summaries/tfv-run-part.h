/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "summaries/tfv-macros.h"
#include "summaries/tfv-record-kind.h"
#include "summaries/tfv-scalar-outline.h"
#include "summaries/tfv-span.h"
#include "summaries/tfv-summary-writer.h"

G_BEGIN_DECLS

/**
 * TfvRunPart: (skip)
 *
 * What one file gives to a run. A reader fills it on the loader's thread; it
 * publishes to the run's readers without making them wait.
 */
typedef struct _TfvRunPart TfvRunPart;

/**
 * TfvTagPart: (skip)
 *
 * What one file gives to one tag.
 */
typedef struct _TfvTagPart TfvTagPart;

TFV_PUBLIC
const char *tfv_run_part_get_path (TfvRunPart *self);

TFV_PUBLIC
TfvTagPart *tfv_run_part_add_tag (TfvRunPart *self, const char *name, gssize length, TfvRecordKind kind, const char *plugin);
TFV_PUBLIC
void tfv_tag_part_set_display (TfvTagPart *self, const char *display_name, const char *description);
TFV_PUBLIC
void tfv_tag_part_append_scalar (TfvTagPart *self, gint64 step, double wall_time, double value);
TFV_PUBLIC
void tfv_tag_part_append_scalar_float (TfvTagPart *self, gint64 step, double wall_time, float value);
TFV_PUBLIC
void tfv_tag_part_announce_scalars (TfvTagPart *self, const TfvScalarOutline *outline);
TFV_PUBLIC
void tfv_tag_part_append_blob (TfvTagPart *self, gint64 step, double wall_time, guint64 offset, guint64 length_bytes);

TFV_PUBLIC
void tfv_run_part_restart (TfvRunPart *self, gint64 step);
TFV_PUBLIC
void tfv_tag_part_restart (TfvTagPart *self, gint64 step);

TFV_PUBLIC
void tfv_run_part_set_string (TfvRunPart *self, guint32 id, TfvStringKind kind, const char *string, gssize length, guint32 parent);
TFV_PUBLIC
void tfv_run_part_append_span (TfvRunPart *self, const TfvSpan *span);
TFV_PUBLIC
void tfv_run_part_append_counter (TfvRunPart *self, const TfvCounter *counter);
TFV_PUBLIC
void tfv_run_part_append_flow (TfvRunPart *self, const TfvFlow *flow);
TFV_PUBLIC
void tfv_run_part_append_marker (TfvRunPart *self, const TfvMarker *marker);

TFV_PUBLIC
void tfv_run_part_set_start_time (TfvRunPart *self, double wall_time);
TFV_PUBLIC
void tfv_run_part_add_clock_pair (TfvRunPart *self, gint64 time_ns, gint64 wall_ns);
TFV_PUBLIC
void tfv_run_part_set_clock_offset_ns (TfvRunPart *self, gint64 wall_minus_span_clock_ns);
TFV_PUBLIC
void tfv_run_part_set_hparams (TfvRunPart *self, GVariant *hparams);
TFV_PUBLIC
void tfv_run_part_set_n_dropped (TfvRunPart *self, guint64 n_dropped);
TFV_PUBLIC
void tfv_run_part_warn (TfvRunPart *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

G_END_DECLS
