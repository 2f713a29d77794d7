/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-compact-private.h"

#include <math.h>

#include "summaries/tfv-error.h"
#include "summaries/tfv-record-kind.h"

#define BLOCK_ROWS 4096

void
tfv_compact_plan_free (TfvCompactPlan *self)
{
  g_clear_pointer (&self->tallies, tfv_scalar_tallies_free);
  g_clear_pointer (&self->index, g_array_unref);
  g_clear_pointer (&self->restarts, g_array_unref);
  g_free (self->start);
  g_free (self);
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  guint64 x = *(const guint64 *) a, y = *(const guint64 *) b;

  return (x > y) - (x < y);
}

/* The rows of /scalars before which a session started, ended or was saved, in
 * order, each once. (transfer full): guint64 */
static GArray *
read_session_rows (TfvCompactPlan *self, GError **error)
{
  g_autofree TfvEventBlobRow *rows = g_new (TfvEventBlobRow, BLOCK_ROWS);
  g_autoptr (GArray)          all = g_array_new (FALSE, FALSE, sizeof (guint64));
  guint64                     n_rows = tfv_event_file_get_n_rows (self->file, TFV_EVENT_BLOB_INDEX);
  guint                       n_kept = 0;

  for (guint64 row = 0; row < n_rows; row += BLOCK_ROWS)
    {
      gsize n = MIN (n_rows - row, BLOCK_ROWS);

      if (!tfv_event_file_read (self->file, TFV_EVENT_BLOB_INDEX, row, n, rows, error))
        return NULL;
      for (gsize i = 0; i < n; i++)
        if ((rows[i].flags & TFV_EVENT_ROW_VALID) != 0 && rows[i].kind == TFV_RECORD_SESSION && rows[i].scalars_before > 0)
          {
            guint64 before = MIN (rows[i].scalars_before, self->n_scalars);

            g_array_append_val (all, before);
          }
    }
  g_array_sort (all, compare_numbers);
  for (guint i = 0; i < all->len; i++)
    {
      guint64 before = g_array_index (all, guint64, i);

      if (n_kept == 0 || g_array_index (all, guint64, n_kept - 1) != before)
        g_array_index (all, guint64, n_kept++) = before;
    }
  g_array_set_size (all, n_kept);
  return g_steal_pointer (&all);
}

static void
note_restart (TfvCompactPlan *self, guint64 scalars_before)
{
  for (guint32 id = 1; id <= self->n_tags; id++)
    {
      TfvColumnRestartRow row = { scalars_before, self->tallies->tallies[id].n_points, id, TFV_COLUMN_ROW_VALID };

      if (row.n_before > 0)
        g_array_append_val (self->restarts, row);
    }
}

/* Walks over all scalars, and stops to see what there is of each tag where a
 * session is. */
static gboolean
walk_over_scalars (TfvCompactPlan *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GArray) sessions = read_session_rows (self, error);
  guint64            row = 0;

  if (sessions == NULL)
    return FALSE;
  for (guint i = 0; i < sessions->len; i++)
    {
      guint64 session = g_array_index (sessions, guint64, i);

      if (!tfv_scalar_tallies_read (self->tallies, self->file, row, session, cancellable, error))
        return FALSE;
      note_restart (self, session);
      row = session;
    }
  return tfv_scalar_tallies_read (self->tallies, self->file, row, self->n_scalars, cancellable, error);
}

/* A tag's name; NULL where it is damaged. (transfer full) (nullable) */
static char *
dup_name (TfvCompactPlan *self, const TfvEventTagRow *row)
{
  g_autofree char *name = NULL;
  guint64          n_bytes = tfv_event_file_get_n_rows (self->file, TFV_EVENT_BLOBS);

  if (row->name_length <= TFV_EVENT_NAME_BYTES)
    return g_utf8_make_valid (row->name, row->name_length);
  if (row->name_length > 65536 || row->blob_offset > n_bytes || row->name_length > n_bytes - row->blob_offset)
    return NULL;
  name = g_malloc0 (row->name_length + 1);
  if (!tfv_event_file_read (self->file, TFV_EVENT_BLOBS, row->blob_offset, row->name_length, name, NULL))
    return NULL;
  return g_utf8_make_valid (name, row->name_length);
}

/* Only tags of scalars get columns, and no two may be one for who reads them:
 * then their points would have an order that columns don't keep. */
