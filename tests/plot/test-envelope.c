/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/plot/tfv-envelope.h"

#include "curves.h"

#define WIDTH 300
#define HEIGHT 200

static void
make_scaled (TfvEnvelope *envelope, TfvCurveIndex *index, TfvTrack track, TfvAxisScale x_scale, TfvAxisScale y_scale, double x0, double x1, gboolean exact)
{
  TfvViewport viewport = { x0, x1, 0, 3, x_scale, y_scale, WIDTH, HEIGHT };

  tfv_envelope_init (envelope, WIDTH, 2);
  tfv_envelope_add_curve (envelope, index, track, &viewport, exact);
}

static void
make_envelope (TfvEnvelope *envelope, TfvCurveIndex *index, TfvTrack track, double x0, double x1, gboolean exact)
{
  make_scaled (envelope, index, track, TFV_AXIS_LINEAR, TFV_AXIS_LINEAR, x0, x1, exact);
}

/* What each column shows, found by following every line between places. */
static void
follow_lines (TfvCurveIndex *index, TfvTrack track, TfvAxisScale x_scale, TfvAxisScale y_scale, double x0, double x1, double *top, double *bottom)
{
  gsize              n = index->n_points;
  guint              columns = WIDTH * 2;
  g_autofree double *x = g_new (double, n);
  g_autofree double *y = g_new (double, n);

  tfv_curve_index_read_x (index, 0, n, x);
  tfv_curve_index_read_y (index, track, 0, n, y);
  for (gsize i = 0; i < n; i++)
    {
      x[i] = tfv_axis_scale_place (x_scale, x[i]);
      y[i] = tfv_axis_scale_place (y_scale, y[i]);
    }
  for (guint c = 0; c < columns; c++)
    {
      top[c] = INFINITY;
      bottom[c] = -INFINITY;
    }
  for (gsize i = 0; i + 1 < n; i++)
    {
      double u0 = (x[i] - x0) / (x1 - x0) * columns;
      double u1 = (x[i + 1] - x0) / (x1 - x0) * columns;
      double v0 = (3 - y[i]) / 3 * HEIGHT;
      double v1 = (3 - y[i + 1]) / 3 * HEIGHT;

      if (!isfinite (u0) || !isfinite (u1))
        continue;
      for (gssize c = MAX ((gssize) floor (u0), 0); c <= (gssize) floor (u1) && c < (gssize) columns; c++)
        {
          double a = CLAMP ((double) c, u0, u1);
          double b = CLAMP ((double) c + 1, u0, u1);
          double va = u1 > u0 ? v0 + (v1 - v0) * (a - u0) / (u1 - u0) : v0;
          double vb = u1 > u0 ? v0 + (v1 - v0) * (b - u0) / (u1 - u0) : v1;

          top[c] = MIN (top[c], MIN (va, vb));
          bottom[c] = MAX (bottom[c], MAX (va, vb));
        }
    }
}

static void
check_scaled (gsize n, TfvPlotX x_kind, TfvAxisScale x_scale, TfvAxisScale y_scale, double weight, double part, double slack)
{
  g_autoptr (TfvScalarSeries) series = noisy_series (n, 8);
  g_autoptr (TfvCurveIndex)   index = index_of (series, x_kind, weight);
  TfvTrack                    track = weight > 0 ? TFV_TRACK_SMOOTH : TFV_TRACK_RAW;
  double                      first = tfv_axis_scale_place (x_scale, x_scale == TFV_AXIS_LOG ? MAX (index->x.min, 1) : index->x.min);
  double                      last = tfv_axis_scale_place (x_scale, index->x.max);
  double                      x0 = first + (last - first) * (0.5 - part / 2);
  double                      x1 = first + (last - first) * (0.5 + part / 2);
  double                      top[WIDTH * 2], bottom[WIDTH * 2];
  TfvEnvelope                 snapped, exact;

  make_scaled (&snapped, index, track, x_scale, y_scale, x0, x1, FALSE);
  make_scaled (&exact, index, track, x_scale, y_scale, x0, x1, TRUE);
  follow_lines (index, track, x_scale, y_scale, x0, x1, top, bottom);
  for (guint c = 1; c + 1 < WIDTH * 2; c++)
    {
      g_assert_cmpfloat (snapped.top[c], <=, exact.top[c]);
      g_assert_cmpfloat (snapped.bottom[c], >=, exact.bottom[c]);
      g_assert_cmpfloat (exact.top[c], <=, top[c] + slack);
      g_assert_cmpfloat (exact.bottom[c], >=, bottom[c] - slack);
      /* And what is not there is not shown: a neighbouring column at most. */
      g_assert_cmpfloat (exact.top[c], >=, MIN (top[c], MIN (top[c - 1], top[c + 1])) - slack);
      g_assert_cmpfloat (exact.bottom[c], <=, MAX (bottom[c], MAX (bottom[c - 1], bottom[c + 1])) + slack);
    }
  tfv_envelope_clear (&snapped);
  tfv_envelope_clear (&exact);
}

