/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Reads mutated copies of an event file: none may crash the reader or keep it.
 *
 * usage: fuzz-hdf5 [COUNT [FIRST]]
 *
 * The copies are numbered and each number always makes the same one of the same
 * original. COUNT is 300 unless told here or by TFV_FUZZ_RUNS. */

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/summaries/load-run-private.h"
#include "summaries/tfv-record-class.h"
#include "summaries/tfv-summary-writer.h"

#define DEFAULT_RUNS 300
#define SECONDS_A_RUN 5

/* A reader spends its time on a damaged file in waiting: many wait at once. */
#define N_SHARES 6
#define MAX_BAD 100

typedef struct
{
  guint8 *bytes;
  gsize   n_bytes;
  /* Where the bytes that are not zero are: changing the others is dull. */
  GArray *used;
} Original;

static void
write_original (const char *folder)
{
  g_autoptr (TfvSummaryWriter) writer = tfv_summary_writer_new (folder, NULL);
  TfvSpan                      span = { .duration_ns = 10, .name = 1, .lane = 2 };

  for (const TfvRecordClass *const *class = tfv_record_class_get_all (); *class != NULL; class ++)
    (*class)->write_sample (writer);
  for (gint64 step = 0; step < 200; step++)
    {
      tfv_summary_writer_add_scalar (writer, "loss", 1.0 / (double) (step + 1), step);
      span.start_ns = step * 10;
      tfv_summary_writer_add_span (writer, &span);
    }
  /* A clean close moves the metadata about; half the copies are of a file that
   * is still being written, and are made before it. */
  g_assert_true (tfv_summary_writer_flush (writer, NULL));
  if (strstr (folder, "closed") == NULL)
    _exit (0);
  g_assert_true (tfv_summary_writer_close (writer, NULL));
}

static void
make_original (const char *folder, Original *original)
{
  g_autoptr (GDir) listing = NULL;
  g_autofree char *path = NULL;
  pid_t            child = fork ();
  int              status;

  if (child == 0)
    {
      write_original (folder);
      _exit (0);
    }
  waitpid (child, &status, 0);
  g_assert_cmpint (status, ==, 0);

  listing = g_dir_open (folder, 0, NULL);
  path = g_build_filename (folder, g_dir_read_name (listing), NULL);
  g_assert_true (g_file_get_contents (path, (char **) &original->bytes, &original->n_bytes, NULL));

  original->used = g_array_new (FALSE, FALSE, sizeof (gsize));
  for (gsize at = 0; at < original->n_bytes; at++)
    {
      if (original->bytes[at] != 0)
        g_array_append_val (original->used, at);
    }
}

static gsize
choose_place (GRand *random, const Original *original)
{
  if (g_rand_int_range (random, 0, 8) == 0)
    return (gsize) (g_rand_double (random) * (double) original->n_bytes);

  return g_array_index (original->used, gsize, g_rand_int_range (random, 0, (gint32) original->used->len));
}

static void
mutate_once (GRand *random, const Original *original, guint8 *bytes, gsize *n_bytes)
{
  static const guint64 extremes[] = { 0, 1, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0xffffffff, G_MAXINT64, G_MAXUINT64 };
  gsize                at = MIN (choose_place (random, original), original->n_bytes - 9);
  gsize                from = MIN (choose_place (random, original), original->n_bytes - 65);
  gsize                length = MIN ((gsize) g_rand_int_range (random, 1, 64), original->n_bytes - at);

  switch (g_rand_int_range (random, 0, 7))
    {
    case 0:
      bytes[at] ^= (guint8) (1u << g_rand_int_range (random, 0, 8));
      break;
    case 1:
      bytes[at] = (guint8) g_rand_int (random);
      break;
    case 2:
      memset (bytes + at, 0, length);
      break;
    case 3:
      memmove (bytes + at, bytes + from, length);
      break;
    case 4:
      memcpy (bytes + at, &extremes[g_rand_int_range (random, 0, G_N_ELEMENTS (extremes))], 1u << g_rand_int_range (random, 0, 4));
      break;
    case 5:
      for (gsize i = 0; i < length; i++)
        bytes[at + i] = (guint8) g_rand_int (random);
      break;
    default:
      *n_bytes = at;
      break;
    }
}

