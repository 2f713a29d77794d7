/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-compact-private.h"

#include <string.h>

#include "summaries/tfv-error.h"

#define COMPARE_BYTES (1u << 20)

/* How many rows are read back at once: several chunks, so that two threads unpack. */
#define BLOCK_ROWS (16384 * 16)

static gboolean
fail (const char *path, const char *what, GError **error)
{
  g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_CORRUPT, "%s: what was written is not what comes back: %s", path, what);
  return FALSE;
}

/* Whether the rows that are not in columns are the same. */
static gboolean
verify_dataset (const TfvCompactPlan *plan, TfvEventFile *file, const char *path, TfvEventDataset which, GCancellable *cancellable, GError **error)
{
  gsize              row_bytes = tfv_event_dataset_get_row_bytes (which);
  guint64            n_rows = tfv_event_file_get_n_rows (plan->file, which);
  g_autofree guint8 *expected = g_malloc (COMPARE_BYTES);
  g_autofree guint8 *found = g_malloc (COMPARE_BYTES);

  if (tfv_event_file_get_n_rows (file, which) != n_rows)
    return fail (path, tfv_event_dataset_get_name (which), error);
  for (guint64 row = 0; row < n_rows;)
    {
      gsize n = MIN (n_rows - row, COMPARE_BYTES / row_bytes);

      if (g_cancellable_set_error_if_cancelled (cancellable, error) || !tfv_event_file_read (plan->file, which, row, n, expected, error) ||
          !tfv_event_file_read (file, which, row, n, found, error))
        return FALSE;
      if (memcmp (expected, found, n * row_bytes) != 0)
        return fail (path, tfv_event_dataset_get_name (which), error);
      row += n;
    }
  return TRUE;
}

/* Room for some rows of every column. */
typedef struct
{
  gint64 *step;
  double *wall_time;
  float  *value32;
  double *value64;
  guint8 *is_float32;
} Room;

/* The digest of points @first to @end of a tag, which were read from row @start on. */
static guint64
digest_points (const Room *room, const TfvColumnIndexRow *tag, guint64 digest, gsize n)
{
  gboolean is_float32 = (tag->flags & TFV_COLUMN_ROW_FLOAT32) != 0;
  gboolean is_mixed = (tag->flags & TFV_COLUMN_ROW_MIXED) != 0;

  for (gsize i = 0; i < n; i++)
    digest = tfv_scalar_digest (digest, room->step[i], room->wall_time[i], is_float32 ? (double) room->value32[i] : room->value64[i], is_float32 || (is_mixed && room->is_float32[i]));
  return digest;
}

static gboolean
verify_tag (const TfvCompactPlan *plan, TfvColumnFile *columns, const char *path, const TfvColumnIndexRow *tag, const Room *room, GCancellable *cancellable, GError **error)
{
  guint64 digest = 0;

  for (guint64 done = 0; done < tag->n_points;)
    {
      gsize         n = MIN (tag->n_points - done, BLOCK_ROWS);
      TfvScalarLoad load = { .place.start = tag->start + done, .n_points = n, .step = room->step, .wall_time = room->wall_time };

      if ((tag->flags & TFV_COLUMN_ROW_FLOAT32) != 0)
        load.value32 = room->value32;
      else
        load.value64 = room->value64;
      if ((tag->flags & TFV_COLUMN_ROW_MIXED) != 0)
        load.is_float32 = room->is_float32;
      if (!tfv_column_file_load (columns, &load, 1, cancellable, error))
        return FALSE;
      digest = digest_points (room, tag, digest, n);
      done += n;
    }
  return digest == plan->tallies->tallies[tag->tag].digest || fail (path, "the points of a tag", error);
}

/* Whether the points of all tags are, bit by bit and in order, those of the
 * original. */
static gboolean
verify_points (const TfvCompactPlan *plan, TfvColumnFile *columns, const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (GArray) index = tfv_column_file_read_index (columns, error);
  gboolean           is_good = TRUE;
  Room               room;

  if (index == NULL)
    return FALSE;
  if (index->len != plan->index->len || (index->len > 0 && memcmp (index->data, plan->index->data, index->len * sizeof (TfvColumnIndexRow)) != 0))
    return fail (path, "the index", error);

  room.step = g_new (gint64, BLOCK_ROWS);
  room.wall_time = g_new (double, BLOCK_ROWS);
  room.value32 = g_new (float, BLOCK_ROWS);
  room.value64 = g_new (double, BLOCK_ROWS);
  room.is_float32 = g_new (guint8, BLOCK_ROWS);
  for (guint i = 0; i < index->len && is_good; i++)
    is_good = verify_tag (plan, columns, path, &g_array_index (index, TfvColumnIndexRow, i), &room, cancellable, error);
  g_free (room.step);
  g_free (room.wall_time);
  g_free (room.value32);
  g_free (room.value64);
  g_free (room.is_float32);
  return is_good;
}

/* Reads the compacted file at @path and compares it with the original. */
gboolean
tfv_compact_plan_verify (const TfvCompactPlan *plan, const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (TfvEventFile)  file = tfv_event_file_open (path, error);
  g_autoptr (TfvColumnFile) columns = NULL;

  if (file == NULL)
    return FALSE;
  for (guint i = 0; i < TFV_N_EVENT_DATASETS; i++)
    if (i != TFV_EVENT_SCALARS && !verify_dataset (plan, file, path, (TfvEventDataset) i, cancellable, error))
      return FALSE;
  columns = tfv_column_file_new (file, path, error);
  return columns != NULL && verify_points (plan, columns, path, cancellable, error);
}
