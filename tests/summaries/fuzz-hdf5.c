/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Reads mutated copies of HDF5 files: none may crash who reads them, or keep him.
 *
 * usage: fuzz-hdf5 [COUNT [FIRST]]
 *
 * Copies whose checksums are wrong are read in this process. Those whose checksums
 * are forged get to where HDF5 itself breaks: the process that parses may die of
 * them, and this one must not. The copies are numbered and each number always
 * makes the same one of the same original. COUNT is how many mutated files of any
 * kind are read in all tests together, of which three quarters are read here: 2000
 * unless told here or by TFV_FUZZ_RUNS, fewer where a sanitizer makes it slow. */

#include <glib/gstdio.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/summaries/fuzz-original-private.h"
#include "tests/summaries/load-run-private.h"
#include "summaries/tfv-check.h"
#include "summaries/tfv-logdir.h"
#include "summaries/tfv-sandbox-private.h"
#include "summaries/tfv-sandbox-process-private.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define DEFAULT_RUNS 300
#else
#define DEFAULT_RUNS 2000
#endif

/* How long reading one may take, and how long one may keep the process that
 * parses before that is ended. */
#define SECONDS_A_RUN 20
#define PATIENCE_NS G_GINT64_CONSTANT (1000000000)

/* A reader spends its time on a damaged file in waiting: many wait at once. */
#define N_SHARES 6
#define MAX_BAD 100

typedef struct
{
  const char *what;
  FuzzKind    kind;
  gboolean    forges_checksums;
  guint       percent;
} Batch;

static const Batch batches[] = {
  { "a file that is live", FUZZ_LIVE, FALSE, 15 },
  { "a file that is closed", FUZZ_CLOSED, FALSE, 15 },
  { "a file that is compacted", FUZZ_COMPACTED, FALSE, 5 },
  { "a file that is live, checksums forged", FUZZ_LIVE, TRUE, 10 },
  { "a file that is closed, checksums forged", FUZZ_CLOSED, TRUE, 10 },
  { "a file that is compacted, checksums forged", FUZZ_COMPACTED, TRUE, 10 },
  { "a file of another layout, checksums forged", FUZZ_RICH, TRUE, 10 },
};

/* How many copies ended the process that parses, told for people. */
static atomic_uint *n_deaths;

/* Looks at everything that was loaded. */
static void
look_at (TfvRun *run)
{
  g_autoptr (GPtrArray) tags = tfv_run_dup_tags (run);

  for (guint i = 0; i < tags->len; i++)
    {
      TfvScalarSeries *series = tfv_tag_get_series (tags->pdata[i]);
      TfvTagSummary    summary;

      tfv_tag_get_summary (tags->pdata[i], &summary);
      if (series != NULL)
        {
          g_autoptr (TfvScalarView) all = tfv_scalar_series_snapshot (series, TFV_SCALAR_VIEW_ALL);

          g_assert_cmpuint (all->n_points, <=, summary.count);
        }
      else if (summary.count > 0)
        {
          g_autoptr (GBytes) bytes = tfv_tag_read_record (tags->pdata[i], 0, NULL);
        }
    }
}

/* As the window and the command line read it. */
static void
read_sandboxed (const char *path)
{
  const char           *paths[] = { path, NULL };
  g_autoptr (TfvLogdir) logdir = tfv_logdir_new (paths);
  g_autoptr (GPtrArray) runs = NULL;
  g_autoptr (GVariant)  report = NULL;
  g_autoptr (GError)    error = NULL;

  tfv_logdir_load (logdir, NULL, NULL);
  runs = tfv_logdir_dup_runs (logdir);
  for (guint i = 0; i < runs->len; i++)
    look_at (runs->pdata[i]);
  report = tfv_check_file (path, &error);
  if (report == NULL && strstr (error->message, "ended the process") != NULL)
    atomic_fetch_add (n_deaths, 1);
}

