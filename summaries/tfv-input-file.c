/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-input-file-private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What tfv-reader was given; it gets one request at a time. */
static const char *given_path;
static int         given_fd = -1;
static guint64    *last_place;

/* Makes @path, which stays the caller's, the only name that can be opened, and
 * it stand for @fd. */
void
tfv_input_file_give (const char *path, int fd)
{
  given_path = path;
  given_fd = fd;
}

/* Whether this is tfv-reader. */
gboolean
tfv_input_file_is_given (void)
{
  return given_path != NULL;
}

/* Opens a regular file for reading; a pipe or a device must not make anybody
 * wait. Returns a descriptor of the caller's or -1 with errno set, which is
 * ENOTSUP where the file is none. */
int
tfv_input_file_open (const char *path)
{
  struct stat status;
  int         fd;

  if (given_path != NULL)
    {
      if (strcmp (path, given_path) == 0)
        return fcntl (given_fd, F_DUPFD_CLOEXEC, 0);
      errno = EACCES;
      return -1;
    }

  fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd >= 0 && fstat (fd, &status) == 0 && S_ISREG (status.st_mode))
    return fd;
  if (fd >= 0)
    {
      close (fd);
      errno = ENOTSUP;
    }
  return -1;
}

/* fstat() of newer C libraries is a system call that takes names, too, and that
 * tfv-reader may not make. */
gboolean
tfv_input_file_stat_fd (int fd, struct stat *status)
{
#if defined(SYS_fstat) && (defined(__x86_64__) || defined(__aarch64__) || (defined(__riscv) && __riscv_xlen == 64))
  return syscall (SYS_fstat, fd, status) == 0;
#else
  return fstat (fd, status) == 0;
#endif
}

/* The status of a file by its name. FALSE with errno set. */
gboolean
tfv_input_file_stat (const char *path, struct stat *status)
{
  if (given_path == NULL)
    return stat (path, status) == 0;
  if (strcmp (path, given_path) == 0)
    return tfv_input_file_stat_fd (given_fd, status);
  errno = EACCES;
  return FALSE;
}

/* Where tfv_input_file_note() is to leave its offsets. */
void
tfv_input_file_set_place (guint64 *place)
{
  last_place = place;
}

/* Notes that the file is read at @offset. */
void
tfv_input_file_note (guint64 offset)
{
  if (last_place != NULL)
    __atomic_store_n (last_place, offset, __ATOMIC_RELAXED);
}
