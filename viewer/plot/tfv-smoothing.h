/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <math.h>

G_BEGIN_DECLS

/**
 * TfvSmoother:
 *
 * The state of TensorBoard's smoothing after some points: an exponential moving
 * average that is divided by 1 - weight^n, so that it does not start at zero.
 */
typedef struct
{
  double   weight;
  double   last;
  guint64  n;
  gboolean debiased;
} TfvSmoother;

#define TFV_SMOOTHER_INIT(w) ((TfvSmoother){ .weight = (w) })

/* The expression is TensorBoard's own, operation by operation, so that the
 * result has the same bits; the library is built without FMA contraction. Once
 * weight^n is lost in rounding, the divisor stays exactly 1 and pow() is saved. */
static inline double
tfv_smoother_next (TfvSmoother *self, double y)
{
  double divisor;

  if (!isfinite (y))
    return y;

  self->last = self->last * self->weight + (1.0 - self->weight) * y;
  self->n++;
  if (self->debiased || self->weight == 1.0)
    return self->last;

  divisor = 1.0 - pow (self->weight, (double) self->n);
  self->debiased = divisor == 1.0;
  return self->last / divisor;
}

G_END_DECLS
