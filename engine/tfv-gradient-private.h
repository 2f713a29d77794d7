/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/tfv-gradients.h"

G_BEGIN_DECLS

/* What the gradients of ops share. */

/* Gradients of a binary op with broadcasting, of the shape of the result,
 * are summed to the shapes of its inputs. */
void tfv_gradient_unbroadcast (TfvOperation *operation, TfvOutput x_grad, TfvOutput y_grad, TfvOutput *input_grads);
/* A scalar constant of the type of another output. */
TfvOutput tfv_constant_like (TfvOutput like, double value);

G_END_DECLS
