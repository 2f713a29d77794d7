/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>

#include "viewer/tfv-palette.h"

/* Grounds of cards in libadwaita: white, and #363636. */
#define LIGHT_GROUND 1.0
#define DARK_GROUND (0x36 / 255.0)

static double
linear (double c)
{
  return c <= 0.04045 ? c / 12.92 : pow ((c + 0.055) / 1.055, 2.4);
}

static double
luminance (const GdkRGBA *color)
{
  return 0.2126 * linear (color->red) + 0.7152 * linear (color->green) + 0.0722 * linear (color->blue);
}

static double
contrast (double a, double b)
{
  return (MAX (a, b) + 0.05) / (MIN (a, b) + 0.05);
}

/* How a colour looks to protanopes and deuteranopes (Viénot, Brettel and Mollon
 * 1999), then as CIE L*a*b*. */
typedef enum
{
  NORMAL,
  PROTANOPE,
  DEUTERANOPE,
  N_VISIONS,
} Vision;

static void
to_lab (const GdkRGBA *color, Vision vision, double lab[3])
{
  static const double matrices[N_VISIONS][2][3] = {
    [NORMAL] = { { 1, 0, 0 }, { 0, 1, 0 } },
    [PROTANOPE] = { { 0.11238, 0.88762, 0 }, { 0.11238, 0.88762, 0 } },
    [DEUTERANOPE] = { { 0.29275, 0.70725, 0 }, { 0.29275, 0.70725, 0 } },
  };
  double rgb[3] = { linear (color->red), linear (color->green), linear (color->blue) };
  double seen[3];
  double xyz[3];
  double f[3];

  for (int i = 0; i < 2; i++)
    seen[i] = matrices[vision][i][0] * rgb[0] + matrices[vision][i][1] * rgb[1] + matrices[vision][i][2] * rgb[2];
  seen[2] = vision == NORMAL ? rgb[2] : CLAMP (0.00400 * rgb[0] - 0.00400 * rgb[1] + rgb[2], 0, 1);
  xyz[0] = (0.4124 * seen[0] + 0.3576 * seen[1] + 0.1805 * seen[2]) / 0.9505;
  xyz[1] = 0.2126 * seen[0] + 0.7152 * seen[1] + 0.0722 * seen[2];
  xyz[2] = (0.0193 * seen[0] + 0.1192 * seen[1] + 0.9505 * seen[2]) / 1.089;
  for (int i = 0; i < 3; i++)
    f[i] = xyz[i] > 0.008856 ? cbrt (xyz[i]) : 7.787 * xyz[i] + 16.0 / 116;
  lab[0] = 116 * f[1] - 16;
  lab[1] = 500 * (f[0] - f[1]);
  lab[2] = 200 * (f[1] - f[2]);
}

static double
difference (guint a, guint b, gboolean dark, Vision vision)
{
  GdkRGBA color_a;
  GdkRGBA color_b;
  double  lab_a[3];
  double  lab_b[3];

  tfv_palette_get (a, dark, &color_a);
  tfv_palette_get (b, dark, &color_b);
  to_lab (&color_a, vision, lab_a);
  to_lab (&color_b, vision, lab_b);
  return sqrt (pow (lab_a[0] - lab_b[0], 2) + pow (lab_a[1] - lab_b[1], 2) + pow (lab_a[2] - lab_b[2], 2));
}

static void
stands_out_from_the_ground (gconstpointer data)
{
  gboolean dark = GPOINTER_TO_INT (data);
  double   ground = dark ? linear (DARK_GROUND) : linear (LIGHT_GROUND);

  for (guint i = 0; i < 2 * TFV_PALETTE_N_HUES; i++)
    {
      GdkRGBA color;

      tfv_palette_get (i, dark, &color);
      g_test_message ("colour %u: %.2f : 1", i, contrast (luminance (&color), ground));
      g_assert_cmpfloat (contrast (luminance (&color), ground), >=, 3.0);
    }
}

static void
tells_runs_apart (gconstpointer data)
{
  gboolean dark = GPOINTER_TO_INT (data);

  for (guint a = 0; a < TFV_PALETTE_N_HUES; a++)
    for (guint b = 0; b < a; b++)
      for (int vision = 0; vision < N_VISIONS; vision++)
        {
          double d = difference (a, b, dark, (Vision) vision);

          g_test_message ("colours %u and %u, vision %d: %.1f", b, a, vision, d);
          g_assert_cmpfloat (d, >=, 20);
        }
}

static void
gives_different_shades_on_later_rounds (void)
{
  for (guint a = 0; a < 3 * TFV_PALETTE_N_HUES; a++)
    for (guint b = 0; b < a; b++)
      g_assert_cmpfloat (difference (a, b, FALSE, NORMAL), >, 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/viewer/palette/stands-out-from-a-light-ground", GINT_TO_POINTER (FALSE), stands_out_from_the_ground);
  g_test_add_data_func ("/viewer/palette/stands-out-from-a-dark-ground", GINT_TO_POINTER (TRUE), stands_out_from_the_ground);
  g_test_add_data_func ("/viewer/palette/tells-runs-apart-for-the-colour-blind", GINT_TO_POINTER (FALSE), tells_runs_apart);
  g_test_add_data_func ("/viewer/palette/tells-runs-apart-for-the-colour-blind-in-the-dark", GINT_TO_POINTER (TRUE), tells_runs_apart);
  g_test_add_func ("/viewer/palette/gives-different-shades-on-later-rounds", gives_different_shades_on_later_rounds);
  return g_test_run ();
}
