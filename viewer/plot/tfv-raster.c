/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/plot/tfv-raster.h"

#include <string.h>

#include "viewer/plot/tfv-parallel.h"
#include "viewer/plot/tfv-simd-private.h"

#define TILE 16

/* What one thread draws at a time: columns whose pixels lie in whole cache lines. */
#define STRIP 64

/* So many columns of a layer are looked at together: their ends share cache lines. */
#define BLOCK 16

/* Rows that a layer covers in one pixel column: [top, bottom) partly, of which
 * [full_top, full_bottom) wholly. */
typedef struct
{
  gint32 top;
  gint32 bottom;
  gint32 full_top;
  gint32 full_bottom;
} Rows;

/* The colour of a layer, times its opacity: 255 for all there is. */
typedef struct
{
  float alpha;
  float red;
  float green;
  float blue;
} Shade;

/* A layer that shows in a column, and the rows in which others hide it. */
typedef struct
{
  guint layer;
  Rows  rows;
  int   hidden_top;
  int   hidden_bottom;
} Visible;

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

static inline guint32
blend (guint32 pixel, guint32 source, guint32 rest)
{
  guint32 even = (pixel & 0x00ff00ffu) * rest + 0x00800080u;
  guint32 odd = ((pixel >> 8) & 0x00ff00ffu) * rest + 0x00800080u;

  even = ((even + ((even >> 8) & 0x00ff00ffu)) >> 8) & 0x00ff00ffu;
  odd = (odd + ((odd >> 8) & 0x00ff00ffu)) & 0xff00ff00u;
  return source + (even | odd);
}

TFV_SIMD static void
blend_run (guint32 *restrict pixels, int n, guint32 source, guint32 rest)
{
  for (int i = 0; i < n; i++)
    pixels[i] = blend (pixels[i], source, rest);
}

TFV_SIMD static void
fill_run (guint32 *pixels, int n, guint32 source)
{
  for (int i = 0; i < n; i++)
    pixels[i] = source;
}

static Shade
shade_of (const TfvRasterLayer *layer)
{
  float alpha = (float) (layer->alpha * 255);

  return (Shade){ alpha, (float) layer->red * alpha, (float) layer->green * alpha, (float) layer->blue * alpha };
}

