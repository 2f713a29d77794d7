/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-sandbox-private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "summaries/tfv-check-private.h"
#include "summaries/tfv-error.h"
#include "summaries/tfv-input-file-private.h"
#include "summaries/tfv-part-replay-private.h"
#include "summaries/tfv-sandbox-pool-private.h"

/* The greatest thing that is read at once. */
#define MAX_BLOB_BYTES ((gsize) G_MAXINT32)
#define MAX_REPORT_BYTES ((gsize) 16 << 20)
/* What is waited for at least while a large file is read: 50 MB a second. */
#define NS_A_BYTE 20
/* A file of holes can be of any size. */
#define MAX_PATIENCE_NS (G_GINT64_CONSTANT (1) << 50)

#define MAX_ROOM_BYTES (G_GUINT64_CONSTANT (1) << 40)

/* A file that is read: by a process, or, where there can be none, by its format. */
typedef struct
{
  guint              format;
  char              *path;
  TfvRunPart        *part;
  TfvSandboxProcess *process;
  TfvPartReplay     *replay;
  guint32            file;
  gboolean           has_descriptor;
  gboolean           is_bad;
  /* Somebody ended a process that was reading it: once that is nobody's fault. */
  gboolean       is_suspect;
  TfvFileReader *reader;
} Reader;

/* What comes of a request. */
typedef struct
{
  const char    *path;
  TfvRunPart    *part;
  TfvPartReplay *replay;
  GByteArray    *bytes;
  gsize          most_bytes;
  GCancellable  *cancellable;
  /* One more than a descriptor. */
  int    memory;
  gint32 result;
} Exchange;

static int
open_file (const char *path, GError **error)
{
  int fd = tfv_input_file_open (path);

  if (fd < 0 && errno == ENOTSUP)
    g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_FORMAT, "%s: %s", path, g_file_test (path, G_FILE_TEST_IS_DIR) ? "is a folder; give the files in it" : "not a regular file");
  else if (fd < 0)
    g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_IO, "%s: cannot be opened: %s", path, g_strerror (errno));
  return fd;
}

static gboolean
fail_dead (TfvSandboxProcess *process, const Exchange *exchange, GError **error)
{
  if (g_cancellable_set_error_if_cancelled (exchange->cancellable, error))
    return FALSE;
  g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_CORRUPT, "%s: near byte %" G_GUINT64_FORMAT ": reading it ended the process that parses: %s",
               exchange->path, tfv_sandbox_process_get_place (process), process->epitaph);
  return FALSE;
}

static gboolean
take_half (TfvSandboxProcess *process, const Exchange *exchange, const TfvReaderReply *reply)
{
  const guint8 *half = process->memory + TFV_READER_HEADER_BYTES + (gsize) reply->half * TFV_READER_HALF_BYTES;

  if (exchange->replay != NULL)
    return tfv_part_replay_take (exchange->replay, half, reply->n_bytes);
  return exchange->bytes == NULL ? reply->n_bytes == 0 : tfv_part_replay_take_bytes (exchange->bytes, exchange->most_bytes, half, reply->n_bytes);
}

static void
answer_question (TfvSandboxProcess *process, const Exchange *exchange, const char *tag)
{
  TfvReaderRequest answer = { .operation = TFV_READER_ANSWER };
  g_autofree char *valid = g_utf8_make_valid (tag, -1);
  g_autofree char *plugin = exchange->part != NULL ? tfv_run_part_dup_plugin (exchange->part, valid) : NULL;
  g_autofree char *text = plugin != NULL ? g_strconcat ("=", plugin, NULL) : g_strdup ("");

  tfv_sandbox_process_send (process, &answer, text, -1, -1);
}

static void
set_told_error (const Exchange *exchange, const TfvSandboxReply *reply, GError **error)
{
  g_autofree char *message = g_utf8_make_valid (reply->text, -1);
  gint32           code = CLAMP (reply->head.result, TFV_STORE_ERROR_FORMAT, TFV_STORE_ERROR_CLOSED);
  gboolean         names_path = g_str_has_prefix (message, exchange->path);

  g_set_error (error, TFV_STORE_ERROR, code, "%s%s%s", names_path ? "" : exchange->path, names_path ? "" : ": ", message);
}

