/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/tfv-section-heading.h"

struct _TfvSectionHeading
{
  GtkButton  parent_instance;
  GtkWidget *arrow;
  GtkWidget *title;
  GtkWidget *count;
};

G_DEFINE_FINAL_TYPE (TfvSectionHeading, tfv_section_heading, GTK_TYPE_BUTTON)

static void
tfv_section_heading_class_init (TfvSectionHeadingClass *klass)
{
}

static void
tfv_section_heading_init (TfvSectionHeading *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);

  self->arrow = gtk_image_new_from_icon_name ("pan-end-symbolic");
  self->title = gtk_label_new (NULL);
  gtk_label_set_ellipsize (GTK_LABEL (self->title), PANGO_ELLIPSIZE_MIDDLE);
  gtk_widget_add_css_class (self->title, "heading");
  self->count = gtk_label_new (NULL);
  gtk_widget_add_css_class (self->count, "dim-label");
  gtk_widget_add_css_class (self->count, "caption");
  gtk_widget_add_css_class (self->count, "numeric");

  gtk_box_append (GTK_BOX (box), self->arrow);
  gtk_box_append (GTK_BOX (box), self->title);
  gtk_box_append (GTK_BOX (box), self->count);
  gtk_button_set_child (GTK_BUTTON (self), box);
  gtk_widget_add_css_class (GTK_WIDGET (self), "flat");
  gtk_widget_add_css_class (GTK_WIDGET (self), "section-heading");
}

/**
 * tfv_section_heading_new:
 *
 * Returns: (transfer floating): a heading
 */
GtkWidget *
tfv_section_heading_new (void)
{
  return g_object_new (TFV_TYPE_SECTION_HEADING, NULL);
}

/**
 * tfv_section_heading_set:
 * @self: the heading
 * @title: what it says
 * @n_items: how many cards are below it
 * @expanded: whether they are shown
 */
void
tfv_section_heading_set (TfvSectionHeading *self, const char *title, guint n_items, gboolean expanded)
{
  g_autofree char *count = g_strdup_printf ("%u", n_items);

  gtk_image_set_from_icon_name (GTK_IMAGE (self->arrow), expanded ? "pan-down-symbolic" : "pan-end-symbolic");
  gtk_label_set_text (GTK_LABEL (self->title), title);
  gtk_label_set_text (GTK_LABEL (self->count), count);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_STATE_EXPANDED, expanded, -1);
}
