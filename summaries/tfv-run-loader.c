/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-run-loader-private.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "summaries/tfv-input-file-private.h"
#include "summaries/tfv-run-part-private.h"
#include "summaries/tfv-sandbox-private.h"

#define HEAD_BYTES 64

/* A file that did not grow for this long is looked at less often. */
#define ACTIVE_US (30 * G_USEC_PER_SEC)

/* A file that did not grow for this long gives its descriptor back. */
#define REST_US (2 * G_USEC_PER_SEC)

/* An open file takes a descriptor and half a megabyte. Those that were just read for
   the first time stay open while there are few, those that grow while there are not
   too many. */
#define MAX_NEW_OPEN 8
#define MAX_OPEN 128

/* A change within the same tick of the file system's clock as the last look at the
   file leaves no trace in its status: for so long after a stamp was first seen, and
   once after that, the file is read again. By our own clock, for that of a server
   may tell any time, and be set. */
#define CLOCK_TICK_US (50 * 1000)

/* What was written so long ago when it is first seen is not being written. */
#define OLD_US (2 * G_USEC_PER_SEC)

/* A live file may be caught half made: it is told of when it fails for good. */
#define N_TRIES_BEFORE_WARNING 3

/* What tells that a file is another one, or has changed. */
typedef struct
{
  guint64 device;
  guint64 inode;
  guint64 size_bytes;
  gint64  modified_ns;
  gint64  changed_ns;
  gint64  age_us;
} TfvFileStatus;

typedef struct
{
  char            *path;
  TfvFileStatus    status;
  const TfvFormat *format;
  TfvRunPart      *part;
  TfvFileReader   *reader;
  gint64           grown_us;
  gint64           noticed_us;
  guint            n_failures;
  gboolean         has_status;
  gboolean         is_settled;
  gboolean         has_more;
  gboolean         is_awake;
  gboolean         is_unseen;
  gboolean         is_gone;
} TfvRunFile;

/* How many files are held open, in all. */
static atomic_uint n_open;

struct _TfvRunLoader
{
  TfvRun     *run;
  GPtrArray  *files;
  GHashTable *by_path;
  TfvWarnFunc warn;
  gpointer    warn_data;
  gboolean    is_live;
};

static void
wake_file (TfvRunFile *file)
{
  if (!file->is_awake)
    atomic_fetch_add (&n_open, 1);
  file->is_awake = TRUE;
}

/* Notes that nothing is held open. */
static void
note_rest (TfvRunFile *file)
{
  if (file->is_awake)
    atomic_fetch_sub (&n_open, 1);
  file->is_awake = FALSE;
}

/* Gives descriptor and buffers back until there is more to read. */
static void
rest_file (TfvRunFile *file)
{
  if (!file->is_awake)
    return;
  note_rest (file);
  if (file->format->rest != NULL)
    file->format->rest (file->reader);
}

static void
close_file (TfvRunFile *file)
{
  note_rest (file);
  if (file->reader != NULL)
    file->format->close (file->reader);
  file->reader = NULL;
  file->has_more = FALSE;
}

static void
run_file_free (gpointer data)
{
  TfvRunFile *file = data;

  close_file (file);
  g_free (file->path);
  g_free (file);
}

/* Reads @run's files; @warn is told of those that can't be read. (transfer full) */
TfvRunLoader *
tfv_run_loader_new (TfvRun *run, TfvWarnFunc warn, gpointer warn_data)
{
  TfvRunLoader *self = g_new0 (TfvRunLoader, 1);

  self->run = g_object_ref (run);
  self->files = g_ptr_array_new_with_free_func (run_file_free);
  self->by_path = g_hash_table_new (g_str_hash, g_str_equal);
  self->warn = warn;
  self->warn_data = warn_data;
  return self;
}

void
tfv_run_loader_free (TfvRunLoader *self)
{
  g_hash_table_unref (self->by_path);
  g_ptr_array_unref (self->files);
  g_object_unref (self->run);
  g_free (self);
}

TfvRun *
tfv_run_loader_get_run (TfvRunLoader *self)
{
  return self->run;
}

/* Whether files are read that somebody may still write. */
void
tfv_run_loader_set_live (TfvRunLoader *self, gboolean is_live)
{
  self->is_live = is_live;
}

/* Adds a file, in the order of names; one that is there already is left alone. */
void
tfv_run_loader_add_file (TfvRunLoader *self, const char *path)
{
  TfvRunFile *file;
  guint       low = 0, high = self->files->len;

  if (g_hash_table_contains (self->by_path, path))
    return;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (strcmp (((TfvRunFile *) self->files->pdata[middle])->path, path) < 0)
        low = middle + 1;
      else
        high = middle;
    }
  file = g_new0 (TfvRunFile, 1);
  file->path = g_strdup (path);
  g_hash_table_add (self->by_path, file->path);
  g_ptr_array_insert (self->files, (int) low, file);
}

