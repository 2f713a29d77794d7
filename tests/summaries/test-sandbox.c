/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "event-writer-private.h"
#include "summaries/tfv-logdir.h"
#include "summaries/tfv-part-recorder-private.h"
#include "summaries/tfv-part-replay-private.h"
#include "summaries/tfv-reader-confinement-private.h"
#include "summaries/tfv-run-private.h"
#include "summaries/tfv-sandbox-private.h"
#include "summaries/tfv-sandbox-process-private.h"

#define WAIT_US (20 * G_USEC_PER_SEC)
/* A file that changed just now is read once more. */
#define SETTLE_US G_USEC_PER_SEC
#define NS_PER_S G_GINT64_CONSTANT (1000000000)

/* Our processes tfv-reader, the youngest last. */
static GArray *
find_readers (void)
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
      if (sscanf (status, "%d (tfv-reader) %c %d", &pid, &state, &parent) == 3 && parent == getpid () && state != 'Z')
        g_array_append_val (pids, pid);
    }
  return pids;
}

static void
signal_readers (int number)
{
  g_autoptr (GArray) readers = find_readers ();

  for (guint i = 0; i < readers->len; i++)
    kill (g_array_index (readers, pid_t, i), number);
}

static gboolean
has_readers (void)
{
  g_autoptr (GArray) readers = find_readers ();

  return readers->len > 0;
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

typedef struct
{
  char      *folder;
  char      *paths[2];
  TfvLogdir *logdir;
} Fixture;

/* Two runs that are followed. */
static void
set_up (Fixture *fixture, gconstpointer data)
{
  const char *paths[2] = { NULL, NULL };

  fixture->folder = make_folder ();
  for (guint i = 0; i < G_N_ELEMENTS (fixture->paths); i++)
    {
      g_autofree char *run = g_strdup_printf ("%s/%c", fixture->folder, 'a' + i);

      g_mkdir_with_parents (run, 0700);
      fixture->paths[i] = g_build_filename (run, "events.out.tfevents.1", NULL);
      write_version (fixture->paths[i], 1, "brain.Event:2");
      write_scalar (fixture->paths[i], 2, 0, "loss", 1);
    }
  paths[0] = fixture->folder;
  fixture->logdir = tfv_logdir_new (paths);
  tfv_logdir_start (fixture->logdir);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  tfv_logdir_stop (fixture->logdir);
  g_object_unref (fixture->logdir);
  remove_tree (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->paths[0]);
  g_free (fixture->paths[1]);
}

static TfvRun *
find_run (Fixture *fixture, guint index)
{
  g_autoptr (GPtrArray) runs = tfv_logdir_dup_runs (fixture->logdir);

  for (guint i = 0; i < runs->len; i++)
    if (tfv_run_get_name (runs->pdata[i])[0] == (char) ('a' + index))
      return g_object_ref (runs->pdata[i]);
  return NULL;
}

static guint64
count_points (Fixture *fixture, guint index)
{
  g_autoptr (TfvRun)    run = find_run (fixture, index);
  g_autoptr (GPtrArray) tags = run != NULL ? tfv_run_dup_tags (run) : NULL;
  TfvTagSummary         summary = { 0 };

  if (tags != NULL && tags->len > 0)
    tfv_tag_get_summary (tags->pdata[0], &summary);
  return summary.count;
}

static void
wait_for_points (Fixture *fixture, guint index, guint64 n)
{
  gint64 deadline_us = g_get_monotonic_time () + WAIT_US;

  while (count_points (fixture, index) != n && g_get_monotonic_time () < deadline_us)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (2000);
    }
  g_assert_cmpuint (count_points (fixture, index), ==, n);
}

/* The first warning of a run, once there is one. */
static char *
wait_for_warning (Fixture *fixture, guint index)
{
  gint64 deadline_us = g_get_monotonic_time () + WAIT_US;

  while (g_get_monotonic_time () < deadline_us)
    {
      g_autoptr (TfvRun) run = find_run (fixture, index);
      g_auto (GStrv)     warnings = run != NULL ? tfv_run_dup_warnings (run) : NULL;

      if (warnings != NULL && warnings[0] != NULL)
        return g_strdup (warnings[0]);
      g_main_context_iteration (NULL, FALSE);
      g_usleep (2000);
    }
  return NULL;
}

