/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

#include "engine/tfv-operation.h"
#include "summaries/tfv-macros.h"

G_BEGIN_DECLS

#define TFV_TYPE_GRAPH (tfv_graph_get_type ())

/**
 * TfvGraph:
 *
 * A dataflow graph under construction. Operations are only ever added, inputs
 * before the operations that use them, so that it never has a cycle.
 *
 * The first error that building meets is kept, and everything that would be
 * built on what failed is silently left out: a program builds its whole graph
 * and asks [method@Tfv.Graph.get_error] once, or lets
 * [ctor@Tfv.Session.new] fail with it.
 *
 * One thread builds at a time; sessions on any thread may run the graph
 * meanwhile.
 */
TFV_PUBLIC
G_DECLARE_FINAL_TYPE (TfvGraph, tfv_graph, TFV, GRAPH, GObject)

TFV_PUBLIC
TfvGraph *tfv_graph_new (void);
TFV_PUBLIC
const GError *tfv_graph_get_error (TfvGraph *self);

TFV_PUBLIC
guint tfv_graph_get_n_operations (TfvGraph *self);
TFV_PUBLIC
TfvOperation *tfv_graph_get_nth_operation (TfvGraph *self, guint index);
TFV_PUBLIC
TfvOperation *tfv_graph_get_operation (TfvGraph *self, const char *name);
TFV_PUBLIC
TfvOutput tfv_graph_get_output (TfvGraph *self, const char *name);

TFV_PUBLIC
void tfv_graph_push_scope (TfvGraph *self, const char *name);
TFV_PUBLIC
void tfv_graph_pop_scope (TfvGraph *self);
TFV_PUBLIC
const char *tfv_graph_get_scope (TfvGraph *self);
TFV_PUBLIC
void tfv_graph_push_control_dependencies (TfvGraph *self, TfvOperation *const *operations, guint n_operations);
TFV_PUBLIC
void tfv_graph_pop_control_dependencies (TfvGraph *self);
TFV_PUBLIC
void tfv_graph_push_device (TfvGraph *self, const char *device);
TFV_PUBLIC
void tfv_graph_pop_device (TfvGraph *self);
TFV_PUBLIC
void tfv_graph_set_seed (TfvGraph *self, gint64 seed);

TFV_PUBLIC
GBytes *tfv_graph_to_graph_def (TfvGraph *self);

G_END_DECLS
