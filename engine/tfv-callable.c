/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-callable-private.h"

#include "engine/tfv-executor-private.h"
#include "engine/tfv-run-metadata-private.h"
#include "engine/tfv-session-private.h"

/* How many plans a callable keeps: inputs whose shapes differ from run to run
 * must not fill the memory with arenas. */
#define MAX_PLANS 32

/* A plan with the shapes of the feeds that it was made for. */
typedef struct
{
  TfvPlan  *plan;
  TfvShape *feed_shapes;
} ShapedPlan;

struct _TfvCallable
{
  gint           ref_count;
  TfvSession    *session;
  gboolean       keeps_session;
  guint          n_feeds;
  TfvOutput     *feeds;
  guint          n_fetches;
  TfvOutput     *fetches;
  guint          n_targets;
  TfvOperation **targets;

  pthread_mutex_t lock;
  GPtrArray      *plans; /* of ShapedPlan, the one used last first */
};

G_DEFINE_BOXED_TYPE (TfvCallable, tfv_callable, tfv_callable_ref, tfv_callable_unref)

static void
shaped_plan_free (gpointer data)
{
  ShapedPlan *shaped = data;

  tfv_plan_unref (shaped->plan);
  g_free (shaped->feed_shapes);
  g_free (shaped);
}

static gboolean
check_outputs (TfvGraph *graph, const TfvOutput *outputs, guint n_outputs, const char *what, GError **error)
{
  for (guint i = 0; i < n_outputs; i++)
    if (outputs[i].operation == NULL || outputs[i].operation->graph != graph || (guint) outputs[i].index >= outputs[i].operation->n_outputs)
      {
        g_set_error (error,
                     TFV_ENGINE_ERROR,
                     TFV_ENGINE_ERROR_INVALID_ARGUMENT,
                     "%s %u is no output of the session's graph%s%s",
                     what,
                     i,
                     outputs[i].operation != NULL ? ": " : "",
                     outputs[i].operation != NULL ? outputs[i].operation->name : "");
        return FALSE;
      }
  return TRUE;
}

static gboolean
check_targets (TfvGraph *graph, TfvOperation *const *targets, guint n_targets, GError **error)
{
  for (guint i = 0; i < n_targets; i++)
    if (targets[i] == NULL || targets[i]->graph != graph)
      {
        g_set_error (error, TFV_ENGINE_ERROR, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "Target %u is no operation of the session's graph", i);
        return FALSE;
      }
  return TRUE;
}

static gboolean
check_feeds_differ (const TfvOutput *feeds, guint n_feeds, GError **error)
{
  for (guint i = 0; i < n_feeds; i++)
    for (guint j = 0; j < i; j++)
      if (tfv_output_equal (feeds[i], feeds[j]))
        {
          g_autofree char *name = tfv_output_dup_name (feeds[i]);

          g_set_error (error, TFV_ENGINE_ERROR, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "Tensor '%s' is fed more than once", name);
          return FALSE;
        }
  return TRUE;
}

/* A callable of a session; NULL with an error where an output or target is
 * not of its graph, or building the graph failed. */
TfvCallable *
tfv_callable_new (TfvSession          *session,
                  const TfvOutput     *feeds,
                  guint                n_feeds,
                  const TfvOutput     *fetches,
                  guint                n_fetches,
                  TfvOperation *const *targets,
                  guint                n_targets,
                  gboolean             keeps_session,
                  GError             **error)
{
  TfvGraph    *graph = tfv_session_get_graph (session);
  TfvCallable *self;

  if (tfv_graph_get_error (graph) != NULL)
    {
      g_propagate_error (error, g_error_copy (tfv_graph_get_error (graph)));
      return NULL;
    }
  if (!check_outputs (graph, feeds, n_feeds, "Feed", error) || !check_outputs (graph, fetches, n_fetches, "Fetch", error) ||
      !check_targets (graph, targets, n_targets, error) || !check_feeds_differ (feeds, n_feeds, error))
    return NULL;

  self = g_new0 (TfvCallable, 1);
  self->ref_count = 1;
  self->session = keeps_session ? g_object_ref (session) : session;
  self->keeps_session = keeps_session;
  self->n_feeds = n_feeds;
  self->feeds = g_memdup2 (feeds, n_feeds * sizeof *feeds);
  self->n_fetches = n_fetches;
  self->fetches = g_memdup2 (fetches, n_fetches * sizeof *fetches);
  self->n_targets = n_targets;
  self->targets = g_memdup2 (targets, n_targets * sizeof *targets);
  self->plans = g_ptr_array_new_with_free_func (shaped_plan_free);
  pthread_mutex_init (&self->lock, NULL);
  return self;
}

/**
 * tfv_callable_ref:
 * @self: a callable
 *
 * Returns: (transfer full): @self with one more reference. Any thread
 */
