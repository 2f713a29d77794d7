/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "viewer/plot/tfv-axis-scale.h"
#include "viewer/tfv-run-node.h"

G_BEGIN_DECLS

#define TFV_TYPE_SCALAR_TAG (tfv_scalar_tag_get_type ())

/**
 * TfvScalarTag:
 *
 * A scalar tag over all runs that have it, with what the user chose for its
 * card.
 */
G_DECLARE_FINAL_TYPE (TfvScalarTag, tfv_scalar_tag, TFV, SCALAR_TAG, GObject)

/**
 * TfvScalarTagRun:
 * @node: a run
 * @tag: its records of this tag
 */
typedef struct
{
  TfvRunNode *node;
  TfvTag     *tag;
} TfvScalarTagRun;

TfvScalarTag *tfv_scalar_tag_new (const char *name);
const char   *tfv_scalar_tag_get_name (TfvScalarTag *self);
const char   *tfv_scalar_tag_get_label (TfvScalarTag *self);
char         *tfv_scalar_tag_dup_group (TfvScalarTag *self);
int           tfv_scalar_tag_compare (TfvScalarTag *self, TfvScalarTag *other);

void     tfv_scalar_tag_clear_runs (TfvScalarTag *self);
void     tfv_scalar_tag_add_run (TfvScalarTag *self, TfvRunNode *node, TfvTag *tag);
GArray  *tfv_scalar_tag_get_runs (TfvScalarTag *self);
gboolean tfv_scalar_tag_is_visible (TfvScalarTag *self);

gboolean     tfv_scalar_tag_get_wide (TfvScalarTag *self);
void         tfv_scalar_tag_set_wide (TfvScalarTag *self, gboolean wide);
TfvAxisScale tfv_scalar_tag_get_y_scale (TfvScalarTag *self, TfvAxisScale common);
void         tfv_scalar_tag_set_y_scale (TfvScalarTag *self, TfvAxisScale y_scale);

G_END_DECLS
