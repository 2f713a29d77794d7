/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/plot/tfv-parallel.h"

#include <stdatomic.h>

/* More threads than this wait for the memory, and take what other charts need. */
#define MAX_HELPERS 7

/* A piece of work in parts, which whoever has time takes one by one. */
typedef struct
{
  gatomicrefcount ref_count;
  TfvParallelFunc func;
  gpointer        data;
  guint           n;
  atomic_uint     next;
  guint           n_done;
  GMutex          lock;
  GCond           done;
} Job;

static void
job_unref (Job *job)
{
  if (!g_atomic_ref_count_dec (&job->ref_count))
    return;
  g_mutex_clear (&job->lock);
  g_cond_clear (&job->done);
  g_free (job);
}

static void
take_parts (Job *job)
{
  guint n = 0;

  for (guint i = atomic_fetch_add (&job->next, 1); i < job->n; i = atomic_fetch_add (&job->next, 1), n++)
    job->func (job->data, i);
  if (n == 0)
    return;
  g_mutex_lock (&job->lock);
  job->n_done += n;
  if (job->n_done == job->n)
    g_cond_signal (&job->done);
  g_mutex_unlock (&job->lock);
}

static void
help (gpointer data, gpointer unused)
{
  take_parts (data);
  job_unref (data);
}

/* The helpers of all charts, or NULL where there is one processor only. */
static GThreadPool *
get_helpers (void)
{
  static gsize        once;
  static GThreadPool *helpers;

  if (g_once_init_enter (&once))
    {
      guint n = MIN (g_get_num_processors () - 1, MAX_HELPERS);

      helpers = n > 0 ? g_thread_pool_new (help, NULL, (gint) n, FALSE, NULL) : NULL;
      g_once_init_leave (&once, 1);
    }
  return helpers;
}

/**
 * tfv_parallel_run:
 * @n: number of parts
 * @func: does one part; on any thread, several at a time
 * @data: passed to it
 *
 * Does a piece of work with as many threads as are free. The caller does its share
 * and waits for none that has not begun, so that this may be called by any number of
 * threads. What was done is seen by the caller.
 */
void
tfv_parallel_run (guint n, TfvParallelFunc func, gpointer data)
{
  GThreadPool *helpers = n > 1 ? get_helpers () : NULL;
  Job         *job;
  guint        n_helpers;

  if (helpers == NULL)
    {
      for (guint i = 0; i < n; i++)
        func (data, i);
      return;
    }
  job = g_new0 (Job, 1);
  g_atomic_ref_count_init (&job->ref_count);
  job->func = func;
  job->data = data;
  job->n = n;
  g_mutex_init (&job->lock);
  g_cond_init (&job->done);
  n_helpers = MIN (n - 1, (guint) g_thread_pool_get_max_threads (helpers));
  for (guint i = 0; i < n_helpers; i++)
    {
      g_atomic_ref_count_inc (&job->ref_count);
      g_thread_pool_push (helpers, job, NULL);
    }
  take_parts (job);
  g_mutex_lock (&job->lock);
  while (job->n_done < n)
    g_cond_wait (&job->done, &job->lock);
  g_mutex_unlock (&job->lock);
  job_unref (job);
}
