/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/tfv-open-dialog.h"

#include <glib/gi18n.h>

typedef struct
{
  TfvPathsFunc func;
  gpointer     user_data;
} Request;

static void
on_response (GtkNativeDialog *dialog, int response, Request *request)
{
  g_autoptr (GListModel)   files = NULL;
  g_autoptr (GStrvBuilder) builder = NULL;

  gtk_native_dialog_hide (dialog);
  if (response != GTK_RESPONSE_ACCEPT)
    return;
  files = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (dialog));
  builder = g_strv_builder_new ();
  for (guint i = 0; i < g_list_model_get_n_items (files); i++)
    {
      g_autoptr (GFile) file = g_list_model_get_item (files, i);
      g_autofree char  *path = g_file_get_path (file);

      if (path != NULL)
        g_strv_builder_add (builder, path);
    }
  g_auto (GStrv) paths = g_strv_builder_end (builder);
  if (paths[0] != NULL)
    request->func ((const char *const *) paths, request->user_data);
}

static void
free_request (gpointer data, GClosure *closure)
{
  g_free (data);
}

/**
 * tfv_open_dialog_show: (skip)
 * @parent: the window; while it lives, @func may be called
 * @folders: whether folders are chosen, or files
 * @beside: (nullable): the dialog begins in the folder that this path is in
 * @func: is given what was chosen, unless the user thought better of it
 * @user_data: handed to @func
 *
 * Asks what to open.
 */
void
tfv_open_dialog_show (GtkWindow *parent, gboolean folders, const char *beside, TfvPathsFunc func, gpointer user_data)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (folders ? _ ("Open Folder") : _ ("Open Event File"),
                                                              parent,
                                                              folders ? GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER : GTK_FILE_CHOOSER_ACTION_OPEN,
                                                              _ ("_Open"),
                                                              _ ("_Cancel"));
  Request *request = g_new0 (Request, 1);

  request->func = func;
  request->user_data = user_data;
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (dialog), TRUE);
  if (beside != NULL)
    {
      g_autoptr (GFile) file = g_file_new_for_path (beside);
      g_autoptr (GFile) folder = g_file_get_parent (file);

      if (folder != NULL)
        gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (dialog), folder, NULL);
    }
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_response), request, free_request, 0);
  /* A native dialog is no widget: the window keeps it until it is asked again. */
  g_object_set_data_full (G_OBJECT (parent), "open-dialog", dialog, g_object_unref);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}
