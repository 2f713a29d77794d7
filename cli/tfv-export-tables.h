/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "cli/tfv-row-writer.h"
#include "summaries/tfv-record-class.h"

G_BEGIN_DECLS

/* A bit for each kind of record. */
#define TFV_ALL_KINDS G_MAXUINT32

gboolean tfv_export_tables (GPtrArray *runs, const TfvRecordFilter *filter, guint32 kinds, TfvRowFormat format, const char *out, GError **error);

G_END_DECLS
