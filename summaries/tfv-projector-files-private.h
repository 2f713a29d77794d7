/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What our own configuration begins with: its embeddings are in the event files,
 * with more than there is here, and are read from there. */
#define TFV_PROJECTOR_FILES_NOTE "# tfview: these embeddings are in the event files, too\n"

gboolean tfv_projector_files_add (const char *folder, guint index, const char *tag, gint64 step, GBytes *record, GString *config, GError **error);
gboolean tfv_projector_files_finish (const char *folder, GString *config, GError **error);

G_END_DECLS
