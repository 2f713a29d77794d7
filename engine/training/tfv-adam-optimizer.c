/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/training/tfv-adam-optimizer.h"

#include <string.h>

#include "engine/tfv-op-builder.h"
#include "engine/tfv-ops.h"

#define SLOT_M "m"
#define SLOT_V "v"

struct _TfvAdamOptimizer
{
  TfvOptimizer parent_instance;

  double beta1;
  double beta2;
  double epsilon;
  /* beta1 and beta2 to the power of the step. */
  TfvOutput beta1_power;
  TfvOutput beta2_power;
};

G_DEFINE_FINAL_TYPE (TfvAdamOptimizer, tfv_adam_optimizer, TFV_TYPE_OPTIMIZER)

static void
create_slots (TfvOptimizer *optimizer, const TfvVariableGradient *gradients, guint n_gradients)
{
  TfvAdamOptimizer *self = TFV_ADAM_OPTIMIZER (optimizer);
  TfvOutput         first = gradients[0].variable;

  for (guint i = 1; i < n_gradients; i++)
    if (strcmp (tfv_operation_get_name (gradients[i].variable.operation), tfv_operation_get_name (first.operation)) < 0)
      first = gradients[i].variable;
  self->beta1_power = tfv_optimizer_create_variable (optimizer, "beta1_power", self->beta1, first);
  self->beta2_power = tfv_optimizer_create_variable (optimizer, "beta2_power", self->beta2, first);
  for (guint i = 0; i < n_gradients; i++)
    {
      tfv_optimizer_create_zeros_slot (optimizer, gradients[i].variable, SLOT_M);
      tfv_optimizer_create_zeros_slot (optimizer, gradients[i].variable, SLOT_V);
    }
}

static TfvOutput
cast (TfvOutput value, TfvDataType dtype)
{
  return tfv_output_get_dtype (value) == dtype ? value : tfv_cast (value, dtype, NULL);
}

static TfvOperation *
apply (TfvOptimizer *optimizer, TfvOutput variable, TfvOutput gradient)
{
  TfvAdamOptimizer *self = TFV_ADAM_OPTIMIZER (optimizer);
  TfvDataType       dtype = tfv_output_get_dtype (variable);
  TfvOpBuilder     *builder = tfv_op_builder_new (NULL, "ApplyAdam", NULL);

  tfv_op_builder_add_input (builder, variable);
  tfv_op_builder_add_input (builder, tfv_optimizer_get_slot (optimizer, variable, SLOT_M));
  tfv_op_builder_add_input (builder, tfv_optimizer_get_slot (optimizer, variable, SLOT_V));
  tfv_op_builder_add_input (builder, cast (self->beta1_power, dtype));
  tfv_op_builder_add_input (builder, cast (self->beta2_power, dtype));
  tfv_op_builder_add_input (builder, tfv_optimizer_get_learning_rate (optimizer, dtype));
  tfv_op_builder_add_input (builder, tfv_optimizer_get_number (optimizer, "beta1", self->beta1, dtype));
  tfv_op_builder_add_input (builder, tfv_optimizer_get_number (optimizer, "beta2", self->beta2, dtype));
  tfv_op_builder_add_input (builder, tfv_optimizer_get_number (optimizer, "epsilon", self->epsilon, dtype));
  tfv_op_builder_add_input (builder, gradient);
  return tfv_op_builder_finish (builder);
}

/* power *= beta */
static TfvOperation *
advance (TfvOptimizer *optimizer, TfvOutput power, const char *name, double beta)
{
  TfvOutput factor = tfv_optimizer_get_number (optimizer, name, beta, tfv_output_get_dtype (power));

  return tfv_assign (power, tfv_multiply (power, factor, "mul"), NULL).operation;
}

static void
finish (TfvOptimizer *optimizer, GPtrArray *updates)
{
  TfvAdamOptimizer *self = TFV_ADAM_OPTIMIZER (optimizer);
  TfvGraph         *graph = tfv_optimizer_get_graph (optimizer);
  const char       *device;

  if (self->beta1_power.operation == NULL || self->beta2_power.operation == NULL)
    return;
  device = tfv_operation_get_device (self->beta1_power.operation);
  /* Not before all variables were updated with the powers as they are. */
  tfv_graph_push_control_dependencies (graph, (TfvOperation *const *) updates->pdata, updates->len);
  tfv_graph_push_device (graph, device);
  g_ptr_array_add (updates, advance (optimizer, self->beta1_power, "beta1", self->beta1));
  g_ptr_array_add (updates, advance (optimizer, self->beta2_power, "beta2", self->beta2));
  tfv_graph_pop_device (graph);
  tfv_graph_pop_control_dependencies (graph);
}

static void
tfv_adam_optimizer_class_init (TfvAdamOptimizerClass *klass)
{
  TFV_OPTIMIZER_CLASS (klass)->create_slots = create_slots;
  TFV_OPTIMIZER_CLASS (klass)->apply = apply;
  TFV_OPTIMIZER_CLASS (klass)->finish = finish;
}

static void
tfv_adam_optimizer_init (TfvAdamOptimizer *self)
{
}

/**
 * tfv_adam_optimizer_new: (constructor)
 * @learning_rate: how far a step goes; 0.001 is usual
 * @beta1: how much of the running mean of the gradient is kept, from 0 to 1;
 *   0.9 is usual
 * @beta2: how much of its running square is kept, from 0 to 1; 0.999 is usual
 * @epsilon: what is added to keep from dividing by zero; 1e-8 is usual
 *
 * Returns: (transfer full): a new optimizer, called "Adam"
 */
TfvOptimizer *
tfv_adam_optimizer_new (double learning_rate, double beta1, double beta2, double epsilon)
{
  TfvAdamOptimizer *self = g_object_new (TFV_TYPE_ADAM_OPTIMIZER, "name", "Adam", "learning-rate", learning_rate, NULL);

  self->beta1 = beta1;
  self->beta2 = beta2;
  self->epsilon = epsilon;
  return TFV_OPTIMIZER (self);
}
