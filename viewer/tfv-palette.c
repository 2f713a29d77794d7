/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/tfv-palette.h"

/**
 * tfv_palette_get: (skip)
 * @index: number of the run, from 0, in the order in which runs turned up
 * @dark: whether it is drawn on a dark ground
 * @color: (out): the colour
 *
 * The colour of a run, as [func@Tfv.run_color_get] gives it, in GTK's terms.
 */
void
tfv_palette_get (guint index, gboolean dark, GdkRGBA *color)
{
  TfvColor own;

  tfv_run_color_get (index, dark, &own);
  *color = (GdkRGBA){ (float) own.red, (float) own.green, (float) own.blue, (float) own.alpha };
}
