/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/tfv-card-grid.h"

#include "viewer/tfv-section-heading.h"

/* Cards this far above and below what is seen are made ready, so that scrolling
 * and moving the focus find them there. */
#define READY_MARGIN 400
/* Cards are given up only when further away, so that scrolling to and fro does
 * not bind them again and again. */
#define KEEP_MARGIN 1200
#define MAX_POOL 16

struct _TfvCardGrid
{
  GtkWidget             parent_instance;
  const TfvCardFactory *factory;
  gpointer              user_data;
  GPtrArray            *sections;
  GArray               *slots;
  int                   layout_width;
  int                   layout_height;
  GHashTable           *widgets; /* item or section -> widget, a child of ours */
  GPtrArray            *pool;    /* cards without item, not children */
  GtkAdjustment        *adjustments[2];
  guint                 scroll_policies[2];
  guint                 realize_source;
  gboolean              must_place; /* an allocation is on its way */
};

enum
{
  PROP_HADJUSTMENT = 1,
  PROP_VADJUSTMENT,
  PROP_HSCROLL_POLICY,
  PROP_VSCROLL_POLICY,
};

G_DEFINE_FINAL_TYPE_WITH_CODE (TfvCardGrid, tfv_card_grid, GTK_TYPE_WIDGET, G_IMPLEMENT_INTERFACE (GTK_TYPE_SCROLLABLE, NULL))

static int
scroll_y (TfvCardGrid *self)
{
  GtkAdjustment *vertical = self->adjustments[GTK_ORIENTATION_VERTICAL];

  return vertical != NULL ? (int) gtk_adjustment_get_value (vertical) : 0;
}

