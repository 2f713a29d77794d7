/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "summaries/tfv-span.h"

G_BEGIN_DECLS

/* Time as a set: however many spans cover a moment, it counts once. */
typedef struct _TfvIntervalSet TfvIntervalSet;

TfvIntervalSet *tfv_interval_set_new (void);
void            tfv_interval_set_free (TfvIntervalSet *self);
void            tfv_interval_set_add (TfvIntervalSet *self, gint64 start_ns, gint64 end_ns);
void            tfv_interval_set_add_spans (TfvIntervalSet *self, const TfvSpan *spans, gsize n_spans);
guint           tfv_interval_set_get_n_intervals (TfvIntervalSet *self);
gint64          tfv_interval_set_get_total_ns (TfvIntervalSet *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TfvIntervalSet, tfv_interval_set_free)

G_END_DECLS
