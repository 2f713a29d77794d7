/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-scalar-series-private.h"

#include <math.h>

#include "summaries/tfv-scalar-source-private.h"
#include "summaries/tfv-scalar-view-private.h"
#include "summaries/tfv-tag-private.h"

#define N_VIEW_KINDS 2

/* The last view that was taken, handed out again while nothing changes. Most
   series of a large run are never looked at. */
typedef struct
{
  TfvScalarView *view;
  gsize          n_points;
  guint64        structure;
  guint64        restarts;
  /* Of the next view where there is none to compare it with. */
  guint64 next_generation;
} TfvCachedView;

/* How many points were superseded when there were so many. */
typedef struct
{
  guint64 n;
  guint64 n_points;
  guint64 restarts;
} TfvSuperseded;

struct _TfvScalarSeries
{
  gatomicrefcount ref_count;
  GMutex          lock;
  TfvRestarts    *restarts;
  GPtrArray      *parts;
  guint64         order_generation;
  guint64         n_structure_changes;
  TfvSuperseded   superseded;
  TfvScalarPart  *own_part;
  TfvCachedView  *cached;
};

G_DEFINE_BOXED_TYPE (TfvScalarSeries, tfv_scalar_series, tfv_scalar_series_ref, tfv_scalar_series_unref)

/**
 * tfv_scalar_series_new:
 *
 * Creates an empty series of its own, outside any run.
 *
 * Returns: (transfer full): a new series
 */
TfvScalarSeries *
tfv_scalar_series_new (void)
{
  return tfv_scalar_series_new_for_run (NULL);
}

