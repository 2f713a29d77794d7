/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "summaries/tfv-macros.h"
#include "summaries/tfv-record-kind.h"
#include "summaries/tfv-scalar-series.h"

G_BEGIN_DECLS

/**
 * TfvTag:
 *
 * One tag of one run: a name, a kind and its records. Reference counted; any
 * thread.
 */
typedef struct _TfvTag TfvTag;

/**
 * TfvTagSummary:
 * @count: number of records, those of restarts included
 * @first_step: step of the first stored record
 * @last_step: step of the last stored record
 *
 * What a list shows of a tag.
 */
typedef struct
{
  guint64 count;
  gint64  first_step;
  gint64  last_step;
} TfvTagSummary;

#define TFV_TYPE_TAG (tfv_tag_get_type ())
TFV_PUBLIC
GType tfv_tag_get_type (void) G_GNUC_CONST;
TFV_PUBLIC
TfvTag *tfv_tag_ref (TfvTag *self);
TFV_PUBLIC
void tfv_tag_unref (TfvTag *self);
TFV_PUBLIC
const char *tfv_tag_get_name (TfvTag *self);
TFV_PUBLIC
TfvRecordKind tfv_tag_get_kind (TfvTag *self);
TFV_PUBLIC
const char *tfv_tag_get_plugin (TfvTag *self);
TFV_PUBLIC
char *tfv_tag_dup_display_name (TfvTag *self);
TFV_PUBLIC
char *tfv_tag_dup_description (TfvTag *self);
TFV_PUBLIC
GBytes *tfv_tag_dup_plugin_content (TfvTag *self);
TFV_PUBLIC
void tfv_tag_get_summary (TfvTag *self, TfvTagSummary *summary);
TFV_PUBLIC
TfvScalarSeries *tfv_tag_get_series (TfvTag *self);
TFV_PUBLIC
guint64 tfv_tag_get_n_superseded (TfvTag *self);
TFV_PUBLIC
GArray *tfv_tag_dup_surviving_records (TfvTag *self);
TFV_PUBLIC
gboolean tfv_tag_get_record (TfvTag *self, guint64 index, gint64 *step, double *wall_time, gsize *size_bytes);
TFV_PUBLIC
GBytes *tfv_tag_read_record (TfvTag *self, guint64 index, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TfvTag, tfv_tag_unref)

G_END_DECLS
