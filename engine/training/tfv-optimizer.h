/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/tfv-graph.h"

G_BEGIN_DECLS

/**
 * TfvVariableGradient: (skip)
 * @gradient: gradient of the loss with respect to the variable; none where the
 *   loss does not depend on it
 * @variable: the variable
 *
 * A variable and what it is to be updated with.
 */
typedef struct
{
  TfvOutput gradient;
  TfvOutput variable;
} TfvVariableGradient;

#define TFV_TYPE_OPTIMIZER (tfv_optimizer_get_type ())

/**
 * TfvOptimizer:
 *
 * Adds to a graph the operations that train it: gradients of a loss, and an
 * update of each variable. Base of all optimizers.
 *
 * An optimizer belongs to the graph it is first used with. Like the graph, it
 * is used by one thread at a time.
 */
TFV_PUBLIC
G_DECLARE_DERIVABLE_TYPE (TfvOptimizer, tfv_optimizer, TFV, OPTIMIZER, GObject)

/**
 * TfvOptimizerClass:
 * @parent_class: the parent's class
 *
 * What an optimizer does in its own way. All three functions add to the graph
 * in the scope and on the device that the base sets. They are C's alone: graphs
 * are not built through introspection.
 *
 * - `create_slots`, which may be %NULL, makes the variables that it keeps beside
 *   those it trains, with [method@Tfv.Optimizer.create_zeros_slot] say; called
 *   before each round of updates, with the variables that have gradients.
 * - `apply` makes the operation that updates a variable with a gradient.
 * - `finish`, which may be %NULL, makes operations that run after all updates
 *   and appends them to `updates`.
 */
struct _TfvOptimizerClass
{
  GObjectClass parent_class;

#ifndef __GI_SCANNER__
  void (*create_slots) (TfvOptimizer *self, const TfvVariableGradient *gradients, guint n_gradients);
  TfvOperation *(*apply) (TfvOptimizer *self, TfvOutput variable, TfvOutput gradient);
  void (*finish) (TfvOptimizer *self, GPtrArray *updates);
#endif
};

TFV_PUBLIC
void tfv_optimizer_set_learning_rate (TfvOptimizer *self, TfvOutput learning_rate);
TFV_PUBLIC
TfvOperation *tfv_optimizer_minimize (TfvOptimizer    *self,
                                      TfvOutput        loss,
                                      const TfvOutput *variables,
                                      guint            n_variables,
                                      TfvOutput        global_step);
TFV_PUBLIC
TfvVariableGradient *tfv_optimizer_compute_gradients (TfvOptimizer    *self,
                                                      TfvOutput        loss,
                                                      const TfvOutput *variables,
                                                      guint            n_variables,
                                                      guint           *n_gradients);
TFV_PUBLIC
TfvOperation *tfv_optimizer_apply_gradients (TfvOptimizer              *self,
                                             const TfvVariableGradient *gradients,
                                             guint                      n_gradients,
                                             TfvOutput                  global_step);
TFV_PUBLIC
TfvOutput tfv_optimizer_get_slot (TfvOptimizer *self, TfvOutput variable, const char *slot);

/* For those who write an optimizer. */
TFV_PUBLIC
const char *tfv_optimizer_get_name (TfvOptimizer *self);
TFV_PUBLIC
TfvGraph *tfv_optimizer_get_graph (TfvOptimizer *self);
TFV_PUBLIC
TfvOutput tfv_optimizer_create_variable (TfvOptimizer *self, const char *name, double initial_value, TfvOutput beside);
TFV_PUBLIC
TfvOutput tfv_optimizer_create_zeros_slot (TfvOptimizer *self, TfvOutput variable, const char *slot);
TFV_PUBLIC
TfvOutput tfv_optimizer_get_learning_rate (TfvOptimizer *self, TfvDataType dtype);
TFV_PUBLIC
TfvOutput tfv_optimizer_get_number (TfvOptimizer *self, const char *name, double value, TfvDataType dtype);

G_END_DECLS
