/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/summaries/load-run-private.h"
#include "summaries/tfv-error.h"
#include "summaries/tfv-scalar-series.h"
#include "summaries/tfv-summary-writer.h"
#include "summaries/tfv-tag.h"

static TfvSummaryWriter *
new_writer (const char *folder)
{
  g_autoptr (GError) error = NULL;
  TfvSummaryWriter  *writer = tfv_summary_writer_new (folder, &error);

  g_assert_no_error (error);
  return writer;
}

static void
close_writer (TfvSummaryWriter *writer)
{
  g_autoptr (GError) error = NULL;

  tfv_summary_writer_close (writer, &error);
  g_assert_no_error (error);
}

static TfvScalarView *
load_scalars (const char *folder, const char *name)
{
  g_autoptr (TfvRun) run = load_run (folder);
  g_autoptr (TfvTag) tag = tfv_run_dup_tag (run, TFV_RECORD_SCALAR, name);

  return tag != NULL ? tfv_scalar_series_snapshot (tfv_tag_get_series (tag), TFV_SCALAR_VIEW_ALL) : NULL;
}

static guint
count_files (const char *folder)
{
  g_autoptr (GDir) listing = g_dir_open (folder, 0, NULL);
  guint            n_files = 0;

  while (g_dir_read_name (listing) != NULL)
    n_files++;

  return n_files;
}

static void
test_keeps_every_value (void)
{
  static const double          values[] = { 0, -0.0, 1e308, 5e-324, NAN, INFINITY, -INFINITY, 0.1 };
  g_autofree char             *folder = g_dir_make_tmp ("tfv-writer-XXXXXX", NULL);
  g_autoptr (TfvSummaryWriter) writer = new_writer (folder);
  g_autoptr (TfvScalarView)    view = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    tfv_summary_writer_add_scalar_at (writer, "value", values[i], i == 0 ? G_MININT64 : (gint64) i, 1e9 + i * 0.001);
  close_writer (writer);

  view = load_scalars (folder, "value");
  g_assert_cmpuint (view->n_points, ==, G_N_ELEMENTS (values));
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      gint64   step;
      double   wall_time, value;
      gboolean is_float32;

      tfv_scalar_view_get (view, i, &step, &wall_time, &value, &is_float32);
      g_assert_cmpint (step, ==, i == 0 ? G_MININT64 : (gint64) i);
      g_assert_cmpfloat (wall_time, ==, 1e9 + i * 0.001);
      g_assert_true (memcmp (&value, &values[i], sizeof value) == 0 || (isnan (value) && isnan (values[i])));
      g_assert_false (is_float32);
    }

  remove_folder (folder);
}

static void
test_stamps_with_the_time_of_the_call (void)
{
  g_autofree char             *folder = g_dir_make_tmp ("tfv-writer-XXXXXX", NULL);
  g_autoptr (TfvSummaryWriter) writer = new_writer (folder);
  g_autoptr (TfvScalarView)    view = NULL;
  gint64                       before[20], after[20];

  /* Long enough for the processor's own counter to be used. */
  for (guint i = 0; i < G_N_ELEMENTS (before); i++)
    {
      before[i] = g_get_real_time ();
      tfv_summary_writer_add_scalar (writer, "value", 1, i);
      after[i] = g_get_real_time ();
      g_usleep (10000);
    }
  close_writer (writer);

  view = load_scalars (folder, "value");
  for (guint i = 0; i < G_N_ELEMENTS (before); i++)
    {
      double wall_time;

      tfv_scalar_view_get (view, i, NULL, &wall_time, NULL, NULL);
      g_assert_cmpfloat (wall_time, >=, (double) before[i] * 1e-6 - 1e-3);
      g_assert_cmpfloat (wall_time, <=, (double) after[i] * 1e-6 + 1e-3);
    }

  remove_folder (folder);
}

