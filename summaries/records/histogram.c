/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-histogram-private.h"
#include "summaries/tfv-json-text-private.h"
#include "summaries/tfv-record-class-private.h"
#include "summaries/tfv-summary-payload-private.h"

extern const TfvRecordClass tfv_record_histogram;

#define PLUGIN "histograms"
#define TENSOR_CONTENT 4

static void
add_proto (TfvSummaryWriter *self, const char *tag, GByteArray *proto, gint64 step)
{
  tfv_summary_writer_add_value (self, TFV_RECORD_HISTOGRAM, tag, step, tfv_summary_value_new (tag, TFV_VALUE_HISTOGRAM, proto, PLUGIN, NULL));
}

/**
 * tfv_summary_writer_add_histogram:
 * @self: a writer
 * @tag: name of the record, UTF-8
 * @values: (array length=n_values): the values whose distribution is logged
 * @n_values: how many there are
 * @step: the training step
 *
 * Logs the distribution of values, in buckets that
 * [func@Tfv.Histogram.new_for_values] chooses, with the time of the call. Goes
 * over the values three times. Any thread.
 */
void
tfv_summary_writer_add_histogram (TfvSummaryWriter *self, const char *tag, const double *values, gsize n_values, gint64 step)
{
  g_autoptr (TfvHistogram) histogram = NULL;
  g_autofree double       *limits = NULL;
  g_autofree double       *counts = NULL;

  g_return_if_fail (TFV_IS_SUMMARY_WRITER (self) && tag != NULL && (values != NULL || n_values == 0));

  histogram = tfv_histogram_new_for_values (values, n_values);
  limits = g_new (double, histogram->n_buckets);
  counts = g_new (double, histogram->n_buckets);
  for (guint i = 0; i < histogram->n_buckets; i++)
    {
      limits[i] = histogram->buckets[i].right;
      counts[i] = histogram->buckets[i].count;
    }
  add_proto (self, tag, tfv_histogram_encode (histogram, histogram->n_buckets, limits, counts), step);
}

/**
 * tfv_summary_writer_add_histogram_float:
 * @self: a writer
 * @tag: name of the record, UTF-8
 * @values: (array length=n_values): the values whose distribution is logged
 * @n_values: how many there are
 * @step: the training step
 *
 * [method@Tfv.SummaryWriter.add_histogram] for values of float32. Any thread.
 */
void
tfv_summary_writer_add_histogram_float (TfvSummaryWriter *self, const char *tag, const float *values, gsize n_values, gint64 step)
{
  g_autofree double *wide = NULL;

  g_return_if_fail (TFV_IS_SUMMARY_WRITER (self) && tag != NULL && (values != NULL || n_values == 0));

  wide = g_new (double, n_values);
  for (gsize i = 0; i < n_values; i++)
    wide[i] = (double) values[i];
  tfv_summary_writer_add_histogram (self, tag, wide, n_values, step);
}

/**
 * tfv_summary_writer_add_histogram_buckets:
 * @self: a writer
 * @tag: name of the record, UTF-8
 * @buckets: (array length=n_buckets): the buckets, from left to right
 * @n_buckets: how many there are
 * @step: the training step
 *
 * Logs a distribution that was counted already: exactly these buckets are read
 * back. Any thread.
 */
void
tfv_summary_writer_add_histogram_buckets (TfvSummaryWriter *self, const char *tag, const TfvHistogramBucket *buckets, gsize n_buckets, gint64 step)
{
  const gint64 dimensions[] = { (gint64) n_buckets, 3 };
  GByteArray  *tensor, *content;

  g_return_if_fail (TFV_IS_SUMMARY_WRITER (self) && tag != NULL && (buckets != NULL || n_buckets == 0));

  content = g_byte_array_new ();
  for (gsize i = 0; i < n_buckets; i++)
    tfv_message_append_doubles (content, (const double[]){ buckets[i].left, buckets[i].right, buckets[i].count }, 3);
  tensor = tfv_message_new_tensor (DT_DOUBLE, 2, dimensions);
  tfv_message_add_message (tensor, TENSOR_CONTENT, content);
  tfv_summary_writer_add_value (self, TFV_RECORD_HISTOGRAM, tag, step, tfv_summary_value_new (tag, TFV_VALUE_TENSOR, tensor, PLUGIN, NULL));
}