/* A series of a run, whose files @restarts keeps in order. (transfer full) */
TfvScalarSeries *
tfv_scalar_series_new_for_run (TfvRestarts *restarts)
{
  TfvScalarSeries *self = g_new0 (TfvScalarSeries, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_mutex_init (&self->lock);
  self->parts = g_ptr_array_new_with_free_func ((GDestroyNotify) tfv_scalar_part_unref);
  self->restarts = restarts != NULL ? tfv_restarts_ref (restarts) : NULL;
  if (restarts == NULL)
    self->own_part = tfv_scalar_series_add_part (self, NULL);
  return self;
}

/**
 * tfv_scalar_series_ref:
 * @self: a series
 *
 * Takes a reference. Any thread.
 *
 * Returns: (transfer full): @self
 */
TfvScalarSeries *
tfv_scalar_series_ref (TfvScalarSeries *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * tfv_scalar_series_unref:
 * @self: (transfer full): a series
 *
 * Gives a reference back. Views outlive the series. Any thread.
 */
void
tfv_scalar_series_unref (TfvScalarSeries *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  for (guint i = 0; i < N_VIEW_KINDS && self->cached != NULL; i++)
    g_clear_pointer (&self->cached[i].view, tfv_scalar_view_unref);
  g_free (self->cached);
  g_clear_pointer (&self->own_part, tfv_scalar_part_unref);
  g_ptr_array_unref (self->parts);
  g_clear_pointer (&self->restarts, tfv_restarts_unref);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* What the file @origin gives; its one appender keeps the part, and the series
   with it. (transfer full) */
TfvScalarPart *
tfv_scalar_series_add_part (TfvScalarSeries *self, TfvOrigin *origin)
{
  TfvScalarPart *part = tfv_scalar_part_new (&self->lock, origin);

  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->parts, tfv_scalar_part_ref (part));
  self->n_structure_changes++;
  self->order_generation = G_MAXUINT64;
  g_mutex_unlock (&self->lock);
  return part;
}

/* Forgets what a file gave. Views that show it keep it. */
void
tfv_scalar_series_remove_part (TfvScalarSeries *self, TfvScalarPart *part)
{
  g_mutex_lock (&self->lock);
  if (g_ptr_array_remove (self->parts, part))
    self->n_structure_changes += part->n_structure_changes + 1;
  g_mutex_unlock (&self->lock);
}

static TfvOrigin *
get_origin (gconstpointer part)
{
  return ((const TfvScalarPart *) part)->origin;
}

/* Sorts the parts as the run's files are. */
static void
sort_parts_locked (TfvScalarSeries *self)
{
  if (self->restarts != NULL && self->parts->len > 1)
    tfv_restarts_sort_parts (self->restarts, self->parts, get_origin, &self->order_generation);
}

static gsize
count_points_locked (TfvScalarSeries *self, guint64 *structure)
{
  gsize   n_points = 0;
  guint64 n_changes = self->n_structure_changes;

  for (guint i = 0; i < self->parts->len; i++)
    {
      TfvScalarPart *part = self->parts->pdata[i];

      n_points += tfv_scalar_part_get_n_points_locked (part);
      n_changes += part->n_structure_changes;
    }
  *structure = n_changes;
  return n_points;
}

/**
 * tfv_scalar_series_get_n_points:
 * @self: a series
 *
 * How many points are stored, those included that a restart superseded. Any
 * thread.
 *
 * Returns: number of points
 */
gsize
tfv_scalar_series_get_n_points (TfvScalarSeries *self)
{
  guint64 structure;
  gsize   n_points;

  g_mutex_lock (&self->lock);
  n_points = count_points_locked (self, &structure);
  g_mutex_unlock (&self->lock);
  return n_points;
}

/* Count, first and last step, in stored order. */
void
tfv_scalar_series_get_summary (TfvScalarSeries *self, TfvTagSummary *summary)
{
  gboolean is_first = TRUE;

  *summary = (TfvTagSummary){ 0 };
  g_mutex_lock (&self->lock);
  sort_parts_locked (self);
  for (guint i = 0; i < self->parts->len; i++)
    {
      TfvScalarPart *part = self->parts->pdata[i];
      gint64         first_step, last_step;
      double         last_wall_time;

      if (!tfv_scalar_part_get_ends_locked (part, &first_step, &last_step, &last_wall_time))
        continue;
      summary->count += tfv_scalar_part_get_n_points_locked (part);
      if (is_first)
        summary->first_step = first_step;
      summary->last_step = last_step;
      is_first = FALSE;
    }
  g_mutex_unlock (&self->lock);
}

/**
 * tfv_scalar_series_append:
 * @self: a series made with [ctor@Tfv.ScalarSeries.new]
 * @step: the step
 * @wall_time: seconds since the UNIX epoch
 * @value: the value, any float64
 *
 * Appends a point. One thread at a time; readers on other threads go on.
 */
void
tfv_scalar_series_append (TfvScalarSeries *self, gint64 step, double wall_time, double value)
{
  g_return_if_fail (self->own_part != NULL);

  tfv_scalar_part_append_double (self->own_part, step, wall_time, value);
}

/* Adds the points of a chunk from @first to @end whose steps are below the bound. */
static void
add_surviving (TfvScalarViewBuilder *builder, TfvScalarChunk *chunk, guint n, guint first, guint end, TfvBound bound)
{
  gboolean is_sorted;

  if (!bound.is_set || tfv_scalar_chunk_get_max_step_locked (chunk, n, &is_sorted) < bound.step)
    {
      tfv_scalar_view_builder_add_slice (builder, chunk, first, end - first);
      return;
    }
  for (guint i = first; i < end;)
    {
      guint start = i;

      while (i < end && chunk->step[i] < bound.step)
        i++;
      tfv_scalar_view_builder_add_slice (builder, chunk, start, i - start);
      if (is_sorted)
        break;
      while (i < end && chunk->step[i] >= bound.step)
        i++;
    }
}

/* Adds the points of a part that its own marks, and @bound from later parts,
   leave. */
static void
add_part (TfvScalarViewBuilder *builder, TfvScalarPart *part, TfvBound bound)
{
  guint                n_marks = part->marks != NULL ? part->marks->len : 0;
  g_autofree TfvBound *bounds = tfv_restart_marks_find_bounds (part->marks, bound);
  guint                mark = 0;
  gsize                start = part->loaded != NULL ? 0 : part->outline->n_points;

  tfv_scalar_view_builder_add_part (builder, part);
  for (TfvScalarChunk *chunk = tfv_scalar_part_get_first_locked (part); chunk != NULL; chunk = tfv_scalar_part_get_next_locked (part, chunk))
    {
      guint n = tfv_scalar_chunk_get_n (chunk);

      for (guint first = 0, end; first < n; first = end)
        {
          end = n;
          while (mark < n_marks && g_array_index (part->marks, TfvRestartMark, mark).index <= start + first)
            mark++;
          if (mark < n_marks)
            end = (guint) MIN (n, g_array_index (part->marks, TfvRestartMark, mark).index - start);
          add_surviving (builder, chunk, n, first, end, bounds[mark]);
        }
      start += n;
    }
}

/* What later files leave of each part. (transfer full) */
static TfvBound *
find_bounds_locked (TfvScalarSeries *self)
{
  g_autofree TfvRestartPart *parts = g_new0 (TfvRestartPart, self->parts->len);

  for (guint i = 0; i < self->parts->len; i++)
    {
      TfvScalarPart *part = self->parts->pdata[i];
      gint64         last_step;

      parts[i].origin = part->origin;
      parts[i].marks = part->marks;
      parts[i].has_ends = tfv_scalar_part_get_ends_locked (part, &parts[i].first_step, &last_step, &parts[i].last_wall_time);
    }
  return tfv_restarts_find_bounds (self->restarts, parts, self->parts->len);
}

/* The points that TensorBoard would keep. */
static void
add_purged_locked (TfvScalarSeries *self, TfvScalarViewBuilder *builder)
{
  g_autofree TfvBound *bounds = find_bounds_locked (self);

  for (guint i = 0; i < self->parts->len; i++)
    add_part (builder, self->parts->pdata[i], bounds[i]);
}

static TfvScalarView *
build_view_locked (TfvScalarSeries *self, TfvScalarViewFlags flags)
{
  TfvScalarViewBuilder builder;

  tfv_scalar_view_builder_init (&builder);
  if (flags & TFV_SCALAR_VIEW_PURGED)
    {
      add_purged_locked (self, &builder);
      return tfv_scalar_view_builder_end (&builder);
    }
  for (guint i = 0; i < self->parts->len; i++)
    {
      TfvScalarPart *part = self->parts->pdata[i];

      tfv_scalar_view_builder_add_part (&builder, part);
      for (TfvScalarChunk *chunk = tfv_scalar_part_get_first_locked (part); chunk != NULL; chunk = tfv_scalar_part_get_next_locked (part, chunk))
        tfv_scalar_view_builder_add_slice (&builder, chunk, 0, tfv_scalar_chunk_get_n (chunk));
    }
  return tfv_scalar_view_builder_end (&builder);
}

/* The parts whose points are in a file only; with @untried those of them that
   nobody failed to read. (transfer full) (nullable) */
static GPtrArray *
dup_unloaded (TfvScalarSeries *self, gboolean untried)
{
  GPtrArray *parts = NULL;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->parts->len; i++)
    {
      TfvScalarPart *part = self->parts->pdata[i];

      if (part->source == NULL || part->loaded != NULL || (untried && part->has_failed))
        continue;
      if (parts == NULL)
        parts = g_ptr_array_new_with_free_func ((GDestroyNotify) tfv_scalar_part_unref);
      g_ptr_array_add (parts, tfv_scalar_part_ref (part));
    }
  g_mutex_unlock (&self->lock);
  return parts;
}

/* Reads parts, those of one file together. All that can be read is. */
static gboolean
load_parts (GPtrArray *parts, GCancellable *cancellable, GError **error)
{
  GError *first = NULL;

  while (parts->len > 0)
    {
      g_autoptr (GPtrArray) of_one = g_ptr_array_new_with_free_func ((GDestroyNotify) tfv_scalar_part_unref);
      TfvScalarSource      *source = ((TfvScalarPart *) parts->pdata[0])->source;
      guint                 n_left = 0;

      for (guint i = 0; i < parts->len; i++)
        {
          TfvScalarPart *part = parts->pdata[i];

          if (part->source == source)
            g_ptr_array_add (of_one, part);
          else
            parts->pdata[n_left++] = part;
        }
      g_ptr_array_set_free_func (parts, NULL);
      g_ptr_array_set_size (parts, (int) n_left);
      g_ptr_array_set_free_func (parts, (GDestroyNotify) tfv_scalar_part_unref);
      tfv_scalar_source_load (source, (TfvScalarPart *const *) of_one->pdata, of_one->len, cancellable, first == NULL ? &first : NULL);
    }
  if (first == NULL)
    return TRUE;
  g_propagate_error (error, first);
  return FALSE;
}

static void
load_untried (TfvScalarSeries *self)
{
  g_autoptr (GPtrArray) parts = dup_unloaded (self, TRUE);

  if (parts != NULL)
    load_parts (parts, NULL, NULL);
}

/**
 * tfv_scalar_series_is_loaded:
 * @self: a series
 *
 * Whether all points are in memory, so that a snapshot reads no file. Any
 * thread; never waits for a file.
 *
 * Returns: %TRUE if they are, or can't be had at all
 */
gboolean
tfv_scalar_series_is_loaded (TfvScalarSeries *self)
{
  g_autoptr (GPtrArray) parts = dup_unloaded (self, TRUE);

  return parts == NULL;
}

/**
 * tfv_scalar_series_load:
 * @self: a series
 * @cancellable: (nullable): ends it early
 * @error: return location for an error
 *
 * Reads the points that are in a file only, as
 * [method@Tfv.ScalarSeries.snapshot] does by itself, and tells what goes wrong.
 * Any thread; blocks on the file. Threads that ask for the same points share
 * one read.
 *
 * Returns: whether all points are in memory
 */
gboolean
tfv_scalar_series_load (TfvScalarSeries *self, GCancellable *cancellable, GError **error)
{
  return tfv_scalar_series_load_several (&self, 1, cancellable, error);
}

/**
 * tfv_scalar_series_load_several:
 * @series: (array length=n_series): series
 * @n_series: how many
 * @cancellable: (nullable): ends it early
 * @error: return location for an error
 *
 * Reads the points of several series that are in files only. Where a file has to
 * be read from its beginning to its end for one tag, it is read once for all of
 * them. Any thread; blocks on the files.
 *
 * Returns: whether all their points are in memory; those that can be read are,
 *   in any case
 */
gboolean
tfv_scalar_series_load_several (TfvScalarSeries **series, guint n_series, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) tfv_scalar_part_unref);

  for (guint i = 0; i < n_series; i++)
    {
      GPtrArray *parts = dup_unloaded (series[i], FALSE);

      if (parts != NULL)
        g_ptr_array_extend_and_steal (all, parts);
    }
  return load_parts (all, cancellable, error);
}

