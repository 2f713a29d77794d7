/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Files that are compacted hold what they held, and points that are read when they
 * are wanted are those that were there. */

#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "summaries/formats/hdf5-reader-private.h"
#include "summaries/tfv-check.h"
#include "summaries/tfv-compact-private.h"
#include "summaries/tfv-error.h"
#include "summaries/tfv-event-segment-private.h"
#include "summaries/tfv-hdf5-private.h"
#include "summaries/tfv-record-class.h"
#include "summaries/tfv-run-private.h"
#include "summaries/tfv-summary-writer.h"
#include "tests/summaries/load-run-private.h"

#define N_POINTS 40000
/* So many chunks at a time: several walks over the scalars. */
#define FEW_BUFFERS 3

typedef struct
{
  char *folder;
  char *path;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("tfv-compact-XXXXXX", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  tfv_hdf5_points_set_large_rows (0);
  remove_folder (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->path);
}

/* The one event file of the folder. */
static void
find_path (Fixture *fixture)
{
  g_autoptr (GDir) folder = g_dir_open (fixture->folder, 0, NULL);
  const char      *name;

  while ((name = g_dir_read_name (folder)) != NULL)
    if (g_str_has_suffix (name, ".tfv.h5"))
      fixture->path = g_build_filename (fixture->folder, name, NULL);
  g_assert_nonnull (fixture->path);
}

static guint
count_files (Fixture *fixture)
{
  g_autoptr (GDir) folder = g_dir_open (fixture->folder, 0, NULL);
  guint            n = 0;

  while (g_dir_read_name (folder) != NULL)
    n++;
  return n;
}

/* A writer's file with every kind of record, restarts, and tags of few and many
 * points. */
static void
write_everything (Fixture *fixture)
{
  g_autoptr (TfvSummaryWriter) writer = tfv_summary_writer_new (fixture->folder, NULL);

  for (const TfvRecordClass *const *class = tfv_record_class_get_all (); *class != NULL; class ++)
    (*class)->write_sample (writer);
  for (gint64 step = 0; step < N_POINTS; step++)
    {
      tfv_summary_writer_add_scalar_float (writer, "long/float", sinf ((float) step), step);
      tfv_summary_writer_add_scalar (writer, "long/double", cos ((double) step), step);
      if (step % 1000 == 0)
        tfv_summary_writer_add_scalar (writer, "short", (double) step, step);
      if (step == 20000 || step == 30000)
        tfv_summary_writer_add_session (writer, TFV_SESSION_START, step - 5000);
      if (step == 35000)
        tfv_summary_writer_add_scalar (writer, "late", NAN, step);
      if (step % 20000 == 0)
        g_assert_true (tfv_summary_writer_flush (writer, NULL));
    }
  g_assert_true (tfv_summary_writer_close (writer, NULL));
  find_path (fixture);
}

/* A file of rows as they are given, closed unless @state says otherwise. */
static void
write_rows (Fixture *fixture, guint32 n_tags, const TfvEventScalarRow *rows, gsize n_rows, TfvEventState state)
{
  const TfvEventSource source = { fixture->folder, "host", "00000000-0000-4000-8000-000000000000", 1, 1700000000000000000, 1 };
  TfvEventSegment     *segment = tfv_event_segment_create (&source, 0, NULL);
  TfvEventStatusRow    status = { .state = state, .flags = TFV_EVENT_ROW_VALID };

  for (guint32 id = 1; id <= n_tags; id++)
    {
      TfvEventTagRow tag = { .id = id, .kind = TFV_RECORD_SCALAR, .flags = TFV_EVENT_ROW_VALID };

      tag.name_length = (guint32) g_snprintf (tag.name, sizeof tag.name, "tag-%05u", id);
      g_assert_true (tfv_event_segment_append (segment, TFV_EVENT_TAGS, &tag, 1, NULL));
    }
  g_assert_true (tfv_event_segment_append (segment, TFV_EVENT_SCALARS, rows, n_rows, NULL));
  g_assert_true (tfv_event_segment_append (segment, TFV_EVENT_STATUS, &status, 1, NULL));
  g_assert_true (tfv_event_segment_flush (segment, NULL));
  g_assert_true (tfv_event_segment_close (segment, NULL));
  find_path (fixture);
}

/* Rows of tags in turn, with values of all sorts. */
static TfvEventScalarRow *
make_rows (guint32 n_tags, gsize n_rows)
{
  TfvEventScalarRow *rows = g_new0 (TfvEventScalarRow, n_rows);
  g_autoptr (GRand)  random = g_rand_new_with_seed (1);

  for (gsize i = 0; i < n_rows; i++)
    {
      guint32 tag = 1 + (guint32) (g_rand_double (random) * g_rand_double (random) * n_tags);
      double  value = g_rand_double (random);
      guint32 flags = TFV_EVENT_ROW_VALID;

      /* Some tags are of float32, some of float64, some mixed. */
      if (tag % 3 == 0 || (tag % 3 == 1 && i % 2 == 0))
        {
          value = (double) (float) value;
          flags |= TFV_EVENT_VALUE_FLOAT32;
        }
      if (i % 97 == 0)
        value = i % 2 ? NAN : -INFINITY;
      rows[i] = (TfvEventScalarRow){ (gint64) i / n_tags, 1.7e9 + (double) i * 1e-4, value, tag, flags };
    }
  return rows;
}

typedef struct
{
  GString *text;
  guint    n_columns;
} Dump;

static void
append_record (const TfvRecordValue *values, gpointer user_data)
{
  Dump *dump = user_data;

  for (guint i = 0; i < dump->n_columns; i++)
    switch (values[i].type)
      {
      case TFV_RECORD_VALUE_STRING:
        g_string_append_printf (dump->text, "%s,", values[i].string);
        break;
      case TFV_RECORD_VALUE_INTEGER:
        g_string_append_printf (dump->text, "%" G_GINT64_FORMAT ",", values[i].integer);
        break;
      default:
        {
          guint64 bits;

          memcpy (&bits, &values[i].number, sizeof bits);
          g_string_append_printf (dump->text, "%d:%" G_GINT64_MODIFIER "x,", values[i].type, bits);
          break;
        }
      }
  g_string_append_c (dump->text, '\n');
}

/* Every record of every kind, and the tags; warnings must be none. */
static char *
dump_all (const char *path)
{
  g_autoptr (TfvRun)    run = load_run (path);
  g_autoptr (GPtrArray) tags = tfv_run_dup_tags (run);
  g_auto (GStrv)        warnings = NULL;
  GString              *text = g_string_new (NULL);

  for (guint i = 0; i < tags->len; i++)
    {
      TfvTag       *tag = tags->pdata[i];
      TfvTagSummary summary;
      double        min = 0, max = 0;

      tfv_tag_get_summary (tag, &summary);
      if (tfv_tag_get_series (tag) != NULL && !tfv_scalar_series_get_range (tfv_tag_get_series (tag), &min, &max))
        min = max = 0;
      g_string_append_printf (text, "%s %" G_GUINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %.17g %.17g %" G_GUINT64_FORMAT "\n", tfv_tag_get_name (tag), summary.count, summary.first_step, summary.last_step, min, max, tfv_tag_get_n_superseded (tag));
    }
  for (const TfvRecordClass *const *class = tfv_record_class_get_all (); *class != NULL; class ++)
    for (guint purge = 0; purge < 2; purge++)
      {
        TfvRecordFilter    filter = { NULL, purge != 0 };
        Dump               dump = { text, g_strv_length ((char **) (*class)->columns) };
        g_autoptr (GError) error = NULL;

        g_string_append_printf (text, "# %s %u\n", (*class)->name, purge);
        g_assert_true ((*class)->dump (run, &filter, append_record, &dump, &error));
        g_assert_no_error (error);
      }
  g_string_append_printf (text, "dropped %" G_GUINT64_FORMAT ", started %.17g, clock %" G_GINT64_FORMAT "\n", tfv_run_get_n_dropped (run), tfv_run_get_start_time (run), tfv_run_get_clock_offset_ns (run));
  warnings = tfv_run_dup_warnings (run);
  g_assert_cmpstr (warnings[0], ==, NULL);
  return g_string_free (text, FALSE);
}

static void
compact (Fixture *fixture, guint max_buffers)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (tfv_compact_file_within (fixture->path, NULL, max_buffers, NULL, NULL, NULL, &error), ==, TFV_COMPACT_DONE);
  g_assert_no_error (error);
}

static void
test_every_record_is_as_it_was (Fixture *fixture, gconstpointer data)
{
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  write_everything (fixture);
  before = dump_all (fixture->folder);
  compact (fixture, FEW_BUFFERS);
  after = dump_all (fixture->folder);
  g_assert_cmpstr (before, ==, after);
  g_assert_cmpuint (count_files (fixture), ==, 1);
}

static void
test_points_of_many_tags_are_as_they_were (Fixture *fixture, gconstpointer data)
{
  g_autofree TfvEventScalarRow *rows = make_rows (300, 200000);
  g_autofree char              *before = NULL;
  g_autofree char              *after = NULL;

  write_rows (fixture, 300, rows, 200000, TFV_EVENT_STATE_CLOSED);
  before = dump_all (fixture->folder);
  compact (fixture, FEW_BUFFERS * 20);
  after = dump_all (fixture->folder);
  g_assert_cmpstr (before, ==, after);
}

/* A number of what its 64 bits are. */
static double
from_bits (guint64 bits)
{
  double value;

  memcpy (&value, &bits, sizeof value);
  return value;
}

static void
test_bits_of_odd_values_are_kept (Fixture *fixture, gconstpointer data)
{
  const guint32     valid = TFV_EVENT_ROW_VALID, float32 = TFV_EVENT_ROW_VALID | TFV_EVENT_VALUE_FLOAT32;
  TfvEventScalarRow rows[] = {
    { 1, 1, from_bits (G_GUINT64_CONSTANT (0x7ff8000000000123)), 1, valid },
    { G_MININT64, -INFINITY, from_bits (G_GUINT64_CONSTANT (0xfff0000000000001)), 1, valid },
    { G_MAXINT64, NAN, -0.0, 1, valid },
    { 1, 1, 0.1, 2, float32 }, /* no float32 */
    { 2, 1, 0.5, 2, float32 },
    { 1, 1, from_bits (G_GUINT64_CONSTANT (0x7ff8000020000000)), 3, float32 },
    { 2, 1, 1e300, 3, valid },
    { 3, 1, 5e-324, 3, valid },
    { 9, 1, 1.5, 4, float32 },
    { 9, 1, 1.5, 5, 0 }, /* not written to its end */
    { 9, 1, 1.5, 4, float32 },
  };
  g_autofree char          *before = NULL;
  g_autofree char          *after = NULL;
  g_autoptr (TfvEventFile)  file = NULL;
  g_autoptr (TfvColumnFile) columns = NULL;
  TfvEventScalarRow         row;
  double                    value;
  TfvColumnRead             read = { TFV_COLUMN_VALUE64, 0, 1, &value };

  write_rows (fixture, 5, rows, G_N_ELEMENTS (rows), TFV_EVENT_STATE_ENDED);
  before = dump_all (fixture->folder);
  compact (fixture, FEW_BUFFERS);
  after = dump_all (fixture->folder);
  g_assert_cmpstr (before, ==, after);

  file = tfv_event_file_open (fixture->path, NULL);
  columns = tfv_column_file_new (file, fixture->path, NULL);
  for (guint i = 0; i < 5; i++)
    {
      read.start = i;
      g_assert_true (tfv_column_file_read (columns, &read, 1, NULL, NULL));
      row = rows[i];
      g_assert_cmpmem (&value, sizeof value, &row.value, sizeof row.value);
    }
}

/* HDF5 itself reads the columns, with nothing but its own filters. */
static void
test_any_program_with_hdf5_reads_the_columns (Fixture *fixture, gconstpointer data)
{
  g_autofree TfvEventScalarRow *rows = make_rows (3, 50000);
  g_autofree double            *value = g_new (double, 131072);
  g_autoptr (TfvEventFile)      file = NULL;
  g_autoptr (TfvColumnFile)     columns = NULL;
  g_autoptr (GArray)            index = NULL;
  const TfvColumnIndexRow      *tag;
  hid_t                         id, hdf5;
  guint64                       n_rows;
  gsize                         point = 0;

  write_rows (fixture, 3, rows, 50000, TFV_EVENT_STATE_CLOSED);
  compact (fixture, FEW_BUFFERS);
  file = tfv_event_file_open (fixture->path, NULL);
  columns = tfv_column_file_new (file, fixture->path, NULL);
  index = tfv_column_file_read_index (columns, NULL);
  n_rows = tfv_column_file_get_n_rows (columns, TFV_COLUMN_VALUE64);
  g_assert_cmpuint (n_rows, <=, 131072);

  tfv_hdf5_lock ();
  hdf5 = H5Fopen (fixture->path, H5F_ACC_RDONLY, H5P_DEFAULT);
  id = H5Dopen2 (hdf5, "/columns/value64", H5P_DEFAULT);
  g_assert_cmpint (H5Dread (id, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, value), >=, 0);
  H5Dclose (id);
  H5Fclose (hdf5);
  tfv_hdf5_unlock ();

  /* Tag 2 is of float64 alone. */
  tag = &g_array_index (index, TfvColumnIndexRow, 1);
  g_assert_cmpuint (tag->tag, ==, 2);
  g_assert_cmpuint (tag->flags, ==, TFV_COLUMN_ROW_VALID);
  for (gsize i = 0; i < 50000; i++)
    if (rows[i].tag == 2)
      g_assert_cmpmem (&value[tag->start + point++], 8, &rows[i].value, 8);
  g_assert_cmpuint (point, ==, tag->n_points);
}

static void
test_pyramids_hold_the_extremes (Fixture *fixture, gconstpointer data)
{
  g_autofree TfvEventScalarRow *rows = make_rows (1, 70001);
  g_autofree TfvColumnBucket   *buckets = NULL;
  g_autoptr (TfvEventFile)      file = NULL;
  g_autoptr (TfvColumnFile)     columns = NULL;
  guint64                       n_buckets = tfv_column_count_all_buckets (70001);
  guint64                       bucket_points = TFV_COLUMN_BUCKET_POINTS;
  const TfvColumnBucket        *bucket;
  TfvColumnRead                 read;

  g_assert_cmpuint (n_buckets, ==, 274 + 18 + 2 + 1);
  write_rows (fixture, 1, rows, 70001, TFV_EVENT_STATE_CLOSED);
  compact (fixture, FEW_BUFFERS);
  file = tfv_event_file_open (fixture->path, NULL);
  columns = tfv_column_file_new (file, fixture->path, NULL);
  g_assert_cmpuint (tfv_column_file_get_n_rows (columns, TFV_COLUMN_PYRAMID), ==, n_buckets);
  buckets = g_new (TfvColumnBucket, n_buckets);
  read = (TfvColumnRead){ TFV_COLUMN_PYRAMID, 0, n_buckets, buckets };
  g_assert_true (tfv_column_file_read (columns, &read, 1, NULL, NULL));

  bucket = buckets;
  for (guint level = 0; tfv_column_count_buckets (70001, level) > 0; level++, bucket_points *= TFV_COLUMN_BUCKET_FACTOR)
    for (guint64 first = 0; first < 70001; first += bucket_points, bucket++)
      {
        guint64 end = MIN (first + bucket_points, 70001), n_finite = 0;
        double  min = INFINITY, max = -INFINITY;

        for (guint64 i = first; i < end; i++)
          if (isfinite (rows[i].value))
            {
              n_finite++;
              min = fmin (min, rows[i].value);
              max = fmax (max, rows[i].value);
            }
        g_assert_cmpint (bucket->first_step, ==, rows[first].step);
        g_assert_cmpint (bucket->last_step, ==, rows[end - 1].step);
        g_assert_cmpfloat (bucket->last_wall_time, ==, rows[end - 1].wall_time);
        g_assert_cmpuint (bucket->n_finite, ==, n_finite);
        g_assert_cmpfloat (bucket->min, ==, min);
        g_assert_cmpfloat (bucket->max, ==, max);
      }
  g_assert_true (bucket == buckets + n_buckets);
}

static void
test_files_without_scalars_can_be_compacted (Fixture *fixture, gconstpointer data)
{
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  write_rows (fixture, 2, NULL, 0, TFV_EVENT_STATE_CLOSED);
  before = dump_all (fixture->folder);
  compact (fixture, FEW_BUFFERS);
  after = dump_all (fixture->folder);
  g_assert_cmpstr (before, ==, after);
}

static void
test_what_is_compacted_is_left_alone (Fixture *fixture, gconstpointer data)
{
  g_autofree TfvEventScalarRow *rows = make_rows (2, 10);
  g_autoptr (GError)            error = NULL;

  write_rows (fixture, 2, rows, 10, TFV_EVENT_STATE_CLOSED);
  compact (fixture, FEW_BUFFERS);
  g_assert_cmpint (tfv_compact_file (fixture->path, NULL, NULL, NULL, NULL, &error), ==, TFV_COMPACT_UNCHANGED);
  g_assert_no_error (error);
}

static void
assert_fails (Fixture *fixture, GCancellable *cancellable, GQuark domain, int code)
{
  g_autofree char   *before = NULL;
  g_autofree char   *after = NULL;
  gsize              n_before, n_after;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_get_contents (fixture->path, &before, &n_before, NULL));
  g_assert_cmpint (tfv_compact_file_within (fixture->path, NULL, FEW_BUFFERS, NULL, NULL, cancellable, &error), ==, TFV_COMPACT_FAILED);
  g_assert_error (error, domain, code);
  g_assert_true (g_file_get_contents (fixture->path, &after, &n_after, NULL));
  g_assert_cmpmem (before, n_before, after, n_after);
  g_assert_cmpuint (count_files (fixture), ==, 1);
}

