/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/tfv-path-kind.h"

/* In a thread: a network's file system may take its time. */
static void
query (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  char       **paths = data;
  TfvPathKind *kinds = g_new0 (TfvPathKind, g_strv_length (paths) + 1);

  for (guint i = 0; paths[i] != NULL; i++)
    kinds[i] = g_file_test (paths[i], G_FILE_TEST_IS_DIR)   ? TFV_PATH_FOLDER
               : g_file_test (paths[i], G_FILE_TEST_EXISTS) ? TFV_PATH_FILE
                                                            : TFV_PATH_MISSING;
  g_task_return_pointer (task, kinds, g_free);
}

/**
 * tfv_path_kind_query_async: (skip)
 * @paths: (array zero-terminated=1): paths
 * @cancellable: (nullable): ends it early, with an error
 * @callback: called in the main loop
 * @user_data: handed to @callback
 *
 * Looks what there is at each path.
 */
void
tfv_path_kind_query_async (const char *const *paths, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_task_data (task, g_strdupv ((char **) paths), (GDestroyNotify) g_strfreev);
  g_task_run_in_thread (task, query);
}

/**
 * tfv_path_kind_query_finish: (skip)
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): a kind for each path; %NULL if cancelled
 */
TfvPathKind *
tfv_path_kind_query_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
