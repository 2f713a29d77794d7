/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What the UI thread did while frames were watched. @costs_ms and
 * @intervals_ms have one entry a frame: the time from the frame clock's
 * before-paint to its after-paint, in which everything is laid out and drawn,
 * and the time between two after-paints. A turn of the main loop is what lies
 * between two polls: for so long the window answers to nothing. */
typedef struct
{
  GdkFrameClock *clock;
  GArray        *costs_ms;
  GArray        *intervals_ms;
  gint64         begin_ns;
  gint64         last_ns;
  double         longest_turn_ms;
  double         cpu_ms; /* of the UI thread in all frames */
} LiveFrames;

void   live_frames_start (LiveFrames *self, GtkWidget *window);
void   live_frames_stop (LiveFrames *self);
double live_quantile (GArray *values, double share);
guint  live_count_over (GArray *values, double limit);
double live_mean (GArray *values);

G_END_DECLS