/**
 * tfv_scalar_series_unload:
 * @self: a series
 *
 * Gives the memory back of points that can be read from a file again. Views that
 * were taken keep theirs. Any thread.
 */
void
tfv_scalar_series_unload (TfvScalarSeries *self)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func ((GDestroyNotify) tfv_scalar_part_unref);
  TfvScalarView        *views[N_VIEW_KINDS] = { NULL };

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->parts->len; i++)
    if (((TfvScalarPart *) self->parts->pdata[i])->source != NULL)
      g_ptr_array_add (parts, tfv_scalar_part_ref (self->parts->pdata[i]));
  /* A view that is kept to be handed out again keeps points too. */
  for (guint i = 0; i < N_VIEW_KINDS && parts->len > 0 && self->cached != NULL; i++)
    views[i] = g_steal_pointer (&self->cached[i].view);
  g_mutex_unlock (&self->lock);

  for (guint i = 0; i < parts->len; i++)
    tfv_scalar_part_unload (parts->pdata[i]);
  for (guint i = 0; i < N_VIEW_KINDS; i++)
    g_clear_pointer (&views[i], tfv_scalar_view_unref);
}

static void
extend_range (const TfvScalarChunk *chunk, guint n, double *min, double *max)
{
  for (guint i = 0; i < n; i++)
    {
      double value = chunk->type == TFV_SCALAR_CHUNK_FLOAT ? (double) chunk->value32[i] : chunk->value64[i];

      if (!isfinite (value))
        continue;
      *min = MIN (*min, value);
      *max = MAX (*max, value);
    }
}

