/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-column-file-private.h"

#include <math.h>
#include <string.h>

#include "summaries/tfv-column-codec-private.h"
#include "summaries/tfv-error.h"
#include "summaries/tfv-hdf5-private.h"
#include "summaries/tfv-work-private.h"

/* “deflate” makes nothing more than about this many times smaller. */
#define MAX_DEFLATE_RATIO 1032

/* No chunk of a column is larger: 16384 rows of 8 bytes. */
#define MAX_CHUNK_BYTES (16384 * 8)

/* What is in an index of more rows than there are ids is made up. */
#define MAX_INDEX_ROWS (1u << 26)

struct _TfvColumnFile
{
  const char *path;
  guint64     n_file_bytes;
  hid_t       ids[TFV_N_COLUMNS];
  guint64     n_rows[TFV_N_COLUMNS];
};

static gboolean
fail (const TfvColumnFile *self, TfvColumn column, const char *fault, GError **error)
{
  g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_CORRUPT, "%s: /" TFV_COLUMN_GROUP "/%s cannot be read: %s", self->path, tfv_column_get_name (column), fault);
  return FALSE;
}

/* The filters of a column: “shuffle” of its rows, then “deflate”. */
static gboolean
has_our_filters (hid_t dcpl, gsize row_bytes)
{
  unsigned int flags, config;
  unsigned int values[2] = { 0 };
  size_t       n_values = G_N_ELEMENTS (values);

  if (H5Pget_nfilters (dcpl) != 2)
    return FALSE;
  if (H5Pget_filter2 (dcpl, 0, &flags, &n_values, values, 0, NULL, &config) != H5Z_FILTER_SHUFFLE || n_values != 1 || values[0] != row_bytes)
    return FALSE;
  n_values = G_N_ELEMENTS (values);
  return H5Pget_filter2 (dcpl, 1, &flags, &n_values, values, 0, NULL, &config) == H5Z_FILTER_DEFLATE;
}

/* What is not as the format says, or NULL. */
static const char *
find_fault (TfvColumnFile *self, TfvColumn column)
{
  hid_t       id = self->ids[column];
  hid_t       dcpl = H5Dget_create_plist (id);
  hid_t       space = H5Dget_space (id);
  hid_t       type = H5Dget_type (id);
  hid_t       expected = tfv_column_create_file_type (column);
  hsize_t     chunk = 0, n_rows = 0;
  const char *fault = NULL;

  if (dcpl < 0 || space < 0 || type < 0)
    fault = "its header is damaged";
  else if (H5Tequal (type, expected) <= 0)
    fault = "its rows are not those of the format";
  else if (H5Sget_simple_extent_ndims (space) != 1 || H5Sget_simple_extent_dims (space, &n_rows, NULL) != 1)
    fault = "it has more than one dimension";
  else if (H5Pget_layout (dcpl) != H5D_CHUNKED || H5Pget_chunk (dcpl, 1, &chunk) != 1 || chunk != tfv_column_get_chunk_rows (column))
    fault = "it is not stored in the chunks of the format";
  else if (!has_our_filters (dcpl, tfv_column_get_row_bytes (column)))
    fault = "its filters are not those of the format";
  else if (H5Pget_external_count (dcpl) != 0)
    fault = "it is stored in another file";
  else if (n_rows / MAX_DEFLATE_RATIO > self->n_file_bytes)
    fault = "it says that it has more rows than the file can hold";
  self->n_rows[column] = n_rows;

  H5Tclose (expected);
  if (type >= 0)
    H5Tclose (type);
  if (space >= 0)
    H5Sclose (space);
  if (dcpl >= 0)
    H5Pclose (dcpl);
  return fault;
}

