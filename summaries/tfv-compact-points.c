/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-compact-private.h"

#include <math.h>
#include <string.h>

#include "summaries/tfv-work-private.h"

#define BLOCK_ROWS 16384

/* Rows of a chunk of the columns that are being collected. */
typedef struct
{
  TfvEventScalarRow *rows;
  guint32            n_missing;
} Open;

/* One walk over all scalars, which collects the chunks @first to @end: one thread
 * puts rows where they belong, and what is complete is packed by both. At most
 * @max_buffers chunks are in memory, so that it is bounded whatever the number of
 * points, and of tags. */
typedef struct
{
  const TfvCompactPlan *plan;
  TfvColumnWriter      *writer;
  TfvCompactProgress   *progress;
  GCancellable         *cancellable;
  TfvColumnBucket      *buckets;
  GMutex                bucket_lock;

  guint64 first;
  guint64 end;
  Open   *chunks;
  guint   max_buffers;

  GMutex     lock;
  GCond      changed;
  GQueue     ready; /* numbers of chunks, less the first */
  GPtrArray *free_buffers;
  guint      n_buffers;
  gboolean   is_sorted;
  gboolean   has_failed;

  TfvColumnCodec *codecs[TFV_N_WORKERS];
  gpointer        columns[TFV_N_WORKERS];
  GError         *errors[TFV_N_WORKERS];
} Pass;

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

/* Takes what another part of the bucket's points says; those may come in any order. */
static void
join_buckets (TfvColumnBucket *bucket, const TfvColumnBucket *part, gboolean is_first, gboolean is_last)
{
  gboolean is_new = bucket->n_finite == 0 && bucket->min == 0 && bucket->max == 0;

  if (is_first)
    {
      bucket->first_step = part->first_step;
      bucket->first_wall_time = part->first_wall_time;
      bucket->first_value = part->first_value;
    }
  if (is_last)
    {
      bucket->last_step = part->last_step;
      bucket->last_wall_time = part->last_wall_time;
      bucket->last_value = part->last_value;
    }
  bucket->min = is_new ? part->min : MIN (bucket->min, part->min);
  bucket->max = is_new ? part->max : MAX (bucket->max, part->max);
  bucket->n_finite += part->n_finite;
}

/* Adds points of a tag, from the one with number @first on, to the first level of its
 * pyramid. Those of a tag that begins within a chunk may be in two chunks, and so may
 * those of one bucket, which the other thread may have. */
static void
add_to_pyramid (Pass *self, const TfvColumnIndexRow *tag, guint64 first, const TfvEventScalarRow *rows, gsize n)
{
  TfvColumnBucket *buckets = self->buckets + tag->pyramid_start;

  for (gsize i = 0; i < n;)
    {
      guint64         bucket = (first + i) / TFV_COLUMN_BUCKET_POINTS;
      gsize           at = (first + i) % TFV_COLUMN_BUCKET_POINTS;
      gsize           end = i + MIN (TFV_COLUMN_BUCKET_POINTS - at, n - i);
      gboolean        is_end = first + end == tag->n_points || (first + end) % TFV_COLUMN_BUCKET_POINTS == 0;
      TfvColumnBucket part;

      for (gsize k = i; k < end; k++)
        add_point (&part, k == i, &rows[k]);
      if (at == 0 && is_end)
        {
          buckets[bucket] = part;
        }
      else
        {
          g_mutex_lock (&self->bucket_lock);
          join_buckets (&buckets[bucket], &part, at == 0, is_end);
          g_mutex_unlock (&self->bucket_lock);
        }
      i = end;
    }
}

/* The columns of one chunk. */
typedef struct
{
  gint64  *step;
  double  *wall_time;
  double  *value64;
  float   *value32;
  guint8  *is_float32;
  gboolean has[TFV_N_COLUMNS];
} Columns;