static void
test_files_that_are_written_are_refused (Fixture *fixture, gconstpointer data)
{
  g_autofree TfvEventScalarRow *rows = make_rows (2, 10);

  write_rows (fixture, 2, rows, 10, TFV_EVENT_STATE_RUNNING);
  assert_fails (fixture, NULL, TFV_STORE_ERROR, TFV_STORE_ERROR_IO);
}

static void
test_tags_that_readers_join_are_refused (Fixture *fixture, gconstpointer data)
{
  const TfvEventSource    source = { fixture->folder, "host", "00000000-0000-4000-8000-000000000000", 1, 1700000000000000000, 1 };
  TfvEventSegment        *segment = tfv_event_segment_create (&source, 0, NULL);
  const TfvEventTagRow    tags[] = { { 1, TFV_RECORD_SCALAR, TFV_EVENT_ROW_VALID, 0, 1, 0, "\xfe" }, { 2, TFV_RECORD_SCALAR, TFV_EVENT_ROW_VALID, 0, 1, 0, "\xff" } };
  const TfvEventScalarRow rows[] = { { 1, 1, 1, 1, TFV_EVENT_ROW_VALID }, { 2, 1, 1, 2, TFV_EVENT_ROW_VALID }, { 3, 1, 1, 1, TFV_EVENT_ROW_VALID } };
  const TfvEventStatusRow status = { .state = TFV_EVENT_STATE_CLOSED, .flags = TFV_EVENT_ROW_VALID };
  g_autofree char        *eager = NULL;
  g_autofree char        *lazy = NULL;

  g_assert_true (tfv_event_segment_append (segment, TFV_EVENT_TAGS, tags, 2, NULL));
  g_assert_true (tfv_event_segment_append (segment, TFV_EVENT_SCALARS, rows, 3, NULL));
  g_assert_true (tfv_event_segment_append (segment, TFV_EVENT_STATUS, &status, 1, NULL));
  g_assert_true (tfv_event_segment_close (segment, NULL));
  find_path (fixture);
  assert_fails (fixture, NULL, TFV_STORE_ERROR, TFV_STORE_ERROR_CORRUPT);

  eager = dump_all (fixture->folder);
  tfv_hdf5_points_set_large_rows (1);
  lazy = dump_all (fixture->folder);
  g_assert_cmpstr (eager, ==, lazy);
}