/* What is to be blended where a part of a pixel is covered; 255 steps are enough. */
static inline guint32
premultiplied (const Shade *shade, float coverage)
{
  float part = (float) (gint32) (coverage * 255 + 0.5f) * (1 / 255.0f);

  return (guint32) (gint32) (shade->alpha * part + 0.5f) << 24 | (guint32) (gint32) (shade->red * part + 0.5f) << 16 |
         (guint32) (gint32) (shade->green * part + 0.5f) << 8 | (guint32) (gint32) (shade->blue * part + 0.5f);
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

static inline void
draw_row (guint32 *pixels, const Shade *shade, const Visible *visible, int row, float coverage)
{
  guint32 source;

  if (row >= visible->hidden_top && row < visible->hidden_bottom)
    return;
  source = premultiplied (shade, CLAMP (coverage, 0, 1));
  if (source != 0)
    pixels[row] = blend (pixels[row], source, 255 - (source >> 24));
}

static void
draw_partial (guint32 *pixels, const Shade *shade, const Visible *visible, float *change, float *coverage, int from, int to)
{
  float sum = *coverage;

  for (int row = from; row < to; row++)
    {
      sum += change[row];
      change[row] = 0;
      draw_row (pixels, shade, visible, row, sum);
    }
  *coverage = sum;
}

static void
draw_run (guint32 *pixels, guint32 source, int from, int to)
{
  if (from >= to)
    return;
  if (source >> 24 == 255)
    fill_run (pixels + from, to - from, source);
  else
    blend_run (pixels + from, to - from, source, 255 - (source >> 24));
}

/* The rows that are covered wholly, but for what is hidden of them. */
static void
draw_full (guint32 *pixels, guint32 source, const Visible *visible)
{
  Rows rows = visible->rows;

  draw_run (pixels, source, rows.full_top, MIN (rows.full_bottom, MAX (visible->hidden_top, rows.full_top)));
  draw_run (pixels, source, MAX (rows.full_top, visible->hidden_bottom), rows.full_bottom);
}

/* Where a pixel is one column there is one span, whose ends tell it all. */
static void
draw_span (guint32 *pixels, const TfvEnvelope *envelope, const Shade *shade, guint column, const Visible *visible)
{
  float top = envelope->top[column];
  float bottom = envelope->bottom[column];
  Rows  rows = visible->rows;

  for (int row = rows.top; row < rows.full_top; row++)
    draw_row (pixels, shade, visible, row, MIN (bottom, (float) (row + 1)) - MAX (top, (float) row));
  draw_full (pixels, premultiplied (shade, 1), visible);
  for (int row = rows.full_bottom; row < rows.bottom; row++)
    draw_row (pixels, shade, visible, row, MIN (bottom, (float) (row + 1)) - MAX (top, (float) row));
}

static void
draw_column (guint32 *pixels, int height, const TfvEnvelope *envelope, const Shade *shade, guint column, const Visible *visible, float *change)
{
  float weight = 1.0f / (float) envelope->n_sub;
  float coverage = 0;
  Rows  rows = visible->rows;

  if (envelope->n_sub == 1)
    {
      draw_span (pixels, envelope, shade, column, visible);
      return;
    }
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
  draw_partial (pixels, shade, visible, change, &coverage, rows.top, rows.full_top);
  if (rows.full_top < rows.full_bottom)
    {
      draw_full (pixels, premultiplied (shade, 1), visible);
      coverage = 1;
      change[rows.full_top] = 0;
    }
  draw_partial (pixels, shade, visible, change, &coverage, rows.full_bottom, rows.bottom);
  change[rows.bottom] = change[rows.bottom + 1] = 0;
}

/* Columns from @left on, to rows. */
static void
transpose (const guint32 *columns, guint left, guint width, guint height, guint8 *data, int stride)
{
  for (guint y0 = 0; y0 < height; y0 += TILE)
    for (guint x0 = 0; x0 < width; x0 += TILE)
      for (guint y = y0; y < MIN (y0 + TILE, height); y++)
        {
          guint32 *row = (guint32 *) (data + (gsize) y * stride) + left;

          for (guint x = x0; x < MIN (x0 + TILE, width); x++)
            row[x] = columns[(gsize) x * height + y];
        }
}

/* Finds from front to back which layers show in a column at all, and where. Its rows
 * are those of all layers, the front one last. */
static guint
find_visible (const TfvRasterLayer *layers, guint n_layers, const Rows *rows_of_all, Visible *visible)
{
  int   hidden_top = 0;
  int   hidden_bottom = 0;
  guint n = 0;

  for (guint i = n_layers; i-- > 0;)
    {
      Rows rows = rows_of_all[i];

      if (rows.top >= rows.bottom || (rows.top >= hidden_top && rows.bottom <= hidden_bottom))
        continue;
      visible[n++] = (Visible){ i, rows, hidden_top, hidden_bottom };
      if (layers[i].alpha < 1 || rows.full_top >= rows.full_bottom)
        continue;
      if (rows.full_top <= hidden_bottom && rows.full_bottom >= hidden_top && hidden_top < hidden_bottom)
        {
          hidden_top = MIN (hidden_top, rows.full_top);
          hidden_bottom = MAX (hidden_bottom, rows.full_bottom);
        }
      else if (rows.full_bottom - rows.full_top > hidden_bottom - hidden_top)
        {
          hidden_top = rows.full_top;
          hidden_bottom = rows.full_bottom;
        }
    }
  return n;
}

/* What the threads have in common that draw one picture. */
typedef struct
{
  const TfvRasterLayer *layers;
  const Shade          *shades;
  guint                 n_layers;
  guint                 width;
  guint                 height;
  guint8               *data;
  int                   stride;
  const gint           *stop;
} Picture;

/* Room for one thread's work. */
typedef struct
{
  guint32 *columns;
  float   *change;
  Rows    *rows;
  Visible *visible;
} Desk;

static void
draw_block (const Picture *picture, const Desk *desk, guint left, guint width)
{
  guint n_layers = picture->n_layers;

  for (guint i = 0; i < n_layers; i++)
    for (guint x = 0; x < width; x++)
      desk->rows[(gsize) x * n_layers + i] = rows_of (picture->layers[i].envelope, left + x, (int) picture->height);
  for (guint x = 0; x < width; x++)
    {
      guint32 *pixels = desk->columns + (gsize) x * picture->height;

      for (guint n = find_visible (picture->layers, n_layers, desk->rows + (gsize) x * n_layers, desk->visible); n > 0; n--)
        {
          const Visible *visible = &desk->visible[n - 1];

          draw_column (pixels, (int) picture->height, picture->layers[visible->layer].envelope, &picture->shades[visible->layer], left + x, visible, desk->change);
        }
    }
  transpose (desk->columns, left, width, picture->height, picture->data, picture->stride);
}

static void
draw_strip (gpointer data, guint index)
{
  const Picture *picture = data;
  guint          end = MIN ((index + 1) * STRIP, picture->width);
  Desk           desk;

  if (g_atomic_int_get (picture->stop))
    return;
  desk.columns = g_new (guint32, (gsize) BLOCK * picture->height);
  desk.change = g_new0 (float, picture->height + 3);
  desk.rows = g_new (Rows, (gsize) BLOCK * picture->n_layers + 1);
  desk.visible = g_new (Visible, picture->n_layers + 1);
  for (guint left = index * STRIP; left < end; left += BLOCK)
    {
      memset (desk.columns, 0, (gsize) BLOCK * picture->height * sizeof *desk.columns);
      draw_block (picture, &desk, left, MIN (BLOCK, end - left));
    }
  g_free (desk.columns);
  g_free (desk.change);
  g_free (desk.rows);
  g_free (desk.visible);
}

/**
 * tfv_raster_draw:
 * @layers: (array length=n_layers): the curves, the front one last
 * @n_layers: how many
 * @width: width in pixels, that of all envelopes
 * @height: height in pixels
 * @stop: becomes non-zero when the picture is no longer wanted
 *
 * Draws curves column by column, anti-aliased, on a clear ground, with as many
 * threads as are free. Layers that others hide wholly in a column cost nothing there.
 *
 * Returns: (transfer full) (nullable): an ARGB32 image, %NULL if it was stopped
 */
cairo_surface_t *
tfv_raster_draw (const TfvRasterLayer *layers, guint n_layers, guint width, guint height, const gint *stop)
{
  cairo_surface_t  *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, (int) width, (int) height);
  g_autofree Shade *shades = g_new (Shade, n_layers + 1);
  Picture           picture = { layers, shades, n_layers, width, height, NULL, cairo_image_surface_get_stride (surface), stop };

  for (guint i = 0; i < n_layers; i++)
    shades[i] = shade_of (&layers[i]);
  cairo_surface_flush (surface);
  picture.data = cairo_image_surface_get_data (surface);
  tfv_parallel_run ((width + STRIP - 1) / STRIP, draw_strip, &picture);
  if (g_atomic_int_get (stop))
    {
      cairo_surface_destroy (surface);
      return NULL;
    }
  cairo_surface_mark_dirty (surface);
  return surface;
}
