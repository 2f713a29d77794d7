/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Work on the elements begin to end of some whole. */
typedef void (*TfvRangeFunc) (gpointer data, gsize begin, gsize end);

void  tfv_parallel_for (gsize n, gsize grain, TfvRangeFunc function, gpointer data);
guint tfv_parallel_get_n_threads (void);

G_END_DECLS
