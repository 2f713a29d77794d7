/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-hdf5-private.h"

#include <hdf5.h>
#include <pthread.h>
#include <string.h>

/* HDF5 has one lock for the whole process, and some builds of it have none. All
 * our calls are made under a lock of our own, so that they are right with
 * either and so that no thread is inside HDF5 while the process forks. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* The error handler that the thread had, given back when it leaves. */
static __thread H5E_auto2_t saved_handler;
static __thread void       *saved_handler_data;

static void
lock_before_fork (void)
{
  pthread_mutex_lock (&lock);
}

static void
unlock_after_fork (void)
{
  pthread_mutex_unlock (&lock);
}

static void
set_up_process (void)
{
  /* At exit HDF5 would flush and close every file, those included that must
   * not be touched again after a failed write. */
  H5dont_atexit ();
  H5open ();
  pthread_atfork (lock_before_fork, unlock_after_fork, unlock_after_fork);
}

/* Enters HDF5. Not recursive; held for short batches only. */
void
tfv_hdf5_lock (void)
{
  static pthread_once_t once = PTHREAD_ONCE_INIT;

  pthread_once (&once, set_up_process);
  pthread_mutex_lock (&lock);

  H5Eget_auto2 (H5E_DEFAULT, &saved_handler, &saved_handler_data);
  H5Eset_auto2 (H5E_DEFAULT, NULL, NULL);
}

void
tfv_hdf5_unlock (void)
{
  H5Eset_auto2 (H5E_DEFAULT, saved_handler, saved_handler_data);
  pthread_mutex_unlock (&lock);
}

static herr_t
keep_innermost (unsigned n, const H5E_error2_t *error, void *data)
{
  char **text = data;

  if (*text == NULL && error->desc != NULL)
    *text = g_strdup (error->desc);

  return 0;
}

/* Where the system's reason is in a message, it is all that is told: around it
 * are descriptors and addresses, which help nobody. NULL where it isn't there. */
static char *
dup_system_reason (const char *text)
{
  static const char key[] = "errno = ";
  /* The last one; a file's name, which may hold anything, stands before it. */
  const char   *found = g_strrstr (text, key);
  const guint64 number = found != NULL ? g_ascii_strtoull (found + strlen (key), NULL, 10) : 0;

  return number > 0 && number <= G_MAXINT ? g_strdup (g_strerror ((int) number)) : NULL;
}

/* What HDF5 says about the call that failed last on this thread, in one line:
 * the innermost message, which is the one that has the system's reason. */
char *
tfv_hdf5_dup_error (void)
{
  char *text = NULL;
  char *reason;

  H5Ewalk2 (H5E_DEFAULT, H5E_WALK_UPWARD, keep_innermost, &text);
  if (text == NULL)
    return g_strdup ("HDF5 gives no reason");

  reason = dup_system_reason (text);
  if (reason != NULL)
    {
      g_free (text);
      return reason;
    }

  g_strdelimit (text, "\r\n", ' ');
  return text;
}