/**
 * tfv_scalar_series_get_range:
 * @self: a series
 * @min: (out): the least finite value
 * @max: (out): the greatest finite value
 *
 * The range of the stored values, those included that a restart superseded. What
 * a large or compacted file tells of its points is enough; the points in memory
 * are walked over. Any thread; never waits for a file.
 *
 * Returns: %FALSE where no value is finite
 */
gboolean
tfv_scalar_series_get_range (TfvScalarSeries *self, double *min, double *max)
{
  *min = INFINITY;
  *max = -INFINITY;
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->parts->len; i++)
    {
      TfvScalarPart *part = self->parts->pdata[i];

      if (part->outline->n_finite > 0)
        {
          *min = MIN (*min, part->outline->min);
          *max = MAX (*max, part->outline->max);
        }
      for (TfvScalarChunk *chunk = part->first; chunk != NULL; chunk = chunk->next)
        extend_range (chunk, tfv_scalar_chunk_get_n (chunk), min, max);
    }
  g_mutex_unlock (&self->lock);
  return *min <= *max;
}

/**
 * tfv_scalar_series_snapshot:
 * @self: a series
 * @flags: which points
 *
 * Takes a look at the series as it is now. No point is copied, and while
 * nothing was appended the same view is handed out again.
 *
 * Any thread. Points that are in a file only are read first, which blocks on the
 * file, unless @flags say otherwise; what can't be read is told in the run's
 * warnings and left out.
 *
 * Returns: (transfer full): an immutable view
 */
