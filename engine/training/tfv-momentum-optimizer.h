/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/training/tfv-optimizer.h"

G_BEGIN_DECLS

#define TFV_TYPE_MOMENTUM_OPTIMIZER (tfv_momentum_optimizer_get_type ())

/**
 * TfvMomentumOptimizer:
 *
 * Gradient descent that keeps moving where it went:
 * accumulation = momentum · accumulation + gradient,
 * var -= learning_rate · accumulation. Its slot "momentum" is the accumulation.
 */
TFV_PUBLIC
G_DECLARE_FINAL_TYPE (TfvMomentumOptimizer, tfv_momentum_optimizer, TFV, MOMENTUM_OPTIMIZER, TfvOptimizer)

TFV_PUBLIC
TfvOptimizer *tfv_momentum_optimizer_new (double learning_rate, double momentum, gboolean use_nesterov);

G_END_DECLS
