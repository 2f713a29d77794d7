/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "event-writer-private.h"
#include "logdir-fixture-private.h"
#include "summaries/tfv-error.h"
#include "summaries/tfv-format.h"
#include "summaries/tfv-logdir-private.h"
#include "summaries/tfv-summary-writer.h"

/* What is done to a folder and its files while somebody looks at them: each has a
   behaviour that is stated in summaries/DESIGN.md. */

static TfvSummaryWriter *
open_writer (LogdirFixture *fixture, const char *run)
{
  g_autofree char   *path = g_build_filename (fixture->folder, run, NULL);
  g_autoptr (GError) error = NULL;
  TfvSummaryWriter  *writer = tfv_summary_writer_new (path, &error);

  g_assert_no_error (error);
  return writer;
}

static void
log_steps (TfvSummaryWriter *writer, gint64 first, gint64 last)
{
  g_autoptr (GError) error = NULL;

  for (gint64 step = first; step <= last; step++)
    tfv_summary_writer_add_scalar (writer, "loss", (double) step, step);
  tfv_summary_writer_flush (writer, &error);
  g_assert_no_error (error);
}

static void
close_writer (TfvSummaryWriter *writer)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (tfv_summary_writer_close (writer, &error));
  g_assert_no_error (error);
}

/* The first warning of the logdir or of a run of it that matches, or NULL. */
static char *
find_warning (TfvLogdir *logdir, const char *pattern)
{
  g_autoptr (GPtrArray) runs = tfv_logdir_dup_runs (logdir);
  g_auto (GStrv)        warnings = tfv_logdir_dup_warnings (logdir);

  for (guint i = 0; warnings[i] != NULL; i++)
    if (g_pattern_match_simple (pattern, warnings[i]))
      return g_strdup (warnings[i]);
  for (guint i = 0; i < runs->len; i++)
    {
      g_auto (GStrv) of_run = tfv_run_dup_warnings (runs->pdata[i]);

      for (guint j = 0; of_run[j] != NULL; j++)
        if (g_pattern_match_simple (pattern, of_run[j]))
          return g_strdup (of_run[j]);
    }
  return NULL;
}

static void
wait_for_warning (TfvLogdir *logdir, const char *pattern)
{
  for (;;)
    {
      g_autofree char *warning = find_warning (logdir, pattern);

      if (warning != NULL)
        return;
      g_main_context_iteration (NULL, TRUE);
    }
}

static void
test_a_vanished_logdir_is_waited_for (LogdirFixture *fixture, gconstpointer data)
{
  g_autofree char      *away = g_strconcat (fixture->folder, "-away", NULL);
  g_autoptr (TfvLogdir) logdir = NULL;

  add_scalar (fixture, "a/x.tfevents", 0);
  add_scalar (fixture, "b/x.tfevents", 0);
  logdir = start (fixture, data);
  wait_for_runs (logdir, "a:1 b:1");
  g_assert_cmpint (g_rename (fixture->folder, away), ==, 0);
  wait_for_runs (logdir, "");
  g_assert_cmpint (g_rename (away, fixture->folder), ==, 0);
  wait_for_runs (logdir, "a:1 b:1");
  remove_tree (fixture->folder);
  wait_for_runs (logdir, "");
  add_scalar (fixture, "b/x.tfevents", 0);
  add_scalar (fixture, "b/x.tfevents", 1);
  wait_for_runs (logdir, "b:2");
}

static void
test_a_run_that_moves_is_one_of_another_name (LogdirFixture *fixture, gconstpointer data)
{
  g_autofree char *old = place (fixture, "old");
  g_autofree char *new = place (fixture, "new");
  g_autoptr (TfvLogdir) logdir = NULL;

  add_scalar (fixture, "old/x.tfevents", 0);
  logdir = start (fixture, data);
  wait_for_runs (logdir, "old:1");
  g_assert_cmpint (g_rename (old, new), ==, 0);
  wait_for_runs (logdir, "new:1");
  add_scalar (fixture, "new/x.tfevents", 1);
  wait_for_runs (logdir, "new:2");
}

