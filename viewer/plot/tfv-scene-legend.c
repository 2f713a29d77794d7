/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/plot/tfv-scene-private.h"

#include "viewer/plot/tfv-text.h"

#define SWATCH 10.0
#define SPACE 6.0
#define BETWEEN 18.0
#define MARGIN 10.0

/* Places the entries in rows; draws them if there is a context. */
static double
flow (const TfvScene *self, double top, cairo_t *cr)
{
  double x = MARGIN;
  double y = top;
  double line = 0;

  for (guint i = 0; i < self->n_curves; i++)
    {
      const TfvSceneCurve *curve = &self->curves[i];
      double               width, height;

      tfv_text_measure (self->font, curve->name, &width, &height);
      line = height + 4;
      if (x > MARGIN && x + SWATCH + SPACE + width > self->width - MARGIN)
        {
          x = MARGIN;
          y += line;
        }
      if (cr != NULL)
        {
          cairo_set_source_rgba (cr, curve->color.red, curve->color.green, curve->color.blue, curve->color.alpha);
          cairo_rectangle (cr, x, y + height / 2 - 1.5, SWATCH, 3);
          cairo_fill (cr);
          cairo_set_source_rgba (cr, self->foreground.red, self->foreground.green, self->foreground.blue, self->foreground.alpha * 0.85);
          cairo_move_to (cr, x + SWATCH + SPACE, y);
          pango_cairo_show_layout (cr, tfv_text_layout (self->font, curve->name));
        }
      x += SWATCH + SPACE + width + BETWEEN;
    }
  return y + line - top;
}

double
tfv_scene_legend_height (const TfvScene *self)
{
  return self->n_curves > 0 ? ceil (flow (self, 0, NULL) + MARGIN) : 0;
}

void
tfv_scene_draw_legend (const TfvScene *self, const TfvSceneLayout *layout, cairo_t *cr)
{
  flow (self, self->height - tfv_scene_legend_height (self) + MARGIN / 2, cr);
}
