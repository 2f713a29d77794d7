/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* store-repair DIR: how long it takes to mend the file of a killed training.
 *
 * A training logs about 300 MB into DIR and is killed; copies of its file are
 * mended, each by a process that begins afresh. Prints the median and the longest
 * time, in milliseconds, and how large the file is, in MB. */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "summaries/tfv-repair.h"
#include "summaries/tfv-summary-writer.h"

#define N_ROUNDS 9
#define FILE_BYTES (300 << 20)

/* Without a helper nobody closes the file. */
static void
train (const char *folder)
{
  g_autoptr (TfvSummaryWriter) writer = NULL;

  g_setenv ("TFV_WRITER", "thread", TRUE);
  writer = tfv_summary_writer_new (folder, NULL);
  for (gint64 step = 0;; step++)
    {
      tfv_summary_writer_add_scalar (writer, "loss", (double) step, step);
      if (step % 20000 == 19999)
        tfv_summary_writer_flush (writer, NULL);
    }
}

static char *
find_file (const char *folder)
{
  g_autoptr (GDir) listing = g_dir_open (folder, 0, NULL);
  const char      *name;

  while (listing != NULL && (name = g_dir_read_name (listing)) != NULL)
    if (g_str_has_suffix (name, ".tfv.h5"))
      return g_build_filename (folder, name, NULL);
  return NULL;
}

static off_t
get_size (const char *path)
{
  struct stat status;

  return path != NULL && stat (path, &status) == 0 ? status.st_size : 0;
}

/* Lets a training run until its file is large, and kills it. (transfer full) */
static char *
make_crashed (const char *folder)
{
  char *path = NULL;
  pid_t child = fork ();

  if (child == 0)
    {
      train (folder);
      _exit (0);
    }
  while (get_size (path) < FILE_BYTES)
    {
      g_usleep (10000);
      if (path == NULL)
        path = find_file (folder);
    }
  kill (child, SIGKILL);
  waitpid (child, NULL, 0);
  return path;
}

/* In milliseconds. */
static double
measure (const char *path)
{
  int    pipes[2];
  gint64 us = 0;
  pid_t  child;

  if (pipe (pipes) != 0)
    exit (1);
  child = fork ();
  if (child == 0)
    {
      g_autoptr (GError) error = NULL;
      gint64             start_us = g_get_monotonic_time ();
      gboolean           is_mended = tfv_repair_file (path, NULL, TFV_REPAIR_DEFAULT, NULL, &error);

      us = g_get_monotonic_time () - start_us;
      if (!is_mended)
        g_printerr ("%s\n", error->message);
      _exit (is_mended && write (pipes[1], &us, sizeof us) == sizeof us ? 0 : 1);
    }
  close (pipes[1]);
  if (read (pipes[0], &us, sizeof us) != sizeof us)
    exit (1);
  close (pipes[0]);
  waitpid (child, NULL, 0);
  return (double) us * 1e-3;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const double *left = a, *right = b;

  return *left < *right ? -1 : *left > *right;
}

int
main (int argc, char **argv)
{
  g_autofree char *crashed = NULL;
  g_autofree char *copy = NULL;
  double           took_ms[N_ROUNDS];

  if (argc != 2)
    return 2;
  crashed = make_crashed (argv[1]);
  copy = g_strconcat (crashed, ".copy.tfv.h5", NULL);
  for (guint i = 0; i < N_ROUNDS; i++)
    {
      const char *arguments[] = { "cp", crashed, copy, NULL };

      if (!g_spawn_sync (NULL, (char **) arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL))
        return 1;
      took_ms[i] = measure (copy);
    }
  qsort (took_ms, N_ROUNDS, sizeof *took_ms, compare);
  printf ("{\"median\": %.2f, \"longest\": %.2f, \"size\": %.0f}\n", took_ms[N_ROUNDS / 2], took_ms[N_ROUNDS - 1], (double) get_size (crashed) * 1e-6);
  return 0;
}