static void
check_contains (gsize n, TfvPlotX x_kind, double weight, double part, double slack)
{
  check_scaled (n, x_kind, TFV_AXIS_LINEAR, TFV_AXIS_LINEAR, weight, part, slack);
}

static void
test_sparse (void)
{
  check_contains (50, TFV_PLOT_X_STEP, 0, 1, 1e-3);
  check_contains (500, TFV_PLOT_X_WALL, 0.6, 0.3, 1e-2);
  check_contains (5000, TFV_PLOT_X_STEP, 0.9, 1, 1e-2);
}

/* A line between two columns counts wholly for both: less than its own height. */
static void
test_dense (void)
{
  check_contains (300000, TFV_PLOT_X_STEP, 0, 1, 20);
  check_contains (300000, TFV_PLOT_X_RELATIVE, 0, 0.5, 20);
  check_contains (300000, TFV_PLOT_X_STEP, 0.99, 1, 1);
}

/* On every axis what is drawn is what lies between the points' places. */
static void
test_scales (void)
{
  for (TfvAxisScale x_scale = TFV_AXIS_LINEAR; x_scale <= TFV_AXIS_SYMLOG; x_scale++)
    for (TfvAxisScale y_scale = TFV_AXIS_LINEAR; y_scale <= TFV_AXIS_SYMLOG; y_scale++)
      {
        check_scaled (500, TFV_PLOT_X_STEP, x_scale, y_scale, 0, 1, 1e-2);
        check_scaled (5000, TFV_PLOT_X_STEP, x_scale, y_scale, 0.9, 0.4, 1e-2);
        check_scaled (100000, TFV_PLOT_X_STEP, x_scale, y_scale, 0, 0.2, 20);
      }
}

static guint
count_marks (const TfvEnvelope *envelope, TfvMarkKind kind)
{
  guint n = 0;

  for (guint i = 0; i < envelope->marks->len; i++)
    n += g_array_index (envelope->marks, TfvMark, i).kind == kind;
  return n;
}

static void
test_marks (void)
{
  double                      y[] = { 1, 2, NAN, 1, NAN, 2, 2, INFINITY, 1, 1, -INFINITY, 2 };
  g_autoptr (TfvScalarSeries) series = series_of (y, G_N_ELEMENTS (y));
  g_autoptr (TfvCurveIndex)   index = index_of (series, TFV_PLOT_X_STEP, 0);
  TfvEnvelope                 envelope;
  double                      per_step = WIDTH / 13.0;

  make_envelope (&envelope, index, TFV_TRACK_RAW, -1, 12, FALSE);
  g_assert_cmpuint (count_marks (&envelope, TFV_MARK_DOT), ==, 2);
  g_assert_cmpuint (count_marks (&envelope, TFV_MARK_NAN), ==, 2);
  g_assert_cmpuint (count_marks (&envelope, TFV_MARK_ABOVE), ==, 1);
  g_assert_cmpuint (count_marks (&envelope, TFV_MARK_BELOW), ==, 1);
  for (guint i = 0; i < envelope.marks->len; i++)
    {
      const TfvMark *mark = &g_array_index (envelope.marks, TfvMark, i);

      if (mark->kind == TFV_MARK_NAN && mark->x < 4 * per_step)
        {
          g_assert_cmpfloat_with_epsilon (mark->x, 3 * per_step, 0.01);
          g_assert_cmpfloat_with_epsilon (mark->y, HEIGHT / 3.0, 0.01);
        }
    }
  /* No line crosses the gap. */
  g_assert_false (isfinite (envelope.top[(guint) (3.5 * per_step * 2)]));
  g_assert_true (isfinite (envelope.top[(guint) (1.5 * per_step * 2)]));
  tfv_envelope_clear (&envelope);
}

