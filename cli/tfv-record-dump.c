/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cli/tfv-record-dump.h"

#include <string.h>

static void
add_row (const TfvRecordValue *values, guint n_values, TfvRowWriter *rows)
{
  /* Whoever read this went away: what is left is not worth the work. */
  if (tfv_row_writer_has_failed (rows))
    return;
  for (guint i = 0; i < n_values; i++)
    switch (values[i].type)
      {
      case TFV_RECORD_VALUE_STRING:
        tfv_row_writer_add_string (rows, values[i].string);
        break;
      case TFV_RECORD_VALUE_INTEGER:
        tfv_row_writer_add_integer (rows, values[i].integer);
        break;
      case TFV_RECORD_VALUE_DOUBLE:
        tfv_row_writer_add_double (rows, values[i].number);
        break;
      case TFV_RECORD_VALUE_FLOAT:
        tfv_row_writer_add_float (rows, (float) values[i].number);
        break;
      }
}

typedef struct
{
  TfvRowWriter *rows;
  guint         n_columns;
} Sink;

static void
on_record (const TfvRecordValue *values, gpointer user_data)
{
  Sink *sink = user_data;

  add_row (values, sink->n_columns, sink->rows);
}

/* Kinds that nothing here knows the inside of are given as they are stored. */
static const char *const raw_columns[] = { "run", "tag", "step", "wall_time", "bytes", "data", NULL };

static void
dump_raw_tag (TfvRun *run, TfvTag *tag, gboolean purge, TfvRowWriter *rows, GError **error)
{
  g_autoptr (GArray) surviving = purge ? tfv_tag_dup_surviving_records (tag) : NULL;
  gint64             step;
  double             wall_time;

  for (guint64 i = 0; (surviving == NULL || i < surviving->len) && !tfv_row_writer_has_failed (rows); i++)
    {
      guint64            index = surviving != NULL ? g_array_index (surviving, guint64, i) : i;
      g_autoptr (GBytes) bytes = NULL;
      g_autofree char   *data = NULL;
      gsize              n_bytes;
      gconstpointer      content;

      if (!tfv_tag_get_record (tag, index, &step, &wall_time, NULL))
        break;
      /* The first error is told; what else can be read is given. */
      bytes = tfv_tag_read_record (tag, index, *error == NULL ? error : NULL);
      if (bytes == NULL)
        continue;
      content = g_bytes_get_data (bytes, &n_bytes);
      data = g_base64_encode (content, n_bytes);
      tfv_row_writer_add_string (rows, tfv_run_get_name (run));
      tfv_row_writer_add_string (rows, tfv_tag_get_name (tag));
      tfv_row_writer_add_integer (rows, step);
      tfv_row_writer_add_double (rows, wall_time);
      tfv_row_writer_add_integer (rows, (gint64) n_bytes);
      tfv_row_writer_add_string (rows, data);
    }
}

static gboolean
dump_raw (TfvRun *run, TfvRecordKind kind, const TfvRecordFilter *filter, TfvRowWriter *rows, GError **error)
{
  g_autoptr (GPtrArray) tags = tfv_run_dup_tags (run);

  for (guint i = 0; i < tags->len; i++)
    {
      TfvTag *tag = g_ptr_array_index (tags, i);

      if (tfv_tag_get_kind (tag) != kind || (filter->tags && !g_pattern_spec_match_string (filter->tags, tfv_tag_get_name (tag))))
        continue;
      dump_raw_tag (run, tag, filter->purge, rows, error);
    }
  return *error == NULL;
}

/* The heads of the columns that records of a kind have. */
const char *const *
tfv_record_dump_get_columns (TfvRecordKind kind)
{
  const TfvRecordClass *found = tfv_record_class_find (tfv_record_kind_to_string (kind));

  return found ? found->columns : raw_columns;
}

/* Adds every record of a kind that a run has, and the filter lets through. FALSE
 * with the first error where some can't be read; the others are given. */
gboolean
tfv_record_dump_run (TfvRun *run, TfvRecordKind kind, const TfvRecordFilter *filter, TfvRowWriter *rows, GError **error)
{
  const TfvRecordClass *found = tfv_record_class_find (tfv_record_kind_to_string (kind));
  Sink                  sink = { rows, g_strv_length ((char **) tfv_record_dump_get_columns (kind)) };

  if (found != NULL)
    return found->dump (run, filter, on_record, &sink, error);
  return dump_raw (run, kind, filter, rows, error);
}
