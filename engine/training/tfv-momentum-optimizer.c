/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/training/tfv-momentum-optimizer.h"

#include "engine/tfv-op-builder.h"

#define SLOT "momentum"

struct _TfvMomentumOptimizer
{
  TfvOptimizer parent_instance;

  double   momentum;
  gboolean use_nesterov;
};

G_DEFINE_FINAL_TYPE (TfvMomentumOptimizer, tfv_momentum_optimizer, TFV_TYPE_OPTIMIZER)

static void
create_slots (TfvOptimizer *optimizer, const TfvVariableGradient *gradients, guint n_gradients)
{
  for (guint i = 0; i < n_gradients; i++)
    tfv_optimizer_create_zeros_slot (optimizer, gradients[i].variable, SLOT);
}

static TfvOperation *
apply (TfvOptimizer *optimizer, TfvOutput variable, TfvOutput gradient)
{
  TfvMomentumOptimizer *self = TFV_MOMENTUM_OPTIMIZER (optimizer);
  TfvDataType           dtype = tfv_output_get_dtype (variable);
  TfvOpBuilder         *builder = tfv_op_builder_new (NULL, "ApplyMomentum", NULL);

  tfv_op_builder_add_input (builder, variable);
  tfv_op_builder_add_input (builder, tfv_optimizer_get_slot (optimizer, variable, SLOT));
  tfv_op_builder_add_input (builder, tfv_optimizer_get_learning_rate (optimizer, dtype));
  tfv_op_builder_add_input (builder, gradient);
  tfv_op_builder_add_input (builder, tfv_optimizer_get_number (optimizer, "momentum", self->momentum, dtype));
  tfv_op_builder_set_bool (builder, "use_nesterov", self->use_nesterov);
  return tfv_op_builder_finish (builder);
}

static void
tfv_momentum_optimizer_class_init (TfvMomentumOptimizerClass *klass)
{
  TFV_OPTIMIZER_CLASS (klass)->create_slots = create_slots;
  TFV_OPTIMIZER_CLASS (klass)->apply = apply;
}

static void
tfv_momentum_optimizer_init (TfvMomentumOptimizer *self)
{
}

/**
 * tfv_momentum_optimizer_new: (constructor)
 * @learning_rate: how far a step goes
 * @momentum: how much of what was accumulated is kept, from 0 to 1; 0.9 is usual
 * @use_nesterov: whether to follow the gradient at the place that the momentum
 *   leads to, as Nesterov has it
 *
 * Returns: (transfer full): a new optimizer, called "Momentum"
 */
TfvOptimizer *
tfv_momentum_optimizer_new (double learning_rate, double momentum, gboolean use_nesterov)
{
  TfvMomentumOptimizer *self =
      g_object_new (TFV_TYPE_MOMENTUM_OPTIMIZER, "name", "Momentum", "learning-rate", learning_rate, NULL);

  self->momentum = momentum;
  self->use_nesterov = use_nesterov;
  return TFV_OPTIMIZER (self);
}
