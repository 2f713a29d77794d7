/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/plot/tfv-axis-number.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define MINUS "\xe2\x88\x92"

static void
trim_zeros (char *digits)
{
  char *end;

  if (strchr (digits, '.') == NULL)
    return;
  end = digits + strlen (digits);
  while (end[-1] == '0')
    *--end = '\0';
  if (end[-1] == '.')
    *--end = '\0';
}

static void
format_fixed (char *text, double value, int decimals, gboolean trim, const char *suffix)
{
  char format[16];
  char digits[TFV_AXIS_NUMBER_LENGTH];

  g_snprintf (format, sizeof format, "%%.%df", CLAMP (decimals, 0, 17));
  g_ascii_formatd (digits, sizeof digits, format, fabs (value));
  if (trim)
    trim_zeros (digits);
  g_snprintf (text, TFV_AXIS_NUMBER_LENGTH, "%s%s%s", value < 0 && strspn (digits, "0.") < strlen (digits) ? MINUS : "", digits, suffix);
}

static void
format_scientific (char *text, double value, int digits)
{
  char  format[16];
  char  number[TFV_AXIS_NUMBER_LENGTH];
  char *e;
  int   exponent;

  g_snprintf (format, sizeof format, "%%.%de", CLAMP (digits, 0, 16));
  g_ascii_formatd (number, sizeof number, format, fabs (value));
  e = strchr (number, 'e');
  exponent = (int) g_ascii_strtoll (e + 1, NULL, 10);
  *e = '\0';
  trim_zeros (number);
  g_snprintf (text, TFV_AXIS_NUMBER_LENGTH, "%s%se%s%d", value < 0 ? MINUS : "", number, exponent < 0 ? MINUS : "", ABS (exponent));
}

static gboolean
format_special (char *text, double value)
{
  if (isnan (value))
    g_strlcpy (text, "NaN", TFV_AXIS_NUMBER_LENGTH);
  else if (isinf (value))
    g_strlcpy (text, value > 0 ? "+\xe2\x88\x9e" : MINUS "\xe2\x88\x9e", TFV_AXIS_NUMBER_LENGTH);
  else if (value == 0)
    g_strlcpy (text, "0", TFV_AXIS_NUMBER_LENGTH);
  else
    return FALSE;
  return TRUE;
}

/**
 * tfv_axis_number_format:
 * @value: a number
 * @text: (out caller-allocates): its text, UTF-8
 *
 * Writes a number as a person reads one: five significant digits, powers of ten
 * only where the plain number would be long.
 */
void
tfv_axis_number_format (double value, char text[static TFV_AXIS_NUMBER_LENGTH])
{
  double size = fabs (value);

  if (format_special (text, value))
    return;
  if (size >= 1e7 || size < 1e-4)
    format_scientific (text, value, 4);
  else
    format_fixed (text, value, 4 - (int) floor (log10 (size)), TRUE, "");
}

/**
 * tfv_axis_number_format_tick:
 * @value: the place of a tick
 * @step: the distance of the ticks
 * @largest: the greatest absolute value on the axis
 * @text: (out caller-allocates): the tick's label, UTF-8
 *
 * Labels a tick with as many digits as tell it from its neighbours, with the
 * same SI prefix or way of writing for all ticks of an axis.
 */
void
tfv_axis_number_format_tick (double value, double step, double largest, char text[static TFV_AXIS_NUMBER_LENGTH])
{
  static const char *prefixes[] = { "", "k", "M", "G", "T", "P" };
  int                step_power = (int) floor (log10 (step) + 1e-9);
  int                power = (int) floor (log10 (MAX (largest, step)) + 1e-9);

  if (fabs (value) < step * 1e-6)
    g_strlcpy (text, "0", TFV_AXIS_NUMBER_LENGTH);
  else if (power < -3 || power > 17)
    format_scientific (text, value, power - step_power + 1);
  else if (power >= 4 && power / 3 * 3 - step_power <= 4)
    format_fixed (text, value / pow (10, power / 3 * 3), power / 3 * 3 - step_power, FALSE, prefixes[power / 3]);
  else
    format_fixed (text, value, -step_power, FALSE, "");
}

/**
 * tfv_axis_number_format_duration:
 * @seconds: a duration
 * @text: (out caller-allocates): its text, as "850 ms", "12.3 s", "4 min 05 s", "2 h 14 min", "3 d 4 h"
 *
 * Writes a duration in the two units that matter.
 */
void
tfv_axis_number_format_duration (double seconds, char text[static TFV_AXIS_NUMBER_LENGTH])
{
  const char *sign = seconds < 0 ? MINUS : "";
  double      size = fabs (seconds);
  gint64      whole = (gint64) MIN (size + 0.5, 1e15);

  if (format_special (text, seconds))
    {
      if (seconds == 0)
        g_strlcpy (text, "0 s", TFV_AXIS_NUMBER_LENGTH);
    }
  else if (size < 0.9995)
    g_snprintf (text, TFV_AXIS_NUMBER_LENGTH, "%s%.3g ms", sign, size * 1e3);
  else if (size < 59.95)
    g_snprintf (text, TFV_AXIS_NUMBER_LENGTH, "%s%.1f s", sign, size);
  else if (whole < 3600)
    g_snprintf (text, TFV_AXIS_NUMBER_LENGTH, "%s%d min %02d s", sign, (int) (whole / 60), (int) (whole % 60));
  else if (whole < 86400)
    g_snprintf (text, TFV_AXIS_NUMBER_LENGTH, "%s%d h %02d min", sign, (int) (whole / 3600), (int) (whole / 60 % 60));
  else
    g_snprintf (text, TFV_AXIS_NUMBER_LENGTH, "%s%" G_GINT64_FORMAT " d %d h", sign, whole / 86400, (int) (whole / 3600 % 24));
}
