/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-restarts-private.h"

#include <math.h>
#include <string.h>

struct _TfvOrigin
{
  gatomicrefcount ref_count;
  char           *name;
  double          start_time;
  gboolean        has_start;
  gint64          start_step;
};

struct _TfvRestarts
{
  gatomicrefcount ref_count;
  GMutex          lock;
  GPtrArray      *origins;
  guint64         generation;
};

TfvRestarts *
tfv_restarts_new (void)
{
  TfvRestarts *self = g_new0 (TfvRestarts, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->lock);
  self->origins = g_ptr_array_new_with_free_func ((GDestroyNotify) tfv_origin_unref);
  return self;
}

TfvRestarts *
tfv_restarts_ref (TfvRestarts *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tfv_restarts_unref (TfvRestarts *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_ptr_array_unref (self->origins);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* Grows whenever the answer to "what is superseded" may have changed. */
guint64
tfv_restarts_get_generation (TfvRestarts *self)
{
  guint64 generation;

  g_mutex_lock (&self->lock);
  generation = self->generation;
  g_mutex_unlock (&self->lock);
  return generation;
}

TfvOrigin *
tfv_origin_ref (TfvOrigin *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tfv_origin_unref (TfvOrigin *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->name);
  g_free (self);
}

/* Files whose writer's start is not known come first, by name, as TensorBoard
   has them; the others by their start, for their names don't sort by time. */
static int
compare_origins (const TfvOrigin *left, const TfvOrigin *right)
{
  gboolean left_timed = !isnan (left->start_time);
  gboolean right_timed = !isnan (right->start_time);

  if (left_timed != right_timed)
    return left_timed ? 1 : -1;
  if (left_timed && left->start_time != right->start_time)
    return left->start_time < right->start_time ? -1 : 1;
  return strcmp (left->name, right->name);
}

/* Puts an origin where it belongs among the others. Takes @origin. */
static void
insert_locked (TfvRestarts *self, TfvOrigin *origin)
{
  guint low = 0, high = self->origins->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (compare_origins (self->origins->pdata[middle], origin) <= 0)
        low = middle + 1;
      else
        high = middle;
    }
  g_ptr_array_insert (self->origins, (int) low, origin);
  self->generation++;
}

/* Adds an origin, a file of this name. (transfer full) */
TfvOrigin *
tfv_restarts_add (TfvRestarts *self, const char *name)
{
  TfvOrigin *origin = g_new0 (TfvOrigin, 1);

  g_atomic_ref_count_init (&origin->ref_count);
  origin->name = g_strdup (name);
  origin->start_time = NAN;

  g_mutex_lock (&self->lock);
  insert_locked (self, tfv_origin_ref (origin));
  g_mutex_unlock (&self->lock);
  return origin;
}

void
tfv_restarts_remove (TfvRestarts *self, TfvOrigin *origin)
{
  g_mutex_lock (&self->lock);
  if (g_ptr_array_remove (self->origins, origin))
    self->generation++;
  g_mutex_unlock (&self->lock);
}

void
tfv_restarts_set_start_time (TfvRestarts *self, TfvOrigin *origin, double start_time)
{
  guint index;

  g_mutex_lock (&self->lock);
  if (origin->start_time != start_time && g_ptr_array_find (self->origins, origin, &index))
    {
      g_ptr_array_steal_index (self->origins, index);
      origin->start_time = start_time;
      insert_locked (self, origin);
    }
  g_mutex_unlock (&self->lock);
}

/* Notes that a session started in @origin at @step. */
void
tfv_restarts_add_start (TfvRestarts *self, TfvOrigin *origin, gint64 step)
{
  g_mutex_lock (&self->lock);
  if (!origin->has_start || step < origin->start_step)
    {
      origin->has_start = TRUE;
      origin->start_step = step;
      self->generation++;
    }
  g_mutex_unlock (&self->lock);
}

/* The least step at which a session started in @origin so far. */
gboolean
tfv_restarts_get_first_start (TfvRestarts *self, TfvOrigin *origin, gint64 *step)
{
  gboolean has_start;

  g_mutex_lock (&self->lock);
  has_start = origin->has_start;
  *step = origin->start_step;
  g_mutex_unlock (&self->lock);
  return has_start;
}

/* The table as it is now, in order. (transfer full): TfvOriginState */
GArray *
tfv_restarts_copy (TfvRestarts *self)
{
  GArray *states;

  g_mutex_lock (&self->lock);
  states = g_array_sized_new (FALSE, FALSE, sizeof (TfvOriginState), self->origins->len);
  for (guint i = 0; i < self->origins->len; i++)
    {
      TfvOrigin     *origin = self->origins->pdata[i];
      TfvOriginState state = { origin, origin->start_time, origin->has_start, origin->start_step };

      g_array_append_val (states, state);
    }
  g_mutex_unlock (&self->lock);
  return states;
}

/* The place of @origin in @states, or -1. */
int
tfv_origin_state_find (GArray *states, const TfvOrigin *origin)
{
  for (guint i = 0; i < states->len; i++)
    if (g_array_index (states, TfvOriginState, i).origin == origin)
      return (int) i;
  return -1;
}

/* Sorts parts, of any type, as their origins are; @generation tells when that
   was last done and is brought up to date. Origins that are gone come last. */
void
tfv_restarts_sort_parts (TfvRestarts *self, GPtrArray *parts, TfvOriginFunc get_origin, guint64 *generation)
{
  guint n_sorted = 0;

  g_mutex_lock (&self->lock);
  if (*generation != self->generation)
    {
      *generation = self->generation;
      for (guint i = 0; i < self->origins->len && n_sorted < parts->len; i++)
        for (guint j = n_sorted; j < parts->len; j++)
          {
            gpointer part = parts->pdata[j];

            if (get_origin (part) == self->origins->pdata[i])
              {
                memmove (&parts->pdata[n_sorted + 1], &parts->pdata[n_sorted], (j - n_sorted) * sizeof (gpointer));
                parts->pdata[n_sorted++] = part;
                break;
              }
          }
    }
  g_mutex_unlock (&self->lock);
}