/* Sends a request and takes all that comes of it. The process is locked. FALSE
 * with an error where it fails, or the process dies of it. */
static gboolean
exchange_words (TfvSandboxProcess *process, TfvReaderRequest *request, const char *text, int fd, Exchange *exchange, GError **error)
{
  TfvSandboxReply reply;

  if (!tfv_sandbox_process_send (process, request, text, fd, exchange->memory - 1))
    return fail_dead (process, exchange, error);

  while (tfv_sandbox_process_receive (process, &reply, exchange->cancellable))
    {
      TfvReaderRequest release = { .operation = TFV_READER_RELEASE, .file = reply.head.half };

      switch (reply.head.kind)
        {
        case TFV_READER_BATCH:
        case TFV_READER_DONE:
          if (!take_half (process, exchange, &reply.head))
            break;
          exchange->result = reply.head.result;
          if (reply.head.kind == TFV_READER_DONE)
            return TRUE;
          tfv_sandbox_process_send (process, &release, NULL, -1, -1);
          continue;
        case TFV_READER_QUESTION:
          answer_question (process, exchange, reply.text);
          continue;
        case TFV_READER_FAILED:
          set_told_error (exchange, &reply, error);
          return FALSE;
        default:
          break;
        }
      tfv_sandbox_process_kill (process, "it does not keep to the rules");
    }
  return fail_dead (process, exchange, error);
}

/* Whether @self is not to blame for the end of its process, which is locked. */
static gboolean
is_excused (Reader *self)
{
  gboolean is_first = !self->is_suspect;

  if (!self->process->is_dead || !self->process->was_ended)
    return FALSE;
  self->is_suspect = TRUE;
  return is_first;
}

/* A request about an open file. FALSE where it ended the process: the file is
 * told of and not read any more. Where somebody else ended it, it is lost, once. */
static gboolean
ask (Reader *self, TfvReaderOperation operation, gsize budget_bytes, gint32 *result)
{
  TfvReaderRequest   request = { .operation = operation, .file = self->file, .length = budget_bytes };
  Exchange           exchange = { .path = self->path, .part = self->part, .replay = self->replay };
  g_autoptr (GError) error = NULL;
  int                fd = -1;
  gboolean           is_done;

  if (!tfv_sandbox_process_is_ours (self->process))
    return FALSE;
  if (operation == TFV_READER_POLL)
    tfv_run_part_get_event_state (self->part, &request.file_version, &request.last_summary_step);
  if (operation == TFV_READER_POLL && !self->has_descriptor)
    {
      fd = open_file (self->path, NULL);
      if (fd < 0)
        return FALSE;
    }

  g_mutex_lock (&self->process->lock);
  /* It may have died of another file: that is not this one's fault. */
  if (!tfv_sandbox_process_is_there (self->process))
    {
      g_mutex_unlock (&self->process->lock);
      if (fd >= 0)
        close (fd);
      return FALSE;
    }
  is_done = exchange_words (self->process, &request, NULL, fd, &exchange, &error);
  if (fd >= 0)
    close (fd);
  self->is_bad = !is_done && !is_excused (self);
  g_mutex_unlock (&self->process->lock);

  if (operation == TFV_READER_POLL)
    self->has_descriptor = TRUE;
  if (is_done)
    *result = exchange.result;
  else if (self->is_bad)
    tfv_run_part_warn (self->part, "%s", error->message + (g_str_has_prefix (error->message, self->path) ? strlen (self->path) + 2 : 0));
  return is_done;
}

static void
reader_free (Reader *self)
{
  if (self->process != NULL)
    {
      tfv_sandbox_pool_remove_file (self->process);
      tfv_sandbox_process_unref (self->process);
    }
  g_clear_pointer (&self->replay, tfv_part_replay_free);
  g_free (self->path);
  g_free (self);
}

