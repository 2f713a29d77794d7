/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/training/tfv-optimizer.h"

G_BEGIN_DECLS

#define TFV_TYPE_GRADIENT_DESCENT_OPTIMIZER (tfv_gradient_descent_optimizer_get_type ())

/**
 * TfvGradientDescentOptimizer:
 *
 * Takes a step against the gradient: var -= learning_rate · gradient.
 */
TFV_PUBLIC
G_DECLARE_FINAL_TYPE (TfvGradientDescentOptimizer, tfv_gradient_descent_optimizer, TFV, GRADIENT_DESCENT_OPTIMIZER, TfvOptimizer)

TFV_PUBLIC
TfvOptimizer *tfv_gradient_descent_optimizer_new (double learning_rate);

G_END_DECLS
