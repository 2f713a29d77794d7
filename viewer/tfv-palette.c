/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/tfv-palette.h"

/* Hues after Okabe and Ito, and Tol: they stay apart for all common kinds of
 * colour blindness. Lightness is set for at least 3:1 against a white card and
 * against a dark one; tests/viewer/test-palette.c holds both. */
static const guint32 light[TFV_PALETTE_N_HUES] = {
  0x0072b2, /* blue */
  0xd9540b, /* vermilion */
  0x00967a, /* bluish green */
  0xc83c96, /* reddish purple */
  0x1f97c9, /* sky */
  0xb07c00, /* ochre */
  0x6a4ab5, /* violet */
  0x707070, /* grey */
};

static const guint32 dark_scheme[TFV_PALETTE_N_HUES] = {
  0x3d9be9, /* blue */
  0xff7a45, /* vermilion */
  0x22c3a0, /* bluish green */
  0xec6fc0, /* reddish purple */
  0x7fd4f7, /* sky */
  0xe6b93c, /* ochre */
  0xa78bfa, /* violet */
  0xb0b0b0, /* grey */
};

static void
mix (GdkRGBA *color, float towards, float amount)
{
  color->red += (towards - color->red) * amount;
  color->green += (towards - color->green) * amount;
  color->blue += (towards - color->blue) * amount;
}

/**
 * tfv_palette_get: (skip)
 * @index: number of the run, from 0, in the order in which runs turned up
 * @dark: whether it is drawn on a dark ground
 * @color: (out): the colour
 *
 * The colour of a run. After all hues were given once, they come again in two
 * more shades.
 */
void
tfv_palette_get (guint index, gboolean dark, GdkRGBA *color)
{
  guint32 rgb = (dark ? dark_scheme : light)[index % TFV_PALETTE_N_HUES];
  guint   round = index / TFV_PALETTE_N_HUES % 3;

  color->red = (float) (rgb >> 16 & 0xff) / 255;
  color->green = (float) (rgb >> 8 & 0xff) / 255;
  color->blue = (float) (rgb & 0xff) / 255;
  color->alpha = 1;
  /* Away from the ground, so that contrast only grows; then a little towards it. */
  if (round == 1)
    mix (color, dark ? 1 : 0, 0.45f);
  else if (round == 2)
    mix (color, dark ? 0 : 1, 0.22f);
}