static gboolean open_in_process (Reader *self, GError **error);

/* With another process, for this one is not there any more. */
static gboolean
try_again (Reader *self, GError **error)
{
  TfvSandboxProcess *other;

  tfv_sandbox_pool_remove_file (self->process);
  g_clear_pointer (&self->process, tfv_sandbox_process_unref);
  other = tfv_sandbox_pool_get (error);
  if (other == NULL)
    {
      if (error != NULL && *error == NULL)
        g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_IO, "%s: there is no process to parse it", self->path);
      return FALSE;
    }
  self->process = other;
  tfv_sandbox_pool_add_file (other);
  return open_in_process (self, error);
}

/* Has a process open the file. */
static gboolean
open_in_process (Reader *self, GError **error)
{
  TfvReaderRequest request = { .operation = TFV_READER_OPEN, .format = self->format };
  Exchange         exchange = { .path = self->path, .part = self->part, .replay = self->replay };
  int              fd = open_file (self->path, error);
  gboolean         is_open, is_lost;

  if (fd < 0)
    return FALSE;
  g_mutex_lock (&self->process->lock);
  if (!tfv_sandbox_process_is_there (self->process))
    {
      g_mutex_unlock (&self->process->lock);
      close (fd);
      return try_again (self, error);
    }
  self->file = request.file = self->process->next_file++;
  is_open = exchange_words (self->process, &request, self->path, fd, &exchange, error);
  is_lost = !is_open && is_excused (self);
  g_mutex_unlock (&self->process->lock);
  close (fd);
  if (is_lost)
    {
      g_clear_error (error);
      tfv_part_replay_free (self->replay);
      self->replay = tfv_part_replay_new (self->part);
      return try_again (self, error);
    }
  self->has_descriptor = TRUE;
  return is_open;
}

static TfvFileReader *
sandbox_open (guint format, const char *path, TfvRunPart *part, GError **error)
{
  g_autoptr (GError) failure = NULL;
  TfvSandboxProcess *process = tfv_sandbox_pool_get (&failure);
  Reader            *self;
  gboolean           is_open;

  if (failure != NULL)
    {
      g_propagate_prefixed_error (error, g_steal_pointer (&failure), "%s: ", path);
      return NULL;
    }
  self = g_new0 (Reader, 1);
  self->format = format;
  self->path = g_strdup (path);
  self->part = part;
  self->process = process;
  if (process != NULL)
    {
      tfv_sandbox_pool_add_file (process);
      self->replay = tfv_part_replay_new (part);
      is_open = open_in_process (self, error);
    }
  else
    {
      self->reader = tfv_formats[format]->open (path, part, error);
      is_open = self->reader != NULL;
    }
  if (is_open)
    return (TfvFileReader *) self;
  reader_free (self);
  return NULL;
}

static gboolean
sandbox_poll (TfvFileReader *reader, gsize budget_bytes)
{
  Reader *self = (Reader *) reader;
  gint32  result = FALSE;

  if (self->reader != NULL)
    return tfv_formats[self->format]->poll (self->reader, budget_bytes);
  if (self->is_bad || !ask (self, TFV_READER_POLL, budget_bytes, &result))
    return FALSE;
  /* All of it was read, and nothing happened. */
  if (result == 0)
    self->is_suspect = FALSE;
  return result != 0;
}

static void
sandbox_rest (TfvFileReader *reader)
{
  Reader *self = (Reader *) reader;
  gint32  result;

  if (self->reader != NULL && tfv_formats[self->format]->rest != NULL)
    tfv_formats[self->format]->rest (self->reader);
  else if (self->reader == NULL && !self->is_bad && self->has_descriptor)
    {
      self->has_descriptor = FALSE;
      ask (self, TFV_READER_REST, 0, &result);
    }
}

