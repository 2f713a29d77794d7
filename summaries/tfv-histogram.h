/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "summaries/tfv-macros.h"
#include "summaries/tfv-summary-writer.h"

G_BEGIN_DECLS

/**
 * TfvHistogramBucket:
 * @left: where the bucket begins
 * @right: where it ends; the end belongs to the bucket after it, if there is one
 * @count: how many values fell into it, not necessarily a whole number
 *
 * A bucket of a histogram.
 */
typedef struct
{
  double left;
  double right;
  double count;
} TfvHistogramBucket;

/**
 * TfvHistogram:
 * @count: how many values there were
 * @min: the smallest value, or as near to it as the record tells
 * @max: the greatest
 * @sum: their sum; NaN where the record does not tell
 * @sum_squares: the sum of their squares; NaN where the record does not tell
 * @n_buckets: how many buckets there are
 * @buckets: (array length=n_buckets): the buckets, from left to right
 *
 * The distribution of some values. Reference counted and immutable; any thread.
 */
typedef struct
{
  double              count;
  double              min;
  double              max;
  double              sum;
  double              sum_squares;
  guint               n_buckets;
  TfvHistogramBucket *buckets;
} TfvHistogram;

#define TFV_TYPE_HISTOGRAM (tfv_histogram_get_type ())
TFV_PUBLIC
GType tfv_histogram_get_type (void) G_GNUC_CONST;
TFV_PUBLIC
TfvHistogram *tfv_histogram_new_for_values (const double *values, gsize n_values);
TFV_PUBLIC
TfvHistogram *tfv_histogram_decode (GBytes *record, GError **error);
TFV_PUBLIC
void tfv_histogram_get_bucket (TfvHistogram *self, guint index, double *left, double *right, double *count);
TFV_PUBLIC
TfvHistogram *tfv_histogram_ref (TfvHistogram *self);
TFV_PUBLIC
void tfv_histogram_unref (TfvHistogram *self);

TFV_PUBLIC
void tfv_summary_writer_add_histogram (TfvSummaryWriter *self, const char *tag, const double *values, gsize n_values, gint64 step);
TFV_PUBLIC
void tfv_summary_writer_add_histogram_float (TfvSummaryWriter *self, const char *tag, const float *values, gsize n_values, gint64 step);
TFV_PUBLIC
void tfv_summary_writer_add_histogram_buckets (TfvSummaryWriter *self, const char *tag, const TfvHistogramBucket *buckets, gsize n_buckets, gint64 step);
TFV_PUBLIC
void tfv_summary_writer_add_histogram_raw (TfvSummaryWriter *self, const char *tag, double min, double max, double count, double sum, double sum_squares, gsize n_buckets, const double *bucket_limits, const double *bucket_counts, gint64 step);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TfvHistogram, tfv_histogram_unref)

G_END_DECLS
