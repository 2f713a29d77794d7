/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How a clock stood to the wall clock, from time to time. One thread at a time. */
typedef struct _TfvClockTable TfvClockTable;

TfvClockTable *tfv_clock_table_new (void);
void           tfv_clock_table_free (TfvClockTable *self);
void           tfv_clock_table_add (TfvClockTable *self, gint64 time_ns, gint64 wall_ns);
gboolean       tfv_clock_table_find_offset (TfvClockTable *self, gint64 time_ns, gint64 *offset_ns);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TfvClockTable, tfv_clock_table_free)

G_END_DECLS
