/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "viewer/plot/tfv-scene.h"

G_BEGIN_DECLS

/* A line of a legend: a colour, or none, and what has it. */
typedef struct
{
  const char *name;
  TfvColor    color;
} TfvLegendEntry;

double tfv_legend_draw (const TfvLegendEntry *entries, guint n_entries, const char *font, const TfvColor *foreground, double width, double top, cairo_t *cr);

G_END_DECLS
