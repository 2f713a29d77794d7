/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/plot/tfv-curve-x.h"

#include <float.h>
#include <math.h>

#include "viewer/plot/tfv-simd-private.h"

#define SAMPLE_EVERY 16
#define COMPARED_AT_ONCE 256

void
tfv_curve_x_clear (TfvCurveX *self)
{
  g_clear_pointer (&self->pieces, g_array_unref);
  g_clear_pointer (&self->segments, g_array_unref);
  g_clear_pointer (&self->samples, g_array_unref);
  *self = (TfvCurveX){ 0 };
}

static const TfvXSegment *
segment_of (const TfvCurveX *self, gsize point)
{
  guint low = 0;
  guint high = self->segments->len;

  while (high - low > 1)
    {
      guint middle = (low + high) / 2;

      if (g_array_index (self->segments, TfvXSegment, middle).start <= point)
        low = middle;
      else
        high = middle;
    }
  return &g_array_index (self->segments, TfvXSegment, low);
}

static void
become_irregular (TfvCurveX *self)
{
  self->irregular = TRUE;
  self->samples = g_array_new (FALSE, FALSE, sizeof (double));
  for (gsize i = 0; i < self->n_points; i += SAMPLE_EVERY)
    {
      const TfvXSegment *segment = segment_of (self, i);
      double             x = segment->x + (double) (i - segment->start) * segment->dx;

      g_array_append_val (self->samples, x);
    }
  g_array_set_size (self->segments, 0);
}

static void
open_segment (TfvCurveX *self, double x)
{
  TfvXSegment segment = { .start = self->n_points, .x = x };

  if (self->segments->len > 16 + self->n_points / 128)
    become_irregular (self);
  else
    g_array_append_val (self->segments, segment);
}

static void
add_to_segment (TfvCurveX *self, double x)
{
  TfvXSegment *segment = &g_array_index (self->segments, TfvXSegment, self->segments->len - 1);
  gsize        length = self->n_points - segment->start;

  if (length == 1)
    segment->dx = x - segment->x;
  else if (segment->x + (double) length * segment->dx != x)
    open_segment (self, x);
}

/* Whether all of @n x lie at regular distances; no branch, so that many are compared
 * at once. */
TFV_SIMD static gboolean
are_regular (const double *x, int n, double start, double dx, double length)
{
  int are_equal = 1;

  for (int i = 0; i < n; i++)
    are_equal &= x[i] == start + (length + (double) i) * dx;
  return are_equal;
}

/* How many of the next x go on as the last segment does. */
static gsize
count_regular (const TfvCurveX *self, const double *x, gsize n)
{
  const TfvXSegment *segment = &g_array_index (self->segments, TfvXSegment, self->segments->len - 1);
  gsize              length = self->n_points - segment->start;
  double             start = segment->x;
  double             dx = segment->dx;
  gsize              i = 0;

  if (length < 2 || dx < 0)
    return 0;
  while (i + COMPARED_AT_ONCE <= n && are_regular (x + i, COMPARED_AT_ONCE, start, dx, (double) (length + i)))
    i += COMPARED_AT_ONCE;
  while (i < n && x[i] == start + (double) (length + i) * dx)
    i++;
  return i;
}

/* How many of the next x do not fall; notes every 16th. */
static gsize
count_rising (TfvCurveX *self, const double *x, gsize n)
{
  double last = self->last;
  gsize  i;

  for (i = 0; i < n && x[i] >= last && x[i] <= DBL_MAX; i++)
    {
      last = x[i];
      if ((self->n_points + i) % SAMPLE_EVERY == 0)
        g_array_append_val (self->samples, last);
    }
  return i;
}

static void
add_one (TfvCurveX *self, double x)
{
  if (self->n_points == 0 || x < self->last)
    {
      TfvXPiece fresh = { self->n_points, self->n_points, x, x };

      g_array_append_val (self->pieces, fresh);
      if (!self->irregular)
        open_segment (self, x);
    }
  else if (!self->irregular)
    add_to_segment (self, x);
  if (self->irregular && self->n_points % SAMPLE_EVERY == 0)
    g_array_append_val (self->samples, x);
  self->min = MIN (self->min, x);
}

/**
 * tfv_curve_x_append:
 * @self: all zero at first
 * @x: (array length=n): the x that follow those taken in so far; a non-finite
 *   one is replaced by the x before it
 * @n: how many
 *
 * Takes in more points.
 */
