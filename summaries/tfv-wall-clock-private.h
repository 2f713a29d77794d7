/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <time.h>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

G_BEGIN_DECLS

/* One thread's view of the wall clock: on a processor whose counter ticks
 * evenly, a base that is taken from the system ten times a second and ticks
 * since then; elsewhere the system's clock each time. Starts as zeros. */
typedef struct
{
  guint64 base_ticks;
  guint64 valid_ticks;
  double  base_seconds;
  double  seconds_per_tick;
} TfvWallClock;

double tfv_wall_clock_read_system (TfvWallClock *self);

/* Seconds since the UNIX epoch. */
static inline double
tfv_wall_clock_read (TfvWallClock *self)
{
#if defined(__x86_64__)
  guint64 elapsed = __rdtsc () - self->base_ticks;

  /* A counter that went back makes a huge difference, and is not trusted. */
  if (G_LIKELY (elapsed < self->valid_ticks))
    return self->base_seconds + (double) elapsed * self->seconds_per_tick;
#endif

  return tfv_wall_clock_read_system (self);
}

static inline gint64
tfv_clock_get_ns (clockid_t clock)
{
  struct timespec now;

  clock_gettime (clock, &now);
  return now.tv_sec * G_GINT64_CONSTANT (1000000000) + now.tv_nsec;
}

G_END_DECLS
