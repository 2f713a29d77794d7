/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "examples/digits-progress.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

#define TERMINAL_PERIOD_US (G_USEC_PER_SEC / 10)
#define LINE_PERIOD_US (2 * G_USEC_PER_SEC)

struct _DigitsDisplay
{
  gboolean is_terminal;
  gint64   start_us;
  gint64   next_us;
};

DigitsDisplay *
digits_display_new (void)
{
  DigitsDisplay *self = g_new0 (DigitsDisplay, 1);

  self->is_terminal = isatty (STDOUT_FILENO);
  self->start_us = g_get_monotonic_time ();
  return self;
}

void
digits_display_free (DigitsDisplay *self)
{
  g_free (self);
}

static double
get_seconds_left (const DigitsProgress *progress, double steps_per_second)
{
  double by_steps = (double) (progress->last_step - progress->step) / steps_per_second;

  return progress->seconds_left >= 0 ? MIN (progress->seconds_left, by_steps) : by_steps;
}

/* Shows where the training is, unless it was shown a moment ago. */
void
digits_display_show (DigitsDisplay *self, const DigitsProgress *progress, gboolean is_last)
{
  gint64   now_us = g_get_monotonic_time ();
  double   seconds = (double) MAX (now_us - self->start_us, 1) / G_USEC_PER_SEC;
  double   steps_per_second = (double) MAX (progress->step - progress->first_step, 1) / seconds;
  int      left = (int) (get_seconds_left (progress, steps_per_second) + 0.5);
  GString *line;

  if (now_us < self->next_us && !is_last)
    return;
  self->next_us = now_us + (self->is_terminal ? TERMINAL_PERIOD_US : LINE_PERIOD_US);

  line = g_string_new (NULL);
  g_string_append_printf (line, "step %" G_GINT64_FORMAT "/%" G_GINT64_FORMAT "  loss %.4f  accuracy %5.1f %%", progress->step, progress->last_step, progress->loss, 100 * progress->accuracy);
  if (!isnan (progress->test_accuracy))
    g_string_append_printf (line, "  held-out %6.2f %%", 100 * progress->test_accuracy);
  g_string_append_printf (line, "  %.0f examples/s", steps_per_second * progress->batch_size);
  if (!is_last)
    g_string_append_printf (line, "  %d:%02d left", left / 60, left % 60);
  if (self->is_terminal)
    printf ("\r%s\033[K%s", line->str, is_last ? "\n" : "");
  else
    printf ("%s\n", line->str);
  fflush (stdout);
  g_string_free (line, TRUE);
}
