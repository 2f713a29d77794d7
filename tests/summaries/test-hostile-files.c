/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Files that are made to harm who reads them: each is refused with a clear word,
 * and everything whole beside it is given. */

#include <glib/gstdio.h>
#include <hdf5.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/summaries/load-run-private.h"
#include "summaries/tfv-event-layout-private.h"
#include "summaries/tfv-logdir.h"

#define FILTER_OF_NOBODY 31999

typedef struct
{
  char *folder;
  char *path;
  char *other;
} Fixture;

/* What is put in the place of /scalars. */
typedef void (*MakeScalars) (Fixture *fixture, hid_t file, hid_t type);

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("tfv-hostile-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "events.host.1.1.tfv.h5", NULL);
  fixture->other = g_build_filename (fixture->folder, "secret", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  remove_folder (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->path);
  g_free (fixture->other);
}

static void
add_string (hid_t file, const char *name, const char *text, gsize n_bytes)
{
  g_autofree char *bytes = g_malloc0 (n_bytes);
  hid_t            type = H5Tcopy (H5T_C_S1), space = H5Screate (H5S_SCALAR), attribute;

  g_strlcpy (bytes, text, n_bytes);
  H5Tset_size (type, n_bytes);
  attribute = H5Acreate2 (file, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
  g_assert_cmpint (H5Awrite (attribute, type, bytes), >=, 0);
  H5Aclose (attribute);
  H5Sclose (space);
  H5Tclose (type);
}

static void
add_integer (hid_t file, const char *name, gint64 value)
{
  hid_t space = H5Screate (H5S_SCALAR);
  hid_t attribute = H5Acreate2 (file, name, H5T_STD_I64LE, space, H5P_DEFAULT, H5P_DEFAULT);

  H5Awrite (attribute, H5T_NATIVE_INT64, &value);
  H5Aclose (attribute);
  H5Sclose (space);
}

static void
add_dataset (hid_t file, const char *name, hid_t type, hsize_t n_rows, hsize_t chunk_rows, H5Z_filter_t filter, gconstpointer rows)
{
  hsize_t most = H5S_UNLIMITED;
  hid_t   space = H5Screate_simple (1, &n_rows, &most), dcpl = H5Pcreate (H5P_DATASET_CREATE), dataset;

  H5Pset_chunk (dcpl, 1, &chunk_rows);
  H5Pset_fill_time (dcpl, H5D_FILL_TIME_NEVER);
  if (filter != H5Z_FILTER_NONE)
    H5Pset_filter (dcpl, filter, H5Z_FLAG_OPTIONAL, 0, NULL);
  dataset = H5Dcreate2 (file, name, type, space, H5P_DEFAULT, dcpl, H5P_DEFAULT);
  g_assert_cmpint (dataset, >=, 0);
  if (rows != NULL)
    H5Dwrite (dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, rows);
  H5Dclose (dataset);
  H5Pclose (dcpl);
  H5Sclose (space);
}

static void
add_usual (hid_t file, TfvEventDataset which, hsize_t n_rows, gconstpointer rows)
{
  hid_t type = tfv_event_dataset_create_file_type (which);

  add_dataset (file, tfv_event_dataset_get_name (which), type, n_rows, tfv_event_dataset_get_chunk_rows (which), H5Z_FILTER_NONE, rows);
  H5Tclose (type);
}

/* A file that is closed, with a text beside its scalars, which are @make's. */
static void
make_file (Fixture *fixture, MakeScalars make, gsize n_format_bytes)
{
  static const char       text[] = "whole";
  const TfvEventTagRow    tags[] = { { 1, TFV_RECORD_SCALAR, 1, 0, 4, 0, "loss" }, { 2, TFV_RECORD_TEXT, 1, 0, 4, 0, "note" } };
  const TfvEventBlobRow   blob = { .length = 5, .step = 1, .tag = 2, .crc32c = 0x7a34a2ad, .kind = TFV_RECORD_TEXT, .flags = 1 };
  const TfvEventStatusRow status = { .wall_ns = 1, .state = TFV_EVENT_STATE_CLOSED, .flags = 1 };
  hid_t                   fapl = H5Pcreate (H5P_FILE_ACCESS), fcpl = H5Pcreate (H5P_FILE_CREATE), file, type;

  H5Pset_libver_bounds (fapl, H5F_LIBVER_V110, H5F_LIBVER_V110);
  H5Pset_file_space_strategy (fcpl, H5F_FSPACE_STRATEGY_PAGE, FALSE, 1);
  file = H5Fcreate (fixture->path, H5F_ACC_TRUNC, fcpl, fapl);
  g_assert_cmpint (file, >=, 0);
  add_string (file, "format", TFV_EVENT_FORMAT_NAME, n_format_bytes);
  add_integer (file, "version_major", 1);
  add_integer (file, "version_minor", 1);
  add_integer (file, "start_wall_ns", 1);
  add_usual (file, TFV_EVENT_BLOBS, sizeof text - 1, text);
  add_usual (file, TFV_EVENT_TAGS, G_N_ELEMENTS (tags), tags);
  add_usual (file, TFV_EVENT_BLOB_INDEX, 1, &blob);
  add_usual (file, TFV_EVENT_SPANS, 0, NULL);
  add_usual (file, TFV_EVENT_STATUS, 1, &status);
  type = tfv_event_dataset_create_file_type (TFV_EVENT_SCALARS);
  make (fixture, file, type);
  H5Tclose (type);
  H5Fclose (file);
  H5Pclose (fcpl);
  H5Pclose (fapl);
}

static TfvLogdir *
load (const char *path)
{
  const char        *paths[] = { path, NULL };
  TfvLogdir         *logdir = tfv_logdir_new (paths);
  g_autoptr (GError) error = NULL;

  tfv_logdir_load (logdir, NULL, &error);
  g_assert_no_error (error);
  return logdir;
}

/* The file has one warning, which holds @word, and the text is given. */
static void
assert_refused (Fixture *fixture, const char *word)
{
  g_autoptr (TfvLogdir) logdir = load (fixture->path);
  g_autoptr (GPtrArray) runs = tfv_logdir_dup_runs (logdir);
  g_auto (GStrv)        warnings = NULL;

  g_assert_cmpuint (runs->len, ==, 1);
  warnings = tfv_run_dup_warnings (runs->pdata[0]);
  g_assert_cmpuint (g_strv_length (warnings), ==, 1);
  g_assert_true (g_str_has_prefix (warnings[0], fixture->path));
  g_test_message ("%s", warnings[0]);
  g_assert_nonnull (strstr (warnings[0], word));
  {
    g_autoptr (GPtrArray) tags = tfv_run_dup_tags (runs->pdata[0]);

    g_assert_cmpuint (tags->len, ==, 1);
    g_assert_cmpstr (tfv_tag_get_name (tags->pdata[0]), ==, "note");
  }
}

static void
make_usual (Fixture *fixture, hid_t file, hid_t type)
{
  const TfvEventScalarRow rows[] = { { 1, 2, 3, 1, 1 }, { 2, 3, 4, 1, 1 } };

  add_usual (file, TFV_EVENT_SCALARS, G_N_ELEMENTS (rows), rows);
}

static void
test_usual (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TfvLogdir) logdir = NULL;
  g_autoptr (GPtrArray) runs = NULL;
  g_autoptr (GPtrArray) tags = NULL;
  g_auto (GStrv)        warnings = NULL;

  make_file (fixture, make_usual, 32);
  logdir = load (fixture->path);
  runs = tfv_logdir_dup_runs (logdir);
  tags = tfv_run_dup_tags (runs->pdata[0]);
  warnings = tfv_run_dup_warnings (runs->pdata[0]);
  g_assert_cmpuint (g_strv_length (warnings), ==, 0);
  g_assert_cmpuint (tags->len, ==, 2);
}

static void
make_external_link (Fixture *fixture, hid_t file, hid_t type)
{
  H5Lcreate_external (fixture->other, "/scalars", file, "scalars", H5P_DEFAULT, H5P_DEFAULT);
}

static void
make_soft_link (Fixture *fixture, hid_t file, hid_t type)
{
  H5Lcreate_soft ("/spans", file, "scalars", H5P_DEFAULT, H5P_DEFAULT);
}

static void
test_links (Fixture *fixture, gconstpointer make)
{
  make_file (fixture, (MakeScalars) make, 32);
  assert_refused (fixture, "a link is in the place of the dataset /scalars");
}

static void
make_external_storage (Fixture *fixture, hid_t file, hid_t type)
{
  hsize_t n_rows = 10;
  hid_t   space = H5Screate_simple (1, &n_rows, NULL), dcpl = H5Pcreate (H5P_DATASET_CREATE);

  g_assert_true (g_file_set_contents (fixture->other, "this is nobody's business, and long enough for a row", -1, NULL));
  H5Pset_external (dcpl, fixture->other, 0, n_rows * sizeof (TfvEventScalarRow));
  H5Dclose (H5Dcreate2 (file, "scalars", type, space, H5P_DEFAULT, dcpl, H5P_DEFAULT));
  H5Pclose (dcpl);
  H5Sclose (space);
}

static void
make_virtual (Fixture *fixture, hid_t file, hid_t type)
{
  hsize_t n_rows = 10;
  hid_t   space = H5Screate_simple (1, &n_rows, NULL), dcpl = H5Pcreate (H5P_DATASET_CREATE);

  H5Pset_virtual (dcpl, space, fixture->other, "/scalars", space);
  H5Dclose (H5Dcreate2 (file, "scalars", type, space, H5P_DEFAULT, dcpl, H5P_DEFAULT));
  H5Pclose (dcpl);
  H5Sclose (space);
}

static void
test_other_storage (Fixture *fixture, gconstpointer make)
{
  make_file (fixture, (MakeScalars) make, 32);
  assert_refused (fixture, "the dataset /scalars cannot be read: it is stored in another file");
}

static void
make_bomb (Fixture *fixture, hid_t file, hid_t type)
{
  add_dataset (file, "scalars", type, 1, (256u << 20) / sizeof (TfvEventScalarRow), H5Z_FILTER_NONE, NULL);
}

static void
test_bomb (Fixture *fixture, gconstpointer data)
{
  make_file (fixture, make_bomb, 32);
  assert_refused (fixture, "it is not stored in the chunks of the format");
}

static size_t
pass_through (unsigned int flags, size_t n_values, const unsigned int *values, size_t n_bytes, size_t *n_buffer, void **buffer)
{
  return n_bytes;
}

static void
make_filtered (Fixture *fixture, hid_t file, hid_t type)
{
  static const H5Z_class2_t filter = { H5Z_CLASS_T_VERS, FILTER_OF_NOBODY, 1, 1, "nobody's", NULL, NULL, pass_through };

  g_assert_cmpint (H5Zregister (&filter), >=, 0);
  add_dataset (file, "scalars", type, 1, tfv_event_dataset_get_chunk_rows (TFV_EVENT_SCALARS), FILTER_OF_NOBODY, NULL);
}

static void
test_filter (Fixture *fixture, gconstpointer data)
{
  make_file (fixture, make_filtered, 32);
  assert_refused (fixture, "it is filtered");
}

static void
make_other_rows (Fixture *fixture, hid_t file, hid_t type)
{
  hid_t string = H5Tcopy (H5T_C_S1);

  H5Tset_size (string, 64u << 20);
  add_dataset (file, "scalars", string, 0, 1, H5Z_FILTER_NONE, NULL);
  H5Tclose (string);
}

static void
test_huge_string_rows (Fixture *fixture, gconstpointer data)
{
  make_file (fixture, make_other_rows, 32);
  assert_refused (fixture, "its rows are not those of the format");
}

/* What says what the file is must be short. */
static void
test_huge_attribute (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TfvLogdir) logdir = NULL;
  g_auto (GStrv)        warnings = NULL;

  make_file (fixture, make_usual, 60000);
  logdir = load (fixture->path);
  warnings = tfv_logdir_dup_warnings (logdir);
  g_assert_cmpuint (g_strv_length (warnings), ==, 1);
  g_assert_nonnull (strstr (warnings[0], "an HDF5 file, but not one of events"));
}

