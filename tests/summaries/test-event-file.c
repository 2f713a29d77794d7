/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <glib/gstdio.h>
#include <hdf5.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/summaries/load-run-private.h"
#include "summaries/tfv-error.h"
#include "summaries/tfv-event-file-private.h"
#include "summaries/tfv-hdf5-private.h"
#include "summaries/tfv-summary-writer.h"

#define N_ROWS 10

typedef struct
{
  char *folder;
  char *path;
} Fixture;

/* A file with ten scalars and a text, cleanly closed. */
static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (TfvSummaryWriter) writer = NULL;
  g_autoptr (GError)           error = NULL;

  fixture->folder = g_dir_make_tmp ("tfv-event-file-XXXXXX", NULL);
  writer = tfv_summary_writer_new (fixture->folder, &error);
  g_assert_no_error (error);
  for (gint64 step = 0; step < N_ROWS; step++)
    tfv_summary_writer_add_scalar_at (writer, "loss", 1, step, 1);
  tfv_summary_writer_add_text (writer, "note", "whole", 0);
  fixture->path = tfv_summary_writer_dup_path (writer);
  g_assert_true (tfv_summary_writer_close (writer, &error));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  remove_folder (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->path);
}

static hid_t
open_for_change (const char *path)
{
  hid_t fapl = H5Pcreate (H5P_FILE_ACCESS);
  hid_t file;

  H5Pset_libver_bounds (fapl, H5F_LIBVER_V110, H5F_LIBVER_V110);
  file = H5Fopen (path, H5F_ACC_RDWR, fapl);
  H5Pclose (fapl);
  g_assert_cmpint (file, >=, 0);

  return file;
}

static void
set_version (const char *path, const char *attribute_name, guint32 version)
{
  hid_t file = open_for_change (path);
  hid_t attribute = H5Aopen (file, attribute_name, H5P_DEFAULT);

  g_assert_cmpint (H5Awrite (attribute, H5T_NATIVE_UINT32, &version), >=, 0);
  H5Aclose (attribute);
  H5Fclose (file);
}

static void
assert_refused (const char *path, TfvStoreError code, const char *reason)
{
  g_autoptr (GError) error = NULL;
  TfvEventFile      *file = tfv_event_file_open (path, &error);

  g_assert_null (file);
  g_assert_error (error, TFV_STORE_ERROR, (int) code);
  g_assert_true (g_str_has_prefix (error->message, path));
  g_assert_nonnull (strstr (error->message, reason));
  g_assert_null (strchr (error->message, '\n'));
}

/* How many lines a dump has, and how many warnings there are. */
static void
assert_read (const char *path, const char *kind, guint n_records, guint n_warnings)
{
  g_autoptr (TfvRun) run = load_run (path);
  g_autofree char   *csv = dump_run (run, kind);
  g_auto (GStrv)     lines = g_strsplit (csv, "\n", -1);
  g_auto (GStrv)     warnings = tfv_run_dup_warnings (run);

  guint n_lines = 0;

  for (const char *at = csv; *at != '\0'; at++)
    n_lines += *at == '\n';
  g_assert_cmpuint (n_lines, ==, n_records);
  g_assert_cmpuint (g_strv_length (warnings), ==, n_warnings);
}

static void
test_refuses_a_newer_major_version (Fixture *fixture, gconstpointer data)
{
  set_version (fixture->path, "version_major", 3);
  assert_refused (fixture->path, TFV_STORE_ERROR_VERSION, "newer than version 2");
}

