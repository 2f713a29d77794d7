/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>

#include "summaries/tfv-pr-curve.h"
#include "summaries/tfv-record-class-private.h"
#include "summaries/tfv-summary-payload-private.h"

extern const TfvRecordClass tfv_record_pr_curve;

#define PLUGIN "pr_curves"
#define PLUGIN_N_THRESHOLDS 2
#define TENSOR_CONTENT 4
#define N_ROWS 6

/* TensorBoard's: what keeps nothing from being divided by nothing. */
#define LEAST 1e-7

static void
append_row (GByteArray *content, const TfvPrPoint *points, gsize n_points, gsize offset)
{
  for (gsize i = 0; i < n_points; i++)
    {
      double value = G_STRUCT_MEMBER (double, &points[i], offset);

      tfv_message_append_doubles (content, &value, 1);
    }
}

/**
 * tfv_summary_writer_add_pr_curve_points:
 * @self: a writer
 * @tag: name of the record, UTF-8
 * @points: (array length=n_points): what thresholds at equal distances from 0 to 1
 *   make of the predictions
 * @n_points: how many there are
 * @step: the training step
 *
 * Logs a precision and recall curve that was worked out already, with the time of
 * the call. Any thread.
 */
void
tfv_summary_writer_add_pr_curve_points (TfvSummaryWriter *self, const char *tag, const TfvPrPoint *points, gsize n_points, gint64 step)
{
  const gint64 dimensions[] = { N_ROWS, (gint64) n_points };
  GByteArray  *tensor, *content, *plugin;

  g_return_if_fail (TFV_IS_SUMMARY_WRITER (self) && tag != NULL && (points != NULL || n_points == 0));

  content = g_byte_array_new ();
  append_row (content, points, n_points, G_STRUCT_OFFSET (TfvPrPoint, true_positives));
  append_row (content, points, n_points, G_STRUCT_OFFSET (TfvPrPoint, false_positives));
  append_row (content, points, n_points, G_STRUCT_OFFSET (TfvPrPoint, true_negatives));
  append_row (content, points, n_points, G_STRUCT_OFFSET (TfvPrPoint, false_negatives));
  append_row (content, points, n_points, G_STRUCT_OFFSET (TfvPrPoint, precision));
  append_row (content, points, n_points, G_STRUCT_OFFSET (TfvPrPoint, recall));
  tensor = tfv_message_new_tensor (DT_DOUBLE, 2, dimensions);
  tfv_message_add_message (tensor, TENSOR_CONTENT, content);
  plugin = g_byte_array_new ();
  tfv_message_add_varint (plugin, PLUGIN_N_THRESHOLDS, n_points);
  tfv_summary_writer_add_value (self, TFV_RECORD_PR_CURVE, tag, step, tfv_summary_value_new (tag, TFV_VALUE_TENSOR, tensor, PLUGIN, plugin));
}

/**
 * tfv_summary_writer_add_pr_curve:
 * @self: a writer
 * @tag: name of the record, UTF-8
 * @labels: (array length=n_predictions): what is true: 0 negative, else positive
 * @predictions: (array length=n_predictions): how likely each is a positive, from 0 to 1
 * @n_predictions: how many there are
 * @n_thresholds: how many thresholds to try, at equal distances from 0 to 1; at least 2
 * @step: the training step
 *
 * Logs how precision and recall depend on the threshold above which a prediction
 * counts as positive, with the time of the call. A prediction that is NaN counts as
 * 0. Any thread.
 */
