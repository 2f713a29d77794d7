/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/tfv-command.h"
#include "profiler/tfv-span-recorder.h"
#include "summaries/tfv-record-class.h"
#include "summaries/tfv-summary-writer.h"

/* tfv on the files that we write ourselves, in this process. */

typedef struct
{
  char             *directory;
  TfvSummaryWriter *writer;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->directory = g_dir_make_tmp ("tfv-cli-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->writer = tfv_summary_writer_new (fixture->directory, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->directory, 0, NULL);
  const char      *name;

  g_clear_object (&fixture->writer);
  while ((name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (fixture->directory, name, NULL);

      g_unlink (path);
    }
  g_rmdir (fixture->directory);
  g_free (fixture->directory);
}

/* Runs tfv with up to three arguments and then the fixture's folder. */
static char *
run_tfv_to_end (Fixture *fixture, const char *command, const char *first, const char *second, int status)
{
  g_autofree char      *path = NULL;
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
  char                 *printed;
  int                   fd = g_file_open_tmp ("tfv-cli-out-XXXXXX", &path, NULL);

  g_ptr_array_add (arguments, (gpointer) "tfv");
  g_ptr_array_add (arguments, (gpointer) command);
  if (first)
    g_ptr_array_add (arguments, (gpointer) first);
  if (second)
    g_ptr_array_add (arguments, (gpointer) second);
  g_ptr_array_add (arguments, fixture->directory);
  g_ptr_array_add (arguments, NULL);

  g_assert_cmpint (tfv_command_main ((int) arguments->len - 1, (char **) arguments->pdata, fd), ==, status);
  close (fd);
  g_assert_true (g_file_get_contents (path, &printed, NULL, NULL));
  g_unlink (path);
  return printed;
}

static char *
run_tfv (Fixture *fixture, const char *command, const char *first, const char *second)
{
  return run_tfv_to_end (fixture, command, first, second, TFV_EXIT_SUCCESS);
}

static void
close_writer (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  tfv_summary_writer_close (fixture->writer, &error);
  g_assert_no_error (error);
}

/* Each kind of record carries its own sample, `*` standing for what differs
 * from run to run. */
static void
test_every_kind (Fixture *fixture, gconstpointer data)
{
  const TfvRecordClass *const *classes = tfv_record_class_get_all ();

  for (guint i = 0; classes[i]; i++)
    classes[i]->write_sample (fixture->writer);
  close_writer (fixture);

  for (guint i = 0; classes[i]; i++)
    {
      g_autofree char *kind = g_strconcat ("--kind=", classes[i]->name, NULL);
      g_autofree char *head = g_strjoinv (",", (char **) classes[i]->columns);
      g_autofree char *printed = run_tfv (fixture, "dump", kind, NULL);
      g_autofree char *unquoted = NULL;
      g_autofree char *pattern = g_strconcat (head, "\n", classes[i]->sample, NULL);
      GString         *plain = g_string_new (printed);

      /* the samples are not quoted as CSV is */
      g_string_replace (plain, "\"\"", "\1", 0);
      g_string_replace (plain, "\"", "", 0);
      g_string_replace (plain, "\1", "\"", 0);
      unquoted = g_string_free (plain, FALSE);
      if (!g_pattern_match_simple (pattern, unquoted))
        g_error ("%s: printed\n%s\nwhich is not like\n%s", classes[i]->name, unquoted, pattern);
    }
}

static void
test_precision (Fixture *fixture, gconstpointer data)
{
  g_autofree char *printed = NULL;

  tfv_summary_writer_add_scalar_at (fixture->writer, "double", 0.1, 1, 1589601848.125);
  tfv_summary_writer_add_scalar_at (fixture->writer, "double", 1.0 / 3, 2, 1589601849.125);
  tfv_summary_writer_add_scalar_float (fixture->writer, "float", 0.1f, 1);
  close_writer (fixture);

  printed = run_tfv (fixture, "dump", "--kind=scalar", "--tag=double");
  g_assert_cmpstr (printed, ==, "run,tag,step,wall_time,value\n.,double,1,1589601848.125,0.1\n.,double,2,1589601849.125,0.3333333333333333\n");
  g_clear_pointer (&printed, g_free);
  printed = run_tfv (fixture, "dump", "--kind=scalar", "--tag=float");
  g_assert_true (g_str_has_suffix (printed, ",0.1\n"));
}

static void
test_devices (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TfvSpanRecorder) recorder = tfv_span_recorder_new (fixture->writer, NULL);
  TfvSpanInfo                 info = { .name = "MatMul", .op = "layer/MatMul", .category = "op", .step = 4 };
  TfvSpanInfo                 remote = { .name = "Copy", .device = "/job:localhost/replica:0/task:0/device:GPU:0", .step = -1 };
  g_autofree char            *json = NULL;
  g_autofree char            *csv = NULL;

  tfv_span_recorder_record (recorder, 10, 5, &info);
  tfv_span_recorder_record (recorder, 20, 5, &info);
  tfv_span_recorder_record (recorder, 30, 7, &remote);
  close_writer (fixture);

  json = run_tfv (fixture, "ls", "--json", NULL);
  g_assert_nonnull (strstr (json, "{\"name\":\"/job:localhost/replica:0/task:0/device:CPU:0\",\"lanes\":1,\"spans\":2}"));
  g_assert_nonnull (strstr (json, "{\"name\":\"/job:localhost/replica:0/task:0/device:GPU:0\",\"lanes\":1,\"spans\":1}"));

  csv = run_tfv (fixture, "dump", "--kind=span", "--tag=Copy");
  g_assert_true (g_str_has_prefix (csv, "run,device,lane,name,category,start_ns,duration_ns,step,op\n.,/job:localhost/replica:0/task:0/device:GPU:0,"));
  g_assert_true (g_str_has_suffix (csv, ",Copy,,30,7,-1,\n"));
}

static void
test_moments (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TfvSpanRecorder) recorder = tfv_span_recorder_new (fixture->writer, "/device:GPU:0");
  TfvSpanInfo                 info = { .name = "launch", .category = "ac2g", .step = 4, .correlation = 9 };
  g_autofree char            *json = NULL;
  g_autofree char            *text = NULL;
  g_autofree char            *counters = NULL;
  g_autofree char            *flows = NULL;
  g_autofree char            *markers = NULL;

  tfv_span_recorder_count (recorder, "memory", 4096, "By", 4);
  tfv_span_recorder_flow (recorder, TFV_FLOW_START, 12, &info);
  tfv_span_recorder_flow (recorder, TFV_FLOW_END, 12, &info);
  tfv_span_recorder_mark (recorder, TFV_MARKER_GLOBAL, &info);
  tfv_span_recorder_mark (recorder, TFV_MARKER_LANE, &info);
  tfv_span_recorder_mark (recorder, TFV_MARKER_DEVICE, &info);
  close_writer (fixture);

  json = run_tfv (fixture, "ls", "--json", NULL);
  g_assert_nonnull (strstr (json, "\"counters\":1,\"flows\":2,\"markers\":3,"));
  text = run_tfv (fixture, "ls", NULL, NULL);
  g_assert_cmpstr (text, ==, "COUNTERS  FLOWS  MARKERS  RUN\n       1      2        3  .\n");

  counters = run_tfv (fixture, "dump", "--kind=counter", "--tag=memory");
  g_assert_true (g_pattern_match_simple ("run,*\n.,/device:GPU:0,,memory,,*,4096,By,4\n", counters));
  flows = run_tfv (fixture, "dump", "--kind=flow", "--tag=launch");
  g_assert_true (g_pattern_match_simple ("run,*\n*,launch,ac2g,12,start,enclosing,*\n*,launch,ac2g,12,end,enclosing,*\n", flows));
  markers = run_tfv (fixture, "dump", "--kind=marker", "--tag=nothing*");
  g_assert_cmpstr (markers, ==, "run,device,lane,name,category,scope,time_ns,step,op,correlation\n");
}