static gboolean
open_column (TfvColumnFile *self, hid_t group, TfvColumn column, GError **error)
{
  const char *name = tfv_column_get_name (column);
  const char *fault;
  H5L_info_t  link;

  if (H5Lget_info (group, name, &link, H5P_DEFAULT) < 0 || link.type != H5L_TYPE_HARD)
    return fail (self, column, "it is missing", error);
  self->ids[column] = H5Dopen2 (group, name, H5P_DEFAULT);
  if (self->ids[column] < 0)
    return fail (self, column, "it cannot be opened", error);
  fault = find_fault (self, column);
  return fault == NULL || fail (self, column, fault, error);
}

static gboolean
open_columns (TfvColumnFile *self, hid_t file, guint wanted, GError **error)
{
  H5L_info_t link;
  hid_t      group;
  gboolean   is_open = TRUE;

  if (H5Lget_info (file, TFV_COLUMN_GROUP, &link, H5P_DEFAULT) < 0 || link.type != H5L_TYPE_HARD ||
      (group = H5Gopen2 (file, TFV_COLUMN_GROUP, H5P_DEFAULT)) < 0)
    return fail (self, TFV_COLUMN_INDEX, "the group is missing", error);
  for (guint i = 0; i < TFV_N_COLUMNS && is_open; i++)
    if ((wanted & (1u << i)) != 0)
      is_open = open_column (self, group, (TfvColumn) i, error);
  H5Gclose (group);
  if (!is_open)
    return FALSE;

  if (self->n_rows[TFV_COLUMN_INDEX] > MAX_INDEX_ROWS)
    return fail (self, TFV_COLUMN_INDEX, "it has more rows than there can be tags", error);
  for (guint i = TFV_COLUMN_WALL_TIME; i <= TFV_COLUMN_IS_FLOAT32; i++)
    if ((wanted & (1u << i)) != 0 && self->n_rows[i] != self->n_rows[TFV_COLUMN_STEP])
      return fail (self, (TfvColumn) i, "it has not as many rows as /" TFV_COLUMN_GROUP "/step", error);
  return TRUE;
}

/* Opens the columns of @file of which there is a bit in @wanted; that of the steps has
 * to be there where there is any of points. */
TfvColumnFile *
tfv_column_file_new_some (TfvEventFile *file, const char *path, guint wanted, GError **error)
{
  TfvColumnFile *self = g_new0 (TfvColumnFile, 1);
  gboolean       is_open;

  self->path = path;
  self->n_file_bytes = tfv_event_file_get_n_bytes (file);
  for (guint i = 0; i < TFV_N_COLUMNS; i++)
    self->ids[i] = H5I_INVALID_HID;
  tfv_hdf5_lock ();
  is_open = open_columns (self, tfv_event_file_get_id (file), wanted, error);
  tfv_hdf5_unlock ();
  if (is_open)
    return self;
  tfv_column_file_free (self);
  return NULL;
}

/* Opens all columns of @file. */
TfvColumnFile *
tfv_column_file_new (TfvEventFile *file, const char *path, GError **error)
{
  return tfv_column_file_new_some (file, path, (1u << TFV_N_COLUMNS) - 1, error);
}

void
tfv_column_file_free (TfvColumnFile *self)
{
  tfv_hdf5_lock ();
  for (guint i = 0; i < TFV_N_COLUMNS; i++)
    if (self->ids[i] >= 0)
      H5Dclose (self->ids[i]);
  tfv_hdf5_unlock ();
  g_free (self);
}

guint64
tfv_column_file_get_n_rows (TfvColumnFile *self, TfvColumn column)
{
  return self->n_rows[column];
}

/* What a worker needs to read chunks. */
typedef struct
{
  TfvColumnCodec *codec;
  guint8         *packed;
} Worker;

typedef struct
{
  TfvColumnFile       *file;
  const TfvColumnRead *reads;
  guint                n_reads;
  /* The number of the first chunk of each read, and of the end. */
  gsize        *first_task;
  GCancellable *cancellable;
  Worker        workers[TFV_N_WORKERS];
  GError       *errors[TFV_N_WORKERS];
} ReadJob;

