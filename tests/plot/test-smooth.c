/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/plot/tfv-smooth.h"

#include <string.h>

#include "curves.h"

#define N 3000

static double x[N], y[N], smoothed[N];

static void
fill (void)
{
  guint64 seed = 5;

  for (guint i = 0; i < N; i++)
    {
      x[i] = (i > 0 ? x[i - 1] : 0) + 1 + noise (&seed) * 0.9;
      y[i] = sin (i * 0.01) + noise (&seed);
    }
  y[0] = NAN;
  y[17] = INFINITY;
  y[18] = -INFINITY;
  for (guint i = 900; i < 950; i++)
    y[i] = NAN;
}

/* The mean with these weights, taken of all points for each. */
static double
expect_mean (guint i, gsize reach, double deviation)
{
  double value = 0, weight = 0;

  for (guint j = i - MIN (i, reach); j < MIN (i + reach + 1, N); j++)
    if (isfinite (y[j]))
      {
        double at = ((double) j - (double) i) / deviation;
        double share = exp (-0.5 * at * at);

        value += share * y[j];
        weight += share;
      }
  return value / weight;
}

static void
check_means (gsize reach, double deviation, double epsilon)
{
  for (guint i = 0; i < N; i++)
    if (isfinite (y[i]))
      g_assert_cmpfloat_with_epsilon (smoothed[i], expect_mean (i, reach, deviation), epsilon);
    else
      g_assert_true (memcmp (&smoothed[i], &y[i], sizeof *y) == 0);
}

static void
test_tensorboard (void)
{
  g_autoptr (TfvScalarSeries) series = NULL;
  g_autoptr (TfvCurveIndex)   index = NULL;
  double                      expected[N];

  fill ();
  series = series_of (y, N);
  index = index_of (series, TFV_PLOT_X_STEP, 0.97);
  tfv_curve_index_read_y (index, TFV_TRACK_SMOOTH, 0, N, expected);
  tfv_smooth (TFV_SMOOTH_TENSORBOARD, 0.97, x, y, N, smoothed);
  g_assert_cmpmem (smoothed, sizeof smoothed, expected, sizeof expected);
}

static void
test_running_mean (void)
{
  static const guint widths[] = { 1, 3, 11, 101, 2001 };

  fill ();
  for (guint w = 0; w < G_N_ELEMENTS (widths); w++)
    {
      tfv_smooth (TFV_SMOOTH_RUNNING_MEAN, widths[w], x, y, N, smoothed);
      check_means (widths[w] / 2, INFINITY, 1e-9);
    }
}

static void
test_no_trace (void)
{
  fill ();
  y[1000] = 1e300;
  tfv_smooth (TFV_SMOOTH_RUNNING_MEAN, 21, x, y, N, smoothed);
  for (guint i = 1021; i < N; i++)
    g_assert_cmpfloat_with_epsilon (smoothed[i], expect_mean (i, 10, INFINITY), 1e-9);
}

static void
test_gaussian (void)
{
  static const double narrow[] = { 0.5, 2, 7.3, 20 };
  static const double wide[] = { 20.5, 50, 130 };

  fill ();
  for (guint w = 0; w < G_N_ELEMENTS (narrow); w++)
    {
      tfv_smooth (TFV_SMOOTH_GAUSSIAN, narrow[w], x, y, N, smoothed);
      check_means ((gsize) ceil (4 * narrow[w]), narrow[w], 1e-9);
    }
  for (guint w = 0; w < G_N_ELEMENTS (wide); w++)
    {
      tfv_smooth (TFV_SMOOTH_GAUSSIAN, wide[w], x, y, N, smoothed);
      check_means ((gsize) ceil (4 * wide[w]), wide[w], 0.03);
    }
}

/* Every earlier value counts by how far its x is, however many lie between. */
static void
test_time_weighted (void)
{
  const double half_life = 25;

  fill ();
  tfv_smooth (TFV_SMOOTH_TIME_WEIGHTED, half_life, x, y, N, smoothed);
  for (guint i = 0; i < N; i += 7)
    {
      double value = 0, weight = 0;

      for (guint j = 0; j <= i && isfinite (y[i]); j++)
        if (isfinite (y[j]))
          {
            value += y[j] * exp2 ((x[j] - x[i]) / half_life);
            weight += exp2 ((x[j] - x[i]) / half_life);
          }
      if (isfinite (y[i]))
        g_assert_cmpfloat_with_epsilon (smoothed[i], value / weight, 1e-9);
    }
}

static void
test_nothing_to_do (void)
{
  for (TfvSmoothKind kind = TFV_SMOOTH_TENSORBOARD; kind <= TFV_SMOOTH_GAUSSIAN; kind++)
    {
      fill ();
      tfv_smooth (kind, 0, x, y, N, smoothed);
      g_assert_cmpmem (smoothed, sizeof smoothed, y, sizeof y);
      tfv_smooth (kind, 0.9, x, y, 0, smoothed);
      for (guint i = 0; i < N; i++)
        y[i] = 0.1;
      tfv_smooth (kind, kind == TFV_SMOOTH_TENSORBOARD ? 0.9 : 40, x, y, N, smoothed);
      g_assert_cmpmem (smoothed, sizeof smoothed, y, sizeof y);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot/smooth/tensorboards-has-the-bits-of-the-index", test_tensorboard);
  g_test_add_func ("/plot/smooth/a-running-mean-is-the-mean-around", test_running_mean);
  g_test_add_func ("/plot/smooth/a-huge-value-leaves-no-trace", test_no_trace);
  g_test_add_func ("/plot/smooth/a-gaussian-is-weighted-by-a-bell", test_gaussian);
  g_test_add_func ("/plot/smooth/a-time-weighted-average-forgets-with-x", test_time_weighted);
  g_test_add_func ("/plot/smooth/leaves-alone-what-is-smooth", test_nothing_to_do);
  return g_test_run ();
}