static void
sandbox_finish (TfvFileReader *reader)
{
  Reader *self = (Reader *) reader;
  gint32  result;

  if (self->reader != NULL && tfv_formats[self->format]->finish != NULL)
    tfv_formats[self->format]->finish (self->reader);
  else if (self->reader == NULL && !self->is_bad)
    ask (self, TFV_READER_FINISH, 0, &result);
}

static void
sandbox_close (TfvFileReader *reader)
{
  Reader          *self = (Reader *) reader;
  TfvReaderRequest request = { .operation = TFV_READER_CLOSE, .file = self->file };
  Exchange         exchange = { .path = self->path };

  if (self->reader != NULL)
    {
      tfv_formats[self->format]->close (self->reader);
    }
  else if (tfv_sandbox_process_is_ours (self->process))
    {
      g_mutex_lock (&self->process->lock);
      if (!self->process->is_dead)
        exchange_words (self->process, &request, NULL, -1, &exchange, NULL);
      g_mutex_unlock (&self->process->lock);
    }
  reader_free (self);
}

/* One request on a file that nobody keeps open, to a process that has the time.
 * FALSE without an error where there is no process; @was_ended tells that somebody
 * ended the one that there was. */
static gboolean
try_once (TfvReaderRequest *request, Exchange *exchange, gboolean *was_ended, GError **error)
{
  g_autoptr (GError) failure = NULL;
  TfvSandboxProcess *process = tfv_sandbox_pool_get_idle (&failure);
  gboolean           is_done = FALSE;
  struct stat        status;
  int                fd;

  if (process == NULL)
    {
      if (failure != NULL)
        g_propagate_prefixed_error (error, g_steal_pointer (&failure), "%s: ", exchange->path);
      return FALSE;
    }
  fd = open_file (exchange->path, error);
  if (fd >= 0)
    {
      /* All of a file may have to be read before there is a word to say. */
      process->extra_ns = tfv_input_file_stat_fd (fd, &status) ? MIN (status.st_size, MAX_PATIENCE_NS / NS_A_BYTE) * NS_A_BYTE : 0;
      if (exchange->memory > 0)
        tfv_sandbox_process_allow (process, request->length);
      is_done = exchange_words (process, request, exchange->path, fd, exchange, error);
      *was_ended = !is_done && process->is_dead && process->was_ended;
      close (fd);
    }
  g_mutex_unlock (&process->lock);
  tfv_sandbox_process_unref (process);
  return is_done;
}

/* The same, once more where somebody ended the process. */
static gboolean
ask_once (TfvReaderRequest *request, Exchange *exchange, GError **error)
{
  g_autoptr (GError) failure = NULL;
  gboolean           was_ended = FALSE;

  if (try_once (request, exchange, &was_ended, &failure))
    return TRUE;
  if (was_ended)
    {
      g_clear_error (&failure);
      if (exchange->bytes != NULL)
        g_byte_array_set_size (exchange->bytes, 0);
      if (try_once (request, exchange, &was_ended, &failure))
        return TRUE;
    }
  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

static TfvScalarValueType
get_value_type (const TfvScalarLoad *load)
{
  if (load->value32 != NULL)
    return TFV_SCALAR_VALUE_FLOAT32;
  return load->is_float32 != NULL ? TFV_SCALAR_VALUE_MIXED : TFV_SCALAR_VALUE_FLOAT64;
}

static GBytes *
sandbox_read_blob (guint format, const char *path, guint64 offset, guint64 length_bytes, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GError)     failure = NULL;
  TfvReaderRequest       request = { .operation = TFV_READER_READ_BLOB, .format = format, .offset = offset, .length = length_bytes };
  Exchange               exchange = { .path = path, .bytes = bytes, .most_bytes = MAX_BLOB_BYTES };

  if (ask_once (&request, &exchange, &failure))
    return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
  if (failure == NULL)
    return tfv_formats[format]->read_blob (path, offset, length_bytes, error);
  g_propagate_error (error, g_steal_pointer (&failure));
  return NULL;
}

