/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-scalar-source-private.h"

#include "summaries/tfv-error.h"
#include "summaries/tfv-run-private.h"

/* One thread at a time reads the file; what others ask for meanwhile is read in
   one go after that, by one of them: a file that has to be read from its
   beginning to its end for one tag takes hardly longer for twenty. */
struct _TfvScalarSource
{
  gatomicrefcount  ref_count;
  char            *path;
  const TfvFormat *format;
  GWeakRef         run;
  GMutex           lock;
  GCond            is_idle;
  GPtrArray       *wanted;
  gboolean         is_reading;
};

/* Points of @run that are in the file at @path. (transfer full) */
TfvScalarSource *
tfv_scalar_source_new (TfvRun *run, const char *path, const TfvFormat *format)
{
  TfvScalarSource *self = g_new0 (TfvScalarSource, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->path = g_strdup (path);
  self->format = format;
  g_weak_ref_init (&self->run, run);
  g_mutex_init (&self->lock);
  g_cond_init (&self->is_idle);
  self->wanted = g_ptr_array_new_with_free_func ((GDestroyNotify) tfv_scalar_part_unref);
  return self;
}

TfvScalarSource *
tfv_scalar_source_ref (TfvScalarSource *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tfv_scalar_source_unref (TfvScalarSource *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_ptr_array_unref (self->wanted);
  g_weak_ref_clear (&self->run);
  g_cond_clear (&self->is_idle);
  g_mutex_clear (&self->lock);
  g_free (self->path);
  g_free (self);
}

/* Makes room for a part's points. NULL where there is not that much memory. */
static TfvScalarPart *
make_room (TfvScalarPart *part, TfvScalarLoad *load)
{
  static const TfvScalarChunkType types[] = {
    [TFV_SCALAR_VALUE_FLOAT32] = TFV_SCALAR_CHUNK_FLOAT,
    [TFV_SCALAR_VALUE_FLOAT64] = TFV_SCALAR_CHUNK_DOUBLE,
    [TFV_SCALAR_VALUE_MIXED] = TFV_SCALAR_CHUNK_MIXED,
  };
  TfvScalarOutline outline = tfv_scalar_part_get_outline (part);
  TfvScalarPart   *room = tfv_scalar_part_new_filled (part->lock, types[outline.value_type], outline.n_points);
  TfvScalarChunk  *chunk;

  load->n_points = outline.n_points;
  if (room == NULL)
    return NULL;
  chunk = room->first;
  *load = (TfvScalarLoad){
    .place = outline.place,
    .n_points = outline.n_points,
    .step = chunk->step,
    .wall_time = chunk->wall_time,
    .value32 = chunk->type == TFV_SCALAR_CHUNK_FLOAT ? chunk->value32 : NULL,
    .value64 = chunk->type == TFV_SCALAR_CHUNK_FLOAT ? NULL : chunk->value64,
    .is_float32 = chunk->is_float32,
  };
  return room;
}

/* Tells the run what could not be read: whoever looks at the series only sees
   that points are missing. */
static void
warn (TfvScalarSource *self, const GError *error)
{
  g_autoptr (TfvRun) run = g_weak_ref_get (&self->run);

  if (run != NULL)
    tfv_run_add_warning (run, error->message);
}

/* Reads the points of @parts and gives them to those. */
static gboolean
read_at_once (TfvScalarSource *self, TfvScalarPart *const *parts, guint n_parts, GCancellable *cancellable, GError **error)
{
  g_autofree TfvScalarLoad *loads = g_new (TfvScalarLoad, n_parts);
  g_autoptr (GPtrArray)     rooms = g_ptr_array_new_with_free_func ((GDestroyNotify) tfv_scalar_part_unref);

  for (guint i = 0; i < n_parts; i++)
    {
      TfvScalarPart *room = make_room (parts[i], &loads[i]);

      if (room == NULL)
        {
          g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_IO, "%s: no memory for %" G_GUINT64_FORMAT " points", self->path, loads[i].n_points);
          return FALSE;
        }
      g_ptr_array_add (rooms, room);
    }
  if (!self->format->load_points (self->path, loads, n_parts, cancellable, error))
    return FALSE;

  for (guint i = 0; i < n_parts; i++)
    tfv_scalar_part_take_loaded (parts[i], tfv_scalar_part_ref (rooms->pdata[i]));
  return TRUE;
}

/* The same; what is wrong with one part costs no other its points. */
static gboolean
read_parts (TfvScalarSource *self, GPtrArray *parts, GCancellable *cancellable, GError **error)
{
  GError *failure = NULL;

  if (read_at_once (self, (TfvScalarPart *const *) parts->pdata, parts->len, cancellable, &failure))
    return TRUE;
  if (parts->len > 1 && !g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_clear_error (&failure);
      for (guint i = 0; i < parts->len; i++)
        {
          g_autoptr (GPtrArray) one = g_ptr_array_new ();

          g_ptr_array_add (one, parts->pdata[i]);
          read_parts (self, one, cancellable, failure == NULL ? &failure : NULL);
        }
    }
  else if (!g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      tfv_scalar_part_fail (parts->pdata[0]);
      warn (self, failure);
    }
  if (failure == NULL)
    return TRUE;
  g_propagate_error (error, failure);
  return FALSE;
}

/* Adds those of @parts that are neither loaded nor waiting already; whether any
   is not loaded. */
static gboolean
want_locked (TfvScalarSource *self, TfvScalarPart *const *parts, guint n_parts, GHashTable *tried)
{
  gboolean is_any = FALSE;

  for (guint i = 0; i < n_parts; i++)
    {
      if (tfv_scalar_part_is_loaded (parts[i]) || g_hash_table_contains (tried, parts[i]))
        continue;
      is_any = TRUE;
      if (!g_ptr_array_find (self->wanted, parts[i], NULL))
        g_ptr_array_add (self->wanted, tfv_scalar_part_ref (parts[i]));
    }
  return is_any;
}

/* Reads the points of @parts, all of this source, unless they are in memory.
   Callers that ask for the same points share one read. Blocks on the file. */
gboolean
tfv_scalar_source_load (TfvScalarSource *self, TfvScalarPart *const *parts, guint n_parts, GCancellable *cancellable, GError **error)
{
  g_autoptr (GHashTable) tried = g_hash_table_new (NULL, NULL);
  gboolean               is_good = TRUE;

  g_mutex_lock (&self->lock);
  while (is_good && want_locked (self, parts, n_parts, tried))
    {
      g_autoptr (GPtrArray) batch = NULL;

      if (self->is_reading)
        {
          g_cond_wait (&self->is_idle, &self->lock);
          continue;
        }
      batch = g_steal_pointer (&self->wanted);
      self->wanted = g_ptr_array_new_with_free_func ((GDestroyNotify) tfv_scalar_part_unref);
      self->is_reading = TRUE;
      g_mutex_unlock (&self->lock);

      is_good = read_parts (self, batch, cancellable, error);

      g_mutex_lock (&self->lock);
      self->is_reading = FALSE;
      g_cond_broadcast (&self->is_idle);
      for (guint i = 0; i < batch->len; i++)
        g_hash_table_add (tried, batch->pdata[i]);
    }
  g_mutex_unlock (&self->lock);
  return is_good;
}
