/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <stdatomic.h>

#include "summaries/tfv-restarts-private.h"
#include "summaries/tfv-scalar-outline.h"

G_BEGIN_DECLS

/**
 * TfvScalarChunk: (skip)
 *
 * Up to `capacity` points side by side, a column each for steps, wall times and
 * values. The appender writes a point and then publishes it by raising `n`;
 * below `n` nothing ever changes, so readers need no lock.
 */
typedef struct _TfvScalarChunk TfvScalarChunk;

typedef enum
{
  TFV_SCALAR_CHUNK_FLOAT,
  TFV_SCALAR_CHUNK_DOUBLE,
  /* Doubles, with a byte each that tells which were float32. */
  TFV_SCALAR_CHUNK_MIXED,
} TfvScalarChunkType;

struct _TfvScalarChunk
{
  TfvScalarChunk    *next;
  TfvScalarChunkType type;
  guint              capacity;
  atomic_uint        n;
  double            *wall_time;
  union
  {
    float  *value32;
    double *value64;
  };
  guint8  *is_float32;
  gboolean has_order;
  gboolean is_sorted;
  gint64   max_step;
  gint64   step[];
};

typedef struct _TfvScalarSource TfvScalarSource;

/**
 * TfvScalarPart: (skip)
 *
 * What one file gives to a series. One thread appends to it. The chunk list
 * and the marks are guarded by the lock of the series, and so is what is known of
 * points that are in the file only: they come before those in chunks, and once
 * they were read they are the points of a part of their own.
 */
typedef struct _TfvScalarPart TfvScalarPart;

struct _TfvScalarPart
{
  gatomicrefcount ref_count;
  GMutex         *lock;
  TfvOrigin      *origin;
  TfvScalarChunk *first;
  TfvScalarChunk *last;
  gsize           n_closed;
  guint           n_type_changes;
  GArray         *marks;
  guint64         n_structure_changes;

  TfvScalarSource        *source;
  const TfvScalarOutline *outline;
  TfvScalarPart          *loaded;
  gboolean                has_failed;
};

TfvScalarPart   *tfv_scalar_part_new (GMutex *lock, TfvOrigin *origin);
TfvScalarPart   *tfv_scalar_part_ref (TfvScalarPart *self);
void             tfv_scalar_part_unref (TfvScalarPart *self);
void             tfv_scalar_part_grow (TfvScalarPart *self, gboolean is_float32);
void             tfv_scalar_part_append_columns (TfvScalarPart *self, gsize n_points, const gint64 *step, const double *wall_time, gconstpointer value, gboolean is_float32);
void             tfv_scalar_part_restart (TfvScalarPart *self, gint64 step, guint session);
gsize            tfv_scalar_part_get_n_points_locked (TfvScalarPart *self);
gboolean         tfv_scalar_part_get_ends_locked (TfvScalarPart *self, gint64 *first_step, gint64 *last_step, double *last_wall_time);
void             tfv_scalar_part_announce (TfvScalarPart *self, TfvScalarSource *source, const TfvScalarOutline *outline);
TfvScalarPart   *tfv_scalar_part_new_filled (GMutex *lock, TfvScalarChunkType type, guint64 n_points);
void             tfv_scalar_part_take_loaded (TfvScalarPart *self, TfvScalarPart *loaded);
TfvScalarOutline tfv_scalar_part_get_outline (TfvScalarPart *self);
void             tfv_scalar_part_fail (TfvScalarPart *self);
void             tfv_scalar_part_unload (TfvScalarPart *self);
gboolean         tfv_scalar_part_is_loaded (TfvScalarPart *self);
gint64           tfv_scalar_chunk_get_max_step_locked (TfvScalarChunk *chunk, guint n, gboolean *is_sorted);

static inline guint
tfv_scalar_chunk_get_n (TfvScalarChunk *chunk)
{
  return atomic_load_explicit (&chunk->n, memory_order_acquire);
}

/* The chunks of a part in their order, those that were read on demand first. */
static inline TfvScalarChunk *
tfv_scalar_part_get_first_locked (const TfvScalarPart *self)
{
  return self->loaded != NULL ? self->loaded->first : self->first;
}

static inline TfvScalarChunk *
tfv_scalar_part_get_next_locked (const TfvScalarPart *self, const TfvScalarChunk *chunk)
{
  return self->loaded != NULL && chunk == self->loaded->first ? self->first : chunk->next;
}

/* A float32 point. Called by the part's one appender. */
static inline void
tfv_scalar_part_append_float (TfvScalarPart *self, gint64 step, double wall_time, float value)
{
  TfvScalarChunk *chunk = self->last;
  guint           n = chunk != NULL ? atomic_load_explicit (&chunk->n, memory_order_relaxed) : 0;

  if (G_UNLIKELY (chunk == NULL || n == chunk->capacity || chunk->type == TFV_SCALAR_CHUNK_DOUBLE))
    {
      tfv_scalar_part_grow (self, TRUE);
      chunk = self->last;
      n = 0;
    }
  chunk->step[n] = step;
  chunk->wall_time[n] = wall_time;
  if (G_LIKELY (chunk->type == TFV_SCALAR_CHUNK_FLOAT))
    {
      chunk->value32[n] = value;
    }
  else
    {
      chunk->value64[n] = value;
      chunk->is_float32[n] = TRUE;
    }
  atomic_store_explicit (&chunk->n, n + 1, memory_order_release);
}

/* A float64 point. Called by the part's one appender. */
static inline void
tfv_scalar_part_append_double (TfvScalarPart *self, gint64 step, double wall_time, double value)
{
  TfvScalarChunk *chunk = self->last;
  guint           n = chunk != NULL ? atomic_load_explicit (&chunk->n, memory_order_relaxed) : 0;

  if (G_UNLIKELY (chunk == NULL || n == chunk->capacity || chunk->type == TFV_SCALAR_CHUNK_FLOAT))
    {
      tfv_scalar_part_grow (self, FALSE);
      chunk = self->last;
      n = 0;
    }
  chunk->step[n] = step;
  chunk->wall_time[n] = wall_time;
  chunk->value64[n] = value;
  if (chunk->type == TFV_SCALAR_CHUNK_MIXED)
    chunk->is_float32[n] = FALSE;
  atomic_store_explicit (&chunk->n, n + 1, memory_order_release);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TfvScalarPart, tfv_scalar_part_unref)

G_END_DECLS
