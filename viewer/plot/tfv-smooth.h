/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * TfvSmoothKind:
 * @TFV_SMOOTH_TENSORBOARD: TensorBoard's exponential average; the amount is its
 *   weight, 0 to 0.999
 * @TFV_SMOOTH_TIME_WEIGHTED: an exponential average that forgets with x rather than
 *   with points; the amount is the distance in x after which a value counts half
 * @TFV_SMOOTH_RUNNING_MEAN: the mean of the points around; the amount is how many
 * @TFV_SMOOTH_GAUSSIAN: the mean of the points around, weighted by a bell curve; the
 *   amount is its standard deviation in points
 *
 * How a curve is made smooth. The first two look back only, the others both ways.
 */
typedef enum
{
  TFV_SMOOTH_TENSORBOARD,
  TFV_SMOOTH_TIME_WEIGHTED,
  TFV_SMOOTH_RUNNING_MEAN,
  TFV_SMOOTH_GAUSSIAN,
} TfvSmoothKind;

void tfv_smooth (TfvSmoothKind kind, double amount, const double *x, const double *y, gsize n, double *smoothed);

G_END_DECLS
