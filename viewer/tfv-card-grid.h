/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

#include "viewer/tfv-card-layout.h"

G_BEGIN_DECLS

/**
 * TfvCardFactory:
 * @create: makes a card
 * @bind: makes a card show an item
 * @unbind: makes a card let go of its item
 * @is_wide: whether an item's card takes a whole row
 * @moving: tells a card that it is about to get another place
 * @placed: tells a card that it may be elsewhere in the grid than before
 * @must_stay: whether a card has state of its own (a zoom, say) that would be
 *   lost if it were taken for another item while it is out of sight
 *
 * How a grid comes by its cards.
 */
typedef struct
{
  GtkWidget *(*create) (gpointer user_data);
  void (*bind) (GtkWidget *card, GObject *item);
  void (*unbind) (GtkWidget *card);
  gboolean (*is_wide) (GObject *item);
  void (*moving) (GtkWidget *card);
  void (*placed) (GtkWidget *card);
  gboolean (*must_stay) (GtkWidget *card);
} TfvCardFactory;

#define TFV_TYPE_CARD_GRID (tfv_card_grid_get_type ())

/**
 * TfvCardGrid:
 *
 * Sections of cards in columns, as wide as the window has room for. Only cards
 * in sight and nearly so exist, so that there can be tens of thousands.
 * Scrolls in a [class@Gtk.ScrolledWindow].
 */
G_DECLARE_FINAL_TYPE (TfvCardGrid, tfv_card_grid, TFV, CARD_GRID, GtkWidget)

GtkWidget *tfv_card_grid_new (const TfvCardFactory *factory, gpointer user_data);
void       tfv_card_grid_set_sections (TfvCardGrid *self, GPtrArray *sections);
GPtrArray *tfv_card_grid_get_sections (TfvCardGrid *self);
void       tfv_card_grid_layout_changed (TfvCardGrid *self);
void       tfv_card_grid_foreach_card (TfvCardGrid *self, GFunc func, gpointer user_data);
gboolean   tfv_card_grid_is_settled (TfvCardGrid *self);

G_END_DECLS