TfvScalarView *
tfv_scalar_series_snapshot (TfvScalarSeries *self, TfvScalarViewFlags flags)
{
  TfvCachedView *cached;
  TfvScalarView *view;
  guint64        structure, restarts;
  gsize          n_points;

  if ((flags & TFV_SCALAR_VIEW_IN_MEMORY) == 0)
    load_untried (self);

  g_mutex_lock (&self->lock);
  if (self->cached == NULL)
    self->cached = g_new0 (TfvCachedView, N_VIEW_KINDS);
  cached = &self->cached[(flags & TFV_SCALAR_VIEW_PURGED) ? 1 : 0];
  restarts = self->restarts != NULL ? tfv_restarts_get_generation (self->restarts) : 0;
  n_points = count_points_locked (self, &structure);
  if (cached->view == NULL || cached->n_points != n_points || cached->structure != structure || cached->restarts != restarts)
    {
      sort_parts_locked (self);
      view = build_view_locked (self, flags);
      view->generation = cached->next_generation;
      if (cached->view != NULL)
        {
          view->generation = cached->view->generation + (tfv_scalar_view_is_prefix (cached->view, view) ? 0 : 1);
          tfv_scalar_view_unref (cached->view);
        }
      *cached = (TfvCachedView){ view, n_points, structure, restarts, view->generation + 1 };
    }
  view = tfv_scalar_view_ref (cached->view);
  g_mutex_unlock (&self->lock);
  return view;
}

/* Whether anything was ever restarted: most often not, which is told without a
   look at the points. */
static gboolean
has_restarts (TfvScalarSeries *self)
{
  g_autofree TfvBound *bounds = NULL;
  gboolean             is_restarted = FALSE;

  g_mutex_lock (&self->lock);
  sort_parts_locked (self);
  bounds = find_bounds_locked (self);
  for (guint i = 0; i < self->parts->len && !is_restarted; i++)
    {
      const TfvScalarPart *part = self->parts->pdata[i];

      is_restarted = bounds[i].is_set || (part->marks != NULL && part->marks->len > 0);
    }
  g_mutex_unlock (&self->lock);
  return is_restarted;
}

/* Whether it was found out, for the points that there are, how many were superseded. */
static gboolean
get_known_superseded (TfvScalarSeries *self, guint64 *n_superseded)
{
  guint64  restarts = self->restarts != NULL ? tfv_restarts_get_generation (self->restarts) : 0;
  guint64  structure;
  gboolean is_known;

  g_mutex_lock (&self->lock);
  is_known = self->superseded.n_points > 0 && self->superseded.n_points == count_points_locked (self, &structure) && self->superseded.restarts == restarts;
  *n_superseded = self->superseded.n;
  g_mutex_unlock (&self->lock);
  return is_known;
}

/* Whether tfv_scalar_series_get_n_superseded() needs no look at the points. */
gboolean
tfv_scalar_series_knows_n_superseded (TfvScalarSeries *self)
{
  guint64 n_superseded;

  return !has_restarts (self) || get_known_superseded (self, &n_superseded);
}

/* How many of the points a restart superseded. Reads points that are in files only
   where there was one, and gives them back; remembers what it found. */
guint64
tfv_scalar_series_get_n_superseded (TfvScalarSeries *self)
{
  g_autoptr (TfvScalarView) all = NULL;
  g_autoptr (TfvScalarView) purged = NULL;
  guint64                   restarts = self->restarts != NULL ? tfv_restarts_get_generation (self->restarts) : 0;
  guint64                   n_superseded;
  gboolean                  was_loaded;

  if (!has_restarts (self))
    return 0;
  if (get_known_superseded (self, &n_superseded))
    return n_superseded;

  was_loaded = tfv_scalar_series_is_loaded (self);
  all = tfv_scalar_series_snapshot (self, TFV_SCALAR_VIEW_ALL);
  purged = tfv_scalar_series_snapshot (self, TFV_SCALAR_VIEW_PURGED);
  n_superseded = all->n_points - MIN (all->n_points, purged->n_points);
  /* Points that come between the two looks would be miscounted for good. */
  if (tfv_scalar_series_get_n_points (self) == all->n_points)
    {
      g_mutex_lock (&self->lock);
      self->superseded = (TfvSuperseded){ n_superseded, all->n_points, restarts };
      g_mutex_unlock (&self->lock);
    }
  if (!was_loaded)
    tfv_scalar_series_unload (self);
  return n_superseded;
}

/* What each file gives to the series, in stored order. */
void
tfv_scalar_series_append_part_infos (TfvScalarSeries *self, GArray *infos)
{
  g_mutex_lock (&self->lock);
  sort_parts_locked (self);
  for (guint i = 0; i < self->parts->len; i++)
    {
      TfvScalarPart *part = self->parts->pdata[i];

      tfv_tag_part_info_append (infos, part->origin, tfv_scalar_part_get_n_points_locked (part), part->marks);
    }
  g_mutex_unlock (&self->lock);
}
