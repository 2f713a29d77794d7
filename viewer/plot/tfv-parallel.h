/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Does the part of a piece of work with number @index. */
typedef void (*TfvParallelFunc) (gpointer data, guint index);

void tfv_parallel_run (guint n, TfvParallelFunc func, gpointer data);

G_END_DECLS
