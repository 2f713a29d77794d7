/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench/live-window-frames.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "bench/live-window-writer.h"

static GPollFunc next_poll;
static gint64    polled_ns;
static gint64    longest_turn_ns;

static int
timed_poll (GPollFD *fds, guint n_fds, int timeout_ms)
{
  int result;

  if (polled_ns != 0)
    longest_turn_ns = MAX (longest_turn_ns, live_now_ns () - polled_ns);
  result = next_poll (fds, n_fds, timeout_ms);
  polled_ns = live_now_ns ();
  return result;
}

static double
thread_cpu_ms (void)
{
  struct timespec used;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &used);
  return (double) used.tv_sec * 1e3 + (double) used.tv_nsec / 1e6;
}

static void
on_before_paint (GdkFrameClock *clock, LiveFrames *self)
{
  self->begin_ns = live_now_ns ();
  self->cpu_ms -= thread_cpu_ms ();
}

static void
on_after_paint (GdkFrameClock *clock, LiveFrames *self)
{
  gint64 now_ns = live_now_ns ();
  double cost_ms = (double) (now_ns - self->begin_ns) / 1e6;
  double interval_ms = (double) (now_ns - self->last_ns) / 1e6;

  /* Watching may have begun in the middle of a frame. */
  if (self->begin_ns == 0)
    return;
  self->cpu_ms += thread_cpu_ms ();
  g_array_append_val (self->costs_ms, cost_ms);
  if (self->last_ns != 0)
    g_array_append_val (self->intervals_ms, interval_ms);
  self->last_ns = now_ns;
}

/* Begins to watch; from now on frames come as fast as the clock gives them, also
 * where nothing changed, as they do while something is animated. */
void
live_frames_start (LiveFrames *self, GtkWidget *window)
{
  *self = (LiveFrames){
    .clock = g_object_ref (gtk_widget_get_frame_clock (window)),
    .costs_ms = g_array_new (FALSE, FALSE, sizeof (double)),
    .intervals_ms = g_array_new (FALSE, FALSE, sizeof (double)),
  };
  g_signal_connect (self->clock, "before-paint", G_CALLBACK (on_before_paint), self);
  g_signal_connect_after (self->clock, "after-paint", G_CALLBACK (on_after_paint), self);
  gdk_frame_clock_begin_updating (self->clock);
  next_poll = g_main_context_get_poll_func (NULL);
  polled_ns = longest_turn_ns = 0;
  g_main_context_set_poll_func (NULL, timed_poll);
}

void
live_frames_stop (LiveFrames *self)
{
  g_main_context_set_poll_func (NULL, next_poll);
  self->longest_turn_ms = (double) longest_turn_ns / 1e6;
  gdk_frame_clock_end_updating (self->clock);
  g_signal_handlers_disconnect_by_data (self->clock, self);
  g_clear_object (&self->clock);
}

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *) a;
  double y = *(const double *) b;

  return (x > y) - (x < y);
}

/* The value that the share @share of @values does not exceed; sorts them. */
double
live_quantile (GArray *values, double share)
{
  if (values->len == 0)
    return NAN;
  qsort (values->data, values->len, sizeof (double), compare_doubles);
  return g_array_index (values, double, (guint) (share * (values->len - 1)));
}

guint
live_count_over (GArray *values, double limit)
{
  guint n = 0;

  for (guint i = 0; i < values->len; i++)
    n += g_array_index (values, double, i) > limit;
  return n;
}

double
live_mean (GArray *values)
{
  double sum = 0;

  for (guint i = 0; i < values->len; i++)
    sum += g_array_index (values, double, i);
  return sum / values->len;
}
