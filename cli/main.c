/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <signal.h>
#include <unistd.h>

#include "cli/tfv-command.h"

/* The locale is never set: the output is for scripts, the same everywhere. */
int
main (int argc, char **argv)
{
  /* A reader who goes away shows as a failed write. */
  signal (SIGPIPE, SIG_IGN);
  return tfv_command_main (argc, argv, STDOUT_FILENO);
}
