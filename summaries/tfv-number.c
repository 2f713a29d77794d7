/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-number.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Numbers as text: the fewest decimal digits that read back as the same
 * number, and of those the nearest to it.
 *
 * A double carries any 15 decimal digits and is told apart by 17 (a float: 6
 * and 9). So a number that has a text of up to 15 digits is found by rounding
 * it to 15 and leaving out the zeros at the end; else 16 digits are tried, else
 * 17 are right. Below a power of two the neighbours lie closer than above it;
 * only there can a text that reads back be the second nearest, so there both
 * are tried.
 *
 * Digits are found in extended precision, which is exact enough unless the
 * number lies next to the middle between two texts, or the text next to the
 * middle between two numbers. That is seen, and the C library asked. */

/* A decimal number: digits × 10^exponent. */
typedef struct
{
  guint64 digits;
  int     exponent;
} Decimal;

typedef enum
{
  READS_BACK,
  READS_AS_ANOTHER,
  TOO_CLOSE_TO_SAY,
} Verdict;

static const guint64 powers[20] = {
  G_GUINT64_CONSTANT (1),
  G_GUINT64_CONSTANT (10),
  G_GUINT64_CONSTANT (100),
  G_GUINT64_CONSTANT (1000),
  G_GUINT64_CONSTANT (10000),
  G_GUINT64_CONSTANT (100000),
  G_GUINT64_CONSTANT (1000000),
  G_GUINT64_CONSTANT (10000000),
  G_GUINT64_CONSTANT (100000000),
  G_GUINT64_CONSTANT (1000000000),
  G_GUINT64_CONSTANT (10000000000),
  G_GUINT64_CONSTANT (100000000000),
  G_GUINT64_CONSTANT (1000000000000),
  G_GUINT64_CONSTANT (10000000000000),
  G_GUINT64_CONSTANT (100000000000000),
  G_GUINT64_CONSTANT (1000000000000000),
  G_GUINT64_CONSTANT (10000000000000000),
  G_GUINT64_CONSTANT (100000000000000000),
  G_GUINT64_CONSTANT (1000000000000000000),
  G_GUINT64_CONSTANT (10000000000000000000),
};

/* Writes an unsigned number's digits and gives their number. */
static gsize
write_digits (char *text, guint64 value)
{
  gsize n = 1;

  while (n < G_N_ELEMENTS (powers) && value >= powers[n])
    n++;
  for (gsize i = n; i-- > 0; value /= 10)
    text[i] = (char) ('0' + value % 10);
  return n;
}

static gsize
write_decimal (char *text, Decimal decimal)
{
  char  digits[24];
  gsize n_digits;
  int   point; /* digits before the point */
  char *end = text;

  while (decimal.digits % 10 == 0 && decimal.digits != 0)
    {
      decimal.digits /= 10;
      decimal.exponent++;
    }
  n_digits = write_digits (digits, decimal.digits);
  point = (int) n_digits + decimal.exponent;

  if (point > 16 || point < -3)
    {
      int exponent = point - 1;

      *end++ = digits[0];
      if (n_digits > 1)
        {
          *end++ = '.';
          end = (char *) memcpy (end, digits + 1, n_digits - 1) + n_digits - 1;
        }
      *end++ = 'e';
      *end++ = exponent < 0 ? '-' : '+';
      if (ABS (exponent) < 10)
        *end++ = '0';
      end += write_digits (end, (guint64) ABS (exponent));
    }
  else
    {
      if (point <= 0)
        {
          *end++ = '0';
          *end++ = '.';
          for (int i = point; i < 0; i++)
            *end++ = '0';
        }
      for (gsize i = 0; i < n_digits; i++)
        {
          if ((int) i == point && point > 0)
            *end++ = '.';
          *end++ = digits[i];
        }
      for (int i = (int) n_digits; i < point; i++)
        *end++ = '0';
    }
  *end = '\0';
  return (gsize) (end - text);
}

