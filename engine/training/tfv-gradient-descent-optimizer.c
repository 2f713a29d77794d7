/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/training/tfv-gradient-descent-optimizer.h"

#include "engine/tfv-op-builder.h"

struct _TfvGradientDescentOptimizer
{
  TfvOptimizer parent_instance;
};

G_DEFINE_FINAL_TYPE (TfvGradientDescentOptimizer, tfv_gradient_descent_optimizer, TFV_TYPE_OPTIMIZER)

static TfvOperation *
apply (TfvOptimizer *optimizer, TfvOutput variable, TfvOutput gradient)
{
  TfvOpBuilder *builder = tfv_op_builder_new (NULL, "ApplyGradientDescent", NULL);

  tfv_op_builder_add_input (builder, variable);
  tfv_op_builder_add_input (builder, tfv_optimizer_get_learning_rate (optimizer, tfv_output_get_dtype (variable)));
  tfv_op_builder_add_input (builder, gradient);
  return tfv_op_builder_finish (builder);
}

static void
tfv_gradient_descent_optimizer_class_init (TfvGradientDescentOptimizerClass *klass)
{
  TFV_OPTIMIZER_CLASS (klass)->apply = apply;
}

static void
tfv_gradient_descent_optimizer_init (TfvGradientDescentOptimizer *self)
{
}

/**
 * tfv_gradient_descent_optimizer_new: (constructor)
 * @learning_rate: how far a step goes
 *
 * Returns: (transfer full): a new optimizer, called "GradientDescent"
 */
TfvOptimizer *
tfv_gradient_descent_optimizer_new (double learning_rate)
{
  return g_object_new (TFV_TYPE_GRADIENT_DESCENT_OPTIMIZER, "name", "GradientDescent", "learning-rate", learning_rate, NULL);
}
