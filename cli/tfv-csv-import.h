/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "cli/tfv-output-tree.h"

G_BEGIN_DECLS

gboolean tfv_csv_import_is_csv (const char *path);
gboolean tfv_csv_import (const char *path, const char *name, TfvOutputTree *tree, const char *file, gboolean *is_whole, GError **error);

G_END_DECLS
