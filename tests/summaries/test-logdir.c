/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "event-writer-private.h"
#include "logdir-fixture-private.h"
#include "summaries/tfv-error.h"
#include "summaries/tfv-logdir-private.h"
#include "summaries/tfv-summary-writer.h"

static void
test_a_folder_with_event_files_is_a_run (LogdirFixture *fixture, gconstpointer data)
{
  const char           *paths[] = { fixture->folder, NULL };
  g_autoptr (TfvLogdir) logdir = NULL;
  g_auto (GStrv)        warnings = NULL;

  add_scalar (fixture, "events.out.tfevents.1", 0);
  add_scalar (fixture, "train/events.out.tfevents.1", 0);
  add_scalar (fixture, "train/events.out.tfevents.2", 1);
  add_scalar (fixture, "deep/er/still/x.tfevents", 0);
  add_scalar (fixture, "deep/er/notes.txt", 0);
  add_scalar (fixture, "young/events.out.tfevents.9.tmp", 0);
  add_scalar (fixture, "profiled/events.out.tfevents.9.profile-empty", 0);
  logdir = load (paths);
  assert_runs (logdir, ".:1 deep/er/still:1 train:2");
  warnings = tfv_logdir_dup_warnings (logdir);
  g_assert_cmpuint (g_strv_length (warnings), ==, 0);
}

static void
test_a_file_is_a_run_of_its_own (LogdirFixture *fixture, gconstpointer data)
{
  g_autofree char      *first = place (fixture, "a.tfevents");
  g_autofree char      *second = place (fixture, "b.tfevents");
  const char           *one[] = { first, NULL }, *both[] = { first, second, NULL };
  g_autoptr (TfvLogdir) single = NULL;
  g_autoptr (TfvLogdir) pair = NULL;

  add_scalar (fixture, "a.tfevents", 0);
  add_scalar (fixture, "b.tfevents", 0);
  single = load (one);
  assert_runs (single, ".:1");
  pair = load (both);
  assert_runs (pair, "a.tfevents:1 b.tfevents:1");
}

static void
test_names_that_clash_get_the_path_before_them (LogdirFixture *fixture, gconstpointer data)
{
  g_autofree char      *first = place (fixture, "one");
  g_autofree char      *second = place (fixture, "two");
  const char           *paths[] = { first, second, NULL };
  g_autoptr (TfvLogdir) logdir = NULL;

  add_scalar (fixture, "one/train/x.tfevents", 0);
  add_scalar (fixture, "two/train/x.tfevents", 0);
  add_scalar (fixture, "two/eval/x.tfevents", 0);
  logdir = load (paths);
  assert_runs (logdir, "eval:1 one/train:1 two/train:1");
}

static void
test_links_are_followed_once (LogdirFixture *fixture, gconstpointer data)
{
  const char           *paths[] = { fixture->folder, NULL };
  g_autofree char      *loop = place (fixture, "run/loop");
  g_autofree char      *latest = place (fixture, "latest");
  g_autofree char      *outside = make_folder ();
  g_autofree char      *file = g_build_filename (outside, "x.tfevents", NULL);
  g_autofree char      *elsewhere = place (fixture, "elsewhere");
  g_autoptr (TfvLogdir) logdir = NULL;

  add_scalar (fixture, "run/x.tfevents", 0);
  write_scalar (file, 1, 1, "loss", 1);
  g_assert_cmpint (symlink ("..", loop), ==, 0);
  g_assert_cmpint (symlink ("run", latest), ==, 0);
  g_assert_cmpint (symlink (outside, elsewhere), ==, 0);
  logdir = load (paths);
  assert_runs (logdir, "elsewhere:1 run:1");
  remove_tree (outside);
}

static void
test_a_path_that_is_not_there_is_an_error (LogdirFixture *fixture, gconstpointer data)
{
  g_autofree char      *missing = place (fixture, "missing");
  const char           *paths[] = { missing, NULL };
  g_autoptr (TfvLogdir) logdir = tfv_logdir_new (paths);
  g_autoptr (GError)    error = NULL;

  g_assert_false (tfv_logdir_load (logdir, NULL, &error));
  g_assert_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_IO);
  g_assert_nonnull (strstr (error->message, missing));
}

