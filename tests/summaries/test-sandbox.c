/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "config.h"
#include "event-writer-private.h"
#include "summaries/tfv-error.h"
#include "summaries/tfv-format-private.h"
#include "summaries/tfv-part-recorder-private.h"
#include "summaries/tfv-part-replay-private.h"
#include "summaries/tfv-reader-confinement-private.h"
#include "summaries/tfv-run-loader-private.h"
#include "summaries/tfv-run-private.h"
#include "summaries/tfv-sandbox-private.h"
#include "summaries/tfv-sandbox-process-private.h"

#define WAIT_US (20 * G_USEC_PER_SEC)
#define NS_PER_S G_GINT64_CONSTANT (1000000000)

/* Our processes tfv-reader, without those in state @but. */
static GArray *
find_readers (char but)
{
  GArray          *pids = g_array_new (FALSE, FALSE, sizeof (pid_t));
  g_autoptr (GDir) processes = g_dir_open ("/proc", 0, NULL);
  const char      *name;

  while ((name = g_dir_read_name (processes)) != NULL)
    {
      g_autofree char *path = g_build_filename ("/proc", name, "stat", NULL);
      g_autofree char *status = NULL;
      int              pid, parent;
      char             state;

      if (!g_ascii_isdigit (*name) || !g_file_get_contents (path, &status, NULL, NULL))
        continue;
      if (sscanf (status, "%d (tfv-reader) %c %d", &pid, &state, &parent) == 3 && parent == getpid () && state != 'Z' && state != but)
        g_array_append_val (pids, pid);
    }
  return pids;
}

static void
signal_readers (int number)
{
  g_autoptr (GArray) readers = find_readers ('Z');

  for (guint i = 0; i < readers->len; i++)
    kill (g_array_index (readers, pid_t, i), number);
}

static gboolean
has_readers (void)
{
  g_autoptr (GArray) readers = find_readers ('Z');

  return readers->len > 0;
}

/* Has them stand still, and waits until they do: one that is about to may still
 * take a request. */
static void
stop_readers (void)
{
  gboolean is_any;

  signal_readers (SIGSTOP);
  do
    {
      g_autoptr (GArray) moving = find_readers ('T');

      is_any = moving->len > 0;
      g_usleep (is_any ? 1000 : 0);
    }
  while (is_any);
}