/* The bytes of a chunk as they are stored. */
static gboolean
read_packed (TfvColumnFile *self, TfvColumn column, guint64 chunk, Worker *worker, gsize *n_packed, guint32 *filter_mask, GError **error)
{
  gsize       max_bytes = tfv_column_get_chunk_rows (column) * tfv_column_get_row_bytes (column);
  hsize_t     offset = chunk * tfv_column_get_chunk_rows (column);
  hsize_t     n_stored = 0;
  const char *fault = NULL;

  tfv_hdf5_lock ();
  if (H5Dget_chunk_storage_size (self->ids[column], &offset, &n_stored) < 0 || n_stored == 0)
    fault = "a part of it is not there";
  else if (n_stored > max_bytes)
    fault = "a part of it is larger than it can be";
  if (worker->packed == NULL)
    worker->packed = g_malloc (MAX_CHUNK_BYTES);
  if (fault == NULL && H5Dread_chunk (self->ids[column], H5P_DEFAULT, &offset, filter_mask, worker->packed) < 0)
    fault = "a part of it cannot be read";
  tfv_hdf5_unlock ();
  *n_packed = n_stored;
  return fault == NULL || fail (self, column, fault, error);
}

static gboolean
read_task (gsize task, guint worker_index, gpointer data)
{
  ReadJob             *job = data;
  Worker              *worker = &job->workers[worker_index];
  GError             **error = &job->errors[worker_index];
  guint                r = 0;
  const TfvColumnRead *read;
  gsize                chunk_rows, row_bytes, n_packed;
  guint64              chunk, first, end;
  guint32              filter_mask = 0;
  guint8              *target;

  while (job->first_task[r + 1] <= task)
    r++;
  read = &job->reads[r];
  chunk_rows = tfv_column_get_chunk_rows (read->column);
  row_bytes = tfv_column_get_row_bytes (read->column);
  chunk = read->start / chunk_rows + (task - job->first_task[r]);
  /* What of the chunk is wanted. */
  first = MAX (read->start, chunk * chunk_rows);
  end = MIN (read->start + read->n_rows, (chunk + 1) * chunk_rows);
  target = (guint8 *) read->rows + (first - read->start) * row_bytes;

  if (g_cancellable_set_error_if_cancelled (job->cancellable, error) ||
      !read_packed (job->file, read->column, chunk, worker, &n_packed, &filter_mask, error))
    return FALSE;
  if (worker->codec == NULL)
    worker->codec = tfv_column_codec_new ();
  return tfv_column_codec_unpack (worker->codec, worker->packed, n_packed, filter_mask, chunk_rows, row_bytes, first - chunk * chunk_rows, end - first, target) ||
         fail (job->file, read->column, "a part of it is damaged", error);
}

/* Reads rows of columns, that are there, on two threads. */
gboolean
tfv_column_file_read (TfvColumnFile *self, const TfvColumnRead *reads, guint n_reads, GCancellable *cancellable, GError **error)
{
  g_autofree gsize *first_task = g_new0 (gsize, n_reads + 1);
  ReadJob           job = { self, reads, n_reads, first_task, cancellable, { { 0 } }, { NULL } };
  gboolean          is_read;

  for (guint i = 0; i < n_reads; i++)
    {
      gsize chunk_rows = tfv_column_get_chunk_rows (reads[i].column);

      if (reads[i].start > self->n_rows[reads[i].column] || reads[i].n_rows > self->n_rows[reads[i].column] - reads[i].start)
        return fail (self, reads[i].column, "it ends before", error);
      first_task[i + 1] = first_task[i];
      if (reads[i].n_rows > 0)
        first_task[i + 1] += (reads[i].start + reads[i].n_rows - 1) / chunk_rows - reads[i].start / chunk_rows + 1;
    }
  is_read = tfv_work_run (first_task[n_reads], read_task, &job);
  for (guint i = 0; i < TFV_N_WORKERS; i++)
    {
      g_clear_pointer (&job.workers[i].codec, tfv_column_codec_free);
      g_free (job.workers[i].packed);
    }
  return tfv_work_end (is_read, job.errors, error);
}

