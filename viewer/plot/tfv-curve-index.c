/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/plot/tfv-curve-index.h"

#include <float.h>
#include <string.h>

#include "viewer/plot/tfv-simd-private.h"

#define CHUNK 4096

/**
 * tfv_curve_index_new:
 * @series: a series
 *
 * Returns: (transfer full): an index that knows no point yet
 */
TfvCurveIndex *
tfv_curve_index_new (TfvScalarSeries *series)
{
  TfvCurveIndex *self = g_new0 (TfvCurveIndex, 1);

  g_ref_count_init (&self->ref_count);
  g_rw_lock_init (&self->lock);
  self->series = tfv_scalar_series_ref (series);
  self->gaps = g_array_new (FALSE, FALSE, sizeof (TfvGap));
  self->checkpoints = g_array_new (FALSE, FALSE, sizeof (TfvSmoother));
  return self;
}

/* References are counted on the UI thread only. */
TfvCurveIndex *
tfv_curve_index_ref (TfvCurveIndex *self)
{
  g_ref_count_inc (&self->ref_count);
  return self;
}

static void
reset_smooth (TfvCurveIndex *self, TfvSmoothKind kind, double amount)
{
  tfv_pyramid_clear (&self->smooth);
  g_array_set_size (self->checkpoints, 0);
  g_clear_pointer (&self->smoothed, g_free);
  self->smooth_kind = kind;
  self->smooth_amount = amount;
  self->smoother = TFV_SMOOTHER_INIT (amount);
}

static void
reset (TfvCurveIndex *self)
{
  reset_smooth (self, TFV_SMOOTH_TENSORBOARD, 0);
  tfv_pyramid_clear (&self->raw);
  tfv_curve_x_clear (&self->x);
  g_array_set_size (self->gaps, 0);
  self->n_points = 0;
}

void
tfv_curve_index_unref (TfvCurveIndex *self)
{
  if (!g_ref_count_dec (&self->ref_count))
    return;
  reset (self);
  g_array_unref (self->gaps);
  g_array_unref (self->checkpoints);
  g_clear_pointer (&self->view, tfv_scalar_view_unref);
  tfv_scalar_series_unref (self->series);
  g_rw_lock_clear (&self->lock);
  g_free (self);
}

static guint
block_of (const TfvScalarView *view, gsize point)
{
  guint low = 0;
  guint high = view->n_blocks;

  while (high - low > 1)
    {
      guint middle = (low + high) / 2;

      if (view->block_start[middle] <= point)
        low = middle;
      else
        high = middle;
    }
  return low;
}

/**
 * tfv_curve_index_read_x:
 * @self: an index
 * @start: first point
 * @n: how many
 * @x: (out caller-allocates) (array length=n): their x
 */
void
tfv_curve_index_read_x (const TfvCurveIndex *self, gsize start, gsize n, double *x)
{
  const TfvScalarView *view = self->view;
  guint                b = n > 0 ? block_of (view, start) : 0;

  for (; n > 0; b++)
    {
      const TfvScalarBlock *block = &view->blocks[b];
      gsize                 at = start - view->block_start[b];
      gsize                 take = MIN (n, block->n - at);

      if (self->x_kind == TFV_PLOT_X_STEP)
        for (gsize i = 0; i < take; i++)
          x[i] = (double) block->step[at + i];
      else
        for (gsize i = 0; i < take; i++)
          x[i] = block->wall_time[at + i] - self->x_origin;
      x += take;
      start += take;
      n -= take;
    }
}

static void
read_raw (const TfvCurveIndex *self, gsize start, gsize n, double *y)
{
  const TfvScalarView *view = self->view;
  guint                b = n > 0 ? block_of (view, start) : 0;

  for (; n > 0; b++)
    {
      const TfvScalarBlock *block = &view->blocks[b];
      gsize                 at = start - view->block_start[b];
      gsize                 take = MIN (n, block->n - at);

      if (block->value32 != NULL)
        for (gsize i = 0; i < take; i++)
          y[i] = (double) block->value32[at + i];
      else
        for (gsize i = 0; i < take; i++)
          y[i] = block->value64[at + i];
      y += take;
      start += take;
      n -= take;
    }
}

