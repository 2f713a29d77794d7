/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-session-private.h"

#include "engine/tfv-callable-private.h"

struct _TfvSession
{
  GObject parent_instance;

  TfvGraph       *graph;
  pthread_mutex_t lock;
  GHashTable     *resources; /* operation -> its resource */
  GHashTable     *callables; /* feeds, fetches and targets, as bytes -> TfvCallable */
};

G_DEFINE_FINAL_TYPE (TfvSession, tfv_session, G_TYPE_OBJECT)

static void
tfv_session_finalize (GObject *object)
{
  TfvSession    *self = TFV_SESSION (object);
  GHashTableIter iter;
  gpointer       operation;
  gpointer       resource;

  g_hash_table_unref (self->callables);
  g_hash_table_iter_init (&iter, self->resources);
  while (g_hash_table_iter_next (&iter, &operation, &resource))
    ((TfvOperation *) operation)->type->def->resource_free (resource);
  g_hash_table_unref (self->resources);
  g_clear_object (&self->graph);
  pthread_mutex_destroy (&self->lock);
  G_OBJECT_CLASS (tfv_session_parent_class)->finalize (object);
}

static void
tfv_session_class_init (TfvSessionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tfv_session_finalize;
}

static void
tfv_session_init (TfvSession *self)
{
  pthread_mutex_init (&self->lock, NULL);
  self->resources = g_hash_table_new (NULL, NULL);
  self->callables = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, (GDestroyNotify) tfv_callable_unref);
}

/**
 * tfv_session_new: (constructor)
 * @graph: a graph; it may still grow
 * @error: (nullable): where building the graph failed, the error it has
 *
 * Makes a session. Its variables have no values until their initializers ran.
 *
 * Returns: (transfer full) (nullable): the session
 */
TfvSession *
tfv_session_new (TfvGraph *graph, GError **error)
{
  TfvSession *self;

  g_return_val_if_fail (TFV_IS_GRAPH (graph), NULL);

  if (tfv_graph_get_error (graph) != NULL)
    {
      g_propagate_error (error, g_error_copy (tfv_graph_get_error (graph)));
      return NULL;
    }
  self = g_object_new (TFV_TYPE_SESSION, NULL);
  self->graph = g_object_ref (graph);
  return self;
}

/**
 * tfv_session_get_graph:
 * @self: a session
 *
 * Returns: (transfer none): the graph it runs. Any thread
 */
TfvGraph *
tfv_session_get_graph (TfvSession *self)
{
  g_return_val_if_fail (TFV_IS_SESSION (self), NULL);

  return self->graph;
}

/* What the session keeps of an operation, made when it is first asked for. */
gpointer
tfv_session_lookup_resource (gpointer session, const TfvOperation *operation)
{
  TfvSession *self = TFV_SESSION (session);
  gpointer    resource;

  pthread_mutex_lock (&self->lock);
  resource = g_hash_table_lookup (self->resources, operation);
  if (resource == NULL)
    {
      resource = operation->type->def->resource_new (operation);
      g_hash_table_insert (self->resources, (gpointer) operation, resource);
    }
  pthread_mutex_unlock (&self->lock);
  return resource;
}

static GBytes *
make_key (const TfvOutput *feeds, guint n_feeds, const TfvOutput *fetches, guint n_fetches, TfvOperation *const *targets, guint n_targets)
{
  GByteArray *key = g_byte_array_new ();
  guint       counts[2] = { n_feeds, n_fetches };

  g_byte_array_append (key, (const guint8 *) counts, sizeof counts);
  for (guint i = 0; i < n_feeds + n_fetches; i++)
    {
      TfvOutput output = i < n_feeds ? feeds[i] : fetches[i - n_feeds];

      g_byte_array_append (key, (const guint8 *) &output.operation, sizeof output.operation);
      g_byte_array_append (key, (const guint8 *) &output.index, sizeof output.index);
    }
  if (n_targets > 0)
    g_byte_array_append (key, (const guint8 *) targets, (guint) (n_targets * sizeof *targets));
  return g_byte_array_free_to_bytes (key);
}

static TfvCallable *
find_callable (TfvSession          *self,
               const TfvOutput     *feeds,
               guint                n_feeds,
               const TfvOutput     *fetches,
               guint                n_fetches,
               TfvOperation *const *targets,
               guint                n_targets,
               GError             **error)
{
  g_autoptr (GBytes) key = make_key (feeds, n_feeds, fetches, n_fetches, targets, n_targets);
  TfvCallable       *callable;

  pthread_mutex_lock (&self->lock);
  callable = g_hash_table_lookup (self->callables, key);
  if (callable == NULL)
    {
      /* It holds no reference on the session, which holds it. */
      callable = tfv_callable_new (self, feeds, n_feeds, fetches, n_fetches, targets, n_targets, FALSE, error);
      if (callable != NULL)
        g_hash_table_insert (self->callables, g_bytes_ref (key), callable);
    }
  if (callable != NULL)
    tfv_callable_ref (callable);
  pthread_mutex_unlock (&self->lock);
  return callable;
}

