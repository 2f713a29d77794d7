/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-compact-private.h"

#include <math.h>
#include <string.h>

#define BLOCK_ROWS 16384

/* The rows of the columns from @start on, as rows of /scalars. All scalars are read
 * for every window: memory is bounded whatever the number of points, and of tags. */
typedef struct
{
  const TfvCompactPlan *plan;
  TfvColumnWriter      *writer;
  TfvCompactProgress   *progress;
  GCancellable         *cancellable;
  TfvEventScalarRow    *rows;
  guint64               start;
  guint64               n_rows;
  TfvColumnBucket      *buckets;
  guint                 first_tag;
  TfvColumnCodec       *codecs[TFV_N_WORKERS];
  gpointer              columns[TFV_N_WORKERS];
  GError               *errors[TFV_N_WORKERS];
} Window;

/* Puts the rows of one half of the file where they belong. */
static gboolean
sort_half (gsize half, guint worker, gpointer data)
{
  Window                       *self = data;
  const TfvCompactPlan         *plan = self->plan;
  g_autofree guint64           *next = g_new (guint64, (gsize) plan->n_tags + 1);
  g_autofree TfvEventScalarRow *rows = g_new (TfvEventScalarRow, BLOCK_ROWS);
  guint64                       row = half == 0 ? 0 : plan->n_scalars / 2;
  guint64                       end = half == 0 ? plan->n_scalars / 2 : plan->n_scalars;

  /* Places count from the window's start: what is before it is very far behind it. */
  for (guint32 id = 0; id <= plan->n_tags; id++)
    next[id] = plan->tallies->tallies[id].n_points > 0 && id > 0 ? plan->start[id] + (half == 0 ? 0 : plan->n_in_first_half[id]) - self->start : G_MAXUINT64 / 2;

  while (row < end)
    {
      gsize n = MIN (end - row, BLOCK_ROWS - row % BLOCK_ROWS);

      if (g_cancellable_set_error_if_cancelled (self->cancellable, &self->errors[worker]) ||
          !tfv_event_file_read (plan->file, TFV_EVENT_SCALARS, row, n, rows, &self->errors[worker]))
        return FALSE;
      for (gsize i = 0; i < n; i++)
        {
          guint32 id = (rows[i].flags & TFV_EVENT_ROW_VALID) != 0 && rows[i].tag <= plan->n_tags ? rows[i].tag : 0;
          guint64 place = next[id]++;

          if (place < self->n_rows)
            self->rows[place] = rows[i];
        }
      row += n;
      if (worker == 0)
        tfv_compact_progress_add (self->progress, 2 * (double) n);
    }
  return TRUE;
}

/* Makes the columns of one chunk, and writes those that have anything. */
static gboolean
pack_chunk (gsize task, guint worker, gpointer data)
{
  Window               *self = data;
  const TfvCompactPlan *plan = self->plan;
  gsize                 chunk_rows = tfv_column_get_chunk_rows (TFV_COLUMN_STEP);
  guint64               chunk_start = self->start + task * chunk_rows;
  guint64               chunk_end = MIN (chunk_start + chunk_rows, self->start + self->n_rows);
  gint64               *step = self->columns[worker];
  double               *wall_time = (double *) (step + chunk_rows);
  double               *value64 = wall_time + chunk_rows;
  float                *value32 = (float *) (value64 + chunk_rows);
  guint8               *is_float32 = (guint8 *) (value32 + chunk_rows);
  gboolean              has[TFV_N_COLUMNS] = { [TFV_COLUMN_STEP] = TRUE, [TFV_COLUMN_WALL_TIME] = TRUE };
  gconstpointer         rows[TFV_N_COLUMNS] = {
            [TFV_COLUMN_STEP] = step,
            [TFV_COLUMN_WALL_TIME] = wall_time,
            [TFV_COLUMN_VALUE32] = value32,
            [TFV_COLUMN_VALUE64] = value64,
            [TFV_COLUMN_IS_FLOAT32] = is_float32,
  };

  memset (step, 0, chunk_rows * (3 * 8 + 4 + 1));
  for (guint t = tfv_compact_plan_find (plan, chunk_start); t < plan->index->len; t++)
    {
      const TfvColumnIndexRow *tag = &g_array_index (plan->index, TfvColumnIndexRow, t);
      guint64                  first = MAX (tag->start, chunk_start);
      guint64                  end = MIN (tag->start + tag->n_points, chunk_end);

      if (tag->start >= chunk_end)
        break;
      if ((tag->flags & TFV_COLUMN_ROW_FLOAT32) != 0)
        has[TFV_COLUMN_VALUE32] = TRUE;
      else
        has[TFV_COLUMN_VALUE64] = TRUE;
      if ((tag->flags & TFV_COLUMN_ROW_MIXED) != 0)
        has[TFV_COLUMN_IS_FLOAT32] = TRUE;
      for (guint64 row = first; row < end; row++)
        {
          const TfvEventScalarRow *from = &self->rows[row - self->start];
          gsize                    to = row - chunk_start;

          step[to] = from->step;
          wall_time[to] = from->wall_time;
          if ((tag->flags & TFV_COLUMN_ROW_FLOAT32) != 0)
            value32[to] = (float) from->value;
          else
            value64[to] = from->value;
          is_float32[to] = (from->flags & TFV_EVENT_VALUE_FLOAT32) != 0;
        }
    }

  if (g_cancellable_set_error_if_cancelled (self->cancellable, &self->errors[worker]))
    return FALSE;
  for (guint c = 0; c < TFV_N_COLUMNS; c++)
    if (has[c] && !tfv_column_writer_write_chunk (self->writer, self->codecs[worker], (TfvColumn) c, chunk_start / chunk_rows, rows[c], &self->errors[worker]))
      return FALSE;
  if (worker == 0)
    tfv_compact_progress_add (self->progress, 2 * (double) chunk_rows);
  return TRUE;
}

