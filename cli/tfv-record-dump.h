/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "cli/tfv-row-writer.h"
#include "summaries/tfv-record-class.h"

G_BEGIN_DECLS

const char *const *tfv_record_dump_get_columns (TfvRecordKind kind);
gboolean           tfv_record_dump_run (TfvRun *run, TfvRecordKind kind, const TfvRecordFilter *filter, TfvRowWriter *rows, GError **error);

G_END_DECLS
