/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/tfv-chart-private.h"

#include <malloc.h>

#define MAX_THREADS 4
#define KEPT_BYTES (32 << 20)
/* A picture that has been in the making for so long is given up when another is
 * wanted; a younger one is shown first, so that something moves while zooming. */
#define PATIENCE_US 100000

/* One picture of one chart in the making. Made, ended and freed on the UI
 * thread; in between a worker has it. */
struct _TfvChartJob
{
  TfvScene        *scene;
  TfvSceneLayout   layout;
  cairo_surface_t *picture;
  gint             stop;
  gint64           start_us;
  TfvChartJobDone  done;
  gpointer         data;
};

static void
job_free (gpointer data)
{
  TfvChartJob *job = data;

  tfv_scene_free (job->scene);
  tfv_scene_layout_clear (&job->layout);
  g_clear_pointer (&job->picture, cairo_surface_destroy);
  g_free (job);
}

static gboolean
hand_over (gpointer data)
{
  TfvChartJob *job = data;

  if (job->done != NULL)
    job->done (job, job->data);
  return G_SOURCE_REMOVE;
}

static void
work (gpointer data, gpointer unused)
{
  TfvChartJob *job = data;
  GSource     *source = g_idle_source_new ();

  job->scene->smoothing = tfv_chart_smoothing_amount (job->scene);
  if (!g_atomic_int_get (&job->stop) && tfv_scene_update (job->scene, &job->stop))
    {
      tfv_scene_lay_out (job->scene, &job->layout);
      job->picture = tfv_scene_render (job->scene, &job->layout, &job->stop);
    }

  /* Not g_main_context_invoke(): that calls here where the main loop rests. */
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, hand_over, job, job_free);
  g_source_attach (source, NULL);
  g_source_unref (source);
}

static GThreadPool *
get_pool (void)
{
  static GThreadPool *pool;

  if (pool == NULL)
    {
      /* Every picture takes some megabytes for a moment; getting their pages from
       * the kernel each time would take as long as drawing. */
#ifdef __GLIBC__
      mallopt (M_MMAP_THRESHOLD, KEPT_BYTES);
      mallopt (M_TRIM_THRESHOLD, KEPT_BYTES);
#endif
      /* Exclusive threads stay, and with them their fonts and text layouts. */
      pool = g_thread_pool_new (work, NULL, CLAMP ((int) g_get_num_processors (), 1, MAX_THREADS), TRUE, NULL);
    }
  return pool;
}

/* Draws @scene (taken over) in a worker; @done is called on the UI thread, then
 * the job is freed. */
TfvChartJob *
tfv_chart_job_start (TfvScene *scene, TfvChartJobDone done, gpointer data)
{
  TfvChartJob *job = g_new0 (TfvChartJob, 1);

  job->scene = scene;
  job->done = done;
  job->data = data;
  job->start_us = g_get_monotonic_time ();
  g_thread_pool_push (get_pool (), job, NULL);
  return job;
}

/* Nobody will hear of the job again. */
void
tfv_chart_job_cancel (TfvChartJob *job)
{
  job->done = NULL;
  g_atomic_int_set (&job->stop, 1);
}

/* Another picture is wanted after this one. */
void
tfv_chart_job_hurry (TfvChartJob *job)
{
  if (g_get_monotonic_time () - job->start_us > PATIENCE_US)
    g_atomic_int_set (&job->stop, 1);
}

cairo_surface_t *
tfv_chart_job_get_picture (TfvChartJob *job)
{
  return job->picture;
}

const TfvScene *
tfv_chart_job_get_scene (TfvChartJob *job)
{
  return job->scene;
}

TfvSceneLayout
tfv_chart_job_steal_layout (TfvChartJob *job)
{
  TfvSceneLayout layout = job->layout;

  job->layout = (TfvSceneLayout){ 0 };
  return layout;
}
