/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/tfv-run.h"

G_BEGIN_DECLS

/* What store-read and store-compact have in common: an event file of scalars,
 * and what it takes until a curve of it can be drawn. */

#define N_SCALARS (G_GUINT64_CONSTANT (100) * 1000 * 1000)
#define N_TAGS 1000

double  now_s (void);
char   *write_scalars (const char *folder);
TfvRun *open_run (const char *folder);
void    draw_curve (TfvRun *run, guint tag);

G_END_DECLS
