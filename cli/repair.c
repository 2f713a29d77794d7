/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/tfv-command.h"
#include "summaries/tfv-repair.h"

extern const TfvCommand tfv_command_repair;

static void
put_done (TfvPrinter *printer, const char *path, const char *done)
{
  g_autofree char *valid = g_utf8_make_valid (path, -1);

  tfv_printer_put (printer, valid);
  tfv_printer_put (printer, ": ");
  tfv_printer_put (printer, done);
  tfv_printer_put_char (printer, '\n');
}

static int
run_repair (int argc, char **argv, TfvPrinter *printer)
{
  g_autofree char   *out = NULL;
  gboolean           cuts_tail = FALSE;
  const GOptionEntry entries[] = {
    { "out", 'o', 0, G_OPTION_ARG_FILENAME, &out, "Leave FILE as it is and make this one, mended", "COPY" },
    { "cut-tail", 0, 0, G_OPTION_ARG_NONE, &cuts_tail, "Cut off a record that a TensorFlow event file ends inside of", NULL },
    G_OPTION_ENTRY_NULL,
  };
  static const char description[] =
      "A file of tfview whose writer was killed can be opened by any program that reads\n"
      "HDF5 after that; nothing in it is lost. A file that is being written is left as\n"
      "it is, and so is one that needs nothing.\n"
      "\n"
      "Of a TensorFlow event file nothing is cut unless --cut-tail is given. With --out\n"
      "all its whole records are copied.\n"
      "\n"
      "The status is 0 where each FILE, or the copy, is whole.";
  int status = TFV_EXIT_SUCCESS;

  if (!tfv_command_parse (&tfv_command_repair, description, entries, &argc, &argv, printer, &status))
    return status;
  if (argc < 2)
    return tfv_command_fail_usage (&tfv_command_repair, "no FILE given");
  if (out != NULL && argc > 2)
    return tfv_command_fail_usage (&tfv_command_repair, "--out takes one FILE");

  for (int i = 1; i < argc; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char   *done = NULL;

      if (tfv_repair_file (argv[i], out, cuts_tail ? TFV_REPAIR_CUT_TAIL : TFV_REPAIR_DEFAULT, &done, &error))
        {
          put_done (printer, out != NULL ? out : argv[i], done);
          continue;
        }
      tfv_command_complain ("%s", error->message);
      status = TFV_EXIT_FAILURE;
    }
  return status;
}

const TfvCommand tfv_command_repair = {
  .name = "repair",
  .arguments = "FILE…",
  .summary = "Make a file whole again without losing a good record",
  .run = run_repair,
};
