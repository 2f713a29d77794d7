/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <hdf5.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utime.h>

#include "config.h"
#include "event-writer-private.h"
#include "summaries/tfv-check.h"
#include "summaries/tfv-event-file-private.h"
#include "summaries/tfv-event-segment-private.h"
#include "summaries/tfv-reader-protocol-private.h"
#include "summaries/tfv-repair.h"
#include "summaries/tfv-summary-writer.h"

#define N_KILLS 8

/* A training that is killed after a while: there is no helper, so that nobody
 * closes its file. */
static void
train (const char *folder)
{
  g_autoptr (TfvSummaryWriter) writer = NULL;
  TfvSpan                      span = { .duration_ns = 1, .name = 1, .lane = 1 };

  g_setenv ("TFV_WRITER", "thread", TRUE);
  writer = tfv_summary_writer_new (folder, NULL);
  for (gint64 step = 0;; step++)
    {
      g_autofree char *tag = g_strdup_printf ("tag/%" G_GINT64_FORMAT, step % 300);

      tfv_summary_writer_add_scalar (writer, tag, (double) step, step);
      tfv_summary_writer_add_span (writer, &span);
      if (step % 50 == 0)
        tfv_summary_writer_add_text (writer, "note", tag, step);
      if (step % 200 == 199)
        g_usleep (200);
    }
}

/* The one file of a folder, when there is one. */
static char *
find_file (const char *folder)
{
  g_autoptr (GDir) listing = g_dir_open (folder, 0, NULL);
  const char      *name;

  while ((name = g_dir_read_name (listing)) != NULL)
    if (g_str_has_suffix (name, ".tfv.h5"))
      return g_build_filename (folder, name, NULL);
  return NULL;
}

static char *
start_training (const char *folder, pid_t *child)
{
  char *path = NULL;

  *child = fork ();
  if (*child == 0)
    {
      train (folder);
      _exit (0);
    }
  while ((path = find_file (folder)) == NULL)
    g_usleep (1000);
  return path;
}

static void
kill_training (pid_t child)
{
  kill (child, SIGKILL);
  waitpid (child, NULL, 0);
}

static char *
dup_state (const char *path)
{
  g_autoptr (GError)   error = NULL;
  g_autoptr (GVariant) report = tfv_check_file (path, &error);
  char                *state = NULL;

  g_assert_no_error (error);
  g_assert_true (g_variant_lookup (report, "state", "s", &state));
  return state;
}

static guint
count_problems (const char *path)
{
  g_autoptr (GError)      error = NULL;
  g_autoptr (GVariant)    report = tfv_check_file (path, &error);
  g_autofree const char **problems = NULL;

  g_assert_no_error (error);
  g_assert_true (g_variant_lookup (report, "problems", "^a&s", &problems));
  return g_strv_length ((char **) problems);
}

/* How many scalars a program that knows nothing of us finds. -1 where it can't
 * open the file. */
static gint64
count_plainly (const char *path)
{
  hid_t   file, dataset, space;
  hsize_t n_rows = 0;

  H5Eset_auto2 (H5E_DEFAULT, NULL, NULL);
  file = H5Fopen (path, H5F_ACC_RDONLY, H5P_DEFAULT);
  if (file < 0)
    return -1;
  dataset = H5Dopen2 (file, "scalars", H5P_DEFAULT);
  space = H5Dget_space (dataset);
  H5Sget_simple_extent_dims (space, &n_rows, NULL);
  H5Sclose (space);
  H5Dclose (dataset);
  H5Fclose (file);
  return (gint64) n_rows;
}

/* All rows that count, as bytes. */
static GByteArray *
read_rows (const char *path)
{
  g_autoptr (GError)       error = NULL;
  g_autoptr (TfvEventFile) file = tfv_event_file_open (path, &error);
  GByteArray              *rows = g_byte_array_new ();

  g_assert_no_error (error);
  for (TfvEventDataset i = TFV_EVENT_BLOBS; i < TFV_N_EVENT_DATASETS; i++)
    {
      gsize start = rows->len, n_rows = tfv_event_file_get_n_rows (file, i);

      g_byte_array_set_size (rows, (guint) (start + n_rows * tfv_event_dataset_get_row_bytes (i)));
      g_assert_true (tfv_event_file_read (file, i, 0, n_rows, rows->data + start, &error));
    }
  return rows;
}

static void
repair (const char *path, const char *copy_path, TfvRepairFlags flags, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *done = NULL;

  tfv_repair_file (path, copy_path, flags, &done, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (done, expected));
}

