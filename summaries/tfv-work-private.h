/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Work that two threads do, where a process may have two. */
#define TFV_N_WORKERS 2

/* Does task number @task; @worker is 0 or 1. FALSE ends all of it early. */
typedef gboolean (*TfvWorkFunc) (gsize task, guint worker, gpointer data);

gboolean tfv_work_run (gsize n_tasks, TfvWorkFunc func, gpointer data);
gboolean tfv_work_end (gboolean is_done, GError *errors[TFV_N_WORKERS], GError **error);
void     tfv_work_keep_helper (void);

G_END_DECLS