static void
test_tells_tags_by_what_they_say (void)
{
  g_autofree char             *folder = g_dir_make_tmp ("tfv-writer-XXXXXX", NULL);
  g_autoptr (TfvSummaryWriter) writer = new_writer (folder);
  g_autofree char             *long_name = g_strnfill (3000, 'x');
  char                         reused[16];

  for (guint i = 0; i < 10; i++)
    {
      g_snprintf (reused, sizeof reused, "tag %u", i);
      tfv_summary_writer_add_scalar (writer, reused, i, 1);
    }
  tfv_summary_writer_add_scalar (writer, long_name, 77, 1);
  tfv_summary_writer_add_scalar (writer, "not \xff UTF-8", 78, 1);
  close_writer (writer);

  for (guint i = 0; i < 10; i++)
    {
      g_autoptr (TfvScalarView) view = NULL;
      double                    value;

      g_snprintf (reused, sizeof reused, "tag %u", i);
      view = load_scalars (folder, reused);
      g_assert_nonnull (view);
      g_assert_cmpuint (view->n_points, ==, 1);
      tfv_scalar_view_get (view, 0, NULL, NULL, &value, NULL);
      g_assert_cmpfloat (value, ==, i);
    }

  {
    g_autoptr (TfvScalarView) long_view = load_scalars (folder, long_name);
    g_autoptr (TfvScalarView) mended_view = load_scalars (folder, "not \xef\xbf\xbd UTF-8");

    g_assert_nonnull (long_view);
    g_assert_nonnull (mended_view);
  }

  remove_folder (folder);
}

#define ROWS_A_THREAD 20000

static gpointer
log_from_thread (gpointer data)
{
  TfvSummaryWriter *writer = data;
  static gint       n_threads;
  g_autofree char  *tag = g_strdup_printf ("thread %d", g_atomic_int_add (&n_threads, 1));

  for (gint64 step = 0; step < ROWS_A_THREAD; step++)
    {
      tfv_summary_writer_add_scalar (writer, tag, (double) step * 0.5, step);
      tfv_summary_writer_add_scalar (writer, "shared", 1, step);
    }

  return NULL;
}

static void
test_threads_write_side_by_side (void)
{
  g_autofree char             *folder = g_dir_make_tmp ("tfv-writer-XXXXXX", NULL);
  g_autoptr (TfvSummaryWriter) writer = new_writer (folder);
  g_autoptr (TfvScalarView)    shared = NULL;
  GThread                     *threads[2];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("test", log_from_thread, writer);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  close_writer (writer);
  g_assert_cmpuint (tfv_summary_writer_get_n_dropped (writer), ==, 0);

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      g_autofree char          *tag = g_strdup_printf ("thread %u", i);
      g_autoptr (TfvScalarView) view = load_scalars (folder, tag);

      g_assert_cmpuint (view->n_points, ==, ROWS_A_THREAD);
      for (gsize k = 0; k < view->n_points; k++)
        {
          gint64 step;
          double value;

          tfv_scalar_view_get (view, k, &step, NULL, &value, NULL);
          g_assert_cmpint (step, ==, (gint64) k);
          g_assert_cmpfloat (value, ==, (double) k * 0.5);
        }
    }

  shared = load_scalars (folder, "shared");
  g_assert_cmpuint (shared->n_points, ==, 2 * ROWS_A_THREAD);

  remove_folder (folder);
}

static void
test_counts_what_a_full_ring_drops (void)
{
  const guint64                n_rows = 3000000;
  g_autofree char             *folder = g_dir_make_tmp ("tfv-writer-XXXXXX", NULL);
  g_autoptr (TfvSummaryWriter) writer = new_writer (folder);
  g_autoptr (TfvScalarView)    view = NULL;
  g_autoptr (TfvRun)           run = NULL;

  for (guint64 i = 0; i < n_rows; i++)
    tfv_summary_writer_add_scalar (writer, "flood", 1, (gint64) i);
  close_writer (writer);

  view = load_scalars (folder, "flood");
  g_assert_cmpuint (view->n_points + tfv_summary_writer_get_n_dropped (writer), ==, n_rows);

  tfv_summary_writer_add_scalar (writer, "flood", 1, 0);
  g_assert_cmpuint (view->n_points + tfv_summary_writer_get_n_dropped (writer), ==, n_rows + 1);

  run = load_run (folder);
  g_assert_cmpuint (tfv_run_get_n_dropped (run), ==, n_rows - view->n_points);

  remove_folder (folder);
}

