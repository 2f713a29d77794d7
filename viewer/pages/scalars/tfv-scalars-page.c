/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/pages/scalars/tfv-scalars-page.h"

#include <glib/gi18n.h>

#include "viewer/pages/scalars/tfv-scalar-card.h"
#include "viewer/pages/scalars/tfv-tag-index.h"
#include "viewer/tfv-card-grid.h"
#include "viewer/tfv-filter-entry.h"
#include "viewer/tfv-health-badge.h"
#include "viewer/tfv-wrap-layout.h"

struct _TfvScalarsPage
{
  TfvPage          parent_instance;
  TfvSelection    *selection;
  TfvTagIndex     *index;
  TfvNameFilter   *filter;
  GtkWidget       *tag_entry;
  GtkToggleButton *x_buttons[3];
  GtkToggleButton *step_button;
  GtkToggleButton *relative_button;
  GtkToggleButton *wall_button;
  GtkDropDown     *smooth_kind;
  GtkAdjustment   *smoothing;
  GtkWidget       *smoothing_scale;
  GtkWidget       *smoothing_spin;
  GtkToggleButton *outliers_button;
  GtkToggleButton *log_button;
  TfvHealthBadge  *health_badge;
  GtkStack        *stack;
  AdwStatusPage   *no_match_status;
  GtkWidget       *scroller;
  TfvCardGrid     *grid;
};

G_DEFINE_FINAL_TYPE (TfvScalarsPage, tfv_scalars_page, TFV_TYPE_PAGE)

static void
remember_collapsed (TfvScalarsPage *self, GPtrArray *sections)
{
  GPtrArray             *old = tfv_card_grid_get_sections (self->grid);
  g_autoptr (GHashTable) collapsed = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < old->len; i++)
    {
      TfvCardSection *section = g_ptr_array_index (old, i);

      if (section->title != NULL && !section->expanded)
        g_hash_table_add (collapsed, section->title);
    }
  for (guint i = 0; i < sections->len; i++)
    {
      TfvCardSection *section = g_ptr_array_index (sections, i);

      section->expanded = section->title == NULL || !g_hash_table_contains (collapsed, section->title);
    }
}

static void
show_status (TfvScalarsPage *self, guint n_sections, guint n_visible)
{
  const char *child = "charts";

  if (tfv_tag_index_get_n_tags (self->index) == 0)
    child = "no-scalars";
  else if (n_visible == 0)
    child = "all-hidden";
  else if (n_sections == 0)
    child = "no-match";
  if (g_str_equal (child, "no-match"))
    {
      g_autofree char *pattern = g_markup_escape_text (gtk_editable_get_text (GTK_EDITABLE (self->tag_entry)), -1);
      g_autofree char *text = g_strdup_printf (_ ("No tag of the runs that are shown matches “%s”."), pattern);

      adw_status_page_set_description (self->no_match_status, text);
    }
  gtk_stack_set_visible_child_name (self->stack, child);
}

static void
rebuild (TfvScalarsPage *self)
{
  guint      n_visible;
  GPtrArray *sections = tfv_tag_index_create_sections (self->index, self->filter, &n_visible);
  guint      n_sections = sections->len;

  remember_collapsed (self, sections);
  tfv_card_grid_set_sections (self->grid, sections);
  show_status (self, n_sections, n_visible);
  tfv_page_set_has_data (TFV_PAGE (self), tfv_tag_index_get_n_tags (self->index) > 0);
}

static void
update_card_curves (gpointer card, gpointer data)
{
  tfv_scalar_card_update_curves (card);
}

static void
update_card_data (gpointer card, gpointer data)
{
  tfv_scalar_card_update_data (card);
}

static void
on_data_changed (TfvScalarsPage *self)
{
  TfvRunTree *runs = tfv_selection_get_runs (self->selection);

  if (tfv_tag_index_update (self->index, tfv_run_tree_get_runs (runs)))
    {
      rebuild (self);
      tfv_card_grid_foreach_card (self->grid, update_card_curves, NULL);
    }
  else
    {
      tfv_card_grid_foreach_card (self->grid, update_card_data, NULL);
    }
}

