/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/tfv-span-table.h"

G_BEGIN_DECLS

void          tfv_span_table_append_from (TfvSpanTable *self, const TfvSpan *span, guint32 source);
void          tfv_span_table_append_counter_from (TfvSpanTable *self, const TfvCounter *counter, guint32 source);
void          tfv_span_table_append_flow_from (TfvSpanTable *self, const TfvFlow *flow, guint32 source);
void          tfv_span_table_append_marker_from (TfvSpanTable *self, const TfvMarker *marker, guint32 source);
TfvSpanTable *tfv_span_table_copy_without (TfvSpanTable *self, guint32 source);
guint32       tfv_span_table_intern_length (TfvSpanTable *self, TfvStringKind kind, const char *string, gssize length, guint32 parent);

G_END_DECLS
