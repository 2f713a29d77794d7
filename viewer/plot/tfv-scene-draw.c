/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/plot/tfv-scene-private.h"

#include "viewer/plot/tfv-parallel.h"
#include "viewer/plot/tfv-raster.h"
#include "viewer/plot/tfv-text.h"

#define GRID_ALPHA 0.11
#define MINOR_GRID_ALPHA 0.05
#define AXIS_ALPHA 0.30
#define LABEL_ALPHA 0.68
#define LABEL_GAP 6.0

static void
set_color (cairo_t *cr, const TfvColor *color, double alpha)
{
  cairo_set_source_rgba (cr, color->red, color->green, color->blue, color->alpha * alpha);
}

double
tfv_scene_line_width (const TfvScene *self)
{
  return self->n_curves > 40 ? 1.25 : 1.5;
}

/* What lies behind a smoothed curve; on a dark ground less of it would be lost. */
double
tfv_scene_raw_opacity (const TfvScene *self)
{
  gboolean is_dark = self->foreground.red + self->foreground.green + self->foreground.blue > 1.5;

  return is_dark ? 0.36 : 0.26;
}

/* A line one logical pixel wide that lies on device pixels. */
static void
rule (cairo_t *cr, double scale, double x, double y, double width, double height)
{
  cairo_rectangle (cr, round (x * scale) / scale, round (y * scale) / scale, width, height);
}

static double
tick_x (const TfvSceneLayout *layout, double at)
{
  return layout->left + (at - layout->x0) / (layout->x1 - layout->x0) * layout->width;
}

static double
tick_y (const TfvSceneLayout *layout, double at)
{
  return layout->top + (layout->y1 - at) / (layout->y1 - layout->y0) * layout->height;
}

/* Draws the ground, the grid and the axis line. */
void
tfv_scene_draw_frame (const TfvScene *self, const TfvSceneLayout *layout, cairo_t *cr)
{
  if (self->background.alpha > 0)
    {
      set_color (cr, &self->background, 1);
      cairo_paint (cr);
    }
  for (guint minor = 0; minor < 2; minor++)
    {
      for (guint i = 0; i < layout->y_ticks->len; i++)
        {
          const TfvTick *tick = &g_array_index (layout->y_ticks, TfvTick, i);

          if (tick->is_minor == (minor == 0))
            rule (cr, self->scale, layout->left, tick_y (layout, tick->at) - 0.5, layout->width, 1);
        }
      for (guint i = 0; minor == 1 && i < layout->x_ticks->len; i++)
        rule (cr, self->scale, tick_x (layout, g_array_index (layout->x_ticks, TfvTick, i).at) - 0.5, layout->top, 1, layout->height);
      set_color (cr, &self->foreground, minor == 0 ? MINOR_GRID_ALPHA : GRID_ALPHA);
      cairo_fill (cr);
    }
  rule (cr, self->scale, layout->left, layout->top + layout->height, layout->width, 1);
  set_color (cr, &self->foreground, AXIS_ALPHA);
  cairo_fill (cr);
}

static void
draw_y_labels (const TfvScene *self, const TfvSceneLayout *layout, cairo_t *cr)
{
  double free_below = layout->top + layout->height + 1e3;

  for (guint i = 0; i < layout->y_ticks->len; i++)
    {
      const TfvTick *tick = &g_array_index (layout->y_ticks, TfvTick, i);
      double         width, height, y;

      if (tick->label[0] == '\0')
        continue;
      tfv_text_measure (self->font, tick->label, &width, &height);
      y = tick_y (layout, tick->at) - height / 2;
      if (y + height > free_below)
        continue;
      free_below = y + 1;
      cairo_move_to (cr, layout->left - LABEL_GAP - width, y);
      pango_cairo_show_layout (cr, tfv_text_layout (self->font, tick->label));
    }
}

static void
draw_x_labels (const TfvScene *self, const TfvSceneLayout *layout, cairo_t *cr)
{
  double free_after = 0;

  for (guint i = 0; i < layout->x_ticks->len; i++)
    {
      const TfvTick *tick = &g_array_index (layout->x_ticks, TfvTick, i);
      double         width, height, x;

      if (tick->label[0] == '\0')
        continue;
      tfv_text_measure (self->font, tick->label, &width, &height);
      x = tick_x (layout, tick->at) - width / 2;
      x = MAX (MIN (x, self->width - width - 1), 1);
      if (x < free_after)
        continue;
      free_after = x + width + LABEL_GAP;
      cairo_move_to (cr, x, layout->top + layout->height + LABEL_GAP);
      pango_cairo_show_layout (cr, tfv_text_layout (self->font, tick->label));
    }
}