/**
 * tfv_summary_writer_add_histogram_raw:
 * @self: a writer
 * @tag: name of the record, UTF-8
 * @min: the smallest value
 * @max: the greatest value
 * @count: how many values there are
 * @sum: their sum
 * @sum_squares: the sum of their squares
 * @n_buckets: how many buckets there are
 * @bucket_limits: (array length=n_buckets): where each of the buckets ends,
 *   ascending; the first one begins at @min
 * @bucket_counts: (array length=n_buckets): how many values fell into each
 * @step: the training step
 *
 * Logs a distribution in the form of TensorFlow 1's `HistogramProto`, with the
 * time of the call. Any thread.
 */
void
tfv_summary_writer_add_histogram_raw (TfvSummaryWriter *self, const char *tag, double min, double max, double count, double sum, double sum_squares, gsize n_buckets, const double *bucket_limits, const double *bucket_counts, gint64 step)
{
  const TfvHistogram numbers = { .min = min, .max = max, .count = count, .sum = sum, .sum_squares = sum_squares };

  g_return_if_fail (TFV_IS_SUMMARY_WRITER (self) && tag != NULL);
  g_return_if_fail (n_buckets == 0 || (bucket_limits != NULL && bucket_counts != NULL));

  add_proto (self, tag, tfv_histogram_encode (&numbers, n_buckets, bucket_limits, bucket_counts), step);
}

static gboolean
tell (const TfvStoredRecord *record, const TfvRecordSink *sink, GError **error)
{
  g_autoptr (TfvHistogram) histogram = tfv_histogram_decode (record->bytes, error);
  g_autoptr (GString)      buckets = g_string_new ("[");
  TfvRecordValue           values[10];

  if (histogram == NULL)
    return FALSE;

  for (guint i = 0; i < histogram->n_buckets; i++)
    {
      g_string_append (buckets, i > 0 ? ",[" : "[");
      tfv_json_append_double (buckets, histogram->buckets[i].left);
      g_string_append_c (buckets, ',');
      tfv_json_append_double (buckets, histogram->buckets[i].right);
      g_string_append_c (buckets, ',');
      tfv_json_append_double (buckets, histogram->buckets[i].count);
      g_string_append_c (buckets, ']');
    }
  g_string_append_c (buckets, ']');

  tfv_record_fill_tag_values (record, values);
  values[4] = tfv_record_double (histogram->count);
  values[5] = tfv_record_double (histogram->min);
  values[6] = tfv_record_double (histogram->max);
  values[7] = tfv_record_double (histogram->sum);
  values[8] = tfv_record_double (histogram->sum_squares);
  values[9] = tfv_record_string (buckets->str);
  sink->func (values, sink->user_data);
  return TRUE;
}

static gboolean
dump (TfvRun *run, const TfvRecordFilter *filter, TfvRecordFunc func, gpointer user_data, GError **error)
{
  TfvRecordSink sink = { filter, func, user_data };

  return tfv_record_decode_each (run, TFV_RECORD_HISTOGRAM, tell, &sink, error);
}

/* Values, and buckets that leave a gap. */
static void
write_sample (TfvSummaryWriter *writer)
{
  const double             values[] = { 0, 1, 1, 3 };
  const TfvHistogramBucket buckets[] = { { -1e300, 0.1, 0 }, { 0.5, 0.75, 2.5 } };

  tfv_summary_writer_add_histogram (writer, "sample/values", values, G_N_ELEMENTS (values), 1);
  tfv_summary_writer_add_histogram_buckets (writer, "sample/with-gap", buckets, G_N_ELEMENTS (buckets), 2);
}

static const char *const columns[] = { TFV_RECORD_TAG_COLUMNS, "count", "min", "max", "sum", "sum_squares", "buckets", NULL };

const TfvRecordClass tfv_record_histogram = {
  .kind = TFV_RECORD_HISTOGRAM,
  .name = "histogram",
  .plugin = PLUGIN,
  .columns = columns,
  .dump = dump,
  .write_sample = write_sample,
  .sample = ".,sample/values,1,*,4,0,3,5,11,[[0,0.75,1],[0.75,1.5,2],[1.5,2.25,0],[2.25,3,1]]\n"
            ".,sample/with-gap,2,*,2.5,0.5,0.75,nan,nan,[[-1e+300,0.1,0],[0.5,0.75,2.5]]\n",
};
