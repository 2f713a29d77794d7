/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Points that are told of and read when somebody wants them: those in columns, and
 * those of large files that are no longer written. */

#include <string.h>

#include "summaries/formats/hdf5-reader-private.h"
#include "summaries/tfv-column-file-private.h"
#include "summaries/tfv-error.h"
#include "summaries/tfv-input-file-private.h"
#include "summaries/tfv-scalar-extract-private.h"
#include "summaries/tfv-scalar-tally-private.h"

/* Files of fewer rows are read at once: it takes some tenths of a second. */
#define LARGE_ROWS (G_GUINT64_CONSTANT (1) << 22)

/* A file that nobody closed, but that did not change for this long, is one that a
 * crash left. */
#define QUIET_SECONDS 120

/* As many rows are walked over before others get their turn. */
#define WALK_ROWS (G_GUINT64_CONSTANT (1) << 26)

/* Marks the place of points in columns, so that a file that was compacted since it
 * was read is not taken for what it was. */
#define IN_COLUMNS (G_GUINT64_CONSTANT (1) << 63)

static guint64 large_rows = LARGE_ROWS;

struct _TfvHdf5Points
{
  /* Where points are in columns: the outlines by id, and how far those of the
   * sessions' starts reach. */
  GArray     *index;
  GHashTable *row_of;
  GArray     *restarts;
  /* Where they are not: what was found so far, and up to which row. */
  TfvScalarTallies *tallies;
  guint64           end;
  gboolean          has_warned;
};

void
tfv_hdf5_points_free (TfvHdf5Points *self)
{
  g_clear_pointer (&self->index, g_array_unref);
  g_clear_pointer (&self->row_of, g_hash_table_unref);
  g_clear_pointer (&self->restarts, g_array_unref);
  g_clear_pointer (&self->tallies, tfv_scalar_tallies_free);
  g_free (self);
}

/* For tests: how many rows make a file large. 0 for what it is anyway. */
void
tfv_hdf5_points_set_large_rows (guint64 n_rows)
{
  large_rows = n_rows > 0 ? n_rows : LARGE_ROWS;
}

static GArray *
read_restarts (TfvColumnFile *columns, GError **error)
{
  guint64            n_rows = tfv_column_file_get_n_rows (columns, TFV_COLUMN_RESTARTS);
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (TfvColumnRestartRow));
  TfvColumnRead      read;

  if (n_rows > G_MAXUINT32)
    {
      g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_CORRUPT, "/" TFV_COLUMN_GROUP "/restarts has more rows than can be");
      return NULL;
    }
  g_array_set_size (rows, (guint) n_rows);
  read = (TfvColumnRead){ TFV_COLUMN_RESTARTS, 0, n_rows, rows->data };
  return tfv_column_file_read (columns, &read, 1, NULL, error) ? g_steal_pointer (&rows) : NULL;
}

/* The tag of a row of scalars, or NULL. */
static TfvHdf5Tag *
find_tag (TfvHdf5Reader *self, guint32 id)
{
  TfvHdf5Tag *tag = id > 0 && id <= self->tags->len ? &g_array_index (self->tags, TfvHdf5Tag, id - 1) : NULL;

  return tag != NULL && tag->kind == TFV_RECORD_SCALAR ? tag : NULL;
}

static void
announce (TfvHdf5Reader *self, TfvHdf5Tag *tag, const TfvScalarOutline *outline)
{
  if (tag->part == NULL)
    tag->part = tfv_run_part_add_tag (self->part, tag->name, -1, TFV_RECORD_SCALAR, "scalars");
  tfv_tag_part_announce_scalars (tag->part, outline);
}

/* Whether each row of the index is of a tag of its own, and refers to what is
 * there; those that are not are left out. */
static void
check_index (TfvHdf5Reader *self, TfvColumnFile *columns, TfvHdf5Points *points)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  points->row_of = g_hash_table_new (NULL, NULL);
  for (guint i = 0; i < points->index->len; i++)
    {
      TfvColumnIndexRow *row = &g_array_index (points->index, TfvColumnIndexRow, i);
      TfvHdf5Tag        *tag = find_tag (self, row->tag);

      if (tag != NULL && tfv_column_file_check_index_row (columns, row) && g_hash_table_add (names, g_utf8_make_valid (tag->name, -1)))
        {
          g_hash_table_insert (points->row_of, GUINT_TO_POINTER (row->tag), GUINT_TO_POINTER (i));
          continue;
        }
      row->flags = 0;
      if (!points->has_warned)
        tfv_run_part_warn (self->part, "row %u of /" TFV_COLUMN_GROUP "/index refers to what is not there", i);
      points->has_warned = TRUE;
    }
}

