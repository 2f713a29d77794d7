/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/formats/event-message-private.h"
#include "summaries/formats/message-builder-private.h"
#include "summaries/tfv-summary-writer-private.h"

G_BEGIN_DECLS

/**
 * TfvSummaryPayload: (skip)
 * @kind: what @bytes is: %TFV_VALUE_TENSOR, or a value of TensorFlow 1
 * @bytes: the message of that kind
 * @metadata: what came with it; empty where the file keeps it elsewhere
 *
 * What a record of a summary holds, whichever file it is from. Nothing is copied.
 */
typedef struct
{
  TfvValueKind       kind;
  TfvSlice           bytes;
  TfvSummaryMetadata metadata;
} TfvSummaryPayload;

gboolean tfv_summary_payload_parse (GBytes *record, TfvValueKind old_kind, TfvSummaryPayload *payload);

GByteArray *tfv_summary_value_new (const char *tag, TfvValueKind kind, GByteArray *payload, const char *plugin, GByteArray *content);
void        tfv_summary_writer_add_value (TfvSummaryWriter *self, TfvRecordKind kind, const char *tag, gint64 step, GByteArray *value);

TfvRecordKind tfv_summary_writer_find_summary_kind (TfvSummaryWriter *self, const char *tag);

static inline TfvSlice
tfv_slice_of_bytes (GBytes *bytes)
{
  TfvSlice slice;

  slice.data = g_bytes_get_data (bytes, &slice.n_bytes);
  return slice;
}

/* UTF-8, mended where it has to be. */
static inline char *
tfv_slice_to_string (TfvSlice slice)
{
  return slice.n_bytes > 0 ? g_utf8_make_valid ((const char *) slice.data, (gssize) slice.n_bytes) : g_strdup ("");
}

G_END_DECLS
