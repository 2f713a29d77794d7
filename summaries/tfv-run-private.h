/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/tfv-format.h"
#include "summaries/tfv-restarts-private.h"
#include "summaries/tfv-run-part.h"
#include "summaries/tfv-run.h"

G_BEGIN_DECLS

TfvRun     *tfv_run_new (const char *name, const char *directory);
TfvRunPart *tfv_run_add_part (TfvRun *self, const char *path, const TfvFormat *format);
void        tfv_run_remove_part (TfvRun *self, TfvRunPart *part);
void        tfv_run_touch (TfvRun *self);

/* For TfvRunPart. */
TfvTag       *tfv_run_ensure_tag (TfvRun *self, const char *name, TfvRecordKind kind, const char *plugin);
TfvRestarts  *tfv_run_get_restarts (TfvRun *self);
TfvSpanTable *tfv_run_peek_spans (TfvRun *self);
void          tfv_run_lock (TfvRun *self);
void          tfv_run_unlock (TfvRun *self);
void          tfv_run_add_warning (TfvRun *self, const char *warning);
void          tfv_run_replace_warning (TfvRun *self, const char *previous, const char *warning);
gint64        tfv_run_adopt_clock_offset_ns (TfvRun *self, gint64 offset_ns);
void          tfv_run_add_clock_pair (TfvRun *self, gint64 time_ns, gint64 wall_ns);
char         *tfv_run_dup_plugin (TfvRun *self, const char *tag);
GPtrArray    *tfv_run_get_parts (TfvRun *self);

G_END_DECLS