void
tfv_curve_x_append (TfvCurveX *self, double *x, gsize n)
{
  if (n > 0 && self->pieces == NULL)
    {
      self->pieces = g_array_new (FALSE, FALSE, sizeof (TfvXPiece));
      self->segments = g_array_new (FALSE, FALSE, sizeof (TfvXSegment));
      self->min = INFINITY;
      self->max = -INFINITY;
    }
  for (gsize i = 0; i < n;)
    {
      TfvXPiece *piece;
      gsize      run = 0;

      if (self->irregular)
        run = count_rising (self, x + i, n - i);
      else if (self->n_points > 0)
        run = count_regular (self, x + i, n - i);
      if (run == 0)
        {
          if (!isfinite (x[i]))
            x[i] = self->last;
          add_one (self, x[i]);
          run = 1;
        }
      i += run;
      self->n_points += run;
      self->last = x[i - 1];
      self->max = MAX (self->max, self->last);
      piece = &g_array_index (self->pieces, TfvXPiece, self->pieces->len - 1);
      piece->end = self->n_points;
      piece->x_last = self->last;
    }
}

static gsize
locate_in_segments (const TfvCurveX *self, const TfvXPiece *piece, double x)
{
  const TfvXSegment *segments = (const TfvXSegment *) self->segments->data;
  gsize              low = self->segments->len > 1 ? (gsize) (segment_of (self, piece->start) - segments) : 0;
  gsize              high = self->segments->len;
  gsize              end, point;
  const TfvXSegment *segment;

  /* The last segment of the piece that begins before x. */
  while (high - low > 1)
    {
      gsize middle = (low + high) / 2;

      if (segments[middle].start < piece->end && segments[middle].x < x)
        low = middle;
      else
        high = middle;
    }
  segment = &segments[low];
  end = low + 1 < self->segments->len ? MIN (segments[low + 1].start, piece->end) : piece->end;
  if (x <= segment->x)
    return MAX (segment->start, piece->start);
  if (segment->dx <= 0)
    return end;

  point = segment->start + (gsize) (gint64) MIN ((x - segment->x) / segment->dx, (double) (end - segment->start));
  while (point < end && segment->x + (double) (point - segment->start) * segment->dx < x)
    point++;
  while (point > segment->start && segment->x + (double) (point - 1 - segment->start) * segment->dx >= x)
    point--;
  return point;
}

static gsize
locate_in_samples (const TfvCurveX *self, const TfvXPiece *piece, gsize hint, double x, TfvReadX read, gpointer data)
{
  const double *samples = (const double *) self->samples->data;
  gsize         low = hint / SAMPLE_EVERY;                            /* its x is below, or it is the start */
  gsize         end = (piece->end + SAMPLE_EVERY - 1) / SAMPLE_EVERY; /* after the last sample of the piece */
  gsize         stride = 1;
  gsize         high, from, to;
  double        near_by[SAMPLE_EVERY];

  while (low + stride < end && samples[low + stride] < x)
    {
      low += stride;
      stride *= 2;
    }
  high = MIN (low + stride, end);
  while (high - low > 1)
    {
      gsize middle = (low + high) / 2;

      if (samples[middle] < x)
        low = middle;
      else
        high = middle;
    }
  from = MAX (low * SAMPLE_EVERY, hint);
  to = MIN ((low + 1) * SAMPLE_EVERY, piece->end);
  if (from >= to)
    return piece->end;
  read (data, from, to - from, near_by);
  for (gsize i = from; i < to; i++)
    if (near_by[i - from] >= x)
      return i;
  return to;
}

/**
 * tfv_curve_x_locate:
 * @self: how x runs
 * @piece: one of its pieces
 * @hint: a point of the piece that is not after the answer; its start will do
 * @x: an x
 * @read: reads a few x
 * @data: what @read is given
 *
 * Finds the first point of a piece at or after x.
 *
 * Returns: the point, or the piece's end
 */
gsize
tfv_curve_x_locate (const TfvCurveX *self, const TfvXPiece *piece, gsize hint, double x, TfvReadX read, gpointer data)
{
  if (x <= piece->x_first)
    return piece->start;
  if (x > piece->x_last)
    return piece->end;
  if (self->irregular)
    return locate_in_samples (self, piece, MAX (hint, piece->start), x, read, data);
  return locate_in_segments (self, piece, x);
}
