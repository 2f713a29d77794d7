/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer/plot/tfv-envelope.h"

#include "viewer/plot/tfv-simd-private.h"

/* Up to so many points a pixel a curve is followed point by point; above, the pyramid answers. */
#define MAX_POINTS_PER_PIXEL 24
/* More pieces than that are a cloud of points, which nobody can follow as lines. */
#define MAX_PIECES 4096
/* What lies over itself more often than that shares the last sheet. */
#define MAX_SHEETS 32
#define READ_AT_ONCE 1024
#define MARK_DISTANCE 7.0
#define FAR_AWAY 1e7

typedef struct
{
  TfvEnvelope         *first;
  TfvEnvelope         *envelope;
  const TfvCurveIndex *curve;
  TfvTrack             track;
  const TfvViewport   *viewport;
  gboolean             exact;
  gboolean             connect;
  double               per_x;
  double               per_y;
} Walk;

void
tfv_envelope_init (TfvEnvelope *self, guint width, guint n_sub)
{
  self->n_sub = n_sub;
  self->n = width * n_sub;
  self->top = g_new (float, self->n);
  self->bottom = g_new (float, self->n);
  self->marks = g_array_new (FALSE, FALSE, sizeof (TfvMark));
  self->x_end = -INFINITY;
  self->next = NULL;
  for (guint i = 0; i < self->n; i++)
    {
      self->top[i] = INFINITY;
      self->bottom[i] = -INFINITY;
    }
}

void
tfv_envelope_clear (TfvEnvelope *self)
{
  g_clear_pointer (&self->top, g_free);
  g_clear_pointer (&self->bottom, g_free);
  g_clear_pointer (&self->marks, g_array_unref);
  if (self->next != NULL)
    tfv_envelope_clear (self->next);
  g_clear_pointer (&self->next, g_free);
}

/* The first sheet that is free where the piece begins. */
static TfvEnvelope *
sheet_for (TfvEnvelope *self, const TfvXPiece *piece)
{
  TfvEnvelope *sheet = self;

  for (guint n = 1; sheet->x_end >= piece->x_first && n < MAX_SHEETS; n++)
    {
      if (sheet->next == NULL)
        {
          sheet->next = g_new0 (TfvEnvelope, 1);
          tfv_envelope_init (sheet->next, self->n / self->n_sub, self->n_sub);
        }
      sheet = sheet->next;
    }
  sheet->x_end = MAX (sheet->x_end, piece->x_last);
  return sheet;
}

static inline void
cover (TfvEnvelope *self, gssize column, double v0, double v1)
{
  float top = (float) (v0 < v1 ? v0 : v1);
  float bottom = (float) (v0 < v1 ? v1 : v0);

  if (top < self->top[column])
    self->top[column] = top;
  if (bottom > self->bottom[column])
    self->bottom[column] = bottom;
}

/* The line from (u0, v0) to (u1, v1), u in columns and not falling. */
static void
cover_line (TfvEnvelope *self, double u0, double v0, double u1, double v1)
{
  double n = (double) self->n;
  double slope, v;
  gssize first, last;

  if (u1 < 0 || u0 >= n)
    return;
  first = (gssize) floor (MAX (u0, 0));
  last = (gssize) floor (MIN (u1, n - 1));
  if (u1 - u0 < 1e-9 || (first == last && u0 >= 0 && u1 < n))
    {
      cover (self, CLAMP (last, 0, (gssize) self->n - 1), v0, v1);
      return;
    }
  slope = (v1 - v0) / (u1 - u0);
  v = u0 < 0 ? v0 - u0 * slope : v0;
  for (gssize c = first; c <= last; c++)
    {
      double next = (double) (c + 1) >= u1 ? v1 : v0 + ((double) (c + 1) - u0) * slope;

      cover (self, c, v, next);
      v = next;
    }
}

static inline double
place_y (const Walk *walk, double y)
{
  double at = tfv_axis_scale_place (walk->viewport->y_scale, y);

  return CLAMP ((walk->viewport->y1 - at) * walk->per_y, -FAR_AWAY, FAR_AWAY);
}

