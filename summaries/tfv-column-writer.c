/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-column-writer-private.h"

#include <string.h>

#include "summaries/tfv-error.h"
#include "summaries/tfv-hdf5-private.h"
#include "summaries/tfv-work-private.h"

/* As in a file that is written live: no heaps for links and attributes. */
#define MAX_COMPACT 64
#define MAX_ATTRIBUTE_BYTES 4096

/* What any reader of HDF5 is told of the “deflate” that was used. */
#define DEFLATE_LEVEL 1

#define COPY_BYTES (1u << 20)

struct _TfvColumnWriter
{
  char *path;
  hid_t file;
  hid_t ids[TFV_N_COLUMNS];
};

static gboolean
fail (TfvColumnWriter *self, GError **error, const char *what)
{
  g_autofree char *reason = tfv_hdf5_dup_error ();

  g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_IO, "%s: %s: %s", self->path, what, reason);
  return FALSE;
}

static gboolean
create_file (TfvColumnWriter *self, GError **error)
{
  hid_t    fapl = H5Pcreate (H5P_FILE_ACCESS);
  hid_t    fcpl = H5Pcreate (H5P_FILE_CREATE);
  gboolean is_created = TRUE;

  H5Pset_libver_bounds (fapl, H5F_LIBVER_V110, H5F_LIBVER_V110);
  H5Pset_cache (fapl, 0, 0, 0, 0);
  H5Pset_fclose_degree (fapl, H5F_CLOSE_STRONG);
  H5Pset_file_locking (fapl, FALSE, TRUE);
  H5Pset_attr_phase_change (fcpl, MAX_COMPACT, MAX_COMPACT - 1);
  H5Pset_link_phase_change (fcpl, MAX_COMPACT, MAX_COMPACT - 1);

  self->file = H5Fcreate (self->path, H5F_ACC_TRUNC, fcpl, fapl);
  if (self->file < 0)
    is_created = fail (self, error, "cannot create the file");
  H5Pclose (fcpl);
  H5Pclose (fapl);
  return is_created;
}

/* Copies one attribute; the major version becomes that of compacted files. Those
 * of types that the format does not have are left out. */
