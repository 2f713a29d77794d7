/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-event-owner-private.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NS_PER_S G_GINT64_CONSTANT (1000000000)

/* A file of another host that did not change for this long has no writer. */
#define QUIET_NS (60 * NS_PER_S)

/* Clocks and ticks may differ by this much. */
#define TOLERANCE_NS (2 * NS_PER_S)

/* Who writes a file, or mends it, has this byte locked, far behind everything. It
 * belongs to the descriptor and ends with the process; nobody is kept from reading. */
static struct flock
make_lock (void)
{
  return (struct flock){ .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = G_MAXINT64 - 1, .l_len = 1 };
}

/* Tells others that the file of @fd is written. FALSE where somebody else has told
 * so, or where the file system has no locks. */
gboolean
tfv_event_owner_claim (int fd)
{
  struct flock lock = make_lock ();

  return fcntl (fd, F_OFD_SETLK, &lock) == 0;
}

/* When a process began, ns since the UNIX epoch; 0 where there is none. */
static gint64
get_start_ns (gint64 pid)
{
  g_autofree char   *path = g_strdup_printf ("/proc/%" G_GINT64_FORMAT "/stat", pid);
  g_autofree char   *status = NULL;
  const char        *fields;
  unsigned long long ticks = 0;
  char               state = 'X';
  struct timespec    wall, boot;

  if (pid <= 0 || !g_file_get_contents (path, &status, NULL, NULL))
    return 0;
  /* Behind the name in brackets: the state, and 18 numbers further on the start. */
  fields = strrchr (status, ')');
  if (fields == NULL || sscanf (fields + 1, " %c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu", &state, &ticks) != 2 || state == 'Z' || state == 'X')
    return 0;
  clock_gettime (CLOCK_REALTIME, &wall);
  clock_gettime (CLOCK_BOOTTIME, &boot);
  return (wall.tv_sec - boot.tv_sec) * NS_PER_S + wall.tv_nsec - boot.tv_nsec + (gint64) (ticks * (NS_PER_S / (guint64) sysconf (_SC_CLK_TCK)));
}

/* Whether somebody writes the file of @fd, which says that process @pid of @host
 * began it. @has_claim tells that its writers claim their files. */
TfvEventOwner
tfv_event_owner_find (int fd, const char *host, gint64 pid, gint64 start_wall_ns, gboolean has_claim)
{
  struct flock    lock = make_lock ();
  struct stat     status;
  struct timespec now;
  gboolean        has_locks = fcntl (fd, F_OFD_GETLK, &lock) == 0;
  gint64          began_ns;

  if (has_locks && lock.l_type != F_UNLCK)
    return TFV_EVENT_OWNER_RUNS;
  if (g_strcmp0 (host, g_get_host_name ()) == 0)
    {
      if (has_locks && has_claim)
        return TFV_EVENT_OWNER_GONE;
      /* Another process may have got its number since. */
      began_ns = get_start_ns (pid);
      return began_ns != 0 && began_ns < start_wall_ns + TOLERANCE_NS ? TFV_EVENT_OWNER_RUNS : TFV_EVENT_OWNER_GONE;
    }
  clock_gettime (CLOCK_REALTIME, &now);
  if (fstat (fd, &status) != 0 || now.tv_sec * NS_PER_S + now.tv_nsec - status.st_mtim.tv_sec * NS_PER_S < QUIET_NS)
    return TFV_EVENT_OWNER_UNKNOWN;
  return TFV_EVENT_OWNER_GONE;
}
