/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/tfv-message-bar.h"

#include <glib/gi18n.h>

/* More would not be read; the command `tfv check` gives them all. */
#define MAX_MESSAGES 100

struct _TfvMessageBar
{
  AdwBin       parent_instance;
  GtkRevealer *revealer;
  GtkLabel    *first;
  GtkLabel    *others;
  GtkWidget   *more_button;
  GtkRevealer *others_revealer;
  GStrv        messages;
};

G_DEFINE_FINAL_TYPE (TfvMessageBar, tfv_message_bar, ADW_TYPE_BIN)

static void
on_close_clicked (GtkButton *button, TfvMessageBar *self)
{
  gtk_revealer_set_reveal_child (self->revealer, FALSE);
}

static void
tfv_message_bar_finalize (GObject *object)
{
  TfvMessageBar *self = TFV_MESSAGE_BAR (object);

  g_clear_pointer (&self->messages, g_strfreev);
  G_OBJECT_CLASS (tfv_message_bar_parent_class)->finalize (object);
}

static void
tfv_message_bar_class_init (TfvMessageBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = tfv_message_bar_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/tfview/Tfview/ui/message-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, TfvMessageBar, revealer);
  gtk_widget_class_bind_template_child (widget_class, TfvMessageBar, first);
  gtk_widget_class_bind_template_child (widget_class, TfvMessageBar, others);
  gtk_widget_class_bind_template_child (widget_class, TfvMessageBar, more_button);
  gtk_widget_class_bind_template_child (widget_class, TfvMessageBar, others_revealer);
  gtk_widget_class_bind_template_callback (widget_class, on_close_clicked);
}

static void
tfv_message_bar_init (TfvMessageBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * tfv_message_bar_set_messages:
 * @self: the bar
 * @messages: (array zero-terminated=1): what went wrong, a line each; empty
 *   hides the bar. The same messages again do not show a bar that was closed
 */
void
tfv_message_bar_set_messages (TfvMessageBar *self, const char *const *messages)
{
  guint n_messages = g_strv_length ((char **) messages);

  if (self->messages == NULL ? n_messages == 0 : g_strv_equal ((const char *const *) self->messages, messages))
    return;
  g_strfreev (self->messages);
  self->messages = g_strdupv ((char **) messages);
  gtk_revealer_set_reveal_child (self->revealer, n_messages > 0);
  if (n_messages == 0)
    return;

  gtk_label_set_text (self->first, messages[0]);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->first), messages[0]);
  gtk_widget_set_visible (self->more_button, n_messages > 1);
  if (n_messages > 1)
    {
      g_autofree char    *label = g_strdup_printf (ngettext ("%u More", "%u More", n_messages - 1), n_messages - 1);
      g_autoptr (GString) text = g_string_new (NULL);

      for (guint i = 1; i < n_messages && i < MAX_MESSAGES; i++)
        g_string_append_printf (text, "%s%s", i > 1 ? "\n" : "", messages[i]);
      gtk_button_set_label (GTK_BUTTON (self->more_button), label);
      gtk_label_set_text (self->others, text->str);
    }
}
