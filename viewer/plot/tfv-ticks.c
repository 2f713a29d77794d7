/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/plot/tfv-ticks.h"

#include <math.h>

#include "viewer/plot/tfv-axis-scale.h"

#define MAX_TICKS 400

static GArray *
ticks_new (void)
{
  return g_array_new (FALSE, FALSE, sizeof (TfvTick));
}

/**
 * tfv_ticks_step:
 * @min: where the axis begins
 * @max: where it ends
 * @n_wanted: how many ticks there should be about
 *
 * Returns: the distance of ticks: 1, 2 or 5 times a power of ten
 */
double
tfv_ticks_step (double min, double max, guint n_wanted)
{
  double raw = (max - min) / MAX (n_wanted, 1);
  double power = pow (10, floor (log10 (raw)));
  double rest = raw / power;

  if (rest >= 7.0710678118654755)
    return 10 * power;
  if (rest >= 3.1622776601683795)
    return 5 * power;
  return rest >= 1.4142135623730951 ? 2 * power : power;
}

static void
add_linear (GArray *ticks, double min, double max, double step)
{
  double largest = MAX (fabs (min), fabs (max));
  double first = ceil (min / step - 1e-9);
  double last = floor (max / step + 1e-9);

  for (double k = first; k <= last && ticks->len < MAX_TICKS; k++)
    {
      TfvTick tick = { .at = k * step };

      tfv_axis_number_format_tick (tick.at, step, largest, tick.label);
      g_array_append_val (ticks, tick);
    }
}

/**
 * tfv_ticks_linear:
 * @min: where the axis begins
 * @max: where it ends
 * @n_wanted: how many ticks there should be about
 *
 * Returns: (transfer full) (element-type TfvTick): ticks at round numbers
 */
GArray *
tfv_ticks_linear (double min, double max, guint n_wanted)
{
  GArray *ticks = ticks_new ();

  if (max > min && isfinite (max - min))
    add_linear (ticks, min, max, tfv_ticks_step (min, max, n_wanted));
  return ticks;
}

/**
 * tfv_ticks_integer:
 * @min: where the axis begins
 * @max: where it ends
 * @n_wanted: how many ticks there should be about
 *
 * Returns: (transfer full) (element-type TfvTick): ticks at round whole numbers
 */
GArray *
tfv_ticks_integer (double min, double max, guint n_wanted)
{
  GArray *ticks = ticks_new ();

  if (max > min && isfinite (max - min))
    add_linear (ticks, min, max, MAX (1, tfv_ticks_step (min, max, n_wanted)));
  return ticks;
}

static gboolean
has_label (int decade, int digit, int every, gboolean few)
{
  if (digit == 1)
    return decade % every == 0;
  return few && (digit == 2 || digit == 5);
}

static void
add_decades (GArray *ticks, double min, double max, guint n_wanted)
{
  int      every = (int) MAX (1, ceil ((max - min) / MAX (n_wanted, 1)));
  gboolean few = (max - min) * 3 <= n_wanted + 1;

  for (int decade = (int) floor (min); decade <= (int) ceil (max); decade++)
    for (int digit = 1; digit <= 9; digit++)
      {
        TfvTick tick = { .at = decade + log10 (digit) };

        if (tick.at < min || tick.at > max || (every > 1 && digit > 1))
          continue;
        if (has_label (decade, digit, every, few))
          tfv_axis_number_format (digit * pow (10, decade), tick.label);
        tick.is_minor = tick.label[0] == '\0';
        g_array_append_val (ticks, tick);
      }
}

/**
 * tfv_ticks_log10:
 * @min: log10 of the value at which the axis begins
 * @max: log10 of the value at which it ends
 * @n_wanted: how many ticks there should be about
 *
 * Returns: (transfer full) (element-type TfvTick): ticks at powers of ten with
 *   minor ones between; at round numbers if the axis is shorter than a decade
 */
GArray *
tfv_ticks_log10 (double min, double max, guint n_wanted)
{
  GArray *ticks = ticks_new ();
  double  decades = max - min;

  if (!(decades > 0) || !isfinite (decades))
    return ticks;
  if (decades >= 1)
    {
      add_decades (ticks, min, max, n_wanted);
      return ticks;
    }

  add_linear (ticks, pow (10, min), pow (10, max), tfv_ticks_step (pow (10, min), pow (10, max), MAX (n_wanted, 3) * 2));
  for (guint i = 0; i < ticks->len; i++)
    {
      TfvTick *tick = &g_array_index (ticks, TfvTick, i);

      tick->at = log10 (tick->at);
    }
  while (ticks->len > 0 && !isfinite (g_array_index (ticks, TfvTick, 0).at))
    g_array_remove_index (ticks, 0);
  return ticks;
}

