/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/tfv-logdir.h"

G_BEGIN_DECLS

void tfv_logdir_set_polling (TfvLogdir *self, gboolean use_watch, gint64 quiet_interval_us);
void tfv_logdir_set_patience (TfvLogdir *self, gint64 stall_us, gint64 end_patience_us);

G_END_DECLS
