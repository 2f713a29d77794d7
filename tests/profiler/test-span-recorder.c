/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "profiler/tfv-span-recorder.h"

#include <glib/gstdio.h>
#include <string.h>

#include "profiler/sources/host.h"
#include "profiler/tfv-trace.h"
#include "summaries/tfv-logdir.h"

typedef struct
{
  char             *directory;
  TfvSummaryWriter *writer;
  TfvSpanRecorder  *recorder;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->directory = g_dir_make_tmp ("tfv-recorder-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->writer = tfv_summary_writer_new (fixture->directory, &error);
  g_assert_no_error (error);
  fixture->recorder = tfv_span_recorder_new (fixture->writer, NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->directory, 0, NULL);
  const char      *name;

  g_clear_object (&fixture->recorder);
  g_clear_object (&fixture->writer);
  while ((name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (fixture->directory, name, NULL);

      g_unlink (path);
    }
  g_rmdir (fixture->directory);
  g_free (fixture->directory);
}

/* Closes the file and reads it back. */
static TfvTrace *
read_trace (Fixture *fixture)
{
  g_autoptr (GError)    error = NULL;
  const char           *paths[] = { fixture->directory, NULL };
  g_autoptr (TfvLogdir) logdir = tfv_logdir_new (paths);
  g_autoptr (GPtrArray) runs = NULL;

  tfv_summary_writer_close (fixture->writer, &error);
  g_assert_no_error (error);
  tfv_logdir_load (logdir, NULL, &error);
  g_assert_no_error (error);
  runs = tfv_logdir_dup_runs (logdir);
  g_assert_cmpuint (runs->len, ==, 1);
  return tfv_trace_new (g_ptr_array_index (runs, 0));
}

static void
test_round_trip (Fixture *fixture, gconstpointer data)
{
  TfvSpanInfo          info = { .name = "MatMul", .op = "layer/MatMul", .category = "op", .step = 7, .correlation = 99 };
  TfvSpanInfo          bare = { .name = "Wait", .step = -1 };
  g_autoptr (TfvTrace) trace = NULL;
  const TfvTraceLane  *lanes;
  const TfvSpan       *span;
  guint                n;

  tfv_span_recorder_record (fixture->recorder, 1000, 250, &info);
  tfv_span_recorder_record (fixture->recorder, 2000, -5, &bare);

  trace = read_trace (fixture);
  g_assert_cmpstr (tfv_trace_get_devices (trace, &n)[0].name, ==, "/job:localhost/replica:0/task:0/device:CPU:0");
  g_assert_cmpuint (n, ==, 1);
  lanes = tfv_trace_get_lanes (trace, &n);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpuint (lanes[0].n_spans, ==, 2);

  span = &lanes[0].spans[0];
  g_assert_cmpint (span->start_ns, ==, 1000);
  g_assert_cmpint (span->duration_ns, ==, 250);
  g_assert_cmpint (span->step, ==, 7);
  g_assert_cmpuint (span->correlation, ==, 99);
  g_assert_cmpstr (tfv_trace_get_string (trace, span->name), ==, "MatMul");
  g_assert_cmpstr (tfv_trace_get_string (trace, span->op), ==, "layer/MatMul");
  g_assert_cmpstr (tfv_trace_get_string (trace, span->category), ==, "op");

  span = &lanes[0].spans[1];
  g_assert_cmpint (span->duration_ns, ==, 0);
  g_assert_cmpint (span->step, ==, -1);
  g_assert_cmpstr (tfv_trace_get_string (trace, span->op), ==, "");
}

static void
test_begin_end (Fixture *fixture, gconstpointer data)
{
  TfvSpanInfo          info = { .name = "outer", .step = -1 };
  gint64               before_ns = tfv_host_now_ns ();
  gint64               begin_ns = tfv_span_recorder_begin (fixture->recorder);
  gint64               after_ns;
  g_autoptr (TfvTrace) trace = NULL;
  const TfvSpan       *span;
  guint                n;

  g_usleep (1000);
  tfv_span_recorder_end (fixture->recorder, begin_ns, &info);
  after_ns = tfv_host_now_ns ();

  trace = read_trace (fixture);
  span = &tfv_trace_get_lanes (trace, &n)[0].spans[0];
  g_assert_cmpint (span->start_ns, >=, before_ns);
  g_assert_cmpint (span->duration_ns, >=, 1000000);
  g_assert_cmpint (tfv_span_get_end_ns (span), <=, after_ns);
}

static gpointer
record_many (gpointer data)
{
  Fixture *fixture = data;

  for (int i = 0; i < 1000; i++)
    {
      g_autofree char *name = g_strdup_printf ("op %d", i % 10);
      TfvSpanInfo      info = { .name = name, .device = i % 2 ? "/device:GPU:0" : NULL, .step = i };

      tfv_span_recorder_record (fixture->recorder, i, 1, &info);
    }
  return NULL;
}

static void
test_threads (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TfvTrace) trace = NULL;
  const TfvTraceLane  *lanes;
  GThread             *threads[4];
  guint                n;

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("recording", record_many, fixture);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);

  trace = read_trace (fixture);
  tfv_trace_get_devices (trace, &n);
  g_assert_cmpuint (n, ==, 2);
  lanes = tfv_trace_get_lanes (trace, &n);
  g_assert_cmpuint (n, ==, 8);
  for (guint i = 0; i < n; i++)
    {
      g_assert_true (g_str_has_prefix (lanes[i].name, "recording "));
      g_assert_cmpuint (lanes[i].n_spans, ==, 500);
      for (gsize j = 0; j < lanes[i].n_spans; j++)
        {
          const TfvSpan   *span = &lanes[i].spans[j];
          g_autofree char *name = g_strdup_printf ("op %d", (int) (span->step % 10));

          g_assert_cmpint (span->start_ns, ==, span->step);
          g_assert_cmpstr (tfv_trace_get_string (trace, span->name), ==, name);
        }
    }
}