static void
add_symlog (GArray *ticks, double value, double min, double max)
{
  TfvTick tick = { .at = tfv_axis_scale_place (TFV_AXIS_SYMLOG, value) };

  if (tick.at < min || tick.at > max || ticks->len >= MAX_TICKS)
    return;
  tfv_axis_number_format (value, tick.label);
  g_array_append_val (ticks, tick);
}

/**
 * tfv_ticks_symlog:
 * @min: place on a symmetric logarithmic axis at which it begins
 * @max: place at which it ends
 * @n_wanted: how many ticks there should be about
 *
 * Returns: (transfer full) (element-type TfvTick): ticks at zero and at powers of ten
 *   on both sides; at round numbers where the axis shows less than two of these
 */
GArray *
tfv_ticks_symlog (double min, double max, guint n_wanted)
{
  GArray *ticks = ticks_new ();
  double  decades = max - min;
  int     every = (int) CLAMP (ceil (decades / MAX (n_wanted, 1)), 1, 400);
  int     last = (int) MIN (ceil (MAX (fabs (min), fabs (max))), 308);

  if (!(decades > 0) || !isfinite (decades))
    return ticks;
  for (int decade = last - last % every; decade >= 0; decade -= every)
    add_symlog (ticks, -pow (10, decade), min, max);
  add_symlog (ticks, 0, min, max);
  for (int decade = 0; decade <= last; decade += every)
    add_symlog (ticks, pow (10, decade), min, max);
  if (ticks->len >= 3)
    return ticks;

  g_array_unref (ticks);
  ticks = tfv_ticks_linear (tfv_axis_scale_value (TFV_AXIS_SYMLOG, min), tfv_axis_scale_value (TFV_AXIS_SYMLOG, max), n_wanted);
  for (guint i = 0; i < ticks->len; i++)
    {
      TfvTick *tick = &g_array_index (ticks, TfvTick, i);

      tick->at = tfv_axis_scale_place (TFV_AXIS_SYMLOG, tick->at);
    }
  return ticks;
}

typedef struct
{
  double      seconds;
  double      unit;
  const char *suffix;
} DurationStep;

/**
 * tfv_ticks_duration:
 * @min: where the axis begins, in seconds
 * @max: where it ends
 * @n_wanted: how many ticks there should be about
 *
 * Returns: (transfer full) (element-type TfvTick): ticks at round seconds,
 *   minutes, hours or days
 */
GArray *
tfv_ticks_duration (double min, double max, guint n_wanted)
{
  static const DurationStep steps[] = {
    { 1, 1, " s" }, { 2, 1, " s" }, { 5, 1, " s" }, { 10, 1, " s" }, { 20, 1, " s" }, { 30, 1, " s" }, { 60, 60, " min" }, { 120, 60, " min" }, { 300, 60, " min" }, { 600, 60, " min" }, { 1200, 60, " min" }, { 1800, 60, " min" }, { 3600, 3600, " h" }, { 7200, 3600, " h" }, { 14400, 3600, " h" }, { 21600, 3600, " h" }, { 43200, 3600, " h" }, { 86400, 86400, " d" }
  };
  GArray     *ticks = ticks_new ();
  double      raw = (max - min) / MAX (n_wanted, 1);
  double      step = 0;
  double      unit = 1;
  const char *suffix = " s";

  if (!(max > min) || !isfinite (max - min))
    return ticks;
  if (raw < 1)
    {
      unit = max - min < 0.5 ? 1e-3 : 1;
      suffix = unit < 1 ? " ms" : " s";
      step = tfv_ticks_step (min, max, n_wanted);
    }
  else if (raw > 86400)
    {
      unit = 86400;
      suffix = " d";
      step = tfv_ticks_step (min / unit, max / unit, n_wanted) * unit;
    }
  else
    for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
      if (steps[i].seconds >= raw * 0.8 || i + 1 == G_N_ELEMENTS (steps))
        {
          step = steps[i].seconds;
          unit = steps[i].unit;
          suffix = steps[i].suffix;
          break;
        }

  add_linear (ticks, min / unit, max / unit, step / unit);
  for (guint i = 0; i < ticks->len; i++)
    {
      TfvTick *tick = &g_array_index (ticks, TfvTick, i);

      tick->at *= unit;
      if (tick->at != 0)
        g_strlcat (tick->label, suffix, sizeof tick->label);
    }
  return ticks;
}
