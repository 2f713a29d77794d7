/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-parallel-private.h"

#include <pthread.h>

#include "engine/tfv-floating-point-private.h"

/* One pool for the whole process, made when it is first of use. Who asks for
 * work does its share, so that a busy pool delays nobody and nesting can't
 * deadlock. Waking a sleeping processor costs some 40 microseconds: callers
 * choose grains that are worth it. pthread's locks, unlike GLib's own, are
 * understood by ThreadSanitizer. */

typedef struct
{
  TfvRangeFunc function;
  gpointer     data;
  gsize        n;
  gsize        grain;
  gsize        next;     /* first element nobody has taken */
  guint        n_active; /* threads at work on it */
} Job;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t  work_added = PTHREAD_COND_INITIALIZER;
static pthread_cond_t  work_done = PTHREAD_COND_INITIALIZER;
static pthread_once_t  once = PTHREAD_ONCE_INIT;
static GQueue          jobs = G_QUEUE_INIT; /* with elements left to take */
static guint           n_workers;

/* Does pieces of a job until none are left. Called and left with the lock. */
static void
do_pieces (Job *job)
{
  job->n_active++;
  while (job->next < job->n)
    {
      gsize begin = job->next;
      gsize end = MIN (job->n, begin + job->grain);

      job->next = end;
      if (end == job->n)
        g_queue_remove (&jobs, job);
      pthread_mutex_unlock (&lock);
      job->function (job->data, begin, end);
      pthread_mutex_lock (&lock);
    }
  job->n_active--;
  if (job->n_active == 0)
    pthread_cond_broadcast (&work_done);
}

static gpointer
work (gpointer data)
{
  tfv_floating_point_begin ();
  pthread_mutex_lock (&lock);
  for (;;)
    {
      Job *job = g_queue_peek_head (&jobs);

      if (job != NULL)
        do_pieces (job);
      else
        pthread_cond_wait (&work_added, &lock);
    }
  return NULL;
}

static void
start (void)
{
  guint n_threads = MIN (g_get_num_processors (), 64);

  for (guint i = 1; i < n_threads; i++)
    {
      GThread *thread = g_thread_try_new ("tfv-worker", work, NULL, NULL);

      if (thread == NULL)
        break;
      g_thread_unref (thread);
      n_workers++;
    }
}

/* How many threads work at most on one call, the caller included. */
guint
tfv_parallel_get_n_threads (void)
{
  pthread_once (&once, start);
  return n_workers + 1;
}

/* Calls the function for pieces of 0 to n, of at least grain elements but for
 * the last, on several threads, and returns when all is done. */
void
tfv_parallel_for (gsize n, gsize grain, TfvRangeFunc function, gpointer data)
{
  Job job = { .function = function, .data = data, .n = n };

  if (n <= grain || tfv_parallel_get_n_threads () == 1)
    {
      if (n > 0)
        function (data, 0, n);
      return;
    }
  /* A few pieces a thread, so that a late one does not hold up the rest. */
  job.grain = MAX (grain, n / (4 * (gsize) tfv_parallel_get_n_threads ()) + 1);
  pthread_mutex_lock (&lock);
  g_queue_push_tail (&jobs, &job);
  pthread_cond_broadcast (&work_added);
  do_pieces (&job);
  while (job.n_active > 0)
    pthread_cond_wait (&work_done, &lock);
  pthread_mutex_unlock (&lock);
}