static void
queue_placing (TfvCardGrid *self)
{
  self->must_place = TRUE;
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

static gpointer
slot_key (const TfvCardSlot *slot)
{
  return slot->item != NULL ? (gpointer) slot->item : (gpointer) slot->section;
}

static void
update_layout (TfvCardGrid *self, int width)
{
  self->layout_width = width;
  self->layout_height = tfv_card_layout (self->sections, width, self->factory->is_wide, self->slots);
}

static void
on_heading_clicked (GtkButton *button, TfvCardGrid *self)
{
  TfvCardSection *section = g_object_get_data (G_OBJECT (button), "section");

  section->expanded = !section->expanded;
  tfv_section_heading_set (TFV_SECTION_HEADING (button), section->title, section->items->len, section->expanded);
  tfv_card_grid_layout_changed (self);
}

static GtkWidget *
make_heading (TfvCardGrid *self, TfvCardSection *section)
{
  GtkWidget *heading = tfv_section_heading_new ();

  tfv_section_heading_set (TFV_SECTION_HEADING (heading), section->title, section->items->len, section->expanded);
  g_object_set_data (G_OBJECT (heading), "section", section);
  g_signal_connect (heading, "clicked", G_CALLBACK (on_heading_clicked), self);
  return heading;
}

static void
add_widget (TfvCardGrid *self, const TfvCardSlot *slot, GtkWidget *after)
{
  GtkWidget *widget;

  if (slot->item == NULL)
    {
      widget = make_heading (self, slot->section);
    }
  else if (self->pool->len > 0)
    {
      widget = g_ptr_array_steal_index_fast (self->pool, self->pool->len - 1);
    }
  else
    {
      widget = self->factory->create (self->user_data);
      g_object_ref_sink (widget);
    }
  /* Order among siblings is the order of the Tab key. */
  gtk_widget_insert_after (widget, GTK_WIDGET (self), after);
  g_hash_table_insert (self->widgets, slot_key (slot), widget);
  if (slot->item != NULL)
    {
      self->factory->bind (widget, slot->item);
      g_object_unref (widget);
    }
}

static void
give_up_widget (TfvCardGrid *self, GtkWidget *widget)
{
  g_object_ref (widget);
  if (!TFV_IS_SECTION_HEADING (widget))
    self->factory->unbind (widget);
  gtk_widget_unparent (widget);
  if (TFV_IS_SECTION_HEADING (widget) || self->pool->len >= MAX_POOL)
    g_object_unref (widget);
  else
    g_ptr_array_add (self->pool, widget);
}

/* Gives up widgets that are far away, or of which nothing is left. Returns
 * whether there were any. */
static gboolean
give_up_far (TfvCardGrid *self, int top, int bottom)
{
  g_autoptr (GHashTable) near_keys = g_hash_table_new (NULL, NULL);
  GtkWidget             *focus = gtk_widget_get_focus_child (GTK_WIDGET (self));
  GHashTableIter         iter;
  gpointer               key;
  gpointer               widget;
  gboolean               changed = FALSE;

  for (guint i = 0; i < self->slots->len; i++)
    {
      const TfvCardSlot *slot = &g_array_index (self->slots, TfvCardSlot, i);
      gboolean           near = slot->y + slot->height > top - KEEP_MARGIN && slot->y < bottom + KEEP_MARGIN;

      if (!near && slot->item != NULL)
        {
          widget = g_hash_table_lookup (self->widgets, slot->item);
          near = widget != NULL && (widget == focus || self->factory->must_stay (widget));
        }
      if (near)
        g_hash_table_add (near_keys, slot_key (slot));
    }
  g_hash_table_iter_init (&iter, self->widgets);
  while (g_hash_table_iter_next (&iter, &key, &widget))
    {
      if (g_hash_table_contains (near_keys, key))
        continue;
      g_hash_table_iter_remove (&iter);
      give_up_widget (self, widget);
      changed = TRUE;
    }
  return changed;
}

/* Makes the widgets that are in sight. Not from within size_allocate: it adds
 * children. */
static void
realize_visible (TfvCardGrid *self)
{
  int        top = scroll_y (self);
  int        bottom = top + gtk_widget_get_height (GTK_WIDGET (self));
  guint      first;
  guint      end;
  GtkWidget *after = NULL;
  gboolean   changed;

  if (gtk_widget_get_height (GTK_WIDGET (self)) == 0)
    return;

  changed = give_up_far (self, top, bottom);
  tfv_card_layout_find (self->slots, top - READY_MARGIN, bottom + READY_MARGIN, &first, &end);
  for (guint i = first; i < end; i++)
    {
      const TfvCardSlot *slot = &g_array_index (self->slots, TfvCardSlot, i);

      GtkWidget *widget = g_hash_table_lookup (self->widgets, slot_key (slot));

      if (widget == NULL)
        {
          add_widget (self, slot, after);
          widget = g_hash_table_lookup (self->widgets, slot_key (slot));
          changed = TRUE;
        }
      after = widget;
    }
  if (changed)
    queue_placing (self);
}

static gboolean
on_realize_idle (gpointer data)
{
  TfvCardGrid *self = data;

  self->realize_source = 0;
  realize_visible (self);
  return G_SOURCE_REMOVE;
}

static void
schedule_realize (TfvCardGrid *self)
{
  /* Before the frame that follows. */
  if (self->realize_source == 0)
    self->realize_source = g_idle_add_full (GDK_PRIORITY_REDRAW - 10, on_realize_idle, self, NULL);
}

static void
on_scrolled (GtkAdjustment *adjustment, TfvCardGrid *self)
{
  schedule_realize (self);
  queue_placing (self);
}

static void
set_adjustment (TfvCardGrid *self, GtkOrientation orientation, GtkAdjustment *adjustment)
{
  GtkAdjustment **place = &self->adjustments[orientation];

  if (*place == adjustment && adjustment != NULL)
    return;
  if (*place != NULL)
    g_signal_handlers_disconnect_by_data (*place, self);
  g_clear_object (place);
  *place = g_object_ref_sink (adjustment != NULL ? adjustment : gtk_adjustment_new (0, 0, 0, 0, 0, 0));
  if (orientation == GTK_ORIENTATION_VERTICAL)
    g_signal_connect (*place, "value-changed", G_CALLBACK (on_scrolled), self);
  queue_placing (self);
}

static void
tfv_card_grid_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = 1;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 720 : 480;
}

static void
allocate_slot (TfvCardGrid *self, GtkWidget *widget, const TfvCardSlot *slot, int offset_y)
{
  GtkAllocation allocation = { slot->x, slot->y - offset_y, slot->width, slot->height };
  GtkAllocation before;
  int           min_width;
  int           min_height;

  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, &min_width, NULL, NULL, NULL);
  allocation.width = MAX (allocation.width, min_width);
  gtk_widget_measure (widget, GTK_ORIENTATION_VERTICAL, allocation.width, &min_height, NULL, NULL, NULL);
  allocation.height = MAX (allocation.height, min_height);
  gtk_widget_get_allocation (widget, &before);
  if (slot->item != NULL && (allocation.x != before.x || allocation.y != before.y))
    self->factory->moving (widget);
  gtk_widget_size_allocate (widget, &allocation, -1);
}

