/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-run-metadata-private.h"

#include <unistd.h>

struct _TfvRunMetadata
{
  gint    ref_count;
  GArray *nodes; /* of TfvNodeStats */
};

G_DEFINE_BOXED_TYPE (TfvRunMetadata, tfv_run_metadata, tfv_run_metadata_ref, tfv_run_metadata_unref)

/**
 * tfv_run_metadata_new: (constructor)
 *
 * Returns: (transfer full): empty metadata, to be given to a run
 */
TfvRunMetadata *
tfv_run_metadata_new (void)
{
  TfvRunMetadata *self = g_new (TfvRunMetadata, 1);

  self->ref_count = 1;
  self->nodes = g_array_new (FALSE, FALSE, sizeof (TfvNodeStats));
  return self;
}

/**
 * tfv_run_metadata_ref:
 * @self: metadata
 *
 * Returns: (transfer full): @self with one more reference. Any thread
 */
TfvRunMetadata *
tfv_run_metadata_ref (TfvRunMetadata *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

/**
 * tfv_run_metadata_unref:
 * @self: (transfer full): metadata
 *
 * Drops a reference; the last one frees it. Any thread.
 */
void
tfv_run_metadata_unref (TfvRunMetadata *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;
  g_array_unref (self->nodes);
  g_free (self);
}

/**
 * tfv_run_metadata_get_nodes: (skip)
 * @self: metadata of a run that has ended
 * @n_nodes: (out): how many there are
 *
 * Returns: (transfer none) (array length=n_nodes): the operations that ran, in
 *   the order of their ends; none where the run was not traced. What the plan
 *   knew before the run, constants say, did not run
 */
const TfvNodeStats *
tfv_run_metadata_get_nodes (TfvRunMetadata *self, guint *n_nodes)
{
  *n_nodes = self->nodes->len;
  return (const TfvNodeStats *) self->nodes->data;
}

void
tfv_run_metadata_clear (TfvRunMetadata *self)
{
  g_array_set_size (self->nodes, 0);
}

static guint32
get_thread_id (void)
{
  static __thread guint32 id;

  if (id == 0)
    id = (guint32) gettid ();
  return id;
}

/* A TfvRunHooks.node_done whose data is the metadata. */
void
tfv_run_metadata_add_node (gpointer data, const TfvOperation *operation, gint64 start_ns, gint64 end_ns)
{
  TfvRunMetadata *self = data;
  TfvNodeStats    stats = { operation, get_thread_id (), start_ns, end_ns };

  g_array_append_val (self->nodes, stats);
}