static gboolean
check_tags (TfvCompactPlan *self, GError **error)
{
  g_autofree TfvEventTagRow *rows = g_new (TfvEventTagRow, BLOCK_ROWS);
  g_autoptr (GHashTable)     names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint32 first = 0; first < self->n_tags; first += BLOCK_ROWS)
    {
      gsize n = MIN (self->n_tags - first, BLOCK_ROWS);

      if (!tfv_event_file_read (self->file, TFV_EVENT_TAGS, first, n, rows, error))
        return FALSE;
      for (gsize i = 0; i < n; i++)
        {
          const TfvEventTagRow *row = &rows[i];
          TfvScalarTally       *tally = &self->tallies->tallies[first + i + 1];
          g_autofree char      *name = NULL;

          if ((row->flags & TFV_EVENT_ROW_VALID) != 0 && row->id == first + i + 1 && row->kind == TFV_RECORD_SCALAR)
            name = dup_name (self, row);
          if (name == NULL)
            {
              /* Readers pass over such points. */
              tally->n_points = 0;
              continue;
            }
          if (tally->n_points > 0 && g_hash_table_contains (names, name))
            {
              g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_CORRUPT, "%s: cannot be compacted: two tags are called “%s”", self->path, name);
              return FALSE;
            }
          if (tally->n_points > 0)
            g_hash_table_add (names, g_steal_pointer (&name));
        }
    }
  return TRUE;
}

/* Gives every tag its rows. Those that fill a chunk begin with one, so that
 * nothing else has to be unpacked with them. */
static void
lay_out (TfvCompactPlan *self)
{
  gsize chunk_rows = tfv_column_get_chunk_rows (TFV_COLUMN_STEP);

  for (guint32 id = 1; id <= self->n_tags; id++)
    {
      const TfvScalarTally *tally = &self->tallies->tallies[id];
      TfvColumnIndexRow     row = { .tag = id, .flags = TFV_COLUMN_ROW_VALID };

      if (tally->n_points == 0)
        continue;
      if (tally->n_points >= chunk_rows)
        self->n_rows = (self->n_rows + chunk_rows - 1) / chunk_rows * chunk_rows;
      if ((tally->all_flags & TFV_EVENT_VALUE_FLOAT32) != 0 && tally->is_wide == 0)
        row.flags |= TFV_COLUMN_ROW_FLOAT32;
      else if ((tally->any_flags & TFV_EVENT_VALUE_FLOAT32) != 0)
        row.flags |= TFV_COLUMN_ROW_MIXED;
      row.start = self->start[id] = self->n_rows;
      row.n_points = tally->n_points;
      row.pyramid_start = self->n_buckets;
      row.n_finite = tally->n_finite;
      row.first_step = tally->first_step;
      row.last_step = tally->last_step;
      row.first_wall_time = tally->first_wall_time;
      row.last_wall_time = tally->last_wall_time;
      row.min = tally->n_finite > 0 ? tally->min : NAN;
      row.max = tally->n_finite > 0 ? tally->max : NAN;
      g_array_append_val (self->index, row);
      self->n_rows += tally->n_points;
      self->n_buckets += tfv_column_count_all_buckets (tally->n_points);
    }
}

/* Finds out what is in a file that is closed, and where it shall go. */
TfvCompactPlan *
tfv_compact_plan_new (const char *path, TfvEventFile *file, GCancellable *cancellable, GError **error)
{
  g_autoptr (TfvCompactPlan) self = g_new0 (TfvCompactPlan, 1);

  self->path = path;
  self->file = file;
  self->n_scalars = tfv_event_file_get_n_rows (file, TFV_EVENT_SCALARS);
  self->n_tags = (guint32) MIN (tfv_event_file_get_n_rows (file, TFV_EVENT_TAGS), G_MAXUINT32 - 1);
  self->tallies = tfv_scalar_tallies_new (self->n_tags);
  self->tallies->has_digests = TRUE;
  self->start = g_new0 (guint64, (gsize) self->n_tags + 1);
  self->index = g_array_new (FALSE, FALSE, sizeof (TfvColumnIndexRow));
  self->restarts = g_array_new (FALSE, FALSE, sizeof (TfvColumnRestartRow));

  if (!walk_over_scalars (self, cancellable, error) || !check_tags (self, error))
    return NULL;
  lay_out (self);
  return g_steal_pointer (&self);
}

/* The number of the first row of the index whose points don't all come before
 * @row of the columns. */
guint
tfv_compact_plan_find (const TfvCompactPlan *self, guint64 row)
{
  guint low = 0, high = self->index->len;

  while (low < high)
    {
      guint                    middle = low + (high - low) / 2;
      const TfvColumnIndexRow *tag = &g_array_index (self->index, TfvColumnIndexRow, middle);

      if (tag->start + tag->n_points <= row)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}
