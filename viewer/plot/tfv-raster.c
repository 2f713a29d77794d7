/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/plot/tfv-raster.h"

#include <string.h>

#include "viewer/plot/tfv-simd-private.h"

#define TILE 16

/* Rows that a layer covers in one pixel column: [top, bottom) partly, of which
 * [full_top, full_bottom) wholly. */
typedef struct
{
  int top;
  int bottom;
  int full_top;
  int full_bottom;
} Rows;

static Rows
rows_of (const TfvEnvelope *envelope, guint column, int height)
{
  const float *top = envelope->top + (gsize) column * envelope->n_sub;
  const float *bottom = envelope->bottom + (gsize) column * envelope->n_sub;
  float        least = top[0], most = bottom[0], inner_top = top[0], inner_bottom = bottom[0];
  Rows         rows = { 0 };

  for (guint s = 1; s < envelope->n_sub; s++)
    {
      least = MIN (least, top[s]);
      inner_top = MAX (inner_top, top[s]);
      most = MAX (most, bottom[s]);
      inner_bottom = MIN (inner_bottom, bottom[s]);
    }
  if (!(least < most) || least >= (float) height || most <= 0)
    return rows;
  rows.top = (int) floorf (MAX (least, 0));
  rows.bottom = (int) ceilf (MIN (most, (float) height));
  rows.full_top = rows.full_bottom = rows.bottom;
  if (inner_top < inner_bottom && inner_top < (float) height && inner_bottom > 0)
    {
      int full_top = (int) ceilf (MAX (inner_top, 0));
      int full_bottom = (int) floorf (MIN (inner_bottom, (float) height));

      if (full_top < full_bottom)
        {
          rows.full_top = full_top;
          rows.full_bottom = full_bottom;
        }
    }
  return rows;
}

TFV_SIMD static void
blend_run (guint32 *restrict pixels, int n, guint32 source, guint32 rest)
{
  for (int i = 0; i < n; i++)
    {
      guint32 even = (pixels[i] & 0x00ff00ffu) * rest + 0x00800080u;
      guint32 odd = ((pixels[i] >> 8) & 0x00ff00ffu) * rest + 0x00800080u;

      even = ((even + ((even >> 8) & 0x00ff00ffu)) >> 8) & 0x00ff00ffu;
      odd = (odd + ((odd >> 8) & 0x00ff00ffu)) & 0xff00ff00u;
      pixels[i] = source + (even | odd);
    }
}

TFV_SIMD static void
fill_run (guint32 *pixels, int n, guint32 source)
{
  for (int i = 0; i < n; i++)
    pixels[i] = source;
}

static guint32
premultiplied (const TfvRasterLayer *layer, double alpha)
{
  guint32 a = (guint32) (alpha * 255 + 0.5);
  guint32 r = (guint32) (layer->red * alpha * 255 + 0.5);
  guint32 g = (guint32) (layer->green * alpha * 255 + 0.5);
  guint32 b = (guint32) (layer->blue * alpha * 255 + 0.5);

  return a << 24 | r << 16 | g << 8 | b;
}

/* Where the coverage of a column changes from row to row: a span adds its part
 * of the row it begins in and what is missing of a whole one in the next. */
static void
add_edge (float *change, float y, int first, int last, float sign)
{
  float at = CLAMP (y, (float) first, (float) last);
  int   row = (int) at;
  float part = at - (float) row;

  change[row] += sign * (1 - part);
  change[row + 1] += sign * part;
}

static void
draw_partial (guint32 *pixels, const guint32 *shades, float *change, float *coverage, int from, int to)
{
  float sum = *coverage;

  for (int row = from; row < to; row++)
    {
      guint32 shade;

      sum += change[row];
      change[row] = 0;
      shade = shades[(guint) (CLAMP (sum, 0, 1) * 255 + 0.5f)];
      if (shade != 0)
        blend_run (pixels + row, 1, shade, 255 - (shade >> 24));
    }
  *coverage = sum;
}

