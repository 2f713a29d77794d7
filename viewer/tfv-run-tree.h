/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

#include "viewer/tfv-run-node.h"

G_BEGIN_DECLS

#define TFV_TYPE_RUN_TREE (tfv_run_tree_get_type ())

/**
 * TfvRunTree:
 *
 * The runs of a logdir as a tree of folders, with what the user chose to see of
 * them. UI thread only.
 */
G_DECLARE_FINAL_TYPE (TfvRunTree, tfv_run_tree, TFV, RUN_TREE, GObject)

TfvRunTree *tfv_run_tree_new (void);
gboolean    tfv_run_tree_update (TfvRunTree *self, GPtrArray *runs);
void        tfv_run_tree_color_by_place (TfvRunTree *self);
void        tfv_run_tree_clear (TfvRunTree *self);

GListModel *tfv_run_tree_create_model (TfvRunTree *self);
GPtrArray  *tfv_run_tree_get_runs (TfvRunTree *self);
TfvRunNode *tfv_run_tree_find (TfvRunTree *self, const char *path);
guint       tfv_run_tree_get_n_visible (TfvRunTree *self);
guint       tfv_run_tree_get_n_matching (TfvRunTree *self);

gboolean tfv_run_tree_set_filter (TfvRunTree *self, const char *pattern, GError **error);
void     tfv_run_tree_set_dark (TfvRunTree *self, gboolean dark);
void     tfv_run_tree_set_checked (TfvRunTree *self, TfvRunNode *node, gboolean checked);
void     tfv_run_tree_set_all_checked (TfvRunTree *self, gboolean checked);
void     tfv_run_tree_show_only (TfvRunTree *self, TfvRunNode *node);

G_END_DECLS
