/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

gboolean tfv_superblock_check (const char *path, int fd, gboolean *is_written, GError **error);

G_END_DECLS
