/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* tfv-reader: the process that parses event files, so that what is wrong in them
 * stays in it. It is started by the library and of no use to anybody else. */

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "config.h"

#include "summaries/tfv-check-private.h"
#include "summaries/tfv-format-private.h"
#include "summaries/tfv-hdf5-private.h"
#include "summaries/tfv-input-file-private.h"
#include "summaries/tfv-part-recorder-private.h"
#include "summaries/tfv-reader-confinement-private.h"
#include "summaries/tfv-work-private.h"

typedef struct
{
  char            *path;
  int              fd;
  const TfvFormat *format;
  TfvFileReader   *reader;
  TfvRunPart      *part;
} File;

typedef struct
{
  guint8          *memory;
  TfvPartRecorder *recorder;
  GHashTable      *files;
} Reader;

static void
rest_file (File *file)
{
  if (file->fd >= 0)
    close (file->fd);
  file->fd = -1;
}

static void
file_free (gpointer data)
{
  File *file = data;

  tfv_input_file_give (file->path, file->fd);
  if (file->reader != NULL)
    file->format->close (file->reader);
  if (file->part != NULL)
    tfv_part_recorder_free_part (file->part);
  rest_file (file);
  g_free (file->path);
  g_free (file);
}

static const TfvFormat *
get_format (guint32 index)
{
  for (guint32 i = 0; tfv_formats[i] != NULL; i++)
    if (i == index)
      return tfv_formats[i];
  return NULL;
}

static void
fail (Reader *self, GError *error)
{
  g_autoptr (GError) owned = error;

  tfv_part_recorder_fail (self->recorder, owned);
}

static void
open_file (Reader *self, const TfvReaderRequest *request, File *file)
{
  g_autoptr (GError) error = NULL;

  file->part = tfv_part_recorder_new_part (self->recorder, file->path);
  file->reader = file->format->open (file->path, file->part, &error);
  if (file->reader == NULL)
    {
      g_hash_table_remove (self->files, GUINT_TO_POINTER (request->file));
      fail (self, g_steal_pointer (&error));
      return;
    }
  tfv_part_recorder_end (self->recorder, 0);
}

static void
read_blob (Reader *self, const TfvReaderRequest *request, const File *file)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = file->format->read_blob (file->path, request->offset, request->length, &error);

  if (bytes == NULL)
    {
      fail (self, g_steal_pointer (&error));
      return;
    }
  tfv_part_recorder_put_bytes (self->recorder, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  tfv_part_recorder_end (self->recorder, 0);
}

static void
check_file (Reader *self, const TfvReaderRequest *request, const File *file)
{
  g_autoptr (GError)   error = NULL;
  g_autoptr (GVariant) report = tfv_check_parse (file->path, request->flags != 0, &error);

  if (report == NULL)
    {
      fail (self, g_steal_pointer (&error));
      return;
    }
  tfv_part_recorder_put_bytes (self->recorder, g_variant_get_data (report), g_variant_get_size (report));
  tfv_part_recorder_end (self->recorder, 0);
}

/* Reads points into memory that comes with the request. */
static gboolean
fill_room (const TfvReaderRequest *request, const File *file, guint8 *room, GError **error)
{
  g_autofree TfvScalarLoad *loads = g_new0 (TfvScalarLoad, request->file);
  guint8                   *at = room + request->file * sizeof (TfvReaderLoad);

  for (guint32 i = 0; i < request->file; i++)
    {
      const TfvReaderLoad *load = (const TfvReaderLoad *) room + i;
      guint8              *columns = at;

      loads[i].place = load->place;
      loads[i].n_points = load->n_points;
      loads[i].step = (gint64 *) columns;
      loads[i].wall_time = (double *) (loads[i].step + load->n_points);
      if (load->value_type == TFV_SCALAR_VALUE_FLOAT32)
        loads[i].value32 = (float *) (loads[i].wall_time + load->n_points);
      else
        loads[i].value64 = loads[i].wall_time + load->n_points;
      if (load->value_type == TFV_SCALAR_VALUE_MIXED)
        loads[i].is_float32 = (guint8 *) (loads[i].value64 + load->n_points);
      at += tfv_reader_load_get_bytes (load->n_points, load->value_type);
    }
  return file->format->load_points (file->path, loads, request->file, NULL, error);
}

static void
load_points (Reader *self, const TfvReaderRequest *request, const File *file, int memory)
{
  g_autoptr (GError) error = NULL;
  guint8            *room = memory >= 0 ? mmap (NULL, request->length, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0) : MAP_FAILED;

  if (memory >= 0)
    close (memory);
  if (room == MAP_FAILED)
    {
      fail (self, g_error_new_literal (G_FILE_ERROR, G_FILE_ERROR_NOMEM, "there are more points than memory"));
      return;
    }
  if (fill_room (request, file, room, &error))
    tfv_part_recorder_end (self->recorder, 0);
  else
    fail (self, g_steal_pointer (&error));
  munmap (room, request->length);
}

/* A request for a file that is open. */
static void
serve_file (Reader *self, const TfvReaderRequest *request, File *file)
{
  gboolean result = FALSE;

  tfv_input_file_give (file->path, file->fd);
  switch (request->operation)
    {
    case TFV_READER_POLL:
      if (file->part->file_version == 0 && file->part->last_summary_step == -1)
        {
          file->part->file_version = request->file_version;
          file->part->last_summary_step = request->last_summary_step;
        }
      result = file->format->poll (file->reader, request->length);
      break;
    case TFV_READER_REST:
      if (file->format->rest != NULL)
        file->format->rest (file->reader);
      rest_file (file);
      break;
    case TFV_READER_FINISH:
      if (file->format->finish != NULL)
        file->format->finish (file->reader);
      break;
    case TFV_READER_CLOSE:
      g_hash_table_remove (self->files, GUINT_TO_POINTER (request->file));
      break;
    default:
      break;
    }
  tfv_part_recorder_end (self->recorder, result);
}

