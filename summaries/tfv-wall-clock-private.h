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

/* What the rate of its ticks is learnt from: the moment of the base before, and
 * the rate until then, 0 where it is not known. */
typedef struct
{
  guint64 ticks;
  gint64  monotonic_ns;
  double  seconds_per_tick;
} TfvWallClockWatch;

/* All clocks at one moment. */
typedef struct
{
  guint64  ticks;
  gint64   wall_ns;
  gint64   monotonic_ns;
  gboolean is_sharp; /* they were read near enough to each other to be compared */
} TfvWallClockMoment;

void   tfv_wall_clock_begin_watch (void);
double tfv_wall_clock_read_system (TfvWallClock *self, TfvWallClockWatch *watch);
void   tfv_wall_clock_set_base (TfvWallClock *self, TfvWallClockWatch *watch, const TfvWallClockMoment *now);

/* Seconds since the UNIX epoch as of a count of ticks; FALSE where the base can't
 * be relied on. A counter that went back makes a huge difference, which is not. */
static inline gboolean
tfv_wall_clock_convert (const TfvWallClock *self, guint64 ticks, double *seconds)
{
  guint64 elapsed = ticks - self->base_ticks;

  *seconds = self->base_seconds + (double) (gint64) elapsed * self->seconds_per_tick;
  return elapsed < self->valid_ticks;
}

static inline gboolean
tfv_wall_clock_peek (const TfvWallClock *self, double *seconds)
{
#if defined(__x86_64__)
  return tfv_wall_clock_convert (self, __rdtsc (), seconds);
#else
  *seconds = 0;
  return FALSE;
#endif
}

/* Seconds since the UNIX epoch. */
static inline double
tfv_wall_clock_read (TfvWallClock *self, TfvWallClockWatch *watch)
{
  double seconds;

  return G_LIKELY (tfv_wall_clock_peek (self, &seconds)) ? seconds : tfv_wall_clock_read_system (self, watch);
}

static inline gint64
tfv_clock_get_ns (clockid_t clock)
{
  struct timespec now;

  clock_gettime (clock, &now);
  return now.tv_sec * G_GINT64_CONSTANT (1000000000) + now.tv_nsec;
}

G_END_DECLS
