/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/plot/tfv-extent.h"

#include "curves.h"
#include "viewer/plot/tfv-scene.h"

static int
compare (gconstpointer a, gconstpointer b)
{
  double da = *(const double *) a;
  double db = *(const double *) b;

  return da < db ? -1 : da > db;
}

static void
test_select (void)
{
  double  values[501], sorted[501], scratch[501];
  guint64 seed = 1;

  for (guint i = 0; i < 501; i++)
    values[i] = sorted[i] = floor (noise (&seed) * 50);
  qsort (sorted, 501, sizeof (double), compare);
  for (gsize rank = 0; rank < 501; rank += 7)
    {
      memcpy (scratch, values, sizeof values);
      g_assert_cmpfloat (tfv_extent_select (scratch, 501, rank), ==, sorted[rank]);
    }
}

static void
test_outliers (void)
{
  double                      y[200], sorted[200];
  double                      min, max;
  gsize                       n = 0;
  g_autoptr (TfvScalarSeries) series = NULL;
  g_autoptr (TfvCurveIndex)   index = NULL;

  for (guint i = 0; i < 200; i++)
    {
      y[i] = i % 50 == 3 ? NAN : (double) ((i * 77) % 200);
      if (isfinite (y[i]))
        sorted[n++] = y[i];
    }
  qsort (sorted, n, sizeof (double), compare);
  series = series_of (y, 200);
  index = index_of (series, TFV_PLOT_X_STEP, 0);

  g_assert_true (tfv_extent_of_values (&index, 1, TFV_TRACK_RAW, FALSE, TRUE, &min, &max));
  g_assert_cmpfloat (min, ==, sorted[(gsize) ceil ((double) (n - 1) * 0.05)]);
  g_assert_cmpfloat (max, ==, sorted[(gsize) floor ((double) (n - 1) * 0.95)]);
  g_assert_true (tfv_extent_of_values (&index, 1, TFV_TRACK_RAW, FALSE, FALSE, &min, &max));
  g_assert_cmpfloat (min, ==, sorted[0]);
  g_assert_cmpfloat (max, ==, sorted[n - 1]);
  g_assert_true (tfv_extent_of_values (&index, 1, TFV_TRACK_RAW, TRUE, FALSE, &min, &max));
  g_assert_cmpfloat (min, ==, 1);
}

/* A curve of some epochs is shown whole. */
static void
test_few (void)
{
  double y[20];

  for (guint i = 0; i < 20; i++)
    y[i] = i;
  for (guint n = 1; n <= 20; n++)
    {
      g_autoptr (TfvScalarSeries) series = series_of (y, n);
      g_autoptr (TfvCurveIndex)   index = index_of (series, TFV_PLOT_X_STEP, 0);
      double                      min, max;

      g_assert_true (tfv_extent_of_values (&index, 1, TFV_TRACK_RAW, FALSE, TRUE, &min, &max));
      g_assert_cmpfloat (min, ==, n < 20 ? 0 : 1);
      g_assert_cmpfloat (max, ==, n < 20 ? n - 1 : 18);
    }
}

/* Of very many points a sample is taken; it must not miss where most values lie. */
static void
test_sample (void)
{
  g_autoptr (TfvScalarSeries) series = tfv_scalar_series_new ();
  g_autoptr (TfvCurveIndex)   index = NULL;
  guint64                     seed = 4;
  double                      min, max;

  for (guint i = 0; i < 600001; i++)
    tfv_scalar_series_append (series, i, i, noise (&seed));
  index = index_of (series, TFV_PLOT_X_STEP, 0);
  g_assert_true (tfv_extent_of_values (&index, 1, TFV_TRACK_RAW, FALSE, TRUE, &min, &max));
  g_assert_cmpfloat_with_epsilon (min, -0.9, 0.01);
  g_assert_cmpfloat_with_epsilon (max, 0.9, 0.01);
}

static void
test_nothing (void)
{
  double                      y[] = { NAN, -1, INFINITY };
  g_autoptr (TfvScalarSeries) series = series_of (y, 3);
  g_autoptr (TfvCurveIndex)   index = index_of (series, TFV_PLOT_X_STEP, 0);
  double                      min, max;

  g_assert_false (tfv_extent_of_values (&index, 1, TFV_TRACK_RAW, TRUE, TRUE, &min, &max));
  g_assert_false (tfv_extent_of_values (&index, 1, TFV_TRACK_RAW, TRUE, FALSE, &min, &max));
  g_assert_false (tfv_extent_of_values (NULL, 0, TFV_TRACK_RAW, FALSE, TRUE, &min, &max));
  g_assert_false (tfv_extent_of_x (NULL, 0, FALSE, &min, &max));
}

