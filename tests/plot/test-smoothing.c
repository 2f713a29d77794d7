/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "curves.h"

#define N 5000

/* TensorBoard's formula, written down anew and for all points at once. */
static void
expected_smoothing (const double *y, gsize n, double weight, double *smoothed)
{
  double   last = n > 0 ? 0 : NAN;
  gsize    count = 0;
  gboolean constant = TRUE;

  for (gsize i = 0; i < n; i++)
    constant = constant && y[i] == y[0];
  for (gsize i = 0; i < n; i++)
    {
      double debias = 1;

      if (constant || !isfinite (y[i]))
        {
          smoothed[i] = y[i];
          continue;
        }
      last = last * weight + (1 - weight) * y[i];
      count++;
      if (weight != 1)
        debias = 1 - pow (weight, (double) count);
      smoothed[i] = last / debias;
    }
}

static void
assert_same_bits (const TfvCurveIndex *index, const double *expected, gsize start, gsize n)
{
  g_autofree double *got = g_new (double, n + 1);

  tfv_curve_index_read_y (index, TFV_TRACK_SMOOTH, start, n, got);
  for (gsize i = 0; i < n; i++)
    if (!isnan (got[i]) || !isnan (expected[start + i]))
      if (memcmp (&got[i], &expected[start + i], sizeof (double)) != 0)
        g_error ("point %" G_GSIZE_FORMAT ": %.17g is not %.17g", start + i, got[i], expected[start + i]);
}

static void
fill (double *y, gsize n)
{
  guint64 seed = 7;

  for (gsize i = 0; i < n; i++)
    y[i] = exp (-(double) i / 500) + noise (&seed) * 0.1;
  y[3] = NAN;
  y[4] = INFINITY;
  y[700] = -INFINITY;
  y[1023] = NAN;
}

static void
test_formula (void)
{
  static const double weights[] = { 0.01, 0.5, 0.6, 0.9, 0.97, 0.999 };
  double              y[N], expected[N];

  fill (y, N);
  for (guint w = 0; w < G_N_ELEMENTS (weights); w++)
    {
      g_autoptr (TfvScalarSeries) series = series_of (y, N);
      g_autoptr (TfvCurveIndex)   index = index_of (series, TFV_PLOT_X_STEP, weights[w]);

      expected_smoothing (y, N, weights[w], expected);
      assert_same_bits (index, expected, 0, N);
      for (gsize start = 0; start < N; start += 97)
        assert_same_bits (index, expected, start, MIN (41, N - start));
    }
}

static void
test_growth (void)
{
  g_autoptr (TfvScalarSeries) series = tfv_scalar_series_new ();
  g_autoptr (TfvCurveIndex)   index = tfv_curve_index_new (series);
  double                      y[N], expected[N];

  fill (y, N);
  expected_smoothing (y, N, 0.9, expected);
  for (gsize i = 0; i < N; i++)
    {
      tfv_scalar_series_append (series, (gint64) i, (double) i, y[i]);
      if (i % 313 == 0 || i + 1 == N)
        {
          update_index (index, TFV_PLOT_X_STEP, 0.9);
          assert_same_bits (index, expected, 0, i + 1);
        }
    }
}

/* The other ways: the values that tfv_smooth() gives, whatever was asked for before. */
static void
test_other_ways (void)
{
  static const struct
  {
    TfvSmoothKind kind;
    double        amount;
    TfvPlotX      x_kind;
  } ways[] = {
    { TFV_SMOOTH_GAUSSIAN, 3, TFV_PLOT_X_STEP },
    { TFV_SMOOTH_RUNNING_MEAN, 11, TFV_PLOT_X_STEP },
    { TFV_SMOOTH_TIME_WEIGHTED, 20, TFV_PLOT_X_STEP },
    { TFV_SMOOTH_TIME_WEIGHTED, 20, TFV_PLOT_X_RELATIVE },
  };
  g_autoptr (TfvScalarSeries) series = tfv_scalar_series_new ();
  g_autoptr (TfvCurveIndex)   index = tfv_curve_index_new (series);
  double                      y[N], x[N], expected[N];
  gint                        stop = 0;

  fill (y, N);
  for (gsize n = 0; n < N; n++)
    {
      tfv_scalar_series_append (series, (gint64) n, 7 + 0.5 * (double) n, y[n]);
      if (n % 511 != 510 && n + 1 < N)
        continue;
      for (guint w = 0; w < G_N_ELEMENTS (ways); w++)
        {
          for (gsize i = 0; i <= n; i++)
            x[i] = ways[w].x_kind == TFV_PLOT_X_STEP ? (double) i : 0.5 * (double) i;
          tfv_smooth (ways[w].kind, ways[w].amount, x, y, n + 1, expected);
          g_assert_true (tfv_curve_index_update (index, ways[w].x_kind, ways[w].kind, ways[w].amount, &stop));
          assert_same_bits (index, expected, 0, n + 1);
          assert_same_bits (index, expected, n / 2, 40);
        }
    }
  update_index (index, TFV_PLOT_X_STEP, 0.9);
  expected_smoothing (y, N, 0.9, expected);
  assert_same_bits (index, expected, 0, N);
}

static void
test_constant (void)
{
  g_autoptr (TfvScalarSeries) series = tfv_scalar_series_new ();
  g_autoptr (TfvCurveIndex)   index = tfv_curve_index_new (series);
  double                      y[301], expected[301];

  for (gsize i = 0; i < 300; i++)
    {
      y[i] = 0.1;
      tfv_scalar_series_append (series, (gint64) i, (double) i, y[i]);
    }
  update_index (index, TFV_PLOT_X_STEP, 0.6);
  assert_same_bits (index, y, 0, 300);

  y[300] = 0.2;
  tfv_scalar_series_append (series, 300, 300, y[300]);
  expected_smoothing (y, 301, 0.6, expected);
  update_index (index, TFV_PLOT_X_STEP, 0.6);
  assert_same_bits (index, expected, 0, 301);
}

static void
test_weight_changes (void)
{
  g_autoptr (TfvScalarSeries) series = NULL;
  g_autoptr (TfvCurveIndex)   index = NULL;
  double                      y[N], expected[N];

  fill (y, N);
  series = series_of (y, N);
  index = index_of (series, TFV_PLOT_X_STEP, 0.6);
  update_index (index, TFV_PLOT_X_STEP, 0.99);
  expected_smoothing (y, N, 0.99, expected);
  assert_same_bits (index, expected, 0, N);
  update_index (index, TFV_PLOT_X_STEP, 0);
  assert_same_bits (index, y, 0, N);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot/smoothing/has-the-bits-of-the-formula", test_formula);
  g_test_add_func ("/plot/smoothing/other-ways-are-kept-up-with", test_other_ways);
  g_test_add_func ("/plot/smoothing/grows-without-a-change", test_growth);
  g_test_add_func ("/plot/smoothing/leaves-a-constant-series-as-it-is", test_constant);
  g_test_add_func ("/plot/smoothing/follows-the-weight", test_weight_changes);
  return g_test_run ();
}
