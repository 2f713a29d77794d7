/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-scalar-tally-private.h"

#include <math.h>

#include "summaries/tfv-work-private.h"

/* What is read at once: it stays in the cache until it is walked over. */
#define BLOCK_ROWS 16384

static void
clear_tallies (TfvScalarTally *tallies, guint32 n)
{
  for (guint32 i = 0; i < n; i++)
    tallies[i] = (TfvScalarTally){ .min = INFINITY, .max = -INFINITY, .all_flags = G_MAXUINT32 };
}

TfvScalarTallies *
tfv_scalar_tallies_new (guint32 n_tags)
{
  TfvScalarTallies *self = g_new0 (TfvScalarTallies, 1);

  self->n_tags = n_tags;
  self->tallies = g_new (TfvScalarTally, (gsize) n_tags + 1);
  clear_tallies (self->tallies, n_tags + 1);
  return self;
}

void
tfv_scalar_tallies_free (TfvScalarTallies *self)
{
  g_free (self->tallies);
  g_free (self);
}

/* More tags have come. */
void
tfv_scalar_tallies_reserve (TfvScalarTallies *self, guint32 n_tags)
{
  if (n_tags <= self->n_tags)
    return;
  self->tallies = g_renew (TfvScalarTally, self->tallies, (gsize) n_tags + 1);
  clear_tallies (self->tallies + self->n_tags + 1, n_tags - self->n_tags);
  self->n_tags = n_tags;
}

static inline gboolean
has_same_bits (double x, double y)
{
  guint64 a, b;

  memcpy (&a, &x, sizeof a);
  memcpy (&b, &y, sizeof b);
  return a == b;
}

/* Walks over rows: hardly a branch in it, for the tags come in any order. */
void
tfv_scalar_tallies_add (TfvScalarTallies *self, const TfvEventScalarRow *rows, gsize n_rows, guint64 first_row)
{
  TfvScalarTally *tallies = self->tallies;
  guint32         n_tags = self->n_tags;
  gboolean        has_digests = self->has_digests;

  for (gsize i = 0; i < n_rows; i++)
    {
      const TfvEventScalarRow *row = &rows[i];
      guint32                  id = (row->flags & TFV_EVENT_ROW_VALID) != 0 && row->tag <= n_tags ? row->tag : 0;
      TfvScalarTally          *tally = &tallies[id];
      /* What was a float32 is shown as one. */
      double narrow = (double) (float) row->value;
      double value = (row->flags & TFV_EVENT_VALUE_FLOAT32) != 0 ? narrow : row->value;
      /* Infinity less infinity is NaN. */
      gboolean finite = value - value == 0;
      double   low = finite ? value : INFINITY;
      double   high = finite ? value : -INFINITY;

      if (G_UNLIKELY (tally->n_points == 0))
        {
          tally->first_row = first_row + i;
          tally->first_step = row->step;
          tally->first_wall_time = row->wall_time;
        }
      tally->n_points++;
      tally->n_finite += (guint) finite;
      tally->last_row = first_row + i;
      tally->last_step = row->step;
      tally->last_wall_time = row->wall_time;
      tally->min = low < tally->min ? low : tally->min;
      tally->max = high > tally->max ? high : tally->max;
      tally->any_flags |= row->flags;
      tally->all_flags &= row->flags;
      tally->is_wide |= (guint32) !has_same_bits (narrow, row->value);
      if (has_digests)
        tally->digest = tfv_scalar_digest (tally->digest, row->step, row->wall_time, row->value, (row->flags & TFV_EVENT_VALUE_FLOAT32) != 0);
    }
}

/* The digest of points that @n_later others follow, which have one of their own. */
guint64
tfv_scalar_digest_append (guint64 digest, guint64 later, guint64 n_later)
{
  guint64 factor = TFV_SCALAR_DIGEST_FACTOR;

  for (; n_later > 0; n_later /= 2, factor *= factor)
    if (n_later % 2 != 0)
      digest *= factor;
  return digest + later;
}