static void
bind_socket (const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int                fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpuint (strlen (path), <, sizeof address.sun_path);
  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  close (fd);
}

/* Everything that is no file, under the names of event files. */
static void
add_what_is_no_file (LogdirFixture *fixture)
{
  g_autofree char *pipe_path = place (fixture, "odd/pipe.tfevents");
  g_autofree char *pipe_h5 = place (fixture, "odd/events.host.1.2.tfv.h5");
  g_autofree char *socket_path = place (fixture, "odd/socket.tfevents");
  g_autofree char *device = place (fixture, "odd/zero.tfevents");
  g_autofree char *dangling = place (fixture, "odd/dangling.tfevents");
  g_autofree char *self = place (fixture, "odd/self.tfevents");
  g_autofree char *folder = place (fixture, "odd/folder.tfevents");

  g_assert_cmpint (mkfifo (pipe_path, 0600), ==, 0);
  g_assert_cmpint (mkfifo (pipe_h5, 0600), ==, 0);
  bind_socket (socket_path);
  g_assert_cmpint (symlink ("/dev/zero", device), ==, 0);
  g_assert_cmpint (symlink ("nowhere", dangling), ==, 0);
  g_assert_cmpint (symlink ("self.tfevents", self), ==, 0);
  g_assert_cmpint (g_mkdir (folder, 0755), ==, 0);
}

static void
test_what_is_no_file_is_told_of (LogdirFixture *fixture, gconstpointer data)
{
  const char           *paths[] = { fixture->folder, NULL };
  g_autoptr (TfvLogdir) logdir = NULL;
  g_auto (GStrv)        warnings = NULL;

  add_what_is_no_file (fixture);
  add_scalar (fixture, "good/x.tfevents", 0);
  logdir = load (paths);
  assert_runs (logdir, "good:1");
  warnings = tfv_logdir_dup_warnings (logdir);
  /* Two pipes, a socket and a device; a link that leads nowhere is no more than that. */
  g_assert_cmpuint (g_strv_length (warnings), ==, 4);
  for (guint i = 0; i < 4; i++)
    g_assert_true (g_str_has_suffix (warnings[i], ": not a regular file"));
}

static void
test_a_pipe_as_the_path_is_an_error (LogdirFixture *fixture, gconstpointer data)
{
  g_autofree char      *pipe_path = place (fixture, "x.tfevents");
  const char           *paths[] = { pipe_path, NULL };
  g_autoptr (TfvLogdir) logdir = tfv_logdir_new (paths);
  g_autoptr (GError)    error = NULL;

  g_assert_cmpint (mkfifo (pipe_path, 0600), ==, 0);
  g_assert_false (tfv_logdir_load (logdir, NULL, &error));
  g_assert_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_FORMAT);
  g_assert_nonnull (strstr (error->message, "neither a file nor a folder"));
}

static void
test_a_file_that_becomes_a_pipe_is_dropped (LogdirFixture *fixture, gconstpointer data)
{
  g_autofree char      *path = place (fixture, "a/x.tfevents");
  g_autofree char      *pipe_path = place (fixture, "a/pipe.tmp");
  g_autoptr (TfvLogdir) logdir = NULL;

  add_scalar (fixture, "a/x.tfevents", 0);
  add_scalar (fixture, "b/x.tfevents", 0);
  logdir = start (fixture, data);
  wait_for_runs (logdir, "a:1 b:1");
  g_assert_cmpint (mkfifo (pipe_path, 0600), ==, 0);
  g_assert_cmpint (g_rename (pipe_path, path), ==, 0);
  wait_for_runs (logdir, "a:0 b:1");
  wait_for_warning (logdir, "*x.tfevents: not a regular file");
  add_scalar (fixture, "b/x.tfevents", 1);
  wait_for_runs (logdir, "a:0 b:2");
}

