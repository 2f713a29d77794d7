/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-wall-clock-private.h"

#define MS G_GINT64_CONSTANT (1000000)
#define START_NS (G_GINT64_CONSTANT (1700000000) * 1000 * MS)

/* A machine whose clocks go as it is told: two ticks a nanosecond. */
typedef struct
{
  TfvWallClock       clock;
  TfvWallClockWatch  watch;
  TfvWallClockMoment now;
} Machine;

static void
set_base (Machine *self)
{
  tfv_wall_clock_set_base (&self->clock, &self->watch, &self->now);
}

static void
let_pass (Machine *self, gint64 n_ns)
{
  self->now.ticks += 2 * (guint64) n_ns;
  self->now.wall_ns += n_ns;
  self->now.monotonic_ns += n_ns;
}

static void
start (Machine *self)
{
  *self = (Machine){ .now = { 1000, START_NS, 5000 * MS, TRUE } };
  set_base (self);
  let_pass (self, 10 * MS);
  set_base (self);
}

/* Whether the clock goes by ticks now, which must be right then. */
static gboolean
goes_by_ticks (Machine *self)
{
  double   seconds;
  gboolean is_valid = tfv_wall_clock_convert (&self->clock, self->now.ticks, &seconds);

  if (is_valid)
    g_assert_cmpfloat_with_epsilon (seconds, (double) self->now.wall_ns * 1e-9, 1e-5);
  return is_valid;
}

static void
test_counts_ticks_from_a_base (void)
{
  Machine machine = { .now = { 1000, START_NS, 5000 * MS, TRUE } };

  /* Nothing is known about the ticks yet, nor after a moment. */
  g_assert_false (goes_by_ticks (&machine));
  set_base (&machine);
  g_assert_false (goes_by_ticks (&machine));
  let_pass (&machine, MS);
  set_base (&machine);
  g_assert_false (goes_by_ticks (&machine));

  let_pass (&machine, 9 * MS);
  set_base (&machine);
  for (guint i = 0; i < 99; i++)
    {
      g_assert_true (goes_by_ticks (&machine));
      let_pass (&machine, MS);
    }
  let_pass (&machine, 2 * MS);
  g_assert_false (goes_by_ticks (&machine));
  set_base (&machine);
  g_assert_true (goes_by_ticks (&machine));
}

/* Somebody sets the clock, or the time service does: what is logged has the new
 * time from the next base on, a tenth of a second later at most. */
static void
test_follows_a_clock_that_is_set (void)
{
  static const gint64 steps_ms[] = { -3600000, 3600000, -1, 1000 };

  for (guint i = 0; i < G_N_ELEMENTS (steps_ms); i++)
    {
      Machine machine;

      start (&machine);
      machine.now.wall_ns += steps_ms[i] * MS;
      let_pass (&machine, 101 * MS);
      g_assert_false (goes_by_ticks (&machine));
      set_base (&machine);
      g_assert_true (goes_by_ticks (&machine));
      let_pass (&machine, 50 * MS);
      g_assert_true (goes_by_ticks (&machine));
    }
}

static void
expect_distrust (Machine *machine)
{
  set_base (machine);
  g_assert_false (goes_by_ticks (machine));
  let_pass (machine, 10 * MS);
  set_base (machine);
  g_assert_true (goes_by_ticks (machine));
  let_pass (machine, 90 * MS);
  g_assert_true (goes_by_ticks (machine));
}

static void
test_learns_the_rate_anew_when_it_changed (void)
{
  Machine machine;

  /* A machine that slept: the wall clock and the counter went on, the monotonic
   * clock did not. */
  start (&machine);
  let_pass (&machine, 3600000 * MS);
  machine.now.monotonic_ns -= 3599000 * MS;
  expect_distrust (&machine);

  /* One whose counter began anew. */
  start (&machine);
  let_pass (&machine, 60 * MS);
  machine.now.ticks = 7;
  g_assert_false (goes_by_ticks (&machine));
  expect_distrust (&machine);

  /* A guest that was moved to a machine that ticks differently. */
  start (&machine);
  let_pass (&machine, 101 * MS);
  machine.now.ticks += (guint64) (10 * MS);
  expect_distrust (&machine);
}

/* A thread that is stopped between the looks at two clocks compares nothing. */
static void
test_compares_no_clocks_that_were_read_apart (void)
{
  Machine machine;
  double  seconds;

  start (&machine);
  let_pass (&machine, 101 * MS);
  machine.now.is_sharp = FALSE;
  machine.now.ticks -= (guint64) (40 * MS);
  set_base (&machine);
  g_assert_false (tfv_wall_clock_convert (&machine.clock, machine.now.ticks, &seconds));
  machine.now.ticks += (guint64) (40 * MS);
  machine.now.is_sharp = TRUE;
  expect_distrust (&machine);
}

static void
test_tells_the_time_of_the_system (void)
{
  TfvWallClock      clock = { 0 };
  TfvWallClockWatch watch = { 0 };

  for (guint i = 0; i < 200; i++)
    {
      double before = (double) tfv_clock_get_ns (CLOCK_REALTIME) * 1e-9;
      double seconds = tfv_wall_clock_read (&clock, &watch);
      double after = (double) tfv_clock_get_ns (CLOCK_REALTIME) * 1e-9;

      g_assert_cmpfloat (seconds, >=, before - 1e-3);
      g_assert_cmpfloat (seconds, <=, after + 1e-3);
      g_usleep (1000);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/summaries/wall-clock/counts-ticks-from-a-base", test_counts_ticks_from_a_base);
  g_test_add_func ("/summaries/wall-clock/follows-a-clock-that-is-set", test_follows_a_clock_that_is_set);
  g_test_add_func ("/summaries/wall-clock/learns-the-rate-anew-when-it-changed", test_learns_the_rate_anew_when_it_changed);
  g_test_add_func ("/summaries/wall-clock/compares-no-clocks-that-were-read-apart", test_compares_no_clocks_that_were_read_apart);
  g_test_add_func ("/summaries/wall-clock/tells-the-time-of-the-system", test_tells_the_time_of_the_system);

  return g_test_run ();
}
