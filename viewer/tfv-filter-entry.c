/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/tfv-filter-entry.h"

#include <glib/gi18n.h>

/**
 * tfv_filter_entry_set_error:
 * @entry: an entry that takes a regular expression
 * @error: (nullable): what is wrong with it, or %NULL where it can be used
 *
 * Marks the entry, and says in its tooltip what is wrong.
 */
void
tfv_filter_entry_set_error (GtkWidget *entry, const GError *error)
{
  if (error == NULL)
    {
      gtk_widget_remove_css_class (entry, "error");
      gtk_widget_set_tooltip_text (entry, NULL);
      gtk_accessible_reset_state (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_STATE_INVALID);
      return;
    }
  g_autofree char *tooltip = g_strdup_printf (_ ("Not a regular expression: %s"), error->message);
  gtk_widget_add_css_class (entry, "error");
  gtk_widget_set_tooltip_text (entry, tooltip);
  gtk_accessible_update_state (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_STATE_INVALID, GTK_ACCESSIBLE_INVALID_TRUE, -1);
}
