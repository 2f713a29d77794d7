/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/tfv-plan-private.h"

G_BEGIN_DECLS

/* Who wants to know of every kernel that runs. NULL costs a run nothing. */
typedef struct
{
  void (*node_done) (gpointer data, const TfvOperation *operation, gint64 start_ns, gint64 end_ns);
  gpointer data;
} TfvRunHooks;

gboolean tfv_executor_run (TfvPlan *plan, TfvTensor *const *feeds, TfvTensor **fetches, const TfvRunHooks *hooks, GError **error);

G_END_DECLS
