/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/tfv-plan-private.h"

G_BEGIN_DECLS

void tfv_plan_lay_out_memory (TfvPlan *self);

G_END_DECLS