static TfvHdf5Points *
read_columns (TfvHdf5Reader *self, GError **error)
{
  const guint               wanted = 1u << TFV_COLUMN_INDEX | 1u << TFV_COLUMN_STEP | 1u << TFV_COLUMN_PYRAMID | 1u << TFV_COLUMN_RESTARTS;
  g_autoptr (TfvColumnFile) columns = tfv_column_file_new_some (self->file, self->path, wanted, error);
  TfvHdf5Points            *points;

  if (columns == NULL)
    return NULL;
  points = g_new0 (TfvHdf5Points, 1);
  points->index = tfv_column_file_read_index (columns, error);
  points->restarts = points->index != NULL ? read_restarts (columns, error) : NULL;
  if (points->restarts == NULL)
    {
      tfv_hdf5_points_free (points);
      return NULL;
    }
  check_index (self, columns, points);
  return points;
}

static void
announce_row (TfvHdf5Reader *self, guint number, guint64 n_points)
{
  const TfvColumnIndexRow *row = &g_array_index (self->points->index, TfvColumnIndexRow, number);
  TfvScalarOutline         outline = tfv_column_index_row_to_outline (row, number | IN_COLUMNS);

  outline.n_points = MIN (n_points, outline.n_points);
  outline.n_finite = MIN (outline.n_finite, outline.n_points);
  announce (self, find_tag (self, row->tag), &outline);
}

/* Tells of the points that were among the first @end scalars. */
static void
announce_before (TfvHdf5Reader *self, guint64 end)
{
  GArray *restarts = self->points->restarts;
  guint   low = 0, high = restarts->len;
  guint64 scalars_before;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (g_array_index (restarts, TfvColumnRestartRow, middle).scalars_before <= end)
        low = middle + 1;
      else
        high = middle;
    }
  if (low == 0)
    return;
  scalars_before = g_array_index (restarts, TfvColumnRestartRow, low - 1).scalars_before;
  while (low-- > 0)
    {
      const TfvColumnRestartRow *restart = &g_array_index (restarts, TfvColumnRestartRow, low);
      gpointer                   number;

      if (restart->scalars_before != scalars_before)
        break;
      if (restart->n_before > 0 && g_hash_table_lookup_extended (self->points->row_of, GUINT_TO_POINTER (restart->tag), NULL, &number))
        announce_row (self, GPOINTER_TO_UINT (number), restart->n_before);
    }
}

/* Tells of points in columns. One that is told of again has them all. */
static TfvHdf5Stretch
take_columns (TfvHdf5Reader *self, guint64 end)
{
  g_autoptr (GError) error = NULL;

  if (self->has_points)
    return TFV_HDF5_DONE;
  if (self->points == NULL)
    self->points = read_columns (self, &error);
  if (self->points == NULL)
    {
      tfv_run_part_warn (self->part, "%s", tfv_hdf5_reader_leave_out_path (self, error->message));
      self->is_broken[TFV_EVENT_SCALARS] = TRUE;
      return TFV_HDF5_DONE;
    }
  if (end != G_MAXUINT64)
    {
      announce_before (self, end);
      return TFV_HDF5_DONE;
    }
  for (guint i = 0; i < self->points->index->len; i++)
    if ((g_array_index (self->points->index, TfvColumnIndexRow, i).flags & TFV_COLUMN_ROW_VALID) != 0)
      announce_row (self, i, G_MAXUINT64);
  self->has_points = TRUE;
  g_clear_pointer (&self->points, tfv_hdf5_points_free);
  return TFV_HDF5_DONE;
}

static gboolean
is_no_longer_written (TfvHdf5Reader *self)
{
  guint64           n_rows = tfv_event_file_get_n_rows (self->file, TFV_EVENT_STATUS);
  TfvEventStatusRow status = { 0 };
  struct stat       seen;

  if (n_rows > 0 && tfv_event_file_read (self->file, TFV_EVENT_STATUS, n_rows - 1, 1, &status, NULL) && (status.flags & TFV_EVENT_ROW_VALID) != 0 &&
      (status.state == TFV_EVENT_STATE_CLOSED || status.state == TFV_EVENT_STATE_ENDED))
    return TRUE;
  return tfv_input_file_stat (self->path, &seen) && g_get_real_time () / G_USEC_PER_SEC - seen.st_mtim.tv_sec > QUIET_SECONDS;
}

/* Where rows end that were written: their extent comes before their bytes. */
static guint64
find_end (TfvHdf5Reader *self)
{
  guint64 end = tfv_event_file_get_n_rows (self->file, TFV_EVENT_SCALARS);

  while (end > 0)
    {
      TfvEventScalarRow row;

      if (!tfv_event_file_read (self->file, TFV_EVENT_SCALARS, end - 1, 1, &row, NULL) || tfv_hdf5_row_is_valid (TFV_EVENT_SCALARS, &row))
        break;
      end--;
    }
  return end;
}

