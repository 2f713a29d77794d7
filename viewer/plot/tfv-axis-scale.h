/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <math.h>

G_BEGIN_DECLS

/**
 * TfvAxisScale:
 * @TFV_AXIS_LINEAR: a value stands at itself
 * @TFV_AXIS_LOG: a value stands at its decimal logarithm; zero and what is below it
 *   has no place
 * @TFV_AXIS_SYMLOG: logarithmic on both sides of zero and linear around it: a value
 *   stands at the decimal logarithm of 1 + |value|, with its sign, so that every
 *   number has a place and the axis no kink
 *
 * Where values stand on an axis. Places are what layouts and viewports hold.
 */
typedef enum
{
  TFV_AXIS_LINEAR,
  TFV_AXIS_LOG,
  TFV_AXIS_SYMLOG,
} TfvAxisScale;

/* The place of a value; not finite where it has none. */
static inline double
tfv_axis_scale_place (TfvAxisScale scale, double value)
{
  switch (scale)
    {
    case TFV_AXIS_LOG:
      return value > 0 ? log10 (value) : NAN;
    case TFV_AXIS_SYMLOG:
      return copysign (log1p (fabs (value)) * (1 / G_LN10), value);
    case TFV_AXIS_LINEAR:
    default:
      return value;
    }
}

/* The value at a place. */
static inline double
tfv_axis_scale_value (TfvAxisScale scale, double place)
{
  switch (scale)
    {
    case TFV_AXIS_LOG:
      return pow (10, place);
    case TFV_AXIS_SYMLOG:
      return copysign (expm1 (fabs (place) * G_LN10), place);
    case TFV_AXIS_LINEAR:
    default:
      return place;
    }
}

G_END_DECLS