static void
split (Columns *columns, const TfvColumnIndexRow *tag, gsize to, const TfvEventScalarRow *rows, gsize n)
{
  gboolean is_float32 = (tag->flags & TFV_COLUMN_ROW_FLOAT32) != 0;

  columns->has[is_float32 ? TFV_COLUMN_VALUE32 : TFV_COLUMN_VALUE64] = TRUE;
  if ((tag->flags & TFV_COLUMN_ROW_MIXED) != 0)
    columns->has[TFV_COLUMN_IS_FLOAT32] = TRUE;
  for (gsize i = 0; i < n; i++)
    {
      columns->step[to + i] = rows[i].step;
      columns->wall_time[to + i] = rows[i].wall_time;
      columns->is_float32[to + i] = (rows[i].flags & TFV_EVENT_VALUE_FLOAT32) != 0;
    }
  if (is_float32)
    for (gsize i = 0; i < n; i++)
      columns->value32[to + i] = (float) rows[i].value;
  else
    for (gsize i = 0; i < n; i++)
      columns->value64[to + i] = rows[i].value;
}

static gboolean
write_columns (Pass *self, guint worker, guint64 chunk, const Columns *columns)
{
  const gconstpointer rows[TFV_N_COLUMNS] = {
    [TFV_COLUMN_STEP] = columns->step,
    [TFV_COLUMN_WALL_TIME] = columns->wall_time,
    [TFV_COLUMN_VALUE32] = columns->value32,
    [TFV_COLUMN_VALUE64] = columns->value64,
    [TFV_COLUMN_IS_FLOAT32] = columns->is_float32,
  };

  for (guint c = 0; c < TFV_N_COLUMNS; c++)
    if (columns->has[c] && !tfv_column_writer_write_chunk (self->writer, self->codecs[worker], (TfvColumn) c, chunk, rows[c], &self->errors[worker]))
      return FALSE;
  return TRUE;
}

/* Packs and writes a chunk that is complete. */
static gboolean
pack_chunk (Pass *self, guint worker, guint64 chunk, const TfvEventScalarRow *rows)
{
  const TfvCompactPlan *plan = self->plan;
  gsize                 chunk_rows = tfv_column_get_chunk_rows (TFV_COLUMN_STEP);
  guint64               start = chunk * chunk_rows;
  Columns               columns = { .step = self->columns[worker], .has = { [TFV_COLUMN_STEP] = TRUE, [TFV_COLUMN_WALL_TIME] = TRUE } };

  columns.wall_time = (double *) (columns.step + chunk_rows);
  columns.value64 = columns.wall_time + chunk_rows;
  columns.value32 = (float *) (columns.value64 + chunk_rows);
  columns.is_float32 = (guint8 *) (columns.value32 + chunk_rows);
  memset (columns.step, 0, chunk_rows * (3 * 8 + 4 + 1));
  for (guint t = tfv_compact_plan_find (plan, start); t < plan->index->len; t++)
    {
      const TfvColumnIndexRow *tag = &g_array_index (plan->index, TfvColumnIndexRow, t);
      guint64                  first = MAX (tag->start, start);
      guint64                  end = MIN (tag->start + tag->n_points, start + chunk_rows);

      if (first >= end)
        break;
      split (&columns, tag, first - start, rows + (first - start), end - first);
      add_to_pyramid (self, tag, first - tag->start, rows + (first - start), end - first);
    }
  return !g_cancellable_set_error_if_cancelled (self->cancellable, &self->errors[worker]) && write_columns (self, worker, chunk, &columns);
}

/* Packs one of the chunks that are complete, if there is any. Called with the lock,
 * which it leaves meanwhile. */
static gboolean
pack_one_locked (Pass *self, guint worker)
{
  gsize              number;
  TfvEventScalarRow *rows;
  gboolean           is_packed;

  if (self->has_failed || g_queue_is_empty (&self->ready))
    return FALSE;
  number = GPOINTER_TO_SIZE (g_queue_pop_head (&self->ready));
  rows = g_steal_pointer (&self->chunks[number].rows);
  g_mutex_unlock (&self->lock);

  is_packed = pack_chunk (self, worker, self->first + number, rows);

  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->free_buffers, rows);
  self->has_failed |= !is_packed;
  tfv_compact_progress_add (self->progress, 3 * BLOCK_ROWS);
  return is_packed;
}