/* Points from @start on, at most @n of them: in place where they are float64 and
 * lie together, or read into @room. Sets @n to how many there are. */
static const double *
peek_raw (const TfvCurveIndex *self, gsize start, gsize *n, double *room)
{
  const TfvScalarView  *view = self->view;
  guint                 b = block_of (view, start);
  const TfvScalarBlock *block = &view->blocks[b];
  gsize                 at = start - view->block_start[b];

  if (block->value64 != NULL && (block->n - at >= *n || block->n - at >= CHUNK / 2))
    {
      *n = MIN (*n, block->n - at);
      return block->value64 + at;
    }
  read_raw (self, start, *n, room);
  return room;
}

static gboolean
has_smooth (const TfvCurveIndex *self)
{
  return self->smooth_amount > 0 && !self->is_constant;
}

/**
 * tfv_curve_index_read_y:
 * @self: an index
 * @track: which values
 * @start: first point
 * @n: how many
 * @y: (out caller-allocates) (array length=n): their values
 */
void
tfv_curve_index_read_y (const TfvCurveIndex *self, TfvTrack track, gsize start, gsize n, double *y)
{
  TfvSmoother smoother;
  gsize       at;
  double      before[TFV_CHECKPOINT_EVERY];

  if (track == TFV_TRACK_SMOOTH && has_smooth (self) && self->smoothed != NULL)
    {
      memcpy (y, self->smoothed + start, n * sizeof *y);
      return;
    }
  read_raw (self, start, n, y);
  if (track == TFV_TRACK_RAW || !has_smooth (self) || n == 0)
    return;

  at = start / TFV_CHECKPOINT_EVERY;
  smoother = g_array_index (self->checkpoints, TfvSmoother, at);
  at *= TFV_CHECKPOINT_EVERY;
  read_raw (self, at, start - at, before);
  for (gsize i = 0; i < start - at; i++)
    tfv_smoother_next (&smoother, before[i]);
  for (gsize i = 0; i < n; i++)
    y[i] = tfv_smoother_next (&smoother, y[i]);
}

static void
note_gap (TfvCurveIndex *self, gsize point)
{
  TfvGap *last = self->gaps->len > 0 ? &g_array_index (self->gaps, TfvGap, self->gaps->len - 1) : NULL;
  TfvGap  fresh = { point, point + 1 };

  if (last != NULL && last->end == point)
    last->end++;
  else
    g_array_append_val (self->gaps, fresh);
}

TFV_SIMD static void
look_over (const double *y, gsize n, double first, gboolean *all_same, gboolean *all_finite)
{
  int same = 1;
  int finite = 1;

  for (gsize i = 0; i < n; i++)
    {
      same &= y[i] == first;
      finite &= fabs (y[i]) <= DBL_MAX;
    }
  *all_same = same;
  *all_finite = finite;
}

static void
note_values (TfvCurveIndex *self, gsize start, const double *y, gsize n)
{
  gboolean all_same, all_finite;

  if (start == 0)
    {
      self->first_value = y[0];
      self->is_constant = TRUE;
    }
  look_over (y, n, self->first_value, &all_same, &all_finite);
  self->is_constant = self->is_constant && all_same;
  for (gsize i = 0; !all_finite && i < n; i++)
    if (!isfinite (y[i]))
      note_gap (self, start + i);
}

static gboolean
grow_raw (TfvCurveIndex *self, const gint *stop)
{
  double y[CHUNK];

  while (self->raw.n_points < self->view->n_points && !g_atomic_int_get (stop))
    {
      gsize         start = self->raw.n_points;
      gsize         n = MIN (CHUNK, self->view->n_points - start);
      const double *values = peek_raw (self, start, &n, y);

      note_values (self, start, values, n);
      tfv_pyramid_append (&self->raw, values, n);
    }
  return self->raw.n_points == self->view->n_points;
}

