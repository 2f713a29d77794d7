/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * TfvFolderWatch: (skip)
 *
 * Is told by the system what changes in folders. One thread at a time.
 */
typedef struct _TfvFolderWatch TfvFolderWatch;

/* Told of a folder in which something was written or, where @is_listing, came or
   went; with %NULL for @path of all of them. */
typedef void (*TfvFolderWatchFunc) (gpointer data, const char *path, gboolean is_listing);

TfvFolderWatch *tfv_folder_watch_new (void);
void            tfv_folder_watch_free (TfvFolderWatch *self);
int             tfv_folder_watch_get_fd (TfvFolderWatch *self);
void            tfv_folder_watch_set_folders (TfvFolderWatch *self, GPtrArray *folders, TfvFolderWatchFunc func, gpointer data);
void            tfv_folder_watch_dispatch (TfvFolderWatch *self, TfvFolderWatchFunc func, gpointer data);
gboolean        tfv_folder_watch_is_told (TfvFolderWatch *self, const char *path);

G_END_DECLS