/* What a process that is confined can do that it should not, or 0. */
static int
find_hole (void)
{
  char *const argv[] = { (char *) "true", NULL };
  int         pair[2];

  if (open ("/etc/passwd", O_RDONLY) >= 0)
    return 1;
  if (socket (AF_UNIX, SOCK_STREAM, 0) >= 0 || socketpair (AF_UNIX, SOCK_STREAM, 0, pair) == 0)
    return 2;
  if (execv ("/bin/true", argv) == 0)
    return 3;
  if (fork () >= 0)
    return 4;
  if (kill (getppid (), 0) == 0)
    return 5;
  if (mmap (NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED)
    return 6;
  /* Who owns a descriptor gets signals; a lock keeps others from writing. */
  if (fcntl (STDIN_FILENO, F_SETOWN, getppid ()) == 0 || fcntl (STDIN_FILENO, F_SETFL, O_ASYNC) == 0 || errno != EPERM)
    return 9;
  if (unlink ("/tmp/there is no such file") == 0 || errno != EPERM)
    return 7;
  /* What parsing needs still works. */
  return mmap (NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? 8 : 0;
}

static void
test_confinement (void)
{
  int   status = 0;
  pid_t child = fork ();

  if (child == 0)
    _exit (tfv_reader_confine () ? find_hole () : 77);
  waitpid (child, &status, 0);
  g_assert_true (WIFEXITED (status));
  if (WEXITSTATUS (status) == 77)
    g_test_skip ("the system, or a sanitizer, does not let a process be confined");
  else
    g_assert_cmpint (WEXITSTATUS (status), ==, 0);
}

/* A run of two files that are followed. Everything happens when it is polled. */
typedef struct
{
  char         *folder;
  char         *paths[2];
  TfvRun       *run;
  TfvRunLoader *loader;
} Fixture;

static void
poll_all (Fixture *fixture)
{
  while ((tfv_run_loader_poll (fixture->loader, TRUE, 1 << 20) & TFV_POLL_HAS_MORE) != 0)
    ;
}

static void
never_warn (gpointer data, const char *warning)
{
  g_error ("%s", warning);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  /* What is old is not looked at twice for having been written just now. */
  struct timeval long_ago[2] = { { .tv_sec = 1600000000 }, { .tv_sec = 1600000000 } };

  fixture->folder = make_folder ();
  fixture->run = tfv_run_new (".", fixture->folder);
  fixture->loader = tfv_run_loader_new (fixture->run, never_warn, NULL);
  tfv_run_loader_set_live (fixture->loader, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (fixture->paths); i++)
    {
      g_autofree char *tag = g_strdup_printf ("%u", i);

      fixture->paths[i] = g_strdup_printf ("%s/events.out.tfevents.%u", fixture->folder, i);
      write_version (fixture->paths[i], 1, "brain.Event:2");
      write_scalar (fixture->paths[i], 2, 0, tag, 1);
      g_assert_cmpint (utimes (fixture->paths[i], long_ago), ==, 0);
      tfv_run_loader_add_file (fixture->loader, fixture->paths[i]);
    }
  poll_all (fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  tfv_run_loader_free (fixture->loader);
  g_object_unref (fixture->run);
  remove_tree (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->paths[0]);
  g_free (fixture->paths[1]);
}

/* Appends the point of step 1 to a file. */
static void
write_more (Fixture *fixture, guint index)
{
  g_autofree char *tag = g_strdup_printf ("%u", index);

  write_scalar (fixture->paths[index], 3, 1, tag, 2);
}

static guint64
count_points (Fixture *fixture, guint index)
{
  g_autofree char   *name = g_strdup_printf ("%u", index);
  g_autoptr (TfvTag) tag = tfv_run_ensure_tag (fixture->run, name, TFV_RECORD_SCALAR, NULL);
  TfvTagSummary      summary = { 0 };

  tfv_tag_get_summary (tag, &summary);
  return summary.count;
}

/* The first warning, or NULL. */
static char *
dup_warning (Fixture *fixture)
{
  g_auto (GStrv) warnings = tfv_run_dup_warnings (fixture->run);

  return g_strdup (warnings[0]);
}

static gboolean
is_sandboxed (void)
{
  if (strstr (tfv_sandbox_get_state (), "in this process") == NULL)
    return TRUE;
  g_test_skip ("there is no tfv-reader");
  return FALSE;
}

/* Whether a request waits for a process that does not take it. */
static gboolean
has_request (void)
{
  for (int fd = 0; fd < 256; fd++)
    {
      int       type = 0, n_bytes = 0;
      socklen_t length = sizeof type;

      if (getsockopt (fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0 && type == SOCK_SEQPACKET && ioctl (fd, SIOCOUTQ, &n_bytes) == 0 && n_bytes > 0)
        return TRUE;
    }
  return FALSE;
}

/* Ends the processes, which stand still, as soon as one is asked for something:
 * in the midst of work. */
static gpointer
end_at_work (gpointer number)
{
  gint64 deadline_us = g_get_monotonic_time () + WAIT_US;

  while (!has_request () && g_get_monotonic_time () < deadline_us)
    g_usleep (1000);
  signal_readers (GPOINTER_TO_INT (number));
  signal_readers (SIGCONT);
  return NULL;
}

/* A file grows, and while that is read the process gets the signal. */
static void
poll_and_end (Fixture *fixture, int number)
{
  GThread *thread;

  stop_readers ();
  thread = g_thread_new (NULL, end_at_work, GINT_TO_POINTER (number));
  /* Until that has happened. */
  tfv_run_loader_poll (fixture->loader, TRUE, 1 << 20);
  g_thread_join (thread);
}

/* A file in whose reading the process dies is told of; the others go on. */
static void
test_crash (Fixture *fixture, gconstpointer data)
{
  g_autofree char *warning = NULL;

  if (!is_sandboxed ())
    return;
  write_more (fixture, 0);
  poll_and_end (fixture, SIGTRAP);

  warning = dup_warning (fixture);
  g_assert_nonnull (warning);
  g_assert_true (g_str_has_prefix (warning, fixture->paths[0]));
  g_assert_nonnull (strstr (warning, "ended the process that parses"));
  /* What was read of it stays, and it is not read any more. */
  write_more (fixture, 0);
  write_more (fixture, 1);
  poll_all (fixture);
  g_assert_cmpuint (count_points (fixture, 0), ==, 1);
  g_assert_cmpuint (count_points (fixture, 1), ==, 2);
}

/* Somebody ends a process that reads: once that is no file's fault. */
static void
test_ended_at_work (Fixture *fixture, gconstpointer data)
{
  g_autofree char *first = NULL;

  if (!is_sandboxed ())
    return;
  write_more (fixture, 0);
  poll_and_end (fixture, SIGKILL);
  poll_all (fixture);
  first = dup_warning (fixture);
  g_assert_null (first);
  g_assert_cmpuint (count_points (fixture, 0), ==, 2);

  /* It was forgiven, and is again. */
  write_more (fixture, 0);
  poll_and_end (fixture, SIGTERM);
  poll_all (fixture);
  g_assert_cmpuint (count_points (fixture, 0), ==, 3);
}

/* Whoever is at work twice when that happens is told of. */
static void
test_ended_twice (Fixture *fixture, gconstpointer data)
{
  g_autofree char *warning = NULL;
  g_autofree char *basename = g_path_get_basename (fixture->paths[0]);
  const TfvFormat *format = tfv_sandbox_wrap (tfv_format_find (basename, (const guint8 *) "", 0));

  if (!is_sandboxed ())
    return;
  for (guint i = 0; i < 2; i++)
    {
      TfvRunPart    *part = tfv_run_add_part (fixture->run, fixture->paths[0], format);
      TfvFileReader *reader = format->open (fixture->paths[0], part, NULL);
      GThread       *thread;

      g_assert_nonnull (reader);
      if (i > 0)
        tfv_sandbox_suspect (format, reader);
      stop_readers ();
      thread = g_thread_new (NULL, end_at_work, GINT_TO_POINTER (SIGKILL));
      g_assert_false (format->poll (reader, 1 << 20));
      g_thread_join (thread);
      g_assert_true (tfv_sandbox_is_suspect (format, reader));
      g_assert_true (tfv_sandbox_is_lost (format, reader) == (i == 0));
      format->close (reader);
      tfv_run_remove_part (fixture->run, part);
    }
  warning = dup_warning (fixture);
  g_assert_nonnull (warning);
  g_assert_nonnull (strstr (warning, "Killed"));
}

static void
test_hang (Fixture *fixture, gconstpointer data)
{
  g_autofree char *warning = NULL;

  if (!is_sandboxed ())
    return;
  stop_readers ();
  write_more (fixture, 0);
  tfv_sandbox_process_set_patience (NS_PER_S, NS_PER_S / 4);
  tfv_run_loader_poll (fixture->loader, TRUE, 1 << 20);
  tfv_sandbox_process_set_patience (10 * NS_PER_S, 30 * NS_PER_S);
  signal_readers (SIGCONT);

  warning = dup_warning (fixture);
  g_assert_nonnull (warning);
  g_assert_nonnull (strstr (warning, "it came to no end"));
  write_more (fixture, 1);
  poll_all (fixture);
  g_assert_cmpuint (count_points (fixture, 1), ==, 2);
}

/* A process that somebody ended while it had nothing to do: nobody's fault. */
static void
test_ended (Fixture *fixture, gconstpointer data)
{
  g_autofree char *warning = NULL;

  if (!is_sandboxed ())
    return;
  signal_readers (SIGKILL);
  while (has_readers ())
    g_usleep (1000);
  for (guint i = 0; i < 2; i++)
    write_more (fixture, i);
  poll_all (fixture);
  for (guint i = 0; i < 2; i++)
    g_assert_cmpuint (count_points (fixture, i), ==, 2);
  warning = dup_warning (fixture);
  g_assert_null (warning);
}

/* A child that was forked leaves the processes to its parent, and reads with others. */
static void
test_fork (Fixture *fixture, gconstpointer data)
{
  g_autofree char *warning = NULL;
  int              status = 0;
  pid_t            child;

  if (!is_sandboxed ())
    return;
#ifdef __SANITIZE_THREAD__
  g_test_skip ("no child reads under ThreadSanitizer");
  return;
#endif
  write_more (fixture, 0);
  child = fork ();
  if (child == 0)
    {
      gboolean is_read;

      poll_all (fixture);
      is_read = count_points (fixture, 0) == 2;
      tfv_run_loader_free (fixture->loader);
      _exit (is_read ? 0 : 1);
    }
  waitpid (child, &status, 0);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 0);
  g_assert_true (has_readers ());
  poll_all (fixture);
  warning = dup_warning (fixture);
  g_assert_null (warning);
  g_assert_cmpuint (count_points (fixture, 0), ==, 2);
}

/* Starts this program in place of tfv-reader, as that of @name in lie(). */
static TfvSandboxProcess *
start_liar (const char *name, GError **error)
{
  g_autofree char   *folder = make_folder ();
  g_autofree char   *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char   *path = g_build_filename (folder, name, NULL);
  TfvSandboxProcess *process;

  g_assert_cmpint (symlink (self, path), ==, 0);
  process = tfv_sandbox_process_start (path, error);
  remove_tree (folder);
  return process;
}

/* What a process may do that was taken over, or that is another program. */
static int
lie (void)
{
  g_autofree char *name = g_path_get_basename ((const char *) getauxval (AT_EXECFN));
  gboolean         is_old = strcmp (name, "old") == 0;
  const char      *version = is_old ? "0.0.1/0" : TFV_VERSION "/" TFV_READER_PROTOCOL;
  TfvReaderReply   hello = { .kind = TFV_READER_HELLO, .n_text = (guint32) strlen (version) };
  guint8           packet[sizeof hello + 64];

  memcpy (packet, &hello, sizeof hello);
  memcpy (packet + sizeof hello, version, strlen (version));
  send (TFV_READER_SOCKET_FD, packet, sizeof hello + strlen (version), MSG_NOSIGNAL);
  /* It reads nothing that is sent. */
  pause ();
  return 0;
}

static void
test_other_version (void)
{
  g_autoptr (GError)            error = NULL;
  g_autoptr (TfvSandboxProcess) process = start_liar ("old", &error);

  g_assert_null (process);
  g_assert_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_IO);
  g_assert_nonnull (strstr (error->message, "is of another version"));
}

static void
test_deaf (void)
{
  g_autoptr (GError)            error = NULL;
  g_autoptr (TfvSandboxProcess) process = start_liar ("deaf", &error);
  TfvReaderRequest              release = { .operation = TFV_READER_RELEASE };
  guint                         n = 0;

  g_assert_no_error (error);
  while (n < 100000 && tfv_sandbox_process_send (process, &release, NULL, -1, -1))
    n++;
  g_assert_cmpuint (n, >, 0);
  g_assert_cmpuint (n, <, 100000);
  g_assert_cmpstr (process->epitaph, ==, "it does not keep to the rules");
}

/* Everything that a format can tell a part. */
static void
tell (TfvRunPart *part)
{
  TfvTagPart *loss = tfv_run_part_add_tag (part, "loss", -1, TFV_RECORD_SCALAR, "scalars");
  TfvTagPart *text = tfv_run_part_add_tag (part, "text", -1, TFV_RECORD_TEXT, NULL);
  TfvSpan     span = { .duration_ns = 1, .name = 1, .lane = 2 };
  TfvCounter  counter = { .series = 1 };
  TfvFlow     flow = { .name = 1, .phase = TFV_FLOW_START };
  TfvMarker   marker = { .name = 1, .scope = TFV_MARKER_LANE };
  char       *fault = NULL;

  tfv_run_part_set_start_time (part, 12);
  tfv_run_part_set_clock_offset_ns (part, 5);
  tfv_tag_part_set_display (loss, "Loss", "what is *lost*");
  for (gint64 step = 0; step < 300; step++)
    {
      tfv_tag_part_append_scalar_float (loss, step, 1, (float) step);
      if (step % 100 == 50)
        tfv_run_part_restart (part, step - 10);
      if (step % 7 == 0)
        tfv_tag_part_append_scalar (loss, step, 1, 0.1);
      tfv_tag_part_append_blob (text, step, 1, (guint64) step * 10, 10);
    }
  tfv_tag_part_restart (loss, 200);
  tfv_run_part_set_string (part, 1, TFV_STRING_NAME, "matmul", -1, 0);
  tfv_run_part_set_string (part, 2, TFV_STRING_LANE, "stream", -1, 0);
  for (guint i = 0; i < 10; i++)
    {
      tfv_run_part_append_span (part, &span);
      tfv_run_part_append_counter (part, &counter);
      tfv_run_part_append_flow (part, &flow);
      tfv_run_part_append_marker (part, &marker);
    }
  tfv_run_part_set_n_dropped (part, 3);
  tfv_run_part_set_hparams (part, g_variant_new_parsed ("{'rate': <0.5>}"));
  tfv_run_part_warn (part, "something is wrong");
  tfv_run_part_warn_counted (part, &fault, "often", 1, 1);
  tfv_run_part_warn_counted (part, &fault, "often", 1, 2);
  tfv_run_part_set_event_state (part, 2, 300);
  g_free (fault);
}

static char *
describe (TfvRun *run)
{
  GString              *text = g_string_new (NULL);
  g_autoptr (GPtrArray) tags = tfv_run_dup_tags (run);
  g_auto (GStrv)        warnings = tfv_run_dup_warnings (run);
  TfvSpanTable         *spans = tfv_run_peek_spans (run);

  for (guint i = 0; i < tags->len; i++)
    {
      TfvScalarSeries *series = tfv_tag_get_series (tags->pdata[i]);
      TfvTagSummary    summary;

      tfv_tag_get_summary (tags->pdata[i], &summary);
      g_string_append_printf (text, "%s %s %" G_GUINT64_FORMAT " %" G_GINT64_FORMAT "\n", tfv_tag_get_name (tags->pdata[i]), tfv_record_kind_to_string (tfv_tag_get_kind (tags->pdata[i])), summary.count, summary.last_step);
      if (series != NULL)
        {
          g_autoptr (TfvScalarView) all = tfv_scalar_series_snapshot (series, TFV_SCALAR_VIEW_ALL);
          g_autoptr (TfvScalarView) purged = tfv_scalar_series_snapshot (series, TFV_SCALAR_VIEW_PURGED);

          g_string_append_printf (text, "%" G_GSIZE_FORMAT " %" G_GSIZE_FORMAT "\n", (gsize) all->n_points, (gsize) purged->n_points);
        }
    }
  for (guint i = 0; warnings[i] != NULL; i++)
    g_string_append_printf (text, "%s\n", warnings[i]);
  g_string_append_printf (text, "%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT "\n", (guint64) tfv_span_table_get_n_spans (spans), tfv_run_get_n_dropped (run));
  return g_string_free (text, FALSE);
}

static const TfvFormat no_format = { .name = "none" };

/* What is told to a part comes out the same when it is recorded and replayed. */
static void
record (guint8 *memory, gsize *n_bytes)
{
  int              sockets[2];
  TfvPartRecorder *recorder;
  TfvRunPart      *part;
  TfvReaderReply   reply;

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets), ==, 0);
  recorder = tfv_part_recorder_new (memory, sockets[1]);
  tfv_part_recorder_begin (recorder);
  part = tfv_part_recorder_new_part (recorder, "file");
  tell (part);
  tfv_part_recorder_end (recorder, 0);
  g_assert_cmpint (recv (sockets[0], &reply, sizeof reply, 0), ==, sizeof reply);
  g_assert_cmpuint (reply.kind, ==, TFV_READER_DONE);
  g_assert_cmpuint (reply.half, ==, 0);
  *n_bytes = reply.n_bytes;
  tfv_part_recorder_free_part (part);
  tfv_part_recorder_free (recorder);
  close (sockets[0]);
  close (sockets[1]);
}

static gboolean
replay (TfvRun *run, const guint8 *bytes, gsize n_bytes)
{
  TfvPartReplay *part = tfv_part_replay_new (tfv_run_add_part (run, "file", &no_format));
  gboolean       is_whole = tfv_part_replay_take (part, bytes, n_bytes);

  tfv_part_replay_free (part);
  return is_whole;
}

static void
test_replay (void)
{
  g_autofree guint8 *memory = g_malloc0 (TFV_READER_MEMORY_BYTES);
  g_autoptr (TfvRun) told = tfv_run_new (".", ".");
  g_autoptr (TfvRun) replayed = tfv_run_new (".", ".");
  g_autofree char   *expected = NULL;
  g_autofree char   *found = NULL;
  gsize              n_bytes;

  tell (tfv_run_add_part (told, "file", &no_format));
  record (memory, &n_bytes);
  g_assert_true (replay (replayed, memory + TFV_READER_HEADER_BYTES, n_bytes));
  expected = describe (told);
  found = describe (replayed);
  g_assert_cmpstr (found, ==, expected);
}

/* A process that was taken over may say anything. */
static void
test_lies (void)
{
  g_autofree guint8 *memory = g_malloc0 (TFV_READER_MEMORY_BYTES);
  g_autofree guint8 *bytes = g_malloc (TFV_READER_HALF_BYTES);
  g_autoptr (GRand)  random = g_rand_new_with_seed (4);
  gsize              n_bytes;
  guint              n_refused = 0;

  record (memory, &n_bytes);
  for (guint i = 0; i < 500; i++)
    {
      g_autoptr (TfvRun) run = tfv_run_new (".", ".");
      g_autofree char   *text = NULL;

      memcpy (bytes, memory + TFV_READER_HEADER_BYTES, n_bytes);
      for (gint32 n = g_rand_int_range (random, 1, 30); n > 0; n--)
        {
          gsize at = (gsize) g_rand_int_range (random, 0, (gint32) n_bytes - 4) & ~(gsize) 3;

          if (g_rand_boolean (random))
            bytes[at] = (guint8) g_rand_int (random);
          else
            memset (bytes + at, g_rand_boolean (random) ? 0xff : 0, 4);
        }
      n_refused += !replay (run, bytes, n_bytes);
      text = describe (run);
    }
  g_assert_cmpuint (n_refused, >, 0);
}

int
main (int argc, char *argv[])
{
#define ADD(path, test) g_test_add ("/summaries/sandbox/" path, Fixture, NULL, set_up, test, tear_down)
  if (argc == 1 && strcmp (argv[0], TFV_READER_PROCESS_NAME) == 0)
    return lie ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/summaries/sandbox/a-confined-process-can-only-parse", test_confinement);
  g_test_add_func ("/summaries/sandbox/what-is-replayed-is-what-was-told", test_replay);
  g_test_add_func ("/summaries/sandbox/lies-are-refused", test_lies);
  g_test_add_func ("/summaries/sandbox/one-of-another-version-is-not-used", test_other_version);
  g_test_add_func ("/summaries/sandbox/one-that-does-not-listen-is-ended", test_deaf);
  ADD ("a-crash-costs-one-file", test_crash);
  ADD ("a-hang-costs-one-file", test_hang);
  ADD ("who-is-ended-is-followed-by-another", test_ended);
  ADD ("who-is-ended-at-work-is-followed-by-another", test_ended_at_work);
  ADD ("who-is-ended-at-work-twice-costs-a-file", test_ended_twice);
  ADD ("a-child-leaves-the-process-to-its-parent", test_fork);
  return g_test_run ();
#undef ADD
}