/* What is being written can be listed. */
static void
test_live (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *printed = NULL;

  for (int i = 0; i < 100; i++)
    tfv_summary_writer_add_scalar (fixture->writer, "loss", i, i);
  tfv_summary_writer_flush (fixture->writer, &error);
  g_assert_no_error (error);

  printed = run_tfv (fixture, "ls", NULL, NULL);
  g_assert_nonnull (strstr (printed, "scalar    100      0    99  loss\n"));
  close_writer (fixture);
}

/* Float32 and float64 in turns are kept in one column, and yet told apart. */
static void
test_both_widths (Fixture *fixture, gconstpointer data)
{
  g_autofree char *printed = NULL;
  GString         *expected = g_string_new ("run,tag,step,wall_time,value\n");

  for (gint64 step = 0; step < 100; step++)
    {
      if (step % 2 == 0)
        tfv_summary_writer_add_scalar_float_at (fixture->writer, "loss", 0.1f, step, 1);
      else
        tfv_summary_writer_add_scalar_at (fixture->writer, "loss", (double) 0.1f, step, 1);
      g_string_append_printf (expected, ".,loss,%" G_GINT64_FORMAT ",1,%s\n", step, step % 2 == 0 ? "0.1" : "0.10000000149011612");
    }
  close_writer (fixture);

  printed = run_tfv (fixture, "dump", "--kind=scalar", NULL);
  g_assert_cmpstr (printed, ==, expected->str);
  g_string_free (expected, TRUE);
}

