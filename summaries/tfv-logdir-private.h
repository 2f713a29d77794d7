/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/tfv-logdir.h"

G_BEGIN_DECLS

void tfv_logdir_set_polling (TfvLogdir *self, gboolean use_watch, gint64 quiet_interval_us);

G_END_DECLS
