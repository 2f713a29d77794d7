/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "engine/tfv-graph.h"
#include "engine/tfv-run-metadata.h"

G_BEGIN_DECLS

#define TFV_TYPE_SESSION (tfv_session_get_type ())

/**
 * TfvSession:
 *
 * Runs parts of a graph and holds the values of its variables. Any number of
 * threads may run it at once.
 */
TFV_PUBLIC
G_DECLARE_FINAL_TYPE (TfvSession, tfv_session, TFV, SESSION, GObject)

TFV_PUBLIC
TfvSession *tfv_session_new (TfvGraph *graph, GError **error);
TFV_PUBLIC
TfvGraph *tfv_session_get_graph (TfvSession *self);
TFV_PUBLIC
gboolean tfv_session_run (TfvSession          *self,
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
                          GError             **error);
TFV_PUBLIC
gboolean tfv_session_run_target (TfvSession *self, TfvOperation *target, GError **error);
TFV_PUBLIC
TfvTensor *tfv_session_fetch (TfvSession *self, TfvOutput fetch, GError **error);

/**
 * TfvCallable:
 *
 * A run prepared once and done many times: feeds, fetches and targets are
 * resolved when it is made, so that a step costs little beside its kernels.
 * Reference counted; any number of threads may run it at once.
 */
typedef struct _TfvCallable TfvCallable;

#define TFV_TYPE_CALLABLE (tfv_callable_get_type ())
TFV_PUBLIC
GType tfv_callable_get_type (void) G_GNUC_CONST;
TFV_PUBLIC
TfvCallable *tfv_session_make_callable (TfvSession          *self,
                                        const TfvOutput     *feeds,
                                        guint                n_feeds,
                                        const TfvOutput     *fetches,
                                        guint                n_fetches,
                                        TfvOperation *const *targets,
                                        guint                n_targets,
                                        GError             **error);
TFV_PUBLIC
TfvCallable *tfv_callable_ref (TfvCallable *self);
TFV_PUBLIC
void tfv_callable_unref (TfvCallable *self);
TFV_PUBLIC
gboolean tfv_callable_run (TfvCallable         *self,
                           const TfvRunOptions *options,
                           TfvTensor *const    *values,
                           TfvTensor          **tensors,
                           TfvRunMetadata      *metadata,
                           GError             **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TfvCallable, tfv_callable_unref)

G_END_DECLS
