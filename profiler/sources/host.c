/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "profiler/sources/host.h"

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
 * tfv_host_dup_lane_of_thread:
 * @thread_id: the system's number of a thread of this process
 *
 * Names a thread as a lane: its name and its system-wide number, as other
 * profilers show it, `worker-2 12345` say. Of a thread that has ended only the
 * number is known. Any thread.
 *
 * Returns: (transfer full): the lane's name, valid UTF-8
 */
char *
tfv_host_dup_lane_of_thread (guint32 thread_id)
{
  g_autofree char *path = g_strdup_printf ("/proc/self/task/%u/comm", thread_id);
  g_autofree char *name = NULL;
  g_autofree char *valid = NULL;

  if (!g_file_get_contents (path, &name, NULL, NULL) || g_strstrip (name)[0] == '\0')
    return g_strdup_printf ("thread %u", thread_id);
  valid = g_utf8_make_valid (name, -1);
  return g_strdup_printf ("%s %u", valid, thread_id);
}

/**
 * tfv_host_dup_thread_lane:
 *
 * Names the calling thread as a lane: see [func@Tfv.host_dup_lane_of_thread].
 *
 * Returns: (transfer full): the lane's name, valid UTF-8
 */
char *
tfv_host_dup_thread_lane (void)
{
  return tfv_host_dup_lane_of_thread ((guint32) gettid ());
}
