/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef enum
{
  TFV_CHART_CARD_NAME,
  TFV_CHART_CARD_SMOOTHED,
  TFV_CHART_CARD_VALUE,
  TFV_CHART_CARD_STEP,
  TFV_CHART_CARD_TIME,
  TFV_CHART_CARD_RELATIVE,
  TFV_CHART_CARD_N_COLUMNS,
} TfvChartCardColumn;

#define TFV_CHART_CARD_MAX_ROWS 8

#define TFV_TYPE_CHART_CARD (tfv_chart_card_get_type ())

/**
 * TfvChartCard:
 *
 * The table beside the crosshair: one row a curve. Its texts are set straight
 * into layouts, without a widget for each.
 */
G_DECLARE_FINAL_TYPE (TfvChartCard, tfv_chart_card, TFV, CHART_CARD, GtkWidget)

TfvChartCard *tfv_chart_card_new (void);
void          tfv_chart_card_set_row (TfvChartCard *self, guint row, const GdkRGBA *color, const char *const texts[static TFV_CHART_CARD_N_COLUMNS]);
void          tfv_chart_card_end_rows (TfvChartCard *self, guint n_rows, guint n_more, gboolean has_smoothed);
const char   *tfv_chart_card_get_text (TfvChartCard *self, guint row, TfvChartCardColumn column);
guint         tfv_chart_card_get_n_rows (TfvChartCard *self);

G_END_DECLS
