/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/plot/tfv-scene-private.h"

#define READ_AT_ONCE 1024
/* Up to so many points a column a line is written point by point. */
#define MAX_POINTS_PER_COLUMN 4

typedef struct
{
  const TfvScene       *scene;
  const TfvSceneLayout *layout;
  cairo_t              *cr;
} Sheet;

static void
add_points (const Sheet *sheet, const TfvCurveIndex *curve, TfvTrack track, gsize start, gsize end)
{
  double   x[READ_AT_ONCE];
  double   y[READ_AT_ONCE];
  gboolean has_last = FALSE;

  for (; start < end; start += MIN (READ_AT_ONCE, end - start))
    {
      gsize n = MIN (READ_AT_ONCE, end - start);

      tfv_curve_index_read_x (curve, start, n, x);
      tfv_curve_index_read_y (curve, track, start, n, y);
      for (gsize i = 0; i < n; i++)
        {
          double at = tfv_scene_layout_place_y (sheet->layout, y[i]);
          double left = tfv_scene_layout_place_x (sheet->layout, x[i]);

          if (!isfinite (at) || !isfinite (left))
            {
              has_last = FALSE;
              continue;
            }
          at = CLAMP (at, -1e5, 1e5);
          if (has_last)
            cairo_line_to (sheet->cr, left, at);
          else
            cairo_move_to (sheet->cr, left, at);
          has_last = TRUE;
        }
    }
}

static gsize
count_visible (const Sheet *sheet, const TfvCurveIndex *curve, gboolean add, TfvTrack track)
{
  double x0 = tfv_axis_scale_value (sheet->layout->x_scale, sheet->layout->x0);
  double x1 = tfv_axis_scale_value (sheet->layout->x_scale, sheet->layout->x1);
  gsize  total = 0;

  for (guint p = 0; curve->n_points > 0 && p < curve->x.pieces->len; p++)
    {
      const TfvXPiece *piece = &g_array_index (curve->x.pieces, TfvXPiece, p);
      gsize            start, end;

      if (piece->x_last < x0 || piece->x_first > x1)
        continue;
      start = tfv_curve_index_locate (curve, piece, piece->start, x0);
      end = tfv_curve_index_locate (curve, piece, start, nextafter (x1, INFINITY));
      start = MAX (piece->start + 1, start) - 1;
      end = MIN (piece->end, end + 1);
      total += end - start;
      if (add)
        add_points (sheet, curve, track, start, end);
    }
  return total;
}

/* Up and down between the extents of each column, beginning where the line is. */
static void
add_columns (const Sheet *sheet, const TfvEnvelope *envelope)
{
  gboolean has_last = FALSE;
  double   last = 0;

  for (guint c = 0; c < envelope->n; c++)
    {
      double x = sheet->layout->left + ((double) c + 0.5) * sheet->layout->width / envelope->n;
      double top = sheet->layout->top + envelope->top[c];
      double bottom = sheet->layout->top + envelope->bottom[c];

      if (!(top <= bottom))
        {
          has_last = FALSE;
          continue;
        }
      if (!has_last || fabs (last - top) <= fabs (last - bottom))
        {
          if (has_last)
            cairo_line_to (sheet->cr, x, top);
          else
            cairo_move_to (sheet->cr, x, top);
          cairo_line_to (sheet->cr, x, bottom + 1e-3);
          last = bottom;
        }
      else
        {
          cairo_line_to (sheet->cr, x, bottom);
          cairo_line_to (sheet->cr, x, top - 1e-3);
          last = top;
        }
      has_last = TRUE;
    }
}

static void
draw_curve (const Sheet *sheet, const TfvSceneCurve *curve, TfvTrack track, double alpha)
{
  const TfvSceneLayout *layout = sheet->layout;
  TfvViewport           viewport = { layout->x0, layout->x1, layout->y0, layout->y1, layout->x_scale, layout->y_scale, (guint) MAX (layout->width, 1), (guint) MAX (layout->height, 1) };
  TfvEnvelope           envelope;
  cairo_t              *cr = sheet->cr;

  tfv_envelope_init (&envelope, viewport.width, 2);
  tfv_envelope_add_curve (&envelope, curve->index, track, &viewport, TRUE);
  if (count_visible (sheet, curve->index, FALSE, track) <= (gsize) envelope.n * MAX_POINTS_PER_COLUMN)
    count_visible (sheet, curve->index, TRUE, track);
  else
    for (const TfvEnvelope *part = &envelope; part != NULL; part = part->next)
      add_columns (sheet, part);
  cairo_set_source_rgba (cr, curve->color.red, curve->color.green, curve->color.blue, curve->color.alpha * alpha);
  cairo_stroke (cr);
  if (alpha >= 1)
    {
      cairo_save (cr);
      cairo_translate (cr, layout->left, layout->top);
      tfv_scene_draw_marks (sheet->scene, cr, &curve->color, 1, envelope.marks, 1);
      cairo_restore (cr);
    }
  tfv_envelope_clear (&envelope);
}

/**
 * tfv_scene_draw_vector:
 * @self: a scene
 * @layout: its layout
 * @cr: a context of any kind of surface, whose unit is the logical pixel
 *
 * Draws the scene as lines and text, for SVG, PDF and print. Curves with few
 * points are written point by point, others as the exact extent of each half
 * pixel.
 */
void
tfv_scene_draw_vector (const TfvScene *self, const TfvSceneLayout *layout, cairo_t *cr)
{
  Sheet sheet = { self, layout, cr };

  tfv_scene_draw_frame (self, layout, cr);
  cairo_save (cr);
  cairo_rectangle (cr, layout->left, layout->top, layout->width, layout->height);
  cairo_clip (cr);
  cairo_set_line_width (cr, tfv_scene_line_width (self));
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  for (guint i = 0; self->smoothing > 0 && i < self->n_curves; i++)
    draw_curve (&sheet, &self->curves[i], TFV_TRACK_RAW, tfv_scene_raw_opacity (self));
  for (guint i = 0; i < self->n_curves; i++)
    draw_curve (&sheet, &self->curves[i], tfv_scene_main_track (self), 1);
  cairo_restore (cr);
  tfv_scene_draw_labels (self, layout, cr);
  if (self->has_legend)
    tfv_scene_draw_legend (self, layout, cr);
}
