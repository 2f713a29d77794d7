/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-number.h"

#include <locale.h>
#include <math.h>
#include <string.h>

static void
assert_double (double value, const char *expected)
{
  char  text[TFV_NUMBER_MAX_BYTES];
  gsize n_bytes = tfv_number_write_double (text, value);

  g_assert_cmpstr (text, ==, expected);
  g_assert_cmpuint (n_bytes, ==, strlen (expected));
}

static void
assert_float (float value, const char *expected)
{
  char  text[TFV_NUMBER_MAX_BYTES];
  gsize n_bytes = tfv_number_write_float (text, value);

  g_assert_cmpstr (text, ==, expected);
  g_assert_cmpuint (n_bytes, ==, strlen (expected));
}

static void
test_known_doubles (void)
{
  assert_double (0, "0");
  assert_double (-0.0, "-0");
  assert_double (1, "1");
  assert_double (-17, "-17");
  assert_double (0.1, "0.1");
  assert_double (1.0 / 3, "0.3333333333333333");
  assert_double (2.0 / 3, "0.6666666666666666");
  assert_double (1589601848.123456, "1589601848.123456");
  assert_double (0.0001, "0.0001");
  assert_double (0.00001, "1e-05");
  assert_double (1e15, "1000000000000000");
  assert_double (1e16, "1e+16");
  assert_double (123456789012345680.0, "1.2345678901234568e+17");
  assert_double (1e22, "1e+22");
  assert_double (1e23, "1e+23");
  assert_double (9007199254740993.0, "9007199254740992");
  assert_double (5e-324, "5e-324");
  assert_double (2.2250738585072014e-308, "2.2250738585072014e-308");
  assert_double (1.7976931348623157e308, "1.7976931348623157e+308");
  /* The nearest text of 16 digits reads as the neighbour below, where the gap
   * is half as wide; the next one does not. */
  assert_double (0x1p-44, "5.684341886080802e-14");
}

static void
test_known_floats (void)
{
  assert_float (0.1f, "0.1");
  assert_float (0.3f, "0.3");
  assert_float (1.0f / 3, "0.33333334");
  assert_float (16777216.0f, "16777216");
  assert_float (33554432.0f, "33554432");
  assert_float (1e10f, "10000000000");
  assert_float (3.4028235e38f, "3.4028235e+38");
  assert_float (1e-45f, "1e-45");
  assert_float (1.1754944e-38f, "1.1754944e-38");
  assert_float (-2.5f, "-2.5");
}

static void
test_not_finite (void)
{
  assert_double (NAN, "nan");
  assert_double (-NAN, "nan");
  assert_double (INFINITY, "inf");
  assert_double (-INFINITY, "-inf");
  assert_float (NAN, "nan");
  assert_float (-INFINITY, "-inf");
}

static void
test_integers (void)
{
  char text[TFV_NUMBER_MAX_BYTES];

  tfv_number_write_integer (text, G_MININT64);
  g_assert_cmpstr (text, ==, "-9223372036854775808");
  tfv_number_write_integer (text, G_MAXINT64);
  g_assert_cmpstr (text, ==, "9223372036854775807");
  tfv_number_write_integer (text, 0);
  g_assert_cmpstr (text, ==, "0");
}

/* One digit less, rounded either way, must not read back. */
static gboolean
is_shortest (double value, gboolean is_float)
{
  for (int n = 1; n <= (is_float ? 9 : 17); n++)
    {
      char   format[8];
      char   shorter[64];
      char   mine[TFV_NUMBER_MAX_BYTES];
      double read;
      gsize  n_digits = 0;

      g_snprintf (format, sizeof format, "%%.%de", n - 1);
      g_ascii_formatd (shorter, sizeof shorter, format, value);
      read = g_ascii_strtod (shorter, NULL);
      if (is_float ? (float) read != (float) value : read != value)
        continue;

      if (is_float)
        tfv_number_write_float (mine, (float) value);
      else
        tfv_number_write_double (mine, value);
      for (const char *c = mine; *c && *c != 'e'; c++)
        n_digits += g_ascii_isdigit (*c) && (n_digits > 0 || *c != '0');
      /* zeros before the point count for nothing */
      for (const char *c = mine; strchr (mine, '.') == NULL && strchr (mine, 'e') == NULL && *c; c++)
        if (c[strspn (c, "0")] == '\0')
          n_digits--;
      return n_digits <= (gsize) n;
    }
  return FALSE;
}

static void
test_random_doubles (void)
{
  for (int i = 0; i < 30000; i++)
    {
      guint64 bits = (guint64) (guint32) g_test_rand_int () << 32 | (guint32) g_test_rand_int ();
      char    text[TFV_NUMBER_MAX_BYTES];
      double  value;

      if (i % 2)
        value = g_test_rand_double_range (0, 2e9);
      else
        memcpy (&value, &bits, sizeof value);
      if (!isfinite (value))
        continue;
      tfv_number_write_double (text, value);
      if (g_ascii_strtod (text, NULL) != value || !is_shortest (value, FALSE))
        g_error ("%.17g is written %s", value, text);
    }
}

static void
test_random_floats (void)
{
  for (int i = 0; i < 30000; i++)
    {
      guint32 bits = (guint32) g_test_rand_int ();
      char    text[TFV_NUMBER_MAX_BYTES];
      float   value;

      if (i % 2)
        value = (float) g_test_rand_double_range (0, 3);
      else
        memcpy (&value, &bits, sizeof value);
      if (!isfinite (value))
        continue;
      tfv_number_write_float (text, value);
      if ((float) g_ascii_strtod (text, NULL) != value || !is_shortest ((double) value, TRUE))
        g_error ("%.9g is written %s", (double) value, text);
    }
}

/* Where a comma stands for the point the text has a point nevertheless. */
static void
test_locale (void)
{
  if (setlocale (LC_ALL, "de_DE.UTF-8") == NULL)
    {
      g_test_skip ("no German locale is installed");
      return;
    }
  assert_double (1.5e-300, "1.5e-300");
  assert_double (0.1, "0.1");
  assert_float (1e-42f, "1e-42");
  setlocale (LC_ALL, "C");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/summaries/number/writes-doubles-as-short-as-can-be", test_known_doubles);
  g_test_add_func ("/summaries/number/writes-floats-with-floats-digits", test_known_floats);
  g_test_add_func ("/summaries/number/writes-what-is-not-finite", test_not_finite);
  g_test_add_func ("/summaries/number/writes-integers", test_integers);
  g_test_add_func ("/summaries/number/any-double-reads-back-and-is-shortest", test_random_doubles);
  g_test_add_func ("/summaries/number/any-float-reads-back-and-is-shortest", test_random_floats);
  g_test_add_func ("/summaries/number/knows-no-locale", test_locale);
  return g_test_run ();
}