static void
set_modified (const char *path, gint64 seconds)
{
  struct timespec times[2] = { { .tv_sec = seconds }, { .tv_sec = seconds } };

  g_assert_cmpint (utimensat (AT_FDCWD, path, times, 0), ==, 0);
}

/* What files tell of when they were written, on a server whose clock is wrong. */
static void
check_growth_at (LogdirFixture *fixture, gconstpointer data, gint64 seconds)
{
  g_autofree char      *path = place (fixture, "x.tfevents");
  g_autoptr (TfvLogdir) logdir = NULL;

  add_scalar (fixture, "x.tfevents", 0);
  set_modified (path, seconds);
  set_modified (fixture->folder, seconds);
  logdir = start (fixture, data);
  wait_for_runs (logdir, ".:1");
  for (gint64 step = 1; step < 4; step++)
    {
      g_autofree char *expected = g_strdup_printf (".:%" G_GINT64_FORMAT, step + 1);

      add_scalar (fixture, "x.tfevents", step);
      set_modified (path, seconds);
      wait_for_runs (logdir, expected);
    }
  add_scalar (fixture, "y.tfevents", 4);
  set_modified (fixture->folder, seconds);
  wait_for_runs (logdir, ".:5");
}

static void
test_times_to_come_are_no_matter (LogdirFixture *fixture, gconstpointer data)
{
  check_growth_at (fixture, data, g_get_real_time () / G_USEC_PER_SEC + 86400);
}

static void
test_times_long_ago_are_no_matter (LogdirFixture *fixture, gconstpointer data)
{
  check_growth_at (fixture, data, 86400);
}

static void
test_two_writers_of_a_run_are_both_shown (LogdirFixture *fixture, gconstpointer data)
{
  g_autoptr (TfvSummaryWriter) first = open_writer (fixture, "run");
  g_autoptr (TfvSummaryWriter) second = open_writer (fixture, "run");
  g_autoptr (TfvLogdir)        logdir = NULL;

  log_steps (first, 0, 9);
  logdir = start (fixture, data);
  wait_for_runs (logdir, "run:10");
  log_steps (second, 0, 4);
  wait_for_runs (logdir, "run:15");
  log_steps (first, 10, 19);
  log_steps (second, 5, 9);
  wait_for_runs (logdir, "run:30");
  close_writer (first);
  close_writer (second);
}

static void
test_a_restart_at_an_earlier_step_supersedes (LogdirFixture *fixture, gconstpointer data)
{
  g_autoptr (TfvSummaryWriter) first = open_writer (fixture, "run");
  g_autoptr (TfvSummaryWriter) second = NULL;
  g_autoptr (TfvLogdir)        logdir = NULL;
  g_autoptr (GPtrArray)        runs = NULL;
  g_autoptr (TfvTag)           tag = NULL;
  g_autoptr (TfvScalarView)    purged = NULL;
  const gint64                 expected[] = { 0, 1, 2, 3, 4, 5, 6, 7 };

  tfv_summary_writer_add_session (first, TFV_SESSION_START, 0);
  log_steps (first, 0, 9);
  logdir = start (fixture, data);
  wait_for_runs (logdir, "run:10");
  close_writer (first);
  second = open_writer (fixture, "run");
  tfv_summary_writer_add_session (second, TFV_SESSION_START, 5);
  log_steps (second, 5, 7);
  wait_for_runs (logdir, "run:13");

  runs = tfv_logdir_dup_runs (logdir);
  tag = tfv_run_dup_tag (runs->pdata[0], TFV_RECORD_SCALAR, "loss");
  purged = tfv_scalar_series_snapshot (tfv_tag_get_series (tag), TFV_SCALAR_VIEW_PURGED);
  g_assert_cmpuint (purged->n_points, ==, G_N_ELEMENTS (expected));
  for (gsize i = 0; i < purged->n_points; i++)
    {
      gint64 step;

      tfv_scalar_view_get (purged, i, &step, NULL, NULL, NULL);
      g_assert_cmpint (step, ==, expected[i]);
    }
  close_writer (second);
}