static gboolean
grow_x (TfvCurveIndex *self, const gint *stop)
{
  double x[CHUNK];

  while (self->x.n_points < self->view->n_points && !g_atomic_int_get (stop))
    {
      gsize n = MIN (CHUNK, self->view->n_points - self->x.n_points);

      tfv_curve_index_read_x (self, self->x.n_points, n, x);
      tfv_curve_x_append (&self->x, x, n);
    }
  return self->x.n_points == self->view->n_points;
}

static gboolean
grow_smooth (TfvCurveIndex *self, const gint *stop)
{
  double y[CHUNK];

  while (self->smooth.n_points < self->view->n_points && !g_atomic_int_get (stop))
    {
      gsize start = self->smooth.n_points;
      gsize n = MIN (CHUNK, self->view->n_points - start);

      read_raw (self, start, n, y);
      for (gsize i = 0; i < n; i++)
        {
          if ((start + i) % TFV_CHECKPOINT_EVERY == 0)
            g_array_append_val (self->checkpoints, self->smoother);
          y[i] = tfv_smoother_next (&self->smoother, y[i]);
        }
      tfv_pyramid_append (&self->smooth, y, n);
    }
  return self->smooth.n_points == self->view->n_points;
}

/* The other ways to make a curve smooth look at points on both sides, or at x, and
 * have no state to go on from: all values are kept, and made anew as points come. */
static void
make_smoothed (TfvCurveIndex *self)
{
  gsize              n = self->view->n_points;
  gboolean           wants_x = self->smooth_kind == TFV_SMOOTH_TIME_WEIGHTED;
  g_autofree double *x = wants_x ? g_new (double, n) : NULL;
  g_autofree double *y = NULL;

  if (self->smooth.n_points == n)
    return;
  y = g_new (double, n);
  read_raw (self, 0, n, y);
  if (wants_x)
    tfv_curve_index_read_x (self, 0, n, x);
  self->smoothed = g_renew (double, self->smoothed, n);
  tfv_smooth (self->smooth_kind, self->smooth_amount, x, y, n, self->smoothed);
  tfv_pyramid_clear (&self->smooth);
  tfv_pyramid_append (&self->smooth, self->smoothed, n);
}

static gboolean
update_smooth (TfvCurveIndex *self, const gint *stop)
{
  if (!has_smooth (self))
    return TRUE;
  if (self->smooth_kind == TFV_SMOOTH_TENSORBOARD)
    return grow_smooth (self, stop);
  make_smoothed (self);
  return TRUE;
}

static double
origin_of (TfvScalarView *view)
{
  return isfinite (view->blocks[0].wall_time[0]) ? view->blocks[0].wall_time[0] : 0;
}

static gboolean
update_locked (TfvCurveIndex *self, TfvPlotX x_kind, TfvSmoothKind kind, double amount, const gint *stop)
{
  self->n_points = 0;
  if (self->view->n_points == 0)
    return TRUE;
  if (self->x_kind != x_kind)
    {
      tfv_curve_x_clear (&self->x);
      self->x_kind = x_kind;
      if (self->smooth_kind == TFV_SMOOTH_TIME_WEIGHTED)
        reset_smooth (self, kind, amount);
    }
  self->x_origin = x_kind == TFV_PLOT_X_RELATIVE ? origin_of (self->view) : 0;
  if (!grow_raw (self, stop) || !grow_x (self, stop))
    return FALSE;

  if (self->smooth_kind != kind || self->smooth_amount != amount)
    reset_smooth (self, kind, amount);
  if (!update_smooth (self, stop))
    return FALSE;
  self->n_points = self->view->n_points;
  return TRUE;
}

/**
 * tfv_curve_index_update:
 * @self: an index
 * @x_kind: what x shall be
 * @kind: how to smooth
 * @amount: how much, in the units of @kind; 0 for not at all
 * @stop: becomes non-zero when the work is no longer wanted
 *
 * Brings the index up to the points that the series has now. Only what is new
 * is read where the points known so far are a prefix of those, and x and the
 * smoothing are as before. What was done before a stop is kept.
 *
 * Returns: %FALSE if it was stopped; the index then shows no point
 */
