/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/plot/tfv-hit.h"

#include "curves.h"

static void
test_nearest (void)
{
  double                      y[] = { 5, 4, NAN, 2, 1 };
  g_autoptr (TfvScalarSeries) series = series_of (y, 5);
  g_autoptr (TfvCurveIndex)   index = index_of (series, TFV_PLOT_X_STEP, 0.6);
  TfvHit                      hit;

  g_assert_true (tfv_hit_nearest (index, 1.4, &hit));
  g_assert_cmpint (hit.step, ==, 1);
  g_assert_cmpfloat (hit.value, ==, 4);
  g_assert_cmpfloat (hit.relative, ==, 0.5);
  g_assert_cmpfloat (hit.wall_time, ==, 1.6e9 + 0.5);
  g_assert_cmpfloat_with_epsilon (hit.smoothed, (0.6 * 0.4 * 5 + 0.4 * 4) / (1 - 0.36), 1e-12);
  g_assert_true (tfv_hit_nearest (index, 2.2, &hit));
  g_assert_true (isnan (hit.value));
  g_assert_true (tfv_hit_nearest (index, -100, &hit));
  g_assert_cmpint (hit.step, ==, 0);
  g_assert_true (tfv_hit_nearest (index, 100, &hit));
  g_assert_cmpint (hit.step, ==, 4);
  g_assert_true (tfv_hit_last (index, &hit));
  g_assert_cmpint (hit.step, ==, 4);
}

static void
test_empty (void)
{
  g_autoptr (TfvScalarSeries) series = tfv_scalar_series_new ();
  g_autoptr (TfvCurveIndex)   index = index_of (series, TFV_PLOT_X_STEP, 0);
  TfvHit                      hit;

  g_assert_false (tfv_hit_nearest (index, 1, &hit));
  g_assert_false (tfv_hit_last (index, &hit));
}

static void
test_times (void)
{
  g_autoptr (TfvScalarSeries) series = noisy_series (2000, 6);
  g_autoptr (TfvCurveIndex)   index = index_of (series, TFV_PLOT_X_WALL, 0);
  double                      x[2000];

  tfv_curve_index_read_x (index, 0, 2000, x);
  for (guint i = 0; i < 2000; i += 17)
    {
      TfvHit hit;

      g_assert_true (tfv_hit_nearest (index, x[i], &hit));
      g_assert_cmpuint (hit.point, ==, i);
    }
}

static void
test_busy (void)
{
  double                      y[] = { 1, 2 };
  g_autoptr (TfvScalarSeries) series = series_of (y, 2);
  g_autoptr (TfvCurveIndex)   index = index_of (series, TFV_PLOT_X_STEP, 0);
  TfvHit                      hit;

  g_rw_lock_writer_lock (&index->lock);
  g_assert_false (tfv_hit_nearest (index, 1, &hit));
  g_rw_lock_writer_unlock (&index->lock);
  g_assert_true (tfv_hit_nearest (index, 1, &hit));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot/hit/finds-the-nearest-point", test_nearest);
  g_test_add_func ("/plot/hit/finds-nothing-in-an-empty-curve", test_empty);
  g_test_add_func ("/plot/hit/finds-points-by-time", test_times);
  g_test_add_func ("/plot/hit/does-not-wait-for-a-worker", test_busy);
  return g_test_run ();
}
