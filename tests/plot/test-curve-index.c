/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "curves.h"

static void
assert_locates (TfvCurveIndex *index)
{
  guint64 seed = 5;

  for (guint p = 0; p < index->x.pieces->len; p++)
    {
      const TfvXPiece   *piece = &g_array_index (index->x.pieces, TfvXPiece, p);
      gsize              n = piece->end - piece->start;
      g_autofree double *x = g_new (double, n);

      tfv_curve_index_read_x (index, piece->start, n, x);
      for (guint k = 0; k < 500; k++)
        {
          double at = piece->x_first + (piece->x_last - piece->x_first) * (noise (&seed) * 0.6 + 0.5);
          gsize  expected = 0;

          if (k % 3 == 0)
            at = x[(gsize) (at > 0 ? k : 0) % n];
          while (expected < n && x[expected] < at)
            expected++;
          g_assert_cmpuint (tfv_curve_index_locate (index, piece, piece->start, at), ==, piece->start + expected);
        }
    }
}

static void
test_regular (void)
{
  g_autoptr (TfvScalarSeries) series = noisy_series (5000, 1);
  g_autoptr (TfvCurveIndex)   index = index_of (series, TFV_PLOT_X_STEP, 0);

  g_assert_cmpuint (index->x.pieces->len, ==, 1);
  g_assert_cmpuint (index->x.segments->len, ==, 1);
  assert_locates (index);
}

static void
test_irregular (void)
{
  g_autoptr (TfvScalarSeries) series = noisy_series (5000, 1);
  g_autoptr (TfvCurveIndex)   index = index_of (series, TFV_PLOT_X_RELATIVE, 0);

  g_assert_true (index->x.irregular);
  assert_locates (index);
  g_assert_cmpfloat (index->x.min, ==, 0);
  update_index (index, TFV_PLOT_X_WALL, 0);
  assert_locates (index);
  g_assert_cmpfloat (index->x.min, >, 1.59e9);
}

static void
test_stretches (void)
{
  g_autoptr (TfvScalarSeries) series = tfv_scalar_series_new ();
  g_autoptr (TfvCurveIndex)   index = NULL;

  /* As trainers do: step 0, then every 100th less one, later every 1000th; some twice. */
  tfv_scalar_series_append (series, 0, 0, 1);
  for (gint64 step = 99; step < 20000; step += 100)
    tfv_scalar_series_append (series, step, (double) step, 1);
  for (gint64 step = 20000; step < 900000; step += 1000)
    tfv_scalar_series_append (series, step, (double) step, 1);
  for (guint i = 0; i < 40; i++)
    tfv_scalar_series_append (series, 900000, 900000, 1);
  index = index_of (series, TFV_PLOT_X_STEP, 0);
  g_assert_false (index->x.irregular);
  g_assert_cmpuint (index->x.segments->len, <, 10);
  assert_locates (index);
}

/* Wall time runs on while a machine's clock is set back: two pieces. */
static void
test_pieces (void)
{
  g_autoptr (TfvScalarSeries) series = tfv_scalar_series_new ();
  g_autoptr (TfvCurveIndex)   index = NULL;

  for (guint i = 0; i < 1000; i++)
    tfv_scalar_series_append (series, i, i < 600 ? 1e9 + i : 1e9 + i - 300, 1);
  index = index_of (series, TFV_PLOT_X_WALL, 0);
  g_assert_cmpuint (index->x.pieces->len, ==, 2);
  g_assert_cmpuint (g_array_index (index->x.pieces, TfvXPiece, 1).start, ==, 600);
  assert_locates (index);
}

static void
test_gaps (void)
{
  double                      y[] = { 1, NAN, NAN, 2, INFINITY, 3, -INFINITY };
  g_autoptr (TfvScalarSeries) series = series_of (y, G_N_ELEMENTS (y));
  g_autoptr (TfvCurveIndex)   index = index_of (series, TFV_PLOT_X_STEP, 0);
  double                      min, max;

  g_assert_cmpuint (index->gaps->len, ==, 3);
  g_assert_cmpuint (g_array_index (index->gaps, TfvGap, 0).start, ==, 1);
  g_assert_cmpuint (g_array_index (index->gaps, TfvGap, 0).end, ==, 3);
  g_assert_cmpuint (tfv_curve_index_first_gap (index, 3), ==, 1);
  g_assert_cmpuint (tfv_curve_index_first_gap (index, 7), ==, 3);
  g_assert_true (tfv_curve_index_extent (index, TFV_TRACK_RAW, 0, 7, TRUE, &min, &max));
  g_assert_cmpfloat (min, ==, 1);
  g_assert_cmpfloat (max, ==, 3);
}

static void
test_growth (void)
{
  g_autoptr (TfvScalarSeries) series = tfv_scalar_series_new ();
  g_autoptr (TfvCurveIndex)   index = tfv_curve_index_new (series);
  guint64                     seed = 9;

  update_index (index, TFV_PLOT_X_STEP, 0.6);
  g_assert_cmpuint (index->n_points, ==, 0);
  for (guint i = 0; i < 3000; i++)
    {
      tfv_scalar_series_append (series, i, i, noise (&seed));
      if (i % 100 == 57)
        update_index (index, TFV_PLOT_X_STEP, 0.6);
    }
  update_index (index, TFV_PLOT_X_STEP, 0.6);
  g_assert_cmpuint (index->n_points, ==, 3000);
  assert_locates (index);
}

static void
test_stop (void)
{
  g_autoptr (TfvScalarSeries) series = noisy_series (3000, 2);
  g_autoptr (TfvCurveIndex)   index = tfv_curve_index_new (series);
  gint                        stop = 1;

  g_assert_false (tfv_curve_index_update (index, TFV_PLOT_X_STEP, TFV_SMOOTH_TENSORBOARD, 0.6, &stop));
  g_assert_cmpuint (index->n_points, ==, 0);
  update_index (index, TFV_PLOT_X_STEP, 0.6);
  g_assert_cmpuint (index->n_points, ==, 3000);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot/curve-index/finds-points-at-regular-steps", test_regular);
  g_test_add_func ("/plot/curve-index/finds-points-at-irregular-times", test_irregular);
  g_test_add_func ("/plot/curve-index/knows-stretches-of-steps", test_stretches);
  g_test_add_func ("/plot/curve-index/cuts-where-x-falls", test_pieces);
  g_test_add_func ("/plot/curve-index/keeps-non-finite-values-apart", test_gaps);
  g_test_add_func ("/plot/curve-index/grows-with-its-series", test_growth);
  g_test_add_func ("/plot/curve-index/can-be-stopped-and-goes-on", test_stop);
  return g_test_run ();
}
