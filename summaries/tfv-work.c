/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-work-private.h"

#include <pthread.h>
#include <stdatomic.h>

typedef struct
{
  gsize         n_tasks;
  TfvWorkFunc   func;
  gpointer      data;
  atomic_size_t next;
  atomic_bool   has_failed;
} Work;

/* A second thread that waits for work, in a process that must not start one later. */
static struct
{
  GMutex   lock;
  GCond    changed;
  gboolean is_there;
  Work    *work;
} kept;

static void
work_on (Work *work, guint worker)
{
  for (;;)
    {
      gsize task = atomic_fetch_add (&work->next, 1);

      if (task >= work->n_tasks || atomic_load (&work->has_failed))
        return;
      if (!work->func (task, worker, work->data))
        atomic_store (&work->has_failed, TRUE);
    }
}

static void *
help (void *data)
{
  work_on (data, 1);
  return NULL;
}

static void *
help_for_ever (void *data)
{
  g_mutex_lock (&kept.lock);
  kept.is_there = TRUE;
  g_cond_broadcast (&kept.changed);
  for (;;)
    {
      while (kept.work == NULL)
        g_cond_wait (&kept.changed, &kept.lock);
      g_mutex_unlock (&kept.lock);
      work_on (kept.work, 1);
      g_mutex_lock (&kept.lock);
      kept.work = NULL;
      g_cond_broadcast (&kept.changed);
    }
  return NULL;
}

/* Starts the second thread now, for a process of which only one thread has work,
 * and which is about to give up starting any. */
void
tfv_work_keep_helper (void)
{
  pthread_t helper;

  if (g_get_num_processors () < 2 || pthread_create (&helper, NULL, help_for_ever, NULL) != 0)
    return;
  pthread_detach (helper);
  /* What a thread does to begin may be forbidden right after this. */
  g_mutex_lock (&kept.lock);
  while (!kept.is_there)
    g_cond_wait (&kept.changed, &kept.lock);
  g_mutex_unlock (&kept.lock);
}

static void
set_kept_work (Work *work)
{
  g_mutex_lock (&kept.lock);
  kept.work = work;
  g_cond_broadcast (&kept.changed);
  g_mutex_unlock (&kept.lock);
}

static void
wait_for_kept (void)
{
  g_mutex_lock (&kept.lock);
  while (kept.work != NULL)
    g_cond_wait (&kept.changed, &kept.lock);
  g_mutex_unlock (&kept.lock);
}

/* Calls @func with every number below @n_tasks. FALSE where a call returned that,
 * after which no further one is made. */
gboolean
tfv_work_run (gsize n_tasks, TfvWorkFunc func, gpointer data)
{
  Work      work = { .n_tasks = n_tasks, .func = func, .data = data };
  pthread_t helper;
  gboolean  has_helper = FALSE;

  /* A process that may not start threads, which GLib takes for a reason to end it,
   * does all by itself. */
  if (n_tasks > 1 && kept.is_there)
    set_kept_work (&work);
  else if (n_tasks > 1 && g_get_num_processors () > 1)
    has_helper = pthread_create (&helper, NULL, help, &work) == 0;
  work_on (&work, 0);
  if (has_helper)
    pthread_join (helper, NULL);
  else if (kept.is_there)
    wait_for_kept ();
  return !atomic_load (&work.has_failed);
}

/* Gives on the first of the workers' errors, and forgets the others. */
gboolean
tfv_work_end (gboolean is_done, GError *errors[TFV_N_WORKERS], GError **error)
{
  gboolean is_told = is_done;

  for (guint i = 0; i < TFV_N_WORKERS; i++)
    {
      if (errors[i] != NULL && !is_told)
        {
          g_propagate_error (error, g_steal_pointer (&errors[i]));
          is_told = TRUE;
        }
      g_clear_error (&errors[i]);
    }
  return is_done;
}
