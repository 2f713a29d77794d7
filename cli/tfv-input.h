/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "summaries/tfv-logdir.h"

G_BEGIN_DECLS

TfvLogdir  *tfv_input_open (char **paths, int *status);
void        tfv_input_tell_warnings (TfvLogdir *logdir, GPtrArray *runs);
const char *tfv_input_get_plugin (TfvTag *tag);

G_END_DECLS
