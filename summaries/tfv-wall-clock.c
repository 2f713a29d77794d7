/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-wall-clock-private.h"

#include <stdatomic.h>

#if defined(__x86_64__)
#include <cpuid.h>

/* How long a base is used, and how long the counter must have been watched
 * before its rate is believed. */
#define BASE_SECONDS 0.1
#define WATCH_NS 20000000

static guint64         first_ticks;
static gint64          first_ns;
static _Atomic guint32 watch_state; /* 0 not begun, 1 somebody begins, 2 begun, 3 no even counter */

static gboolean
has_even_counter (void)
{
  unsigned int eax, ebx, ecx, edx;

  return __get_cpuid (0x80000007, &eax, &ebx, &ecx, &edx) && (edx & (1u << 8)) != 0;
}

/* Seconds a tick, measured since the first call in the process; 0 where it is
 * not known, or not yet. */
static double
get_seconds_per_tick (guint64 ticks)
{
  guint32 not_begun = 0;
  gint64  elapsed_ns;

  if (atomic_compare_exchange_strong (&watch_state, &not_begun, 1))
    {
      first_ns = tfv_clock_get_ns (CLOCK_MONOTONIC);
      first_ticks = __rdtsc ();
      atomic_store_explicit (&watch_state, has_even_counter () ? 2 : 3, memory_order_release);
      return 0;
    }
  if (atomic_load_explicit (&watch_state, memory_order_acquire) != 2 || ticks <= first_ticks)
    return 0;

  elapsed_ns = tfv_clock_get_ns (CLOCK_MONOTONIC) - first_ns;
  return elapsed_ns < WATCH_NS ? 0 : (double) elapsed_ns * 1e-9 / (double) (ticks - first_ticks);
}
#endif

/* The system's wall clock, in seconds; makes it the base where ticks can be
 * counted on from it. */
double
tfv_wall_clock_read_system (TfvWallClock *self)
{
  double seconds;

#if defined(__x86_64__)
  guint64 ticks = __rdtsc ();

  seconds = (double) tfv_clock_get_ns (CLOCK_REALTIME) * 1e-9;
  self->seconds_per_tick = get_seconds_per_tick (ticks);
  self->base_ticks = ticks;
  self->base_seconds = seconds;
  self->valid_ticks = self->seconds_per_tick > 0 ? (guint64) (BASE_SECONDS / self->seconds_per_tick) : 0;
#else
  seconds = (double) tfv_clock_get_ns (CLOCK_REALTIME) * 1e-9;
#endif

  return seconds;
}