static void
test_a_cancelled_one_leaves_the_file (Fixture *fixture, gconstpointer data)
{
  g_autofree TfvEventScalarRow *rows = make_rows (2, 10);
  g_autoptr (GCancellable)      cancellable = g_cancellable_new ();

  write_rows (fixture, 2, rows, 10, TFV_EVENT_STATE_CLOSED);
  g_cancellable_cancel (cancellable);
  assert_fails (fixture, cancellable, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Whenever it is killed, the file is there, whole, in one form or the other. */
static void
test_one_that_is_killed_leaves_the_file (Fixture *fixture, gconstpointer data)
{
  g_autofree TfvEventScalarRow *rows = make_rows (30, 60000);
  g_autofree char              *before = NULL;

  write_rows (fixture, 30, rows, 60000, TFV_EVENT_STATE_CLOSED);
  before = dump_all (fixture->path);
  for (guint i = 0; i < 8; i++)
    {
      g_autofree char *after = NULL;
      pid_t            child = fork ();

      if (child == 0)
        _exit (tfv_compact_file_within (fixture->path, NULL, FEW_BUFFERS, NULL, NULL, NULL, NULL));
      g_usleep (i * 10000);
      kill (child, SIGKILL);
      waitpid (child, NULL, 0);
      after = dump_all (fixture->path);
      g_assert_cmpstr (before, ==, after);
    }
  g_assert_cmpint (tfv_compact_file (fixture->path, NULL, NULL, NULL, NULL, NULL), !=, TFV_COMPACT_FAILED);
  g_assert_cmpuint (count_files (fixture), ==, 1);
}

static TfvScalarSeries *
get_series (TfvRun *run, const char *name)
{
  g_autoptr (TfvTag) tag = tfv_run_dup_tag (run, TFV_RECORD_SCALAR, name);

  g_assert_nonnull (tag);
  return tfv_tag_get_series (tag);
}

static void
test_points_are_read_when_they_are_wanted (Fixture *fixture, gconstpointer data)
{
  g_autofree TfvEventScalarRow *rows = make_rows (3, 50000);
  g_autoptr (TfvRun)            run = NULL;
  g_autoptr (TfvScalarView)     none = NULL;
  g_autoptr (TfvScalarView)     view = NULL;
  g_autoptr (TfvScalarView)     again = NULL;
  g_autoptr (GError)            error = NULL;
  TfvScalarSeries              *series;

  write_rows (fixture, 3, rows, 50000, TFV_EVENT_STATE_CLOSED);
  compact (fixture, FEW_BUFFERS);
  run = load_run (fixture->path);
  series = get_series (run, "tag-00001");
  g_assert_false (tfv_scalar_series_is_loaded (series));
  g_assert_cmpuint (tfv_scalar_series_get_n_points (series), >, 20000);
  none = tfv_scalar_series_snapshot (series, TFV_SCALAR_VIEW_IN_MEMORY);
  g_assert_cmpuint (none->n_points, ==, 0);

  g_assert_true (tfv_scalar_series_load (series, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (tfv_scalar_series_is_loaded (series));
  g_assert_false (tfv_scalar_series_is_loaded (get_series (run, "tag-00002")));
  view = tfv_scalar_series_snapshot (series, TFV_SCALAR_VIEW_IN_MEMORY);
  g_assert_cmpuint (view->n_points, ==, tfv_scalar_series_get_n_points (series));

  /* What is given back stays with who looks at it, and can be had again. */
  tfv_scalar_series_unload (series);
  g_assert_false (tfv_scalar_series_is_loaded (series));
  again = tfv_scalar_series_snapshot (series, TFV_SCALAR_VIEW_ALL);
  g_assert_cmpuint (again->n_points, ==, view->n_points);
  g_assert_cmpuint (again->generation, !=, view->generation);
  for (gsize i = 0; i < view->n_points; i += 777)
    {
      gint64 step, step_again;

      tfv_scalar_view_get (view, i, &step, NULL, NULL, NULL);
      tfv_scalar_view_get (again, i, &step_again, NULL, NULL, NULL);
      g_assert_cmpint (step, ==, step_again);
    }
}

static gpointer
look_at_all (gpointer data)
{
  g_autoptr (GPtrArray) tags = tfv_run_dup_tags (data);
  gsize                 n_points = 0;

  for (guint i = 0; i < tags->len; i++)
    {
      g_autoptr (TfvScalarView) view = tfv_scalar_series_snapshot (tfv_tag_get_series (tags->pdata[i]), TFV_SCALAR_VIEW_ALL);

      n_points += view->n_points;
    }
  return GSIZE_TO_POINTER (n_points);
}

/* Threads that want the same points at the same time get them, read once or more. */
static void
test_many_threads_want_the_same_points (Fixture *fixture, gconstpointer is_compacted)
{
  g_autofree TfvEventScalarRow *rows = make_rows (20, 50000);
  g_autoptr (TfvRun)            run = NULL;
  GThread                      *threads[6];

  write_rows (fixture, 20, rows, 50000, TFV_EVENT_STATE_CLOSED);
  if (is_compacted != NULL)
    compact (fixture, FEW_BUFFERS);
  else
    tfv_hdf5_points_set_large_rows (1);
  run = load_run (fixture->path);
  g_assert_false (tfv_scalar_series_is_loaded (get_series (run, "tag-00001")));
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("look", look_at_all, run);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_assert_cmpuint (GPOINTER_TO_SIZE (g_thread_join (threads[i])), ==, 50000);
}

static void
test_large_files_give_the_same_points_later (Fixture *fixture, gconstpointer data)
{
  g_autofree char *at_once = NULL;
  g_autofree char *later = NULL;

  write_everything (fixture);
  at_once = dump_all (fixture->folder);
  tfv_hdf5_points_set_large_rows (1);
  later = dump_all (fixture->folder);
  g_assert_cmpstr (at_once, ==, later);
}

/* After the run was asked once, its tags say it without a look at the file. */
static void
test_what_is_superseded_is_counted_in_one_go (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TfvRun)    run = NULL;
  g_autoptr (GPtrArray) tags = NULL;
  guint64               n_superseded, n_of_tags = 0;

  write_everything (fixture);
  run = load_run (fixture->path);
  n_superseded = tfv_run_count_superseded_scalars (run);
  g_assert_cmpuint (n_superseded, >=, 2 * 2 * 5000);
  g_clear_object (&run);

  tfv_hdf5_points_set_large_rows (1);
  run = load_run (fixture->path);
  g_assert_cmpuint (tfv_run_count_superseded_scalars (run), ==, n_superseded);
  g_assert_false (tfv_scalar_series_is_loaded (get_series (run, "long/float")));
  g_assert_no_errno (g_unlink (fixture->path));
  tags = tfv_run_dup_tags (run);
  for (guint i = 0; i < tags->len; i++)
    if (tfv_tag_get_kind (tags->pdata[i]) == TFV_RECORD_SCALAR)
      n_of_tags += tfv_tag_get_n_superseded (tags->pdata[i]);
  g_assert_cmpuint (n_of_tags, ==, n_superseded);
}

static void
test_a_live_file_is_read_at_once (Fixture *fixture, gconstpointer data)
{
  g_autofree TfvEventScalarRow *rows = make_rows (2, 100);
  g_autoptr (TfvRun)            run = NULL;

  write_rows (fixture, 2, rows, 100, TFV_EVENT_STATE_RUNNING);
  tfv_hdf5_points_set_large_rows (1);
  run = load_run (fixture->path);
  g_assert_true (tfv_scalar_series_is_loaded (get_series (run, "tag-00001")));
}

/* A packed chunk that is damaged costs the tags in it, and is told of. */
static void
test_a_damaged_chunk_costs_its_tag_alone (Fixture *fixture, gconstpointer data)
{
  g_autofree TfvEventScalarRow *rows = g_new0 (TfvEventScalarRow, 60000);
  g_autoptr (TfvRun)            run = NULL;
  g_autoptr (GError)            error = NULL;
  g_autofree char              *bytes = NULL;
  g_autoptr (GVariant)          report = NULL;
  g_autofree const char       **problems = NULL;
  g_auto (GStrv)                warnings = NULL;
  gsize                         n_bytes;
  hsize_t                       offset = 0, size = 0;
  haddr_t                       address = 0;
  unsigned int                  mask;
  hid_t                         id, hdf5;

  for (gsize i = 0; i < 60000; i++)
    rows[i] = (TfvEventScalarRow){ (gint64) i, 1, sin ((double) i), 1 + i % 2, TFV_EVENT_ROW_VALID };
  write_rows (fixture, 2, rows, 60000, TFV_EVENT_STATE_CLOSED);
  compact (fixture, FEW_BUFFERS);

  tfv_hdf5_lock ();
  hdf5 = H5Fopen (fixture->path, H5F_ACC_RDONLY, H5P_DEFAULT);
  id = H5Dopen2 (hdf5, "/columns/value64", H5P_DEFAULT);
  g_assert_cmpint (H5Dget_chunk_info_by_coord (id, &offset, &mask, &address, &size), >=, 0);
  H5Dclose (id);
  H5Fclose (hdf5);
  tfv_hdf5_unlock ();
  g_assert_true (g_file_get_contents (fixture->path, &bytes, &n_bytes, NULL));
  bytes[address + size / 2] ^= 0x55;
  g_assert_true (g_file_set_contents (fixture->path, bytes, (gssize) n_bytes, NULL));

  run = load_run (fixture->path);
  g_assert_false (tfv_scalar_series_load (get_series (run, "tag-00001"), NULL, &error));
  g_assert_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_CORRUPT);
  g_assert_true (tfv_scalar_series_load (get_series (run, "tag-00002"), NULL, NULL));
  warnings = tfv_run_dup_warnings (run);
  g_assert_nonnull (strstr (warnings[0], "/columns/value64 cannot be read: a part of it is damaged"));

  report = tfv_check_file (fixture->path, NULL);
  g_assert_nonnull (report);
  g_assert_true (g_variant_lookup (report, "problems", "^a&s", &problems));
  g_assert_cmpuint (g_strv_length ((char **) problems), ==, 1);
  g_assert_nonnull (strstr (problems[0], "row 0 of /columns/index"));
  g_assert_nonnull (strstr (problems[0], "/columns/value64 cannot be read"));
}

/* Rows of the index that refer to what is not there, or to the same tag, cost what they
 * are about and nothing else. */
static void
test_bad_rows_of_the_index_are_left_out (Fixture *fixture, gconstpointer data)
{
  g_autofree TfvEventScalarRow *rows = make_rows (3, 30000);
  const TfvColumnIndexRow       bad[] = {
          { .tag = 0, .flags = TFV_COLUMN_ROW_VALID, .n_points = 1 },
          { .tag = 77, .flags = TFV_COLUMN_ROW_VALID, .n_points = 1 },
          { .tag = 1, .flags = TFV_COLUMN_ROW_VALID, .start = G_MAXUINT64 - 1, .n_points = 4 },
          { .tag = 1, .flags = TFV_COLUMN_ROW_VALID, .n_points = G_MAXUINT64 },
          { .tag = 1, .flags = TFV_COLUMN_ROW_VALID, .n_points = 100, .pyramid_start = G_MAXUINT64 },
          { .tag = 1, .flags = TFV_COLUMN_ROW_VALID, .n_points = 100, .n_finite = 101 },
          { .tag = 1, .flags = 0, .n_points = 100 },
          { .tag = 2, .flags = TFV_COLUMN_ROW_VALID, .n_points = 100, .n_finite = 100, .min = 1, .max = 2 },
          { .tag = 2, .flags = TFV_COLUMN_ROW_VALID, .n_points = 50 },
  };
  const TfvColumnRestartRow   bad_restarts[] = { { 1, G_MAXUINT64, 2, 1 }, { 1, 1, 99, 1 }, { 0, 0, 0, 0 } };
  const guint64               n_rows[TFV_N_COLUMNS] = { G_N_ELEMENTS (bad), 200, 200, 200, 200, 200, 1, G_N_ELEMENTS (bad_restarts) };
  g_autoptr (TfvEventFile)    file = NULL;
  g_autoptr (TfvColumnWriter) writer = NULL;
  g_autoptr (TfvRun)          run = NULL;
  g_autoptr (TfvTag)          none = NULL;
  g_autofree char            *path = g_build_filename (fixture->folder, "bad.tfv.h5", NULL);
  g_auto (GStrv)              warnings = NULL;
  TfvColumnBucket             bucket = { 0 };
  g_autofree gint64          *steps = g_new0 (gint64, 200);

  write_rows (fixture, 3, rows, 30000, TFV_EVENT_STATE_CLOSED);
  file = tfv_event_file_open (fixture->path, NULL);
  writer = tfv_column_writer_create (path, file, n_rows, NULL);
  g_assert_true (tfv_column_writer_copy_rows (writer, file, NULL, NULL));
  g_assert_true (tfv_column_writer_write_all (writer, TFV_COLUMN_STEP, steps, 200, NULL));
  g_assert_true (tfv_column_writer_write_all (writer, TFV_COLUMN_PYRAMID, &bucket, 1, NULL));
  g_assert_true (tfv_column_writer_write_all (writer, TFV_COLUMN_INDEX, bad, G_N_ELEMENTS (bad), NULL));
  g_assert_true (tfv_column_writer_write_all (writer, TFV_COLUMN_RESTARTS, bad_restarts, G_N_ELEMENTS (bad_restarts), NULL));
  g_assert_true (tfv_column_writer_close (writer, NULL));

  run = load_run (path);
  none = tfv_run_dup_tag (run, TFV_RECORD_SCALAR, "tag-00001");
  g_assert_null (none);
  g_assert_cmpuint (tfv_scalar_series_get_n_points (get_series (run, "tag-00002")), ==, 100);
  /* The chunks of its other columns are not there. */
  g_assert_false (tfv_scalar_series_load (get_series (run, "tag-00002"), NULL, NULL));
  warnings = tfv_run_dup_warnings (run);
  g_assert_nonnull (strstr (warnings[0], "row 0 of /columns/index refers to what is not there"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, data, function) g_test_add ("/summaries/compact/" name, Fixture, data, set_up, function, tear_down)
  ADD ("every-record-is-as-it-was", NULL, test_every_record_is_as_it_was);
  ADD ("points-of-many-tags-are-as-they-were", NULL, test_points_of_many_tags_are_as_they_were);
  ADD ("bits-of-odd-values-are-kept", NULL, test_bits_of_odd_values_are_kept);
  ADD ("any-program-with-hdf5-reads-the-columns", NULL, test_any_program_with_hdf5_reads_the_columns);
  ADD ("pyramids-hold-the-extremes", NULL, test_pyramids_hold_the_extremes);
  ADD ("files-without-scalars-can-be-compacted", NULL, test_files_without_scalars_can_be_compacted);
  ADD ("what-is-compacted-is-left-alone", NULL, test_what_is_compacted_is_left_alone);
  ADD ("files-that-are-written-are-refused", NULL, test_files_that_are_written_are_refused);
  ADD ("tags-that-readers-join-are-refused", NULL, test_tags_that_readers_join_are_refused);
  ADD ("a-cancelled-one-leaves-the-file", NULL, test_a_cancelled_one_leaves_the_file);
  ADD ("one-that-is-killed-leaves-the-file", NULL, test_one_that_is_killed_leaves_the_file);
  ADD ("points-are-read-when-they-are-wanted", NULL, test_points_are_read_when_they_are_wanted);
  ADD ("many-threads-want-the-same-points", "compacted", test_many_threads_want_the_same_points);
  ADD ("many-threads-want-the-same-points-of-a-large-file", NULL, test_many_threads_want_the_same_points);
  ADD ("large-files-give-the-same-points-later", NULL, test_large_files_give_the_same_points_later);
  ADD ("what-is-superseded-is-counted-in-one-go", NULL, test_what_is_superseded_is_counted_in_one_go);
  ADD ("a-live-file-is-read-at-once", NULL, test_a_live_file_is_read_at_once);
  ADD ("bad-rows-of-the-index-are-left-out", NULL, test_bad_rows_of_the_index_are_left_out);
  ADD ("a-damaged-chunk-costs-its-tag-alone", NULL, test_a_damaged_chunk_costs_its_tag_alone);

  return g_test_run ();
}
