/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/tfv-waiting-page.h"

#include <glib/gi18n.h>

struct _TfvWaitingPage
{
  AdwBin         parent_instance;
  AdwStatusPage *status;
  GtkWidget     *hint_box;
  GtkLabel      *hint;
};

G_DEFINE_FINAL_TYPE (TfvWaitingPage, tfv_waiting_page, ADW_TYPE_BIN)

static void
tfv_waiting_page_class_init (TfvWaitingPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/tfview/Tfview/ui/waiting-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TfvWaitingPage, status);
  gtk_widget_class_bind_template_child (widget_class, TfvWaitingPage, hint_box);
  gtk_widget_class_bind_template_child (widget_class, TfvWaitingPage, hint);
}

static void
tfv_waiting_page_init (TfvWaitingPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static const char *
text_format (TfvPathKind kind)
{
  switch (kind)
    {
    case TFV_PATH_MISSING:
      return _ ("<tt>%s</tt> does not exist yet. It is opened by itself as soon as it is there.");
    case TFV_PATH_FILE:
      return _ ("There is nothing to show in <tt>%s</tt> yet. It appears here by itself as soon as a program writes some.");
    case TFV_PATH_FOLDER:
    default:
      return _ ("There are no event files in <tt>%s</tt> yet. They appear here by themselves as soon as a program writes some.");
    }
}

/**
 * tfv_waiting_page_set_path:
 * @self: the page
 * @path: what is waited for
 * @kind: what there is at @path
 */
void
tfv_waiting_page_set_path (TfvWaitingPage *self, const char *path, TfvPathKind kind)
{
  g_autofree char    *place = g_filename_display_name (path);
  g_autofree char    *hint = g_strdup_printf ("writer = SummaryWriter(\"%s\")\nwriter.add_scalar(\"loss\", loss, step)", place);
  g_autoptr (GString) text = g_string_new (text_format (kind));
  g_autofree char    *markup = g_markup_escape_text (place, -1);

  g_string_replace (text, "%s", markup, 1);
  adw_status_page_set_description (self->status, text->str);
  gtk_label_set_text (self->hint, hint);
  gtk_widget_set_visible (self->hint_box, kind != TFV_PATH_FILE);
}
