/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/tfv-chart-card.h"

#include <glib/gi18n.h>

#define SWATCH 8
#define SWATCH_GAP 8
#define COLUMN_GAP 16
#define ROW_GAP 3
#define MAX_NAME_WIDTH 260

typedef struct
{
  GdkRGBA      color;
  PangoLayout *cells[TFV_CHART_CARD_N_COLUMNS];
  int          widths[TFV_CHART_CARD_N_COLUMNS];
} Row;

struct _TfvChartCard
{
  GtkWidget parent_instance;

  Row          rows[TFV_CHART_CARD_MAX_ROWS + 1]; /* the first is the heading */
  guint        n_rows;
  gboolean     has_smoothed;
  PangoLayout *more;
  int          columns[TFV_CHART_CARD_N_COLUMNS];
  int          row_height;
};

G_DEFINE_FINAL_TYPE (TfvChartCard, tfv_chart_card, GTK_TYPE_WIDGET)

static void
set_cell (TfvChartCard *self, Row *row, guint column, const char *text)
{
  PangoLayout *layout = row->cells[column];

  if (layout == NULL)
    {
      PangoAttrList *attributes = pango_attr_list_new ();

      layout = row->cells[column] = gtk_widget_create_pango_layout (GTK_WIDGET (self), "");
      pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
      pango_attr_list_insert (attributes, pango_attr_scale_new (0.88));
      if (row == &self->rows[0])
        pango_attr_list_insert (attributes, pango_attr_weight_new (PANGO_WEIGHT_BOLD));
      pango_layout_set_attributes (layout, attributes);
      pango_attr_list_unref (attributes);
      if (column == TFV_CHART_CARD_NAME)
        pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_MIDDLE);
    }
  else if (g_strcmp0 (pango_layout_get_text (layout), text) == 0)
    return;

  if (column == TFV_CHART_CARD_NAME)
    pango_layout_set_width (layout, -1);
  pango_layout_set_text (layout, text, -1);
  pango_layout_get_pixel_size (layout, &row->widths[column], NULL);
  if (column == TFV_CHART_CARD_NAME && row->widths[column] > MAX_NAME_WIDTH)
    {
      pango_layout_set_width (layout, MAX_NAME_WIDTH * PANGO_SCALE);
      row->widths[column] = MAX_NAME_WIDTH;
    }
}

/* Sets a row, 0 being the nearest; followed by tfv_chart_card_end_rows(). */
void
tfv_chart_card_set_row (TfvChartCard *self, guint row, const GdkRGBA *color, const char *const texts[static TFV_CHART_CARD_N_COLUMNS])
{
  g_return_if_fail (row < TFV_CHART_CARD_MAX_ROWS);

  self->rows[row + 1].color = *color;
  for (guint c = 0; c < TFV_CHART_CARD_N_COLUMNS; c++)
    set_cell (self, &self->rows[row + 1], c, texts[c]);
}

void
tfv_chart_card_end_rows (TfvChartCard *self, guint n_rows, guint n_more, gboolean has_smoothed)
{
  int columns[TFV_CHART_CARD_N_COLUMNS] = { 0 };

  for (guint c = 0; c < TFV_CHART_CARD_N_COLUMNS; c++)
    for (guint r = 0; r <= n_rows; r++)
      columns[c] = MAX (columns[c], self->rows[r].widths[c]);

  if (n_more > 0)
    {
      g_autofree char *text = g_strdup_printf (ngettext ("%u more", "%u more", n_more), n_more);

      if (self->more == NULL)
        self->more = gtk_widget_create_pango_layout (GTK_WIDGET (self), "");
      pango_layout_set_attributes (self->more, pango_layout_get_attributes (self->rows[1].cells[TFV_CHART_CARD_VALUE]));
      pango_layout_set_text (self->more, text, -1);
    }
  else
    g_clear_object (&self->more);

  /* The card grows at once but shrinks only with the number of its rows, so that
   * it does not tremble while the pointer moves. */
  if (n_rows == self->n_rows && has_smoothed == self->has_smoothed)
    for (guint c = 0; c < TFV_CHART_CARD_N_COLUMNS; c++)
      columns[c] = MAX (columns[c], self->columns[c]);
  if (n_rows != self->n_rows || has_smoothed != self->has_smoothed || memcmp (columns, self->columns, sizeof columns) != 0)
    gtk_widget_queue_resize (GTK_WIDGET (self));
  memcpy (self->columns, columns, sizeof columns);
  self->n_rows = n_rows;
  self->has_smoothed = has_smoothed;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* What a cell says, for tests and for assistive technology. */
const char *
tfv_chart_card_get_text (TfvChartCard *self, guint row, TfvChartCardColumn column)
{
  g_return_val_if_fail (row < self->n_rows, NULL);
  return pango_layout_get_text (self->rows[row + 1].cells[column]);
}

guint
tfv_chart_card_get_n_rows (TfvChartCard *self)
{
  return self->n_rows;
}

static void
tfv_chart_card_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  TfvChartCard *self = TFV_CHART_CARD (widget);
  int           size = 0;

  pango_layout_get_pixel_size (self->rows[0].cells[0], NULL, &self->row_height);
  if (orientation == GTK_ORIENTATION_VERTICAL)
    size = (int) (self->n_rows + 1 + (self->more != NULL)) * (self->row_height + ROW_GAP) - ROW_GAP;
  else
    {
      size = SWATCH + SWATCH_GAP - COLUMN_GAP;
      for (guint c = 0; c < TFV_CHART_CARD_N_COLUMNS; c++)
        if (c != TFV_CHART_CARD_SMOOTHED || self->has_smoothed)
          size += self->columns[c] + COLUMN_GAP;
    }
  *minimum = *natural = size;
}

