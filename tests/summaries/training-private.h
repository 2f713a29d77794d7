/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/tfv-run.h"
#include "summaries/tfv-summary-writer.h"

G_BEGIN_DECLS

/* What tests of a writer have in common: one that must start and must close, the
 * process that writes for it, and what is in its folder afterwards. */

TfvSummaryWriter *new_writer (const char *folder);
void              close_writer (TfvSummaryWriter *writer);
gint64            get_helper (TfvSummaryWriter *writer);
gboolean          is_process_there (gint64 pid);
void              wait_for_end (gint64 pid);
guint32           get_last_state (const char *folder);
gint64            count_points (TfvRun *run);
gint64            count_steps (TfvRun *run);

G_END_DECLS
