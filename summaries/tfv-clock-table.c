/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-clock-table-private.h"

/* A file states its clocks every second, for days perhaps, and most of it says
 * the same: of a stretch in which they keep their distance its two ends are kept. */
#define SAME_OFFSET_NS 10000

/* More than this is of a damaged file. */
#define MAX_PAIRS 65536u

typedef struct
{
  gint64 time_ns;
  gint64 offset_ns; /* wall time less that */
} Pair;

struct _TfvClockTable
{
  GArray *pairs; /* by time */
};

TfvClockTable *
tfv_clock_table_new (void)
{
  TfvClockTable *self = g_new0 (TfvClockTable, 1);

  self->pairs = g_array_new (FALSE, FALSE, sizeof (Pair));
  return self;
}

void
tfv_clock_table_free (TfvClockTable *self)
{
  g_array_unref (self->pairs);
  g_free (self);
}

/* Damaged files may hold any times: differences wrap, and what wrapped is large. */
static guint64
get_distance (gint64 a, gint64 b)
{
  return a > b ? (guint64) a - (guint64) b : (guint64) b - (guint64) a;
}

/* The first pair that is not before a time. */
static guint
find_pair (TfvClockTable *self, gint64 time_ns)
{
  guint low = 0, high = self->pairs->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (g_array_index (self->pairs, Pair, middle).time_ns < time_ns)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/* Whether the last pair only prolongs a stretch that the new one prolongs too. */
static gboolean
goes_on (TfvClockTable *self, const Pair *pair)
{
  const Pair *last = &g_array_index (self->pairs, Pair, self->pairs->len - 1);

  return get_distance (last[0].offset_ns, last[-1].offset_ns) <= SAME_OFFSET_NS &&
         get_distance (pair->offset_ns, last[-1].offset_ns) <= SAME_OFFSET_NS;
}

/* Two clocks at one moment. */
void
tfv_clock_table_add (TfvClockTable *self, gint64 time_ns, gint64 wall_ns)
{
  Pair  pair = { time_ns, (gint64) ((guint64) wall_ns - (guint64) time_ns) };
  guint index = find_pair (self, time_ns);

  if (index == self->pairs->len && index >= 2 && goes_on (self, &pair))
    g_array_index (self->pairs, Pair, index - 1) = pair;
  else if (self->pairs->len < MAX_PAIRS)
    g_array_insert_val (self->pairs, index, pair);
}

/* What to add to a time to get wall time: what it was at the nearest moment that
 * is known. FALSE where none is. */
gboolean
tfv_clock_table_find_offset (TfvClockTable *self, gint64 time_ns, gint64 *offset_ns)
{
  guint index = find_pair (self, time_ns);

  if (self->pairs->len == 0)
    return FALSE;
  if (index == self->pairs->len ||
      (index > 0 && get_distance (g_array_index (self->pairs, Pair, index - 1).time_ns, time_ns) < get_distance (g_array_index (self->pairs, Pair, index).time_ns, time_ns)))
    index--;
  *offset_ns = g_array_index (self->pairs, Pair, index).offset_ns;
  return TRUE;
}