static void
test_keeps_hyper_parameters (void)
{
  const char *const            argv[] = { "train", "--note=\"quoted\"\n", NULL };
  g_autofree char             *folder = g_dir_make_tmp ("tfv-writer-XXXXXX", NULL);
  g_autoptr (TfvSummaryWriter) writer = new_writer (folder);
  g_autoptr (TfvRun)           run = NULL;
  g_autoptr (GVariant)         hparams = NULL;
  GVariantDict                 dict;
  double                       rate, whole, infinite;
  gint64                       n_units;
  gboolean                     is_nesterov;
  const char                  *optimizer;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "rate", "d", 0.1);
  g_variant_dict_insert (&dict, "whole", "d", 3.0);
  g_variant_dict_insert (&dict, "infinite", "d", -INFINITY);
  g_variant_dict_insert (&dict, "units", "x", G_MAXINT64);
  g_variant_dict_insert (&dict, "nesterov", "b", TRUE);
  g_variant_dict_insert (&dict, "optimizer", "s", "Größe \\ \"Adam\"");
  tfv_summary_writer_add_run_description (writer, 2, argv, g_variant_dict_end (&dict));
  close_writer (writer);

  run = load_run (folder);
  hparams = tfv_run_dup_hparams (run);
  g_assert_nonnull (hparams);
  g_assert_true (g_variant_lookup (hparams, "rate", "d", &rate) && rate == 0.1);
  g_assert_true (g_variant_lookup (hparams, "whole", "d", &whole) && whole == 3.0);
  g_assert_true (g_variant_lookup (hparams, "infinite", "d", &infinite) && infinite == -INFINITY);
  g_assert_true (g_variant_lookup (hparams, "units", "x", &n_units) && n_units == G_MAXINT64);
  g_assert_true (g_variant_lookup (hparams, "nesterov", "b", &is_nesterov) && is_nesterov);
  g_assert_true (g_variant_lookup (hparams, "optimizer", "&s", &optimizer));
  g_assert_cmpstr (optimizer, ==, "Größe \\ \"Adam\"");

  remove_folder (folder);
}

static void
test_a_session_supersedes_what_is_before_it (void)
{
  g_autofree char             *folder = g_dir_make_tmp ("tfv-writer-XXXXXX", NULL);
  g_autoptr (TfvSummaryWriter) writer = new_writer (folder);
  g_autoptr (TfvRun)           run = NULL;
  g_autoptr (TfvTag)           tag = NULL;
  g_autoptr (TfvScalarView)    all = NULL;
  g_autoptr (TfvScalarView)    purged = NULL;

  for (gint64 step = 0; step < 100; step++)
    tfv_summary_writer_add_scalar (writer, "loss", 1, step);
  tfv_summary_writer_add_session (writer, TFV_SESSION_START, 50);
  for (gint64 step = 50; step < 80; step++)
    tfv_summary_writer_add_scalar (writer, "loss", 2, step);
  close_writer (writer);

  run = load_run (folder);
  tag = tfv_run_dup_tag (run, TFV_RECORD_SCALAR, "loss");
  all = tfv_scalar_series_snapshot (tfv_tag_get_series (tag), TFV_SCALAR_VIEW_ALL);
  purged = tfv_scalar_series_snapshot (tfv_tag_get_series (tag), TFV_SCALAR_VIEW_PURGED);
  g_assert_cmpuint (all->n_points, ==, 130);
  g_assert_cmpuint (purged->n_points, ==, 80);

  remove_folder (folder);
}

/* simple_value 0.5 for "a"; a tensor of the double 2 for "b", by the scalars
 * plugin; a histogram of TensorFlow 0.6, which is not stored, for "c". */