static void
read_copy (const Original *original, const char *path, guint32 number)
{
  g_autofree guint8 *bytes = g_memdup2 (original->bytes, original->n_bytes);
  gsize              n_bytes = original->n_bytes;
  g_autoptr (GRand)  random = g_rand_new_with_seed (number);
  g_autoptr (TfvRun) run = NULL;

  for (gint32 n = g_rand_int_range (random, 1, 6); n > 0; n--)
    mutate_once (random, original, bytes, &n_bytes);
  g_assert_true (g_file_set_contents_full (path, (char *) bytes, (gssize) n_bytes, G_FILE_SET_CONTENTS_NONE, 0600, NULL));

  run = load_run (path);
}

/* Reads copies in a child until one of them ends it; says which. */
static gboolean
read_copies (const Original *original, const char *path, guint32 first, guint32 end, guint32 *current)
{
  pid_t child;
  int   status = 0;

  *current = first;
  child = fork ();
  if (child == 0)
    {
      for (; *current < end; (*current)++)
        {
          alarm (SECONDS_A_RUN);
          read_copy (original, path, *current);
        }
      _exit (0);
    }

  waitpid (child, &status, 0);
  if (WIFEXITED (status) && WEXITSTATUS (status) == 0)
    return TRUE;

  printf ("# copy %u: %s\n", *current, WIFSIGNALED (status) ? strsignal (WTERMSIG (status)) : "ended the reader");
  return FALSE;
}

/* Reads a share of the copies, in a process of its own; how many were bad. */
static guint
fuzz_share (const Original *original, const char *folder, guint share, guint32 first, guint32 end)
{
  g_autofree char *name = g_strdup_printf ("copy-%u.tfv.h5", share);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  guint32         *current = mmap (NULL, sizeof *current, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  guint            n_bad = 0;

  for (guint32 next = first; next < end && n_bad < MAX_BAD; next = *current + 1)
    {
      if (read_copies (original, path, next, end, current))
        break;
      n_bad++;
    }

  munmap (current, sizeof *current);
  return n_bad;
}

static guint
fuzz (const char *state, guint32 n_runs, guint32 first)
{
  g_autofree char *folder = g_dir_make_tmp ("tfv-fuzz-XXXXXX", NULL);
  g_autofree char *source = g_build_filename (folder, state, NULL);
  Original         original = { 0 };
  pid_t            children[N_SHARES];
  guint            n_bad = 0;

  make_original (source, &original);
  for (guint i = 0; i < N_SHARES; i++)
    {
      guint32 from = first + (guint32) ((guint64) n_runs * i / N_SHARES);
      guint32 end = first + (guint32) ((guint64) n_runs * (i + 1) / N_SHARES);

      children[i] = fork ();
      if (children[i] == 0)
        _exit ((int) fuzz_share (&original, folder, i, from, end));
    }

  for (guint i = 0; i < N_SHARES; i++)
    {
      int status = 0;

      waitpid (children[i], &status, 0);
      n_bad += WIFEXITED (status) ? (guint) WEXITSTATUS (status) : MAX_BAD;
    }

  g_array_unref (original.used);
  g_free (original.bytes);
  remove_folder (folder);
  return n_bad;
}

int
main (int argc, char **argv)
{
  static const char *const states[] = { "live", "closed" };
  const char              *by_environment = g_getenv ("TFV_FUZZ_RUNS");
  guint32                  n_runs = by_environment != NULL ? (guint32) strtoul (by_environment, NULL, 10) : DEFAULT_RUNS;
  guint32                  first = argc > 2 ? (guint32) strtoul (argv[2], NULL, 10) : 0;
  guint                    n_bad_in_all = 0;

  if (argc > 1)
    n_runs = (guint32) strtoul (argv[1], NULL, 10);

  setvbuf (stdout, NULL, _IOLBF, 0);
  printf ("1..%u\n", (guint) G_N_ELEMENTS (states));
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    {
      guint32 n = n_runs / G_N_ELEMENTS (states);
      guint   n_bad = fuzz (states[i], n, first);

      printf ("%s %u - %u mutated copies of a file that is %s: %u end the reader\n", n_bad == 0 ? "ok" : "not ok", i + 1, n, states[i], n_bad);
      n_bad_in_all += n_bad;
    }

  return n_bad_in_all == 0 ? 0 : 1;
}
