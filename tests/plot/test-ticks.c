/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/plot/tfv-ticks.h"

#include "viewer/plot/tfv-axis-scale.h"

#include <math.h>

/* Takes @ticks over; labels joined by spaces, minor ticks left out. */
static char *
labels (GArray *ticks)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < ticks->len; i++)
    {
      const TfvTick *tick = &g_array_index (ticks, TfvTick, i);

      if (i > 0)
        g_assert_cmpfloat (tick->at, >, g_array_index (ticks, TfvTick, i - 1).at);
      if (tick->label[0] != '\0')
        g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "", tick->label);
    }
  g_array_unref (ticks);
  return g_string_free (text, FALSE);
}

#define assert_labels(ticks, expected)     \
  G_STMT_START                             \
  {                                        \
    g_autofree char *got = labels (ticks); \
    g_assert_cmpstr (got, ==, expected);   \
  }                                        \
  G_STMT_END

static void
test_linear (void)
{
  assert_labels (tfv_ticks_linear (0, 1, 5), "0 0.2 0.4 0.6 0.8 1.0");
  assert_labels (tfv_ticks_linear (-1, 1, 4), "\xe2\x88\x92"
                                              "1.0 \xe2\x88\x92"
                                              "0.5 0 0.5 1.0");
  assert_labels (tfv_ticks_linear (0, 1000, 5), "0 200 400 600 800 1000");
  assert_labels (tfv_ticks_linear (0, 20000, 4), "0 5k 10k 15k 20k");
  assert_labels (tfv_ticks_linear (0, 3e6, 3), "0 1M 2M 3M");
  assert_labels (tfv_ticks_linear (1e6, 1.001e6, 2), "1.0000M 1.0005M 1.0010M");
  assert_labels (tfv_ticks_linear (0, 2e-5, 2), "0 1e\xe2\x88\x92"
                                                "5 2e\xe2\x88\x92"
                                                "5");
  assert_labels (tfv_ticks_linear (0.0995, 0.1005, 2), "0.0995 0.1000 0.1005");
}

static void
test_integer (void)
{
  assert_labels (tfv_ticks_integer (-0.02, 1.02, 5), "0 1");
  assert_labels (tfv_ticks_integer (-1, 1, 10), "\xe2\x88\x92"
                                                "1 0 1");
  assert_labels (tfv_ticks_integer (0, 7, 4), "0 2 4 6");
  assert_labels (tfv_ticks_integer (3.2, 3.4, 4), "");
}

static void
test_degenerate (void)
{
  assert_labels (tfv_ticks_linear (1, 1, 5), "");
  assert_labels (tfv_ticks_linear (NAN, 1, 5), "");
  assert_labels (tfv_ticks_linear (-INFINITY, INFINITY, 5), "");
  assert_labels (tfv_ticks_log10 (2, 2, 5), "");
  assert_labels (tfv_ticks_duration (3, 3, 5), "");
  assert_labels (tfv_ticks_time (3, 3, 5, g_time_zone_new_utc ()), "");
}

static void
test_log (void)
{
  assert_labels (tfv_ticks_log10 (-3, 1, 5), "0.001 0.01 0.1 1 10");
  assert_labels (tfv_ticks_log10 (-8, 0, 4), "1e\xe2\x88\x92"
                                             "8 1e\xe2\x88\x92"
                                             "6 0.0001 0.01 1");
  assert_labels (tfv_ticks_log10 (log10 (0.09), log10 (2.2), 6), "0.1 0.2 0.5 1 2");
  assert_labels (tfv_ticks_log10 (0, 0.5, 2), "1.0 1.5 2.0 2.5 3.0");
}

static void
test_symlog (void)
{
  double hundred = tfv_axis_scale_place (TFV_AXIS_SYMLOG, 100);

  assert_labels (tfv_ticks_symlog (0, hundred, 5), "0 1 10 100");
  assert_labels (tfv_ticks_symlog (-hundred, hundred, 8), "\xe2\x88\x92"
                                                          "100 \xe2\x88\x92"
                                                          "10 \xe2\x88\x92"
                                                          "1 0 1 10 100");
  assert_labels (tfv_ticks_symlog (0, tfv_axis_scale_place (TFV_AXIS_SYMLOG, 0.4), 4), "0 0.1 0.2 0.3 0.4");
  assert_labels (tfv_ticks_symlog (1, 1, 4), "");
}

static void
test_scale (void)
{
  static const double values[] = { -1e300, -7, -1e-9, 0, 1e-300, 1e-9, 0.5, 7, 1e12, 1e300 };

  for (TfvAxisScale scale = TFV_AXIS_LINEAR; scale <= TFV_AXIS_SYMLOG; scale++)
    for (guint i = 0; i < G_N_ELEMENTS (values); i++)
      {
        double place = tfv_axis_scale_place (scale, values[i]);

        g_assert_true (isfinite (place) == (scale != TFV_AXIS_LOG || values[i] > 0));
        if (isfinite (place))
          g_assert_cmpfloat (fabs (tfv_axis_scale_value (scale, place) - values[i]), <=, fabs (values[i]) * 1e-12);
      }
}

