/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What a superblock says of its file: whether a writer has it open, or had when
 * it was killed, and how many bytes it had when the superblock was written. */
typedef struct
{
  gboolean is_written;
  guint64  end_bytes;
} TfvSuperblock;

gboolean tfv_superblock_read (const char *path, int fd, TfvSuperblock *superblock, GError **error);
gboolean tfv_superblock_mend (const char *path, int fd, guint64 end_bytes, GError **error);

G_END_DECLS
