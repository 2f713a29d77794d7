/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <float.h>
#include <math.h>

#include "summaries/tfv-exponential-buckets.h"

/* The bucket of a value, by looking at one after the other. */
static guint
find (const double *limits, guint n_limits, double value)
{
  guint i = 0;

  while (i < n_limits - 1 && limits[i] <= value)
    i++;
  return i;
}

static void
test_limits (void)
{
  guint         n;
  const double *limits = tfv_exponential_buckets_get_limits (&n);

  g_assert_cmpfloat (limits[0], ==, -DBL_MAX);
  g_assert_cmpfloat (limits[n / 2], ==, 0);
  g_assert_cmpfloat (limits[n / 2 + 1], ==, 1e-12);
  g_assert_cmpfloat (limits[n - 1], ==, DBL_MAX);
  for (guint i = 1; i < n; i++)
    {
      g_assert_cmpfloat (limits[i - 1], <, limits[i]);
      g_assert_cmpfloat (limits[i], ==, -limits[n - 1 - i]);
    }
}

/* Every limit, what is right beside it, and numbers of all sizes. */
static void
test_counts (void)
{
  guint               n;
  const double       *limits = tfv_exponential_buckets_get_limits (&n);
  g_autoptr (GArray)  values = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GRand)   random = g_rand_new_with_seed (7);
  g_autofree guint64 *expected = g_new0 (guint64, n);
  g_autofree guint64 *counts = g_new0 (guint64, n);
  static const double special[] = { 0.0, -0.0, INFINITY, -INFINITY, DBL_MIN, -DBL_MIN, 5e-324, -5e-324 };
  const double        nan = NAN;

  g_array_append_vals (values, special, G_N_ELEMENTS (special));
  for (guint i = 0; i < n; i++)
    {
      const double around[] = { nextafter (limits[i], -INFINITY), limits[i], nextafter (limits[i], INFINITY) };

      g_array_append_vals (values, around, G_N_ELEMENTS (around));
    }
  for (guint i = 0; i < 20000; i++)
    {
      double value = (g_rand_boolean (random) ? 1 : -1) * pow (10, g_rand_double_range (random, -16, 24));

      g_array_append_val (values, value);
    }
  for (guint i = 0; i < values->len; i++)
    expected[find (limits, n, g_array_index (values, double, i))]++;
  g_array_append_val (values, nan);

  tfv_exponential_buckets_count ((const double *) values->data, values->len, counts);
  g_assert_cmpmem (counts, n * sizeof *counts, expected, n * sizeof *expected);
}

static void
test_bytes (void)
{
  static const float  singles[] = { 0.1f, -3, 0, 1e30f };
  static const double doubles[] = { 0.1f, -3, 0, 1e30f };
  g_autoptr (GBytes)  single_bytes = g_bytes_new_static (singles, sizeof singles);
  g_autoptr (GBytes)  double_bytes = g_bytes_new_static (doubles, sizeof doubles);
  g_autoptr (GBytes)  of_singles = tfv_exponential_buckets_count_bytes (single_bytes, TRUE);
  g_autoptr (GBytes)  of_doubles = tfv_exponential_buckets_count_bytes (double_bytes, FALSE);
  guint               n;

  tfv_exponential_buckets_get_limits (&n);
  g_assert_cmpuint (g_bytes_get_size (of_singles), ==, n * sizeof (guint64));
  g_assert_true (g_bytes_equal (of_singles, of_doubles));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/summaries/exponential-buckets/limits-ascend-on-both-sides-of-zero", test_limits);
  g_test_add_func ("/summaries/exponential-buckets/every-value-is-in-its-bucket", test_counts);
  g_test_add_func ("/summaries/exponential-buckets/floats-and-doubles-are-counted-alike", test_bytes);
  return g_test_run ();
}