static void
assert_refused (const char *path, TfvRepairFlags flags, const char *why)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *done = NULL;

  g_assert_false (tfv_repair_file (path, NULL, flags, &done, &error));
  g_assert_nonnull (error);
  g_test_message ("%s", error->message);
  g_assert_true (g_str_has_prefix (error->message, path));
  g_assert_nonnull (strstr (error->message, why));
}

static void
test_killed (void)
{
  guint n_kills = g_getenv ("TFV_TEST_LONG") != NULL ? 10 * N_KILLS : N_KILLS;

  for (guint i = 0; i < n_kills; i++)
    {
      g_autofree char       *folder = make_folder ();
      pid_t                  child;
      g_autofree char       *path = start_training (folder, &child);
      g_autofree char       *live = NULL;
      g_autofree char       *crashed = NULL;
      g_autofree char       *mended = NULL;
      g_autoptr (GByteArray) before = NULL;
      g_autoptr (GByteArray) after = NULL;

      g_usleep ((gulong) g_test_rand_int_range (0, 200000));
      if (i == 0)
        {
          live = dup_state (path);
          g_assert_cmpstr (live, ==, "live");
          assert_refused (path, TFV_REPAIR_DEFAULT, "is being written");
        }
      kill_training (child);

      crashed = dup_state (path);
      g_assert_cmpstr (crashed, ==, "crashed");
      g_assert_cmpint (count_plainly (path), ==, -1);
      before = read_rows (path);
      repair (path, NULL, TFV_REPAIR_DEFAULT, "mended");
      after = read_rows (path);
      g_assert_cmpmem (after->data, after->len, before->data, before->len);
      g_assert_cmpint (count_plainly (path), >=, 0);
      mended = dup_state (path);
      g_assert_cmpstr (mended, ==, "mended");
      g_assert_cmpuint (count_problems (path), ==, 0);
      /* Once more does nothing. */
      repair (path, NULL, TFV_REPAIR_DEFAULT, "nothing had to be mended");
      remove_tree (folder);
    }
}

/* A copy is mended, and what it is of is left alone. */
static void
test_copy (void)
{
  g_autofree char *folder = make_folder ();
  g_autofree char *copy = g_build_filename (folder, "copy.h5", NULL);
  pid_t            child;
  g_autofree char *path = start_training (folder, &child);

  g_usleep (50000);
  kill_training (child);
  repair (path, copy, TFV_REPAIR_DEFAULT, "mended");
  g_assert_cmpint (count_plainly (path), ==, -1);
  g_assert_cmpint (count_plainly (copy), >=, 0);
  remove_tree (folder);
}

static char *
write_closed (const char *folder)
{
  g_autoptr (TfvSummaryWriter) writer = tfv_summary_writer_new (folder, NULL);

  for (gint64 step = 0; step < 1000; step++)
    tfv_summary_writer_add_scalar (writer, "loss", 1, step);
  tfv_summary_writer_add_text (writer, "note", "a text that is changed", 1);
  g_assert_true (tfv_summary_writer_close (writer, NULL));
  return find_file (folder);
}

static void
test_closed (void)
{
  g_autofree char *folder = make_folder ();
  g_autofree char *path = write_closed (folder);
  g_autofree char *state = dup_state (path);

  g_assert_cmpstr (state, ==, "closed");
  g_assert_cmpuint (count_problems (path), ==, 0);
  repair (path, NULL, TFV_REPAIR_DEFAULT, "nothing had to be mended");
  remove_tree (folder);
}

static void
test_cut_off (void)
{
  g_autofree char *folder = make_folder ();
  g_autofree char *path = write_closed (folder);
  struct stat      status;

  g_assert_cmpint (stat (path, &status), ==, 0);
  g_assert_cmpint (truncate (path, status.st_size - 4096), ==, 0);
  g_assert_cmpint (count_plainly (path), ==, -1);
  g_assert_cmpuint (count_problems (path), >, 0);
  repair (path, NULL, TFV_REPAIR_DEFAULT, "cut off");
  g_assert_cmpint (count_plainly (path), >=, 0);
  remove_tree (folder);
}

/* What is wrong inside is told, with its place. */
static void
test_damaged_blob (void)
{
  g_autofree char        *folder = make_folder ();
  g_autofree char        *path = write_closed (folder);
  g_autofree char        *bytes = NULL;
  g_autoptr (GVariant)    report = NULL;
  g_autofree const char **problems = NULL;
  gsize                   n_bytes;
  char                   *text;

  g_assert_true (g_file_get_contents (path, &bytes, &n_bytes, NULL));
  text = memmem (bytes, n_bytes, "that is changed", 15);
  g_assert_nonnull (text);
  *text = 'T';
  g_assert_true (g_file_set_contents (path, bytes, (gssize) n_bytes, NULL));
  report = tfv_check_file (path, NULL);
  g_variant_lookup (report, "problems", "^a&s", &problems);
  g_assert_cmpuint (g_strv_length ((char **) problems), ==, 1);
  g_assert_cmpstr (problems[0], ==, "row 0 of /blob_index is a record whose checksum is wrong");
  remove_tree (folder);
}