static void
tfv_card_grid_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  TfvCardGrid   *self = TFV_CARD_GRID (widget);
  GtkAdjustment *vertical = self->adjustments[GTK_ORIENTATION_VERTICAL];
  GtkAdjustment *horizontal = self->adjustments[GTK_ORIENTATION_HORIZONTAL];
  int            top;

  self->must_place = FALSE;
  if (width != self->layout_width)
    update_layout (self, width);

  if (horizontal != NULL)
    gtk_adjustment_configure (horizontal, 0, 0, width, width * 0.1, width * 0.9, width);
  if (vertical != NULL)
    gtk_adjustment_configure (vertical, gtk_adjustment_get_value (vertical), 0, MAX (self->layout_height, height), 48, height * 0.9, height);

  top = scroll_y (self);
  for (guint i = 0; i < self->slots->len; i++)
    {
      const TfvCardSlot *slot = &g_array_index (self->slots, TfvCardSlot, i);
      GtkWidget         *child = g_hash_table_lookup (self->widgets, slot_key (slot));
      gboolean           near = slot->y + slot->height > top - KEEP_MARGIN && slot->y < top + height + KEEP_MARGIN;

      if (child == NULL)
        continue;
      gtk_widget_set_child_visible (child, near);
      if (near)
        allocate_slot (self, child, slot, top);
      if (slot->item != NULL)
        self->factory->placed (child);
    }
  schedule_realize (self);
}

static void
tfv_card_grid_set_focus_child (GtkWidget *widget, GtkWidget *child)
{
  TfvCardGrid   *self = TFV_CARD_GRID (widget);
  GtkAdjustment *vertical = self->adjustments[GTK_ORIENTATION_VERTICAL];

  GTK_WIDGET_CLASS (tfv_card_grid_parent_class)->set_focus_child (widget, child);
  if (child == NULL || vertical == NULL)
    return;
  for (guint i = 0; i < self->slots->len; i++)
    {
      const TfvCardSlot *slot = &g_array_index (self->slots, TfvCardSlot, i);

      if (g_hash_table_lookup (self->widgets, slot_key (slot)) != child)
        continue;
      gtk_adjustment_clamp_page (vertical, slot->y, slot->y + slot->height);
      return;
    }
}

