/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/tfv-run-loader-private.h"

G_BEGIN_DECLS

/* How often a run is looked at that grows just now, and one that did lately. */
#define TFV_LOGDIR_HOT_LOOK_US (7 * 1000)
#define TFV_LOGDIR_ACTIVE_LOOK_US (20 * 1000)

/* How much slower what sleeps is looked at in the end than what is merely quiet. */
#define TFV_LOGDIR_QUIET_SLOWING 8

/* A run of a logdir, and when it is looked at. */
typedef struct
{
  TfvRunLoader *loader;
  char         *key;
  char         *directory;
  char         *name;
  guint64       size_bytes;
  gboolean      is_shown;
  gboolean      is_active;
  gboolean      is_touched;
  gint64        touched_us;
  gint64        changed_us;
  gint64        looked_us;
  gint64        next_us;
  gint64        next_all_us;
} TfvLogdirRun;

void   tfv_logdir_run_free (gpointer data);
void   tfv_logdir_run_plan (TfvLogdirRun *run, gboolean is_told, gint64 quiet_interval_us, gboolean was_all, TfvPollResult result);
gint64 tfv_logdir_run_get_due_us (const TfvLogdirRun *run);

G_END_DECLS