/* What the two kinds of numbers differ in. */
typedef struct
{
  int      least_digits;
  int      most_digits;
  int      n_bits;
  gboolean is_float;
} Kind;

static const Kind kind_double = { DBL_DIG, 17, DBL_MANT_DIG, FALSE };
static const Kind kind_float = { FLT_DIG, 9, FLT_MANT_DIG, TRUE };

static double
read_back (const Kind *kind, const char *text)
{
  static gsize    once = 0;
  static locale_t c_locale;

  if (g_once_init_enter (&once))
    {
      c_locale = newlocale (LC_ALL_MASK, "C", (locale_t) 0);
      g_once_init_leave (&once, 1);
    }
  return kind->is_float ? (double) strtof_l (text, NULL, c_locale) : strtod_l (text, NULL, c_locale);
}

/* The slow way, by the C library, right for every positive number. The
 * smallest, subnormal numbers carry fewer digits than the others. */
static Decimal
find_slowly (const Kind *kind, double value, gboolean is_normal)
{
  Decimal decimal = { 0, 0 };

  for (int n = is_normal ? kind->least_digits : 1; n <= kind->most_digits; n++)
    {
      char text[TFV_NUMBER_MAX_BYTES + 8];
      char format[8];
      int  exponent;

      g_snprintf (format, sizeof format, "%%.%de", n - 1);
      g_ascii_formatd (text, sizeof text, format, value);
      exponent = atoi (strchr (text, 'e') + 1);
      decimal.digits = (guint64) (text[0] - '0');
      for (const char *c = text + 2; n > 1 && g_ascii_isdigit (*c); c++)
        decimal.digits = decimal.digits * 10 + (guint64) (*c - '0');
      decimal.exponent = exponent - (n - 1);

      for (int i = 0; i < 2; i++)
        {
          write_decimal (text, decimal);
          if (read_back (kind, text) == value)
            return decimal;
          decimal.digits++;
        }
    }
  return decimal;
}

#if LDBL_MANT_DIG >= 64

/* The largest power of ten that 64 bits of mantissa hold exactly. */
#define MAX_EXACT_POWER 27

static const long double exact_powers[MAX_EXACT_POWER + 1] = {
  1e0L,
  1e1L,
  1e2L,
  1e3L,
  1e4L,
  1e5L,
  1e6L,
  1e7L,
  1e8L,
  1e9L,
  1e10L,
  1e11L,
  1e12L,
  1e13L,
  1e14L,
  1e15L,
  1e16L,
  1e17L,
  1e18L,
  1e19L,
  1e20L,
  1e21L,
  1e22L,
  1e23L,
  1e24L,
  1e25L,
  1e26L,
  1e27L,
};

static long double
scale (long double value, int exponent)
{
  return exponent >= 0 ? value * exact_powers[exponent] : value / exact_powers[-exponent];
}

/* Whether digits × 10^exponent reads as `value`, whose neighbours are `ulp`
 * apart above it and `below` apart below it. */
static Verdict
judge (Decimal decimal, double value, long double ulp, long double below)
{
  long double off = scale ((long double) decimal.digits, decimal.exponent) - value;
  long double half = (off < 0 ? below : ulp) / 2;
  long double distance = fabsl (off);

  /* One rounding, 2^-64 of the value, is at most 2^-10 of half the distance to
   * a neighbour. */
  if (fabsl (distance - half) < half * 0x1p-8L)
    return TOO_CLOSE_TO_SAY;
  return distance < half ? READS_BACK : READS_AS_ANOTHER;
}