/* How many files are there; those that were deleted don't count. */
guint
tfv_run_loader_get_n_files (TfvRunLoader *self)
{
  return self->files->len;
}

/* How much there is to read, for who reads the largest first. */
guint64
tfv_run_loader_get_size_bytes (TfvRunLoader *self)
{
  guint64 size_bytes = 0;

  for (guint i = 0; i < self->files->len; i++)
    {
      struct stat status;

      if (stat (((TfvRunFile *) self->files->pdata[i])->path, &status) == 0)
        size_bytes += (guint64) status.st_size;
    }
  return size_bytes;
}

static gboolean
look (const char *path, TfvFileStatus *result)
{
  struct stat     status;
  struct timespec now;
  gint64          now_ns;

  if (stat (path, &status) != 0)
    return FALSE;
  clock_gettime (CLOCK_REALTIME, &now);
  now_ns = (gint64) now.tv_sec * 1000000000 + now.tv_nsec;
  *result = (TfvFileStatus){
    .device = status.st_dev,
    .inode = status.st_ino,
    .size_bytes = (guint64) status.st_size,
    .modified_ns = (gint64) status.st_mtim.tv_sec * 1000000000 + status.st_mtim.tv_nsec,
    .changed_ns = (gint64) status.st_ctim.tv_sec * 1000000000 + status.st_ctim.tv_nsec,
  };
  result->age_us = MAX (now_ns - result->modified_ns, 0) / 1000;
  return TRUE;
}

/* The first bytes of a file. -1 with errno set where it can't be opened. */
static gssize
read_head (const char *path, guint8 *head)
{
  int     fd = tfv_input_file_open (path);
  ssize_t n;

  if (fd < 0)
    return -1;
  n = pread (fd, head, HEAD_BYTES, 0);
  close (fd);
  return MAX (n, 0);
}

static void
fail_file (TfvRunLoader *self, TfvRunFile *file, const char *message)
{
  if (!self->is_live || ++file->n_failures == N_TRIES_BEFORE_WARNING)
    self->warn (self->warn_data, message);
}

/* Finds the file's format and begins to read it. */
static gboolean
open_file (TfvRunLoader *self, TfvRunFile *file)
{
  g_autofree char   *basename = g_path_get_basename (file->path);
  g_autoptr (GError) error = NULL;
  guint8             head[HEAD_BYTES];
  gssize             n_head = read_head (file->path, head);
  const char        *fault = n_head >= 0 ? "not an event file of a known format" : errno == ENOTSUP ? "not a regular file"
                                                                                                    : g_strerror (errno);

  file->format = n_head >= 0 ? tfv_format_find (basename, head, (gsize) n_head) : NULL;
  if (file->format == NULL)
    {
      g_autofree char *message = g_strdup_printf ("%s: %s", file->path, fault);

      fail_file (self, file, message);
      return FALSE;
    }
  file->format = tfv_sandbox_wrap (file->format);
  file->part = tfv_run_add_part (self->run, file->path, file->format);
  file->reader = file->format->open (file->path, file->part, &error);
  if (file->reader == NULL)
    {
      tfv_run_remove_part (self->run, file->part);
      file->part = NULL;
      fail_file (self, file, error->message);
      return FALSE;
    }
  return TRUE;
}

/* Forgets what was read of a file: it is gone, or has become another. */
static void
drop_file (TfvRunLoader *self, TfvRunFile *file)
{
  close_file (file);
  if (file->part != NULL)
    tfv_run_remove_part (self->run, file->part);
  file->part = NULL;
  file->has_status = FALSE;
  file->n_failures = 0;
}

