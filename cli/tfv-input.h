/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "summaries/tfv-logdir.h"

G_BEGIN_DECLS

/* What the PATHs of a command line hold. */
typedef struct
{
  TfvLogdir *logdir;
  GPtrArray *runs;
  int        status; /* how the program ends, so far */
} TfvInput;

gboolean    tfv_input_open (TfvInput *self, char **paths);
void        tfv_input_clear (TfvInput *self);
char      **tfv_input_dup_warnings (TfvRun *run);
const char *tfv_input_get_plugin (TfvTag *tag);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TfvInput, tfv_input_clear)

G_END_DECLS