static herr_t
copy_attribute (hid_t source, const char *name, const H5A_info_t *info, void *data)
{
  hid_t   target = *(hid_t *) data;
  hid_t   from = H5Aopen (source, name, H5P_DEFAULT);
  hid_t   type = H5Aget_type (from);
  hid_t   space = H5Aget_space (from);
  hid_t   to = H5I_INVALID_HID;
  herr_t  result = 0;
  guint8  value[MAX_ATTRIBUTE_BYTES] = { 0 };
  guint32 major = TFV_COLUMN_VERSION_MAJOR;

  if (H5Sget_simple_extent_type (space) == H5S_SCALAR && H5Tget_size (type) <= sizeof value &&
      (H5Tget_class (type) == H5T_INTEGER || H5Tget_class (type) == H5T_FLOAT || (H5Tget_class (type) == H5T_STRING && H5Tis_variable_str (type) == 0)))
    {
      to = H5Acreate2 (target, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
      if (to < 0 || H5Aread (from, type, value) < 0)
        result = -1;
      else if (strcmp (name, "version_major") == 0)
        result = H5Awrite (to, H5T_NATIVE_UINT32, &major);
      else
        result = H5Awrite (to, type, value);
    }
  if (to >= 0)
    H5Aclose (to);
  if (space >= 0)
    H5Sclose (space);
  if (type >= 0)
    H5Tclose (type);
  if (from >= 0)
    H5Aclose (from);
  return result;
}

static gboolean
create_column (TfvColumnWriter *self, hid_t group, TfvColumn column, guint64 n_rows, GError **error)
{
  hsize_t  size = n_rows;
  hsize_t  max_size = H5S_UNLIMITED;
  hsize_t  chunk = tfv_column_get_chunk_rows (column);
  hid_t    type = tfv_column_create_file_type (column);
  hid_t    space = H5Screate_simple (1, &size, &max_size);
  hid_t    dcpl = H5Pcreate (H5P_DATASET_CREATE);
  gboolean is_created = TRUE;

  H5Pset_chunk (dcpl, 1, &chunk);
  H5Pset_shuffle (dcpl);
  H5Pset_deflate (dcpl, DEFLATE_LEVEL);
  H5Pset_attr_phase_change (dcpl, MAX_COMPACT, MAX_COMPACT - 1);
  self->ids[column] = H5Dcreate2 (group, tfv_column_get_name (column), type, space, H5P_DEFAULT, dcpl, H5P_DEFAULT);
  if (self->ids[column] < 0)
    is_created = fail (self, error, "cannot create a column");
  H5Pclose (dcpl);
  H5Sclose (space);
  H5Tclose (type);
  return is_created;
}

static gboolean
build (TfvColumnWriter *self, hid_t source, const guint64 n_rows[TFV_N_COLUMNS], GError **error)
{
  hid_t    gcpl;
  hid_t    group;
  gboolean is_built = TRUE;

  if (!create_file (self, error))
    return FALSE;
  if (H5Aiterate2 (source, H5_INDEX_NAME, H5_ITER_NATIVE, NULL, copy_attribute, &self->file) < 0)
    return fail (self, error, "cannot write the attributes");

  gcpl = H5Pcreate (H5P_GROUP_CREATE);
  H5Pset_link_phase_change (gcpl, MAX_COMPACT, MAX_COMPACT - 1);
  group = H5Gcreate2 (self->file, TFV_COLUMN_GROUP, H5P_DEFAULT, gcpl, H5P_DEFAULT);
  if (group < 0)
    is_built = fail (self, error, "cannot create the group of columns");
  for (guint i = 0; i < TFV_N_COLUMNS && is_built; i++)
    is_built = create_column (self, group, (TfvColumn) i, n_rows[i], error);
  if (group >= 0)
    H5Gclose (group);
  H5Pclose (gcpl);
  return is_built;
}

/* Makes a file with the attributes of @source and columns of so many rows. */
TfvColumnWriter *
tfv_column_writer_create (const char *path, TfvEventFile *source, const guint64 n_rows[TFV_N_COLUMNS], GError **error)
{
  TfvColumnWriter *self = g_new0 (TfvColumnWriter, 1);
  gboolean         is_built;

  self->path = g_strdup (path);
  self->file = H5I_INVALID_HID;
  for (guint i = 0; i < TFV_N_COLUMNS; i++)
    self->ids[i] = H5I_INVALID_HID;
  tfv_hdf5_lock ();
  is_built = build (self, tfv_event_file_get_id (source), n_rows, error);
  tfv_hdf5_unlock ();
  if (is_built)
    return self;
  tfv_column_writer_free (self);
  return NULL;
}

/* A dataset of events as it is in a file that is written live, for so many rows. */
static hid_t
create_dataset (TfvColumnWriter *self, TfvEventDataset which, guint64 n_rows)
{
  hsize_t size = n_rows;
  hsize_t max_size = H5S_UNLIMITED;
  hsize_t chunk = tfv_event_dataset_get_chunk_rows (which);
  hid_t   type = tfv_event_dataset_create_file_type (which);
  hid_t   space = H5Screate_simple (1, &size, &max_size);
  hid_t   dcpl = H5Pcreate (H5P_DATASET_CREATE);
  hid_t   id;

  H5Pset_chunk (dcpl, 1, &chunk);
  H5Pset_fill_time (dcpl, H5D_FILL_TIME_NEVER);
  H5Pset_attr_phase_change (dcpl, MAX_COMPACT, MAX_COMPACT - 1);
  id = H5Dcreate2 (self->file, tfv_event_dataset_get_name (which), type, space, H5P_DEFAULT, dcpl, H5P_DEFAULT);
  H5Pclose (dcpl);
  H5Sclose (space);
  H5Tclose (type);
  return id;
}

static gboolean
write_rows (hid_t id, hid_t memory_type, hsize_t start, hsize_t n_rows, gconstpointer rows)
{
  hid_t    file_space = H5Dget_space (id);
  hid_t    memory_space = H5Screate_simple (1, &n_rows, NULL);
  gboolean is_written = H5Sselect_hyperslab (file_space, H5S_SELECT_SET, &start, NULL, &n_rows, NULL) >= 0 &&
                        H5Dwrite (id, memory_type, memory_space, file_space, H5P_DEFAULT, rows) >= 0;

  H5Sclose (memory_space);
  H5Sclose (file_space);
  return is_written;
}

static gboolean
copy_dataset (TfvColumnWriter *self, TfvEventFile *source, TfvEventDataset which, gpointer block, GCancellable *cancellable, GError **error)
{
  guint64  n_rows = tfv_event_file_get_n_rows (source, which);
  gsize    block_rows = COPY_BYTES / tfv_event_dataset_get_row_bytes (which);
  hid_t    id, memory_type;
  gboolean is_copied = TRUE;

  tfv_hdf5_lock ();
  memory_type = tfv_event_dataset_create_memory_type (which);
  id = create_dataset (self, which, n_rows);
  if (id < 0)
    is_copied = fail (self, error, "cannot create a dataset");
  tfv_hdf5_unlock ();

  for (guint64 row = 0; row < n_rows && is_copied; row += block_rows)
    {
      gsize n = MIN (n_rows - row, block_rows);

      is_copied = !g_cancellable_set_error_if_cancelled (cancellable, error) && tfv_event_file_read (source, which, row, n, block, error);
      if (!is_copied)
        break;
      tfv_hdf5_lock ();
      if (!write_rows (id, memory_type, row, n, block))
        is_copied = fail (self, error, "cannot be written");
      tfv_hdf5_unlock ();
    }

  tfv_hdf5_lock ();
  if (id >= 0 && H5Dclose (id) < 0 && is_copied)
    is_copied = fail (self, error, "cannot be written");
  H5Tclose (memory_type);
  tfv_hdf5_unlock ();
  return is_copied;
}

/* Copies what is not in columns: everything but the scalars. */
gboolean
tfv_column_writer_copy_rows (TfvColumnWriter *self, TfvEventFile *source, GCancellable *cancellable, GError **error)
{
  g_autofree gpointer block = g_malloc (COPY_BYTES);

  for (guint i = 0; i < TFV_N_EVENT_DATASETS; i++)
    if (i != TFV_EVENT_SCALARS && tfv_event_dataset_get_first_minor ((TfvEventDataset) i) <= tfv_event_file_get_version_minor (source) &&
        !copy_dataset (self, source, (TfvEventDataset) i, block, cancellable, error))
      return FALSE;
  return TRUE;
}

/* Packs and writes a chunk of a column, whole: rows beyond the column's end count
 * for nothing. Any thread, with a codec of its own. */
gboolean
tfv_column_writer_write_chunk (TfvColumnWriter *self, TfvColumnCodec *codec, TfvColumn column, guint64 chunk, gconstpointer rows, GError **error)
{
  gsize         n_packed;
  guint32       filter_mask;
  gconstpointer packed = tfv_column_codec_pack (codec, rows, tfv_column_get_chunk_rows (column), tfv_column_get_row_bytes (column), &n_packed, &filter_mask);
  hsize_t       offset = chunk * tfv_column_get_chunk_rows (column);
  gboolean      is_written = TRUE;

  tfv_hdf5_lock ();
  if (H5Dwrite_chunk (self->ids[column], H5P_DEFAULT, filter_mask, &offset, n_packed, packed) < 0)
    is_written = fail (self, error, "cannot be written");
  tfv_hdf5_unlock ();
  return is_written;
}

typedef struct
{
  TfvColumnWriter *writer;
  TfvColumn        column;
  const guint8    *rows;
  guint64          n_rows;
  GError          *errors[TFV_N_WORKERS];
} WriteAll;

static gboolean
write_task (gsize task, guint worker, gpointer data)
{
  WriteAll                  *job = data;
  gsize                      row_bytes = tfv_column_get_row_bytes (job->column);
  gsize                      chunk_rows = tfv_column_get_chunk_rows (job->column);
  guint64                    n = MIN (chunk_rows, job->n_rows - task * chunk_rows);
  g_autoptr (TfvColumnCodec) codec = tfv_column_codec_new ();
  g_autofree guint8         *padded = NULL;
  const guint8              *rows = job->rows + task * chunk_rows * row_bytes;

  if (n < chunk_rows)
    {
      padded = g_malloc0 (chunk_rows * row_bytes);
      memcpy (padded, rows, n * row_bytes);
      rows = padded;
    }
  return tfv_column_writer_write_chunk (job->writer, codec, job->column, task, rows, &job->errors[worker]);
}

/* Writes all rows of a column, on two threads. */
gboolean
tfv_column_writer_write_all (TfvColumnWriter *self, TfvColumn column, gconstpointer rows, guint64 n_rows, GError **error)
{
  WriteAll job = { self, column, rows, n_rows, { NULL } };
  gsize    chunk_rows = tfv_column_get_chunk_rows (column);
  gboolean is_written = tfv_work_run ((n_rows + chunk_rows - 1) / chunk_rows, write_task, &job);

  return tfv_work_end (is_written, job.errors, error);
}

/* Sees to it that everything is in the file, as far as HDF5 goes. */
gboolean
tfv_column_writer_close (TfvColumnWriter *self, GError **error)
{
  gboolean is_closed = TRUE;

  tfv_hdf5_lock ();
  for (guint i = 0; i < TFV_N_COLUMNS; i++)
    {
      if (self->ids[i] >= 0 && H5Dclose (self->ids[i]) < 0 && is_closed)
        is_closed = fail (self, error, "cannot be written");
      self->ids[i] = H5I_INVALID_HID;
    }
  if (self->file >= 0 && (H5Fflush (self->file, H5F_SCOPE_LOCAL) < 0 || H5Fclose (self->file) < 0) && is_closed)
    is_closed = fail (self, error, "cannot be written");
  self->file = H5I_INVALID_HID;
  tfv_hdf5_unlock ();
  return is_closed;
}

void
tfv_column_writer_free (TfvColumnWriter *self)
{
  tfv_column_writer_close (self, NULL);
  g_free (self->path);
  g_free (self);
}
