/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/plot/tfv-legend.h"
#include "viewer/plot/tfv-scene-private.h"

#define MARGIN 10.0

static double
draw (const TfvScene *self, double top, cairo_t *cr)
{
  g_autofree TfvLegendEntry *entries = g_new (TfvLegendEntry, self->n_curves + 1);

  for (guint i = 0; i < self->n_curves; i++)
    entries[i] = (TfvLegendEntry){ self->curves[i].name, self->curves[i].color };
  return tfv_legend_draw (entries, self->n_curves, self->font, &self->foreground, self->width, top, cr);
}

double
tfv_scene_legend_height (const TfvScene *self)
{
  return self->n_curves > 0 ? ceil (draw (self, 0, NULL) + MARGIN) : 0;
}

void
tfv_scene_draw_legend (const TfvScene *self, const TfvSceneLayout *layout, cairo_t *cr)
{
  draw (self, self->height - tfv_scene_legend_height (self) + MARGIN / 2, cr);
}
