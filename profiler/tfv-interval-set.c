/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "profiler/tfv-interval-set-private.h"

#include "profiler/tfv-trace.h"

typedef struct
{
  gint64 start_ns;
  gint64 end_ns;
} Interval;

struct _TfvIntervalSet
{
  GArray  *intervals;
  gboolean merged; /* in order, none touching the next */
};

TfvIntervalSet *
tfv_interval_set_new (void)
{
  TfvIntervalSet *self = g_new0 (TfvIntervalSet, 1);

  self->intervals = g_array_new (FALSE, FALSE, sizeof (Interval));
  self->merged = TRUE;
  return self;
}

void
tfv_interval_set_free (TfvIntervalSet *self)
{
  g_array_unref (self->intervals);
  g_free (self);
}

/* Adds [start_ns, end_ns). What comes in order, as the spans of a lane do, is
 * merged at once; only the rest waits to be sorted. */
void
tfv_interval_set_add (TfvIntervalSet *self, gint64 start_ns, gint64 end_ns)
{
  Interval fresh = { start_ns, end_ns };

  if (end_ns <= start_ns)
    return;
  if (self->intervals->len > 0)
    {
      Interval *last = &g_array_index (self->intervals, Interval, self->intervals->len - 1);

      if (start_ns >= last->start_ns && start_ns <= last->end_ns)
        {
          last->end_ns = MAX (last->end_ns, end_ns);
          return;
        }
      self->merged = self->merged && start_ns > last->end_ns;
    }
  g_array_append_val (self->intervals, fresh);
}

void
tfv_interval_set_add_spans (TfvIntervalSet *self, const TfvSpan *spans, gsize n_spans)
{
  for (gsize i = 0; i < n_spans; i++)
    tfv_interval_set_add (self, spans[i].start_ns, tfv_span_get_end_ns (&spans[i]));
}

static int
compare_intervals (gconstpointer a, gconstpointer b)
{
  const Interval *left = a;
  const Interval *right = b;

  return left->start_ns < right->start_ns ? -1 : left->start_ns > right->start_ns;
}

static void
merge (TfvIntervalSet *self)
{
  Interval *intervals = (Interval *) (gpointer) self->intervals->data;
  guint     n_merged = 0;

  if (self->merged)
    return;
  g_array_sort (self->intervals, compare_intervals);
  for (guint i = 1; i < self->intervals->len; i++)
    {
      if (intervals[i].start_ns <= intervals[n_merged].end_ns)
        intervals[n_merged].end_ns = MAX (intervals[n_merged].end_ns, intervals[i].end_ns);
      else
        intervals[++n_merged] = intervals[i];
    }
  g_array_set_size (self->intervals, n_merged + 1);
  self->merged = TRUE;
}

guint
tfv_interval_set_get_n_intervals (TfvIntervalSet *self)
{
  merge (self);
  return self->intervals->len;
}

gint64
tfv_interval_set_get_total_ns (TfvIntervalSet *self)
{
  gint64 total_ns = 0;

  merge (self);
  for (guint i = 0; i < self->intervals->len; i++)
    {
      const Interval *interval = &g_array_index (self->intervals, Interval, i);

      total_ns += interval->end_ns - interval->start_ns;
    }
  return total_ns;
}