/* Tags that readers join have points of two ids, which nobody else puts in order. */
static gboolean
has_joined_tags (TfvHdf5Reader *self)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint32 id = 1; id <= self->tags->len; id++)
    {
      const TfvHdf5Tag *tag = find_tag (self, id);

      if (tag != NULL && !g_hash_table_add (names, g_utf8_make_valid (tag->name, -1)))
        return TRUE;
    }
  return FALSE;
}

/* Whether the scalars of the file are told of only. Asked before any is taken. */
gboolean
tfv_hdf5_reader_has_lazy_points (TfvHdf5Reader *self)
{
  if (tfv_event_file_is_compacted (self->file))
    return TRUE;
  if (self->points == NULL && !self->has_points && self->next[TFV_EVENT_SCALARS] == 0)
    {
      self->has_points = tfv_event_file_get_n_rows (self->file, TFV_EVENT_SCALARS) < large_rows || !is_no_longer_written (self) || has_joined_tags (self);
      if (!self->has_points)
        {
          self->points = g_new0 (TfvHdf5Points, 1);
          self->points->tallies = tfv_scalar_tallies_new (self->tags->len);
          self->points->end = find_end (self);
        }
    }
  return !self->has_points;
}

static void
announce_tallies (TfvHdf5Reader *self)
{
  const TfvScalarTallies *tallies = self->points->tallies;

  for (guint32 id = 1; id <= tallies->n_tags; id++)
    {
      TfvHdf5Tag      *tag = find_tag (self, id);
      TfvScalarOutline outline = tfv_scalar_tally_to_outline (&tallies->tallies[id], id);

      if (tag != NULL && outline.n_points > 0)
        announce (self, tag, &outline);
    }
  if ((tallies->tallies[0].any_flags & TFV_EVENT_ROW_VALID) != 0 && !self->points->has_warned)
    {
      tfv_run_part_warn (self->part, "row %" G_GUINT64_FORMAT " of /scalars refers to what is not there", tallies->tallies[0].first_row);
      self->points->has_warned = TRUE;
    }
}

/* Tells of the points in rows up to @end, the next ones. What is wrong with the
 * file is met again, and told, by who takes the rest row by row. */
static TfvHdf5Stretch
take_tallies (TfvHdf5Reader *self, guint64 end)
{
  guint64 *next = &self->next[TFV_EVENT_SCALARS];
  guint64  stop = MIN (end, self->points->end);
  guint64  walk_end = MIN (stop, *next + WALK_ROWS);
  gboolean is_read = *next >= stop || tfv_scalar_tallies_read (self->points->tallies, self->file, *next, walk_end, NULL, NULL);

  if (is_read && walk_end > *next)
    *next = walk_end;
  if (is_read && *next < stop)
    {
      self->has_more = TRUE;
      return TFV_HDF5_WAIT;
    }
  announce_tallies (self);
  if (!is_read || *next == self->points->end)
    {
      self->has_points = TRUE;
      g_clear_pointer (&self->points, tfv_hdf5_points_free);
    }
  return TFV_HDF5_DONE;
}

/* Tells of the points that were among the first @end scalars, or all of them where
 * that is G_MAXUINT64. */
TfvHdf5Stretch
tfv_hdf5_reader_take_points (TfvHdf5Reader *self, guint64 end)
{
  return tfv_event_file_is_compacted (self->file) ? take_columns (self, end) : take_tallies (self, end);
}

/* The columns that loads need. */
static guint
find_wanted_columns (const TfvScalarLoad *loads, guint n_loads)
{
  guint wanted = 1u << TFV_COLUMN_STEP | 1u << TFV_COLUMN_WALL_TIME;

  for (guint i = 0; i < n_loads; i++)
    {
      wanted |= loads[i].value32 != NULL ? 1u << TFV_COLUMN_VALUE32 : 1u << TFV_COLUMN_VALUE64;
      wanted |= loads[i].is_float32 != NULL ? 1u << TFV_COLUMN_IS_FLOAT32 : 0;
    }
  return wanted;
}

/* The format's load_points(). */
gboolean
tfv_hdf5_load_points (const char *path, const TfvScalarLoad *loads, guint n_loads, GCancellable *cancellable, GError **error)
{
  g_autoptr (TfvEventFile)  file = tfv_event_file_open_some (path, 1u << TFV_EVENT_SCALARS, error);
  g_autoptr (TfvColumnFile) columns = NULL;

  if (file == NULL)
    return FALSE;
  for (guint i = 0; i < n_loads; i++)
    if (((loads[i].place.id & IN_COLUMNS) != 0) != tfv_event_file_is_compacted (file))
      {
        g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_IO, "%s: was replaced by another file", path);
        return FALSE;
      }
  if (!tfv_event_file_is_compacted (file))
    return tfv_scalar_extract (file, path, loads, n_loads, cancellable, error);
  columns = tfv_column_file_new_some (file, path, find_wanted_columns (loads, n_loads), error);
  return columns != NULL && tfv_column_file_load (columns, loads, n_loads, cancellable, error);
}