static void
on_runs_changed (TfvScalarsPage *self)
{
  /* New runs are taken over when data-changed follows. */
  rebuild (self);
  tfv_card_grid_foreach_card (self->grid, update_card_curves, NULL);
}

static void
on_tag_search_changed (GtkSearchEntry *entry, TfvScalarsPage *self)
{
  g_object_set (self->selection, "tag-filter", gtk_editable_get_text (GTK_EDITABLE (entry)), NULL);
}

static void
show_tag_filter (TfvScalarsPage *self, const char *pattern)
{
  if (g_str_equal (gtk_editable_get_text (GTK_EDITABLE (self->tag_entry)), pattern))
    return;
  /* The entry is empty for a moment when its text is replaced, and says so. */
  g_signal_handlers_block_by_func (self->tag_entry, on_tag_search_changed, self);
  gtk_editable_set_text (GTK_EDITABLE (self->tag_entry), pattern);
  g_signal_handlers_unblock_by_func (self->tag_entry, on_tag_search_changed, self);
}

static void
on_tag_filter_changed (TfvScalarsPage *self)
{
  g_autoptr (GError) error = NULL;
  const char        *pattern = tfv_selection_get_tag_filter (self->selection);
  gboolean           usable = tfv_name_filter_set_pattern (self->filter, pattern, &error);

  show_tag_filter (self, pattern != NULL ? pattern : "");
  tfv_filter_entry_set_error (self->tag_entry, error);
  if (usable)
    rebuild (self);
}

static void
on_stop_search (GtkSearchEntry *entry, TfvScalarsPage *self)
{
  gtk_editable_set_text (GTK_EDITABLE (entry), "");
}

static void
on_clear_filter_clicked (GtkButton *button, TfvScalarsPage *self)
{
  g_object_set (self->selection, "tag-filter", "", NULL);
}

static void
on_show_all_clicked (GtkButton *button, TfvScalarsPage *self)
{
  tfv_run_tree_set_all_checked (tfv_selection_get_runs (self->selection), TRUE);
}

static void
on_x_axis_changed (TfvScalarsPage *self)
{
  gtk_toggle_button_set_active (self->x_buttons[tfv_selection_get_x_axis (self->selection)], TRUE);
}

static void
on_x_button_toggled (GtkToggleButton *button, TfvScalarsPage *self)
{
  for (int i = 0; i < 3; i++)
    if (button == self->x_buttons[i] && gtk_toggle_button_get_active (button) && self->selection != NULL && i != (int) tfv_selection_get_x_axis (self->selection))
      g_object_set (self->selection, "x-axis", i, NULL);
}

static void
on_card_layout_changed (TfvScalarsPage *self)
{
  tfv_card_grid_layout_changed (self->grid);
}

static GtkWidget *
create_card (gpointer data)
{
  TfvScalarsPage *self = data;
  GtkWidget      *card = tfv_scalar_card_new (self->selection);

  g_signal_connect_object (card, "layout-changed", G_CALLBACK (on_card_layout_changed), self, G_CONNECT_SWAPPED);
  return card;
}

static void
bind_card (GtkWidget *card, GObject *item)
{
  tfv_scalar_card_set_tag (TFV_SCALAR_CARD (card), TFV_SCALAR_TAG (item));
}

static void
unbind_card (GtkWidget *card)
{
  tfv_scalar_card_set_tag (TFV_SCALAR_CARD (card), NULL);
}

static gboolean
is_card_wide (GObject *item)
{
  return tfv_scalar_tag_get_wide (TFV_SCALAR_TAG (item));
}

static gboolean
must_card_stay (GtkWidget *card)
{
  return tfv_scalar_card_is_zoomed (TFV_SCALAR_CARD (card));
}

static void
card_placed (GtkWidget *card)
{
  tfv_scalar_card_placed (TFV_SCALAR_CARD (card));
}

