/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gdk/gdk.h>
#include <gio/gio.h>

#include "summaries/tfv-run.h"
#include "viewer/tfv-run-health.h"

G_BEGIN_DECLS

/**
 * TfvCheckState:
 * @TFV_CHECK_OFF: not shown
 * @TFV_CHECK_ON: shown
 * @TFV_CHECK_MIXED: a folder of which some runs are shown
 */
typedef enum
{
  TFV_CHECK_OFF,
  TFV_CHECK_ON,
  TFV_CHECK_MIXED,
} TfvCheckState;

#define TFV_TYPE_RUN_NODE (tfv_run_node_get_type ())

/**
 * TfvRunNode:
 *
 * A row of the tree of runs: a folder, a run, or a run whose folder has more
 * runs in it. Emits `changed` when what a row shows of it changed.
 */
G_DECLARE_FINAL_TYPE (TfvRunNode, tfv_run_node, TFV, RUN_NODE, GObject)

const char         *tfv_run_node_get_label (TfvRunNode *self);
const char         *tfv_run_node_get_path (TfvRunNode *self);
const char         *tfv_run_node_get_title (TfvRunNode *self);
TfvRun             *tfv_run_node_get_run (TfvRunNode *self);
GListModel         *tfv_run_node_get_children (TfvRunNode *self);
TfvCheckState       tfv_run_node_get_check_state (TfvRunNode *self);
gboolean            tfv_run_node_is_visible (TfvRunNode *self);
void                tfv_run_node_get_color (TfvRunNode *self, GdkRGBA *color);
guint               tfv_run_node_get_n_warnings (TfvRunNode *self);
const TfvRunHealth *tfv_run_node_get_health (TfvRunNode *self);
char               *tfv_run_node_dup_description (TfvRunNode *self);

G_END_DECLS