static void
assert_nice (double min, double max, double expected_min, double expected_max)
{
  tfv_extent_nice (&min, &max);
  g_assert_cmpfloat_with_epsilon (min, expected_min, 1e-9);
  g_assert_cmpfloat_with_epsilon (max, expected_max, 1e-9);
}

/* Whatever their size, values fill most of the axis. */
static void
assert_tight (double min, double max)
{
  double low = min, high = max;

  tfv_extent_nice (&low, &high);
  g_assert_cmpfloat (low, <, min);
  g_assert_cmpfloat (high, >, max);
  g_assert_cmpfloat (high - low, <, (max - min) * 1.5);
}

static void
test_nice (void)
{
  double min = 0.1, max = 5;

  assert_nice (0, 0, -1, 1);
  assert_nice (3, 3, 0, 6);
  assert_nice (-3, -3, -6, 0);
  assert_nice (0, 1, -0.1, 1.1);
  assert_nice (0.13, 2.21, 0, 2.4);
  assert_tight (1e-300, 5e-299);
  assert_tight (0, 1e-306);
  assert_tight (-1e300, 1e300);
  tfv_extent_nice_log10 (&min, &max);
  g_assert_cmpfloat_with_epsilon (min, log10 (0.05), 1e-12);
  g_assert_cmpfloat_with_epsilon (max, 1, 1e-12);
}

static TfvScene *
scene_of (TfvScalarSeries *series)
{
  TfvScene      *scene = tfv_scene_new ();
  TfvSceneCurve *curve = g_new0 (TfvSceneCurve, 1);

  curve->index = tfv_curve_index_new (series);
  tfv_scene_take_curves (scene, curve, 1);
  scene->ignore_outliers = TRUE;
  return scene;
}

/* The range of values of a live chart may be old, but not for long and not where
 * it is quickly had. */
static void
test_patience (void)
{
  static const gsize n_points[] = { 100, 20000 };
  gint               stop = 0;

  for (guint i = 0; i < G_N_ELEMENTS (n_points); i++)
    {
      gboolean                    is_many = i == 1;
      g_autoptr (TfvScalarSeries) series = noisy_series (n_points[i], 1);
      g_autoptr (TfvScene)        scene = scene_of (series);
      double                      max;

      scene->extent_patience_us = G_MAXINT64;
      g_assert_true (tfv_scene_update (scene, &stop));
      g_assert_false (scene->extent.is_behind);
      max = scene->extent.max;

      for (gsize j = 0; j < n_points[i]; j++)
        tfv_scalar_series_append (series, (gint64) (n_points[i] + j) * 10, 1.7e9, 100);
      g_assert_true (tfv_scene_update (scene, &stop));
      g_assert_true (scene->extent.is_behind == is_many);
      g_assert_cmpfloat (scene->extent.max, ==, is_many ? max : 100);

      scene->extent_patience_us = 0;
      g_assert_true (tfv_scene_update (scene, &stop));
      g_assert_false (scene->extent.is_behind);
      g_assert_cmpfloat (scene->extent.max, ==, 100);

      /* Another way to look at it does not wait. */
      scene->extent_patience_us = G_MAXINT64;
      tfv_scalar_series_append (series, 10000000, 1.7e9, 100);
      scene->y_scale = TFV_AXIS_LOG;
      g_assert_true (tfv_scene_update (scene, &stop));
      g_assert_false (scene->extent.is_behind);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot/extent/shows-all-of-few-points", test_few);
  g_test_add_func ("/plot/extent/selects-what-sorting-would", test_select);
  g_test_add_func ("/plot/extent/leaves-out-five-percent-on-each-side", test_outliers);
  g_test_add_func ("/plot/extent/samples-very-many-points", test_sample);
  g_test_add_func ("/plot/extent/looks-at-many-live-points-now-and-then", test_patience);
  g_test_add_func ("/plot/extent/knows-when-there-is-nothing", test_nothing);
  g_test_add_func ("/plot/extent/axes-end-at-round-numbers", test_nice);
  return g_test_run ();
}
