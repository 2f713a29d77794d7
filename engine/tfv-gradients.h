/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/tfv-graph.h"

G_BEGIN_DECLS

TFV_PUBLIC
gboolean tfv_gradients (TfvGraph        *graph,
                        const TfvOutput *ys,
                        guint            n_ys,
                        const TfvOutput *xs,
                        guint            n_xs,
                        const TfvOutput *grad_ys,
                        TfvOutput       *outs);

G_END_DECLS