/* A file never grows shorter, unless somebody works on it: it is read again. */
static void
handle_shrunk_file (TfvRunLoader *self, TfvRunFile *file, const TfvFileStatus *status)
{
  tfv_run_part_warn (file->part, "the file shrank from %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT " bytes and is read again", file->status.size_bytes, status->size_bytes);
  drop_file (self, file);
}

/* Whether the stamps differ. That of the status tells that a permission came back. */
static gboolean
has_new_stamp (const TfvRunFile *file, const TfvFileStatus *status)
{
  return !file->has_status || status->size_bytes != file->status.size_bytes || status->modified_ns != file->status.modified_ns || status->changed_ns != file->status.changed_ns;
}

static gboolean
has_changed (const TfvRunFile *file, const TfvFileStatus *status)
{
  gboolean is_tried_again = file->reader == NULL && file->n_failures > 0 && file->n_failures < N_TRIES_BEFORE_WARNING;

  return file->has_more || is_tried_again || !file->is_settled || has_new_stamp (file, status);
}

static void
note_status (TfvRunFile *file, const TfvFileStatus *status, gint64 now_us)
{
  gboolean is_old = !file->has_status && status->age_us > OLD_US;

  if (has_new_stamp (file, status))
    file->noticed_us = now_us;
  file->is_settled = is_old || now_us - file->noticed_us > CLOCK_TICK_US;
  file->status = *status;
  file->has_status = TRUE;
}

/* What can't be seen just now, for want of a permission or of a server, keeps what
   was read of it. */
static TfvPollResult
handle_unseen_file (TfvRunLoader *self, TfvRunFile *file, int code)
{
  g_autofree char *message = NULL;
  gboolean         had_part = file->part != NULL;

  file->is_gone = code == ENOENT || code == ENOTDIR || code == ELOOP;
  if (file->is_gone)
    {
      drop_file (self, file);
      return had_part ? TFV_POLL_CHANGED : 0;
    }
  if (!file->is_unseen)
    {
      message = g_strdup_printf ("%s: %s", file->path, g_strerror (code));
      self->warn (self->warn_data, message);
    }
  file->is_unseen = TRUE;
  return 0;
}

/* No writer is waited for: tells of what is left unfinished. */
static void
finish_file (TfvRunFile *file)
{
  if (file->is_awake && file->format->finish != NULL)
    file->format->finish (file->reader);
  rest_file (file);
}

/* Looks at one file and reads what is new in it. */
static TfvPollResult
poll_file (TfvRunLoader *self, TfvRunFile *file, gsize budget_bytes)
{
  TfvFileStatus status;
  TfvPollResult result = 0;
  gint64        now_us = g_get_monotonic_time ();
  guint64       n_appended;
  gboolean      is_new = FALSE, is_suspect = FALSE;

  if (!look (file->path, &status))
    return handle_unseen_file (self, file, errno);
  file->is_unseen = FALSE;
  if (file->has_status && (status.inode != file->status.inode || status.device != file->status.device))
    drop_file (self, file);
  else if (file->part != NULL && status.size_bytes < file->status.size_bytes)
    handle_shrunk_file (self, file, &status);

  if (!has_changed (file, &status))
    {
      if (now_us - file->grown_us > REST_US)
        rest_file (file);
      return now_us - file->grown_us < ACTIVE_US ? TFV_POLL_ACTIVE : 0;
    }
  /* What was read stays until there is more to read. */
  if (file->reader != NULL && tfv_sandbox_is_lost (file->format, file->reader))
    {
      is_suspect = tfv_sandbox_is_suspect (file->format, file->reader);
      drop_file (self, file);
    }
  note_status (file, &status, now_us);
  if (file->reader == NULL)
    {
      if (!open_file (self, file))
        return 0;
      if (is_suspect)
        tfv_sandbox_suspect (file->format, file->reader);
      is_new = TRUE;
      file->grown_us = now_us - MIN (status.age_us, ACTIVE_US);
      result |= TFV_POLL_CHANGED;
    }

  wake_file (file);
  n_appended = tfv_run_part_get_n_appended (file->part);
  /* What is lost now is read again at the next look. */
  file->has_more = file->format->poll (file->reader, budget_bytes) || tfv_sandbox_is_lost (file->format, file->reader);
  if (file->has_more)
    result |= TFV_POLL_HAS_MORE;
  if (tfv_run_part_get_n_appended (file->part) != n_appended)
    {
      /* What is read for the first time may have been there for years. */
      if (!is_new)
        file->grown_us = now_us;
      tfv_run_touch (self->run);
      result |= TFV_POLL_CHANGED;
    }
  if (!file->has_more && !self->is_live)
    finish_file (file);
  else if (!file->has_more && (now_us - file->grown_us > REST_US || atomic_load (&n_open) > (is_new ? MAX_NEW_OPEN : MAX_OPEN)))
    rest_file (file);
  if (now_us - file->grown_us < ACTIVE_US)
    result |= TFV_POLL_ACTIVE;
  return result;
}

static gboolean
is_worth_a_look (const TfvRunFile *file, gint64 now_us)
{
  return file->has_more || !file->has_status || now_us - file->grown_us < ACTIVE_US;
}

/* Reads on: files that grew lately, or all of them. While a file has more to
   read at once those after it wait, so that a run is read in order. */
TfvPollResult
tfv_run_loader_poll (TfvRunLoader *self, gboolean look_at_all, gsize budget_bytes)
{
  TfvPollResult result = 0;
  gint64        now_us = g_get_monotonic_time ();

  for (guint i = 0; i < self->files->len && (result & TFV_POLL_HAS_MORE) == 0; i++)
    {
      TfvRunFile *file = self->files->pdata[i];

      if (look_at_all || is_worth_a_look (file, now_us))
        result |= poll_file (self, file, budget_bytes);
    }
  for (guint i = self->files->len; i-- > 0;)
    {
      TfvRunFile *file = self->files->pdata[i];

      if (!file->is_gone)
        continue;
      g_hash_table_remove (self->by_path, file->path);
      g_ptr_array_remove_index (self->files, i);
    }
  return result;
}

/* No writer is waited for: tells of what is left unfinished. */
void
tfv_run_loader_finish (TfvRunLoader *self)
{
  for (guint i = 0; i < self->files->len; i++)
    finish_file (self->files->pdata[i]);
}