static void
card_moving (GtkWidget *card)
{
  tfv_scalar_card_moving (TFV_SCALAR_CARD (card));
}

static const TfvCardFactory card_factory = {
  .create = create_card,
  .bind = bind_card,
  .unbind = unbind_card,
  .is_wide = is_card_wide,
  .moving = card_moving,
  .placed = card_placed,
  .must_stay = must_card_stay,
};

/* There is nothing to set where curves are as they were logged. */
static void
on_smooth_kind_changed (TfvScalarsPage *self)
{
  gboolean is_on = gtk_drop_down_get_selected (self->smooth_kind) != TFV_CHART_SMOOTH_OFF;

  gtk_widget_set_sensitive (self->smoothing_scale, is_on);
  gtk_widget_set_sensitive (self->smoothing_spin, is_on);
}

static gboolean
active_from_scale (GBinding *binding, const GValue *scale, GValue *active, gpointer data)
{
  g_value_set_boolean (active, g_value_get_int (scale) != TFV_AXIS_LINEAR);
  return TRUE;
}

/* The button knows two scales, the menu all. */
static gboolean
scale_from_active (GBinding *binding, const GValue *active, GValue *scale, gpointer selection)
{
  gboolean is_curved = tfv_selection_get_y_scale (selection) != TFV_AXIS_LINEAR;

  g_value_set_int (scale, g_value_get_boolean (active) ? TFV_AXIS_LOG : TFV_AXIS_LINEAR);
  return g_value_get_boolean (active) != is_curved;
}

static void
add_menu_actions (TfvScalarsPage *self, TfvSelection *selection)
{
  static const char *const       names[] = { "x-scale", "y-scale", "shows-superseded" };
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GPropertyAction) action = g_property_action_new (names[i], selection, names[i]);

      g_action_map_add_action (G_ACTION_MAP (group), G_ACTION (action));
    }
  gtk_widget_insert_action_group (GTK_WIDGET (self), "scalars", G_ACTION_GROUP (group));
}

