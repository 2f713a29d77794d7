/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "viewer/tfv-run-tree.h"

G_BEGIN_DECLS

/**
 * TfvRunWatch:
 *
 * Looks over, in a thread of its own, the runs that changed.
 */
typedef struct _TfvRunWatch TfvRunWatch;

typedef void (*TfvRunWatchFunc) (gpointer data);

TfvRunWatch *tfv_run_watch_new (TfvRunTree *runs, TfvRunWatchFunc changed, gpointer data);
void         tfv_run_watch_free (TfvRunWatch *self);
void         tfv_run_watch_data_changed (TfvRunWatch *self);
gboolean     tfv_run_watch_is_settled (TfvRunWatch *self);

G_END_DECLS