static void
test_reads_a_newer_minor_version (Fixture *fixture, gconstpointer data)
{
  hid_t file, space, dataset;

  set_version (fixture->path, "version_minor", 7);
  file = open_for_change (fixture->path);
  space = H5Screate (H5S_SCALAR);
  dataset = H5Dcreate2 (file, "pyramids", H5T_STD_I64LE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  H5Dclose (dataset);
  dataset = H5Acreate2 (file, "novelty", H5T_STD_I64LE, space, H5P_DEFAULT, H5P_DEFAULT);
  H5Aclose (dataset);
  H5Sclose (space);
  H5Fclose (file);

  assert_read (fixture->path, "scalar", N_ROWS, 0);
}

static void
test_refuses_what_is_no_event_file (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = g_build_filename (fixture->folder, "text.tfv.h5", NULL);
  g_autofree char *pipe = g_build_filename (fixture->folder, "pipe.tfv.h5", NULL);
  g_autofree char *foreign = g_build_filename (fixture->folder, "foreign.tfv.h5", NULL);
  g_autofree char *missing = g_build_filename (fixture->folder, "missing.tfv.h5", NULL);
  hid_t            fapl = H5Pcreate (H5P_FILE_ACCESS);

  g_assert_true (g_file_set_contents (text, "step,value\n", -1, NULL));
  assert_refused (text, TFV_STORE_ERROR_FORMAT, "not an HDF5 file");

  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  assert_refused (pipe, TFV_STORE_ERROR_FORMAT, "not a regular file");

  H5Pset_libver_bounds (fapl, H5F_LIBVER_V110, H5F_LIBVER_V110);
  H5Fclose (H5Fcreate (foreign, H5F_ACC_TRUNC, H5P_DEFAULT, fapl));
  H5Pclose (fapl);
  assert_refused (foreign, TFV_STORE_ERROR_FORMAT, "not one of events");

  assert_refused (missing, TFV_STORE_ERROR_IO, "No such file");
}

static void
test_refuses_a_damaged_superblock (Fixture *fixture, gconstpointer data)
{
  g_autofree char *bytes = NULL;
  gsize            n_bytes;

  g_assert_true (g_file_get_contents (fixture->path, &bytes, &n_bytes, NULL));
  bytes[30] ^= 1;
  g_assert_true (g_file_set_contents (fixture->path, bytes, (gssize) n_bytes, NULL));
  assert_refused (fixture->path, TFV_STORE_ERROR_CORRUPT, "checksum");

  g_assert_true (g_file_set_contents (fixture->path, bytes, 20, NULL));
  assert_refused (fixture->path, TFV_STORE_ERROR_CORRUPT, "cut off");
}

static void
replace_scalars (const char *path, hid_t (*make) (hid_t file))
{
  hid_t file = open_for_change (path);
  hid_t made;

  g_assert_cmpint (H5Ldelete (file, "scalars", H5P_DEFAULT), >=, 0);
  made = make (file);
  g_assert_cmpint (made, >=, 0);
  H5Fclose (file);
}

static hid_t
link_elsewhere (hid_t file)
{
  return H5Lcreate_external ("/etc/passwd", "/scalars", file, "scalars", H5P_DEFAULT, H5P_DEFAULT);
}

static hid_t
link_softly (hid_t file)
{
  return H5Lcreate_soft ("/spans", file, "scalars", H5P_DEFAULT, H5P_DEFAULT);
}

static hid_t
make_dataset (hid_t file, gboolean is_external, hsize_t chunk)
{
  hsize_t size = 16, max_size = is_external ? 16 : H5S_UNLIMITED;
  hid_t   type = tfv_event_dataset_create_file_type (TFV_EVENT_SCALARS);
  hid_t   space = H5Screate_simple (1, &size, &max_size);
  hid_t   dcpl = H5Pcreate (H5P_DATASET_CREATE);
  hid_t   dataset;

  if (is_external)
    H5Pset_external (dcpl, "/etc/passwd", 0, 512);
  else
    H5Pset_chunk (dcpl, 1, &chunk);
  dataset = H5Dcreate2 (file, "scalars", type, space, H5P_DEFAULT, dcpl, H5P_DEFAULT);
  H5Pclose (dcpl);
  H5Sclose (space);
  H5Tclose (type);
  H5Dclose (dataset);

  return dataset;
}

static hid_t
store_elsewhere (hid_t file)
{
  return make_dataset (file, TRUE, 0);
}

static hid_t
use_large_chunks (hid_t file)
{
  return make_dataset (file, FALSE, 1 << 24);
}

static hid_t
leave_out (hid_t file)
{
  return file;
}

/* The rest of the file is still given, with one warning. */
static void
test_never_follows_what_leads_elsewhere (Fixture *fixture, gconstpointer data)
{
  replace_scalars (fixture->path, (hid_t (*) (hid_t)) data);
  assert_read (fixture->path, "scalar", 0, 1);
  assert_read (fixture->path, "text", 1, 1);
}

/* A dataset of a later version is not missed in an earlier one. */
static void
test_misses_what_its_version_has (Fixture *fixture, gconstpointer data)
{
  hid_t file = open_for_change (fixture->path);

  g_assert_cmpint (H5Ldelete (file, "markers", H5P_DEFAULT), >=, 0);
  H5Fclose (file);
  assert_read (fixture->path, "scalar", N_ROWS, 1);
  set_version (fixture->path, "version_minor", 1);
  assert_read (fixture->path, "scalar", N_ROWS, 0);
}

static void
test_tells_a_damaged_blob (Fixture *fixture, gconstpointer data)
{
  g_autofree char   *bytes = NULL;
  gsize              n_bytes;
  g_autoptr (TfvRun) run = NULL;
  g_autoptr (TfvTag) tag = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_get_contents (fixture->path, &bytes, &n_bytes, NULL));
  for (gsize i = 0; i + 5 < n_bytes; i++)
    {
      if (memcmp (bytes + i, "whole", 5) == 0)
        bytes[i] = 'W';
    }
  g_assert_true (g_file_set_contents (fixture->path, bytes, (gssize) n_bytes, NULL));

  run = load_run (fixture->path);
  tag = tfv_run_dup_tag (run, TFV_RECORD_TEXT, "note");
  g_assert_null (tfv_tag_read_record (tag, 0, &error));
  g_assert_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_CORRUPT);
  assert_read (fixture->path, "scalar", N_ROWS, 0);
}