static void
tfv_scalars_page_set_selection (TfvPage *page, TfvSelection *selection)
{
  TfvScalarsPage *self = TFV_SCALARS_PAGE (page);

  g_return_if_fail (self->selection == NULL);
  self->selection = g_object_ref (selection);
  g_object_bind_property (selection, "smoothing", self->smoothing, "value", G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
  g_object_bind_property (selection, "ignore-outliers", self->outliers_button, "active", G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
  g_object_bind_property (selection, "smooth-kind", self->smooth_kind, "selected", G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
  g_object_bind_property_full (selection, "y-scale", self->log_button, "active", G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL, active_from_scale, scale_from_active, selection, NULL);
  add_menu_actions (self, selection);
  g_signal_connect_object (selection, "notify::x-axis", G_CALLBACK (on_x_axis_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (selection, "notify::tag-filter", G_CALLBACK (on_tag_filter_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (selection, "data-changed", G_CALLBACK (on_data_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (tfv_selection_get_runs (selection), "changed", G_CALLBACK (on_runs_changed), self, G_CONNECT_SWAPPED);
  tfv_health_badge_set_selection (self->health_badge, selection);
  on_x_axis_changed (self);
  on_tag_filter_changed (self);
  on_data_changed (self);
}

static void
check_settled (gpointer card, gpointer settled)
{
  *(gboolean *) settled &= tfv_scalar_card_is_settled (card);
}

static gboolean
tfv_scalars_page_is_settled (TfvPage *page)
{
  TfvScalarsPage *self = TFV_SCALARS_PAGE (page);
  gboolean        settled = TRUE;

  if (self->selection != NULL && !tfv_selection_is_looked_over (self->selection))
    return FALSE;
  if (gtk_stack_get_transition_running (self->stack))
    return FALSE;
  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "charts") != 0)
    return TRUE;
  if (!tfv_card_grid_is_settled (self->grid))
    return FALSE;
  tfv_card_grid_foreach_card (self->grid, check_settled, &settled);
  return settled;
}

static void
tfv_scalars_page_start_search (TfvPage *page)
{
  TfvScalarsPage *self = TFV_SCALARS_PAGE (page);

  gtk_widget_grab_focus (self->tag_entry);
  gtk_editable_select_region (GTK_EDITABLE (self->tag_entry), 0, -1);
}

static void
tfv_scalars_page_dispose (GObject *object)
{
  TfvScalarsPage *self = TFV_SCALARS_PAGE (object);

  if (self->selection != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->selection, self);
      g_signal_handlers_disconnect_by_data (tfv_selection_get_runs (self->selection), self);
    }
  g_clear_object (&self->selection);
  G_OBJECT_CLASS (tfv_scalars_page_parent_class)->dispose (object);
}

static void
tfv_scalars_page_finalize (GObject *object)
{
  TfvScalarsPage *self = TFV_SCALARS_PAGE (object);

  g_clear_pointer (&self->index, tfv_tag_index_free);
  g_clear_pointer (&self->filter, tfv_name_filter_free);
  G_OBJECT_CLASS (tfv_scalars_page_parent_class)->finalize (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class, "/org/tfview/Tfview/ui/scalars-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TfvScalarsPage, tag_entry);
  gtk_widget_class_bind_template_child (widget_class, TfvScalarsPage, step_button);
  gtk_widget_class_bind_template_child (widget_class, TfvScalarsPage, relative_button);
  gtk_widget_class_bind_template_child (widget_class, TfvScalarsPage, wall_button);
  gtk_widget_class_bind_template_child (widget_class, TfvScalarsPage, smooth_kind);
  gtk_widget_class_bind_template_child (widget_class, TfvScalarsPage, smoothing);
  gtk_widget_class_bind_template_child (widget_class, TfvScalarsPage, smoothing_scale);
  gtk_widget_class_bind_template_child (widget_class, TfvScalarsPage, smoothing_spin);
  gtk_widget_class_bind_template_child (widget_class, TfvScalarsPage, outliers_button);
  gtk_widget_class_bind_template_child (widget_class, TfvScalarsPage, log_button);
  gtk_widget_class_bind_template_child (widget_class, TfvScalarsPage, health_badge);
  gtk_widget_class_bind_template_child (widget_class, TfvScalarsPage, stack);
  gtk_widget_class_bind_template_child (widget_class, TfvScalarsPage, no_match_status);
  gtk_widget_class_bind_template_child (widget_class, TfvScalarsPage, scroller);
  gtk_widget_class_bind_template_callback (widget_class, on_tag_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_stop_search);
  gtk_widget_class_bind_template_callback (widget_class, on_clear_filter_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_show_all_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_x_button_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_smooth_kind_changed);
}

static void
tfv_scalars_page_class_init (TfvScalarsPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  TfvPageClass *page_class = TFV_PAGE_CLASS (klass);

  object_class->dispose = tfv_scalars_page_dispose;
  object_class->finalize = tfv_scalars_page_finalize;
  page_class->name = "scalars";
  page_class->title = N_ ("Scalars");
  page_class->icon_name = "tfv-scalars-symbolic";
  page_class->set_selection = tfv_scalars_page_set_selection;
  page_class->is_settled = tfv_scalars_page_is_settled;
  page_class->start_search = tfv_scalars_page_start_search;

  g_type_ensure (TFV_TYPE_HEALTH_BADGE);
  g_type_ensure (TFV_TYPE_WRAP_LAYOUT);
  bind_template (GTK_WIDGET_CLASS (klass));
}

static void
tfv_scalars_page_init (TfvScalarsPage *self)
{
  self->index = tfv_tag_index_new ();
  self->filter = tfv_name_filter_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  self->x_buttons[TFV_X_AXIS_STEP] = self->step_button;
  self->x_buttons[TFV_X_AXIS_RELATIVE] = self->relative_button;
  self->x_buttons[TFV_X_AXIS_WALL] = self->wall_button;
  self->grid = TFV_CARD_GRID (tfv_card_grid_new (&card_factory, self));
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroller), GTK_WIDGET (self->grid));
}