static void
test_a_foreign_file_gives_a_warning_and_no_run (LogdirFixture *fixture, gconstpointer data)
{
  const char           *paths[] = { fixture->folder, NULL };
  g_autofree char      *foreign = place (fixture, "x/notes-on-tfevents.txt");
  g_autoptr (TfvLogdir) logdir = NULL;
  g_auto (GStrv)        warnings = NULL;

  write_bytes (foreign, "These are not the events you are looking for.", 45);
  add_scalar (fixture, "y/x.tfevents", 0);
  logdir = load (paths);
  assert_runs (logdir, "y:1");
  warnings = tfv_logdir_dup_warnings (logdir);
  g_assert_cmpuint (g_strv_length (warnings), ==, 1);
  g_assert_true (g_pattern_match_simple ("*notes-on-tfevents.txt: not a TensorFlow event file", warnings[0]));
}

static void
test_a_short_tail_is_told_when_nobody_writes (LogdirFixture *fixture, gconstpointer data)
{
  const char           *paths[] = { fixture->folder, NULL };
  g_autofree char      *path = place (fixture, "x.tfevents");
  g_autoptr (TfvLogdir) logdir = NULL;
  g_autoptr (GPtrArray) runs = NULL;
  g_auto (GStrv)        warnings = NULL;

  add_scalar (fixture, "x.tfevents", 0);
  write_bytes (path, "\x18\0\0", 3);
  logdir = load (paths);
  assert_runs (logdir, ".:1");
  runs = tfv_logdir_dup_runs (logdir);
  warnings = tfv_run_dup_warnings (runs->pdata[0]);
  g_assert_cmpuint (g_strv_length (warnings), ==, 1);
  g_assert_true (g_pattern_match_simple ("*x.tfevents: byte *: the file ends inside a record", warnings[0]));
}

static void
test_a_folder_that_cannot_be_read_gives_a_warning (LogdirFixture *fixture, gconstpointer data)
{
  const char           *paths[] = { fixture->folder, NULL };
  g_autofree char      *secret = place (fixture, "secret");
  g_autoptr (TfvLogdir) logdir = NULL;
  g_auto (GStrv)        warnings = NULL;

  if (geteuid () == 0)
    {
      g_test_skip ("the superuser can read every folder");
      return;
    }
  g_assert_cmpint (g_mkdir (secret, 0), ==, 0);
  add_scalar (fixture, "x.tfevents", 0);
  logdir = load (paths);
  assert_runs (logdir, ".:1");
  warnings = tfv_logdir_dup_warnings (logdir);
  g_assert_cmpuint (g_strv_length (warnings), ==, 1);
  g_assert_true (g_pattern_match_simple ("*secret: *", warnings[0]));
  g_assert_cmpint (g_chmod (secret, 0755), ==, 0);
}

static void
test_live_growth_is_noticed (LogdirFixture *fixture, gconstpointer data)
{
  g_autoptr (TfvLogdir) logdir = NULL;

  add_scalar (fixture, "x.tfevents", 0);
  logdir = start (fixture, data);
  wait_for_runs (logdir, ".:1");
  for (gint64 step = 1; step < 6; step++)
    {
      g_autofree char *expected = g_strdup_printf (".:%" G_GINT64_FORMAT, step + 1);
      guint64          generation = tfv_logdir_get_generation (logdir);

      add_scalar (fixture, "x.tfevents", step);
      wait_for_runs (logdir, expected);
      while (tfv_logdir_get_generation (logdir) == generation)
        g_main_context_iteration (NULL, TRUE);
    }
}

static void
test_live_new_files_and_runs_are_noticed (LogdirFixture *fixture, gconstpointer data)
{
  g_autoptr (TfvLogdir) logdir = start (fixture, data);

  wait_for_runs (logdir, "");
  add_scalar (fixture, "a/x1.tfevents", 0);
  wait_for_runs (logdir, "a:1");
  add_scalar (fixture, "a/x2.tfevents", 0);
  wait_for_runs (logdir, "a:2");
  add_scalar (fixture, "b/c/x.tfevents", 0);
  wait_for_runs (logdir, "a:2 b/c:1");
}