/* Memory that both have, for @n_loads loads. NULL with an error where there is none. */
static guint8 *
make_room (const TfvScalarLoad *loads, guint n_loads, gsize *n_bytes, int *fd, GError **error)
{
  guint64 n = n_loads * sizeof (TfvReaderLoad);
  guint8 *room = MAP_FAILED;

  for (guint i = 0; i < n_loads && n <= MAX_ROOM_BYTES; i++)
    n += loads[i].n_points <= MAX_ROOM_BYTES ? tfv_reader_load_get_bytes (loads[i].n_points, get_value_type (&loads[i])) : MAX_ROOM_BYTES + 1;
  *n_bytes = n;
  *fd = n <= MAX_ROOM_BYTES ? memfd_create ("tfv-points", MFD_CLOEXEC | MFD_ALLOW_SEALING) : -1;
  if (*fd >= 0 && ftruncate (*fd, (off_t) n) == 0 && fcntl (*fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0)
    room = mmap (NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, *fd, 0);
  if (room != MAP_FAILED)
    return room;
  g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_IO, "no memory for %" G_GUINT64_FORMAT " bytes of points", n);
  if (*fd >= 0)
    close (*fd);
  return NULL;
}

static void
copy_points (const TfvScalarLoad *load, const guint8 *columns)
{
  gsize n = load->n_points;

  memcpy (load->step, columns, n * sizeof *load->step);
  columns += n * sizeof *load->step;
  memcpy (load->wall_time, columns, n * sizeof *load->wall_time);
  columns += n * sizeof *load->wall_time;
  if (load->value32 != NULL)
    {
      memcpy (load->value32, columns, n * sizeof *load->value32);
      return;
    }
  memcpy (load->value64, columns, n * sizeof *load->value64);
  columns += n * sizeof *load->value64;
  for (gsize i = 0; load->is_float32 != NULL && i < n; i++)
    load->is_float32[i] = columns[i] != 0;
}

static gboolean
sandbox_load_points (guint format, const char *path, const TfvScalarLoad *loads, guint n_loads, GCancellable *cancellable, GError **error)
{
  TfvReaderRequest   request = { .operation = TFV_READER_LOAD_POINTS, .format = format, .file = n_loads };
  Exchange           exchange = { .path = path, .cancellable = cancellable };
  g_autoptr (GError) failure = NULL;
  gsize              n_bytes, at = n_loads * sizeof (TfvReaderLoad);
  int                fd;
  guint8            *room;
  gboolean           is_loaded;

  if (tfv_formats[format]->load_points == NULL)
    {
      g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_FORMAT, "%s: has no points that are read later", path);
      return FALSE;
    }
  room = make_room (loads, n_loads, &n_bytes, &fd, error);
  if (room == NULL)
    return FALSE;
  for (guint i = 0; i < n_loads; i++)
    ((TfvReaderLoad *) room)[i] = (TfvReaderLoad){ loads[i].place, loads[i].n_points, get_value_type (&loads[i]), 0 };
  exchange.memory = fd + 1;
  request.length = n_bytes;
  is_loaded = ask_once (&request, &exchange, &failure);
  for (guint i = 0; is_loaded && i < n_loads; i++)
    {
      copy_points (&loads[i], room + at);
      at += tfv_reader_load_get_bytes (loads[i].n_points, get_value_type (&loads[i]));
    }
  munmap (room, n_bytes);
  close (fd);
  if (is_loaded)
    return TRUE;
  if (failure == NULL)
    return tfv_formats[format]->load_points (path, loads, n_loads, cancellable, error);
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

/* A function of a format does not know whose it is: each wrapped format has its
 * own. */
