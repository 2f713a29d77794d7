/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-compact-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "summaries/tfv-error.h"

void
tfv_compact_progress_add (TfvCompactProgress *self, double n)
{
  self->n_done += n;
  if (self->func != NULL)
    self->func (MIN (self->n_done / MAX (self->n_all, 1), 1), self->user_data);
}

static gboolean
fail (const char *path, GError **error, TfvStoreError code, const char *what)
{
  g_set_error (error, TFV_STORE_ERROR, code, "%s: %s", path, what);
  return FALSE;
}

static gboolean
fail_by_system (const char *path, GError **error, const char *what)
{
  int number = errno;

  g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_IO, "%s: %s: %s", path, what, g_strerror (number));
  return FALSE;
}

/* Whether the writer is done with a file, and everything of it is there and known. */
static gboolean
check_source (const char *path, TfvEventFile *file, GError **error)
{
  guint64           n_status = tfv_event_file_get_n_rows (file, TFV_EVENT_STATUS);
  TfvEventStatusRow status = { 0 };

  if (tfv_event_file_get_notice (file) != NULL)
    return fail (path, error, TFV_STORE_ERROR_CORRUPT, "cannot be compacted: it is cut off");
  if (tfv_event_file_get_version_minor (file) > TFV_EVENT_VERSION_MINOR)
    return fail (path, error, TFV_STORE_ERROR_VERSION, "cannot be compacted: it may hold what this program does not know");
  for (guint i = 0; i < TFV_N_EVENT_DATASETS; i++)
    if (tfv_event_file_get_fault (file, (TfvEventDataset) i) != NULL)
      {
        g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_CORRUPT, "%s; it cannot be compacted", tfv_event_file_get_fault (file, (TfvEventDataset) i));
        return FALSE;
      }
  if (n_status > 0 && !tfv_event_file_read (file, TFV_EVENT_STATUS, n_status - 1, 1, &status, error))
    return FALSE;
  if ((status.flags & TFV_EVENT_ROW_VALID) == 0 || (status.state != TFV_EVENT_STATE_CLOSED && status.state != TFV_EVENT_STATE_ENDED))
    return fail (path, error, TFV_STORE_ERROR_IO, "cannot be compacted: it is being written, or was not closed");
  return TRUE;
}

/* Makes the compacted form of @file at @temporary. */
static gboolean
write_file (const TfvCompactPlan *plan, const char *temporary, guint max_buffers, TfvCompactProgress *progress, GCancellable *cancellable, GError **error)
{
  const guint64 n_rows[TFV_N_COLUMNS] = {
    [TFV_COLUMN_INDEX] = plan->index->len,
    [TFV_COLUMN_STEP] = plan->n_rows,
    [TFV_COLUMN_WALL_TIME] = plan->n_rows,
    [TFV_COLUMN_VALUE32] = plan->n_rows,
    [TFV_COLUMN_VALUE64] = plan->n_rows,
    [TFV_COLUMN_IS_FLOAT32] = plan->n_rows,
    [TFV_COLUMN_PYRAMID] = plan->n_buckets,
    [TFV_COLUMN_RESTARTS] = plan->restarts->len,
  };
  g_autoptr (TfvColumnWriter) writer = tfv_column_writer_create (temporary, plan->file, n_rows, error);

  return writer != NULL && tfv_column_writer_copy_rows (writer, plan->file, cancellable, error) &&
         tfv_compact_write_points (plan, writer, max_buffers, progress, cancellable, error) &&
         tfv_column_writer_write_all (writer, TFV_COLUMN_INDEX, plan->index->data, plan->index->len, error) &&
         tfv_column_writer_write_all (writer, TFV_COLUMN_RESTARTS, plan->restarts->data, plan->restarts->len, error) &&
         tfv_column_writer_close (writer, error);
}

/* Makes the temporary file ours: two may be asked to compact the same file. What
 * one that was killed left is taken over. Returns a descriptor that holds the
 * lock, or -1. */
static int
claim (const char *temporary, GError **error)
{
  int         fd = open (temporary, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  struct stat ours, named;

  if (fd < 0)
    {
      fail_by_system (temporary, error, "cannot be made");
      return -1;
    }
  /* Who had the lock may have renamed the file before we got it. */
  if (flock (fd, LOCK_EX | LOCK_NB) == 0 && fstat (fd, &ours) == 0 && stat (temporary, &named) == 0 && ours.st_ino == named.st_ino && ours.st_dev == named.st_dev)
    return fd;
  fail (temporary, error, TFV_STORE_ERROR_IO, "is being written by somebody else");
  close (fd);
  return -1;
}

/* Sees to it that the directory's entry outlives a loss of power. */
static void
sync_folder (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int              fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0)
    return;
  fsync (fd);
  close (fd);
}

