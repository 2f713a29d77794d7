/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "viewer/plot/tfv-axis-number.h"

G_BEGIN_DECLS

/**
 * TfvTick:
 * @at: where it is, a place of the axis
 * @is_minor: whether it only has a faint line
 * @label: its text, or empty
 *
 * One tick of an axis.
 */
typedef struct
{
  double   at;
  gboolean is_minor;
  char     label[TFV_AXIS_NUMBER_LENGTH];
} TfvTick;

double  tfv_ticks_step (double min, double max, guint n_wanted);
GArray *tfv_ticks_linear (double min, double max, guint n_wanted);
GArray *tfv_ticks_integer (double min, double max, guint n_wanted);
GArray *tfv_ticks_log10 (double min, double max, guint n_wanted);
GArray *tfv_ticks_symlog (double min, double max, guint n_wanted);
GArray *tfv_ticks_duration (double min, double max, guint n_wanted);
GArray *tfv_ticks_time (double min, double max, guint n_wanted, GTimeZone *zone);

G_END_DECLS