static inline gboolean
is_drawable (const Walk *walk, double y)
{
  return isfinite (y) && (y > 0 || walk->viewport->y_scale != TFV_AXIS_LOG);
}

/* In columns; not finite where x has no place. */
static inline double
place_x (const Walk *walk, double x)
{
  return (tfv_axis_scale_place (walk->viewport->x_scale, x) - walk->viewport->x0) * walk->per_x;
}

/* The x at a column's left edge. */
static inline double
x_at (const Walk *walk, double column)
{
  return tfv_axis_scale_value (walk->viewport->x_scale, walk->viewport->x0 + column / walk->per_x);
}

static void
add_mark (const Walk *walk, double u, double v, TfvMarkKind kind)
{
  TfvMark mark = { (float) (u / walk->envelope->n_sub), (float) v, kind };

  if (u >= 0 && u <= walk->envelope->n)
    g_array_append_val (walk->first->marks, mark);
}

/* Follows points [start, end), all of one piece, one by one. */
static void
walk_points (const Walk *walk, gsize start, gsize end)
{
  double   x[READ_AT_ONCE];
  double   y[READ_AT_ONCE];
  double   u0 = 0;
  double   v0 = 0;
  double   n_columns = walk->envelope->n;
  gssize   column0 = -1;
  gboolean has_last = FALSE;
  gboolean last_has_line = FALSE;

  for (gsize at = start; at < end; at += READ_AT_ONCE)
    {
      gsize n = MIN (READ_AT_ONCE, end - at);

      tfv_curve_index_read_x (walk->curve, at, n, x);
      tfv_curve_index_read_y (walk->curve, walk->track, at, n, y);
      for (gsize i = 0; i < n; i++)
        {
          double u, v;
          gssize column;

          if (!is_drawable (walk, y[i]))
            {
              if (has_last && !last_has_line)
                add_mark (walk, u0, v0, TFV_MARK_DOT);
              has_last = last_has_line = FALSE;
              continue;
            }
          u = place_x (walk, x[i]);
          v = place_y (walk, y[i]);
          column = u >= 0 && u < n_columns ? (gssize) u : -1;
          if (has_last && walk->connect && column >= 0 && column == column0)
            cover (walk->envelope, column, v0, v);
          else if (has_last && walk->connect)
            cover_line (walk->envelope, u0, v0, u, v);
          else if (!walk->connect && column >= 0)
            cover (walk->envelope, column, v, v);
          last_has_line = has_last || !walk->connect;
          has_last = TRUE;
          u0 = u;
          v0 = v;
          column0 = column;
        }
    }
  if (has_last && !last_has_line)
    add_mark (walk, u0, v0, TFV_MARK_DOT);
}

/* The extent of values that can be drawn: on a logarithmic axis a range that
 * touches zero is looked at point by point. */
static gboolean
range_extent (const Walk *walk, gsize start, gsize end, gboolean exact, double *min, double *max)
{
  double y[READ_AT_ONCE];

  if (!tfv_curve_index_extent (walk->curve, walk->track, start, end, exact, min, max))
    return FALSE;
  if (walk->viewport->y_scale != TFV_AXIS_LOG || *min > 0)
    return TRUE;
  *min = INFINITY;
  *max = -INFINITY;
  for (; start < end; start += MIN (READ_AT_ONCE, end - start))
    {
      gsize n = MIN (READ_AT_ONCE, end - start);

      tfv_curve_index_read_y (walk->curve, walk->track, start, n, y);
      for (gsize i = 0; i < n; i++)
        if (is_drawable (walk, y[i]))
          {
            *min = MIN (*min, y[i]);
            *max = MAX (*max, y[i]);
          }
    }
  return *min <= *max;
}