static void
test_thousands_of_files_need_few_descriptors (LogdirFixture *fixture, gconstpointer data)
{
  const char           *paths[] = { fixture->folder, NULL };
  const guint           n_runs = 20, n_files = 100;
  struct rlimit         limit, few;
  g_autoptr (TfvLogdir) logdir = NULL;
  g_autoptr (GString)   expected = g_string_new (NULL);

  for (guint i = 0; i < n_runs; i++)
    {
      g_string_append_printf (expected, "%s%02u:%u", i > 0 ? " " : "", i, n_files);
      for (guint j = 0; j < n_files; j++)
        {
          g_autofree char *name = g_strdup_printf ("%02u/%03u.tfevents", i, j);

          add_scalar (fixture, name, j);
        }
    }
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  few = limit;
  few.rlim_cur = 100;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &few), ==, 0);
  logdir = load (paths);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  assert_runs (logdir, expected->str);
}

static void
test_names_that_are_no_text_get_names_of_their_own (LogdirFixture *fixture, gconstpointer data)
{
  const char           *paths[] = { fixture->folder, NULL };
  g_autoptr (TfvLogdir) logdir = NULL;
  g_autoptr (GPtrArray) runs = NULL;

  add_scalar (fixture, "caf\xe9/x.tfevents", 0);
  add_scalar (fixture, "caf\xe8/\xff\xfe.tfevents", 0);
  add_scalar (fixture, "plain/line\nbreak.tfevents", 0);
  logdir = load (paths);
  runs = tfv_logdir_dup_runs (logdir);
  g_assert_cmpuint (runs->len, ==, 3);
  for (guint i = 0; i < runs->len; i++)
    {
      g_autoptr (TfvTag) tag = tfv_run_dup_tag (runs->pdata[i], TFV_RECORD_SCALAR, "loss");

      g_assert_nonnull (tag);
      g_assert_true (g_utf8_validate (tfv_run_get_name (runs->pdata[i]), -1, NULL));
      g_assert_true (i == 0 || strcmp (tfv_run_get_name (runs->pdata[i - 1]), tfv_run_get_name (runs->pdata[i])) != 0);
    }
}

/* As programs do that write a file anew and put it in the old one's place. */
static void
test_a_file_that_grows_by_renames_is_followed (LogdirFixture *fixture, gconstpointer data)
{
  g_autofree char      *path = place (fixture, "x.tfevents");
  g_autofree char      *next = place (fixture, "x.tfevents.tmp");
  g_autoptr (TfvLogdir) logdir = start (fixture, data);

  for (gint64 n_points = 1; n_points < 6; n_points++)
    {
      g_autofree char *expected = g_strdup_printf (".:%" G_GINT64_FORMAT, n_points);

      for (gint64 step = 0; step < n_points; step++)
        add_scalar (fixture, "x.tfevents.tmp", step);
      g_assert_cmpint (g_rename (next, path), ==, 0);
      wait_for_runs (logdir, expected);
    }
}

static void
test_an_event_file_cut_off_is_read_as_far_as_it_goes (LogdirFixture *fixture, gconstpointer data)
{
  g_autoptr (TfvSummaryWriter) writer = open_writer (fixture, "a");
  g_autofree char             *path = tfv_summary_writer_dup_path (writer);
  g_autofree char             *content = NULL;
  gsize                        n_bytes;
  g_autoptr (GError)           error = NULL;
  g_autoptr (TfvLogdir)        logdir = NULL;

  log_steps (writer, 0, 99);
  close_writer (writer);
  add_scalar (fixture, "b/x.tfevents", 0);
  logdir = start (fixture, data);
  wait_for_runs (logdir, "a:100 b:1");
  g_file_get_contents (path, &content, &n_bytes, &error);
  g_assert_no_error (error);

  for (gsize kept = n_bytes / 2; kept > 0; kept /= 8)
    g_assert_cmpint (truncate (path, (off_t) kept), ==, 0);
  wait_for_warning (logdir, "*shrank from*");
  add_scalar (fixture, "b/x.tfevents", 1);
  for (gboolean is_read = FALSE; !is_read;)
    {
      g_autofree char *found = NULL;

      g_main_context_iteration (NULL, TRUE);
      found = describe (logdir);
      is_read = g_str_has_suffix (found, "b:2");
    }
  g_assert_true (g_file_set_contents (path, content, (gssize) n_bytes, &error));
  wait_for_runs (logdir, "a:100 b:2");
}