gboolean
tfv_curve_index_update (TfvCurveIndex *self, TfvPlotX x_kind, TfvSmoothKind kind, double amount, const gint *stop)
{
  TfvScalarView *view = tfv_scalar_series_snapshot (self->series, self->shows_all ? TFV_SCALAR_VIEW_ALL : TFV_SCALAR_VIEW_PURGED);
  TfvScalarView *old;
  gboolean       done;

  g_rw_lock_writer_lock (&self->lock);
  old = self->view;
  self->view = view;
  if (old != NULL && (old->generation != view->generation || view->n_points < old->n_points))
    reset (self);
  done = update_locked (self, x_kind, kind, amount, stop);
  g_rw_lock_writer_unlock (&self->lock);

  g_clear_pointer (&old, tfv_scalar_view_unref);
  return done;
}

/**
 * tfv_curve_index_begin_read:
 * @self: an index
 *
 * Begins reading from a thread that does not update it. Never waits.
 *
 * Returns: %FALSE if the index is being updated just now
 */
gboolean
tfv_curve_index_begin_read (TfvCurveIndex *self)
{
  return g_rw_lock_reader_trylock (&self->lock);
}

void
tfv_curve_index_end_read (TfvCurveIndex *self)
{
  g_rw_lock_reader_unlock (&self->lock);
}

static void
read_x_cb (gpointer data, gsize start, gsize n, double *x)
{
  tfv_curve_index_read_x (data, start, n, x);
}

/* See tfv_curve_x_locate(). */
gsize
tfv_curve_index_locate (const TfvCurveIndex *self, const TfvXPiece *piece, gsize hint, double x)
{
  return tfv_curve_x_locate (&self->x, piece, hint, x, read_x_cb, (gpointer) self);
}

static void
extent_of_points (const TfvCurveIndex *self, TfvTrack track, gsize start, gsize end, double *min, double *max)
{
  double y[TFV_PYRAMID_BASE * 2];

  while (start < end)
    {
      gsize n = MIN (G_N_ELEMENTS (y), end - start);

      tfv_curve_index_read_y (self, track, start, n, y);
      for (gsize i = 0; i < n; i++)
        if (isfinite (y[i]))
          {
            *min = MIN (*min, y[i]);
            *max = MAX (*max, y[i]);
          }
      start += n;
    }
}

/**
 * tfv_curve_index_extent:
 * @self: an index
 * @track: which values
 * @start: first point
 * @end: point after the last
 * @exact: whether the range may not be widened to whole buckets
 * @min: (out): smallest finite value, rounded down to float
 * @max: (out): greatest, rounded up
 *
 * Returns: %FALSE if there is no finite value
 */
gboolean
tfv_curve_index_extent (const TfvCurveIndex *self, TfvTrack track, gsize start, gsize end, gboolean exact, double *min, double *max)
{
  const TfvPyramid *pyramid = track == TFV_TRACK_SMOOTH && has_smooth (self) ? &self->smooth : &self->raw;
  gsize             inner_start, inner_end;

  if (!exact && end - start >= TFV_PYRAMID_BASE)
    return tfv_pyramid_snapped (pyramid, start, end, min, max);
  *min = INFINITY;
  *max = -INFINITY;
  if (tfv_pyramid_whole (pyramid, start, end, &inner_start, &inner_end, min, max))
    {
      extent_of_points (self, track, start, inner_start, min, max);
      extent_of_points (self, track, inner_end, end, min, max);
    }
  else
    extent_of_points (self, track, start, end, min, max);
  return *min <= *max;
}

/**
 * tfv_curve_index_first_gap:
 * @self: an index
 * @point: a point
 *
 * Returns: the position in @gaps of the first that ends after the point
 */
gsize
tfv_curve_index_first_gap (const TfvCurveIndex *self, gsize point)
{
  gsize low = 0;
  gsize high = self->gaps->len;

  while (low < high)
    {
      gsize middle = (low + high) / 2;

      if (g_array_index (self->gaps, TfvGap, middle).end <= point)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}