/* Three records, of which the middle one is damaged, and half of a fourth. */
static void
write_damaged_events (const char *path)
{
  g_autofree char *bytes = NULL;
  gsize            n_bytes, n_good;

  write_version (path, 1, "brain.Event:2");
  write_scalar (path, 2, 1, "bad", 1);
  write_scalar (path, 2, 1, "good", 1);
  g_assert_true (g_file_get_contents (path, &bytes, &n_good, NULL));
  *(char *) memmem (bytes, n_good, "bad", 3) = 'B';
  g_assert_true (g_file_set_contents (path, bytes, (gssize) n_good, NULL));
  write_scalar (path, 2, 2, "half", 1);
  g_clear_pointer (&bytes, g_free);
  g_assert_true (g_file_get_contents (path, &bytes, &n_bytes, NULL));
  g_assert_cmpint (truncate (path, (off_t) (n_good + (n_bytes - n_good) / 2)), ==, 0);
}

static void
test_events (void)
{
  g_autofree char        *folder = make_folder ();
  g_autofree char        *path = g_build_filename (folder, "events.out.tfevents.1", NULL);
  g_autofree char        *copy = g_build_filename (folder, "copy.tfevents", NULL);
  g_autoptr (GVariant)    report = NULL;
  g_autofree const char **problems = NULL;
  guint64                 n_records, n_bad, half_record;
  struct utimbuf          old = { 1, 1 };
  struct stat             before, after;

  write_damaged_events (path);
  report = tfv_check_file (path, NULL);
  g_assert_true (g_variant_lookup (report, "records", "t", &n_records));
  g_assert_true (g_variant_lookup (report, "bad_records", "t", &n_bad));
  g_assert_true (g_variant_lookup (report, "half_record", "t", &half_record));
  g_variant_lookup (report, "problems", "^a&s", &problems);
  g_assert_cmpuint (n_records, ==, 2);
  g_assert_cmpuint (n_bad, ==, 1);
  g_assert_cmpuint (g_strv_length ((char **) problems), ==, 2);
  g_assert_true (g_str_has_prefix (problems[0], "byte "));

  /* A copy has what is whole; the file itself loses nothing unasked. */
  repair (path, copy, TFV_REPAIR_DEFAULT, "2 whole records copied");
  g_assert_cmpuint (count_problems (copy), ==, 0);
  stat (path, &before);
  assert_refused (path, TFV_REPAIR_DEFAULT, "wrong");
  assert_refused (path, TFV_REPAIR_CUT_TAIL, "less than a minute ago");
  utime (path, &old);
  repair (path, NULL, TFV_REPAIR_CUT_TAIL, "cut off");
  stat (path, &after);
  g_assert_cmpint (after.st_size, ==, (gint64) half_record);
  g_assert_cmpint (after.st_size, <, before.st_size);
  g_assert_cmpuint (count_problems (path), ==, 1);
  remove_tree (folder);
}

/* Whether a writer on another host runs is not known: what is said says so. */
static void
test_other_host (void)
{
  g_autofree char        *folder = make_folder ();
  g_autofree char        *path = NULL;
  g_autofree const char **problems = NULL;
  g_autoptr (GVariant)    fresh = NULL;
  g_autoptr (GVariant)    quiet = NULL;
  struct utimbuf          old = { 1, 1 };
  const char             *state = NULL;
  int                     status = 0;
  pid_t                   child = fork ();

  if (child == 0)
    {
      const TfvEventSource source = { folder, "elsewhere", "00000000-0000-4000-8000-000000000000", 77, 1700000000000000000, 1 };
      TfvEventSegment     *segment = tfv_event_segment_create (&source, 0, NULL);

      _exit (segment != NULL && tfv_event_segment_flush (segment, NULL) ? 0 : 1);
    }
  waitpid (child, &status, 0);
  g_assert_cmpint (status, ==, 0);
  path = find_file (folder);
  fresh = tfv_check_file (path, NULL);
  g_assert_true (g_variant_lookup (fresh, "state", "&s", &state));
  g_assert_cmpstr (state, ==, "live");
  assert_refused (path, TFV_REPAIR_DEFAULT, "of elsewhere, which may still run");

  utime (path, &old);
  quiet = tfv_check_file (path, NULL);
  g_assert_true (g_variant_lookup (quiet, "state", "&s", &state));
  g_assert_cmpstr (state, ==, "crashed");
  g_assert_true (g_variant_lookup (quiet, "problems", "^a&s", &problems));
  g_assert_nonnull (strstr (problems[0], "process 77 of elsewhere, has written nothing for a minute"));
  repair (path, NULL, TFV_REPAIR_DEFAULT, "mended");
  remove_tree (folder);
}

