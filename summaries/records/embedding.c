/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-array-private.h"
#include "summaries/tfv-embedding-private.h"
#include "summaries/tfv-record-class-private.h"
#include "summaries/tfv-summary-payload-private.h"

extern const TfvRecordClass tfv_record_embedding;

#define PLUGIN "projector"

/**
 * tfv_summary_writer_add_embedding:
 * @self: a writer
 * @tag: name of the record, UTF-8
 * @n_points: how many points there are
 * @n_dimensions: of how many dimensions
 * @points: (array) (not nullable): the coordinates, point by point
 * @metadata: (nullable): what is known of each point: lines of values set apart by
 *   tabs, below a line of names if there are several columns; UTF-8
 * @sprite: (nullable): an encoded picture of one small picture for each point, row
 *   by row
 * @sprite_width: width of a small picture in pixels, or 0
 * @sprite_height: height of a small picture in pixels, or 0
 * @step: the training step
 *
 * Logs points in a space of many dimensions, with the time of the call. Any thread.
 */
void
tfv_summary_writer_add_embedding (TfvSummaryWriter *self, const char *tag, gsize n_points, gsize n_dimensions, const float *points, const char *metadata, GBytes *sprite, guint sprite_width, guint sprite_height, gint64 step)
{
  TfvEmbeddingParts  parts = { n_points, n_dimensions, NULL, NULL, sprite, sprite_width, sprite_height };
  g_autoptr (GBytes) text = NULL;

  g_return_if_fail (TFV_IS_SUMMARY_WRITER (self) && tag != NULL && (points != NULL || n_points == 0 || n_dimensions == 0));

  parts.numbers = g_byte_array_new ();
  for (gsize i = 0; i < n_points * n_dimensions; i++)
    {
      guint32 bits;

      memcpy (&bits, &points[i], sizeof bits);
      bits = GUINT32_TO_LE (bits);
      g_byte_array_append (parts.numbers, (const guint8 *) &bits, sizeof bits);
    }
  if (metadata != NULL)
    parts.metadata = text = g_bytes_new (metadata, strlen (metadata));
  tfv_summary_writer_add_value (self, TFV_RECORD_EMBEDDING, tag, step, tfv_embedding_new_value (tag, &parts));
}

static gboolean
tell (const TfvStoredRecord *record, const TfvRecordSink *sink, GError **error)
{
  g_autoptr (TfvEmbedding) embedding = tfv_embedding_decode (record->bytes, error);
  g_autoptr (GString)      json = g_string_new (NULL);
  g_autofree char         *sprite = NULL;
  TfvRecordValue           values[11];

  if (embedding == NULL)
    return FALSE;

  if (embedding->sprite != NULL && g_bytes_get_size (embedding->sprite) > 0)
    {
      TfvSlice slice = tfv_slice_of_bytes (embedding->sprite);

      sprite = g_base64_encode (slice.data, slice.n_bytes);
    }
  tfv_array_append_json (embedding->points, json);
  tfv_record_fill_tag_values (record, values);
  values[4] = tfv_record_integer (embedding->points->dimensions[0]);
  values[5] = tfv_record_integer (embedding->points->dimensions[1]);
  values[6] = tfv_record_string (embedding->metadata != NULL ? embedding->metadata : "");
  values[7] = tfv_record_integer (embedding->sprite_width);
  values[8] = tfv_record_integer (embedding->sprite_height);
  values[9] = tfv_record_string (sprite != NULL ? sprite : "");
  values[10] = tfv_record_string (json->str);
  sink->func (values, sink->user_data);
  return TRUE;
}

static gboolean
dump (TfvRun *run, const TfvRecordFilter *filter, TfvRecordFunc func, gpointer user_data, GError **error)
{
  TfvRecordSink sink = { filter, func, user_data };

  return tfv_record_decode_each (run, TFV_RECORD_EMBEDDING, tell, &sink, error);
}

static void
write_sample (TfvSummaryWriter *writer)
{
  const float        points[] = { 0, 0.1f, 1, -1, 2, 1e30f };
  g_autoptr (GBytes) sprite = g_bytes_new_static ("png", 3);

  tfv_summary_writer_add_embedding (writer, "sample/points", 2, 3, points, "cat\ndog", sprite, 8, 9, 1);
}

static const char *const columns[] = { TFV_RECORD_TAG_COLUMNS, "points", "dimensions", "metadata", "sprite_width", "sprite_height", "sprite", "values", NULL };

const TfvRecordClass tfv_record_embedding = {
  .kind = TFV_RECORD_EMBEDDING,
  .name = "embedding",
  .plugin = PLUGIN,
  .columns = columns,
  .dump = dump,
  .write_sample = write_sample,
  .sample = ".,sample/points,1,*,2,3,cat\n"
            "dog,8,9,cG5n,[0,0.1,1,-1,2,1e+30]\n",
};