static void
test_live_deleted_files_and_runs_are_noticed (LogdirFixture *fixture, gconstpointer data)
{
  g_autofree char      *file = place (fixture, "a/x2.tfevents");
  g_autofree char      *folder = place (fixture, "b");
  g_autoptr (TfvLogdir) logdir = NULL;

  add_scalar (fixture, "a/x1.tfevents", 0);
  add_scalar (fixture, "a/x2.tfevents", 0);
  add_scalar (fixture, "b/x.tfevents", 0);
  logdir = start (fixture, data);
  wait_for_runs (logdir, "a:2 b:1");
  g_assert_cmpint (g_remove (file), ==, 0);
  remove_tree (folder);
  wait_for_runs (logdir, "a:1");
  add_scalar (fixture, "b/x.tfevents", 0);
  wait_for_runs (logdir, "a:1 b:1");
}

static void
test_live_a_truncated_file_is_read_again (LogdirFixture *fixture, gconstpointer data)
{
  g_autofree char      *path = place (fixture, "x.tfevents");
  g_autoptr (TfvLogdir) logdir = NULL;
  g_autoptr (GPtrArray) runs = NULL;
  g_auto (GStrv)        warnings = NULL;

  for (gint64 step = 0; step < 5; step++)
    add_scalar (fixture, "x.tfevents", step);
  logdir = start (fixture, data);
  wait_for_runs (logdir, ".:5");
  g_assert_cmpint (truncate (path, 0), ==, 0);
  wait_for_runs (logdir, ".:0");
  add_scalar (fixture, "x.tfevents", 7);
  wait_for_runs (logdir, ".:1");
  runs = tfv_logdir_dup_runs (logdir);
  warnings = tfv_run_dup_warnings (runs->pdata[0]);
  g_assert_cmpuint (g_strv_length (warnings), ==, 1);
  g_assert_true (g_pattern_match_simple ("*x.tfevents: the file shrank from * to 0 bytes and is read again", warnings[0]));
}

static void
test_live_a_replaced_file_is_read_again (LogdirFixture *fixture, gconstpointer data)
{
  g_autofree char      *path = place (fixture, "x.tfevents");
  g_autofree char      *other = place (fixture, "other.tmp");
  g_autoptr (TfvLogdir) logdir = NULL;

  add_scalar (fixture, "x.tfevents", 0);
  logdir = start (fixture, data);
  wait_for_runs (logdir, ".:1");
  for (gint64 step = 0; step < 3; step++)
    add_scalar (fixture, "other.tmp", step);
  g_assert_cmpint (g_rename (other, path), ==, 0);
  wait_for_runs (logdir, ".:3");
}

/* Writes an event file with @n_spans spans of a name. */
static void
write_spans (LogdirFixture *fixture, const char *name, guint n_spans)
{
  g_autoptr (GError)           error = NULL;
  g_autoptr (TfvSummaryWriter) writer = tfv_summary_writer_new (fixture->folder, &error);
  TfvSpan                      span = { .duration_ns = 10, .step = -1 };

  g_assert_no_error (error);
  span.name = tfv_summary_writer_intern (writer, TFV_STRING_NAME, name, 0);
  for (guint i = 0; i < n_spans; i++)
    tfv_summary_writer_add_span (writer, &span);
  g_assert_true (tfv_summary_writer_close (writer, &error));
}

/* "name:spans" for each stretch of spans of a name. (transfer full) */
static char *
describe_spans (TfvSpanTable *spans)
{
  GString *text = g_string_new (NULL);
  gsize    n_spans = tfv_span_table_get_n_spans (spans);

  for (gsize i = 0, start = 0; i < n_spans; i++)
    {
      TfvSpan span, next = { 0 };

      tfv_span_table_get_span (spans, i, &span);
      if (i + 1 < n_spans)
        tfv_span_table_get_span (spans, i + 1, &next);
      if (next.name == span.name)
        continue;
      g_string_append_printf (text, "%s%s:%" G_GSIZE_FORMAT, start > 0 ? " " : "", tfv_span_table_get_string (spans, span.name, NULL, NULL), i + 1 - start);
      start = i + 1;
    }
  return g_string_free (text, FALSE);
}

