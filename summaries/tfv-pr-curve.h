/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "summaries/tfv-macros.h"
#include "summaries/tfv-summary-writer.h"

G_BEGIN_DECLS

/**
 * TfvPrPoint:
 * @true_positives: positives at or above the threshold
 * @false_positives: negatives at or above it
 * @true_negatives: negatives below it
 * @false_negatives: positives below it
 * @precision: the part of those at or above it that are positives
 * @recall: the part of the positives that are at or above it
 *
 * What a threshold makes of predictions.
 */
typedef struct
{
  double true_positives;
  double false_positives;
  double true_negatives;
  double false_negatives;
  double precision;
  double recall;
} TfvPrPoint;

/**
 * TfvPrCurve:
 * @n_points: how many thresholds there are, at equal distances from 0 to 1
 * @points: (array length=n_points): what each of them makes of the predictions
 *
 * A precision and recall curve. Reference counted and immutable; any thread.
 */
typedef struct
{
  guint       n_points;
  TfvPrPoint *points;
  /*< private >*/
  gboolean is_float32;
} TfvPrCurve;

#define TFV_TYPE_PR_CURVE (tfv_pr_curve_get_type ())
TFV_PUBLIC
GType tfv_pr_curve_get_type (void) G_GNUC_CONST;
TFV_PUBLIC
TfvPrCurve *tfv_pr_curve_decode (GBytes *record, GError **error);
TFV_PUBLIC
void tfv_pr_curve_get_point (TfvPrCurve *self, guint index, TfvPrPoint *point);
TFV_PUBLIC
TfvPrCurve *tfv_pr_curve_ref (TfvPrCurve *self);
TFV_PUBLIC
void tfv_pr_curve_unref (TfvPrCurve *self);

TFV_PUBLIC
void tfv_summary_writer_add_pr_curve (TfvSummaryWriter *self, const char *tag, const guint8 *labels, const double *predictions, gsize n_predictions, guint n_thresholds, gint64 step);
TFV_PUBLIC
void tfv_summary_writer_add_pr_curve_points (TfvSummaryWriter *self, const char *tag, const TfvPrPoint *points, gsize n_points, gint64 step);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TfvPrCurve, tfv_pr_curve_unref)

G_END_DECLS