/* Draws the labels of both axes and the title. */
void
tfv_scene_draw_labels (const TfvScene *self, const TfvSceneLayout *layout, cairo_t *cr)
{
  set_color (cr, &self->foreground, LABEL_ALPHA);
  draw_y_labels (self, layout, cr);
  draw_x_labels (self, layout, cr);
  if (self->title != NULL)
    {
      PangoFontDescription *bold = pango_font_description_from_string (self->font);
      g_autofree char      *font = NULL;
      g_autofree char      *title = NULL;

      pango_font_description_set_weight (bold, PANGO_WEIGHT_BOLD);
      pango_font_description_set_absolute_size (bold, pango_font_description_get_size (bold) * 1.2);
      font = pango_font_description_to_string (bold);
      pango_font_description_free (bold);
      title = tfv_text_elide (font, self->title, self->width - 16);
      set_color (cr, &self->foreground, 0.9);
      cairo_move_to (cr, 8, 8);
      pango_cairo_show_layout (cr, tfv_text_layout (font, title));
    }
}

static void
triangle (cairo_t *cr, double x, double y, double size, gboolean up)
{
  double sign = up ? -1 : 1;

  cairo_move_to (cr, x, y + sign * size);
  cairo_line_to (cr, x - size, y - sign * size * 0.75);
  cairo_line_to (cr, x + size, y - sign * size * 0.75);
  cairo_close_path (cr);
}

/* Draws points without a line and the marks of non-finite values; marks are in
 * units of 1 / scale from the context's origin. */
void
tfv_scene_draw_marks (const TfvScene *self, cairo_t *cr, const TfvColor *color, double alpha, const GArray *marks, double scale)
{
  for (guint i = 0; i < marks->len; i++)
    {
      const TfvMark *mark = &g_array_index (marks, TfvMark, i);
      double         x = mark->x / scale;
      double         y = mark->y / scale;

      switch (mark->kind)
        {
        case TFV_MARK_DOT:
          cairo_new_sub_path (cr);
          cairo_arc (cr, x, y, tfv_scene_line_width (self) * 1.8, 0, 2 * G_PI);
          break;
        case TFV_MARK_ABOVE:
          triangle (cr, x, y + 5, 4, TRUE);
          break;
        case TFV_MARK_BELOW:
          triangle (cr, x, y - 5, 4, FALSE);
          break;
        case TFV_MARK_NAN:
        default:
          triangle (cr, x, y, 4, TRUE);
          break;
        }
    }
  set_color (cr, color, alpha);
  cairo_fill (cr);
}

static guint
columns_a_pixel (const TfvScene *self, guint n_layers)
{
  guint fine = n_layers <= 6 ? 8 : n_layers <= 16 ? 4
                               : n_layers <= 48   ? 2
                                                  : 1;

  return MAX (1, self->scale >= 2 ? fine / 2 : fine);
}

static void
add_layers (GArray *layers, const TfvEnvelope *envelope, const TfvColor *color, double alpha)
{
  for (; envelope != NULL; envelope = envelope->next)
    {
      TfvRasterLayer layer = { envelope, color->red, color->green, color->blue, color->alpha * alpha };

      g_array_append_val (layers, layer);
    }
}

