/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/tfv-tag-private.h"
#include "summaries/tfv-tfevents-writer-private.h"

G_BEGIN_DECLS

/**
 * TfvTfeventsTag: (skip)
 * @tag: the tag
 * @view: (nullable): its points, where it is one of scalars
 * @indices: (nullable): which of its records are written; %NULL for all
 * @metadata: (nullable): the SummaryMetadata that points come with; %NULL where
 *   they are written as TensorFlow 1 does it
 * @is_double: whether points that no float32 can be stay what they are
 * @has_begun: whether a value was written, and the metadata with it
 *
 * A tag that is being written to event files of TensorFlow's.
 */
typedef struct
{
  TfvTag        *tag;
  TfvScalarView *view;
  GArray        *indices;
  GBytes        *metadata;
  gboolean       is_double;
  gboolean       has_begun;
} TfvTfeventsTag;

TfvTfeventsTag *tfv_tfevents_tag_new (TfvTag *tag, const TfvTfeventsExport *export);
void            tfv_tfevents_tag_free (TfvTfeventsTag *self);
guint64         tfv_tfevents_tag_get_n_records (const TfvTfeventsTag *self);
gboolean        tfv_tfevents_tag_get_place (const TfvTfeventsTag *self, guint64 index, gint64 *step, double *wall_time);
gboolean        tfv_tfevents_tag_write (TfvTfeventsTag *self, guint64 index, TfvTfeventsWriter *writer, guint64 *n_rounded, GError **error);
gboolean        tfv_tfevents_can_hold (TfvRecordKind kind);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TfvTfeventsTag, tfv_tfevents_tag_free)

G_END_DECLS