/**
 * tfv_session_run: (skip)
 * @self: a session
 * @options: (nullable): how to run
 * @feeds: (array length=n_feeds): outputs that get values from the caller;
 *   any output can be fed
 * @values: (array length=n_feeds): their values, not changed by the run
 * @n_feeds: how many there are
 * @fetches: (array length=n_fetches): outputs whose values are wanted
 * @n_fetches: how many there are
 * @targets: (array length=n_targets): operations to run whose outputs are not
 *   wanted
 * @n_targets: how many there are
 * @tensors: (out caller-allocates) (array length=n_fetches) (transfer full):
 *   values of @fetches; all %NULL where it fails. They must not be written to
 * @metadata: (nullable): filled where @options asks for a trace
 * @error: (nullable): in the domain %TFV_ENGINE_ERROR; the message names the
 *   operation that failed
 *
 * Runs the part of the graph that the fetches and targets need, and no more.
 * The first run with certain feeds, fetches, targets and shapes compiles a plan
 * for them, which later runs find again. Any thread.
 *
 * Returns: whether all went well
 */
gboolean
tfv_session_run (TfvSession          *self,
                 const TfvRunOptions *options,
                 const TfvOutput     *feeds,
                 TfvTensor *const    *values,
                 guint                n_feeds,
                 const TfvOutput     *fetches,
                 guint                n_fetches,
                 TfvOperation *const *targets,
                 guint                n_targets,
                 TfvTensor          **tensors,
                 TfvRunMetadata      *metadata,
                 GError             **error)
{
  g_autoptr (TfvCallable) callable = NULL;

  g_return_val_if_fail (TFV_IS_SESSION (self), FALSE);

  for (guint i = 0; i < n_fetches; i++)
    tensors[i] = NULL;
  callable = find_callable (self, feeds, n_feeds, fetches, n_fetches, targets, n_targets, error);
  return callable != NULL && tfv_callable_run (callable, options, values, tensors, metadata, error);
}

/**
 * tfv_session_run_target: (skip)
 * @self: a session
 * @target: an operation
 * @error: (nullable): as [method@Tfv.Session.run]
 *
 * Runs one operation, and what it needs, without feeds. Any thread.
 *
 * Returns: whether all went well
 */
gboolean
tfv_session_run_target (TfvSession *self, TfvOperation *target, GError **error)
{
  return tfv_session_run (self, NULL, NULL, NULL, 0, NULL, 0, &target, 1, NULL, NULL, error);
}

/**
 * tfv_session_fetch: (skip)
 * @self: a session
 * @fetch: an output
 * @error: (nullable): as [method@Tfv.Session.run]
 *
 * Computes one output, without feeds. Any thread.
 *
 * Returns: (transfer full) (nullable): its value
 */
TfvTensor *
tfv_session_fetch (TfvSession *self, TfvOutput fetch, GError **error)
{
  TfvTensor *tensor = NULL;

  tfv_session_run (self, NULL, NULL, NULL, 0, &fetch, 1, NULL, 0, &tensor, NULL, error);
  return tensor;
}

/**
 * tfv_session_make_callable: (skip)
 * @self: a session
 * @feeds: (array length=n_feeds): as [method@Tfv.Session.run]
 * @n_feeds: how many there are
 * @fetches: (array length=n_fetches): as [method@Tfv.Session.run]
 * @n_fetches: how many there are
 * @targets: (array length=n_targets): as [method@Tfv.Session.run]
 * @n_targets: how many there are
 * @error: (nullable): as [method@Tfv.Session.run]
 *
 * Prepares a run that is to be done many times: a training step. Any thread.
 *
 * Returns: (transfer full) (nullable): the callable, which keeps the session
 */
TfvCallable *
tfv_session_make_callable (TfvSession          *self,
                           const TfvOutput     *feeds,
                           guint                n_feeds,
                           const TfvOutput     *fetches,
                           guint                n_fetches,
                           TfvOperation *const *targets,
                           guint                n_targets,
                           GError             **error)
{
  g_return_val_if_fail (TFV_IS_SESSION (self), NULL);

  return tfv_callable_new (self, feeds, n_feeds, fetches, n_fetches, targets, n_targets, TRUE, error);
}