static void
paint_picture (const TfvScene *self, cairo_t *cr, cairo_surface_t *picture, const TfvSceneLayout *layout)
{
  cairo_surface_set_device_scale (picture, self->scale, self->scale);
  cairo_set_source_surface (cr, picture, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
  cairo_rectangle (cr, 0, 0, layout->width, layout->height);
  cairo_fill (cr);
}

/* What the threads have in common that find what curves cover. */
typedef struct
{
  const TfvScene *scene;
  TfvViewport     viewport;
  TfvEnvelope    *envelopes;
  guint           n_tracks;
  guint           n_sub;
  const gint     *stop;
} Covering;

/* The tracks that lie behind come first, then those before them. */
static void
find_envelope (gpointer data, guint index)
{
  const Covering *self = data;
  const TfvScene *scene = self->scene;
  guint           curve = index % scene->n_curves;
  gboolean        is_main = index / scene->n_curves + 1 == self->n_tracks;
  TfvEnvelope    *envelope = &self->envelopes[index];

  tfv_envelope_init (envelope, self->viewport.width, self->n_sub);
  if (g_atomic_int_get (self->stop))
    return;
  tfv_envelope_add_curve (envelope, scene->curves[curve].index, is_main ? tfv_scene_main_track (scene) : TFV_TRACK_RAW, &self->viewport, FALSE);
  tfv_envelope_widen (envelope, (float) (tfv_scene_line_width (scene) * scene->scale / 2));
}

static gboolean
draw_curves (const TfvScene *self, const TfvSceneLayout *layout, cairo_t *cr, const gint *stop)
{
  guint            n_tracks = self->smoothing > 0 ? 2 : 1;
  guint            n = n_tracks * self->n_curves;
  TfvViewport      viewport = { layout->x0, layout->x1, layout->y0, layout->y1, layout->x_scale, layout->y_scale, (guint) MAX (layout->width * self->scale, 1), (guint) MAX (layout->height * self->scale, 1) };
  TfvEnvelope     *envelopes = g_new0 (TfvEnvelope, n + 1);
  Covering         covering = { self, viewport, envelopes, n_tracks, columns_a_pixel (self, n), stop };
  GArray          *layers = g_array_new (FALSE, FALSE, sizeof (TfvRasterLayer));
  cairo_surface_t *picture;

  tfv_parallel_run (n, find_envelope, &covering);
  for (guint i = 0; i < n; i++)
    add_layers (layers, &envelopes[i], &self->curves[i % self->n_curves].color, i + self->n_curves >= n ? 1 : tfv_scene_raw_opacity (self));
  picture = tfv_raster_draw ((const TfvRasterLayer *) layers->data, layers->len, viewport.width, viewport.height, stop);
  if (picture != NULL)
    {
      cairo_save (cr);
      cairo_translate (cr, layout->left, layout->top);
      paint_picture (self, cr, picture, layout);
      cairo_rectangle (cr, -4, 0, layout->width + 8, layout->height);
      cairo_clip (cr);
      for (guint i = 0; i < self->n_curves; i++)
        tfv_scene_draw_marks (self, cr, &self->curves[i].color, 1, envelopes[n - self->n_curves + i].marks, self->scale);
      cairo_restore (cr);
      cairo_surface_destroy (picture);
    }
  for (guint i = 0; i < n; i++)
    tfv_envelope_clear (&envelopes[i]);
  g_free (envelopes);
  g_array_unref (layers);
  return picture != NULL;
}

/**
 * tfv_scene_render:
 * @self: a scene
 * @layout: its layout
 * @stop: becomes non-zero when the picture is no longer wanted
 *
 * Draws the scene into an image, for a screen. Any thread, also while others
 * draw other scenes.
 *
 * Returns: (transfer full) (nullable): an image of the scene's size and scale,
 *   RGB24 if the scene has an opaque ground and ARGB32 otherwise; %NULL if it was
 *   stopped
 */
cairo_surface_t *
tfv_scene_render (const TfvScene *self, const TfvSceneLayout *layout, const gint *stop)
{
  cairo_surface_t *surface = cairo_image_surface_create (self->background.alpha >= 1 ? CAIRO_FORMAT_RGB24 : CAIRO_FORMAT_ARGB32,
                                                         (int) ceil (self->width * self->scale),
                                                         (int) ceil (self->height * self->scale));
  cairo_t *cr;
  gboolean done;

  cairo_surface_set_device_scale (surface, self->scale, self->scale);
  cr = cairo_create (surface);
  tfv_scene_draw_frame (self, layout, cr);
  done = draw_curves (self, layout, cr, stop);
  if (done)
    {
      tfv_scene_draw_labels (self, layout, cr);
      if (self->has_legend)
        tfv_scene_draw_legend (self, layout, cr);
    }
  cairo_destroy (cr);
  if (!done)
    {
      cairo_surface_destroy (surface);
      return NULL;
    }
  cairo_surface_flush (surface);
  return surface;
}
