/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Memory for the chunks of series. What is long comes from blocks of 2 MiB, which
 * the system gives in one piece: in pages of 4 KiB, giving the memory costs more
 * than reading what goes into it. Any thread. */

gpointer tfv_chunk_memory_try_alloc (gsize n_bytes);
void     tfv_chunk_memory_free (gpointer memory, gsize n_bytes);

G_END_DECLS
