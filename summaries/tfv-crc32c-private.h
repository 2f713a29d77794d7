/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

guint32 tfv_crc32c (guint32 crc, gconstpointer data, gsize n_bytes);

/* The ways there are to compute it, for who compares them: the plain one, and
   the processor's, which is NULL where it has none. They take and give the
   register, which is the complement of the checksum. */
typedef guint32 (*TfvCrc32cFunc) (guint32 reg, const guint8 *bytes, gsize n_bytes);

guint32       tfv_crc32c_by_tables (guint32 reg, const guint8 *bytes, gsize n_bytes);
TfvCrc32cFunc tfv_crc32c_get_instruction (void);

G_END_DECLS
