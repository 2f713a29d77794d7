/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/tfv-inference-private.h"
#include "engine/tfv-kernel-private.h"

G_BEGIN_DECLS

/* What the Apply ops share: their first inputs are references to a variable
 * and its slots, the others are scalars and one gradient. */

void     tfv_infer_variable_update (TfvInference *inference, guint n_variables, guint gradient);
gboolean tfv_variable_update_begin (TfvKernelContext *context, guint n_variables, guint gradient, TfvTensor **values);
void     tfv_variable_update_end (TfvKernelContext *context, guint n_variables);

G_END_DECLS