/* Room for the rows of a chunk, if need be that of one that is packed for it. */
static TfvEventScalarRow *
take_buffer (Pass *self, guint worker)
{
  TfvEventScalarRow *rows = NULL;

  g_mutex_lock (&self->lock);
  while (self->free_buffers->len == 0 && self->n_buffers >= self->max_buffers && pack_one_locked (self, worker))
    ;
  if (self->free_buffers->len > 0)
    rows = g_ptr_array_steal_index_fast (self->free_buffers, self->free_buffers->len - 1);
  else
    self->n_buffers++;
  g_mutex_unlock (&self->lock);
  return rows != NULL ? rows : g_new (TfvEventScalarRow, tfv_column_get_chunk_rows (TFV_COLUMN_STEP));
}

static void
put_ready (Pass *self, gsize number)
{
  g_mutex_lock (&self->lock);
  g_queue_push_tail (&self->ready, GSIZE_TO_POINTER (number));
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->lock);
}

/* Puts rows where they belong. */
static void
sort_rows (Pass *self, guint worker, const TfvEventScalarRow *rows, gsize n_rows, guint64 *next)
{
  const gsize   chunk_rows = tfv_column_get_chunk_rows (TFV_COLUMN_STEP);
  const guint32 n_tags = self->plan->n_tags;
  const guint64 n_wanted = (self->end - self->first) * chunk_rows;

  for (gsize i = 0; i < n_rows; i++)
    {
      guint32 id = (rows[i].flags & TFV_EVENT_ROW_VALID) != 0 && rows[i].tag <= n_tags ? rows[i].tag : 0;
      guint64 place = next[id]++;
      Open   *chunk;

      if (place >= n_wanted)
        continue;
      chunk = &self->chunks[place / chunk_rows];
      if (G_UNLIKELY (chunk->rows == NULL))
        chunk->rows = take_buffer (self, worker);
      chunk->rows[place % chunk_rows] = rows[i];
      if (G_UNLIKELY (--chunk->n_missing == 0))
        put_ready (self, place / chunk_rows);
    }
}

/* Walks over all scalars. */
static gboolean
sort_all (Pass *self, guint worker)
{
  const TfvCompactPlan         *plan = self->plan;
  g_autofree guint64           *next = g_new (guint64, (gsize) plan->n_tags + 1);
  g_autofree TfvEventScalarRow *rows = g_new (TfvEventScalarRow, BLOCK_ROWS);

  /* Places count from the first chunk: what is before it is very far behind it. */
  for (guint32 id = 0; id <= plan->n_tags; id++)
    next[id] = id > 0 && plan->tallies->tallies[id].n_points > 0 ? plan->start[id] - self->first * tfv_column_get_chunk_rows (TFV_COLUMN_STEP) : G_MAXUINT64 / 2;

  for (guint64 row = 0; row < plan->n_scalars; row += BLOCK_ROWS)
    {
      gsize n = MIN (plan->n_scalars - row, BLOCK_ROWS);

      if (g_cancellable_set_error_if_cancelled (self->cancellable, &self->errors[worker]) ||
          !tfv_event_file_read (plan->file, TFV_EVENT_SCALARS, row, n, rows, &self->errors[worker]))
        return FALSE;
      sort_rows (self, worker, rows, n, next);
    }
  return TRUE;
}

/* Task 0 sorts and then packs; task 1 packs only. */
static gboolean
work (gsize task, guint worker, gpointer data)
{
  Pass    *self = data;
  gboolean is_sorted = task != 0 || sort_all (self, worker);

  g_mutex_lock (&self->lock);
  if (task == 0)
    {
      self->is_sorted = TRUE;
      self->has_failed |= !is_sorted;
      g_cond_broadcast (&self->changed);
    }
  while (!self->has_failed)
    {
      if (pack_one_locked (self, worker))
        continue;
      if (self->is_sorted)
        break;
      g_cond_wait (&self->changed, &self->lock);
    }
  g_cond_broadcast (&self->changed);
  is_sorted = !self->has_failed;
  g_mutex_unlock (&self->lock);
  return is_sorted;
}