/* Whatever else is in a file is passed over. */
static void
make_deep (Fixture *fixture, hid_t file, hid_t type)
{
  hid_t group = H5Gcreate2 (file, "deep", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);

  for (guint i = 0; i < 2000; i++)
    {
      hid_t child = H5Gcreate2 (group, "deep", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);

      H5Gclose (group);
      group = child;
    }
  H5Lcreate_hard (file, "/", group, "around", H5P_DEFAULT, H5P_DEFAULT);
  H5Gclose (group);
  make_usual (fixture, file, type);
}

static void
test_deep (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TfvLogdir) logdir = NULL;
  g_autoptr (GPtrArray) runs = NULL;
  g_auto (GStrv)        warnings = NULL;

  make_file (fixture, make_deep, 32);
  logdir = load (fixture->path);
  runs = tfv_logdir_dup_runs (logdir);
  warnings = tfv_run_dup_warnings (runs->pdata[0]);
  g_assert_cmpuint (g_strv_length (warnings), ==, 0);
}

static void
test_pipe (Fixture *fixture, gconstpointer data)
{
  const char           *paths[] = { fixture->path, NULL };
  g_autoptr (TfvLogdir) alone = tfv_logdir_new (paths);
  g_autoptr (TfvLogdir) in_folder = NULL;
  g_auto (GStrv)        warnings = NULL;
  g_autoptr (GError)    error = NULL;

  g_assert_cmpint (mkfifo (fixture->path, 0600), ==, 0);
  g_assert_false (tfv_logdir_load (alone, NULL, &error));
  g_assert_nonnull (strstr (error->message, "neither a file nor a folder"));

  in_folder = load (fixture->folder);
  warnings = tfv_logdir_dup_warnings (in_folder);
  g_assert_cmpuint (g_strv_length (warnings), ==, 1);
  g_assert_nonnull (strstr (warnings[0], "not a regular file"));
}

int
main (int argc, char *argv[])
{
#define ADD(path, data, test) g_test_add ("/summaries/hostile-files/" path, Fixture, data, set_up, test, tear_down)
  g_test_init (&argc, &argv, NULL);
  H5dont_atexit ();
  ADD ("a-usual-file-is-read", NULL, test_usual);
  ADD ("an-external-link-is-not-followed", (gconstpointer) make_external_link, test_links);
  ADD ("a-soft-link-is-not-followed", (gconstpointer) make_soft_link, test_links);
  ADD ("external-storage-is-not-read", (gconstpointer) make_external_storage, test_other_storage);
  ADD ("a-virtual-dataset-is-not-read", (gconstpointer) make_virtual, test_other_storage);
  ADD ("a-chunk-of-256-mb-is-refused", NULL, test_bomb);
  ADD ("a-filter-of-nobody-is-not-called", NULL, test_filter);
  ADD ("rows-of-64-mb-are-refused", NULL, test_huge_string_rows);
  ADD ("a-huge-attribute-is-not-read", NULL, test_huge_attribute);
  ADD ("deep-groups-are-passed-over", NULL, test_deep);
  ADD ("a-pipe-makes-nobody-wait", NULL, test_pipe);
  return g_test_run ();
#undef ADD
}
