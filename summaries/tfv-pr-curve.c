/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-pr-curve.h"

#include "summaries/tfv-array.h"
#include "summaries/tfv-error.h"
#include "summaries/tfv-summary-payload-private.h"

#define N_ROWS 6

G_DEFINE_BOXED_TYPE (TfvPrCurve, tfv_pr_curve, tfv_pr_curve_ref, tfv_pr_curve_unref)

static void
clear_curve (gpointer data)
{
  TfvPrCurve *self = data;

  g_free (self->points);
}

/**
 * tfv_pr_curve_ref:
 * @self: a curve
 *
 * Takes a reference. Any thread.
 *
 * Returns: (transfer full): @self
 */
TfvPrCurve *
tfv_pr_curve_ref (TfvPrCurve *self)
{
  return g_atomic_rc_box_acquire (self);
}

/**
 * tfv_pr_curve_unref:
 * @self: (transfer full): a curve
 *
 * Gives a reference back. Any thread.
 */
void
tfv_pr_curve_unref (TfvPrCurve *self)
{
  g_atomic_rc_box_release_full (self, clear_curve);
}

/**
 * tfv_pr_curve_decode:
 * @record: a record as [method@Tfv.Tag.read_record] gives it, of a tag of kind
 *   %TFV_RECORD_PR_CURVE; or a `TensorProto` of shape [6, n]
 * @error: return location for a [error@Tfv.StoreError]
 *
 * Reads a curve. Any thread.
 *
 * Returns: (transfer full): the curve, or %NULL when the record is damaged
 */
TfvPrCurve *
tfv_pr_curve_decode (GBytes *record, GError **error)
{
  g_autoptr (TfvArray) array = NULL;
  TfvPrCurve          *self;

  g_return_val_if_fail (record != NULL, NULL);

  array = tfv_array_decode (record, error);
  if (array == NULL)
    return NULL;
  if (array->n_dimensions != 2 || array->dimensions[0] != N_ROWS || array->dimensions[1] > G_MAXINT32)
    {
      g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_CORRUPT, "a precision and recall curve that is no tensor of six rows");
      return NULL;
    }

  self = g_atomic_rc_box_new0 (TfvPrCurve);
  self->n_points = (guint) array->dimensions[1];
  self->is_float32 = array->type == DT_FLOAT;
  self->points = g_new (TfvPrPoint, self->n_points);
  for (gsize i = 0; i < self->n_points; i++)
    self->points[i] = (TfvPrPoint){
      .true_positives = tfv_array_get_double (array, i),
      .false_positives = tfv_array_get_double (array, self->n_points + i),
      .true_negatives = tfv_array_get_double (array, 2 * (gsize) self->n_points + i),
      .false_negatives = tfv_array_get_double (array, 3 * (gsize) self->n_points + i),
      .precision = tfv_array_get_double (array, 4 * (gsize) self->n_points + i),
      .recall = tfv_array_get_double (array, 5 * (gsize) self->n_points + i),
    };
  return self;
}

/**
 * tfv_pr_curve_get_point:
 * @self: a curve
 * @index: which threshold, below the curve's `n_points`
 * @point: (out caller-allocates): what it makes of the predictions
 *
 * One point, for languages that can't read @self's array of them. Any thread.
 */
void
tfv_pr_curve_get_point (TfvPrCurve *self, guint index, TfvPrPoint *point)
{
  g_return_if_fail (self != NULL && index < self->n_points && point != NULL);

  *point = self->points[index];
}
