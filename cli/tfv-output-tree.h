/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A folder that appears whole or not at all: it is filled under another name
 * beside its place, and renamed when it is done. One thread. */
typedef struct
{
  char *path;
  char *temporary;
} TfvOutputTree;

gboolean tfv_output_tree_begin (TfvOutputTree *self, const char *path, GError **error);
char    *tfv_output_tree_add_folder (TfvOutputTree *self, const char *name, GError **error);
gboolean tfv_output_tree_has_files (const char *folder);
void     tfv_output_tree_name_place (TfvOutputTree *self, GError *error);
gboolean tfv_output_tree_finish (TfvOutputTree *self, GError **error);
void     tfv_output_tree_clear (TfvOutputTree *self);

gboolean tfv_output_is_new_file (const char *path, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TfvOutputTree, tfv_output_tree_clear)

G_END_DECLS
