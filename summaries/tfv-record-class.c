/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-record-class-private.h"

#include <string.h>

/* Generated from the list of files in records/. */
extern const TfvRecordClass *const tfv_record_classes[];

/**
 * tfv_record_class_get_all: (skip)
 *
 * The kinds of records that can be written and read. Any thread.
 *
 * Returns: (transfer none) (array zero-terminated=1): the classes
 */
const TfvRecordClass *const *
tfv_record_class_get_all (void)
{
  return tfv_record_classes;
}

/**
 * tfv_record_class_find: (skip)
 * @name: the name of a kind, such as `"scalar"`
 *
 * Looks up a kind of record. Any thread.
 *
 * Returns: (transfer none) (nullable): the class, or %NULL
 */
const TfvRecordClass *
tfv_record_class_find (const char *name)
{
  g_return_val_if_fail (name != NULL, NULL);

  for (guint i = 0; tfv_record_classes[i] != NULL; i++)
    {
      if (strcmp (tfv_record_classes[i]->name, name) == 0)
        return tfv_record_classes[i];
    }

  return NULL;
}

/* Of several errors the first is told. Clears @fault. */
static void
keep_first (GError **first, GError **fault)
{
  if (*first == NULL)
    *first = g_steal_pointer (fault);
  else
    g_clear_error (fault);
}

static gboolean
tell_first (GError *first, GError **error)
{
  if (first == NULL)
    return TRUE;

  g_propagate_error (error, first);
  return FALSE;
}

/* The place of record @i of those that the filter leaves of a tag; FALSE behind
 * the last. @surviving is made at the first call. */
static gboolean
find_record (TfvTag *tag, const TfvRecordFilter *filter, guint64 i, GArray **surviving, guint64 *index)
{
  *index = i;
  if (!filter->purge)
    return TRUE;
  if (*surviving == NULL)
    *surviving = tfv_tag_dup_surviving_records (tag);
  if (i >= (*surviving)->len)
    return FALSE;
  *index = g_array_index (*surviving, guint64, i);
  return TRUE;
}

/* Calls @func with every tag of a kind that the filter lets through. FALSE with
 * the first error where there were some. */
gboolean
tfv_record_for_each_tag (TfvRun *run, TfvRecordKind kind, const TfvRecordFilter *filter, TfvRecordTagFunc func, gpointer user_data, GError **error)
{
  g_autoptr (GPtrArray) tags = tfv_run_dup_tags (run);
  GError               *first = NULL;

  for (guint i = 0; i < tags->len; i++)
    {
      TfvTag *tag = tags->pdata[i];
      GError *fault = NULL;

      if (tfv_tag_get_kind (tag) != kind ||
          (filter->tags != NULL && !g_pattern_spec_match_string (filter->tags, tfv_tag_get_name (tag))))
        continue;
      if (!func (run, tag, user_data, &fault))
        keep_first (&first, &fault);
    }

  return tell_first (first, error);
}

typedef struct
{
  TfvRecordBlobFunc    tell;
  const TfvRecordSink *sink;
} BlobWalk;

/* Tells the records of a tag; one that can't be read costs nothing but itself. */
static gboolean
tell_blobs (TfvRun *run, TfvTag *tag, gpointer user_data, GError **error)
{
  const BlobWalk    *walk = user_data;
  g_autoptr (GArray) surviving = NULL;
  gint64             step;
  double             wall_time;
  guint64            index;
  GError            *first = NULL;

  for (guint64 i = 0; find_record (tag, walk->sink->filter, i, &surviving, &index) && tfv_tag_get_record (tag, index, &step, &wall_time, NULL); i++)
    {
      GError            *fault = NULL;
      g_autoptr (GBytes) bytes = tfv_tag_read_record (tag, index, &fault);

      if (bytes != NULL)
        walk->tell (run, tag, step, wall_time, bytes, walk->sink);
      else
        keep_first (&first, &fault);
    }

  return tell_first (first, error);
}

/* Reads every record of a kind that is stored as a blob. FALSE with the first
 * error where there were some; all that can be read was given nevertheless. */
gboolean
tfv_record_for_each_blob (TfvRun *run, TfvRecordKind kind, TfvRecordBlobFunc tell, const TfvRecordSink *sink, GError **error)
{
  BlobWalk walk = { tell, sink };

  return tfv_record_for_each_tag (run, kind, sink->filter, tell_blobs, &walk, error);
}

typedef struct
{
  TfvRecordDecodeFunc  decode;
  const TfvRecordSink *sink;
} DecodeWalk;

/* Decodes the records of a tag; one that is damaged costs nothing but itself. */
static gboolean
decode_tag (TfvRun *run, TfvTag *tag, gpointer user_data, GError **error)
{
  DecodeWalk        *walk = user_data;
  TfvStoredRecord    record = { .run = run, .tag = tag };
  g_autoptr (GArray) surviving = NULL;
  guint64            index;
  GError            *first = NULL;

  for (guint64 i = 0; find_record (tag, walk->sink->filter, i, &surviving, &index) && tfv_tag_get_record (tag, index, &record.step, &record.wall_time, NULL); i++)
    {
      GError            *fault = NULL;
      g_autoptr (GBytes) bytes = record.bytes = tfv_tag_read_record (tag, index, &fault);

      if (bytes != NULL && !walk->decode (&record, walk->sink, &fault))
        g_prefix_error (&fault, "run “%s”, tag “%s”, step %" G_GINT64_FORMAT ": ", tfv_run_get_name (run), tfv_tag_get_name (tag), record.step);
      if (fault != NULL)
        keep_first (&first, &fault);
    }

  return tell_first (first, error);
}

/* Decodes every record of a kind. FALSE with the first error where there were
 * some; all that can be decoded was given nevertheless. */
gboolean
tfv_record_decode_each (TfvRun *run, TfvRecordKind kind, TfvRecordDecodeFunc decode, const TfvRecordSink *sink, GError **error)
{
  DecodeWalk walk = { decode, sink };

  return tfv_record_for_each_tag (run, kind, sink->filter, decode_tag, &walk, error);
}

const char *
tfv_record_get_string (TfvSpanTable *spans, guint32 id)
{
  const char *string = tfv_span_table_get_string (spans, id, NULL, NULL);

  return string != NULL ? string : "";
}

/* The name of a lane, and of its device. What is of a whole device has that in
 * the place of a lane, and then "" is the lane's name. */
const char *
tfv_record_get_lane (TfvSpanTable *spans, guint32 id, const char **device)
{
  TfvStringKind kind = TFV_STRING_LANE;
  guint32       parent = 0;
  const char   *string = tfv_span_table_get_string (spans, id, &kind, &parent);

  if (string != NULL && kind == TFV_STRING_DEVICE)
    {
      *device = string;
      return "";
    }

  *device = tfv_record_get_string (spans, parent);
  return string != NULL ? string : "";
}
