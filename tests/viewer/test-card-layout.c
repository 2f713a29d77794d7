/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/tfv-card-layout.h"

static GObject *wide_item;

static gboolean
is_wide (GObject *item)
{
  return item == wide_item;
}

static TfvCardSection *
make_section (const char *title, guint n_items)
{
  TfvCardSection *section = tfv_card_section_new (title);

  for (guint i = 0; i < n_items; i++)
    g_ptr_array_add (section->items, g_object_new (G_TYPE_OBJECT, NULL));
  return section;
}

static GPtrArray *
make_sections (guint n_sections, guint n_items)
{
  GPtrArray *sections = g_ptr_array_new_with_free_func ((GDestroyNotify) tfv_card_section_free);

  for (guint i = 0; i < n_sections; i++)
    g_ptr_array_add (sections, make_section ("group", n_items));
  return sections;
}

static GArray *
make_slots (void)
{
  return g_array_new (FALSE, FALSE, sizeof (TfvCardSlot));
}

static guint
count_columns (int width, guint n_cards)
{
  g_autoptr (GPtrArray) sections = make_sections (1, n_cards);
  g_autoptr (GArray)    slots = make_slots ();
  guint                 n_columns = 0;

  tfv_card_layout (sections, width, is_wide, slots);
  while (n_columns + 1 < slots->len && g_array_index (slots, TfvCardSlot, n_columns + 1).y == g_array_index (slots, TfvCardSlot, 1).y)
    n_columns++;
  return n_columns;
}

static void
has_as_many_columns_as_fit (void)
{
  g_assert_cmpuint (count_columns (0, 12), ==, 1);
  g_assert_cmpuint (count_columns (360, 12), ==, 1);
  g_assert_cmpuint (count_columns (800, 12), ==, 2);
  g_assert_cmpuint (count_columns (1200, 12), ==, 3);
  g_assert_cmpuint (count_columns (1600, 12), ==, 4);
  g_assert_cmpuint (count_columns (5000, 12), ==, 4);
}

static void
has_no_column_that_stays_empty (void)
{
  g_assert_cmpuint (count_columns (1600, 4), ==, 4);
  g_assert_cmpuint (count_columns (1600, 3), ==, 3);
  g_assert_cmpuint (count_columns (1600, 2), ==, 2);
}

static void
lets_no_cards_overlap (void)
{
  g_autoptr (GPtrArray) sections = make_sections (3, 7);
  g_autoptr (GArray)    slots = make_slots ();

  wide_item = g_ptr_array_index (((TfvCardSection *) g_ptr_array_index (sections, 1))->items, 2);
  for (int width = 300; width < 2000; width += 97)
    {
      int height = tfv_card_layout (sections, width, is_wide, slots);

      g_assert_cmpuint (slots->len, ==, 24);
      for (guint i = 0; i < slots->len; i++)
        {
          const TfvCardSlot *a = &g_array_index (slots, TfvCardSlot, i);

          g_assert_cmpint (a->x + a->width, <=, width);
          g_assert_cmpint (a->y + a->height, <=, height);
          for (guint j = 0; j < i; j++)
            {
              const TfvCardSlot *b = &g_array_index (slots, TfvCardSlot, j);

              g_assert_cmpint (b->y, <=, a->y);
              g_assert_true (b->x + b->width <= a->x || a->x + a->width <= b->x || b->y + b->height <= a->y);
            }
        }
    }
  wide_item = NULL;
}

static void
hides_the_cards_of_a_closed_section (void)
{
  g_autoptr (GPtrArray) sections = make_sections (2, 5);
  g_autoptr (GArray)    slots = make_slots ();

  ((TfvCardSection *) g_ptr_array_index (sections, 0))->expanded = FALSE;
  tfv_card_layout (sections, 800, is_wide, slots);
  g_assert_cmpuint (slots->len, ==, 1 + 1 + 5);
}

static void
finds_all_that_can_be_seen (void)
{
  g_autoptr (GPtrArray) sections = make_sections (40, 25);
  g_autoptr (GArray)    slots = make_slots ();
  int                   height;

  wide_item = g_ptr_array_index (((TfvCardSection *) g_ptr_array_index (sections, 20))->items, 3);
  height = tfv_card_layout (sections, 1300, is_wide, slots);
  for (int top = 0; top < height; top += 333)
    {
      guint first;
      guint end;

      tfv_card_layout_find (slots, top, top + 700, &first, &end);
      g_assert_cmpuint (end - first, <, 60);
      for (guint i = 0; i < slots->len; i++)
        {
          const TfvCardSlot *slot = &g_array_index (slots, TfvCardSlot, i);

          if (slot->y < top + 700 && slot->y + slot->height > top)
            {
              g_assert_cmpuint (i, >=, first);
              g_assert_cmpuint (i, <, end);
            }
        }
    }
  wide_item = NULL;
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/viewer/card-layout/has-as-many-columns-as-fit", has_as_many_columns_as_fit);
  g_test_add_func ("/viewer/card-layout/has-no-column-that-stays-empty", has_no_column_that_stays_empty);
  g_test_add_func ("/viewer/card-layout/lets-no-cards-overlap", lets_no_cards_overlap);
  g_test_add_func ("/viewer/card-layout/hides-the-cards-of-a-closed-section", hides_the_cards_of_a_closed_section);
  g_test_add_func ("/viewer/card-layout/finds-all-that-can-be-seen", finds_all_that_can_be_seen);
  return g_test_run ();
}
