/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * TfvFolder: (skip)
 * @path: the folder's path
 * @name: its path below the root, `.` for the root itself
 * @root: index of the path that it was found below
 * @files: paths of the event files in it
 * @is_changed: whether @files may have changed; for who takes them over
 *
 * A folder that is looked at.
 */
typedef struct
{
  char      *path;
  char      *name;
  guint      root;
  GPtrArray *files;
  gboolean   is_changed;
  /*< private >*/
  guint64  device;
  guint64  inode;
  char    *key;
  gint64   modified_ns;
  gint64   changed_ns;
  gint64   noticed_us;
  gboolean is_settled;
  gboolean is_scanned;
  gboolean is_file;
} TfvFolder;

/**
 * TfvFolderScan: (skip)
 *
 * Finds event files below some paths, and keeps up with new ones.
 */
typedef struct _TfvFolderScan TfvFolderScan;

typedef void (*TfvScanWarnFunc) (gpointer data, const char *warning);

TfvFolderScan *tfv_folder_scan_new (const char *const *paths, TfvScanWarnFunc warn, gpointer data);
void           tfv_folder_scan_free (TfvFolderScan *self);
gboolean       tfv_folder_scan_check_paths (TfvFolderScan *self, GError **error);
void           tfv_folder_scan_update (TfvFolderScan *self, gboolean look_at_all);
void           tfv_folder_scan_touch (TfvFolderScan *self, const char *path);
void           tfv_folder_scan_forget (TfvFolderScan *self, const char *key);
const char    *tfv_folder_scan_get_first_path (TfvFolderScan *self);
GPtrArray     *tfv_folder_scan_get_folders (TfvFolderScan *self);
char          *tfv_folder_scan_choose_name (TfvFolderScan *self, const TfvFolder *folder, GHashTable *taken);

const char *tfv_folder_get_key (const TfvFolder *folder);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TfvFolderScan, tfv_folder_scan_free)

G_END_DECLS
