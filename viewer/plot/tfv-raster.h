/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cairo.h>

#include "viewer/plot/tfv-envelope.h"

G_BEGIN_DECLS

/**
 * TfvRasterLayer:
 * @envelope: what is covered, with its width
 * @red: colour, 0 to 1
 * @green: colour
 * @blue: colour
 * @alpha: opacity
 *
 * One curve as the raster sees it.
 */
typedef struct
{
  const TfvEnvelope *envelope;
  double             red;
  double             green;
  double             blue;
  double             alpha;
} TfvRasterLayer;

cairo_surface_t *tfv_raster_draw (const TfvRasterLayer *layers, guint n_layers, guint width, guint height, const gint *stop);

G_END_DECLS
