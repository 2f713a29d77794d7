/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/tfv-record-class.h"

G_BEGIN_DECLS

typedef gboolean (*TfvRecordTagFunc) (TfvRun *run, TfvTag *tag, gpointer user_data, GError **error);

gboolean tfv_record_for_each_tag (TfvRun *run, TfvRecordKind kind, const TfvRecordFilter *filter, TfvRecordTagFunc func, gpointer user_data, GError **error);

/* A function for records with what it is called with. */
typedef struct
{
  const TfvRecordFilter *filter;
  TfvRecordFunc          func;
  gpointer               user_data;
} TfvRecordSink;

static inline TfvRecordValue
tfv_record_string (const char *string)
{
  return (TfvRecordValue){ .type = TFV_RECORD_VALUE_STRING, .string = string };
}

static inline TfvRecordValue
tfv_record_integer (gint64 integer)
{
  return (TfvRecordValue){ .type = TFV_RECORD_VALUE_INTEGER, .integer = integer };
}

static inline TfvRecordValue
tfv_record_double (double number)
{
  return (TfvRecordValue){ .type = TFV_RECORD_VALUE_DOUBLE, .number = number };
}

static inline TfvRecordValue
tfv_record_float (float number)
{
  return (TfvRecordValue){ .type = TFV_RECORD_VALUE_FLOAT, .number = (double) number };
}

/* Tells one record of a tag. */
typedef void (*TfvRecordBlobFunc) (TfvRun *run, TfvTag *tag, gint64 step, double wall_time, GBytes *bytes, const TfvRecordSink *sink);

gboolean tfv_record_for_each_blob (TfvRun *run, TfvRecordKind kind, TfvRecordBlobFunc tell, const TfvRecordSink *sink, GError **error);

/**
 * TfvStoredRecord: (skip)
 *
 * A record of a tag, as it is stored.
 */
typedef struct
{
  TfvRun *run;
  TfvTag *tag;
  gint64  step;
  double  wall_time;
  GBytes *bytes;
} TfvStoredRecord;

/* Decodes a record and tells it. FALSE with an error when it is damaged. */
typedef gboolean (*TfvRecordDecodeFunc) (const TfvStoredRecord *record, const TfvRecordSink *sink, GError **error);

gboolean tfv_record_decode_each (TfvRun *run, TfvRecordKind kind, TfvRecordDecodeFunc decode, const TfvRecordSink *sink, GError **error);

/* The strings of a span table's ids, "" where there is none. */
const char *tfv_record_get_string (TfvSpanTable *spans, guint32 id);
const char *tfv_record_get_lane (TfvSpanTable *spans, guint32 id, const char **device);

/* The columns that every dump of records of a tag begins with. */
#define TFV_RECORD_TAG_COLUMNS "run", "tag", "step", "wall_time"
#define TFV_N_RECORD_TAG_COLUMNS 4

static inline void
tfv_record_fill_tag_values (const TfvStoredRecord *record, TfvRecordValue *values)
{
  values[0] = tfv_record_string (tfv_run_get_name (record->run));
  values[1] = tfv_record_string (tfv_tag_get_name (record->tag));
  values[2] = tfv_record_integer (record->step);
  values[3] = tfv_record_double (record->wall_time);
}

G_END_DECLS