static void
append_text (GtkSnapshot *snapshot, PangoLayout *layout, double x, double y, const GdkRGBA *color)
{
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) x, (float) y));
  gtk_snapshot_append_layout (snapshot, layout, color);
  gtk_snapshot_restore (snapshot);
}

static void
tfv_chart_card_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  TfvChartCard *self = TFV_CHART_CARD (widget);
  GdkRGBA       strong, faint;
  double        y = 0;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &strong);
  faint = strong;
  faint.alpha *= 0.6f;
  for (guint r = 0; r <= self->n_rows; r++)
    {
      Row   *row = &self->rows[r];
      double x = SWATCH + SWATCH_GAP;

      if (r > 0)
        {
          GskRoundedRect dot;

          gsk_rounded_rect_init_from_rect (&dot, &GRAPHENE_RECT_INIT (0, (float) (y + (self->row_height - SWATCH) / 2.0), SWATCH, SWATCH), SWATCH / 2.0f);
          gtk_snapshot_push_rounded_clip (snapshot, &dot);
          gtk_snapshot_append_color (snapshot, &row->color, &dot.bounds);
          gtk_snapshot_pop (snapshot);
        }
      for (guint c = 0; c < TFV_CHART_CARD_N_COLUMNS; c++)
        {
          double free_space = c == TFV_CHART_CARD_NAME ? 0 : self->columns[c] - row->widths[c];

          if (c == TFV_CHART_CARD_SMOOTHED && !self->has_smoothed)
            continue;
          append_text (snapshot, row->cells[c], x + free_space, y, r == 0 || c >= TFV_CHART_CARD_STEP ? &faint : &strong);
          x += self->columns[c] + COLUMN_GAP;
        }
      y += self->row_height + ROW_GAP;
    }
  if (self->more != NULL)
    append_text (snapshot, self->more, SWATCH + SWATCH_GAP, y, &faint);
}

static void
tfv_chart_card_dispose (GObject *object)
{
  TfvChartCard *self = TFV_CHART_CARD (object);

  for (guint r = 0; r < G_N_ELEMENTS (self->rows); r++)
    for (guint c = 0; c < TFV_CHART_CARD_N_COLUMNS; c++)
      g_clear_object (&self->rows[r].cells[c]);
  g_clear_object (&self->more);
  self->n_rows = 0;
  G_OBJECT_CLASS (tfv_chart_card_parent_class)->dispose (object);
}

static void
tfv_chart_card_class_init (TfvChartCardClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tfv_chart_card_dispose;
  GTK_WIDGET_CLASS (klass)->measure = tfv_chart_card_measure;
  GTK_WIDGET_CLASS (klass)->snapshot = tfv_chart_card_snapshot;
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "tfvchartcard");
}

static void
tfv_chart_card_init (TfvChartCard *self)
{
  const char *titles[TFV_CHART_CARD_N_COLUMNS] = { _ ("Run"), _ ("Smoothed"), _ ("Value"), _ ("Step"), _ ("Time"), _ ("Relative") };

  for (guint c = 0; c < TFV_CHART_CARD_N_COLUMNS; c++)
    set_cell (self, &self->rows[0], c, titles[c]);
}

TfvChartCard *
tfv_chart_card_new (void)
{
  return g_object_new (TFV_TYPE_CHART_CARD, NULL);
}
