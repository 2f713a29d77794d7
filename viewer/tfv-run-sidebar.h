/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <adwaita.h>

#include "viewer/tfv-selection.h"

G_BEGIN_DECLS

#define TFV_TYPE_RUN_SIDEBAR (tfv_run_sidebar_get_type ())

/**
 * TfvRunSidebar:
 *
 * The list of runs, with a filter and a check box for all of them.
 */
G_DECLARE_FINAL_TYPE (TfvRunSidebar, tfv_run_sidebar, TFV, RUN_SIDEBAR, AdwBin)

void tfv_run_sidebar_set_selection (TfvRunSidebar *self, TfvSelection *selection);
void tfv_run_sidebar_start_search (TfvRunSidebar *self);

G_END_DECLS
