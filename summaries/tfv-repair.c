/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-repair.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "summaries/formats/tfrecord-private.h"
#include "summaries/tfv-check-private.h"
#include "summaries/tfv-error.h"
#include "summaries/tfv-event-owner-private.h"
#include "summaries/tfv-superblock-private.h"

/* A writer that dies has made room for up to this much that it never wrote, and
 * what it wrote refers to. */
#define ROOM_BYTES (G_GUINT64_CONSTANT (1) << 20)

/* TensorFlow's writers tell nobody that they write; one that was at it so lately
 * may come back for the rest of its record. */
#define QUIET_S 60

#define COPY_BYTES (G_GUINT64_CONSTANT (1) << 30)

G_GNUC_PRINTF (3, 4)
static gboolean
fail (GError **error, const char *path, const char *format, ...)
{
  g_autofree char *what = NULL;
  va_list          arguments;

  va_start (arguments, format);
  what = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_IO, "%s: %s", path, what);
  return FALSE;
}

/* Opens a regular file for reading and writing. */
static int
open_to_write (const char *path, GError **error)
{
  struct stat status;
  int         fd = open (path, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

  if (fd >= 0 && fstat (fd, &status) == 0 && S_ISREG (status.st_mode))
    return fd;
  fail (error, path, "%s", fd >= 0 ? "not a regular file" : g_strerror (errno));
  if (fd >= 0)
    close (fd);
  return -1;
}

/* Copies stretches of a file, in the kernel where that can. */
static gboolean
copy_stretch (int from, int to, guint64 offset, guint64 n_bytes, const char *path, GError **error)
{
  while (n_bytes > 0)
    {
      loff_t  at = (loff_t) offset;
      ssize_t n = copy_file_range (from, &at, to, NULL, MIN (n_bytes, COPY_BYTES), 0);
      guint8  block[65536];

      if (n < 0 && errno != EINTR)
        {
          n = pread (from, block, MIN (n_bytes, sizeof block), (off_t) offset);
          if (n > 0)
            n = write (to, block, (size_t) n);
        }
      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return fail (error, path, "can't be copied: %s", n < 0 ? g_strerror (errno) : "it has become shorter");
      offset += (guint64) n;
      n_bytes -= (guint64) n;
    }
  return TRUE;
}

/* A new file; one that is there is never written over. */
static int
create (const char *path, GError **error)
{
  int fd = open (path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

  if (fd < 0)
    fail (error, path, "can't be made: %s", g_strerror (errno));
  return fd;
}

/* What is in the way of mending a file of ours, or NULL. */
static char *
find_obstacle (GVariant *report, int fd)
{
  const char *host = NULL;
  gint64      pid = 0;
  const char *state = NULL;

  g_variant_lookup (report, "state", "&s", &state);
  g_variant_lookup (report, "host", "&s", &host);
  g_variant_lookup (report, "pid", "x", &pid);
  if (g_strcmp0 (state, "live") == 0)
    {
      if (g_strcmp0 (host, g_get_host_name ()) == 0)
        return g_strdup_printf ("is being written: process %" G_GINT64_FORMAT " runs, or its tfv-writer does", pid);
      return g_strdup_printf ("was written less than a minute ago by process %" G_GINT64_FORMAT " of %s, which may still run", pid, host != NULL ? host : "an unknown host");
    }
  if (!tfv_event_owner_claim (fd) && (errno == EAGAIN || errno == EACCES))
    return g_strdup ("is being mended or written by somebody else");
  return NULL;
}

/* One write of 48 bytes, after there is room: whatever happens in between, the
 * file is as it was or it is mended. */
static gboolean
mend_superblock (const char *path, int fd, char **done, GError **error)
{
  TfvSuperblock superblock;
  struct stat   status;
  guint64       end_bytes;

  if (fstat (fd, &status) != 0 || !tfv_superblock_read (path, fd, &superblock, error))
    return error != NULL && *error != NULL ? FALSE : fail (error, path, "%s", g_strerror (errno));
  if (!superblock.is_written && (guint64) status.st_size >= superblock.end_bytes)
    {
      *done = g_strdup ("nothing had to be mended");
      return TRUE;
    }

  end_bytes = MAX (superblock.end_bytes, (guint64) status.st_size);
  /* One that was cut off in a copy says how long it was. */
  if (superblock.is_written)
    end_bytes += ROOM_BYTES;
  if (end_bytes > G_MAXINT64 || ftruncate (fd, (off_t) end_bytes) != 0)
    return fail (error, path, "there is no room: %s", end_bytes > G_MAXINT64 ? g_strerror (EFBIG) : g_strerror (errno));
  if (!tfv_superblock_mend (path, fd, end_bytes, error))
    return FALSE;
  *done = g_strdup (superblock.is_written ? "mended: any program that reads HDF5 can open it"
                                          : "mended: what was cut off reads as rows that are not valid");
  return TRUE;
}

static gboolean
repair_event_file (GVariant *report, const char *path, const char *copy_path, char **done, GError **error)
{
  g_autofree char *obstacle = NULL;
  struct stat      status;
  int              fd = copy_path != NULL ? open (path, O_RDONLY | O_CLOEXEC) : open_to_write (path, error);
  int              copy = -1;
  gboolean         is_done = FALSE;

  if (fd < 0)
    return copy_path != NULL ? fail (error, path, "%s", g_strerror (errno)) : FALSE;
  obstacle = find_obstacle (report, fd);
  /* A claim needs a file that can be written; a copy disturbs nobody. */
  if (obstacle != NULL && copy_path == NULL)
    {
      fail (error, path, "%s; it is left as it is", obstacle);
    }
  else if (copy_path == NULL)
    {
      is_done = mend_superblock (path, fd, done, error);
    }
  else
    {
      copy = create (copy_path, error);
      is_done = copy >= 0 && fstat (fd, &status) == 0 && copy_stretch (fd, copy, 0, (guint64) status.st_size, path, error) && mend_superblock (copy_path, copy, done, error);
      if (copy >= 0)
        close (copy);
      if (copy >= 0 && !is_done)
        g_unlink (copy_path);
    }
  close (fd);
  return is_done;
}

/* Writes a copy that has the whole records, and nothing else. */
static gboolean
copy_whole_records (GVariant *report, const char *path, const char *copy_path, char **done, GError **error)
{
  g_autoptr (GVariant) whole = g_variant_lookup_value (report, "whole", G_VARIANT_TYPE ("a(tt)"));
  int                  fd = open (path, O_RDONLY | O_CLOEXEC);
  int                  copy = fd >= 0 ? create (copy_path, error) : -1;
  guint64              offset, n_bytes, n_records = 0, size = 0, n_kept = 0;
  gboolean             is_copied = copy >= 0;

  g_variant_lookup (report, "records", "t", &n_records);
  g_variant_lookup (report, "size", "t", &size);
  for (gsize i = 0; whole != NULL && is_copied && i < g_variant_n_children (whole); i++)
    {
      g_variant_get_child (whole, i, "(tt)", &offset, &n_bytes);
      is_copied = copy_stretch (fd, copy, offset, n_bytes, path, error);
      n_kept += n_bytes;
    }
  if (fd < 0)
    fail (error, path, "%s", g_strerror (errno));
  else
    close (fd);
  if (copy >= 0)
    close (copy);
  if (copy >= 0 && !is_copied)
    g_unlink (copy_path);
  if (is_copied)
    *done = g_strdup_printf ("%" G_GUINT64_FORMAT " whole records copied, %" G_GUINT64_FORMAT " bytes left out", n_records, size - MIN (n_kept, size));
  return is_copied;
}

/* Whether the file ends with zeros from @offset on. */
static gboolean
rest_is_zero (int fd, guint64 offset)
{
  guint8  block[65536];
  ssize_t n;

  while ((n = pread (fd, block, sizeof block, (off_t) offset)) > 0)
    {
      for (ssize_t i = 0; i < n; i++)
        if (block[i] != 0)
          return FALSE;
      offset += (guint64) n;
    }
  return n == 0;
}

/* Whether the file ends within a record that begins at @offset. The process that
 * parses said so; what is cut off is gone, and so that is not believed. */
static gboolean
is_half_record (int fd, guint64 offset, guint64 file_bytes)
{
  guint8  header[TFV_TFRECORD_HEADER_BYTES];
  guint64 n_left = file_bytes - offset, n_bytes;

  if (n_left < sizeof header)
    return TRUE;
  if (pread (fd, header, sizeof header, (off_t) offset) != sizeof header)
    return FALSE;
  if (tfv_tfrecord_is_header (header, &n_bytes))
    return n_bytes + TFV_TFRECORD_HEADER_BYTES + TFV_TFRECORD_FOOTER_BYTES > n_left;
  return rest_is_zero (fd, offset);
}

static gboolean
cut_half_record (const char *path, guint64 half_record, char **done, GError **error)
{
  int             fd = open_to_write (path, error);
  struct stat     status;
  struct timespec now;
  gboolean        is_cut;

  if (fd < 0)
    return FALSE;
  clock_gettime (CLOCK_REALTIME, &now);
  if (fstat (fd, &status) != 0 || now.tv_sec - status.st_mtim.tv_sec < QUIET_S)
    {
      close (fd);
      return fail (error, path, "changed less than a minute ago: its writer may come back for the rest of the record; it is left as it is");
    }
  if (half_record >= (guint64) status.st_size || !is_half_record (fd, half_record, (guint64) status.st_size))
    {
      close (fd);
      return fail (error, path, "does not end inside a record any more; it is left as it is");
    }
  is_cut = ftruncate (fd, (off_t) half_record) == 0;
  close (fd);
  if (!is_cut)
    return fail (error, path, "can't be cut: %s", g_strerror (errno));
  *done = g_strdup_printf ("half a record at byte %" G_GUINT64_FORMAT " cut off", half_record);
  return TRUE;
}

static gboolean
repair_tfevents (GVariant *report, const char *path, const char *copy_path, TfvRepairFlags flags, char **done, GError **error)
{
  g_autofree const char **problems = NULL;
  guint64                 half_record = 0;
  gboolean                has_half_record = g_variant_lookup (report, "half_record", "t", &half_record);

  g_variant_lookup (report, "problems", "^a&s", &problems);
  if (copy_path != NULL)
    return copy_whole_records (report, path, copy_path, done, error);
  if (has_half_record && (flags & TFV_REPAIR_CUT_TAIL) != 0)
    return cut_half_record (path, half_record, done, error);
  if (problems == NULL || problems[0] == NULL)
    {
      *done = g_strdup ("nothing had to be mended");
      return TRUE;
    }
  if (has_half_record)
    return fail (error, path, "%s; a mended copy leaves it out, or it can be cut off", problems[0]);
  return fail (error, path, "%s; only a copy can do without it", problems[0]);
}

/**
 * tfv_repair_file:
 * @path: (type filename): an event file
 * @copy_path: (type filename) (nullable): a file to be made, which gets what is
 *   mended; %NULL to mend @path itself
 * @flags: what may be done
 * @done: (out) (transfer full): what was done, one line
 * @error: return location for an error
 *
 * Makes an event file whole again without losing a good record.
 *
 * A file of tfview whose writer was killed is complete up to the last flush, but
 * marked as being written, so that only readers that speak SWMR open it. That
 * mark is taken away, with one write of 48 bytes. A file that was cut off, in a
 * copy perhaps, gets its length back. A file whose writer runs is left alone, and
 * so is one that needs nothing.
 *
 * Of a TensorFlow event file nothing is ever cut unless @flags say so, and then
 * only half a record at its end. With @copy_path the whole records are copied,
 * and what is damaged is left out.
 *
 * Any thread; blocks on the file.
 *
 * Returns: whether the file, or the copy, is whole now; %FALSE with @error set
 *   where it isn't
 */
gboolean
tfv_repair_file (const char *path, const char *copy_path, TfvRepairFlags flags, char **done, GError **error)
{
  g_autoptr (GVariant) report = NULL;
  g_autoptr (GError)   failure = NULL;
  g_autofree char     *what = NULL;
  const char          *format = NULL;
  gboolean             is_whole;

  g_return_val_if_fail (path != NULL, FALSE);

  report = tfv_check_file_in_brief (path, &failure);
  if (report == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  g_variant_lookup (report, "format", "&s", &format);
  if (g_strcmp0 (format, "tfview") == 0)
    is_whole = repair_event_file (report, path, copy_path, &what, &failure);
  else
    is_whole = repair_tfevents (report, path, copy_path, flags, &what, &failure);
  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  if (done != NULL)
    *done = g_steal_pointer (&what);
  return is_whole;
}
