/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/tfv-command.h"

#include <stdio.h>
#include <string.h>

#include "config.h"

/* The table that the build generates from the files of the subcommands. */
extern const TfvCommand *const tfv_commands[];

static void
complain (const char *format, va_list arguments)
{
  g_autofree char *message = g_strdup_vprintf (format, arguments);

  /* One message is one line, whatever file names hold. */
  for (char *c = message; *c; c++)
    if ((guchar) *c < 0x20 || *c == 0x7f)
      *c = '?';
  fprintf (stderr, "tfv: %s\n", message);
}

/* Tells of an error or, with “warning: ” in front, of a warning: one line. */
void
tfv_command_complain (const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  complain (format, arguments);
  va_end (arguments);
}

/* Tells how a subcommand was called in a wrong way, and gives the exit status. */
int
tfv_command_fail_usage (const TfvCommand *self, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list          arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  tfv_command_complain ("%s: %s (see 'tfv %s --help')", self->name, message, self->name);
  return TFV_EXIT_USAGE;
}

/* Reads a subcommand's options; what is left in `argv` are its arguments. FALSE
 * where that is all there is to do, help given or wrong usage told: the subcommand
 * returns `status`, which is set then only.
 * Options of type FILENAME take bytes as they are, in any locale. */
gboolean
tfv_command_parse (const TfvCommand *self, const char *description, const GOptionEntry *entries, int *argc, char ***argv, TfvPrinter *printer, int *status)
{
  g_autoptr (GOptionContext) context = g_option_context_new (self->arguments);
  g_autoptr (GError)         error = NULL;
  g_autofree char           *name = g_strconcat ("tfv ", self->name, NULL);
  g_autofree char           *summary = g_strconcat (self->summary, ".", NULL);
  gboolean                   help = FALSE;
  GOptionEntry               help_entries[] = {
                  { "help", 'h', 0, G_OPTION_ARG_NONE, &help, "Show this help", NULL },
                  G_OPTION_ENTRY_NULL,
  };

  g_set_prgname (name);
  /* GLib's own help would be written in the locale's character set. */
  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_set_summary (context, summary);
  g_option_context_set_description (context, description);
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_add_main_entries (context, help_entries, NULL);
  if (!g_option_context_parse (context, argc, argv, &error))
    {
      *status = tfv_command_fail_usage (self, "%s", error->message);
      return FALSE;
    }
  if (help)
    {
      g_autofree char *text = g_option_context_get_help (context, FALSE, NULL);

      tfv_printer_put (printer, text);
      *status = TFV_EXIT_SUCCESS;
      return FALSE;
    }
  /* What stands behind “--” is an argument whatever it looks like. */
  for (int i = 1; i < *argc; i++)
    if (g_str_equal ((*argv)[i], "--"))
      {
        memmove (*argv + i, *argv + i + 1, sizeof (char *) * (gsize) (*argc - i));
        (*argc)--;
        break;
      }
  return TRUE;
}

static void
put_help (TfvPrinter *printer)
{
  gsize width = 0;

  for (guint i = 0; tfv_commands[i]; i++)
    width = MAX (width, strlen (tfv_commands[i]->name));

  tfv_printer_put (printer, "Usage:\n"
                            "  tfv COMMAND [OPTION…] PATH…\n"
                            "\n"
                            "Everything that the window can tell, without a display. A PATH is a file or a\n"
                            "folder in any format that can be read.\n"
                            "\n"
                            "Commands:\n");
  for (guint i = 0; tfv_commands[i]; i++)
    {
      tfv_printer_put (printer, "  ");
      tfv_printer_put (printer, tfv_commands[i]->name);
      for (gsize n = strlen (tfv_commands[i]->name); n < width + 2; n++)
        tfv_printer_put_char (printer, ' ');
      tfv_printer_put (printer, tfv_commands[i]->summary);
      tfv_printer_put_char (printer, '\n');
    }
  tfv_printer_put (printer, "\n"
                            "Options:\n"
                            "  -h, --help     Show this help; 'tfv COMMAND --help' shows a command's\n"
                            "  -V, --version  Show the version\n");
}

static int
run_command (int argc, char **argv, TfvPrinter *printer)
{
  if (argc < 2)
    {
      tfv_command_complain ("no command given (see 'tfv --help')");
      return TFV_EXIT_USAGE;
    }
  if (g_str_equal (argv[1], "--help") || g_str_equal (argv[1], "-h"))
    {
      put_help (printer);
      return TFV_EXIT_SUCCESS;
    }
  if (g_str_equal (argv[1], "--version") || g_str_equal (argv[1], "-V"))
    {
      tfv_printer_put (printer, "tfv " TFV_VERSION "\n");
      return TFV_EXIT_SUCCESS;
    }
  for (guint i = 0; tfv_commands[i]; i++)
    if (g_str_equal (argv[1], tfv_commands[i]->name))
      return tfv_commands[i]->run (argc - 1, argv + 1, printer);

  tfv_command_complain ("'%s' is no %s (see 'tfv --help')", argv[1], argv[1][0] == '-' ? "option" : "command");
  return TFV_EXIT_USAGE;
}

/* The program: runs a subcommand with its output going to a file descriptor,
 * and gives the exit status. */
int
tfv_command_main (int argc, char **argv, int output_fd)
{
  g_autoptr (TfvPrinter) printer = tfv_printer_new (output_fd);
  g_autoptr (GError)     error = NULL;
  int                    status = run_command (argc, argv, printer);

  if (!tfv_printer_close (printer, &error))
    {
      tfv_command_complain ("%s", error->message);
      status = TFV_EXIT_FAILURE;
    }
  return status;
}
