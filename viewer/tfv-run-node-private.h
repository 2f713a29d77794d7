/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "viewer/tfv-run-health.h"
#include "viewer/tfv-run-node.h"

G_BEGIN_DECLS

/* The tree owns the nodes and sets these fields. */
struct _TfvRunNode
{
  GObject       parent_instance;
  const char   *label; /* within path, or own_label */
  char         *path;
  char         *own_label; /* of the run ".": the name of its folder */
  char         *sort_key;
  TfvRun       *run;    /* NULL for a mere folder */
  TfvRunNode   *parent; /* not owned */
  GListStore   *children;
  guint         color_index;
  gboolean      dark;
  gboolean      checked; /* a run: wanted by the user */
  gboolean      matches; /* a run: passes the filter */
  gboolean      shown;   /* it or something below it passes the filter */
  guint         n_warnings;
  guint64       generation; /* of the run when warnings were counted */
  TfvRunHealth  health;
  guint64       looked_over; /* generation of the run then */
  gboolean      seen;        /* mark of a sweep */
  TfvCheckState check_state;
};

TfvRunNode *tfv_run_node_new (const char *path, TfvRun *run);
void        tfv_run_node_set_parent (TfvRunNode *self, TfvRunNode *parent);
void        tfv_run_node_insert_sorted (GListStore *siblings, TfvRunNode *node);
void        tfv_run_node_changed (TfvRunNode *self);

G_END_DECLS
