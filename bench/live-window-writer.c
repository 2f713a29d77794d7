/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench/live-window-writer.h"

#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "summaries/tfv-summary-writer.h"

#define NS_A_SECOND G_GINT64_CONSTANT (1000000000)
#define NS_A_MILLISECOND G_GINT64_CONSTANT (1000000)

#define N_QUIET_MARKERS 100
#define PAUSE_EVERY 20
#define EVALUATION_STEPS 50

/* The demo's tags, and one more so that they come to the wanted rate. */
static const char *const train_tags[] = { "loss", "accuracy", "learning_rate", "gradient_norm" };
static const char *const test_tags[] = { "loss", "accuracy" };

typedef struct
{
  TfvSummaryWriter *train;
  TfvSummaryWriter *test;
  GRand            *random;
  int               orders_fd;
  int               markers_fd;
  gint64            marker_step;
  gint64            step;
} Writing;

gint64
live_now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_sec * NS_A_SECOND + now.tv_nsec;
}

static void
sleep_until (gint64 end_ns)
{
  struct timespec end = { .tv_sec = end_ns / NS_A_SECOND, .tv_nsec = end_ns % NS_A_SECOND };

  while (clock_nanosleep (CLOCK_MONOTONIC, TIMER_ABSTIME, &end, NULL) != 0)
    ;
}

static void
tell (Writing *self, gint64 step, gint64 begin_ns)
{
  LiveMarker marker = { .step = step, .begin_ns = begin_ns };

  if (write (self->markers_fd, &marker, sizeof marker) != sizeof marker)
    _exit (EXIT_FAILURE);
}

static void
add_marker (Writing *self)
{
  gint64 step = self->marker_step++;
  gint64 begin_ns = live_now_ns ();

  tfv_summary_writer_add_scalar (self->train, LIVE_MARKER_TAG, sin ((double) step / 10), step);
  tell (self, step, begin_ns);
}

static void
add_step (Writing *self)
{
  double decay = exp (-(double) self->step / 4000);

  for (guint i = 0; i < G_N_ELEMENTS (train_tags); i++)
    tfv_summary_writer_add_scalar (self->train, train_tags[i], decay + 0.1 * g_rand_double (self->random), self->step);
  for (guint i = 0; self->step % EVALUATION_STEPS == 0 && i < G_N_ELEMENTS (test_tags); i++)
    tfv_summary_writer_add_scalar (self->test, test_tags[i], decay + 0.02 * g_rand_double (self->random), self->step);
  self->step++;
}

/* The gaps have no rhythm that could fall in with the reader's or the screen's.
 * Some are so long that the reader has closed the file meanwhile. */
static void
write_markers (Writing *self)
{
  for (guint i = 0; i < N_QUIET_MARKERS; i++)
    {
      gint64 gap_ms = i % PAUSE_EVERY == PAUSE_EVERY - 1 ? 2500 : g_rand_int_range (self->random, 40, 240);

      sleep_until (live_now_ns () + gap_ms * NS_A_MILLISECOND + g_rand_int_range (self->random, 0, NS_A_MILLISECOND));
      add_marker (self);
    }
}

static void
write_load (Writing *self, guint n_seconds)
{
  const gint64 step_ns = NS_A_SECOND * (gint64) G_N_ELEMENTS (train_tags) / LIVE_SCALARS_A_SECOND;
  const gint64 start_ns = live_now_ns ();
  const gint64 n_steps = n_seconds * NS_A_SECOND / step_ns;
  gint64       next_marker = 20;

  for (gint64 i = 0; i < n_steps; i++)
    {
      sleep_until (start_ns + i * step_ns);
      add_step (self);
      if (i < next_marker)
        continue;
      sleep_until (live_now_ns () + g_rand_int_range (self->random, 0, (gint32) step_ns));
      add_marker (self);
      next_marker = i + g_rand_int_range (self->random, 40, 110);
    }
}

static gboolean
write_all (Writing *self, guint n_seconds)
{
  char order;

  add_step (self);
  add_step (self);
  add_marker (self);
  while (read (self->orders_fd, &order, 1) == 1)
    {
      if (order == LIVE_ORDER_MARKERS)
        write_markers (self);
      else
        write_load (self, n_seconds);
      tell (self, -1, live_now_ns ());
    }
  return tfv_summary_writer_get_n_dropped (self->train) == 0;
}

static int
run (const char *logdir, guint n_seconds, int orders_fd, int markers_fd)
{
  g_autofree char             *train_path = g_build_filename (logdir, "train", NULL);
  g_autofree char             *test_path = g_build_filename (logdir, "test", NULL);
  g_autoptr (GError)           error = NULL;
  g_autoptr (TfvSummaryWriter) train = tfv_summary_writer_new (train_path, &error);
  g_autoptr (TfvSummaryWriter) test = train != NULL ? tfv_summary_writer_new (test_path, &error) : NULL;
  g_autoptr (GRand)            random = g_rand_new_with_seed (1);
  Writing                      writing = { .train = train, .test = test, .random = random, .orders_fd = orders_fd, .markers_fd = markers_fd };

  if (test == NULL)
    {
      g_printerr ("live-window: %s\n", error->message);
      return EXIT_FAILURE;
    }
  if (write_all (&writing, n_seconds) && tfv_summary_writer_close (train, &error) && tfv_summary_writer_close (test, &error))
    return EXIT_SUCCESS;
  g_printerr ("live-window: %s\n", error != NULL ? error->message : "scalars were dropped, the figures mean nothing");
  return EXIT_FAILURE;
}

/* To be called before there is any other thread. */
gboolean
live_writer_start (LiveWriter *self, const char *logdir, guint n_seconds)
{
  int orders[2];
  int markers[2];

  if (pipe (orders) != 0 || pipe (markers) != 0)
    return FALSE;
  self->pid = fork ();
  if (self->pid < 0)
    return FALSE;
  if (self->pid == 0)
    {
      prctl (PR_SET_PDEATHSIG, SIGKILL);
      close (orders[1]);
      close (markers[0]);
      exit (run (logdir, n_seconds, orders[0], markers[1]));
    }
  close (orders[0]);
  close (markers[1]);
  self->orders_fd = orders[1];
  self->markers_fd = markers[0];
  return TRUE;
}

void
live_writer_order (LiveWriter *self, LiveOrder order)
{
  char letter = (char) order;

  if (write (self->orders_fd, &letter, 1) != 1)
    g_printerr ("live-window: the writer is gone\n");
}

/* Waits for the writer to end; returns whether it wrote everything. */
gboolean
live_writer_end (LiveWriter *self)
{
  int status;

  close (self->orders_fd);
  return waitpid (self->pid, &status, 0) == self->pid && WIFEXITED (status) && WEXITSTATUS (status) == EXIT_SUCCESS;
}
