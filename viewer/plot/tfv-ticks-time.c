/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/plot/tfv-ticks.h"

#include <math.h>

#define MINUTE 60.0
#define HOUR 3600.0
#define DAY 86400.0
#define MONTH (30.4 * DAY)
#define YEAR (365.25 * DAY)
#define MAX_TICKS 400

static GDateTime *
local_time (double seconds, GTimeZone *zone)
{
  g_autoptr (GDateTime) utc = NULL;

  if (!(fabs (seconds) < 2e11))
    return NULL;
  utc = g_date_time_new_from_unix_utc ((gint64) floor (seconds));
  return utc != NULL ? g_date_time_to_timezone (utc, zone) : NULL;
}

static void
set_label (TfvTick *tick, GDateTime *time, const char *format)
{
  g_autofree char *text = g_date_time_format (time, format);

  g_strlcpy (tick->label, text != NULL ? text : "", sizeof tick->label);
}

/* Ticks below a day lie at multiples of the step on the local clock; the first
 * one of a day says which day it is. */
static void
add_clock_ticks (GArray *ticks, double min, double max, double step, GTimeZone *zone)
{
  g_autoptr (GDateTime) start = local_time (min, zone);
  double                offset;
  int                   shown_day = 0;

  if (start == NULL)
    return;
  offset = (double) g_date_time_get_utc_offset (start) / 1e6;
  for (double k = ceil ((min + offset) / step); ticks->len < MAX_TICKS; k++)
    {
      TfvTick               tick = { .at = k * step - offset };
      g_autoptr (GDateTime) time = NULL;
      int                   milliseconds;

      if (tick.at > max)
        break;
      time = local_time (tick.at + 5e-4, zone);
      if (time == NULL)
        break;
      milliseconds = (int) ((tick.at + 5e-4 - floor (tick.at + 5e-4)) * 1e3);
      if (step >= MINUTE && g_date_time_get_hour (time) == 0 && g_date_time_get_minute (time) == 0)
        set_label (&tick, time, "%b %-e");
      else if (shown_day == 0 && step >= MINUTE)
        set_label (&tick, time, "%b %-e %H:%M");
      else
        set_label (&tick, time, step >= MINUTE ? "%H:%M" : "%H:%M:%S");
      if (step < 1)
        {
          g_autofree char *base = g_strdup (tick.label);

          g_snprintf (tick.label, sizeof tick.label, "%s.%03d", base, milliseconds);
        }
      shown_day = 1;
      g_array_append_val (ticks, tick);
    }
}

static GDateTime *
round_down (GDateTime *time, GTimeZone *zone, int days, int months, int years)
{
  int year = g_date_time_get_year (time);
  int month = g_date_time_get_month (time);
  int day = g_date_time_get_day_of_month (time);

  if (years > 0)
    return g_date_time_new (zone, MAX (year / years * years, 1), 1, 1, 0, 0, 0);
  if (months > 0)
    return g_date_time_new (zone, year, (month - 1) / months * months + 1, 1, 0, 0, 0);
  if (days == 7)
    {
      g_autoptr (GDateTime) midnight = g_date_time_new (zone, year, month, day, 0, 0, 0);

      return midnight != NULL ? g_date_time_add_days (midnight, 1 - g_date_time_get_day_of_week (midnight)) : NULL;
    }
  return g_date_time_new (zone, year, month, (day - 1) / days * days + 1, 0, 0, 0);
}

/* Steps of two days begin again at each first of a month, so that ticks stay
 * where they are when the axis moves. */
static GDateTime *
following (GDateTime *time, GTimeZone *zone, int days, int months, int years)
{
  g_autoptr (GDateTime) next = NULL;

  if (years > 0)
    return g_date_time_add_years (time, years);
  if (months > 0)
    return g_date_time_add_months (time, months);
  next = g_date_time_add_days (time, days);
  if (days == 2 && next != NULL && g_date_time_get_month (next) != g_date_time_get_month (time))
    return g_date_time_new (zone, g_date_time_get_year (next), g_date_time_get_month (next), 1, 0, 0, 0);
  return g_steal_pointer (&next);
}

static void
add_calendar_ticks (GArray *ticks, double min, double max, int days, int months, int years, GTimeZone *zone)
{
  g_autoptr (GDateTime) start = local_time (min, zone);
  g_autoptr (GDateTime) time = start != NULL ? round_down (start, zone, days, months, years) : NULL;
  const char           *format = years > 0 ? "%Y" : months > 0 ? "%b %Y"
                                                               : "%b %-e";

  for (guint i = 0; time != NULL && ticks->len < MAX_TICKS && i < 2 * MAX_TICKS; i++)
    {
      TfvTick    tick = { .at = (double) g_date_time_to_unix (time) };
      GDateTime *next;

      if (tick.at > max)
        break;
      set_label (&tick, time, format);
      if (tick.at >= min)
        g_array_append_val (ticks, tick);
      next = following (time, zone, days, months, years);
      g_date_time_unref (time);
      time = next;
    }
}

/**
 * tfv_ticks_time:
 * @min: where the axis begins, in seconds since the UNIX epoch
 * @max: where it ends
 * @n_wanted: how many ticks there should be about
 * @zone: whose clock the labels show
 *
 * Returns: (transfer full) (element-type TfvTick): ticks at round times of day,
 *   days, months or years
 */
GArray *
tfv_ticks_time (double min, double max, guint n_wanted, GTimeZone *zone)
{
  static const double clock[] = { 1, 2, 5, 10, 15, 30, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR };
  static const int    days[] = { 1, 2, 7 };
  static const int    months[] = { 1, 2, 3, 6 };
  GArray             *ticks = g_array_new (FALSE, FALSE, sizeof (TfvTick));
  double              raw = (max - min) / MAX (n_wanted, 1) * 0.8;

  if (!(raw > 0) || !isfinite (raw))
    return ticks;
  if (raw < 0.5)
    {
      add_clock_ticks (ticks, min, max, MAX (tfv_ticks_step (min, max, n_wanted), 1e-3), zone);
      return ticks;
    }
  for (guint i = 0; i < G_N_ELEMENTS (clock); i++)
    if (clock[i] >= raw)
      {
        add_clock_ticks (ticks, min, max, clock[i], zone);
        return ticks;
      }
  for (guint i = 0; i < G_N_ELEMENTS (days); i++)
    if (days[i] * DAY >= raw)
      {
        add_calendar_ticks (ticks, min, max, days[i], 0, 0, zone);
        return ticks;
      }
  for (guint i = 0; i < G_N_ELEMENTS (months); i++)
    if (months[i] * MONTH >= raw)
      {
        add_calendar_ticks (ticks, min, max, 0, months[i], 0, zone);
        return ticks;
      }
  add_calendar_ticks (ticks, min, max, 0, 0, (int) MAX (1, ceil (tfv_ticks_step (0, raw / YEAR * 5, 5))), zone);
  return ticks;
}