/* Says in place of tfv-reader that half a record begins at the file's beginning. */
static int
lie (void)
{
  g_autoptr (GVariant) report = g_variant_ref_sink (g_variant_new_parsed ("{'format': <'tfevents'>, 'half_record': <uint64 0>, 'problems': <['it is bad']>}"));
  guint8              *memory = mmap (NULL, TFV_READER_MEMORY_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, TFV_READER_MEMORY_FD, 0);
  TfvReaderMessage     message = { .type = TFV_READER_BYTES, .n = (guint32) g_variant_get_size (report) };
  TfvReaderReply       done = { .kind = TFV_READER_DONE };
  struct
  {
    TfvReaderReply reply;
    char           version[sizeof (TFV_VERSION "/" TFV_READER_PROTOCOL)];
  } hello = { { .kind = TFV_READER_HELLO, .n_text = sizeof hello.version }, TFV_VERSION "/" TFV_READER_PROTOCOL };
  guint8 packet[TFV_READER_PACKET_BYTES];

  send (TFV_READER_SOCKET_FD, &hello, sizeof hello, MSG_NOSIGNAL);
  while (recv (TFV_READER_SOCKET_FD, packet, sizeof packet, 0) > 0)
    {
      message.n_bytes = done.n_bytes = (guint32) sizeof message + ((message.n + 7) & ~7u);
      memcpy (memory + TFV_READER_HEADER_BYTES, &message, sizeof message);
      g_variant_store (report, memory + TFV_READER_HEADER_BYTES + sizeof message);
      send (TFV_READER_SOCKET_FD, &done, sizeof done, MSG_NOSIGNAL);
    }
  return 0;
}

/* What a process says that was taken over does not cut a good record off. */
static void
test_lies (void)
{
  g_autofree char *folder = NULL;
  g_autofree char *path = NULL;
  struct utimbuf   old = { 1, 1 };
  struct stat      before, after;

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
      g_test_trap_assert_passed ();
      return;
    }
  g_setenv ("TFV_READER", "/proc/self/exe", TRUE);
  folder = make_folder ();
  path = g_build_filename (folder, "events.out.tfevents.1", NULL);
  write_version (path, 1, "brain.Event:2");
  write_scalar (path, 2, 1, "good", 1);
  utime (path, &old);
  stat (path, &before);
  assert_refused (path, TFV_REPAIR_DEFAULT, "it is bad");
  assert_refused (path, TFV_REPAIR_CUT_TAIL, "does not end inside a record");
  stat (path, &after);
  g_assert_cmpint (after.st_size, ==, before.st_size);
  remove_tree (folder);
}

static void
test_no_event_file (void)
{
  g_autofree char   *folder = make_folder ();
  g_autofree char   *path = g_build_filename (folder, "letter.txt", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, "Dear reader, this is no event file.", -1, NULL));
  g_assert_null (tfv_check_file (path, &error));
  g_assert_nonnull (strstr (error->message, "not an event file"));
  assert_refused (path, TFV_REPAIR_DEFAULT, "not an event file");
  remove_tree (folder);
}

int
main (int argc, char *argv[])
{
  if (argc == 1 && strcmp (argv[0], TFV_READER_PROCESS_NAME) == 0)
    return lie ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/summaries/repair/a-killed-training-loses-no-row", test_killed);
  g_test_add_func ("/summaries/repair/a-copy-is-mended", test_copy);
  g_test_add_func ("/summaries/repair/a-closed-file-needs-nothing", test_closed);
  g_test_add_func ("/summaries/repair/what-was-cut-off-can-be-opened", test_cut_off);
  g_test_add_func ("/summaries/repair/a-damaged-record-is-told", test_damaged_blob);
  g_test_add_func ("/summaries/repair/of-tensorflows-events-what-is-whole-is-kept", test_events);
  g_test_add_func ("/summaries/repair/of-another-host-nothing-is-sure", test_other_host);
  g_test_add_func ("/summaries/repair/a-lie-cuts-nothing-off", test_lies);
  g_test_add_func ("/summaries/repair/a-letter-is-no-event-file", test_no_event_file);
  return g_test_run ();
}
