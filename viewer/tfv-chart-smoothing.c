/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/tfv-chart-private.h"

#include <math.h>

/* How many points' mean has as much noise left as TensorBoard's average of this
 * weight: the sums of the squared weights are the same. */
static double
equivalent_points (double weight)
{
  return (1 + weight) / (1 - weight);
}

/* How far points lie apart, on average over all curves. Rounded, so that a curve
 * that grows is not smoothed in another way at each point. */
static double
find_spacing (const TfvScene *scene)
{
  double length = 0;
  double n = 0;

  for (guint i = 0; i < scene->n_curves; i++)
    {
      TfvCurveIndex            *index = scene->curves[i].index;
      g_autoptr (TfvScalarView) view = tfv_scalar_series_snapshot (index->series, index->shows_all ? TFV_SCALAR_VIEW_ALL : TFV_SCALAR_VIEW_PURGED);
      gint64                    steps[2];
      double                    times[2];
      double                    distance;

      if (view->n_points < 2)
        continue;
      tfv_scalar_view_get (view, 0, &steps[0], &times[0], NULL, NULL);
      tfv_scalar_view_get (view, view->n_points - 1, &steps[1], &times[1], NULL, NULL);
      distance = scene->x_kind == TFV_PLOT_X_STEP ? (double) steps[1] - (double) steps[0] : times[1] - times[0];
      if (!(distance > 0) || !isfinite (distance))
        continue;
      length += distance;
      n += (double) (view->n_points - 1);
    }
  return length > 0 ? exp2 (round (log2 (length / n) * 2) / 2) : 1;
}

/* What the scene's smoothing, 0 to 0.999 whatever its kind, is in units of that
 * kind. Reads points: for a worker. */
double
tfv_chart_smoothing_amount (const TfvScene *scene)
{
  double weight = scene->smoothing;

  if (!(weight > 0))
    return 0;
  switch (scene->smooth_kind)
    {
    case TFV_SMOOTH_RUNNING_MEAN:
      return round (equivalent_points (weight));
    case TFV_SMOOTH_GAUSSIAN:
      return equivalent_points (weight) / (2 * sqrt (G_PI));
    case TFV_SMOOTH_TIME_WEIGHTED:
      return -G_LN2 / log (weight) * find_spacing (scene);
    case TFV_SMOOTH_TENSORBOARD:
    default:
      return weight;
    }
}