static void
add_point (TfvColumnBucket *bucket, gboolean is_first, const TfvEventScalarRow *row)
{
  double value = (row->flags & TFV_EVENT_VALUE_FLOAT32) != 0 ? (double) (float) row->value : row->value;

  if (is_first)
    *bucket = (TfvColumnBucket){
      .first_step = row->step,
      .first_wall_time = row->wall_time,
      .first_value = value,
      .min = INFINITY,
      .max = -INFINITY,
    };
  bucket->last_step = row->step;
  bucket->last_wall_time = row->wall_time;
  bucket->last_value = value;
  if (value - value == 0)
    {
      bucket->n_finite++;
      bucket->min = MIN (bucket->min, value);
      bucket->max = MAX (bucket->max, value);
    }
}

/* Adds what the window has of a tag to the first level of its pyramid. */
static gboolean
add_to_pyramid (gsize task, guint worker, gpointer data)
{
  Window                  *self = data;
  const TfvColumnIndexRow *tag = &g_array_index (self->plan->index, TfvColumnIndexRow, self->first_tag + task);
  TfvColumnBucket         *buckets = self->buckets + tag->pyramid_start;
  guint64                  first = MAX (tag->start, self->start) - tag->start;
  guint64                  end = MIN (tag->start + tag->n_points, self->start + self->n_rows) - tag->start;
  const TfvEventScalarRow *rows = self->rows + (tag->start + first - self->start);

  for (guint64 point = first; point < end; point++)
    add_point (&buckets[point / TFV_COLUMN_BUCKET_POINTS], point % TFV_COLUMN_BUCKET_POINTS == 0, &rows[point - first]);
  return TRUE;
}

static void
merge_bucket (TfvColumnBucket *bucket, gboolean is_first, const TfvColumnBucket *below)
{
  if (is_first)
    {
      *bucket = *below;
      return;
    }
  bucket->last_step = below->last_step;
  bucket->last_wall_time = below->last_wall_time;
  bucket->last_value = below->last_value;
  bucket->min = MIN (bucket->min, below->min);
  bucket->max = MAX (bucket->max, below->max);
  bucket->n_finite += below->n_finite;
}

/* Makes the upper levels of all pyramids out of the first. */
static void
finish_pyramids (const TfvCompactPlan *plan, TfvColumnBucket *buckets)
{
  for (guint t = 0; t < plan->index->len; t++)
    {
      const TfvColumnIndexRow *tag = &g_array_index (plan->index, TfvColumnIndexRow, t);
      TfvColumnBucket         *below = buckets + tag->pyramid_start;
      guint64                  n_below;

      for (guint level = 1; (n_below = tfv_column_count_buckets (tag->n_points, level - 1)) > 1; level++)
        {
          TfvColumnBucket *above = below + n_below;

          for (guint64 i = 0; i < n_below; i++)
            merge_bucket (&above[i / TFV_COLUMN_BUCKET_FACTOR], i % TFV_COLUMN_BUCKET_FACTOR == 0, &below[i]);
          below = above;
        }
    }
}

static gboolean
write_window (Window *self)
{
  const TfvCompactPlan *plan = self->plan;
  gsize                 chunk_rows = tfv_column_get_chunk_rows (TFV_COLUMN_STEP);
  guint                 end_tag = tfv_compact_plan_find (plan, self->start + self->n_rows);

  if (end_tag < plan->index->len && g_array_index (plan->index, TfvColumnIndexRow, end_tag).start < self->start + self->n_rows)
    end_tag++;
  self->first_tag = tfv_compact_plan_find (plan, self->start);
  return tfv_work_run (2, sort_half, self) &&
         tfv_work_run ((self->n_rows + chunk_rows - 1) / chunk_rows, pack_chunk, self) &&
         tfv_work_run (end_tag - self->first_tag, add_to_pyramid, self);
}

/* Writes all points, window by window, and the pyramids. */
gboolean
tfv_compact_write_points (const TfvCompactPlan *plan, TfvColumnWriter *writer, guint64 window_rows, TfvCompactProgress *progress, GCancellable *cancellable, GError **error)
{
  gsize    chunk_rows = tfv_column_get_chunk_rows (TFV_COLUMN_STEP);
  guint64  n_rows = MIN (MAX (window_rows / chunk_rows, 1) * chunk_rows, plan->n_rows);
  Window   window = { .plan = plan, .writer = writer, .progress = progress, .cancellable = cancellable };
  gboolean is_written = TRUE;

  window.rows = g_new (TfvEventScalarRow, n_rows);
  window.buckets = g_new0 (TfvColumnBucket, plan->n_buckets);
  for (guint i = 0; i < TFV_N_WORKERS; i++)
    {
      window.codecs[i] = tfv_column_codec_new ();
      window.columns[i] = g_malloc (chunk_rows * (3 * 8 + 4 + 1));
    }
  for (; window.start < plan->n_rows && is_written; window.start += n_rows)
    {
      window.n_rows = MIN (n_rows, plan->n_rows - window.start);
      is_written = write_window (&window);
    }
  g_free (window.rows);
  for (guint i = 0; i < TFV_N_WORKERS; i++)
    {
      tfv_column_codec_free (window.codecs[i]);
      g_free (window.columns[i]);
    }
  is_written = tfv_work_end (is_written, window.errors, error);
  if (is_written)
    {
      finish_pyramids (plan, window.buckets);
      is_written = tfv_column_writer_write_all (writer, TFV_COLUMN_PYRAMID, window.buckets, plan->n_buckets, error);
    }
  g_free (window.buckets);
  return is_written;
}
