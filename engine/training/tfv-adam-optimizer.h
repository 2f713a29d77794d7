/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/training/tfv-optimizer.h"

G_BEGIN_DECLS

#define TFV_TYPE_ADAM_OPTIMIZER (tfv_adam_optimizer_get_type ())

/**
 * TfvAdamOptimizer:
 *
 * Adam (Kingma and Ba, 2014): a step size for each element from the running
 * mean and the running square of its gradient, which are its slots "m" and
 * "v". The number it calls epsilon is "epsilon hat" of the paper.
 */
TFV_PUBLIC
G_DECLARE_FINAL_TYPE (TfvAdamOptimizer, tfv_adam_optimizer, TFV, ADAM_OPTIMIZER, TfvOptimizer)

TFV_PUBLIC
TfvOptimizer *tfv_adam_optimizer_new (double learning_rate, double beta1, double beta2, double epsilon);

G_END_DECLS
