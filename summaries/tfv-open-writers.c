/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-summary-writer-private.h"

#include <pthread.h>
#include <stdlib.h>

/* Grows in every child, so that a writer knows that it is its parent's. */
guint32 tfv_process_epoch = 1;

/* The writers that are open, to be closed when the process exits. */
static GPtrArray *open_writers;
static GMutex     open_writers_mutex;

static void
enter_child (void)
{
  tfv_process_epoch++;
  tfv_producer_current = NULL;
  /* Whoever held it is not in the child, and nor are the writers of use there. */
  g_mutex_init (&open_writers_mutex);
  open_writers = NULL;
}

/* A program that returns from main without closing its writer has not lost what
 * it logged last. */
static void
close_at_exit (void)
{
  g_autoptr (GPtrArray) writers = NULL;

  g_mutex_lock (&open_writers_mutex);
  writers = open_writers != NULL ? g_ptr_array_copy (open_writers, (GCopyFunc) (void (*) (void)) g_object_ref, NULL) : NULL;
  g_mutex_unlock (&open_writers_mutex);

  for (guint i = 0; writers != NULL && i < writers->len; i++)
    {
      TfvSummaryWriter *writer = writers->pdata[i];

      /* It is not the program that closes it: threads may still be at work. */
      atomic_store (&writer->is_late_told, TRUE);
      tfv_summary_writer_close (writer, NULL);
      g_object_unref (writers->pdata[i]);
    }
}

/* From now on the writer is closed when the process exits. */
void
tfv_open_writers_add (TfvSummaryWriter *self)
{
  static gsize is_registered = 0;

  if (g_once_init_enter (&is_registered))
    {
      pthread_atfork (NULL, NULL, enter_child);
      atexit (close_at_exit);
      g_once_init_leave (&is_registered, 1);
    }

  g_mutex_lock (&open_writers_mutex);
  if (open_writers == NULL)
    open_writers = g_ptr_array_new ();
  g_ptr_array_add (open_writers, self);
  g_mutex_unlock (&open_writers_mutex);
}

void
tfv_open_writers_remove (TfvSummaryWriter *self)
{
  g_mutex_lock (&open_writers_mutex);
  if (open_writers != NULL)
    {
      g_ptr_array_remove (open_writers, self);
      if (open_writers->len == 0)
        g_clear_pointer (&open_writers, g_ptr_array_unref);
    }
  g_mutex_unlock (&open_writers_mutex);
}
