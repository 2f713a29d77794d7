/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

guint32 tfv_crc32c (guint32 crc, gconstpointer data, gsize n_bytes);

G_END_DECLS
