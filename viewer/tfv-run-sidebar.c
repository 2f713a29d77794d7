/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/tfv-run-sidebar.h"

#include <glib/gi18n.h>

#include "viewer/tfv-filter-entry.h"
#include "viewer/tfv-run-row.h"

struct _TfvRunSidebar
{
  AdwBin          parent_instance;
  TfvRunTree     *tree;
  GtkWidget      *entry;
  GtkCheckButton *all_check;
  GtkLabel       *count_label;
  GtkListView    *list;
  GtkStack       *stack;
  gboolean        updating;
};

G_DEFINE_FINAL_TYPE (TfvRunSidebar, tfv_run_sidebar, ADW_TYPE_BIN)

static void
on_runs_changed (TfvRunSidebar *self)
{
  guint            n_runs = tfv_run_tree_get_runs (self->tree)->len;
  guint            n_matching = tfv_run_tree_get_n_matching (self->tree);
  guint            n_visible = tfv_run_tree_get_n_visible (self->tree);
  g_autofree char *text = NULL;

  if (n_visible == n_runs)
    text = g_strdup_printf (ngettext ("%u run", "%u runs", n_runs), n_runs);
  else
    /* Translators: number of runs that are shown, number of all runs */
    text = g_strdup_printf (ngettext ("%u of %u run", "%u of %u runs", n_runs), n_visible, n_runs);
  gtk_label_set_text (self->count_label, text);

  self->updating = TRUE;
  gtk_check_button_set_inconsistent (self->all_check, n_visible > 0 && n_visible < n_matching);
  gtk_check_button_set_active (self->all_check, n_visible > 0 && n_visible == n_matching);
  self->updating = FALSE;
  gtk_widget_set_sensitive (GTK_WIDGET (self->all_check), n_matching > 0);
  gtk_stack_set_visible_child_name (self->stack, n_matching > 0 || n_runs == 0 ? "list" : "no-match");
}

static void
on_all_toggled (GtkCheckButton *check, TfvRunSidebar *self)
{
  if (self->updating || self->tree == NULL)
    return;
  tfv_run_tree_set_all_checked (self->tree, tfv_run_tree_get_n_visible (self->tree) < tfv_run_tree_get_n_matching (self->tree));
}

static void
on_search_changed (GtkSearchEntry *entry, TfvRunSidebar *self)
{
  g_autoptr (GError) error = NULL;

  tfv_run_tree_set_filter (self->tree, gtk_editable_get_text (GTK_EDITABLE (entry)), &error);
  tfv_filter_entry_set_error (GTK_WIDGET (entry), error);
}

static void
on_stop_search (GtkSearchEntry *entry, TfvRunSidebar *self)
{
  gtk_editable_set_text (GTK_EDITABLE (entry), "");
}

static void
on_row_activated (GtkListView *list, guint position, TfvRunSidebar *self)
{
  g_autoptr (GtkTreeListRow) row = g_list_model_get_item (G_LIST_MODEL (gtk_list_view_get_model (list)), position);
  g_autoptr (TfvRunNode)     node = row != NULL ? gtk_tree_list_row_get_item (row) : NULL;

  if (node != NULL)
    tfv_run_tree_show_only (self->tree, node);
}

static gboolean
on_toggle_selected (GtkWidget *list, GVariant *arguments, gpointer data)
{
  TfvRunSidebar         *self = data;
  GtkSingleSelection    *model = GTK_SINGLE_SELECTION (gtk_list_view_get_model (self->list));
  GtkTreeListRow        *row = gtk_single_selection_get_selected_item (model);
  g_autoptr (TfvRunNode) node = row != NULL ? gtk_tree_list_row_get_item (row) : NULL;

  if (node == NULL)
    return FALSE;
  tfv_run_tree_set_checked (self->tree, node, tfv_run_node_get_check_state (node) != TFV_CHECK_ON);
  return TRUE;
}

/* The list keeps what it shows in place. At its top that would hide the runs that
 * come in above, which is where a folder is read from. */
