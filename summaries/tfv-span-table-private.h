/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/tfv-span-table.h"

G_BEGIN_DECLS

guint32 tfv_span_table_intern_length (TfvSpanTable *self, TfvStringKind kind, const char *string, gssize length, guint32 parent);

G_END_DECLS