/* A thread's memory of a recorder must not be taken for that of another that
 * may well lie at the same address. */
static void
test_recorders_come_and_go (Fixture *fixture, gconstpointer data)
{
  for (int i = 0; i < 12; i++)
    {
      g_autoptr (GError)   error = NULL;
      g_autofree char     *directory = g_dir_make_tmp ("tfv-recorder-XXXXXX", &error);
      g_autofree char     *name = g_strdup_printf ("of recorder %d", i);
      TfvSpanInfo          info = { .name = name, .step = i };
      Fixture              other = { directory, tfv_summary_writer_new (directory, NULL), NULL };
      g_autoptr (TfvTrace) trace = NULL;
      const TfvTraceLane  *lanes;
      guint                n;

      other.recorder = tfv_span_recorder_new (other.writer, "/device:TEST:0");
      tfv_span_recorder_record (other.recorder, 1, 1, &info);
      tfv_span_recorder_record (other.recorder, 2, 1, &info);
      trace = read_trace (&other);
      lanes = tfv_trace_get_lanes (trace, &n);
      g_assert_cmpuint (n, ==, 1);
      g_assert_cmpuint (lanes[0].n_spans, ==, 2);
      g_assert_cmpstr (tfv_trace_get_string (trace, lanes[0].spans[1].name), ==, name);
      other.directory = g_strdup (directory);
      tear_down (&other, NULL);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/profiler/span-recorder/writes-what-a-reader-reads", Fixture, NULL, set_up, test_round_trip, tear_down);
  g_test_add ("/profiler/span-recorder/measures-from-begin-to-end", Fixture, NULL, set_up, test_begin_end, tear_down);
  g_test_add ("/profiler/span-recorder/gives-each-thread-a-lane", Fixture, NULL, set_up, test_threads, tear_down);
  g_test_add ("/profiler/span-recorder/forgets-recorders-that-are-gone", Fixture, NULL, set_up, test_recorders_come_and_go, tear_down);
  return g_test_run ();
}