/* A text that is damaged is told of, and those after it are given. */
static void
test_damaged_record (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GDir) dir = NULL;
  g_autofree char *path = NULL;
  g_autofree char *content = NULL;
  char            *place;
  gsize            n_bytes;
  g_autofree char *printed = NULL;

  tfv_summary_writer_add_text (fixture->writer, "first", "a text that is damaged", 1);
  tfv_summary_writer_add_text (fixture->writer, "first", "whole", 2);
  tfv_summary_writer_add_text (fixture->writer, "second", "whole too", 3);
  close_writer (fixture);
  dir = g_dir_open (fixture->directory, 0, NULL);
  path = g_build_filename (fixture->directory, g_dir_read_name (dir), NULL);
  g_assert_true (g_file_get_contents (path, &content, &n_bytes, NULL));
  place = memmem (content, n_bytes, "that is damaged", 15);
  g_assert_nonnull (place);
  *place = 'T';
  g_assert_true (g_file_set_contents (path, content, (gssize) n_bytes, NULL));

  printed = run_tfv_to_end (fixture, "dump", "--kind=text", NULL, TFV_EXIT_FAILURE);
  g_assert_null (strstr (printed, "damaged"));
  g_assert_nonnull (strstr (printed, ".,first,2,"));
  g_assert_nonnull (strstr (printed, ".,second,3,"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/cli/event-files/dumps-every-kind-of-record", Fixture, NULL, set_up, test_every_kind, tear_down);
  g_test_add ("/cli/event-files/tells-floats-from-doubles-in-one-tag", Fixture, NULL, set_up, test_both_widths, tear_down);
  g_test_add ("/cli/event-files/gives-what-is-whole-after-a-damaged-record", Fixture, NULL, set_up, test_damaged_record, tear_down);
  g_test_add ("/cli/event-files/keeps-each-value-s-precision", Fixture, NULL, set_up, test_precision, tear_down);
  g_test_add ("/cli/event-files/lists-devices-and-dumps-spans", Fixture, NULL, set_up, test_devices, tear_down);
  g_test_add ("/cli/event-files/counts-and-dumps-what-is-beside-the-spans", Fixture, NULL, set_up, test_moments, tear_down);
  g_test_add ("/cli/event-files/lists-a-run-that-is-being-written", Fixture, NULL, set_up, test_live, tear_down);
  return g_test_run ();
}
