/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/plot/tfv-run-color.h"

/* Found by searching around Okabe and Ito's hues for colours that stay apart for
 * protanopes and deuteranopes too, each with at least 3:1 against a card of its
 * scheme. tests/viewer/test-palette.c holds both. */
static const guint32 light[TFV_RUN_COLOR_N_HUES] = {
  0x0482e5, /* blue */
  0xa52500, /* rust */
  0x26a868, /* green */
  0xdb0889, /* magenta */
  0x06a0c9, /* sky */
  0xd77d00, /* amber */
  0x761ce8, /* violet */
  0x3c3c3c, /* grey */
};

static const guint32 dark_scheme[TFV_RUN_COLOR_N_HUES] = {
  0x557fcd, /* blue */
  0xe2602f, /* rust */
  0x34de8f, /* green */
  0xcf6a94, /* magenta */
  0xa2caff, /* sky */
  0xeccd39, /* amber */
  0x7f70ff, /* violet */
  0xe4e4e4, /* grey */
};

static void
mix (TfvColor *color, double towards, double amount)
{
  color->red += (towards - color->red) * amount;
  color->green += (towards - color->green) * amount;
  color->blue += (towards - color->blue) * amount;
}

/**
 * tfv_run_color_get: (skip)
 * @index: number of the run, from 0, in the order in which runs turned up
 * @dark: whether it is drawn on a dark ground
 * @color: (out): the colour
 *
 * The colour of a run. After all hues were given once, they come again in two
 * more shades.
 */
void
tfv_run_color_get (guint index, gboolean dark, TfvColor *color)
{
  guint32 rgb = (dark ? dark_scheme : light)[index % TFV_RUN_COLOR_N_HUES];
  guint   round = index / TFV_RUN_COLOR_N_HUES % 3;

  *color = (TfvColor){ (rgb >> 16 & 0xff) / 255.0, (rgb >> 8 & 0xff) / 255.0, (rgb & 0xff) / 255.0, 1 };
  /* Away from the ground, so that contrast only grows; then a little towards it. */
  if (round == 1)
    mix (color, dark ? 1 : 0, 0.28);
  else if (round == 2)
    mix (color, dark ? 0 : 1, 0.30);
}
