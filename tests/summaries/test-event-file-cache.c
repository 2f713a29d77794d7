/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Event files stay open between two records, a few of them and not for long. */

#include <glib/gstdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/summaries/load-run-private.h"
#include "summaries/tfv-event-file-cache-private.h"
#include "summaries/tfv-format.h"
#include "summaries/tfv-summary-writer.h"

#define N_FILES 6
#define N_TEXTS 50

static char *
dup_text (guint file, guint index)
{
  return g_strdup_printf ("text %u of file %u", index, file);
}

static void
add_texts (TfvSummaryWriter *writer, guint file, guint first)
{
  for (guint i = first; i < first + N_TEXTS; i++)
    {
      g_autofree char *text = dup_text (file, i);

      tfv_summary_writer_add_text (writer, "note", text, i);
    }
  g_assert_true (tfv_summary_writer_flush (writer, NULL));
}

/* A folder with a file of texts. */
static char *
write_file (guint file, char **path)
{
  char                        *folder = g_dir_make_tmp ("tfv-cache-XXXXXX", NULL);
  g_autoptr (TfvSummaryWriter) writer = tfv_summary_writer_new (folder, NULL);

  add_texts (writer, file, 0);
  *path = tfv_summary_writer_dup_path (writer);
  g_assert_true (tfv_summary_writer_close (writer, NULL));
  return folder;
}

static GBytes *
read_record (const char *path, guint index, GError **error)
{
  return tfv_format_find ("run.tfv.h5", NULL, 0)->read_blob (path, index, 0, error);
}

static void
assert_text (const char *path, guint file, guint index)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = read_record (path, index, &error);
  g_autofree char   *expected = dup_text (file, index);

  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), expected, strlen (expected));
}

static void
test_a_few_stay_open_for_a_while (void)
{
  char  *folders[N_FILES], *paths[N_FILES];
  gint64 deadline_us;

  for (guint i = 0; i < N_FILES; i++)
    folders[i] = write_file (i, &paths[i]);
  for (guint round = 0; round < 3; round++)
    for (guint i = 0; i < N_FILES; i++)
      assert_text (paths[i], i, round);
  g_assert_cmpuint (tfv_event_file_cache_get_n_files (), >, 0);
  g_assert_cmpuint (tfv_event_file_cache_get_n_files (), <=, 4);

  deadline_us = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;
  while (tfv_event_file_cache_get_n_files () > 0 && g_get_monotonic_time () < deadline_us)
    g_usleep (10000);
  g_assert_cmpuint (tfv_event_file_cache_get_n_files (), ==, 0);
  assert_text (paths[0], 0, 7);

  for (guint i = 0; i < N_FILES; i++)
    {
      remove_folder (folders[i]);
      g_free (folders[i]);
      g_free (paths[i]);
    }
}

static void
test_what_was_added_since_is_seen (void)
{
  g_autofree char             *folder = g_dir_make_tmp ("tfv-cache-XXXXXX", NULL);
  g_autoptr (TfvSummaryWriter) writer = tfv_summary_writer_new (folder, NULL);
  g_autofree char             *path = tfv_summary_writer_dup_path (writer);

  for (guint round = 0; round < 5; round++)
    {
      add_texts (writer, 1, round * N_TEXTS);
      for (guint i = 0; i < (round + 1) * N_TEXTS; i++)
        assert_text (path, 1, i);
    }
  g_assert_true (tfv_summary_writer_close (writer, NULL));
  assert_text (path, 1, 3);
  {
    g_autoptr (GError) error = NULL;

    g_assert_null (read_record (path, 5 * N_TEXTS, &error));
    g_assert_nonnull (error);
  }
  remove_folder (folder);
}

static void
test_another_file_of_the_name_is_noticed (void)
{
  g_autofree char   *path = NULL;
  g_autofree char   *other_path = NULL;
  g_autofree char   *folder = write_file (1, &path);
  g_autofree char   *other_folder = write_file (2, &other_path);
  g_autoptr (GError) error = NULL;
  TfvEventFile      *file;
  gboolean           was_open;

  /* Also when it gets there while somebody reads. */
  file = tfv_event_file_cache_take (path, &was_open, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_rename (other_path, path), ==, 0);
  tfv_event_file_cache_give (file);
  assert_text (path, 2, 0);
  remove_folder (other_folder);
  g_free (other_folder);
  g_free (other_path);
  other_folder = write_file (3, &other_path);

  g_assert_cmpint (g_rename (other_path, path), ==, 0);
  assert_text (path, 3, 0);

  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_null (read_record (path, 0, &error));
  g_assert_nonnull (error);

  g_assert_true (g_file_set_contents (path, "no event file", -1, NULL));
  g_clear_error (&error);
  g_assert_null (read_record (path, 0, &error));
  g_assert_nonnull (error);

  remove_folder (folder);
  remove_folder (other_folder);
}

typedef struct
{
  char **paths;
  guint  seed;
} Work;

static gpointer
read_many (gpointer data)
{
  const Work       *work = data;
  g_autoptr (GRand) random = g_rand_new_with_seed (work->seed);

  for (guint i = 0; i < 150; i++)
    {
      guint file = (guint) g_rand_int_range (random, 0, N_FILES);

      assert_text (work->paths[file], file, (guint) g_rand_int_range (random, 0, N_TEXTS));
    }
  return NULL;
}

static void
test_threads_and_children_read_alike (void)
{
  char    *folders[N_FILES], *paths[N_FILES];
  GThread *threads[6];
  Work     works[G_N_ELEMENTS (threads)];

  for (guint i = 0; i < N_FILES; i++)
    folders[i] = write_file (i, &paths[i]);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      works[i] = (Work){ paths, i };
      threads[i] = g_thread_new ("test", read_many, &works[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);

#ifndef __SANITIZE_THREAD__
  /* ThreadSanitizer allows no threads in a child. */
  {
    int   status = -1;
    pid_t child;

    assert_text (paths[0], 0, 0);
    child = fork ();
    if (child == 0)
      {
        assert_text (paths[0], 0, 0);
        assert_text (paths[1], 1, 1);
        _exit (0);
      }
    waitpid (child, &status, 0);
    g_assert_cmpint (status, ==, 0);
  }
#endif
  assert_text (paths[0], 0, 2);

  for (guint i = 0; i < N_FILES; i++)
    {
      remove_folder (folders[i]);
      g_free (folders[i]);
      g_free (paths[i]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, function) g_test_add_func ("/summaries/event-file-cache/" name, function)
  ADD ("a-few-stay-open-for-a-while", test_a_few_stay_open_for_a_while);
  ADD ("what-was-added-since-is-seen", test_what_was_added_since_is_seen);
  ADD ("another-file-of-the-name-is-noticed", test_another_file_of_the_name_is_noticed);
  ADD ("threads-and-children-read-alike", test_threads_and_children_read_alike);

  return g_test_run ();
}
