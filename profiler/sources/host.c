/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "profiler/sources/host.h"

#include <pthread.h>
#include <time.h>
#include <unistd.h>

/**
 * tfv_host_now_ns:
 *
 * Tells the time of the span clock, CLOCK_MONOTONIC. Any thread.
 *
 * Returns: nanoseconds since some moment before the program began
 */
gint64
tfv_host_now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (gint64) now.tv_sec * G_GINT64_CONSTANT (1000000000) + now.tv_nsec;
}

/**
 * tfv_host_dup_thread_lane:
 *
 * Names the calling thread as a lane: its name and its system-wide number, as
 * other profilers show it, `worker-2 12345` say.
 *
 * Returns: (transfer full): the lane's name, valid UTF-8
 */
char *
tfv_host_dup_thread_lane (void)
{
  char             name[32] = "";
  g_autofree char *valid = NULL;

  if (pthread_getname_np (pthread_self (), name, sizeof name) != 0 || name[0] == '\0')
    g_strlcpy (name, "thread", sizeof name);
  valid = g_utf8_make_valid (name, -1);
  return g_strdup_printf ("%s %d", valid, (int) gettid ());
}
