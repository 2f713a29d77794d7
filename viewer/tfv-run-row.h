/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <adwaita.h>

#include "viewer/tfv-run-tree.h"

G_BEGIN_DECLS

#define TFV_TYPE_RUN_ROW (tfv_run_row_get_type ())

/**
 * TfvRunRow:
 *
 * A row of the list of runs: check box, colour, name, and a badge where
 * something is wrong with the run's files.
 */
G_DECLARE_FINAL_TYPE (TfvRunRow, tfv_run_row, TFV, RUN_ROW, AdwBin)

GtkWidget *tfv_run_row_new (TfvRunTree *tree);
void       tfv_run_row_set_list_row (TfvRunRow *self, GtkTreeListRow *list_row);

G_END_DECLS
