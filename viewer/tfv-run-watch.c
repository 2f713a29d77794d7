/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/tfv-run-watch.h"

#include "viewer/tfv-run-node-private.h"

/* Runs that grow all the time are looked over now and then, in no more than a
 * tenth of a processor's time. */
#define MIN_REST_MS 100
#define REST_FACTOR 10

typedef struct
{
  TfvRunNode  *node;
  TfvRun      *run;
  guint64      generation;
  TfvRunHealth health;
} Look;

struct _TfvRunWatch
{
  TfvRunTree     *runs; /* not owned */
  TfvRunWatchFunc changed;
  gpointer        data;
  GCancellable   *round; /* NULL while nothing is looked over */
  gint64          start_us;
  guint           rest_id;
  gboolean        is_stale;
};

static void start_round (TfvRunWatch *self);

static void
clear_look (gpointer data)
{
  Look *look = data;

  g_object_unref (look->node);
  g_object_unref (look->run);
}

static GArray *
list_changed (TfvRunWatch *self)
{
  GPtrArray *nodes = tfv_run_tree_get_runs (self->runs);
  GArray    *looks = g_array_new (FALSE, FALSE, sizeof (Look));

  g_array_set_clear_func (looks, clear_look);
  for (guint i = 0; i < nodes->len; i++)
    {
      TfvRunNode *node = g_ptr_array_index (nodes, i);
      Look        look = { .node = node, .run = node->run, .generation = tfv_run_get_generation (node->run) };

      if (node->looked_over == look.generation)
        continue;
      g_object_ref (look.node);
      g_object_ref (look.run);
      g_array_append_val (looks, look);
    }
  return looks;
}

static void
look_over (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GArray *looks = data;

  for (guint i = 0; i < looks->len && !g_cancellable_is_cancelled (cancellable); i++)
    {
      Look *look = &g_array_index (looks, Look, i);

      tfv_run_health_read (look->run, &look->health);
    }
  g_task_return_boolean (task, TRUE);
}

static gboolean
end_rest (gpointer data)
{
  TfvRunWatch *self = data;

  self->rest_id = 0;
  if (self->is_stale)
    start_round (self);
  return G_SOURCE_REMOVE;
}

static void
on_looked_over (GObject *source, GAsyncResult *result, gpointer data)
{
  GArray      *looks = g_task_get_task_data (G_TASK (result));
  TfvRunWatch *self = data;
  gint64       took_ms;

  if (!g_task_propagate_boolean (G_TASK (result), NULL))
    return;
  g_clear_object (&self->round);
  took_ms = (g_get_monotonic_time () - self->start_us) / 1000;
  self->rest_id = g_timeout_add ((guint) MAX (MIN_REST_MS, took_ms * REST_FACTOR), end_rest, self);
  for (guint i = 0; i < looks->len; i++)
    {
      Look *look = &g_array_index (looks, Look, i);

      if (look->node->run != look->run)
        continue;
      look->node->looked_over = look->generation;
      look->node->health = look->health;
    }
  self->changed (self->data);
}

static void
start_round (TfvRunWatch *self)
{
  g_autoptr (GTask) task = NULL;
  GArray           *looks = list_changed (self);

  self->is_stale = FALSE;
  if (looks->len == 0)
    {
      g_array_unref (looks);
      return;
    }
  self->round = g_cancellable_new ();
  self->start_us = g_get_monotonic_time ();
  task = g_task_new (NULL, self->round, on_looked_over, self);
  g_task_set_task_data (task, looks, (GDestroyNotify) g_array_unref);
  g_task_run_in_thread (task, look_over);
}

/**
 * tfv_run_watch_new: (skip)
 * @runs: the runs, which must outlive the watch
 * @changed: called in the main loop when more is known
 * @data: handed to @changed
 *
 * Returns: (transfer full): a watch that has not looked yet
 */
TfvRunWatch *
tfv_run_watch_new (TfvRunTree *runs, TfvRunWatchFunc changed, gpointer data)
{
  TfvRunWatch *self = g_new0 (TfvRunWatch, 1);

  self->runs = runs;
  self->changed = changed;
  self->data = data;
  return self;
}

/**
 * tfv_run_watch_free: (skip)
 * @self: the watch
 */
void
tfv_run_watch_free (TfvRunWatch *self)
{
  /* A round that is cancelled never gets to on_looked_over()'s second line. */
  if (self->round != NULL)
    g_cancellable_cancel (self->round);
  g_clear_object (&self->round);
  g_clear_handle_id (&self->rest_id, g_source_remove);
  g_free (self);
}

/**
 * tfv_run_watch_data_changed: (skip)
 * @self: the watch
 *
 * Says that runs came, went or grew. Cheap; may be called at any rate.
 */
void
tfv_run_watch_data_changed (TfvRunWatch *self)
{
  self->is_stale = TRUE;
  if (self->round == NULL && self->rest_id == 0)
    start_round (self);
}

/**
 * tfv_run_watch_is_settled: (skip)
 * @self: the watch
 *
 * Returns: whether all that was said to have changed has been looked over
 */
gboolean
tfv_run_watch_is_settled (TfvRunWatch *self)
{
  return self->round == NULL && !self->is_stale;
}