static void
test_takes_summaries_of_tensorflow (void)
{
  static const guint8 message[] = {
    0x0a, 8, 0x0a, 1, 'a', 0x15, 0, 0, 0, 0x3f,
    0x0a, 30, 0x0a, 1, 'b', 0x42, 12, 0x08, 2, 0x22, 8, 0, 0, 0, 0, 0, 0, 0, 0x40,
    0x4a, 11, 0x0a, 9, 0x0a, 7, 's', 'c', 'a', 'l', 'a', 'r', 's',
    0x0a, 5, 0x0a, 1, 'c', 0x1a, 0
  };
  g_autofree char             *folder = g_dir_make_tmp ("tfv-writer-XXXXXX", NULL);
  g_autoptr (TfvSummaryWriter) writer = new_writer (folder);
  g_autoptr (GBytes)           whole = g_bytes_new_static (message, sizeof message);
  g_autoptr (GBytes)           good = g_bytes_new_static (message, 42);
  g_autoptr (GBytes)           cut = g_bytes_new_static (message, 7);
  g_autoptr (TfvScalarView)    a = NULL;
  g_autoptr (TfvScalarView)    b = NULL;
  g_autoptr (GError)           error = NULL;
  double                       value;
  gboolean                     is_float32;

  g_assert_true (tfv_summary_writer_add_summary (writer, good, 3, &error));
  g_assert_no_error (error);
  g_assert_false (tfv_summary_writer_add_summary (writer, whole, 4, &error));
  g_assert_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_FORMAT);
  g_clear_error (&error);
  g_assert_false (tfv_summary_writer_add_summary (writer, cut, 5, &error));
  g_assert_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_CORRUPT);
  close_writer (writer);

  a = load_scalars (folder, "a");
  b = load_scalars (folder, "b");
  g_assert_cmpuint (a->n_points, ==, 2);
  g_assert_cmpuint (b->n_points, ==, 2);
  tfv_scalar_view_get (a, 0, NULL, NULL, &value, &is_float32);
  g_assert_cmpfloat (value, ==, 0.5);
  g_assert_true (is_float32);
  tfv_scalar_view_get (b, 0, NULL, NULL, &value, &is_float32);
  g_assert_cmpfloat (value, ==, 2);
  g_assert_false (is_float32);

  remove_folder (folder);
}

static void
test_says_why_a_folder_cannot_be_written (void)
{
  g_autofree char   *folder = g_dir_make_tmp ("tfv-writer-XXXXXX", NULL);
  g_autofree char   *file = g_build_filename (folder, "file", NULL);
  g_autofree char   *below = g_build_filename (file, "run", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (file, "", 0, NULL));
  g_assert_null (tfv_summary_writer_new (below, &error));
  g_assert_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_IO);
  g_assert_nonnull (strstr (error->message, below));
  g_assert_nonnull (strstr (error->message, "Not a directory"));
  g_clear_error (&error);

  if (geteuid () != 0)
    {
      g_assert_cmpint (g_chmod (folder, 0500), ==, 0);
      g_assert_null (tfv_summary_writer_new (folder, &error));
      g_assert_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_IO);
      g_assert_nonnull (strstr (error->message, "Permission denied"));
      g_assert_cmpint (g_chmod (folder, 0700), ==, 0);
    }

  remove_folder (folder);
}

static void
test_a_closed_writer_says_so (void)
{
  g_autofree char             *folder = g_dir_make_tmp ("tfv-writer-XXXXXX", NULL);
  g_autoptr (TfvSummaryWriter) writer = new_writer (folder);
  g_autoptr (GError)           error = NULL;

  close_writer (writer);
  close_writer (writer);
  g_assert_false (tfv_summary_writer_flush (writer, &error));
  g_assert_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_CLOSED);

  remove_folder (folder);
}

static void
count_message (const char *domain, GLogLevelFlags level, const char *message, gpointer user_data)
{
  guint *n_messages = user_data;

  *n_messages += strstr (message, "the writer is closed") != NULL;
}

