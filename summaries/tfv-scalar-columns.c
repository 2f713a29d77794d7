/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-scalar-columns.h"

#include <string.h>

/* Adds the values of a block. */
static void
put_values (const TfvScalarBlock *block, double *values)
{
  if (block->value64 != NULL)
    {
      memcpy (values, block->value64, block->n * sizeof *values);
      return;
    }
  for (guint i = 0; i < block->n; i++)
    values[i] = block->value32[i];
}

/**
 * tfv_scalar_view_dup_columns:
 * @view: a view
 * @steps: (out) (transfer full): the steps, int64
 * @wall_times: (out) (transfer full): the wall times, float64, seconds since the UNIX
 *   epoch
 * @values: (out) (transfer full): the values, float64
 *
 * All points in three arrays, as the machine has numbers: for languages in which a call a
 * point is slow. Any thread.
 */
void
tfv_scalar_view_dup_columns (const TfvScalarView *view, GBytes **steps, GBytes **wall_times, GBytes **values)
{
  gint64 *step;
  double *wall_time, *value;

  g_return_if_fail (view != NULL && steps != NULL && wall_times != NULL && values != NULL);

  step = g_new (gint64, view->n_points);
  wall_time = g_new (double, view->n_points);
  value = g_new (double, view->n_points);
  for (guint b = 0; b < view->n_blocks; b++)
    {
      const TfvScalarBlock *block = &view->blocks[b];

      memcpy (step + view->block_start[b], block->step, block->n * sizeof *step);
      memcpy (wall_time + view->block_start[b], block->wall_time, block->n * sizeof *wall_time);
      put_values (block, value + view->block_start[b]);
    }
  *steps = g_bytes_new_take (step, view->n_points * sizeof *step);
  *wall_times = g_bytes_new_take (wall_time, view->n_points * sizeof *wall_time);
  *values = g_bytes_new_take (value, view->n_points * sizeof *value);
}
