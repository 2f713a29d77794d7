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

/* Adds a mark behind the others. Of several at one place the least step counts:
   a loop that logs out of order all the time would make millions. */
void
tfv_restart_marks_add (GArray **marks, TfvRestartMark mark)
{
  TfvRestartMark *previous;

  if (*marks == NULL)
    *marks = g_array_new (FALSE, FALSE, sizeof (TfvRestartMark));
  previous = (*marks)->len > 0 ? &g_array_index (*marks, TfvRestartMark, (*marks)->len - 1) : NULL;
  if (previous == NULL || previous->index != mark.index)
    {
      g_array_append_val (*marks, mark);
      return;
    }
  previous->step = MIN (previous->step, mark.step);
  previous->session = MAX (previous->session, mark.session);
}

static void
lower_bound (TfvBound *bound, gint64 step)
{
  bound->step = bound->is_set ? MIN (bound->step, step) : step;
  bound->is_set = TRUE;
}

/* What bounds the records before each mark, and last those after all of them:
   the least step of the mark and of those after it, and @after from later files.
   @marks may be NULL. (transfer full) */
TfvBound *
tfv_restart_marks_find_bounds (GArray *marks, TfvBound after)
{
  guint     n_marks = marks != NULL ? marks->len : 0;
  TfvBound *bounds = g_new (TfvBound, n_marks + 1);

  bounds[n_marks] = after;
  for (guint m = n_marks; m-- > 0;)
    {
      lower_bound (&after, g_array_index (marks, TfvRestartMark, m).step);
      bounds[m] = after;
    }
  return bounds;
}

/* What other files that tell when their writer began say about part @index: those
   that began after it, and after its last record, supersede it from their own first
   step on. Records may have been logged with times of long ago, in all the files. */
static void
lower_bound_by_start_time (TfvBound *bound, const TfvRestartPart *parts, guint n_parts, GArray *states, guint index, double start_time)
{
  if (isnan (start_time) || !parts[index].has_ends)
    return;
  for (guint i = 0; i < n_parts; i++)
    {
      int    state = tfv_origin_state_find (states, parts[i].origin);
      double other = i != index && state >= 0 && parts[i].has_ends ? g_array_index (states, TfvOriginState, state).start_time : NAN;

      if (other > start_time && other > parts[index].last_wall_time)
        lower_bound (bound, parts[i].first_step);
    }
}

/* What later files leave of each of a tag's parts, which are in the order of their
   origins. Walks from the last file to the first. @self may be NULL. (transfer full) */
TfvBound *
tfv_restarts_find_bounds (TfvRestarts *self, const TfvRestartPart *parts, guint n_parts)
{
  g_autoptr (GArray) states = self != NULL ? tfv_restarts_copy (self) : g_array_new (FALSE, FALSE, sizeof (TfvOriginState));
  TfvBound          *bounds = g_new0 (TfvBound, MAX (n_parts, 1));
  TfvBound           bound = { 0 };
  guint              part = n_parts;

  for (guint i = states->len; i-- > 0 && part > 0;)
    {
      TfvOriginState *state = &g_array_index (states, TfvOriginState, i);

      if (parts[part - 1].origin != state->origin)
        {
          /* A file without this tag: a session that started in it counts all the same. */
          if (state->has_start)
            lower_bound (&bound, state->start_step);
          continue;
        }
      part--;
      bounds[part] = bound;
      lower_bound_by_start_time (&bounds[part], parts, n_parts, states, part, state->start_time);
      for (guint m = 0; parts[part].marks != NULL && m < parts[part].marks->len; m++)
        lower_bound (&bound, g_array_index (parts[part].marks, TfvRestartMark, m).step);
    }
  return bounds;
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