static void
test_a_lost_permission_is_told_and_waited_for (LogdirFixture *fixture, gconstpointer data)
{
  g_autofree char      *folder = place (fixture, "a");
  g_autofree char      *path = place (fixture, "a/x.tfevents");
  g_autoptr (TfvLogdir) logdir = NULL;

  if (geteuid () == 0)
    {
      g_test_skip ("the superuser can read everything");
      return;
    }
  add_scalar (fixture, "a/x.tfevents", 0);
  add_scalar (fixture, "b/x.tfevents", 0);
  logdir = start (fixture, data);
  wait_for_runs (logdir, "a:1 b:1");
  g_assert_cmpint (g_chmod (folder, 0), ==, 0);
  wait_for_warning (logdir, "*Permission denied");
  add_scalar (fixture, "b/x.tfevents", 1);
  wait_for_runs (logdir, "a:1 b:2");
  g_assert_cmpint (g_chmod (folder, 0755), ==, 0);
  add_scalar (fixture, "a/x.tfevents", 1);
  wait_for_runs (logdir, "a:2 b:2");
  add_scalar (fixture, "a/x.tfevents", 2);
  g_assert_cmpint (g_chmod (path, 0), ==, 0);
  g_assert_cmpint (g_chmod (path, 0644), ==, 0);
  wait_for_runs (logdir, "a:3 b:2");
}

/* A format whose files are read from a server that does not answer. */
static struct
{
  GMutex   lock;
  GCond    changed;
  gboolean is_held;
  gboolean is_reading;
} server;

static gboolean
stalled_matches (const char *basename, const guint8 *head, gsize n_head)
{
  return g_str_has_suffix (basename, ".stalled");
}

static TfvFileReader *
stalled_open (const char *path, TfvRunPart *part, GError **error)
{
  tfv_tag_part_append_scalar (tfv_run_part_add_tag (part, "loss", -1, TFV_RECORD_SCALAR, NULL), 0, 0, 0);
  return (TfvFileReader *) &server;
}

static gboolean
stalled_poll (TfvFileReader *reader, gsize budget_bytes)
{
  g_mutex_lock (&server.lock);
  server.is_reading = TRUE;
  while (server.is_held)
    g_cond_wait (&server.changed, &server.lock);
  server.is_reading = FALSE;
  g_cond_broadcast (&server.changed);
  g_mutex_unlock (&server.lock);
  return FALSE;
}

static void
stalled_close (TfvFileReader *reader)
{
}

static const TfvFormat stalled_format = {
  .name = "stalled",
  .matches = stalled_matches,
  .open = stalled_open,
  .poll = stalled_poll,
  .close = stalled_close,
};

static void
hold_server (gboolean is_held)
{
  g_mutex_lock (&server.lock);
  server.is_held = is_held;
  g_cond_broadcast (&server.changed);
  g_mutex_unlock (&server.lock);
}

static void
on_gone (gpointer data, GObject *where_it_was)
{
  g_atomic_int_set ((gint *) data, TRUE);
}