static void
test_what_comes_too_late_is_told_of_once (void)
{
  g_autofree char             *folder = g_dir_make_tmp ("tfv-writer-XXXXXX", NULL);
  g_autoptr (TfvSummaryWriter) writer = new_writer (folder);
  guint                        n_messages = 0;
  GLogFunc                     handler = g_log_set_default_handler (count_message, &n_messages);

  tfv_summary_writer_add_scalar (writer, "loss", 1, 1);
  close_writer (writer);
  g_assert_cmpuint (n_messages, ==, 0);
  tfv_summary_writer_add_scalar (writer, "loss", 2, 2);
  tfv_summary_writer_add_scalar (writer, "loss", 3, 3);
  tfv_summary_writer_add_text (writer, "note", "late", 3);
  g_log_set_default_handler (handler, NULL);

  g_assert_cmpuint (n_messages, ==, 1);
  g_assert_cmpuint (tfv_summary_writer_get_n_dropped (writer), ==, 3);

  remove_folder (folder);
}

static void
test_a_forked_child_leaves_the_file_alone (void)
{
  g_autofree char          *folder = g_dir_make_tmp ("tfv-writer-XXXXXX", NULL);
  TfvSummaryWriter         *writer = new_writer (folder);
  g_autoptr (TfvScalarView) view = NULL;
  g_autoptr (GError)        error = NULL;
  int                       status = -1;
  pid_t                     child;

  tfv_summary_writer_add_scalar (writer, "loss", 1, 1);
  child = fork ();
  if (child == 0)
    {
      tfv_summary_writer_add_scalar (writer, "loss", 2, 2);
      tfv_summary_writer_add_text (writer, "text", "text", 2);
      if (tfv_summary_writer_flush (writer, &error) || strstr (error->message, "forked") == NULL)
        _exit (1);
      g_object_unref (writer);
      /* Not exit(): the writer's thread is not in the child, so what it held cannot be freed there. */
      _exit (0);
    }
  waitpid (child, &status, 0);
  g_assert_cmpint (status, ==, 0);

  tfv_summary_writer_add_scalar (writer, "loss", 3, 3);
  close_writer (writer);
  g_object_unref (writer);

  view = load_scalars (folder, "loss");
  g_assert_cmpuint (view->n_points, ==, 2);
  g_assert_cmpuint (count_files (folder), ==, 1);

  remove_folder (folder);
}

static void
test_a_forked_child_may_write_its_own (void)
{
  g_autofree char             *folder = g_dir_make_tmp ("tfv-writer-XXXXXX", NULL);
  g_autoptr (TfvSummaryWriter) writer = new_writer (folder);
  g_autoptr (TfvScalarView)    view = NULL;
  int                          status = -1;
  pid_t                        child;

#ifdef __SANITIZE_THREAD__
  g_test_skip ("ThreadSanitizer does not follow threads into a forked child");
  remove_folder (folder);
  return;
#endif

  tfv_summary_writer_add_scalar (writer, "loss", 1, 1);
  child = fork ();
  if (child == 0)
    {
      TfvSummaryWriter *own = new_writer (folder);

      tfv_summary_writer_add_scalar (own, "loss", 2, 2);
      _exit (tfv_summary_writer_close (own, NULL) ? 0 : 1);
    }
  waitpid (child, &status, 0);
  g_assert_cmpint (status, ==, 0);
  close_writer (writer);

  view = load_scalars (folder, "loss");
  g_assert_cmpuint (view->n_points, ==, 2);

  remove_folder (folder);
}

static void
test_a_program_that_ends_has_lost_nothing (void)
{
  g_autofree char          *folder = g_dir_make_tmp ("tfv-writer-XXXXXX", NULL);
  g_autoptr (TfvScalarView) view = NULL;
  int                       status = -1;
  pid_t                     child;

#ifdef __SANITIZE_THREAD__
  g_test_skip ("ThreadSanitizer does not follow threads into a forked child");
  remove_folder (folder);
  return;
#endif

  child = fork ();
  if (child == 0)
    {
      TfvSummaryWriter *writer = new_writer (folder);

      for (gint64 step = 0; step < 1000; step++)
        tfv_summary_writer_add_scalar (writer, "loss", 1, step);
      exit (0);
    }
  waitpid (child, &status, 0);
  g_assert_cmpint (status, ==, 0);

  view = load_scalars (folder, "loss");
  g_assert_cmpuint (view->n_points, ==, 1000);

  remove_folder (folder);
}