/* All rows of the index. (transfer full): TfvColumnIndexRow */
GArray *
tfv_column_file_read_index (TfvColumnFile *self, GError **error)
{
  guint64       n_rows = self->n_rows[TFV_COLUMN_INDEX];
  GArray       *rows = g_array_sized_new (FALSE, FALSE, sizeof (TfvColumnIndexRow), (guint) n_rows);
  TfvColumnRead read;

  g_array_set_size (rows, (guint) n_rows);
  read = (TfvColumnRead){ TFV_COLUMN_INDEX, 0, n_rows, rows->data };
  if (tfv_column_file_read (self, &read, 1, NULL, error))
    return rows;
  g_array_unref (rows);
  return NULL;
}

/* Whether a row of the index refers to what is there. */
gboolean
tfv_column_file_check_index_row (TfvColumnFile *self, const TfvColumnIndexRow *row)
{
  guint64 n_points = self->n_rows[TFV_COLUMN_STEP];
  guint64 n_buckets = self->n_rows[TFV_COLUMN_PYRAMID];

  return (row->flags & TFV_COLUMN_ROW_VALID) != 0 && row->n_points > 0 && row->start <= n_points && row->n_points <= n_points - row->start &&
         row->n_finite <= row->n_points && row->pyramid_start <= n_buckets && tfv_column_count_all_buckets (row->n_points) <= n_buckets - row->pyramid_start;
}

/* What row @number of the index says. */
TfvScalarOutline
tfv_column_index_row_to_outline (const TfvColumnIndexRow *row, guint64 number)
{
  TfvScalarOutline outline = {
    .place = { number, row->start, row->start + row->n_points },
    .n_points = row->n_points,
    .n_finite = row->n_finite,
    .first_step = row->first_step,
    .last_step = row->last_step,
    .first_wall_time = row->first_wall_time,
    .last_wall_time = row->last_wall_time,
    .min = row->n_finite > 0 ? row->min : NAN,
    .max = row->n_finite > 0 ? row->max : NAN,
    .value_type = TFV_SCALAR_VALUE_FLOAT64,
  };

  if ((row->flags & TFV_COLUMN_ROW_MIXED) != 0)
    outline.value_type = TFV_SCALAR_VALUE_MIXED;
  else if ((row->flags & TFV_COLUMN_ROW_FLOAT32) != 0)
    outline.value_type = TFV_SCALAR_VALUE_FLOAT32;
  return outline;
}

/* Reads the points of tags into the room that is there for them. */
gboolean
tfv_column_file_load (TfvColumnFile *self, const TfvScalarLoad *loads, guint n_loads, GCancellable *cancellable, GError **error)
{
  g_autoptr (GArray) reads = g_array_new (FALSE, FALSE, sizeof (TfvColumnRead));

  for (guint i = 0; i < n_loads; i++)
    {
      const TfvScalarLoad *load = &loads[i];
      guint64              start = load->place.start;
      guint64              n = load->n_points;
      TfvColumnRead        wanted[] = {
               { TFV_COLUMN_STEP, start, n, load->step },
               { TFV_COLUMN_WALL_TIME, start, n, load->wall_time },
               { TFV_COLUMN_VALUE32, start, n, load->value32 },
               { TFV_COLUMN_VALUE64, start, n, load->value64 },
               { TFV_COLUMN_IS_FLOAT32, start, n, load->is_float32 },
      };

      for (guint k = 0; k < G_N_ELEMENTS (wanted); k++)
        if (wanted[k].rows != NULL)
          g_array_append_val (reads, wanted[k]);
    }
  return tfv_column_file_read (self, (const TfvColumnRead *) reads->data, reads->len, cancellable, error);
}
