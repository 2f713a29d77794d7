/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/tfv-run.h"

G_BEGIN_DECLS

TfvRun *load_run (const char *path);
char   *dump_run (TfvRun *run, const char *kind);
void    remove_folder (const char *path);

G_END_DECLS
