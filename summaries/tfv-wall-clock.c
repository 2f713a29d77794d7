/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-wall-clock-private.h"

#include <stdatomic.h>

#define BASE_SECONDS 0.1    /* how long a base is used */
#define WATCH_NS 5000000    /* how long the counter must have been watched before its rate is believed */
#define FRESH_NS 2000000000 /* how old the process's first watch may be for a thread to begin with it */
#define SHARP_NS 2000       /* how far apart clocks may be read that are compared */
#define MAX_DEVIATION 2e-3  /* by how much a rate may differ from the one before */

#if defined(__x86_64__)
#include <cpuid.h>

static guint64         first_ticks;
static gint64          first_ns;
static _Atomic guint32 watch_state; /* 0 not begun, 1 somebody begins, 2 begun, 3 no even counter */

static gboolean
has_even_counter (void)
{
  unsigned int eax, ebx, ecx, edx;

  return __get_cpuid (0x80000007, &eax, &ebx, &ecx, &edx) && (edx & (1u << 8)) != 0;
}

static void
read_moment (TfvWallClockMoment *now)
{
  gint64 before_ns = tfv_clock_get_ns (CLOCK_MONOTONIC);

  now->wall_ns = tfv_clock_get_ns (CLOCK_REALTIME);
  now->ticks = __rdtsc ();
  now->monotonic_ns = tfv_clock_get_ns (CLOCK_MONOTONIC);
  now->is_sharp = now->monotonic_ns - before_ns <= SHARP_NS;
}
#endif

/* Takes the first look at the counter, so that its rate is known by the time that
 * somebody logs. Any thread, any number of times. */
void
tfv_wall_clock_begin_watch (void)
{
#if defined(__x86_64__)
  guint32            not_begun = 0;
  TfvWallClockMoment now;

  if (!atomic_compare_exchange_strong (&watch_state, &not_begun, 1))
    return;

  read_moment (&now);
  first_ns = now.is_sharp ? now.monotonic_ns : 0;
  first_ticks = now.ticks;
  atomic_store_explicit (&watch_state, has_even_counter () ? 2 : 3, memory_order_release);
#endif
}

/* Makes a moment the base, from which ticks are counted on where their rate is
 * known: it is measured from base to base. A rate that differs from the one
 * before, because the machine slept or moved, or because this thread was stopped
 * between two looks, is not believed, nor is the one before from then on. */
void
tfv_wall_clock_set_base (TfvWallClock *self, TfvWallClockWatch *watch, const TfvWallClockMoment *now)
{
  gint64 elapsed_ns = now->monotonic_ns - watch->monotonic_ns;

  if (!now->is_sharp || watch->monotonic_ns == 0 || now->ticks <= watch->ticks)
    {
      *watch = (TfvWallClockWatch){ now->ticks, now->is_sharp ? now->monotonic_ns : 0, 0 };
    }
  else if (elapsed_ns >= WATCH_NS)
    {
      double rate = (double) elapsed_ns * 1e-9 / (double) (now->ticks - watch->ticks);
      double deviation = watch->seconds_per_tick > 0 ? rate / watch->seconds_per_tick - 1 : 0;

      *watch = (TfvWallClockWatch){ now->ticks, now->monotonic_ns, ABS (deviation) <= MAX_DEVIATION ? rate : 0 };
    }

  self->base_ticks = now->ticks;
  self->base_seconds = (double) now->wall_ns * 1e-9;
  self->seconds_per_tick = watch->seconds_per_tick;
  self->valid_ticks = self->seconds_per_tick > 0 ? (guint64) (BASE_SECONDS / self->seconds_per_tick) : 0;
}

/* The system's wall clock, in seconds; makes it the base where ticks can be
 * counted on from it. */
double
tfv_wall_clock_read_system (TfvWallClock *self, TfvWallClockWatch *watch)
{
#if defined(__x86_64__)
  TfvWallClockMoment now;

  tfv_wall_clock_begin_watch ();
  if (atomic_load_explicit (&watch_state, memory_order_acquire) == 2)
    {
      read_moment (&now);
      if (watch->monotonic_ns == 0 && now.monotonic_ns - first_ns < FRESH_NS)
        *watch = (TfvWallClockWatch){ first_ticks, first_ns, 0 };
      tfv_wall_clock_set_base (self, watch, &now);
      return self->base_seconds;
    }
#else
  (void) self;
  (void) watch;
#endif

  return (double) tfv_clock_get_ns (CLOCK_REALTIME) * 1e-9;
}