/* The metadata come first in so small a file, and the rows before the text. */
static void
test_gives_what_is_whole_of_a_file_that_is_cut_off (Fixture *fixture, gconstpointer data)
{
  g_autofree char *bytes = NULL;
  gsize            n_bytes;

  g_assert_true (g_file_get_contents (fixture->path, &bytes, &n_bytes, NULL));
  g_assert_true (g_file_set_contents (fixture->path, bytes, (gssize) (n_bytes - 1), NULL));
  assert_read (fixture->path, "scalar", N_ROWS, 1);
}

/* Ten rows more than were written, as a crash may leave them. */
static void
test_warns_of_rows_that_never_came (Fixture *fixture, gconstpointer data)
{
  hid_t   file = open_for_change (fixture->path);
  hid_t   dataset = H5Dopen2 (file, "scalars", H5P_DEFAULT);
  hsize_t size = 2 * N_ROWS;

  g_assert_cmpint (H5Dset_extent (dataset, &size), >=, 0);
  H5Dclose (dataset);
  H5Fclose (file);

  assert_read (fixture->path, "scalar", N_ROWS, 1);
}

/* HDF5 itself tells flags, descriptors and addresses with it. */
static void
test_the_reason_is_what_the_system_says (Fixture *fixture, gconstpointer data)
{
  g_autofree char *missing = g_build_filename (fixture->folder, "errno = 7", NULL);
  g_autofree char *reason = NULL;

  tfv_hdf5_lock ();
  g_assert_cmpint (H5Fopen (missing, H5F_ACC_RDONLY, H5P_DEFAULT), <, 0);
  reason = tfv_hdf5_dup_error ();
  tfv_hdf5_unlock ();

  g_assert_cmpstr (reason, ==, g_strerror (ENOENT));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, data, function) g_test_add ("/summaries/event-file/" name, Fixture, data, set_up, function, tear_down)
  ADD ("refuses-a-newer-major-version", NULL, test_refuses_a_newer_major_version);
  ADD ("reads-a-newer-minor-version", NULL, test_reads_a_newer_minor_version);
  ADD ("refuses-what-is-no-event-file", NULL, test_refuses_what_is_no_event_file);
  ADD ("refuses-a-damaged-superblock", NULL, test_refuses_a_damaged_superblock);
  ADD ("follows-no-external-link", link_elsewhere, test_never_follows_what_leads_elsewhere);
  ADD ("follows-no-soft-link", link_softly, test_never_follows_what_leads_elsewhere);
  ADD ("reads-no-external-storage", store_elsewhere, test_never_follows_what_leads_elsewhere);
  ADD ("reads-no-other-chunks", use_large_chunks, test_never_follows_what_leads_elsewhere);
  ADD ("does-without-a-dataset", leave_out, test_never_follows_what_leads_elsewhere);
  ADD ("misses-what-its-version-has", NULL, test_misses_what_its_version_has);
  ADD ("tells-a-damaged-blob", NULL, test_tells_a_damaged_blob);
  ADD ("gives-what-is-whole-of-a-file-that-is-cut-off", NULL, test_gives_what_is_whole_of_a_file_that_is_cut_off);
  ADD ("warns-of-rows-that-never-came", NULL, test_warns_of_rows_that_never_came);
  ADD ("the-reason-is-what-the-system-says", NULL, test_the_reason_is_what_the_system_says);

  return g_test_run ();
}
