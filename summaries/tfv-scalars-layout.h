/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "summaries/tfv-macros.h"
#include "summaries/tfv-summary-writer.h"

G_BEGIN_DECLS

/**
 * TfvLayoutChart:
 * @category: the title of the category that it is in
 * @title: its title
 * @is_margin: whether it shows values between a lower and an upper bound
 * @tags: (array zero-terminated=1): of a chart of lines: regular expressions of
 *   tags; of a chart of margins: tags in threes, of the value, the lower and the
 *   upper bound
 *
 * A chart of a layout.
 */
typedef struct
{
  char    *category;
  char    *title;
  gboolean is_margin;
  char   **tags;
} TfvLayoutChart;

/**
 * TfvScalarsLayout:
 * @charts: (element-type TfvLayoutChart): the charts, those of a category in a row
 *
 * Charts that show several scalars together. Reference counted; it may be added to
 * by one thread, and read by any once nothing is added any more.
 */
typedef struct
{
  GPtrArray *charts;
} TfvScalarsLayout;

#define TFV_TYPE_SCALARS_LAYOUT (tfv_scalars_layout_get_type ())
TFV_PUBLIC
GType tfv_scalars_layout_get_type (void) G_GNUC_CONST;
TFV_PUBLIC
TfvScalarsLayout *tfv_scalars_layout_new (void);
TFV_PUBLIC
void tfv_scalars_layout_add_chart (TfvScalarsLayout *self, const char *category, const char *title, gboolean is_margin, const char *const *tags);
TFV_PUBLIC
TfvScalarsLayout *tfv_scalars_layout_decode (GBytes *record, GError **error);
TFV_PUBLIC
TfvScalarsLayout *tfv_scalars_layout_ref (TfvScalarsLayout *self);
TFV_PUBLIC
void tfv_scalars_layout_unref (TfvScalarsLayout *self);

TFV_PUBLIC
void tfv_summary_writer_add_layout (TfvSummaryWriter *self, TfvScalarsLayout *layout);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TfvScalarsLayout, tfv_scalars_layout_unref)

G_END_DECLS
