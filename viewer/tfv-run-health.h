/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/tfv-hparams.h"
#include "summaries/tfv-run.h"

G_BEGIN_DECLS

/**
 * TfvRunHealth:
 * @n_superseded: number of points that a restart superseded
 * @status: how the run's last session ended, where it told that
 * @last_written: when its files were last written to, seconds since the UNIX
 *   epoch; NaN if nobody knows
 *
 * What of a run is not as simple as it looks, beside what its getters tell
 * without reading: warnings, and records that were dropped.
 */
typedef struct
{
  guint64          n_superseded;
  TfvHparamsStatus status;
  double           last_written;
} TfvRunHealth;

void tfv_run_health_read (TfvRun *run, TfvRunHealth *health);
void tfv_run_health_append_lines (const TfvRunHealth *health, TfvRun *run, GString *text);

G_END_DECLS
