/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* tfv-writer: the process that writes a run's event file, so that nothing is
 * lost when the one that trains is killed. It is started by the library and of
 * no use to anybody else. */

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "summaries/tfv-writer-core-private.h"
#include "summaries/tfv-writer-process-private.h"

/* Whoever asks all processes of a job to end asks the training too: when that
 * ends this one does, with nothing lost. */
static void
ignore_signals (void)
{
  static const int ignored[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGXFSZ, SIGUSR1, SIGUSR2 };

  for (guint i = 0; i < G_N_ELEMENTS (ignored); i++)
    signal (ignored[i], SIG_IGN);
}

int
main (int argc, char **argv)
{
  g_autoptr (TfvWriterRegion) region = NULL;
  g_autoptr (GError)          error = NULL;

  guint32 turn = argc == 2 ? (guint32) strtoul (argv[1], NULL, 10) : 0;

  if (turn == 0 || fcntl (TFV_WRITER_REGION_FD, F_GETFD) < 0 || fcntl (TFV_WRITER_OWNER_FD, F_GETFD) < 0)
    {
      g_printerr ("tfv-writer: is started by programs that log, not by hand\n");
      return 2;
    }

  ignore_signals ();
  fcntl (TFV_WRITER_OWNER_FD, F_SETFD, FD_CLOEXEC);
  region = tfv_writer_region_attach (TFV_WRITER_REGION_FD, &error);
  if (region == NULL)
    {
      g_printerr ("tfv-writer: %s\n", error->message);
      return 1;
    }

  /* There are never two that empty a region. */
  atomic_store (&region->header->consumer_pid, getpid ());
  if (atomic_compare_exchange_strong (&region->header->turn, &turn, turn + 1))
    tfv_writer_core_run (region, TFV_WRITER_OWNER_FD);

  return 0;
}