static gboolean
is_sandboxed (void)
{
  if (strstr (tfv_sandbox_get_state (), "in this process") == NULL)
    return TRUE;
  g_test_skip ("there is no tfv-reader");
  return FALSE;
}

/* A file in whose reading the process dies is told of; the others go on. */
static void
test_crash (Fixture *fixture, gconstpointer data)
{
  g_autofree char *warning = NULL;

  if (!is_sandboxed ())
    return;
  wait_for_points (fixture, 0, 1);
  wait_for_points (fixture, 1, 1);
  g_usleep (SETTLE_US);
  signal_readers (SIGSTOP);
  write_scalar (fixture->paths[0], 3, 1, "loss", 2);
  g_usleep (200000);
  signal_readers (SIGKILL);

  warning = wait_for_warning (fixture, 0);
  g_assert_nonnull (warning);
  g_assert_true (g_str_has_prefix (warning, fixture->paths[0]));
  g_assert_nonnull (strstr (warning, "Killed"));
  /* What was read of it stays, and it is not read any more. */
  g_assert_cmpuint (count_points (fixture, 0), ==, 1);
  write_scalar (fixture->paths[0], 4, 2, "loss", 3);
  write_scalar (fixture->paths[1], 3, 1, "loss", 2);
  wait_for_points (fixture, 1, 2);
  g_assert_cmpuint (count_points (fixture, 0), ==, 1);
}

static void
test_hang (Fixture *fixture, gconstpointer data)
{
  g_autofree char *warning = NULL;

  if (!is_sandboxed ())
    return;
  wait_for_points (fixture, 0, 1);
  wait_for_points (fixture, 1, 1);
  tfv_sandbox_process_set_patience (NS_PER_S, NS_PER_S / 2);
  g_usleep (SETTLE_US);
  signal_readers (SIGSTOP);
  write_scalar (fixture->paths[0], 3, 1, "loss", 2);

  warning = wait_for_warning (fixture, 0);
  signal_readers (SIGCONT);
  tfv_sandbox_process_set_patience (10 * NS_PER_S, 30 * NS_PER_S);
  g_assert_nonnull (warning);
  g_assert_nonnull (strstr (warning, "it came to no end"));
  write_scalar (fixture->paths[1], 3, 1, "loss", 2);
  wait_for_points (fixture, 1, 2);
}

/* A process that somebody ended while it had nothing to do: nobody's fault. */
static void
test_ended (Fixture *fixture, gconstpointer data)
{
  if (!is_sandboxed ())
    return;
  for (guint i = 0; i < 2; i++)
    wait_for_points (fixture, i, 1);
  g_usleep (SETTLE_US);
  signal_readers (SIGKILL);
  while (has_readers ())
    g_usleep (1000);
  for (guint i = 0; i < 2; i++)
    write_scalar (fixture->paths[i], 3, 1, "loss", 2);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (TfvRun) run = NULL;
      g_auto (GStrv)     warnings = NULL;

      wait_for_points (fixture, i, 2);
      run = find_run (fixture, i);
      warnings = tfv_run_dup_warnings (run);
      g_assert_cmpuint (g_strv_length (warnings), ==, 0);
    }
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
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/summaries/sandbox/a-confined-process-can-only-parse", test_confinement);
  g_test_add_func ("/summaries/sandbox/what-is-replayed-is-what-was-told", test_replay);
  g_test_add_func ("/summaries/sandbox/lies-are-refused", test_lies);
  ADD ("a-crash-costs-one-file", test_crash);
  ADD ("a-hang-costs-one-file", test_hang);
  ADD ("who-is-ended-is-followed-by-another", test_ended);
  return g_test_run ();
#undef ADD
}