static void
test_dense_gap (void)
{
  g_autoptr (TfvScalarSeries) series = tfv_scalar_series_new ();
  g_autoptr (TfvCurveIndex)   index = NULL;
  TfvEnvelope                 envelope;

  for (guint i = 0; i < 100000; i++)
    tfv_scalar_series_append (series, i, i, i >= 40000 && i < 60000 && i != 50000 ? NAN : 1);
  index = index_of (series, TFV_PLOT_X_STEP, 0);
  make_envelope (&envelope, index, TFV_TRACK_RAW, 0, 100000, FALSE);
  g_assert_true (isfinite (envelope.top[200]));
  g_assert_false (isfinite (envelope.top[270]));
  g_assert_true (isfinite (envelope.top[400]));
  g_assert_cmpuint (count_marks (&envelope, TFV_MARK_DOT), ==, 1);
  g_assert_cmpuint (count_marks (&envelope, TFV_MARK_NAN), >, 5);
  g_assert_cmpuint (count_marks (&envelope, TFV_MARK_NAN), <, 30);
  tfv_envelope_clear (&envelope);
}

/* Two runs in one folder: one at 1, one at 2, and nothing between. */
static void
test_over_itself (void)
{
  g_autoptr (TfvScalarSeries) series = tfv_scalar_series_new ();
  g_autoptr (TfvCurveIndex)   index = NULL;
  TfvEnvelope                 envelope;

  for (guint i = 0; i < 300; i++)
    tfv_scalar_series_append (series, i, 1e9 + i % 100, 1 + (i / 100) % 2);
  index = index_of (series, TFV_PLOT_X_WALL, 0);
  g_assert_cmpuint (index->x.pieces->len, ==, 3);
  make_envelope (&envelope, index, TFV_TRACK_RAW, 1e9, 1e9 + 99, FALSE);
  g_assert_nonnull (envelope.next);
  g_assert_nonnull (envelope.next->next);
  g_assert_null (envelope.next->next->next);
  for (const TfvEnvelope *sheet = &envelope; sheet != NULL; sheet = sheet->next)
    for (guint c = 10; c < 590; c++)
      g_assert_cmpfloat (sheet->bottom[c] - sheet->top[c], <, 0.01);
  tfv_envelope_clear (&envelope);
}

static void
test_cloud (void)
{
  g_autoptr (TfvScalarSeries) series = tfv_scalar_series_new ();
  g_autoptr (TfvCurveIndex)   index = NULL;
  TfvEnvelope                 envelope;
  guint64                     seed = 2;

  for (guint i = 0; i < 20000; i++)
    tfv_scalar_series_append (series, i, 1e9 + 100 * noise (&seed), 1.5 + noise (&seed));
  index = index_of (series, TFV_PLOT_X_WALL, 0);
  make_envelope (&envelope, index, TFV_TRACK_RAW, 1e9 - 100, 1e9 + 100, FALSE);
  g_assert_true (isfinite (envelope.top[300]));
  tfv_envelope_clear (&envelope);
}

/* Zoomed in between two points, the line that joins them is seen. */
static void
test_between (void)
{
  double                      y[] = { 1, 2 };
  g_autoptr (TfvScalarSeries) series = series_of (y, 2);
  g_autoptr (TfvCurveIndex)   index = index_of (series, TFV_PLOT_X_STEP, 0);
  TfvEnvelope                 envelope;

  make_envelope (&envelope, index, TFV_TRACK_RAW, 0.4, 0.6, FALSE);
  for (guint c = 0; c < envelope.n; c++)
    g_assert_cmpfloat_with_epsilon (envelope.top[c], (3 - 1.4 - 0.2 * (c + 1) / envelope.n) / 3 * HEIGHT, 0.01);
  tfv_envelope_clear (&envelope);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot/envelope/follows-lines-where-points-are-few", test_sparse);
  g_test_add_func ("/plot/envelope/the-snapped-one-contains-the-exact-one", test_dense);
  g_test_add_func ("/plot/envelope/joins-the-places-of-points-on-every-axis", test_scales);
  g_test_add_func ("/plot/envelope/marks-non-finite-values-and-lone-points", test_marks);
  g_test_add_func ("/plot/envelope/leaves-gaps-open-where-points-are-many", test_dense_gap);
  g_test_add_func ("/plot/envelope/leaves-free-what-is-between-two-pieces", test_over_itself);
  g_test_add_func ("/plot/envelope/draws-a-cloud-without-an-order", test_cloud);
  g_test_add_func ("/plot/envelope/shows-the-line-between-two-points", test_between);
  return g_test_run ();
}