static void
test_a_server_that_does_not_answer_holds_nobody_up (LogdirFixture *fixture, gconstpointer data)
{
  g_autofree char *path = place (fixture, "a/x.stalled");
  const char      *paths[] = { fixture->folder, NULL };
  TfvLogdir       *logdir = tfv_logdir_new (paths);
  gint             is_gone = FALSE;

  g_assert_true (g_file_set_contents (path, "x", 1, NULL));
  hold_server (TRUE);
  g_object_weak_ref (G_OBJECT (logdir), on_gone, &is_gone);
  tfv_logdir_set_patience (logdir, 50 * 1000, 50 * 1000);
  tfv_logdir_start (logdir);
  wait_for_warning (logdir, "*/a: does not answer*");

  /* The thread is given up, and started no second time. */
  tfv_logdir_stop (logdir);
  g_mutex_lock (&server.lock);
  g_assert_true (server.is_reading);
  g_mutex_unlock (&server.lock);
  tfv_logdir_start (logdir);
  tfv_logdir_stop (logdir);
  g_object_unref (logdir);
  g_assert_false (g_atomic_int_get (&is_gone));
  hold_server (FALSE);
  while (!g_atomic_int_get (&is_gone))
    g_usleep (1000);
}

static void
test_goes_on_when_a_server_answers_again (LogdirFixture *fixture, gconstpointer data)
{
  g_autofree char      *path = place (fixture, "a/x.stalled");
  const char           *paths[] = { fixture->folder, NULL };
  g_autoptr (TfvLogdir) logdir = tfv_logdir_new (paths);

  g_assert_true (g_file_set_contents (path, "x", 1, NULL));
  hold_server (TRUE);
  tfv_logdir_set_patience (logdir, 50 * 1000, 20 * G_USEC_PER_SEC);
  tfv_logdir_set_polling (logdir, GPOINTER_TO_INT (data), 100 * 1000);
  tfv_logdir_start (logdir);
  wait_for_warning (logdir, "*/a: does not answer*");
  hold_server (FALSE);
  wait_for_runs (logdir, "a:1");
  add_scalar (fixture, "b/x.tfevents", 0);
  wait_for_runs (logdir, "a:1 b:1");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tfv_format_register (&stalled_format);
  ADD ("what-is-no-file-is-told-of-and-passed-over", test_what_is_no_file_is_told_of);
  ADD ("a-pipe-as-the-path-is-an-error", test_a_pipe_as_the_path_is_an_error);
  ADD ("thousands-of-files-need-few-descriptors", test_thousands_of_files_need_few_descriptors);
  ADD ("names-that-are-no-text-get-names-of-their-own", test_names_that_are_no_text_get_names_of_their_own);
  ADD_LIVE ("a-vanished-logdir-is-waited-for", test_a_vanished_logdir_is_waited_for);
  ADD_LIVE ("a-run-that-moves-is-one-of-another-name", test_a_run_that_moves_is_one_of_another_name);
  ADD_LIVE ("a-file-that-becomes-a-pipe-is-dropped", test_a_file_that_becomes_a_pipe_is_dropped);
  ADD_LIVE ("times-to-come-are-no-matter", test_times_to_come_are_no_matter);
  ADD_LIVE ("times-long-ago-are-no-matter", test_times_long_ago_are_no_matter);
  ADD_LIVE ("two-writers-of-a-run-are-both-shown", test_two_writers_of_a_run_are_both_shown);
  ADD_LIVE ("a-restart-at-an-earlier-step-supersedes", test_a_restart_at_an_earlier_step_supersedes);
  ADD_LIVE ("a-file-that-grows-by-renames-is-followed", test_a_file_that_grows_by_renames_is_followed);
  ADD_LIVE ("an-event-file-cut-off-is-read-as-far-as-it-goes", test_an_event_file_cut_off_is_read_as_far_as_it_goes);
  ADD_LIVE ("a-lost-permission-is-told-and-waited-for", test_a_lost_permission_is_told_and_waited_for);
  ADD ("a-server-that-does-not-answer-holds-nobody-up", test_a_server_that_does_not_answer_holds_nobody_up);
  ADD_LIVE ("goes-on-when-a-server-answers-again", test_goes_on_when_a_server_answers_again);
  return g_test_run ();
}