static void
read_copy (const Batch *batch, const FuzzOriginal *original, const char *path, guint32 number)
{
  GString           *copy = fuzz_original_mutate (original, number, batch->forges_checksums);
  g_autoptr (TfvRun) run = NULL;

  g_assert_true (g_file_set_contents_full (path, copy->str, (gssize) copy->len, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  g_string_free (copy, TRUE);
  if (batch->forges_checksums)
    read_sandboxed (path);
  else
    run = load_run (path);
}

/* Reads copies in a child until one of them ends it; says which. */
static gboolean
read_copies (const Batch *batch, const FuzzOriginal *original, const char *path, guint32 first, guint32 end, guint32 *current)
{
  pid_t child;
  int   status = 0;

  *current = first;
  child = fork ();
  if (child == 0)
    {
      tfv_sandbox_process_set_patience (PATIENCE_NS, 4 * PATIENCE_NS);
      for (; *current < end; (*current)++)
        {
          alarm (SECONDS_A_RUN);
          read_copy (batch, original, path, *current);
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
fuzz_share (const Batch *batch, const FuzzOriginal *original, const char *folder, guint share, guint32 first, guint32 end)
{
  g_autofree char *name = g_strdup_printf ("copy-%u.tfv.h5", share);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  guint32         *current = mmap (NULL, sizeof *current, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  guint            n_bad = 0;

  for (guint32 next = first; next < end && n_bad < MAX_BAD; next = *current + 1)
    {
      if (read_copies (batch, original, path, next, end, current))
        break;
      n_bad++;
    }

  munmap (current, sizeof *current);
  return n_bad;
}

static guint
fuzz (const Batch *batch, guint32 n_runs, guint32 first)
{
  g_autofree char *folder = g_dir_make_tmp ("tfv-fuzz-XXXXXX", NULL);
  g_autofree char *source = g_build_filename (folder, "original", NULL);
  FuzzOriginal     original = { 0 };
  pid_t            children[N_SHARES];
  guint            n_bad = 0;

  fuzz_original_init (&original, batch->kind, source);
  for (guint i = 0; i < N_SHARES; i++)
    {
      guint32 from = first + (guint32) ((guint64) n_runs * i / N_SHARES);
      guint32 end = first + (guint32) ((guint64) n_runs * (i + 1) / N_SHARES);

      children[i] = fork ();
      if (children[i] == 0)
        _exit ((int) fuzz_share (batch, &original, folder, i, from, end));
    }

  for (guint i = 0; i < N_SHARES; i++)
    {
      int status = 0;

      waitpid (children[i], &status, 0);
      n_bad += WIFEXITED (status) ? (guint) WEXITSTATUS (status) : MAX_BAD;
    }

  printf ("# %u blocks of metadata; %u copies ended the process that parses\n", original.blocks->len, atomic_exchange (n_deaths, 0));
  fuzz_original_clear (&original);
  remove_folder (folder);
  return n_bad;
}

/* Whether there is a process that parses; asked in a child, so that none is
 * started here. */
static gboolean
is_sandboxed (void)
{
  pid_t child = fork ();
  int   status = 0;

  if (child == 0)
    _exit (strstr (tfv_sandbox_get_state (), "in this process") == NULL ? 0 : 1);
  waitpid (child, &status, 0);
  return WIFEXITED (status) && WEXITSTATUS (status) == 0;
}

int
main (int argc, char **argv)
{
  const char *by_environment = g_getenv ("TFV_FUZZ_RUNS");
  guint32     n_runs = by_environment != NULL ? (guint32) strtoul (by_environment, NULL, 10) : DEFAULT_RUNS;
  guint32     first = argc > 2 ? (guint32) strtoul (argv[2], NULL, 10) : 0;
  guint       n_bad_in_all = 0;

  if (argc > 1)
    n_runs = (guint32) strtoul (argv[1], NULL, 10);

  n_deaths = mmap (NULL, sizeof *n_deaths, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  setvbuf (stdout, NULL, _IOLBF, 0);
  printf ("1..%u\n", (guint) G_N_ELEMENTS (batches));
  for (guint i = 0; i < G_N_ELEMENTS (batches); i++)
    {
      const Batch *batch = &batches[i];
      guint32      n = (guint32) ((guint64) n_runs * batch->percent / 100);
      guint        n_bad;

      if (batch->forges_checksums && !is_sandboxed ())
        {
          printf ("ok %u - mutated copies of %s # SKIP there is no tfv-reader\n", i + 1, batch->what);
          continue;
        }
      n_bad = fuzz (batch, n, first);
      printf ("%s %u - %u mutated copies of %s: %u end the reader\n", n_bad == 0 ? "ok" : "not ok", i + 1, n, batch->what, n_bad);
      n_bad_in_all += n_bad;
    }

  return n_bad_in_all == 0 ? 0 : 1;
}