/* A limit on the size of files is a disk that is full, for one file at a time. */
static int
write_past_the_limit (const char *folder)
{
  struct rlimit                limit = { 2000000, 2000000 };
  g_autoptr (TfvSummaryWriter) writer = NULL;

  signal (SIGXFSZ, SIG_IGN);
  setrlimit (RLIMIT_FSIZE, &limit);
  writer = new_writer (folder);
  for (gint64 step = 0; step < 100000; step++)
    {
      tfv_summary_writer_add_scalar (writer, "loss", 1, step);
      if (step % 5000 == 0)
        tfv_summary_writer_flush (writer, NULL);
    }

  return tfv_summary_writer_close (writer, NULL) && tfv_summary_writer_get_n_dropped (writer) == 0 ? 0 : 1;
}

static void
test_goes_on_in_a_new_file_when_a_write_fails (void)
{
  g_autofree char          *folder = g_dir_make_tmp ("tfv-writer-XXXXXX", NULL);
  g_autoptr (TfvScalarView) view = NULL;
  g_autofree gboolean      *is_seen = g_new0 (gboolean, 100000);
  guint                     n_seen = 0;
  int                       status = -1;
  pid_t                     child;

#ifdef __SANITIZE_THREAD__
  g_test_skip ("ThreadSanitizer does not follow threads into a forked child");
  remove_folder (folder);
  return;
#endif

  child = fork ();
  if (child == 0)
    {
      g_log_set_default_handler (g_log_default_handler, NULL);
      if (!g_test_verbose ())
        freopen ("/dev/null", "w", stderr);
      _exit (write_past_the_limit (folder));
    }
  waitpid (child, &status, 0);
  g_assert_cmpint (status, ==, 0);
  g_assert_cmpuint (count_files (folder), >, 1);

  view = load_scalars (folder, "loss");
  for (gsize i = 0; i < view->n_points; i++)
    {
      gint64 step;

      tfv_scalar_view_get (view, i, &step, NULL, NULL, NULL);
      g_assert_cmpint (step, >=, 0);
      g_assert_cmpint (step, <, 100000);
      n_seen += !is_seen[step];
      is_seen[step] = TRUE;
    }
  g_assert_cmpuint (n_seen, ==, 100000);

  remove_folder (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, function) g_test_add_func ("/summaries/summary-writer/" name, function)
  ADD ("keeps-every-value", test_keeps_every_value);
  ADD ("stamps-with-the-time-of-the-call", test_stamps_with_the_time_of_the_call);
  ADD ("tells-tags-by-what-they-say", test_tells_tags_by_what_they_say);
  ADD ("threads-write-side-by-side", test_threads_write_side_by_side);
  ADD ("counts-what-a-full-ring-drops", test_counts_what_a_full_ring_drops);
  ADD ("keeps-hyper-parameters", test_keeps_hyper_parameters);
  ADD ("a-session-supersedes-what-is-before-it", test_a_session_supersedes_what_is_before_it);
  ADD ("takes-summaries-of-tensorflow", test_takes_summaries_of_tensorflow);
  ADD ("says-why-a-folder-cannot-be-written", test_says_why_a_folder_cannot_be_written);
  ADD ("a-closed-writer-says-so", test_a_closed_writer_says_so);
  ADD ("what-comes-too-late-is-told-of-once", test_what_comes_too_late_is_told_of_once);
  ADD ("a-forked-child-leaves-the-file-alone", test_a_forked_child_leaves_the_file_alone);
  ADD ("a-forked-child-may-write-its-own", test_a_forked_child_may_write_its_own);
  ADD ("a-program-that-ends-has-lost-nothing", test_a_program_that_ends_has_lost_nothing);
  ADD ("goes-on-in-a-new-file-when-a-write-fails", test_goes_on_in_a_new_file_when_a_write_fails);

  return g_test_run ();
}