static void
test_live_a_deleted_file_takes_its_spans_along (LogdirFixture *fixture, gconstpointer data)
{
  g_autoptr (TfvLogdir)    logdir = NULL;
  g_autoptr (GPtrArray)    runs = NULL;
  g_autoptr (TfvSpanTable) before = NULL;
  g_auto (GStrv)           files = NULL;
  g_autofree char         *all = NULL;

  write_spans (fixture, "MatMul", 300);
  write_spans (fixture, "Relu", 400);
  logdir = start (fixture, data);
  wait_for_runs (logdir, ".:0");
  runs = tfv_logdir_dup_runs (logdir);
  before = tfv_run_dup_spans (runs->pdata[0]);
  all = describe_spans (before);
  g_assert_cmpstr (all, ==, "MatMul:300 Relu:400");

  files = tfv_run_dup_files (runs->pdata[0]);
  g_assert_cmpint (g_remove (files[0]), ==, 0);
  for (gboolean is_gone = FALSE; !is_gone;)
    {
      g_autoptr (TfvSpanTable) spans = NULL;
      g_autofree char         *left = NULL;

      g_main_context_iteration (NULL, TRUE);
      spans = tfv_run_dup_spans (runs->pdata[0]);
      left = describe_spans (spans);
      is_gone = strcmp (left, "Relu:400") == 0;
      g_assert_true (is_gone || strcmp (left, all) == 0);
    }
  g_assert_cmpuint (tfv_span_table_get_n_spans (before), ==, 700);
}

static void
test_live_a_half_record_is_waited_for (LogdirFixture *fixture, gconstpointer data)
{
  g_autofree char      *path = place (fixture, "x.tfevents");
  g_autofree char      *whole = place (fixture, "whole");
  g_autofree char      *content = NULL;
  gsize                 n_bytes;
  g_autoptr (TfvLogdir) logdir = NULL;
  g_autoptr (GPtrArray) runs = NULL;
  g_auto (GStrv)        warnings = NULL;

  add_scalar (fixture, "whole", 1);
  g_assert_true (g_file_get_contents (whole, &content, &n_bytes, NULL));
  add_scalar (fixture, "x.tfevents", 0);
  write_bytes (path, content, n_bytes / 2);
  logdir = start (fixture, data);
  wait_for_runs (logdir, ".:1");
  write_bytes (path, content + n_bytes / 2, n_bytes - n_bytes / 2);
  wait_for_runs (logdir, ".:2");
  runs = tfv_logdir_dup_runs (logdir);
  warnings = tfv_run_dup_warnings (runs->pdata[0]);
  g_assert_cmpuint (g_strv_length (warnings), ==, 0);
}

static void
test_live_a_path_is_waited_for (LogdirFixture *fixture, gconstpointer data)
{
  g_autofree char      *path = place (fixture, "later");
  const char           *paths[] = { path, NULL };
  g_autoptr (TfvLogdir) logdir = tfv_logdir_new (paths);

  tfv_logdir_set_polling (logdir, GPOINTER_TO_INT (data), IDLE_INTERVAL_US);
  tfv_logdir_start (logdir);
  wait_for_runs (logdir, "");
  add_scalar (fixture, "later/x.tfevents", 0);
  wait_for_runs (logdir, ".:1");
}

static void
test_live_goes_on_after_a_stop (LogdirFixture *fixture, gconstpointer data)
{
  g_autoptr (TfvLogdir) logdir = NULL;

  add_scalar (fixture, "x.tfevents", 0);
  logdir = start (fixture, data);
  wait_for_runs (logdir, ".:1");
  tfv_logdir_stop (logdir);
  add_scalar (fixture, "x.tfevents", 1);
  assert_runs (logdir, ".:1");
  tfv_logdir_start (logdir);
  wait_for_runs (logdir, ".:2");
}