/* Gives the file the place of the original, with its times and rights: for who
 * follows the run it was not just written. */
static gboolean
put_in_place (const char *temporary, int fd, const char *path, const struct stat *source, const char *out, GError **error)
{
  struct timespec times[2] = { source->st_atim, source->st_mtim };
  struct stat     now;

  if (fchmod (fd, source->st_mode & 07777) != 0 || futimens (fd, times) != 0 || fsync (fd) != 0)
    return fail_by_system (temporary, error, "cannot be written");
  if (stat (path, &now) != 0 || now.st_ino != source->st_ino || now.st_size != source->st_size || now.st_mtim.tv_sec != source->st_mtim.tv_sec || now.st_mtim.tv_nsec != source->st_mtim.tv_nsec)
    return fail (path, error, TFV_STORE_ERROR_IO, "changed while it was compacted, and is left as it is");
  if (g_rename (temporary, out) != 0)
    return fail_by_system (out, error, "cannot be replaced");
  sync_folder (out);
  return TRUE;
}

static TfvCompactResult
compact_opened (const char *path, TfvEventFile *file, const struct stat *source, const char *out, guint max_buffers, TfvCompactProgress *progress, GCancellable *cancellable, GError **error)
{
  g_autofree char           *temporary = g_strconcat (out, ".tmp", NULL);
  g_autoptr (TfvCompactPlan) plan = NULL;
  gboolean                   is_done;
  int                        fd;

  if (!check_source (path, file, error))
    return TFV_COMPACT_FAILED;
  fd = claim (temporary, error);
  if (fd < 0)
    return TFV_COMPACT_FAILED;

  plan = tfv_compact_plan_new (path, file, cancellable, error);
  is_done = plan != NULL;
  if (is_done)
    {
      /* Packing costs about three times what looking at the rows does. */
      progress->n_all = (double) plan->n_scalars + 3 * (double) plan->n_rows;
      tfv_compact_progress_add (progress, (double) plan->n_scalars);
      is_done = write_file (plan, temporary, max_buffers, progress, cancellable, error) && tfv_compact_plan_verify (plan, temporary, cancellable, error) &&
                put_in_place (temporary, fd, path, source, out, error);
    }
  if (!is_done)
    g_unlink (temporary);
  close (fd);
  return is_done ? TFV_COMPACT_DONE : TFV_COMPACT_FAILED;
}

/* The same as tfv_compact_file(), with as many chunks in memory as @max_buffers. */
TfvCompactResult
tfv_compact_file_within (const char *path, const char *out, guint max_buffers, TfvProgressFunc progress, gpointer user_data, GCancellable *cancellable, GError **error)
{
  TfvCompactProgress       told = { progress, user_data, 0, 0 };
  g_autoptr (TfvEventFile) file = NULL;
  struct stat              source;

  if (stat (path, &source) != 0)
    {
      fail_by_system (path, error, "cannot be opened");
      return TFV_COMPACT_FAILED;
    }
  file = tfv_event_file_open (path, error);
  if (file == NULL)
    return TFV_COMPACT_FAILED;
  if (tfv_event_file_is_compacted (file))
    return TFV_COMPACT_UNCHANGED;
  return compact_opened (path, file, &source, out != NULL ? out : path, max_buffers, &told, cancellable, error);
}

/**
 * tfv_compact_file:
 * @path: (type filename): an event file of tfview's that is closed
 * @out: (type filename) (nullable): where to put the compacted file; %NULL to
 *   replace @path
 * @progress: (scope call) (nullable): is told how far it got
 * @user_data: for @progress
 * @cancellable: (nullable): ends it early
 * @error: return location for an error
 *
 * Rewrites an event file so that the points of each tag lie together, packed, with
 * a pyramid of their extremes: it takes about a fifth of the space, and any curve
 * is there at once. Nothing is lost. It is written beside the file under a name
 * that readers pass over, synced, read back and compared bit by bit, and only then
 * takes the file's name: whatever happens, one of the two is there whole.
 *
 * Any thread; blocks. Works on two threads and holds at most 550 MB of points in
 * memory, and 0.3 bytes for every point of the file.
 *
 * Returns: what became of it; %TFV_COMPACT_FAILED with @error set where the file
 *   is still written, is damaged, or there is no room
 */
TfvCompactResult
tfv_compact_file (const char *path, const char *out, TfvProgressFunc progress, gpointer user_data, GCancellable *cancellable, GError **error)
{
  return tfv_compact_file_within (path, out, TFV_COMPACT_MAX_BUFFERS, progress, user_data, cancellable, error);
}