static void
on_items_changed (GListModel *model, guint position, guint n_removed, guint n_added, TfvRunSidebar *self)
{
  GtkAdjustment *vertical = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (self->list));

  if (position == 0 && n_added > 0 && gtk_adjustment_get_value (vertical) == 0)
    gtk_widget_activate_action (GTK_WIDGET (self->list), "list.scroll-to-item", "u", 0);
}

static void
on_setup (GtkListItemFactory *factory, GtkListItem *item, TfvRunSidebar *self)
{
  gtk_list_item_set_child (item, tfv_run_row_new (self->tree));
}

static void
on_bind (GtkListItemFactory *factory, GtkListItem *item, TfvRunSidebar *self)
{
  tfv_run_row_set_list_row (TFV_RUN_ROW (gtk_list_item_get_child (item)), gtk_list_item_get_item (item));
}

static void
on_unbind (GtkListItemFactory *factory, GtkListItem *item, TfvRunSidebar *self)
{
  tfv_run_row_set_list_row (TFV_RUN_ROW (gtk_list_item_get_child (item)), NULL);
}

static void
tfv_run_sidebar_dispose (GObject *object)
{
  TfvRunSidebar *self = TFV_RUN_SIDEBAR (object);

  g_clear_object (&self->tree);
  G_OBJECT_CLASS (tfv_run_sidebar_parent_class)->dispose (object);
}

static void
tfv_run_sidebar_class_init (TfvRunSidebarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tfv_run_sidebar_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/tfview/Tfview/ui/run-sidebar.ui");
  gtk_widget_class_bind_template_child (widget_class, TfvRunSidebar, entry);
  gtk_widget_class_bind_template_child (widget_class, TfvRunSidebar, all_check);
  gtk_widget_class_bind_template_child (widget_class, TfvRunSidebar, count_label);
  gtk_widget_class_bind_template_child (widget_class, TfvRunSidebar, list);
  gtk_widget_class_bind_template_child (widget_class, TfvRunSidebar, stack);
  gtk_widget_class_bind_template_callback (widget_class, on_all_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_stop_search);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
}

static void
tfv_run_sidebar_init (TfvRunSidebar *self)
{
  GtkEventController *shortcuts = gtk_shortcut_controller_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (shortcuts), gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_space, 0), gtk_callback_action_new (on_toggle_selected, self, NULL)));
  gtk_widget_add_controller (GTK_WIDGET (self->list), shortcuts);
}

/**
 * tfv_run_sidebar_set_selection:
 * @self: the sidebar
 * @selection: whose runs it lists; called once
 */
void
tfv_run_sidebar_set_selection (TfvRunSidebar *self, TfvSelection *selection)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkSingleSelection *model;

  g_return_if_fail (self->tree == NULL);
  self->tree = g_object_ref (tfv_selection_get_runs (selection));
  g_signal_connect_object (self->tree, "changed", G_CALLBACK (on_runs_changed), self, G_CONNECT_SWAPPED);

  g_signal_connect_object (factory, "setup", G_CALLBACK (on_setup), self, 0);
  g_signal_connect_object (factory, "bind", G_CALLBACK (on_bind), self, 0);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (on_unbind), self, 0);
  gtk_list_view_set_factory (self->list, factory);
  g_object_unref (factory);

  model = gtk_single_selection_new (tfv_run_tree_create_model (self->tree));
  gtk_single_selection_set_autoselect (model, FALSE);
  gtk_single_selection_set_can_unselect (model, TRUE);
  gtk_single_selection_set_selected (model, GTK_INVALID_LIST_POSITION);
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (model));
  g_signal_connect_object (model, "items-changed", G_CALLBACK (on_items_changed), self, 0);
  g_object_unref (model);
  on_runs_changed (self);
}

/**
 * tfv_run_sidebar_start_search:
 * @self: the sidebar
 *
 * Moves the focus into the filter.
 */
void
tfv_run_sidebar_start_search (TfvRunSidebar *self)
{
  gtk_widget_grab_focus (self->entry);
  gtk_editable_select_region (GTK_EDITABLE (self->entry), 0, -1);
}
