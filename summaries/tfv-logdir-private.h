/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/tfv-logdir.h"

G_BEGIN_DECLS

void tfv_logdir_set_use_monitors (TfvLogdir *self, gboolean use_monitors);

G_END_DECLS
