/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "summaries/tfv-macros.h"
#include "summaries/tfv-span-table.h"
#include "summaries/tfv-tag.h"

G_BEGIN_DECLS

#define TFV_TYPE_RUN (tfv_run_get_type ())

/**
 * TfvRun:
 *
 * A run: a folder with event files in it, or one event file. It grows while it
 * is read; every getter gives what is there now. Any thread.
 */
TFV_PUBLIC
G_DECLARE_FINAL_TYPE (TfvRun, tfv_run, TFV, RUN, GObject)

TFV_PUBLIC
const char *tfv_run_get_name (TfvRun *self);
TFV_PUBLIC
const char *tfv_run_get_directory (TfvRun *self);
TFV_PUBLIC
char **tfv_run_dup_files (TfvRun *self);
TFV_PUBLIC
char **tfv_run_dup_warnings (TfvRun *self);
TFV_PUBLIC
guint64 tfv_run_get_generation (TfvRun *self);
TFV_PUBLIC
GPtrArray *tfv_run_dup_tags (TfvRun *self);
TFV_PUBLIC
TfvTag *tfv_run_dup_tag (TfvRun *self, TfvRecordKind kind, const char *name);
TFV_PUBLIC
TfvSpanTable *tfv_run_dup_spans (TfvRun *self);
TFV_PUBLIC
guint tfv_run_get_n_graphs (TfvRun *self);
TFV_PUBLIC
double tfv_run_get_start_time (TfvRun *self);
TFV_PUBLIC
GVariant *tfv_run_dup_hparams (TfvRun *self);
TFV_PUBLIC
GVariant *tfv_run_dup_description (TfvRun *self);
TFV_PUBLIC
guint64 tfv_run_get_n_dropped (TfvRun *self);
TFV_PUBLIC
guint64 tfv_run_count_superseded_scalars (TfvRun *self);
TFV_PUBLIC
gint64 tfv_run_get_clock_offset_ns (TfvRun *self);
TFV_PUBLIC
gint64 tfv_run_get_wall_ns (TfvRun *self, gint64 time_ns);

G_END_DECLS
