/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * TfvCardSection:
 * @title: what its heading says, or %NULL for a section without a heading
 * @items: (element-type GObject): what its cards show
 * @expanded: whether its cards are shown
 *
 * A heading with the cards below it.
 */
typedef struct
{
  char      *title;
  GPtrArray *items;
  gboolean   expanded;
} TfvCardSection;

TfvCardSection *tfv_card_section_new (const char *title);
void            tfv_card_section_free (TfvCardSection *section);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TfvCardSection, tfv_card_section_free)

/**
 * TfvCardSlot:
 * @section: the section
 * @item: what a card shows, or %NULL for the section's heading
 *
 * A place in a layout, in pixels from its top left.
 */
typedef struct
{
  TfvCardSection *section;
  GObject        *item;
  int             x;
  int             y;
  int             width;
  int             height;
} TfvCardSlot;

typedef gboolean (*TfvCardIsWide) (GObject *item);

int  tfv_card_layout (GPtrArray *sections, int width, TfvCardIsWide is_wide, GArray *slots);
void tfv_card_layout_find (GArray *slots, int from_y, int to_y, guint *first, guint *end);

G_END_DECLS
