/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/tfv-graph.h"

G_BEGIN_DECLS

TFV_PUBLIC
TfvOutput tfv_variable (TfvOutput initial_value, const char *name);
TFV_PUBLIC
TfvOutput tfv_variable_untrainable (TfvOutput initial_value, const char *name);
TFV_PUBLIC
TfvOperation *tfv_variable_get_initializer (TfvOutput variable);
TFV_PUBLIC
TfvOutput tfv_variable_get_read (TfvOutput variable);
TFV_PUBLIC
guint tfv_graph_get_n_variables (TfvGraph *graph);
TFV_PUBLIC
TfvOutput tfv_graph_get_nth_variable (TfvGraph *graph, guint index);
TFV_PUBLIC
guint tfv_graph_get_n_trainable_variables (TfvGraph *graph);
TFV_PUBLIC
TfvOutput tfv_graph_get_nth_trainable_variable (TfvGraph *graph, guint index);
TFV_PUBLIC
TfvOperation *tfv_graph_variables_initializer (TfvGraph *graph, const char *name);

G_END_DECLS
