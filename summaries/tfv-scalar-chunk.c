/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-scalar-chunk-private.h"

#include <string.h>

#include "summaries/tfv-chunk-memory-private.h"
#include "summaries/tfv-scalar-source-private.h"

/* A run may have a million tags with one point each, or one with ten million:
   chunks start small, double what is there while that is little, and grow with
   the series then, to bound the slack. */
#define MIN_CAPACITY 2
#define MAX_CAPACITY 4096
#define MAX_DOUBLED 64
#define SLACK_DIVISOR 16

/* A file that changes between float32 and float64 more often than this gets
   chunks that hold both, instead of a chunk for every change. */
#define MAX_TYPE_CHANGES 4

/* Of a part all of whose points are in memory. */
static const TfvScalarOutline no_outline;

static void
free_outline (TfvScalarPart *self)
{
  if (self->outline != &no_outline)
    g_free ((gpointer) self->outline);
}

TfvScalarPart *
tfv_scalar_part_new (GMutex *lock, TfvOrigin *origin)
{
  TfvScalarPart *self = g_new0 (TfvScalarPart, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->lock = lock;
  self->outline = &no_outline;
  self->origin = origin != NULL ? tfv_origin_ref (origin) : NULL;
  return self;
}

TfvScalarPart *
tfv_scalar_part_ref (TfvScalarPart *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/* What a chunk takes in memory. */
static gsize
get_chunk_bytes (TfvScalarChunkType type, guint capacity)
{
  gsize value_size = type == TFV_SCALAR_CHUNK_FLOAT ? sizeof (float) : sizeof (double);
  gsize point_size = sizeof (gint64) + sizeof (double) + value_size + (type == TFV_SCALAR_CHUNK_MIXED ? 1 : 0);

  return sizeof (TfvScalarChunk) + capacity * point_size;
}

void
tfv_scalar_part_unref (TfvScalarPart *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  for (TfvScalarChunk *chunk = self->first, *next; chunk != NULL; chunk = next)
    {
      next = chunk->next;
      tfv_chunk_memory_free (chunk, get_chunk_bytes (chunk->type, chunk->capacity));
    }
  g_clear_pointer (&self->marks, g_array_unref);
  g_clear_pointer (&self->origin, tfv_origin_unref);
  g_clear_pointer (&self->loaded, tfv_scalar_part_unref);
  g_clear_pointer (&self->source, tfv_scalar_source_unref);
  free_outline (self);
  g_free (self);
}

/* A chunk without points; NULL where there is not that much memory. */
static TfvScalarChunk *
try_chunk_new (TfvScalarChunkType type, guint capacity)
{
  TfvScalarChunk *chunk = tfv_chunk_memory_try_alloc (get_chunk_bytes (type, capacity));

  if (chunk == NULL)
    return NULL;
  chunk->next = NULL;
  chunk->type = type;
  chunk->capacity = capacity;
  atomic_init (&chunk->n, 0);
  chunk->has_order = FALSE;
  chunk->wall_time = (double *) (chunk->step + capacity);
  chunk->value64 = chunk->wall_time + capacity;
  chunk->is_float32 = type == TFV_SCALAR_CHUNK_MIXED ? (guint8 *) (chunk->value64 + capacity) : NULL;
  return chunk;
}

static TfvScalarChunk *
chunk_new (TfvScalarChunkType type, guint capacity)
{
  TfvScalarChunk *chunk = try_chunk_new (type, capacity);

  if (chunk == NULL)
    g_error ("no memory for a chunk of %u points", capacity);
  return chunk;
}

/* Begins a chunk that can take a point of the given width. */
void
tfv_scalar_part_grow (TfvScalarPart *self, gboolean is_float32)
{
  TfvScalarChunk    *last = self->last;
  guint              n_last = last != NULL ? atomic_load_explicit (&last->n, memory_order_relaxed) : 0;
  TfvScalarChunkType type = is_float32 ? TFV_SCALAR_CHUNK_FLOAT : TFV_SCALAR_CHUNK_DOUBLE;
  TfvScalarChunk    *chunk;
  gsize              n_points = self->n_closed + n_last;

  if (last != NULL && last->type != type)
    self->n_type_changes++;
  if (self->n_type_changes >= MAX_TYPE_CHANGES)
    type = TFV_SCALAR_CHUNK_MIXED;
  chunk = chunk_new (type, (guint) CLAMP (n_points <= MAX_DOUBLED ? n_points : n_points / SLACK_DIVISOR, MIN_CAPACITY, MAX_CAPACITY));

  g_mutex_lock (self->lock);
  if (last != NULL)
    last->next = chunk;
  else
    self->first = chunk;
  self->last = chunk;
  self->n_closed = n_points;
  self->n_structure_changes++;
  g_mutex_unlock (self->lock);
}

/* Points side by side, all of float32 or all of float64. Called by the part's one
   appender. */
void
tfv_scalar_part_append_columns (TfvScalarPart *self, gsize n_points, const gint64 *step, const double *wall_time, gconstpointer value, gboolean is_float32)
{
  TfvScalarChunkType type = is_float32 ? TFV_SCALAR_CHUNK_FLOAT : TFV_SCALAR_CHUNK_DOUBLE;

  for (gsize done = 0; done < n_points;)
    {
      TfvScalarChunk *chunk = self->last;
      guint           n = chunk != NULL ? atomic_load_explicit (&chunk->n, memory_order_relaxed) : 0;
      gsize           n_fitting = chunk != NULL && chunk->type == type ? MIN (chunk->capacity - n, n_points - done) : 0;

      if (n_fitting == 0)
        {
          /* The first of a new chunk, or one of those that hold both. */
          if (is_float32)
            tfv_scalar_part_append_float (self, step[done], wall_time[done], ((const float *) value)[done]);
          else
            tfv_scalar_part_append_double (self, step[done], wall_time[done], ((const double *) value)[done]);
          done++;
          continue;
        }
      memcpy (chunk->step + n, step + done, n_fitting * sizeof *step);
      memcpy (chunk->wall_time + n, wall_time + done, n_fitting * sizeof *wall_time);
      if (is_float32)
        memcpy (chunk->value32 + n, (const float *) value + done, n_fitting * sizeof (float));
      else
        memcpy (chunk->value64 + n, (const double *) value + done, n_fitting * sizeof (double));
      atomic_store_explicit (&chunk->n, n + (guint) n_fitting, memory_order_release);
      done += n_fitting;
    }
}

/* What came before with a step not below @step is superseded from here on. */
void
tfv_scalar_part_restart (TfvScalarPart *self, gint64 step, guint session)
{
  g_mutex_lock (self->lock);
  tfv_restart_marks_add (&self->marks, (TfvRestartMark){ tfv_scalar_part_get_n_points_locked (self), step, session });
  self->n_structure_changes++;
  g_mutex_unlock (self->lock);
}

gsize
tfv_scalar_part_get_n_points_locked (TfvScalarPart *self)
{
  return self->outline->n_points + self->n_closed + (self->last != NULL ? tfv_scalar_chunk_get_n (self->last) : 0);
}

/* The first and the last point; FALSE where there is none. */
gboolean
tfv_scalar_part_get_ends_locked (TfvScalarPart *self, gint64 *first_step, gint64 *last_step, double *last_wall_time)
{
  TfvScalarChunk *last = self->last;
  guint           n = last != NULL ? tfv_scalar_chunk_get_n (last) : 0;

  if (n == 0 && self->n_closed > 0)
    {
      /* The last chunk was begun and has no point yet. */
      for (last = self->first; last->next != self->last; last = last->next)
        ;
      n = tfv_scalar_chunk_get_n (last);
    }
  if (n == 0 && self->outline->n_points == 0)
    return FALSE;
  *first_step = self->outline->n_points > 0 ? self->outline->first_step : self->first->step[0];
  *last_step = n > 0 ? last->step[n - 1] : self->outline->last_step;
  *last_wall_time = n > 0 ? last->wall_time[n - 1] : self->outline->last_wall_time;
  return TRUE;
}

/* Points that are in the file, to be read from @source when they are wanted.
   Comes before any point is appended, and may come again with more of them. */
void
tfv_scalar_part_announce (TfvScalarPart *self, TfvScalarSource *source, const TfvScalarOutline *outline)
{
  g_mutex_lock (self->lock);
  if (self->source == NULL)
    self->source = tfv_scalar_source_ref (source);
  free_outline (self);
  self->outline = g_memdup2 (outline, sizeof *outline);
  self->has_failed = FALSE;
  g_clear_pointer (&self->loaded, tfv_scalar_part_unref);
  self->n_structure_changes++;
  g_mutex_unlock (self->lock);
}

TfvScalarOutline
tfv_scalar_part_get_outline (TfvScalarPart *self)
{
  TfvScalarOutline outline;

  g_mutex_lock (self->lock);
  outline = *self->outline;
  g_mutex_unlock (self->lock);
  return outline;
}

/* A part with one chunk that has @n_points whose values are whatever was there:
   room to read into. NULL where there is not that much memory. (transfer full) */
TfvScalarPart *
tfv_scalar_part_new_filled (GMutex *lock, TfvScalarChunkType type, guint64 n_points)
{
  TfvScalarChunk *chunk = n_points <= G_MAXUINT ? try_chunk_new (type, (guint) n_points) : NULL;
  TfvScalarPart  *self;

  if (chunk == NULL)
    return NULL;
  atomic_store_explicit (&chunk->n, chunk->capacity, memory_order_relaxed);
  self = tfv_scalar_part_new (lock, NULL);
  self->first = self->last = chunk;
  return self;
}

/* Takes the points that were announced, read. (transfer full): @loaded */
void
tfv_scalar_part_take_loaded (TfvScalarPart *self, TfvScalarPart *loaded)
{
  g_mutex_lock (self->lock);
  /* More may have been announced meanwhile. */
  if (self->loaded == NULL && loaded->first->capacity == self->outline->n_points)
    {
      self->loaded = g_steal_pointer (&loaded);
      self->has_failed = FALSE;
      self->n_structure_changes++;
    }
  g_mutex_unlock (self->lock);
  g_clear_pointer (&loaded, tfv_scalar_part_unref);
}

/* The points can't be read: nobody tries again without being told to. */
void
tfv_scalar_part_fail (TfvScalarPart *self)
{
  g_mutex_lock (self->lock);
  self->has_failed = TRUE;
  g_mutex_unlock (self->lock);
}

/* Gives the memory of points back that can be read again. */
void
tfv_scalar_part_unload (TfvScalarPart *self)
{
  g_autoptr (TfvScalarPart) loaded = NULL;

  g_mutex_lock (self->lock);
  loaded = g_steal_pointer (&self->loaded);
  if (loaded != NULL)
    self->n_structure_changes++;
  g_mutex_unlock (self->lock);
}

gboolean
tfv_scalar_part_is_loaded (TfvScalarPart *self)
{
  gboolean is_loaded;

  g_mutex_lock (self->lock);
  is_loaded = self->source == NULL || self->loaded != NULL;
  g_mutex_unlock (self->lock);
  return is_loaded;
}

/* The greatest of the first @n steps of a chunk, and whether they never fall.
   Remembered for a chunk that takes no more points. */
gint64
tfv_scalar_chunk_get_max_step_locked (TfvScalarChunk *chunk, guint n, gboolean *is_sorted)
{
  gint64   max_step = G_MININT64;
  gboolean sorted = TRUE;

  if (!chunk->has_order)
    {
      for (guint i = 0; i < n; i++)
        {
          if (chunk->step[i] < max_step)
            sorted = FALSE;
          else
            max_step = chunk->step[i];
        }
      chunk->is_sorted = sorted;
      chunk->max_step = max_step;
      chunk->has_order = chunk->next != NULL || n == chunk->capacity;
    }
  *is_sorted = chunk->is_sorted;
  return chunk->max_step;
}