static void
test_live_a_foreign_file_gives_a_warning (LogdirFixture *fixture, gconstpointer data)
{
  g_autofree char      *foreign = place (fixture, "tfevents.txt");
  g_autoptr (TfvLogdir) logdir = NULL;
  guint                 n_warnings = 0;

  write_bytes (foreign, "These are not the events you are looking for.", 45);
  logdir = start (fixture, data);
  while (n_warnings == 0)
    {
      g_auto (GStrv) warnings = NULL;

      g_main_context_iteration (NULL, TRUE);
      warnings = tfv_logdir_dup_warnings (logdir);
      n_warnings = g_strv_length (warnings);
    }
  g_assert_cmpuint (n_warnings, ==, 1);
  assert_runs (logdir, "");
}

static guint
count_descriptors (void)
{
  g_autoptr (GDir) folder = g_dir_open ("/proc/self/fd", 0, NULL);
  guint            n = 0;

  while (g_dir_read_name (folder) != NULL)
    n++;
  return n;
}

static void
test_live_idle_files_hold_no_descriptor (LogdirFixture *fixture, gconstpointer data)
{
  guint                 n_before, n_runs = 50;
  g_autoptr (TfvLogdir) logdir = NULL;
  g_autoptr (GString)   expected = g_string_new (NULL);

  for (guint i = 0; i < n_runs; i++)
    {
      g_autofree char *name = g_strdup_printf ("%02u/x.tfevents", i);

      add_scalar (fixture, name, 0);
      g_string_append_printf (expected, "%s%02u:1", i > 0 ? " " : "", i);
    }
  n_before = count_descriptors ();
  logdir = start (fixture, data);
  wait_for_runs (logdir, expected->str);
  g_assert_cmpuint (count_descriptors (), <, n_before + n_runs / 2);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("a-folder-with-event-files-is-a-run", test_a_folder_with_event_files_is_a_run);
  ADD ("a-file-is-a-run-of-its-own", test_a_file_is_a_run_of_its_own);
  ADD ("names-that-clash-get-the-path-before-them", test_names_that_clash_get_the_path_before_them);
  ADD ("links-are-followed-once", test_links_are_followed_once);
  ADD ("a-path-that-is-not-there-is-an-error", test_a_path_that_is_not_there_is_an_error);
  ADD ("a-foreign-file-gives-a-warning-and-no-run", test_a_foreign_file_gives_a_warning_and_no_run);
  ADD ("a-short-tail-is-told-when-nobody-writes", test_a_short_tail_is_told_when_nobody_writes);
  ADD ("a-folder-that-cannot-be-read-gives-a-warning", test_a_folder_that_cannot_be_read_gives_a_warning);
  ADD_LIVE ("growth-is-noticed", test_live_growth_is_noticed);
  ADD_LIVE ("new-files-and-runs-are-noticed", test_live_new_files_and_runs_are_noticed);
  ADD_LIVE ("deleted-files-and-runs-are-noticed", test_live_deleted_files_and_runs_are_noticed);
  ADD_LIVE ("a-truncated-file-is-read-again", test_live_a_truncated_file_is_read_again);
  ADD_LIVE ("a-replaced-file-is-read-again", test_live_a_replaced_file_is_read_again);
  ADD_LIVE ("a-deleted-file-takes-its-spans-along", test_live_a_deleted_file_takes_its_spans_along);
  ADD_LIVE ("a-half-record-is-waited-for", test_live_a_half_record_is_waited_for);
  ADD_LIVE ("a-path-is-waited-for", test_live_a_path_is_waited_for);
  ADD_LIVE ("goes-on-after-a-stop", test_live_goes_on_after_a_stop);
  ADD_LIVE ("a-foreign-file-gives-a-warning", test_live_a_foreign_file_gives_a_warning);
  ADD_LIVE ("idle-files-hold-no-descriptor", test_live_idle_files_hold_no_descriptor);
  return g_test_run ();
}
