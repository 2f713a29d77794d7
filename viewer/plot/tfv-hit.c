/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/plot/tfv-hit.h"

/* Of a cloud of points only so many pieces are searched: the latest. */
#define MAX_PIECES 1024

static void
fill (const TfvCurveIndex *curve, gsize point, TfvHit *hit)
{
  double first_time;

  hit->point = point;
  tfv_scalar_view_get (curve->view, 0, NULL, &first_time, NULL, NULL);
  tfv_scalar_view_get (curve->view, point, &hit->step, &hit->wall_time, &hit->value, NULL);
  hit->relative = hit->wall_time - first_time;
  tfv_curve_index_read_x (curve, point, 1, &hit->x);
  tfv_curve_index_read_y (curve, TFV_TRACK_SMOOTH, point, 1, &hit->smoothed);
}

static gsize
nearest (const TfvCurveIndex *curve, double x)
{
  guint  n_pieces = curve->x.pieces->len;
  gsize  best = 0;
  double best_distance = INFINITY;

  for (guint p = n_pieces > MAX_PIECES ? n_pieces - MAX_PIECES : 0; p < n_pieces; p++)
    {
      const TfvXPiece *piece = &g_array_index (curve->x.pieces, TfvXPiece, p);
      gsize            after = tfv_curve_index_locate (curve, piece, piece->start, x);

      for (gsize i = MAX (after, piece->start + 1) - 1; i < piece->end && i <= after; i++)
        {
          double at;

          tfv_curve_index_read_x (curve, i, 1, &at);
          if (fabs (at - x) <= best_distance)
            {
              best_distance = fabs (at - x);
              best = i;
            }
        }
    }
  return best;
}

/**
 * tfv_hit_nearest:
 * @curve: an index
 * @x: an x
 * @hit: (out): the point
 *
 * Finds the point of a curve whose x is nearest; of several, the last. Any
 * thread; never waits.
 *
 * Returns: %FALSE if the curve has no point or its index is being updated
 */
gboolean
tfv_hit_nearest (TfvCurveIndex *curve, double x, TfvHit *hit)
{
  gboolean found;

  if (!tfv_curve_index_begin_read (curve))
    return FALSE;
  found = curve->n_points > 0;
  if (found)
    fill (curve, nearest (curve, x), hit);
  tfv_curve_index_end_read (curve);
  return found;
}

/**
 * tfv_hit_last:
 * @curve: an index
 * @hit: (out): its last point
 *
 * Returns: %FALSE if the curve has no point or its index is being updated
 */
gboolean
tfv_hit_last (TfvCurveIndex *curve, TfvHit *hit)
{
  gboolean found;

  if (!tfv_curve_index_begin_read (curve))
    return FALSE;
  found = curve->n_points > 0;
  if (found)
    fill (curve, curve->n_points - 1, hit);
  tfv_curve_index_end_read (curve);
  return found;
}
