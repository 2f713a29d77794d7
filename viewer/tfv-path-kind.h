/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  TFV_PATH_MISSING,
  TFV_PATH_FOLDER,
  TFV_PATH_FILE,
} TfvPathKind;

void         tfv_path_kind_query_async (const char *const *paths, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
TfvPathKind *tfv_path_kind_query_finish (GAsyncResult *result, GError **error);

G_END_DECLS
