/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/plot/tfv-legend.h"

#include "viewer/plot/tfv-text.h"

#define SWATCH 10.0
#define SPACE 6.0
#define BETWEEN 18.0
#define MARGIN 10.0
#define TEXT_ALPHA 0.85
#define BETWEEN_LINES 4.0

static void
draw_entry (const TfvLegendEntry *entry, const char *font, const TfvColor *foreground, double max_width, double x, double y, cairo_t *cr)
{
  g_autofree char *name = tfv_text_elide (font, entry->name, max_width);
  double           width, height;

  tfv_text_measure (font, name, &width, &height);
  cairo_set_source_rgba (cr, entry->color.red, entry->color.green, entry->color.blue, entry->color.alpha);
  cairo_rectangle (cr, x, y + height / 2 - 1.5, SWATCH, 3);
  cairo_fill (cr);
  cairo_set_source_rgba (cr, foreground->red, foreground->green, foreground->blue, foreground->alpha * TEXT_ALPHA);
  cairo_move_to (cr, x + SWATCH + SPACE, y);
  pango_cairo_show_layout (cr, tfv_text_layout (font, name));
}

/**
 * tfv_legend_draw: (skip)
 * @entries: (array length=n_entries): what there is
 * @n_entries: how many
 * @font: a Pango font description
 * @foreground: colour of the names
 * @width: the room from left to right
 * @top: where it begins
 * @cr: (nullable): draws to this; %NULL to learn the height
 *
 * Names one after the other where a line is enough for them, and otherwise in
 * columns of one width. Names that are too long for half of the room lose their
 * middle.
 *
 * Returns: the height of it
 */
double
tfv_legend_draw (const TfvLegendEntry *entries, guint n_entries, const char *font, const TfvColor *foreground, double width, double top, cairo_t *cr)
{
  double   room = MAX (width - 2 * MARGIN, 1);
  double   sum = -BETWEEN, widest = 0, line = 0, x = MARGIN;
  guint    n_columns;
  gboolean is_line;

  for (guint i = 0; i < n_entries; i++)
    {
      double name_width, height;

      tfv_text_measure (font, entries[i].name, &name_width, &height);
      sum += SWATCH + SPACE + name_width + BETWEEN;
      widest = MAX (widest, SWATCH + SPACE + name_width);
      line = MAX (line, height + BETWEEN_LINES);
    }
  is_line = sum <= room;
  widest = MIN (widest, n_entries > 1 ? (room - BETWEEN) / 2 : room);
  n_columns = is_line ? MAX (n_entries, 1) : (guint) MAX ((room + BETWEEN) / (widest + BETWEEN), 1);
  for (guint i = 0; cr != NULL && i < n_entries; i++)
    {
      double name_width, height;

      if (!is_line)
        x = MARGIN + (i % n_columns) * (widest + BETWEEN);
      draw_entry (&entries[i], font, foreground, (is_line ? room : widest) - SWATCH - SPACE, x, top + i / n_columns * line, cr);
      tfv_text_measure (font, entries[i].name, &name_width, &height);
      x += SWATCH + SPACE + name_width + BETWEEN;
    }
  return (n_entries + n_columns - 1) / n_columns * line;
}