#define WRAPPED(n)                                                                                                                         \
  static gboolean matches_##n (const char *basename, const guint8 *head, gsize n_head)                                                     \
  {                                                                                                                                        \
    return tfv_formats[n]->matches (basename, head, n_head);                                                                               \
  }                                                                                                                                        \
  static TfvFileReader *open_##n (const char *path, TfvRunPart *part, GError **error)                                                      \
  {                                                                                                                                        \
    return sandbox_open (n, path, part, error);                                                                                            \
  }                                                                                                                                        \
  static GBytes *read_blob_##n (const char *path, guint64 offset, guint64 length_bytes, GError **error)                                    \
  {                                                                                                                                        \
    return sandbox_read_blob (n, path, offset, length_bytes, error);                                                                       \
  }                                                                                                                                        \
  static gboolean load_points_##n (const char *path, const TfvScalarLoad *loads, guint n_loads, GCancellable *cancellable, GError **error) \
  {                                                                                                                                        \
    return sandbox_load_points (n, path, loads, n_loads, cancellable, error);                                                              \
  }

#define WRAPPER(n)                  \
  {                                 \
    .name = "sandboxed",            \
    .matches = matches_##n,         \
    .open = open_##n,               \
    .poll = sandbox_poll,           \
    .rest = sandbox_rest,           \
    .finish = sandbox_finish,       \
    .close = sandbox_close,         \
    .read_blob = read_blob_##n,     \
    .load_points = load_points_##n, \
  }

WRAPPED (0)
WRAPPED (1)

static const TfvFormat wrappers[] = { WRAPPER (0), WRAPPER (1) };

/* The format whose files a process of its own parses for @format; @format itself
 * where it is of another package, which the process does not have. */
const TfvFormat *
tfv_sandbox_wrap (const TfvFormat *format)
{
  for (guint i = 0; i < G_N_ELEMENTS (wrappers) && tfv_formats[i] != NULL; i++)
    if (tfv_formats[i] == format)
      return &wrappers[i];
  return format;
}

static gboolean
is_wrapper (const TfvFormat *format)
{
  return format >= wrappers && format < wrappers + G_N_ELEMENTS (wrappers);
}

/* Whether the process that had the file died of another one, or is another's since a
 * fork, with the place up to which this one was read: it has to be read again. */
gboolean
tfv_sandbox_is_lost (const TfvFormat *format, TfvFileReader *reader)
{
  Reader *self = (Reader *) reader;

  return is_wrapper (format) && self->process != NULL && !self->is_bad && (self->process->is_dead || !tfv_sandbox_process_is_ours (self->process));
}

/* Whether it died while this file was read, which is nobody's fault the first time. */
gboolean
tfv_sandbox_is_suspect (const TfvFormat *format, TfvFileReader *reader)
{
  return is_wrapper (format) && ((Reader *) reader)->is_suspect;
}

/* Passes that on to who reads the file again. */
void
tfv_sandbox_suspect (const TfvFormat *format, TfvFileReader *reader)
{
  if (is_wrapper (format))
    ((Reader *) reader)->is_suspect = TRUE;
}

/* What tfv_check_parse() tells of a file. (transfer full) */
GVariant *
tfv_sandbox_check (const char *path, gboolean is_brief, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GBytes)     report = NULL;
  g_autoptr (GVariant)   dictionary = NULL;
  g_autoptr (GError)     failure = NULL;
  TfvReaderRequest       request = { .operation = TFV_READER_CHECK, .flags = (guint32) is_brief };
  Exchange               exchange = { .path = path, .bytes = bytes, .most_bytes = MAX_REPORT_BYTES };

  if (!ask_once (&request, &exchange, &failure))
    {
      if (failure == NULL)
        return tfv_check_parse (path, is_brief, error);
      g_propagate_error (error, g_steal_pointer (&failure));
      return NULL;
    }
  report = g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
  dictionary = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE_VARDICT, report, FALSE));
  if (g_variant_is_normal_form (dictionary))
    return g_steal_pointer (&dictionary);
  g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_CORRUPT, "%s: what was found out about it makes no sense", path);
  return NULL;
}

/* How files are parsed, in words that go on "event files are parsed …". */
const char *
tfv_sandbox_get_state (void)
{
  return tfv_sandbox_pool_get_state ();
}