/* How many rows of tags each chunk has: when it has them it is complete. */
static void
count_missing (Pass *self)
{
  const gsize chunk_rows = tfv_column_get_chunk_rows (TFV_COLUMN_STEP);

  for (guint t = tfv_compact_plan_find (self->plan, self->first * chunk_rows); t < self->plan->index->len; t++)
    {
      const TfvColumnIndexRow *tag = &g_array_index (self->plan->index, TfvColumnIndexRow, t);
      guint64                  row = MAX (tag->start, self->first * chunk_rows);
      guint64                  end = MIN (tag->start + tag->n_points, self->end * chunk_rows);

      if (row >= self->end * chunk_rows)
        break;
      while (row < end)
        {
          guint64 next = MIN ((row / chunk_rows + 1) * chunk_rows, end);

          self->chunks[row / chunk_rows - self->first].n_missing += (guint32) (next - row);
          row = next;
        }
    }
}

/* A pass ends where the tags that have points in it would fill all buffers at once:
 * of each tag one chunk at a time is incomplete. */
static guint64
find_end (const TfvCompactPlan *plan, guint64 first, guint max_buffers)
{
  const gsize chunk_rows = tfv_column_get_chunk_rows (TFV_COLUMN_STEP);
  guint       last = tfv_compact_plan_find (plan, first * chunk_rows) + MAX (max_buffers, 2) - 2;

  if (last >= plan->index->len)
    return (plan->n_rows + chunk_rows - 1) / chunk_rows;
  return (g_array_index (plan->index, TfvColumnIndexRow, last).start + g_array_index (plan->index, TfvColumnIndexRow, last).n_points - 1) / chunk_rows + 1;
}

static gboolean
run_pass (Pass *self)
{
  gboolean is_done;

  self->end = find_end (self->plan, self->first, self->max_buffers);
  self->chunks = g_new0 (Open, self->end - self->first);
  self->is_sorted = FALSE;
  count_missing (self);
  is_done = tfv_work_run (2, work, self);
  for (guint64 i = 0; i < self->end - self->first; i++)
    g_free (self->chunks[i].rows);
  g_queue_clear (&self->ready);
  g_free (self->chunks);
  self->first = self->end;
  return is_done;
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

/* Writes all points, in as many walks over the scalars as it takes, and the
 * pyramids. */
gboolean
tfv_compact_write_points (const TfvCompactPlan *plan, TfvColumnWriter *writer, guint max_buffers, TfvCompactProgress *progress, GCancellable *cancellable, GError **error)
{
  const gsize   chunk_rows = tfv_column_get_chunk_rows (TFV_COLUMN_STEP);
  const guint64 n_chunks = (plan->n_rows + chunk_rows - 1) / chunk_rows;
  Pass          pass = { .plan = plan, .writer = writer, .progress = progress, .cancellable = cancellable, .max_buffers = max_buffers };
  gboolean      is_written = TRUE;

  g_mutex_init (&pass.lock);
  g_mutex_init (&pass.bucket_lock);
  g_cond_init (&pass.changed);
  g_queue_init (&pass.ready);
  pass.free_buffers = g_ptr_array_new_with_free_func (g_free);
  pass.buckets = g_new0 (TfvColumnBucket, plan->n_buckets);
  for (guint i = 0; i < TFV_N_WORKERS; i++)
    {
      pass.codecs[i] = tfv_column_codec_new ();
      pass.columns[i] = g_malloc (chunk_rows * (3 * 8 + 4 + 1));
    }
  while (pass.first < n_chunks && is_written)
    is_written = run_pass (&pass);
  for (guint i = 0; i < TFV_N_WORKERS; i++)
    {
      tfv_column_codec_free (pass.codecs[i]);
      g_free (pass.columns[i]);
    }
  g_ptr_array_unref (pass.free_buffers);
  g_cond_clear (&pass.changed);
  g_mutex_clear (&pass.bucket_lock);
  g_mutex_clear (&pass.lock);

  is_written = tfv_work_end (is_written, pass.errors, error);
  if (is_written)
    {
      finish_pyramids (plan, pass.buckets);
      is_written = tfv_column_writer_write_all (writer, TFV_COLUMN_PYRAMID, pass.buckets, plan->n_buckets, error);
    }
  g_free (pass.buckets);
  return is_written;
}
