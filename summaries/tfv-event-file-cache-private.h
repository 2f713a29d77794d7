/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/tfv-event-file-private.h"

G_BEGIN_DECLS

/* Event files that were just read from and may be read from again soon: to open
 * one costs more than to read a record of it. Any thread. */

TfvEventFile *tfv_event_file_cache_take (const char *path, gboolean *was_open, GError **error);
void          tfv_event_file_cache_give (TfvEventFile *file);
guint         tfv_event_file_cache_get_n_files (void);

G_END_DECLS
