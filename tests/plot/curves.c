/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "curves.h"

double
noise (guint64 *state)
{
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return (double) (gint64) (*state >> 11) / 4503599627370496.0 - 1.0;
}

/* Values at steps 0, 1, 2, …, half a second apart. */
TfvScalarSeries *
series_of (const double *values, gsize n)
{
  TfvScalarSeries *series = tfv_scalar_series_new ();

  for (gsize i = 0; i < n; i++)
    tfv_scalar_series_append (series, (gint64) i, 1.6e9 + 0.5 * (double) i, values[i]);
  return series;
}

/* What a loss looks like: it falls, and it is noisy; wall time is not regular. */
TfvScalarSeries *
noisy_series (gsize n, guint64 seed)
{
  TfvScalarSeries *series = tfv_scalar_series_new ();
  double           time = 1.6e9;
  double           speed = 3 + (double) (seed % 5);

  for (gsize i = 0; i < n; i++)
    {
      double at = (double) i / (double) n;

      time += 0.5 + 0.4 * noise (&seed);
      tfv_scalar_series_append (series, (gint64) i * 10, time, 2.0 * exp (-speed * at) + 0.2 + 0.15 * noise (&seed));
    }
  return series;
}

void
update_index (TfvCurveIndex *index, TfvPlotX x_kind, double weight)
{
  gint stop = 0;

  g_assert_true (tfv_curve_index_update (index, x_kind, TFV_SMOOTH_TENSORBOARD, weight, &stop));
}

TfvCurveIndex *
index_of (TfvScalarSeries *series, TfvPlotX x_kind, double weight)
{
  TfvCurveIndex *index = tfv_curve_index_new (series);

  update_index (index, x_kind, weight);
  return index;
}