static void
tfv_card_grid_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  TfvCardGrid *self = TFV_CARD_GRID (object);

  switch (id)
    {
    case PROP_HADJUSTMENT:
    case PROP_VADJUSTMENT:
      g_value_set_object (value, self->adjustments[id - PROP_HADJUSTMENT]);
      break;
    case PROP_HSCROLL_POLICY:
    case PROP_VSCROLL_POLICY:
      g_value_set_enum (value, (int) self->scroll_policies[id - PROP_HSCROLL_POLICY]);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
tfv_card_grid_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  TfvCardGrid *self = TFV_CARD_GRID (object);

  switch (id)
    {
    case PROP_HADJUSTMENT:
    case PROP_VADJUSTMENT:
      set_adjustment (self, (GtkOrientation) (id - PROP_HADJUSTMENT), g_value_get_object (value));
      break;
    case PROP_HSCROLL_POLICY:
    case PROP_VSCROLL_POLICY:
      self->scroll_policies[id - PROP_HSCROLL_POLICY] = (guint) g_value_get_enum (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
tfv_card_grid_dispose (GObject *object)
{
  TfvCardGrid *self = TFV_CARD_GRID (object);
  GtkWidget   *child;

  g_clear_handle_id (&self->realize_source, g_source_remove);
  g_hash_table_remove_all (self->widgets);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    {
      if (!TFV_IS_SECTION_HEADING (child))
        self->factory->unbind (child);
      gtk_widget_unparent (child);
    }
  g_ptr_array_set_size (self->pool, 0);
  for (int i = 0; i < 2; i++)
    {
      if (self->adjustments[i] != NULL)
        g_signal_handlers_disconnect_by_data (self->adjustments[i], self);
      g_clear_object (&self->adjustments[i]);
    }
  G_OBJECT_CLASS (tfv_card_grid_parent_class)->dispose (object);
}

static void
tfv_card_grid_finalize (GObject *object)
{
  TfvCardGrid *self = TFV_CARD_GRID (object);

  g_clear_pointer (&self->sections, g_ptr_array_unref);
  g_clear_pointer (&self->slots, g_array_unref);
  g_clear_pointer (&self->widgets, g_hash_table_unref);
  g_clear_pointer (&self->pool, g_ptr_array_unref);
  G_OBJECT_CLASS (tfv_card_grid_parent_class)->finalize (object);
}

static void
tfv_card_grid_class_init (TfvCardGridClass *klass)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = tfv_card_grid_get_property;
  object_class->set_property = tfv_card_grid_set_property;
  object_class->dispose = tfv_card_grid_dispose;
  object_class->finalize = tfv_card_grid_finalize;
  widget_class->measure = tfv_card_grid_measure;
  widget_class->size_allocate = tfv_card_grid_size_allocate;
  widget_class->set_focus_child = tfv_card_grid_set_focus_child;

  g_object_class_override_property (object_class, PROP_HADJUSTMENT, "hadjustment");
  g_object_class_override_property (object_class, PROP_VADJUSTMENT, "vadjustment");
  g_object_class_override_property (object_class, PROP_HSCROLL_POLICY, "hscroll-policy");
  g_object_class_override_property (object_class, PROP_VSCROLL_POLICY, "vscroll-policy");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
tfv_card_grid_init (TfvCardGrid *self)
{
  self->sections = g_ptr_array_new_with_free_func ((GDestroyNotify) tfv_card_section_free);
  self->slots = g_array_new (FALSE, FALSE, sizeof (TfvCardSlot));
  self->widgets = g_hash_table_new (NULL, NULL);
  self->pool = g_ptr_array_new_with_free_func (g_object_unref);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}

/**
 * tfv_card_grid_new:
 * @factory: how it comes by cards; must outlive it
 * @user_data: handed to @factory
 *
 * Returns: (transfer floating): a grid without cards
 */
GtkWidget *
tfv_card_grid_new (const TfvCardFactory *factory, gpointer user_data)
{
  TfvCardGrid *self = g_object_new (TFV_TYPE_CARD_GRID, NULL);

  self->factory = factory;
  self->user_data = user_data;
  return GTK_WIDGET (self);
}

/**
 * tfv_card_grid_set_sections:
 * @self: the grid
 * @sections: (transfer full) (element-type TfvCardSection): the sections, in an
 *   array that frees them
 *
 * Changes what is shown. Cards of items that are still there stay as they are.
 */
void
tfv_card_grid_set_sections (TfvCardGrid *self, GPtrArray *sections)
{
  g_autoptr (GPtrArray) old = g_steal_pointer (&self->sections);

  self->sections = sections;
  /* Headings go with their sections; they are cheap to make again. */
  for (guint i = 0; i < old->len; i++)
    {
      GtkWidget *heading = g_hash_table_lookup (self->widgets, g_ptr_array_index (old, i));

      if (heading == NULL)
        continue;
      g_hash_table_remove (self->widgets, g_ptr_array_index (old, i));
      gtk_widget_unparent (heading);
    }
  update_layout (self, self->layout_width);
  /* Items that left are freed with the old array: let go of their cards now. */
  give_up_far (self, G_MININT / 2, G_MAXINT / 2);
  schedule_realize (self);
  queue_placing (self);
}

/**
 * tfv_card_grid_get_sections:
 * @self: the grid
 *
 * Returns: (transfer none) (element-type TfvCardSection): what is shown, with
 *   what the user opened and closed
 */
GPtrArray *
tfv_card_grid_get_sections (TfvCardGrid *self)
{
  return self->sections;
}

/**
 * tfv_card_grid_layout_changed:
 * @self: the grid
 *
 * Lays out again: a section was opened or closed, a card became wide.
 */
void
tfv_card_grid_layout_changed (TfvCardGrid *self)
{
  update_layout (self, self->layout_width);
  schedule_realize (self);
  queue_placing (self);
}

/**
 * tfv_card_grid_foreach_card:
 * @self: the grid
 * @func: (scope call): is given each card that exists, as a widget
 * @user_data: handed to @func
 */
void
tfv_card_grid_foreach_card (TfvCardGrid *self, GFunc func, gpointer user_data)
{
  GHashTableIter iter;
  gpointer       widget;

  g_hash_table_iter_init (&iter, self->widgets);
  while (g_hash_table_iter_next (&iter, NULL, &widget))
    if (!TFV_IS_SECTION_HEADING (widget))
      func (widget, user_data);
}

/**
 * tfv_card_grid_is_settled:
 * @self: the grid
 *
 * Returns: whether all cards in sight exist and are in their places
 */
gboolean
tfv_card_grid_is_settled (TfvCardGrid *self)
{
  return self->realize_source == 0 && !self->must_place && self->layout_width > 0;
}