static void
cover_gap_in_x (const Walk *walk, gsize before, gssize column)
{
  double x[2], y[2], u[2], v[2], slope;

  tfv_curve_index_read_x (walk->curve, before, 2, x);
  tfv_curve_index_read_y (walk->curve, walk->track, before, 2, y);
  if (!is_drawable (walk, y[0]) || !is_drawable (walk, y[1]))
    return;
  for (guint i = 0; i < 2; i++)
    {
      u[i] = place_x (walk, x[i]);
      v[i] = place_y (walk, y[i]);
    }
  slope = u[1] - u[0] > 1e-9 ? (v[1] - v[0]) / (u[1] - u[0]) : 0;
  cover (walk->envelope, column, v[0] + ((double) column - u[0]) * slope, v[0] + ((double) (column + 1) - u[0]) * slope);
}

/* Asks the pyramid for points [start, end), all finite and of one piece. */
static void
walk_pyramid (const Walk *walk, const TfvXPiece *piece, gsize start, gsize end)
{
  gsize  i0 = start;
  double x_first;
  gssize first;

  tfv_curve_index_read_x (walk->curve, start, 1, &x_first);
  if (end - start == 1)
    {
      walk_points (walk, start, end);
      return;
    }
  first = (gssize) floor (CLAMP (place_x (walk, x_first), 0, (double) walk->envelope->n));
  for (gssize c = first; c < (gssize) walk->envelope->n; c++)
    {
      double x = x_at (walk, (double) (c + 1));
      gsize  i1 = MIN (tfv_curve_index_locate (walk->curve, piece, i0, x), end);
      double min, max;

      if (i1 <= i0)
        {
          if (i0 > start && i0 < end)
            cover_gap_in_x (walk, i0 - 1, c);
          continue;
        }
      /* One point more, so that a column touches the next. */
      if (range_extent (walk, i0, MIN (i1 + 1, end), walk->exact || i0 == start || i1 == end, &min, &max))
        cover (walk->envelope, c, place_y (walk, max), place_y (walk, min));
      if (i1 == end)
        break;
      i0 = i1;
    }
}

static void
walk_runs (const Walk *walk, const TfvXPiece *piece, gsize start, gsize end)
{
  gsize g = tfv_curve_index_first_gap (walk->curve, start);

  while (start < end)
    {
      const TfvGap *gap = g < walk->curve->gaps->len ? &g_array_index (walk->curve->gaps, TfvGap, g) : NULL;
      gsize         until = gap != NULL ? MIN (gap->start, end) : end;

      if (start < until)
        walk_pyramid (walk, piece, start, until);
      start = gap != NULL ? gap->end : end;
      g++;
    }
}

static void
mark_gaps (const Walk *walk, const TfvXPiece *piece, gsize start, gsize end)
{
  const TfvCurveIndex *curve = walk->curve;
  gsize                i = start;

  for (;;)
    {
      gsize         g = tfv_curve_index_first_gap (curve, i);
      const TfvGap *gap;
      double        x, raw, last;
      TfvMarkKind   kind = TFV_MARK_NAN;
      double        v = walk->viewport->height;

      if (g >= curve->gaps->len)
        return;
      gap = &g_array_index (curve->gaps, TfvGap, g);
      i = MAX (i, gap->start);
      if (i >= end)
        return;
      tfv_curve_index_read_x (curve, i, 1, &x);
      tfv_curve_index_read_y (curve, TFV_TRACK_RAW, i, 1, &raw);
      if (isinf (raw))
        {
          kind = raw > 0 ? TFV_MARK_ABOVE : TFV_MARK_BELOW;
          v = raw > 0 ? 0 : walk->viewport->height;
        }
      else if (gap->start > 0 || gap->end < curve->n_points)
        {
          tfv_curve_index_read_y (curve, walk->track, gap->start > 0 ? gap->start - 1 : gap->end, 1, &last);
          if (is_drawable (walk, last))
            v = CLAMP (place_y (walk, last), 0, walk->viewport->height);
        }
      add_mark (walk, place_x (walk, x), v, kind);
      i = MAX (i + 1, tfv_curve_index_locate (curve, piece, i, x_at (walk, place_x (walk, x) + MARK_DISTANCE * walk->envelope->n_sub)));
    }
}

/* Passes over points at the beginning whose x has no place. */
static gsize
skip_placeless (const Walk *walk, const TfvXPiece *piece, gsize start, gsize end)
{
  if (walk->viewport->x_scale != TFV_AXIS_LOG || start >= end)
    return start;
  return MAX (start, tfv_curve_index_locate (walk->curve, piece, start, nextafter (0, 1)));
}