/* The quick way. Gives FALSE where it can't be sure. */
static gboolean
find_quickly (const Kind *kind, double value, Decimal *decimal)
{
  int         binary;
  gboolean    is_power = frexp (value, &binary) == 0.5;
  long double ulp = ldexpl (1.0L, binary - kind->n_bits);
  long double below = is_power ? ulp / 2 : ulp;
  int         magnitude = (int) floor (log10 (value));

  for (int n = kind->least_digits; n <= kind->most_digits; n++)
    {
      int         exponent = magnitude - (n - 1);
      long double scaled;
      long double fraction;

      if (ABS (exponent) > MAX_EXACT_POWER)
        return FALSE;
      scaled = scale (value, -exponent);
      decimal->digits = (guint64) scaled;
      decimal->exponent = exponent;
      fraction = scaled - (long double) decimal->digits;
      /* log10 was one off, or it is a matter of the last bits which digit is the nearer */
      if (decimal->digits < powers[n - 1] || decimal->digits >= powers[n] || fabsl (fraction - 0.5L) < scaled * 0x1p-61L)
        return FALSE;
      if (fraction > 0.5L)
        decimal->digits++;

      for (int i = 0; i <= is_power; i++)
        {
          Verdict verdict = judge (*decimal, value, ulp, below);

          if (verdict == READS_BACK)
            return TRUE;
          if (verdict == TOO_CLOSE_TO_SAY)
            return FALSE;
          decimal->digits++;
        }
    }
  return FALSE;
}

#else

static gboolean
find_quickly (const Kind *kind, double value, Decimal *decimal)
{
  return FALSE;
}

#endif

static gsize
write_number (char *text, const Kind *kind, double value, gboolean is_normal)
{
  char   *end = text;
  Decimal decimal;

  if (isnan (value))
    return g_strlcpy (text, "nan", TFV_NUMBER_MAX_BYTES);
  if (signbit (value))
    *end++ = '-';
  value = fabs (value);
  if (isinf (value))
    end += g_strlcpy (end, "inf", 4);
  else if (value < 1e15 && value == (double) (guint64) value)
    {
      /* Steps, counts and other whole numbers: the most frequent, and short. */
      if (kind->is_float && value >= 16777216)
        end += write_decimal (end, find_slowly (kind, value, is_normal));
      else
        end += write_digits (end, (guint64) value);
    }
  else
    {
      if (!is_normal || !find_quickly (kind, value, &decimal))
        decimal = find_slowly (kind, value, is_normal);
      end += write_decimal (end, decimal);
    }
  *end = '\0';
  return (gsize) (end - text);
}

/**
 * tfv_number_write_double: (skip)
 * @text: room for %TFV_NUMBER_MAX_BYTES
 * @value: a number
 *
 * Writes a number with the fewest digits that read back the same, whatever the
 * locale: `0.1`, `1e-05`, `3`, `nan`, `inf`, `-inf`. Any thread.
 *
 * Returns: the number of bytes before the NUL
 */
gsize
tfv_number_write_double (char text[TFV_NUMBER_MAX_BYTES], double value)
{
  return write_number (text, &kind_double, value, isnormal (value));
}

/**
 * tfv_number_write_float: (skip)
 * @text: room for %TFV_NUMBER_MAX_BYTES
 * @value: a number
 *
 * The same for a float32, with the fewest digits that tell it from other
 * float32s: 0.1f is `0.1`. Any thread.
 *
 * Returns: the number of bytes before the NUL
 */
gsize
tfv_number_write_float (char text[TFV_NUMBER_MAX_BYTES], float value)
{
  return write_number (text, &kind_float, value, isnormal (value));
}

/**
 * tfv_number_write_integer: (skip)
 * @text: room for %TFV_NUMBER_MAX_BYTES
 * @value: a number
 *
 * Writes a whole number. Any thread.
 *
 * Returns: the number of bytes before the NUL
 */
gsize
tfv_number_write_integer (char text[TFV_NUMBER_MAX_BYTES], gint64 value)
{
  char *end = text;

  if (value < 0)
    *end++ = '-';
  end += write_digits (end, value < 0 ? -(guint64) value : (guint64) value);
  *end = '\0';
  return (gsize) (end - text);
}