TfvCallable *
tfv_callable_ref (TfvCallable *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

/**
 * tfv_callable_unref:
 * @self: (transfer full): a callable
 *
 * Drops a reference; the last one frees it. Any thread.
 */
void
tfv_callable_unref (TfvCallable *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;
  g_ptr_array_unref (self->plans);
  pthread_mutex_destroy (&self->lock);
  g_free (self->feeds);
  g_free (self->fetches);
  g_free (self->targets);
  if (self->keeps_session)
    g_object_unref (self->session);
  g_free (self);
}

guint
tfv_callable_get_n_plans (TfvCallable *self)
{
  guint n_plans;

  pthread_mutex_lock (&self->lock);
  n_plans = self->plans->len;
  pthread_mutex_unlock (&self->lock);
  return n_plans;
}

static gboolean
check_value (TfvOutput feed, const TfvTensor *value, GError **error)
{
  const TfvOutputInfo *info = &feed.operation->outputs[feed.index];

  if (value != NULL && value->dtype == info->dtype && tfv_shape_is_compatible (&value->shape, &info->shape))
    return TRUE;

  g_autofree char *name = tfv_output_dup_name (feed);
  g_autofree char *wanted = tfv_shape_to_string (&info->shape);
  g_autofree char *given = value != NULL ? tfv_shape_to_string (&value->shape) : g_strdup ("none");

  g_set_error (error,
               TFV_ENGINE_ERROR,
               TFV_ENGINE_ERROR_INVALID_ARGUMENT,
               "Cannot feed value of type %s and shape %s for tensor '%s', which has type %s and shape %s",
               value != NULL ? tfv_data_type_to_string (value->dtype) : "none",
               given,
               name,
               tfv_data_type_to_string (info->dtype),
               wanted);
  return FALSE;
}

static gboolean
fits (const TfvCallable *self, const ShapedPlan *shaped, TfvTensor *const *values)
{
  for (guint i = 0; i < self->n_feeds; i++)
    if (values[i]->dtype != tfv_output_get_dtype (self->feeds[i]) || !tfv_shape_equal (&values[i]->shape, &shaped->feed_shapes[i]))
      return FALSE;
  return TRUE;
}

static ShapedPlan *
compile (TfvCallable *self, TfvTensor *const *values, GError **error)
{
  g_autofree TfvShape *shapes = g_new (TfvShape, self->n_feeds);
  TfvPlanRequest       request = {
          .graph = tfv_session_get_graph (self->session),
          .n_feeds = self->n_feeds,
          .feeds = self->feeds,
          .feed_shapes = shapes,
          .n_fetches = self->n_fetches,
          .fetches = self->fetches,
          .n_targets = self->n_targets,
          .targets = self->targets,
          .resource_lookup = tfv_session_lookup_resource,
          .session = self->session,
  };
  ShapedPlan *shaped;
  TfvPlan    *plan;

  for (guint i = 0; i < self->n_feeds; i++)
    {
      if (!check_value (self->feeds[i], values[i], error))
        return NULL;
      shapes[i] = values[i]->shape;
    }
  plan = tfv_plan_new (&request, error);
  if (plan == NULL)
    return NULL;
  shaped = g_new (ShapedPlan, 1);
  shaped->plan = plan;
  shaped->feed_shapes = g_steal_pointer (&shapes);
  return shaped;
}

/* A reference to the plan for the shapes at hand; compiles it at the first
 * time. */
static TfvPlan *
find_plan (TfvCallable *self, TfvTensor *const *values, GError **error)
{
  ShapedPlan *shaped = NULL;
  TfvPlan    *plan = NULL;

  for (guint i = 0; i < self->n_feeds; i++)
    if (values[i] == NULL && !check_value (self->feeds[i], NULL, error))
      return NULL;
  pthread_mutex_lock (&self->lock);
  for (guint i = 0; i < self->plans->len && shaped == NULL; i++)
    if (fits (self, self->plans->pdata[i], values))
      shaped = i == 0 ? self->plans->pdata[0] : g_ptr_array_steal_index (self->plans, i);
  if (shaped == NULL)
    shaped = compile (self, values, error);
  if (shaped != NULL)
    {
      if (self->plans->len == 0 || self->plans->pdata[0] != shaped)
        g_ptr_array_insert (self->plans, 0, shaped);
      if (self->plans->len > MAX_PLANS)
        g_ptr_array_remove_index (self->plans, MAX_PLANS);
      plan = tfv_plan_ref (shaped->plan);
    }
  pthread_mutex_unlock (&self->lock);
  return plan;
}

/**
 * tfv_callable_run: (skip)
 * @self: a callable
 * @options: (nullable): how to run
 * @values: (array): values of the feeds
 * @tensors: (out caller-allocates) (array) (transfer full): values of the
 *   fetches; all %NULL where it fails
 * @metadata: (nullable): filled where @options asks for a trace
 * @error: (nullable): as [method@Tfv.Session.run]
 *
 * Does what was prepared, as [method@Tfv.Session.run] does it. Any thread.
 *
 * Returns: whether all went well
 */
gboolean
tfv_callable_run (TfvCallable         *self,
                  const TfvRunOptions *options,
                  TfvTensor *const    *values,
                  TfvTensor          **tensors,
                  TfvRunMetadata      *metadata,
                  GError             **error)
{
  gboolean    is_traced = options != NULL && options->trace_level != TFV_TRACE_NONE && metadata != NULL;
  TfvRunHooks hooks = { tfv_run_metadata_add_node, metadata };
  TfvPlan    *plan;
  gboolean    is_good;

  for (guint i = 0; i < self->n_fetches; i++)
    tensors[i] = NULL;
  if (metadata != NULL)
    tfv_run_metadata_clear (metadata);
  plan = find_plan (self, values, error);
  if (plan == NULL)
    return FALSE;
  is_good = tfv_executor_run (plan, values, tensors, is_traced ? &hooks : NULL, error);
  tfv_plan_unref (plan);
  return is_good;
}