/**
 * tfv_envelope_add_curve:
 * @self: an envelope
 * @curve: an indexed curve
 * @track: which of its values
 * @viewport: what is to be seen; its width is that of the envelope
 * @exact: whether extents may not be taken from buckets that reach over a
 *   column's edge
 *
 * Finds what the line through a curve's points covers. Where there are few
 * points, each line is followed; where there are many, the time depends on the
 * number of columns only.
 */
void
tfv_envelope_add_curve (TfvEnvelope *self, const TfvCurveIndex *curve, TfvTrack track, const TfvViewport *viewport, gboolean exact)
{
  Walk   walk = { self, self, curve, track, viewport, exact, TRUE };
  gsize  n_visible = 0;
  guint  n_pieces = curve->n_points > 0 ? curve->x.pieces->len : 0;
  double x0 = tfv_axis_scale_value (viewport->x_scale, viewport->x0);
  double x1 = tfv_axis_scale_value (viewport->x_scale, viewport->x1);

  walk.per_x = (double) self->n / (viewport->x1 - viewport->x0);
  walk.per_y = (double) viewport->height / (viewport->y1 - viewport->y0);
  walk.connect = n_pieces <= MAX_PIECES;

  for (guint pass = 0; pass < 2; pass++)
    for (guint p = 0; p < n_pieces; p++)
      {
        const TfvXPiece *piece = &g_array_index (curve->x.pieces, TfvXPiece, p);
        gsize            start, end;

        if (piece->x_last < x0 || piece->x_first > x1)
          continue;
        start = tfv_curve_index_locate (curve, piece, piece->start, x0);
        end = tfv_curve_index_locate (curve, piece, start, nextafter (x1, INFINITY));
        start = MAX (piece->start + 1, start) - 1;
        start = skip_placeless (&walk, piece, start, end);
        end = MIN (piece->end, end + 1);
        if (pass == 0)
          {
            n_visible += end > start ? end - start : 0;
            continue;
          }
        if (walk.connect)
          walk.envelope = sheet_for (self, piece);
        if (!walk.connect || n_visible <= (gsize) viewport->width * MAX_POINTS_PER_PIXEL || curve->gaps->len > 4 * viewport->width)
          walk_points (&walk, start, end);
        else
          walk_runs (&walk, piece, start, end);
        mark_gaps (&walk, piece, start, end);
      }
}

TFV_SIMD static void
widen_by (const float *restrict from, float *restrict to, gssize n, float by)
{
  for (gssize i = 0; i < n; i++)
    {
      float value = from[i] + by;

      to[i] = by < 0 ? (value < to[i] ? value : to[i]) : (value > to[i] ? value : to[i]);
    }
}

/**
 * tfv_envelope_widen:
 * @self: the envelope of a line without width
 * @radius: half the width of the line, in device pixels
 *
 * Gives the line its width, as a round pen would.
 */
void
tfv_envelope_widen (TfvEnvelope *self, float radius)
{
  gssize n = self->n;
  gssize reach = (gssize) (radius * (float) self->n_sub);
  float *top = g_new (float, n);
  float *bottom = g_new (float, n);

  for (gssize i = 0; i < n; i++)
    {
      top[i] = INFINITY;
      bottom[i] = -INFINITY;
    }
  for (gssize d = -reach; d <= reach; d++)
    {
      float  across = (float) d / (float) self->n_sub;
      float  along = sqrtf (MAX (radius * radius - across * across, 1e-6f));
      gssize from = MAX (d, 0);
      gssize to = MAX (-d, 0);

      if (n > ABS (d))
        {
          widen_by (self->top + from, top + to, n - ABS (d), -along);
          widen_by (self->bottom + from, bottom + to, n - ABS (d), along);
        }
    }
  g_free (self->top);
  g_free (self->bottom);
  self->top = top;
  self->bottom = bottom;
  if (self->next != NULL)
    tfv_envelope_widen (self->next, radius);
}
