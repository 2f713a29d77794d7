/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "curves.h"

#define N 10007

static void
exact_extent (const double *y, gsize start, gsize end, double *min, double *max)
{
  *min = INFINITY;
  *max = -INFINITY;
  for (gsize i = start; i < end; i++)
    if (isfinite (y[i]))
      {
        *min = MIN (*min, y[i]);
        *max = MAX (*max, y[i]);
      }
}

static void
fill (double *y, double base, double size)
{
  guint64 seed = 3;

  for (gsize i = 0; i < N; i++)
    y[i] = base + size * noise (&seed);
  y[100] = NAN;
  y[101] = INFINITY;
  for (gsize i = 512; i < 600; i++)
    y[i] = NAN;
}

/* At any range the quick answer holds the exact one, and is not much wider than
 * the exact one of the buckets it touches. */
static void
check_ranges (const double *y)
{
  g_autoptr (TfvScalarSeries) series = series_of (y, N);
  g_autoptr (TfvCurveIndex)   index = index_of (series, TFV_PLOT_X_STEP, 0);
  guint64                     seed = 11;

  for (guint k = 0; k < 4000; k++)
    {
      gsize    start = (gsize) ((noise (&seed) + 1) / 2 * (N - 1));
      gsize    length = (gsize) pow (2, (noise (&seed) + 1) * 7) + 1;
      gsize    end = MIN (start + length, N);
      double   min, max, a, b, wide_min, wide_max;
      gboolean found = tfv_curve_index_extent (index, TFV_TRACK_RAW, start, end, FALSE, &a, &b);
      gsize    reach = MAX (16, length / 4);

      exact_extent (y, start, end, &min, &max);
      if (min > max)
        continue;
      g_assert_true (found);
      g_assert_cmpfloat (a, <=, min);
      g_assert_cmpfloat (b, >=, max);
      exact_extent (y, start > reach ? start - reach : 0, MIN (end + reach, N), &wide_min, &wide_max);
      g_assert_cmpfloat (a, >=, wide_min - fabs (wide_min - y[0]) * 1e-6);
      g_assert_cmpfloat (b, <=, wide_max + fabs (wide_max - y[0]) * 1e-6);

      g_assert_true (tfv_curve_index_extent (index, TFV_TRACK_RAW, start, end, TRUE, &a, &b));
      g_assert_cmpfloat_with_epsilon (a, min, (max - min) * 1e-6 + fabs (min - y[0]) * 1e-6);
      g_assert_cmpfloat_with_epsilon (b, max, (max - min) * 1e-6 + fabs (max - y[0]) * 1e-6);
      g_assert_cmpfloat (a, <=, min);
      g_assert_cmpfloat (b, >=, max);
    }
}

static void
test_contains (void)
{
  double y[N];

  fill (y, 0, 1);
  check_ranges (y);
}

static void
test_offset (void)
{
  double y[N];

  fill (y, 1e9, 1e-3);
  check_ranges (y);
}

static void
test_huge (void)
{
  TfvPyramid pyramid = { 0 };
  double     y[] = { 1e300, -1e300, 1e-300 };
  double     min, max;

  tfv_pyramid_append (&pyramid, y, 3);
  g_assert_true (tfv_pyramid_snapped (&pyramid, 0, 3, &min, &max));
  g_assert_true (isfinite (min));
  g_assert_true (isfinite (max));
  tfv_pyramid_clear (&pyramid);
}

static void
test_only_nan (void)
{
  TfvPyramid pyramid = { 0 };
  double     y[40];
  double     min, max;

  for (guint i = 0; i < 40; i++)
    y[i] = NAN;
  tfv_pyramid_append (&pyramid, y, 40);
  g_assert_false (tfv_pyramid_snapped (&pyramid, 0, 40, &min, &max));
  tfv_pyramid_clear (&pyramid);
}

static void
test_growth (void)
{
  TfvPyramid whole = { 0 };
  TfvPyramid grown = { 0 };
  double     y[N];

  fill (y, 5, 2);
  tfv_pyramid_append (&whole, y, N);
  for (gsize at = 0; at < N;)
    {
      gsize n = MIN (1 + at % 37, N - at);

      tfv_pyramid_append (&grown, y + at, n);
      at += n;
    }
  g_assert_cmpuint (grown.n_levels, ==, whole.n_levels);
  for (gsize start = 0; start < N; start += 61)
    {
      double a, b, c, d;

      if (!tfv_pyramid_snapped (&whole, start, MIN (start + 333, N), &a, &b))
        continue;
      g_assert_true (tfv_pyramid_snapped (&grown, start, MIN (start + 333, N), &c, &d));
      g_assert_cmpfloat_with_epsilon (a, c, 1e-5);
      g_assert_cmpfloat_with_epsilon (b, d, 1e-5);
    }
  tfv_pyramid_clear (&whole);
  tfv_pyramid_clear (&grown);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot/pyramid/a-snapped-extent-contains-the-exact-one", test_contains);
  g_test_add_func ("/plot/pyramid/keeps-a-ripple-on-a-large-number", test_offset);
  g_test_add_func ("/plot/pyramid/stays-finite-beyond-float", test_huge);
  g_test_add_func ("/plot/pyramid/has-no-extent-without-a-number", test_only_nan);
  g_test_add_func ("/plot/pyramid/grows-to-what-it-would-be-at-once", test_growth);
  return g_test_run ();
}
