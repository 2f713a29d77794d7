/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/tfv-start-page.h"

struct _TfvStartPage
{
  AdwBin      parent_instance;
  GtkWidget  *recent_box;
  GtkListBox *recent_list;
};

G_DEFINE_FINAL_TYPE (TfvStartPage, tfv_start_page, ADW_TYPE_BIN)

enum
{
  SIGNAL_OPEN_PATH,
  N_SIGNALS,
};
static guint signals[N_SIGNALS];

static char *
shorten_path (const char *path)
{
  const char *home = g_get_home_dir ();
  gsize       n_home = strlen (home);

  if (n_home > 1 && g_str_has_prefix (path, home) && (path[n_home] == '/' || path[n_home] == '\0'))
    return g_strconcat ("~", path + n_home, NULL);
  return g_filename_display_name (path);
}

static void
on_row_activated (GtkListBox *list, GtkListBoxRow *row, TfvStartPage *self)
{
  g_signal_emit (self, signals[SIGNAL_OPEN_PATH], 0, g_object_get_data (G_OBJECT (row), "path"));
}

static GtkWidget *
make_row (const char *path)
{
  GtkWidget       *row = adw_action_row_new ();
  g_autofree char *name = g_filename_display_basename (path);
  g_autofree char *shortened = shorten_path (path);
  GtkWidget       *arrow = gtk_image_new_from_icon_name ("go-next-symbolic");

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), shortened);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 1);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 1);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), arrow);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  g_object_set_data_full (G_OBJECT (row), "path", g_strdup (path), g_free);
  return row;
}

static void
update_recent (TfvStartPage *self, const char *key, GSettings *settings)
{
  g_auto (GStrv) paths = g_settings_get_strv (settings, "recent-paths");
  GtkWidget     *row;

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->recent_list))) != NULL)
    gtk_list_box_remove (self->recent_list, row);
  for (guint i = 0; paths[i] != NULL; i++)
    gtk_list_box_append (self->recent_list, make_row (paths[i]));
  gtk_widget_set_visible (self->recent_box, paths[0] != NULL);
}

static void
tfv_start_page_class_init (TfvStartPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  signals[SIGNAL_OPEN_PATH] =
      g_signal_new ("open-path", TFV_TYPE_START_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/tfview/Tfview/ui/start-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TfvStartPage, recent_box);
  gtk_widget_class_bind_template_child (widget_class, TfvStartPage, recent_list);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
}

static void
tfv_start_page_init (TfvStartPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * tfv_start_page_set_settings:
 * @self: the page
 * @settings: (nullable): where the list of what was opened last is kept
 */
void
tfv_start_page_set_settings (TfvStartPage *self, GSettings *settings)
{
  if (settings == NULL)
    return;
  g_signal_connect_object (settings, "changed::recent-paths", G_CALLBACK (update_recent), self, G_CONNECT_SWAPPED);
  update_recent (self, NULL, settings);
}
