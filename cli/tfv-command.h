/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "cli/tfv-printer.h"

G_BEGIN_DECLS

/* How the program ends. */
enum
{
  TFV_EXIT_SUCCESS = 0,
  TFV_EXIT_FAILURE = 1, /* something could not be read or written */
  TFV_EXIT_USAGE = 2,   /* it was called in a wrong way */
};

/* A subcommand. One constant of this type, called `tfv_command_<file>`, a file. */
typedef struct
{
  const char *name;
  const char *arguments; /* as in its line of usage */
  const char *summary;   /* one line without a full stop */
  int (*run) (int argc, char **argv, TfvPrinter *printer);
} TfvCommand;

gboolean tfv_command_parse (const TfvCommand *self, const char *description, const GOptionEntry *entries, int *argc, char ***argv, TfvPrinter *printer, int *status);
int      tfv_command_main (int argc, char **argv, int output_fd);

void tfv_command_complain (const char *format, ...) G_GNUC_PRINTF (1, 2);
int  tfv_command_fail_usage (const TfvCommand *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

G_END_DECLS