void
tfv_summary_writer_add_pr_curve (TfvSummaryWriter *self, const char *tag, const guint8 *labels, const double *predictions, gsize n_predictions, guint n_thresholds, gint64 step)
{
  g_autofree TfvPrPoint *points = NULL;
  double                 n_positives = 0, n_negatives = 0;

  g_return_if_fail (TFV_IS_SUMMARY_WRITER (self) && tag != NULL && ((labels != NULL && predictions != NULL) || n_predictions == 0));
  g_return_if_fail (n_thresholds >= 2);

  /* Those between two thresholds are counted first, and then summed from above. */
  points = g_new0 (TfvPrPoint, n_thresholds);
  for (gsize i = 0; i < n_predictions; i++)
    {
      double prediction = predictions[i] > 0 ? fmin (predictions[i], 1) : 0;
      guint  threshold = (guint) floor (prediction * (n_thresholds - 1));

      if (labels[i] != 0)
        points[threshold].true_positives++;
      else
        points[threshold].false_positives++;
    }
  for (guint i = n_thresholds; i-- > 0;)
    {
      n_positives = points[i].true_positives += n_positives;
      n_negatives = points[i].false_positives += n_negatives;
    }
  for (guint i = 0; i < n_thresholds; i++)
    {
      TfvPrPoint *point = &points[i];

      point->true_negatives = n_negatives - point->false_positives;
      point->false_negatives = n_positives - point->true_positives;
      point->precision = point->true_positives / fmax (LEAST, point->true_positives + point->false_positives);
      point->recall = point->true_positives / fmax (LEAST, n_positives);
    }
  tfv_summary_writer_add_pr_curve_points (self, tag, points, n_thresholds, step);
}

/* A number of a curve, of the type that it was stored in. */
static TfvRecordValue
make_value (const TfvPrCurve *curve, double number)
{
  return curve->is_float32 ? tfv_record_float ((float) number) : tfv_record_double (number);
}

/* A row for each threshold. */
static gboolean
tell (const TfvStoredRecord *record, const TfvRecordSink *sink, GError **error)
{
  g_autoptr (TfvPrCurve) curve = tfv_pr_curve_decode (record->bytes, error);
  TfvRecordValue         values[11];

  if (curve == NULL)
    return FALSE;

  tfv_record_fill_tag_values (record, values);
  for (guint i = 0; i < curve->n_points; i++)
    {
      const TfvPrPoint *point = &curve->points[i];

      values[4] = tfv_record_double (curve->n_points > 1 ? (double) i / (curve->n_points - 1) : 0);
      values[5] = make_value (curve, point->true_positives);
      values[6] = make_value (curve, point->false_positives);
      values[7] = make_value (curve, point->true_negatives);
      values[8] = make_value (curve, point->false_negatives);
      values[9] = make_value (curve, point->precision);
      values[10] = make_value (curve, point->recall);
      sink->func (values, sink->user_data);
    }
  return TRUE;
}

static gboolean
dump (TfvRun *run, const TfvRecordFilter *filter, TfvRecordFunc func, gpointer user_data, GError **error)
{
  TfvRecordSink sink = { filter, func, user_data };

  return tfv_record_decode_each (run, TFV_RECORD_PR_CURVE, tell, &sink, error);
}

static void
write_sample (TfvSummaryWriter *writer)
{
  const guint8 labels[] = { 1, 0, 1, 0 };
  const double predictions[] = { 0.9, 0.6, 0.4, 0.1 };

  tfv_summary_writer_add_pr_curve (writer, "sample/curve", labels, predictions, G_N_ELEMENTS (labels), 3, 1);
}

static const char *const columns[] = { TFV_RECORD_TAG_COLUMNS, "threshold", "true_positives", "false_positives", "true_negatives", "false_negatives", "precision", "recall", NULL };

const TfvRecordClass tfv_record_pr_curve = {
  .kind = TFV_RECORD_PR_CURVE,
  .name = "pr-curve",
  .plugin = PLUGIN,
  .columns = columns,
  .dump = dump,
  .write_sample = write_sample,
  .sample = ".,sample/curve,1,*,0,2,2,0,0,0.5,1\n"
            ".,sample/curve,1,*,0.5,1,1,1,1,0.5,0.5\n"
            ".,sample/curve,1,*,1,0,0,2,2,0,0\n",
};
