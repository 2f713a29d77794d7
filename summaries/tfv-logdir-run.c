/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-logdir-run-private.h"

/* For so long after it grew a run counts as hot. After that it is looked at ever more
   slowly: next after this part of the time that nothing came. */
#define HOT_US (250 * 1000)
#define SLOWING 32

/* A flush is several writes: how long the rest of it is waited for. */
#define FLUSH_US (2 * 1000)

void
tfv_logdir_run_free (gpointer data)
{
  TfvLogdirRun *run = data;

  tfv_run_loader_free (run->loader);
  g_free (run->key);
  g_free (run->directory);
  g_free (run->name);
  g_free (run);
}

/* Says when the run is looked at next, after a look at its active files or at all of
   them. @is_told: whether the system tells of changes in its folder. */
void
tfv_logdir_run_plan (TfvLogdirRun *run, gboolean is_told, gint64 quiet_interval_us, gboolean was_all, TfvPollResult result)
{
  gint64 now_us = g_get_monotonic_time ();
  gint64 quiet_us, wait_us;

  if ((result & TFV_POLL_CHANGED) != 0)
    run->changed_us = now_us;
  run->looked_us = now_us;
  quiet_us = now_us - run->changed_us;
  if (was_all)
    run->next_all_us = now_us + (is_told ? TFV_LOGDIR_QUIET_SLOWING * quiet_interval_us : CLAMP (quiet_us / SLOWING, quiet_interval_us, TFV_LOGDIR_QUIET_SLOWING * quiet_interval_us));
  if ((result & TFV_POLL_HAS_MORE) != 0)
    wait_us = 0;
  else if ((result & TFV_POLL_ACTIVE) == 0)
    wait_us = G_MAXINT32;
  else if (quiet_us < HOT_US && !is_told)
    wait_us = TFV_LOGDIR_HOT_LOOK_US;
  else
    wait_us = CLAMP (quiet_us / SLOWING, TFV_LOGDIR_ACTIVE_LOOK_US, quiet_interval_us);
  run->next_us = MIN (now_us + wait_us, run->next_all_us);
}

/* When the run is due: as planned, or soon after its folder was touched. */
gint64
tfv_logdir_run_get_due_us (const TfvLogdirRun *run)
{
  gint64 told_us = MAX (run->touched_us + FLUSH_US, run->looked_us + TFV_LOGDIR_HOT_LOOK_US);

  return run->is_touched ? MIN (run->next_us, told_us) : run->next_us;
}