static void
draw_column (guint32 *pixels, int height, const TfvRasterLayer *layer, const guint32 *shades, guint column, Rows rows, float *change)
{
  const TfvEnvelope *envelope = layer->envelope;
  float              weight = 1.0f / (float) envelope->n_sub;
  float              coverage = 0;

  for (guint s = 0; s < envelope->n_sub; s++)
    {
      float top = envelope->top[(gsize) column * envelope->n_sub + s];
      float bottom = envelope->bottom[(gsize) column * envelope->n_sub + s];

      if (top < bottom && top < (float) height && bottom > 0)
        {
          add_edge (change, top, 0, height, weight);
          add_edge (change, bottom, 0, height, -weight);
        }
    }
  draw_partial (pixels, shades, change, &coverage, rows.top, rows.full_top);
  if (rows.full_top < rows.full_bottom)
    {
      guint32 shade = shades[255];

      if (shade >> 24 == 255)
        fill_run (pixels + rows.full_top, rows.full_bottom - rows.full_top, shade);
      else
        blend_run (pixels + rows.full_top, rows.full_bottom - rows.full_top, shade, 255 - (shade >> 24));
      coverage = 1;
      change[rows.full_top] = 0;
    }
  draw_partial (pixels, shades, change, &coverage, rows.full_bottom, rows.bottom);
  change[rows.bottom] = change[rows.bottom + 1] = 0;
}

static void
transpose (const guint32 *columns, guint width, guint height, guint8 *data, int stride)
{
  for (guint y0 = 0; y0 < height; y0 += TILE)
    for (guint x0 = 0; x0 < width; x0 += TILE)
      for (guint y = y0; y < MIN (y0 + TILE, height); y++)
        {
          guint32 *row = (guint32 *) (data + (gsize) y * stride);

          for (guint x = x0; x < MIN (x0 + TILE, width); x++)
            row[x] = columns[(gsize) x * height + y];
        }
}

/* Finds from front to back which layers show in a column at all. */
static guint
find_visible (const TfvRasterLayer *layers, guint n_layers, guint column, int height, Rows *rows, guint *visible)
{
  int   hidden_top = 0;
  int   hidden_bottom = 0;
  guint n = 0;

  for (guint i = n_layers; i-- > 0;)
    {
      rows[i] = rows_of (layers[i].envelope, column, height);
      if (rows[i].top >= rows[i].bottom || (rows[i].top >= hidden_top && rows[i].bottom <= hidden_bottom))
        continue;
      visible[n++] = i;
      if (layers[i].alpha < 1 || rows[i].full_top >= rows[i].full_bottom)
        continue;
      if (rows[i].full_top <= hidden_bottom && rows[i].full_bottom >= hidden_top && hidden_top < hidden_bottom)
        {
          hidden_top = MIN (hidden_top, rows[i].full_top);
          hidden_bottom = MAX (hidden_bottom, rows[i].full_bottom);
        }
      else if (rows[i].full_bottom - rows[i].full_top > hidden_bottom - hidden_top)
        {
          hidden_top = rows[i].full_top;
          hidden_bottom = rows[i].full_bottom;
        }
    }
  return n;
}

/**
 * tfv_raster_draw:
 * @layers: (array length=n_layers): the curves, the front one last
 * @n_layers: how many
 * @width: width in pixels, that of all envelopes
 * @height: height in pixels
 * @stop: becomes non-zero when the picture is no longer wanted
 *
 * Draws curves column by column, anti-aliased, on a clear ground. Layers that
 * others hide wholly in a column cost nothing there.
 *
 * Returns: (transfer full) (nullable): an ARGB32 image, %NULL if it was stopped
 */
cairo_surface_t *
tfv_raster_draw (const TfvRasterLayer *layers, guint n_layers, guint width, guint height, const gint *stop)
{
  cairo_surface_t    *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, (int) width, (int) height);
  g_autofree guint32 *columns = g_new0 (guint32, (gsize) width * height);
  g_autofree          guint32 (*shades)[256] = g_malloc_n (n_layers + 1, sizeof *shades);
  g_autofree float   *change = g_new0 (float, height + 3);
  g_autofree Rows    *rows = g_new (Rows, n_layers + 1);
  g_autofree guint   *visible = g_new (guint, n_layers + 1);

  for (guint i = 0; i < n_layers; i++)
    for (guint c = 0; c < 256; c++)
      shades[i][c] = premultiplied (&layers[i], layers[i].alpha * c / 255);

  for (guint x = 0; x < width; x++)
    {
      guint n = find_visible (layers, n_layers, x, (int) height, rows, visible);

      while (n-- > 0)
        draw_column (columns + (gsize) x * height, (int) height, &layers[visible[n]], shades[visible[n]], x, rows[visible[n]], change);
      if ((x & 31) == 0 && g_atomic_int_get (stop))
        {
          cairo_surface_destroy (surface);
          return NULL;
        }
    }
  cairo_surface_flush (surface);
  transpose (columns, width, height, cairo_image_surface_get_data (surface), cairo_image_surface_get_stride (surface));
  cairo_surface_mark_dirty (surface);
  return surface;
}
