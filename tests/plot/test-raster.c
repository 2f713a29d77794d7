/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/plot/tfv-raster.h"

#include "curves.h"

#define WIDTH 83
#define HEIGHT 61
#define N_LAYERS 9

/* Rounding, once a layer. */
#define TOLERANCE (N_LAYERS + 1)

static double
uniform (guint64 *seed)
{
  return (noise (seed) + 1) / 2;
}

/* Lines and bands of all heights, some out of sight, some with holes. */
static void
fill (TfvEnvelope *envelope, guint n_sub, guint64 *seed)
{
  double middle = uniform (seed) * HEIGHT;
  double size = pow (uniform (seed), 3) * HEIGHT;

  tfv_envelope_init (envelope, WIDTH, n_sub);
  for (guint i = 0; i < envelope->n; i++)
    {
      middle += noise (seed) * 4 / n_sub;
      if (uniform (seed) < 0.05)
        continue;
      envelope->top[i] = (float) (middle - size * uniform (seed) - 0.6);
      envelope->bottom[i] = (float) (middle + size * uniform (seed) + 0.6);
    }
}

/* How much of a pixel an envelope covers. */
static double
coverage_of (const TfvEnvelope *envelope, guint x, guint y)
{
  double sum = 0;

  for (guint s = 0; s < envelope->n_sub; s++)
    {
      double top = envelope->top[x * envelope->n_sub + s];
      double bottom = envelope->bottom[x * envelope->n_sub + s];

      sum += MAX (MIN (bottom, y + 1.0) - MAX (top, (double) y), 0);
    }
  return sum / envelope->n_sub;
}

/* Every pixel for itself, every layer over those before it. */
static void
expect_pixel (const TfvRasterLayer *layers, guint x, guint y, double *channels)
{
  for (guint c = 0; c < 4; c++)
    channels[c] = 0;
  for (guint i = 0; i < N_LAYERS; i++)
    {
      double alpha = coverage_of (layers[i].envelope, x, y) * layers[i].alpha;
      double source[] = { layers[i].blue * alpha, layers[i].green * alpha, layers[i].red * alpha, alpha };

      for (guint c = 0; c < 4; c++)
        channels[c] = source[c] * 255 + channels[c] * (1 - alpha);
    }
}

static void
check_picture (guint n_sub, gboolean is_clear, guint64 seed)
{
  TfvEnvelope      envelopes[N_LAYERS];
  TfvRasterLayer   layers[N_LAYERS];
  gint             stop = 0;
  cairo_surface_t *picture;

  for (guint i = 0; i < N_LAYERS; i++)
    {
      fill (&envelopes[i], n_sub, &seed);
      layers[i] = (TfvRasterLayer){ &envelopes[i], uniform (&seed), uniform (&seed), uniform (&seed), is_clear && i % 2 == 0 ? 0.3 : 1 };
    }
  picture = tfv_raster_draw (layers, N_LAYERS, WIDTH, HEIGHT, &stop);
  for (guint y = 0; y < HEIGHT; y++)
    for (guint x = 0; x < WIDTH; x++)
      {
        const guint32 *row = (const guint32 *) (cairo_image_surface_get_data (picture) + (gsize) y * cairo_image_surface_get_stride (picture));
        double         channels[4];

        expect_pixel (layers, x, y, channels);
        for (guint c = 0; c < 4; c++)
          g_assert_cmpfloat_with_epsilon ((double) (row[x] >> 8 * c & 255), channels[c], TOLERANCE);
      }
  cairo_surface_destroy (picture);
  for (guint i = 0; i < N_LAYERS; i++)
    tfv_envelope_clear (&envelopes[i]);
}

static void
test_reference (void)
{
  for (guint64 seed = 1; seed < 40; seed++)
    for (guint n_sub = 1; n_sub <= 8; n_sub *= 2)
      {
        check_picture (n_sub, FALSE, seed);
        check_picture (n_sub, TRUE, seed);
      }
}

/* What is drawn does not depend on who had time to draw it. */
static void
test_repeatable (void)
{
  guint64          seed = 5;
  gint             stop = 0;
  TfvEnvelope      envelope;
  TfvRasterLayer   layer = { &envelope, 1, 0.5, 0, 0.7 };
  cairo_surface_t *first;

  fill (&envelope, 2, &seed);
  first = tfv_raster_draw (&layer, 1, WIDTH, HEIGHT, &stop);
  for (guint round = 0; round < 20; round++)
    {
      cairo_surface_t *again = tfv_raster_draw (&layer, 1, WIDTH, HEIGHT, &stop);
      gsize            n_bytes = (gsize) cairo_image_surface_get_stride (first) * HEIGHT;

      g_assert_cmpmem (cairo_image_surface_get_data (first), n_bytes, cairo_image_surface_get_data (again), n_bytes);
      cairo_surface_destroy (again);
    }
  cairo_surface_destroy (first);
  tfv_envelope_clear (&envelope);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot/raster/draws-what-each-pixel-shows", test_reference);
  g_test_add_func ("/plot/raster/draws-the-same-every-time", test_repeatable);
  return g_test_run ();
}
