/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-scalar-extract-private.h"

#include "summaries/tfv-error.h"
#include "summaries/tfv-work-private.h"

#define BLOCK_ROWS 16384

/* Two threads take the points of some tags out of all rows: one walks from the
 * first row to the middle and fills the room from its beginning, the other from
 * the last row to the middle and fills it from its end. They meet where all is
 * well. */
typedef struct
{
  TfvEventFile        *file;
  const TfvScalarLoad *loads;
  GCancellable        *cancellable;
  /* Number of the load plus one, by id. */
  guint32 *load_of;
  guint64  n_ids;
  guint64  start;
  guint64  middle;
  guint64  end;
  guint64 *front;
  guint64 *back;
  GError  *errors[TFV_N_WORKERS];
} Extract;

static inline void
put (const TfvScalarLoad *load, guint64 place, const TfvEventScalarRow *row)
{
  load->step[place] = row->step;
  load->wall_time[place] = row->wall_time;
  if (load->value32 != NULL)
    load->value32[place] = (float) row->value;
  else
    load->value64[place] = row->value;
  if (load->is_float32 != NULL)
    load->is_float32[place] = (row->flags & TFV_EVENT_VALUE_FLOAT32) != 0;
}

/* The load that wants a row, plus one; 0 for none. */
static inline guint32
find_load (const Extract *self, const TfvEventScalarRow *row, guint64 number)
{
  guint32 load = row->tag < self->n_ids ? self->load_of[row->tag] : 0;

  if (G_LIKELY (load == 0))
    return 0;
  if ((row->flags & TFV_EVENT_ROW_VALID) == 0 || number < self->loads[load - 1].place.start || number >= self->loads[load - 1].place.end)
    return 0;
  return load;
}

static gboolean
read_block (Extract *self, guint64 row, gsize n, TfvEventScalarRow *rows, GError **error)
{
  return !g_cancellable_set_error_if_cancelled (self->cancellable, error) && tfv_event_file_read (self->file, TFV_EVENT_SCALARS, row, n, rows, error);
}

static gboolean
walk_forward (Extract *self, TfvEventScalarRow *rows, GError **error)
{
  for (guint64 row = self->start; row < self->middle;)
    {
      gsize n = MIN (self->middle - row, BLOCK_ROWS - row % BLOCK_ROWS);

      if (!read_block (self, row, n, rows, error))
        return FALSE;
      for (gsize i = 0; i < n; i++)
        {
          guint32 load = find_load (self, &rows[i], row + i);

          if (load > 0 && self->front[load - 1] < self->loads[load - 1].n_points)
            put (&self->loads[load - 1], self->front[load - 1]++, &rows[i]);
        }
      row += n;
    }
  return TRUE;
}

static gboolean
walk_backward (Extract *self, TfvEventScalarRow *rows, GError **error)
{
  for (guint64 row = self->end; row > self->middle;)
    {
      gsize n = MIN (row - self->middle, (row - 1) % BLOCK_ROWS + 1);

      row -= n;
      if (!read_block (self, row, n, rows, error))
        return FALSE;
      for (gsize i = n; i-- > 0;)
        {
          guint32 load = find_load (self, &rows[i], row + i);

          if (load > 0 && self->back[load - 1] > 0)
            put (&self->loads[load - 1], --self->back[load - 1], &rows[i]);
        }
    }
  return TRUE;
}

static gboolean
walk (gsize task, guint worker, gpointer data)
{
  Extract                      *self = data;
  g_autofree TfvEventScalarRow *rows = g_new (TfvEventScalarRow, BLOCK_ROWS);

  return task == 0 ? walk_forward (self, rows, &self->errors[worker]) : walk_backward (self, rows, &self->errors[worker]);
}

/* Reads the points of tags, which place->id tells, out of rows in the order in
 * which they were logged. */
gboolean
tfv_scalar_extract (TfvEventFile *file, const char *path, const TfvScalarLoad *loads, guint n_loads, GCancellable *cancellable, GError **error)
{
  g_autofree guint64 *front = g_new0 (guint64, n_loads);
  g_autofree guint64 *back = g_new (guint64, n_loads);
  g_autofree guint32 *load_of = NULL;
  Extract             self = { .file = file, .loads = loads, .cancellable = cancellable, .start = G_MAXUINT64, .front = front, .back = back };

  for (guint i = 0; i < n_loads; i++)
    {
      self.n_ids = MAX (self.n_ids, loads[i].place.id + 1);
      self.start = MIN (self.start, loads[i].place.start);
      self.end = MAX (self.end, loads[i].place.end);
      back[i] = loads[i].n_points;
    }
  if (n_loads == 0)
    return TRUE;
  if (self.n_ids > G_MAXUINT32 || self.end > tfv_event_file_get_n_rows (file, TFV_EVENT_SCALARS) || self.start > self.end)
    {
      g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_CORRUPT, "%s: has fewer rows than before", path);
      return FALSE;
    }
  self.load_of = load_of = g_try_new0 (guint32, self.n_ids);
  if (load_of == NULL)
    {
      g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_IO, "%s: no memory for %" G_GUINT64_FORMAT " tags", path, self.n_ids);
      return FALSE;
    }
  for (guint i = 0; i < n_loads; i++)
    load_of[loads[i].place.id] = i + 1;
  self.middle = self.start + (self.end - self.start) / 2;

  if (!tfv_work_end (tfv_work_run (2, walk, &self), self.errors, error))
    return FALSE;
  for (guint i = 0; i < n_loads; i++)
    if (front[i] != back[i])
      {
        g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_CORRUPT, "%s: has other rows than before", path);
        return FALSE;
      }
  return TRUE;
}
