/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/tfv-command.h"
#include "cli/tfv-output-tree.h"
#include "summaries/tfv-compact.h"

extern const TfvCommand tfv_command_compact;

#define FILE_SUFFIX ".tfv.h5"
#define KEPT_SUFFIX ".orig"

typedef struct
{
  TfvPrinter *printer;
  const char *out;
  gboolean    keeps;
  int         status;
  guint       n_files;
} Compaction;

G_GNUC_PRINTF (2, 3)
static void
complain (Compaction *self, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list          arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  tfv_command_complain ("%s", message);
  self->status = TFV_EXIT_FAILURE;
}

/* On a terminal, how far it got, over and over in the same line. */
static void
show_progress (double share, gpointer user_data)
{
  int *shown = user_data;
  int  percent = (int) (share * 100);

  if (percent == *shown)
    return;
  *shown = percent;
  g_printerr ("\r%d %%", percent);
}

static gint64
get_size (const char *path)
{
  struct stat status;

  return stat (path, &status) == 0 ? (gint64) status.st_size : 0;
}

/* Gives the file a second name, under which no reader looks. */
static gboolean
keep (Compaction *self, const char *path, const char *kept)
{
  if (link (path, kept) == 0)
    return TRUE;
  complain (self, "%s: cannot be kept: %s", kept, g_strerror (errno));
  return FALSE;
}

static void
compact_file (Compaction *self, const char *path)
{
  const char        *out = self->out != NULL ? self->out : path;
  g_autofree char   *kept = g_strconcat (path, KEPT_SUFFIX, NULL);
  gint64             size_before = get_size (path);
  g_autofree char   *before = g_format_size ((guint64) size_before);
  g_autofree char   *after = NULL;
  g_autoptr (GError) error = NULL;
  gboolean           is_watched = isatty (STDERR_FILENO);
  int                shown = -1;
  TfvCompactResult   result;

  self->n_files++;
  if (self->keeps && !keep (self, path, kept))
    return;
  result = tfv_compact_file (path, self->out, is_watched ? show_progress : NULL, &shown, NULL, &error);
  if (shown >= 0)
    g_printerr ("\r     \r");
  if (self->keeps && result != TFV_COMPACT_DONE)
    g_unlink (kept);
  if (result == TFV_COMPACT_FAILED)
    {
      complain (self, "%s", error->message);
      return;
    }

  tfv_printer_put (self->printer, path);
  if (result == TFV_COMPACT_UNCHANGED)
    {
      tfv_printer_put (self->printer, ": is compacted already\n");
      return;
    }
  after = g_format_size ((guint64) get_size (out));
  tfv_printer_put (self->printer, ": ");
  tfv_printer_put (self->printer, before);
  tfv_printer_put (self->printer, " before, ");
  tfv_printer_put (self->printer, after);
  tfv_printer_put (self->printer, " now\n");
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

/* All event files in a folder and those in it; links to folders are not followed. */
static void
compact_folder (Compaction *self, const char *path)
{
  g_autoptr (GError)    error = NULL;
  g_autoptr (GDir)      folder = g_dir_open (path, 0, &error);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char           *name;

  if (folder == NULL)
    {
      complain (self, "%s", error->message);
      return;
    }
  while ((name = g_dir_read_name (folder)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *child = g_build_filename (path, names->pdata[i], NULL);
      struct stat      status;

      if (lstat (child, &status) != 0)
        continue;
      if (S_ISDIR (status.st_mode))
        compact_folder (self, child);
      else if (S_ISREG (status.st_mode) && g_str_has_suffix (child, FILE_SUFFIX))
        compact_file (self, child);
    }
}

static int
run_compact (int argc, char **argv, TfvPrinter *printer)
{
  g_autofree char   *out = NULL;
  gboolean           keeps = FALSE;
  const GOptionEntry entries[] = {
    { "keep", 0, 0, G_OPTION_ARG_NONE, &keeps, "Leave the files as they were beside the new ones, NAME.tfv.h5" KEPT_SUFFIX, NULL },
    { "out", 0, 0, G_OPTION_ARG_FILENAME, &out, "Write this file, which must be new, and leave PATH, one file, as it is", "FILE" },
    G_OPTION_ENTRY_NULL,
  };
  static const char description[] =
      "Rewrites event files of tfview's that are closed, so that any of their curves is\n"
      "there at once: the points of each tag lie together, compressed, with their\n"
      "extremes beside them. Nothing is lost, every command gives what it gave before.\n"
      "PATH is a file or a folder, which is searched with all folders in it.\n"
      "\n"
      "A file is replaced by the new one only when that was read back and is complete.\n"
      "Files that are still written, or that nobody closed, are left as they are.";
  g_autoptr (GError) error = NULL;
  Compaction         self = { .printer = printer, .status = TFV_EXIT_SUCCESS };

  if (!tfv_command_parse (&tfv_command_compact, description, entries, &argc, &argv, printer, &self.status))
    return self.status;
  if (argc < 2)
    return tfv_command_fail_usage (&tfv_command_compact, "no PATH given");
  if (out != NULL && keeps)
    return tfv_command_fail_usage (&tfv_command_compact, "--out leaves the file as it is anyway; --keep is for files that are replaced");
  if (out != NULL && (argc > 2 || g_file_test (argv[1], G_FILE_TEST_IS_DIR)))
    return tfv_command_fail_usage (&tfv_command_compact, "--out is for one file");
  if (out != NULL && !g_str_has_suffix (out, FILE_SUFFIX))
    return tfv_command_fail_usage (&tfv_command_compact, "%s: the name of an event file ends in " FILE_SUFFIX, out);

  if (out != NULL && !tfv_output_is_new_file (out, &error))
    {
      tfv_command_complain ("%s", error->message);
      return TFV_EXIT_FAILURE;
    }

  self.out = out;
  self.keeps = keeps;
  for (int i = 1; i < argc; i++)
    {
      if (g_file_test (argv[i], G_FILE_TEST_IS_DIR))
        compact_folder (&self, argv[i]);
      else
        {
          /* A file is replaced where it lies, not the link to it. */
          g_autofree char *real = realpath (argv[i], NULL);

          compact_file (&self, g_file_test (argv[i], G_FILE_TEST_IS_SYMLINK) && real != NULL ? real : argv[i]);
        }
    }
  if (self.n_files == 0 && self.status == TFV_EXIT_SUCCESS)
    complain (&self, "%s: there is no event file of tfview's; tfv import makes them of others", argv[1]);
  return self.status;
}

const TfvCommand tfv_command_compact = {
  .name = "compact",
  .arguments = "PATH…",
  .summary = "Rewrite closed event files smaller, with every curve at once",
  .run = run_compact,
};
