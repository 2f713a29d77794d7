/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

#include "summaries/tfv-counter.h"
#include "summaries/tfv-flow.h"
#include "summaries/tfv-macros.h"
#include "summaries/tfv-marker.h"
#include "summaries/tfv-span.h"
#include "summaries/tfv-summary-writer.h"

G_BEGIN_DECLS

/**
 * TfvSpanTable:
 *
 * The spans of one run, the counters, flows and markers beside them, and the
 * strings that they name. One thread appends; any thread reads. Reference
 * counted.
 */
typedef struct _TfvSpanTable TfvSpanTable;

#define TFV_TYPE_SPAN_TABLE (tfv_span_table_get_type ())
TFV_PUBLIC
GType tfv_span_table_get_type (void) G_GNUC_CONST;
TFV_PUBLIC
TfvSpanTable *tfv_span_table_new (void);
TFV_PUBLIC
TfvSpanTable *tfv_span_table_ref (TfvSpanTable *self);
TFV_PUBLIC
void tfv_span_table_unref (TfvSpanTable *self);
TFV_PUBLIC
gsize tfv_span_table_get_n_spans (TfvSpanTable *self);
TFV_PUBLIC
void tfv_span_table_get_span (TfvSpanTable *self, gsize index, TfvSpan *span);
TFV_PUBLIC
void tfv_span_table_append (TfvSpanTable *self, const TfvSpan *span);
TFV_PUBLIC
gsize tfv_span_table_get_n_counters (TfvSpanTable *self);
TFV_PUBLIC
void tfv_span_table_get_counter (TfvSpanTable *self, gsize index, TfvCounter *counter);
TFV_PUBLIC
gsize tfv_span_table_get_n_flows (TfvSpanTable *self);
TFV_PUBLIC
void tfv_span_table_get_flow (TfvSpanTable *self, gsize index, TfvFlow *flow);
TFV_PUBLIC
gsize tfv_span_table_get_n_markers (TfvSpanTable *self);
TFV_PUBLIC
void tfv_span_table_get_marker (TfvSpanTable *self, gsize index, TfvMarker *marker);
TFV_PUBLIC
guint32 tfv_span_table_intern (TfvSpanTable *self, TfvStringKind kind, const char *string, guint32 parent);
TFV_PUBLIC
const char *tfv_span_table_get_string (TfvSpanTable *self, guint32 id, TfvStringKind *kind, guint32 *parent);
TFV_PUBLIC
guint32 tfv_span_table_get_n_strings (TfvSpanTable *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TfvSpanTable, tfv_span_table_unref)

G_END_DECLS
