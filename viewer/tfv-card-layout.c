/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/tfv-card-layout.h"

#define MARGIN 18
#define SPACING 12
#define HEADING_HEIGHT 42
#define MIN_CARD_WIDTH 330
#define MAX_COLUMNS 4
#define MIN_CARD_HEIGHT 250
#define MAX_CARD_HEIGHT 380
#define WIDE_CARD_HEIGHT 460

/**
 * tfv_card_section_new: (skip)
 * @title: (nullable): what its heading says
 *
 * Returns: (transfer full): an expanded section without cards
 */
TfvCardSection *
tfv_card_section_new (const char *title)
{
  TfvCardSection *section = g_new0 (TfvCardSection, 1);

  section->title = g_strdup (title);
  section->items = g_ptr_array_new_with_free_func (g_object_unref);
  section->expanded = TRUE;
  return section;
}

/**
 * tfv_card_section_free: (skip)
 * @section: (transfer full): a section
 */
void
tfv_card_section_free (TfvCardSection *section)
{
  g_free (section->title);
  g_ptr_array_unref (section->items);
  g_free (section);
}

typedef struct
{
  int x;
  int width;
  int height;
  int n_columns;
} Columns;

/* No more columns than any section has cards for: few cards take all the room.
 * One alone is wide enough in half of it. Closed sections count too, so that
 * opening one moves nothing sideways. */
static int
find_most_columns (GPtrArray *sections)
{
  guint most = 2;

  for (guint i = 0; i < sections->len; i++)
    {
      TfvCardSection *section = g_ptr_array_index (sections, i);

      most = MAX (most, section->items->len);
    }
  return (int) MIN (most, MAX_COLUMNS);
}

static Columns
divide (GPtrArray *sections, int width)
{
  Columns columns;
  int     inner = MAX (width - 2 * MARGIN, 1);

  columns.n_columns = CLAMP ((inner + SPACING) / (MIN_CARD_WIDTH + SPACING), 1, find_most_columns (sections));
  columns.width = (inner - (columns.n_columns - 1) * SPACING) / columns.n_columns;
  columns.height = CLAMP (columns.width * 2 / 3, MIN_CARD_HEIGHT, MAX_CARD_HEIGHT);
  columns.x = MARGIN;
  return columns;
}

static int
layout_cards (TfvCardSection *section, const Columns *columns, int y, TfvCardIsWide is_wide, GArray *slots)
{
  int column = 0;

  for (guint i = 0; i < section->items->len; i++)
    {
      GObject    *item = g_ptr_array_index (section->items, i);
      TfvCardSlot slot = { .section = section, .item = item };

      if (is_wide (item))
        {
          if (column > 0)
            y += columns->height + SPACING;
          column = 0;
          slot.x = columns->x;
          slot.y = y;
          slot.width = columns->n_columns * columns->width + (columns->n_columns - 1) * SPACING;
          slot.height = WIDE_CARD_HEIGHT;
          y += WIDE_CARD_HEIGHT + SPACING;
        }
      else
        {
          slot.x = columns->x + column * (columns->width + SPACING);
          slot.y = y;
          slot.width = columns->width;
          slot.height = columns->height;
          if (++column == columns->n_columns)
            {
              column = 0;
              y += columns->height + SPACING;
            }
        }
      g_array_append_val (slots, slot);
    }
  return column > 0 ? y + columns->height + SPACING : y;
}

/**
 * tfv_card_layout: (skip)
 * @sections: (element-type TfvCardSection): the sections
 * @width: room from left to right, in pixels
 * @is_wide: whether a card takes a whole row
 * @slots: (out caller-allocates): takes the places, from the top down; no slot
 *   begins above the one before it
 *
 * Puts cards in one to four columns below their headings, in no more than the
 * largest section fills.
 *
 * Returns: the height of it all, in pixels
 */
int
tfv_card_layout (GPtrArray *sections, int width, TfvCardIsWide is_wide, GArray *slots)
{
  Columns columns = divide (sections, width);
  int     y = SPACING / 2;

  g_array_set_size (slots, 0);
  if (sections->len > 0 && ((TfvCardSection *) g_ptr_array_index (sections, 0))->title == NULL)
    y = MARGIN;
  for (guint i = 0; i < sections->len; i++)
    {
      TfvCardSection *section = g_ptr_array_index (sections, i);

      if (section->title != NULL)
        {
          TfvCardSlot slot = {
            .section = section,
            .x = MARGIN,
            .y = y,
            .width = MAX (width - 2 * MARGIN, 1),
            .height = HEADING_HEIGHT,
          };

          g_array_append_val (slots, slot);
          y += HEADING_HEIGHT;
        }
      if (section->expanded || section->title == NULL)
        y = layout_cards (section, &columns, y, is_wide, slots) + SPACING / 2;
    }
  return y + MARGIN - SPACING;
}

/**
 * tfv_card_layout_find: (skip)
 * @slots: places of a layout
 * @from_y: upper edge, in pixels
 * @to_y: lower edge, in pixels
 * @first: (out): index of the first slot
 * @end: (out): one more than the index of the last slot
 *
 * Finds the slots that may be seen between two heights. Everything that can be
 * seen is among them.
 */
void
tfv_card_layout_find (GArray *slots, int from_y, int to_y, guint *first, guint *end)
{
  /* No slot is higher than a wide card, which bounds how far above the edge one
   * that reaches over it can begin. */
  int   start_y = from_y - WIDE_CARD_HEIGHT;
  guint low = 0;
  guint high = slots->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (g_array_index (slots, TfvCardSlot, middle).y < start_y)
        low = middle + 1;
      else
        high = middle;
    }
  *first = low;
  while (low < slots->len && g_array_index (slots, TfvCardSlot, low).y < to_y)
    low++;
  *end = low;
}
