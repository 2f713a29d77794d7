/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/tfv-run-row.h"

#include <glib/gi18n.h>

#include "viewer/tfv-color-dot.h"

struct _TfvRunRow
{
  AdwBin           parent_instance;
  TfvRunTree      *tree;
  TfvRunNode      *node;
  GtkTreeExpander *expander;
  GtkCheckButton  *check;
  TfvColorDot     *dot;
  GtkImage        *folder;
  GtkLabel        *label;
  GtkImage        *badge;
  GMenuModel      *menu_model;
  GtkWidget       *menu; /* made when first asked for */
  gboolean         updating;
};

G_DEFINE_FINAL_TYPE (TfvRunRow, tfv_run_row, ADW_TYPE_BIN)

static void
update (TfvRunRow *self)
{
  TfvRunNode   *node = self->node;
  gboolean      is_run = tfv_run_node_get_run (node) != NULL;
  TfvCheckState state = tfv_run_node_get_check_state (node);
  guint         n_warnings = tfv_run_node_get_n_warnings (node);
  GdkRGBA       color;

  self->updating = TRUE;
  gtk_check_button_set_inconsistent (self->check, state == TFV_CHECK_MIXED);
  gtk_check_button_set_active (self->check, state == TFV_CHECK_ON);
  self->updating = FALSE;

  tfv_run_node_get_color (node, &color);
  tfv_color_dot_set_color (self->dot, &color);
  gtk_widget_set_visible (GTK_WIDGET (self->dot), is_run);
  gtk_widget_set_visible (GTK_WIDGET (self->folder), !is_run);
  gtk_label_set_text (self->label, tfv_run_node_get_label (node));
  gtk_widget_set_visible (GTK_WIDGET (self->badge), n_warnings > 0);
  if (state == TFV_CHECK_OFF)
    gtk_widget_add_css_class (GTK_WIDGET (self), "hidden-run");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "hidden-run");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->check), GTK_ACCESSIBLE_PROPERTY_LABEL, tfv_run_node_get_title (node), -1);
}

static void
on_check_toggled (GtkCheckButton *check, TfvRunRow *self)
{
  if (self->updating || self->node == NULL)
    return;
  /* A click on the dash of a mixed folder shows all of it. */
  tfv_run_tree_set_checked (self->tree, self->node, tfv_run_node_get_check_state (self->node) != TFV_CHECK_ON);
}

static gboolean
on_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard_mode, GtkTooltip *tooltip, TfvRunRow *self)
{
  if (self->node == NULL)
    return FALSE;
  g_autofree char *text = tfv_run_node_dup_description (self->node);
  gtk_tooltip_set_text (tooltip, text);
  return TRUE;
}

static void
on_menu_pressed (GtkGestureClick *gesture, int n_press, double x, double y, TfvRunRow *self)
{
  if (self->menu == NULL)
    {
      self->menu = gtk_popover_menu_new_from_model (self->menu_model);
      gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
      gtk_widget_set_halign (self->menu, GTK_ALIGN_START);
      gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
    }
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), &(GdkRectangle){ (int) x, (int) y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->menu));
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
}

static void
on_show_only (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TfvRunRow *self = TFV_RUN_ROW (widget);

  if (self->node != NULL)
    tfv_run_tree_show_only (self->tree, self->node);
}

static void
on_show_all (GtkWidget *widget, const char *action, GVariant *parameter)
{
  tfv_run_tree_set_all_checked (TFV_RUN_ROW (widget)->tree, TRUE);
}

static void
on_copy_path (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TfvRunRow *self = TFV_RUN_ROW (widget);
  TfvRun    *run = self->node != NULL ? tfv_run_node_get_run (self->node) : NULL;

  if (self->node == NULL)
    return;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), run != NULL ? tfv_run_get_directory (run) : tfv_run_node_get_path (self->node));
}

static void
tfv_run_row_dispose (GObject *object)
{
  TfvRunRow *self = TFV_RUN_ROW (object);

  tfv_run_row_set_list_row (self, NULL);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  g_clear_object (&self->tree);
  G_OBJECT_CLASS (tfv_run_row_parent_class)->dispose (object);
}

static void
tfv_run_row_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  GTK_WIDGET_CLASS (tfv_run_row_parent_class)->size_allocate (widget, width, height, baseline);
  if (TFV_RUN_ROW (widget)->menu != NULL)
    gtk_popover_present (GTK_POPOVER (TFV_RUN_ROW (widget)->menu));
}

static void
tfv_run_row_class_init (TfvRunRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tfv_run_row_dispose;
  widget_class->size_allocate = tfv_run_row_size_allocate;

  g_type_ensure (TFV_TYPE_COLOR_DOT);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/tfview/Tfview/ui/run-row.ui");
  gtk_widget_class_bind_template_child (widget_class, TfvRunRow, expander);
  gtk_widget_class_bind_template_child (widget_class, TfvRunRow, check);
  gtk_widget_class_bind_template_child (widget_class, TfvRunRow, dot);
  gtk_widget_class_bind_template_child (widget_class, TfvRunRow, folder);
  gtk_widget_class_bind_template_child (widget_class, TfvRunRow, label);
  gtk_widget_class_bind_template_child (widget_class, TfvRunRow, badge);
  gtk_widget_class_bind_template_child (widget_class, TfvRunRow, menu_model);
  gtk_widget_class_bind_template_callback (widget_class, on_check_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_query_tooltip);
  gtk_widget_class_bind_template_callback (widget_class, on_menu_pressed);

  gtk_widget_class_install_action (widget_class, "run.show-only", NULL, on_show_only);
  gtk_widget_class_install_action (widget_class, "run.show-all", NULL, on_show_all);
  gtk_widget_class_install_action (widget_class, "run.copy-path", NULL, on_copy_path);
}

static void
tfv_run_row_init (TfvRunRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * tfv_run_row_new:
 * @tree: where choices go
 *
 * Returns: (transfer floating): a row without a run
 */
GtkWidget *
tfv_run_row_new (TfvRunTree *tree)
{
  TfvRunRow *self = g_object_new (TFV_TYPE_RUN_ROW, NULL);

  self->tree = g_object_ref (tree);
  return GTK_WIDGET (self);
}

/**
 * tfv_run_row_set_list_row:
 * @self: the row
 * @list_row: (nullable): the place in the tree that it shows
 */
void
tfv_run_row_set_list_row (TfvRunRow *self, GtkTreeListRow *list_row)
{
  if (self->node != NULL)
    g_signal_handlers_disconnect_by_data (self->node, self);
  g_clear_object (&self->node);
  gtk_tree_expander_set_list_row (self->expander, list_row);
  if (list_row == NULL)
    return;
  self->node = gtk_tree_list_row_get_item (list_row);
  g_signal_connect_swapped (self->node, "changed", G_CALLBACK (update), self);
  update (self);
}