static void
test_duration (void)
{
  assert_labels (tfv_ticks_duration (0, 60, 6), "0 10 s 20 s 30 s 40 s 50 s 60 s");
  assert_labels (tfv_ticks_duration (0, 600, 5), "0 2 min 4 min 6 min 8 min 10 min");
  assert_labels (tfv_ticks_duration (0, 7200, 4), "0 30 min 60 min 90 min 120 min");
  assert_labels (tfv_ticks_duration (0, 86400, 4), "0 6 h 12 h 18 h 24 h");
  assert_labels (tfv_ticks_duration (0, 10 * 86400, 5), "0 2 d 4 d 6 d 8 d 10 d");
  assert_labels (tfv_ticks_duration (0, 0.4, 2), "0 200 ms 400 ms");
}

static void
assert_times (double min, double max, guint n, const char *zone_name, const char *expected)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_identifier (zone_name);

  g_assert_nonnull (zone);
  assert_labels (tfv_ticks_time (min, max, n, zone), expected);
}

static void
test_time (void)
{
  double noon = 1700049600; /* 15 November 2023, 12:00 UTC */

  assert_times (noon, noon + 3600, 4, "UTC", "Nov 15 12:00 12:15 12:30 12:45 13:00");
  assert_times (noon, noon + 86400, 4, "UTC", "Nov 15 12:00 18:00 Nov 16 06:00 12:00");
  assert_times (noon, noon + 3600, 4, "+02:00", "Nov 15 14:00 14:15 14:30 14:45 15:00");
  assert_times (noon, noon + 3600 * 3, 3, "+05:30", "Nov 15 18:00 19:00 20:00");
  assert_times (noon, noon + 60, 4, "UTC", "12:00:00 12:00:15 12:00:30 12:00:45 12:01:00");
  assert_times (noon, noon + 3 * 86400, 3, "UTC", "Nov 16 Nov 17 Nov 18");
  assert_times (noon, noon + 100 * 86400, 3, "UTC", "Dec 2023 Jan 2024 Feb 2024");
  assert_times (noon, noon + 5 * 366 * 86400.0, 5, "UTC", "2024 2025 2026 2027 2028");
  assert_times (0, 1e17, 5, "UTC", "");
}

static void
test_numbers (void)
{
  static const struct
  {
    double      value;
    const char *text;
  } cases[] = {
    { 0, "0" },
    { 1, "1" },
    { 0.5, "0.5" },
    { 0.123456, "0.12346" },
    { 12345.678, "12346" },
    { -2.5, "\xe2\x88\x92"
            "2.5" },
    { 1e-4, "0.0001" },
    { 2.5e-7, "2.5e\xe2\x88\x92"
              "7" },
    { 1.5e12, "1.5e12" },
    { NAN, "NaN" },
    { INFINITY, "+\xe2\x88\x9e" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      char text[TFV_AXIS_NUMBER_LENGTH];

      tfv_axis_number_format (cases[i].value, text);
      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

static void
test_durations (void)
{
  static const struct
  {
    double      seconds;
    const char *text;
  } cases[] = {
    { 0, "0 s" },
    { 0.85, "850 ms" },
    { 12.34, "12.3 s" },
    { 59.96, "1 min 00 s" },
    { 245, "4 min 05 s" },
    { 8040, "2 h 14 min" },
    { 3 * 86400 + 4 * 3600, "3 d 4 h" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      char text[TFV_AXIS_NUMBER_LENGTH];

      tfv_axis_number_format_duration (cases[i].seconds, text);
      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot/ticks/symmetric-logarithmic-ones-reach-over-zero", test_symlog);
  g_test_add_func ("/plot/ticks/a-place-leads-back-to-its-value", test_scale);
  g_test_add_func ("/plot/ticks/linear-ones-are-round-and-alike", test_linear);
  g_test_add_func ("/plot/ticks/steps-are-whole", test_integer);
  g_test_add_func ("/plot/ticks/an-empty-axis-has-none", test_degenerate);
  g_test_add_func ("/plot/ticks/logarithmic-ones-are-powers-of-ten", test_log);
  g_test_add_func ("/plot/ticks/durations-have-sensible-units", test_duration);
  g_test_add_func ("/plot/ticks/times-lie-on-the-local-clock", test_time);
  g_test_add_func ("/plot/ticks/numbers-are-short", test_numbers);
  g_test_add_func ("/plot/ticks/durations-are-told-in-two-units", test_durations);
  return g_test_run ();
}