/* Takes what was found in rows that come after those of @self. */
void
tfv_scalar_tallies_append (TfvScalarTallies *self, const TfvScalarTallies *later)
{
  tfv_scalar_tallies_reserve (self, later->n_tags);
  for (guint32 i = 0; i <= later->n_tags; i++)
    {
      TfvScalarTally       *tally = &self->tallies[i];
      const TfvScalarTally *other = &later->tallies[i];

      if (other->n_points == 0)
        continue;
      if (tally->n_points == 0)
        {
          *tally = *other;
          continue;
        }
      tally->digest = tfv_scalar_digest_append (tally->digest, other->digest, other->n_points);
      tally->n_points += other->n_points;
      tally->n_finite += other->n_finite;
      tally->last_row = other->last_row;
      tally->last_step = other->last_step;
      tally->last_wall_time = other->last_wall_time;
      tally->min = MIN (tally->min, other->min);
      tally->max = MAX (tally->max, other->max);
      tally->any_flags |= other->any_flags;
      tally->all_flags &= other->all_flags;
      tally->is_wide |= other->is_wide;
    }
}

typedef struct
{
  TfvEventFile     *file;
  GCancellable     *cancellable;
  guint64           start[TFV_N_WORKERS + 1];
  TfvScalarTallies *parts[TFV_N_WORKERS];
  GError           *errors[TFV_N_WORKERS];
} Walk;

static gboolean
read_part (gsize task, guint worker, gpointer data)
{
  Walk                         *walk = data;
  g_autofree TfvEventScalarRow *rows = g_new (TfvEventScalarRow, BLOCK_ROWS);

  for (guint64 row = walk->start[task]; row < walk->start[task + 1];)
    {
      gsize n = MIN (walk->start[task + 1] - row, BLOCK_ROWS - row % BLOCK_ROWS);

      if (g_cancellable_set_error_if_cancelled (walk->cancellable, &walk->errors[task]) ||
          !tfv_event_file_read (walk->file, TFV_EVENT_SCALARS, row, n, rows, &walk->errors[task]))
        return FALSE;
      tfv_scalar_tallies_add (walk->parts[task], rows, n, row);
      row += n;
    }
  return TRUE;
}

/* Walks over the rows @start to @end of a file, each thread over a half of them. */
gboolean
tfv_scalar_tallies_read (TfvScalarTallies *self, TfvEventFile *file, guint64 start, guint64 end, GCancellable *cancellable, GError **error)
{
  Walk     walk = { .file = file, .cancellable = cancellable, .start = { start, (start + end) / 2, end } };
  gboolean is_read;

  for (guint i = 0; i < TFV_N_WORKERS; i++)
    {
      walk.parts[i] = tfv_scalar_tallies_new (self->n_tags);
      walk.parts[i]->has_digests = self->has_digests;
    }
  is_read = tfv_work_run (TFV_N_WORKERS, read_part, &walk);
  for (guint i = 0; i < TFV_N_WORKERS; i++)
    {
      if (is_read)
        tfv_scalar_tallies_append (self, walk.parts[i]);
      tfv_scalar_tallies_free (walk.parts[i]);
    }
  return tfv_work_end (is_read, walk.errors, error);
}

/* What it says of the tag @id. */
TfvScalarOutline
tfv_scalar_tally_to_outline (const TfvScalarTally *self, guint32 id)
{
  TfvScalarOutline outline = {
    .place = { id, self->first_row, self->last_row + 1 },
    .n_points = self->n_points,
    .n_finite = self->n_finite,
    .first_step = self->first_step,
    .last_step = self->last_step,
    .first_wall_time = self->first_wall_time,
    .last_wall_time = self->last_wall_time,
    .min = self->n_finite > 0 ? self->min : NAN,
    .max = self->n_finite > 0 ? self->max : NAN,
  };

  if ((self->all_flags & TFV_EVENT_VALUE_FLOAT32) != 0)
    outline.value_type = TFV_SCALAR_VALUE_FLOAT32;
  else if ((self->any_flags & TFV_EVENT_VALUE_FLOAT32) != 0)
    outline.value_type = TFV_SCALAR_VALUE_MIXED;
  else
    outline.value_type = TFV_SCALAR_VALUE_FLOAT64;
  return outline;
}
