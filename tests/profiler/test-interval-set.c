/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "profiler/tfv-interval-set-private.h"

static void
test_empty (void)
{
  g_autoptr (TfvIntervalSet) set = tfv_interval_set_new ();

  g_assert_cmpint (tfv_interval_set_get_total_ns (set), ==, 0);
  tfv_interval_set_add (set, 5, 5);
  tfv_interval_set_add (set, 9, 2);
  g_assert_cmpuint (tfv_interval_set_get_n_intervals (set), ==, 0);
}

static void
test_nested (void)
{
  g_autoptr (TfvIntervalSet) set = tfv_interval_set_new ();

  tfv_interval_set_add (set, 0, 100);
  tfv_interval_set_add (set, 10, 20);
  tfv_interval_set_add (set, 30, 40);
  tfv_interval_set_add (set, 90, 110);
  g_assert_cmpint (tfv_interval_set_get_total_ns (set), ==, 110);
  g_assert_cmpuint (tfv_interval_set_get_n_intervals (set), ==, 1);
}

static void
test_touching (void)
{
  g_autoptr (TfvIntervalSet) set = tfv_interval_set_new ();

  tfv_interval_set_add (set, 20, 30);
  tfv_interval_set_add (set, 0, 10);
  tfv_interval_set_add (set, 10, 20);
  tfv_interval_set_add (set, 40, 41);
  g_assert_cmpuint (tfv_interval_set_get_n_intervals (set), ==, 2);
  g_assert_cmpint (tfv_interval_set_get_total_ns (set), ==, 31);
}

/* Against a byte a nanosecond. */
static void
test_any_order (void)
{
  enum
  {
    LENGTH = 500
  };

  for (int round = 0; round < 200; round++)
    {
      g_autoptr (TfvIntervalSet) set = tfv_interval_set_new ();
      guint8                     covered[LENGTH] = { 0 };
      gint64                     expected = 0;
      int                        n = g_test_rand_int_range (1, 40);

      for (int i = 0; i < n; i++)
        {
          int start = g_test_rand_int_range (0, LENGTH - 1);
          int end = g_test_rand_int_range (start, MIN (start + 30, LENGTH));

          tfv_interval_set_add (set, start, end);
          for (int t = start; t < end; t++)
            covered[t] = 1;
        }
      for (int t = 0; t < LENGTH; t++)
        expected += covered[t];
      g_assert_cmpint (tfv_interval_set_get_total_ns (set), ==, expected);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/profiler/interval-set/has-no-time-in-empty-intervals", test_empty);
  g_test_add_func ("/profiler/interval-set/counts-nested-time-once", test_nested);
  g_test_add_func ("/profiler/interval-set/joins-intervals-that-touch", test_touching);
  g_test_add_func ("/profiler/interval-set/takes-intervals-in-any-order", test_any_order);
  return g_test_run ();
}