static File *
file_new (const TfvReaderRequest *request, const char *path, gsize n_path, int fd)
{
  File *file = g_new0 (File, 1);

  file->path = g_strndup (path, n_path);
  file->format = get_format (request->format);
  file->fd = fd;
  return file;
}

static void
serve (Reader *self, const TfvReaderRequest *request, const char *text, gsize n_text, int fd, int memory)
{
  File *file = g_hash_table_lookup (self->files, GUINT_TO_POINTER (request->file));

  tfv_part_recorder_begin (self->recorder);
  switch (request->operation)
    {
    case TFV_READER_OPEN:
      file = file_new (request, text, n_text, fd);
      g_hash_table_insert (self->files, GUINT_TO_POINTER (request->file), file);
      tfv_input_file_give (file->path, file->fd);
      open_file (self, request, file);
      break;
    case TFV_READER_READ_BLOB:
      file = file_new (request, text, n_text, fd);
      tfv_input_file_give (file->path, file->fd);
      read_blob (self, request, file);
      file_free (file);
      break;
    case TFV_READER_LOAD_POINTS:
      file = file_new (request, text, n_text, fd);
      tfv_input_file_give (file->path, file->fd);
      load_points (self, request, file, memory);
      file_free (file);
      break;
    case TFV_READER_CHECK:
      file = file_new (request, text, n_text, fd);
      tfv_input_file_give (file->path, file->fd);
      check_file (self, request, file);
      file_free (file);
      break;
    case TFV_READER_RELEASE:
    case TFV_READER_ANSWER:
      break;
    default:
      if (file == NULL)
        {
          if (fd >= 0)
            close (fd);
          fail (self, g_error_new_literal (G_FILE_ERROR, G_FILE_ERROR_BADF, "no such file"));
          break;
        }
      if (fd >= 0)
        {
          rest_file (file);
          file->fd = fd;
        }
      serve_file (self, request, file);
      break;
    }
}

/* Waits for a request. FALSE when the program is gone. */
static gboolean
receive (guint8 *packet, gsize *n_packet, int fds[2])
{
  union
  {
    char           bytes[CMSG_SPACE (2 * sizeof (int))];
    struct cmsghdr align;
  } control;
  struct iovec    vector = { packet, TFV_READER_PACKET_BYTES };
  struct msghdr   message = { .msg_iov = &vector, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes };
  struct cmsghdr *head;
  ssize_t         n;

  do
    n = recvmsg (TFV_READER_SOCKET_FD, &message, MSG_CMSG_CLOEXEC);
  while (n < 0 && errno == EINTR);
  if (n < (ssize_t) sizeof (TfvReaderRequest))
    return FALSE;

  *n_packet = (gsize) n;
  fds[0] = fds[1] = -1;
  head = CMSG_FIRSTHDR (&message);
  if (head != NULL && head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS)
    memcpy (fds, CMSG_DATA (head), MIN (head->cmsg_len - CMSG_LEN (0), 2 * sizeof *fds));
  return TRUE;
}

static void
say_hello (gboolean is_confined)
{
  static const char version[] = TFV_VERSION "/" TFV_READER_PROTOCOL;
  TfvReaderReply    hello = { .kind = TFV_READER_HELLO, .result = is_confined, .n_text = sizeof version };
  guint8            packet[sizeof hello + sizeof version];

  memcpy (packet, &hello, sizeof hello);
  memcpy (packet + sizeof hello, version, sizeof version);
  if (send (TFV_READER_SOCKET_FD, packet, sizeof packet, MSG_NOSIGNAL) < 0)
    _exit (0);
}

int
main (void)
{
  static guint8 packet[TFV_READER_PACKET_BYTES];
  Reader        self = { 0 };
  gsize         n_packet;
  int           fds[2];

  self.memory = mmap (NULL, TFV_READER_MEMORY_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, TFV_READER_MEMORY_FD, 0);
  if (self.memory == MAP_FAILED)
    {
      g_printerr ("tfv-reader: is started by programs that read event files, not by hand\n");
      return 2;
    }
  close (TFV_READER_MEMORY_FD);
  self.recorder = tfv_part_recorder_new (self.memory, TFV_READER_SOCKET_FD);
  self.files = g_hash_table_new_full (NULL, NULL, NULL, file_free);
  tfv_input_file_set_place (&((TfvReaderHeader *) self.memory)->place);
  /* Until it is given a file there is none that it may open. */
  tfv_input_file_give ("", -1);

  /* What a library looks for once it looks for now. */
  tfv_hdf5_lock ();
  tfv_hdf5_unlock ();
  tfv_work_keep_helper ();
  say_hello (tfv_reader_confine ());

  while (receive (packet, &n_packet, fds))
    {
      TfvReaderRequest request;

      memcpy (&request, packet, sizeof request);
      serve (&self, &request, (const char *) packet + sizeof request, MIN (request.n_text, n_packet - sizeof request), fds[0], fds[1]);
    }

  g_hash_table_unref (self.files);
  tfv_part_recorder_free (self.recorder);
  munmap (self.memory, TFV_READER_MEMORY_BYTES);
  return 0;
}
