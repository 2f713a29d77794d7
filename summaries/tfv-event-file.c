/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-event-file-private.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "summaries/tfv-column-layout-private.h"
#include "summaries/tfv-crc32c-private.h"
#include "summaries/tfv-descriptor-driver-private.h"
#include "summaries/tfv-error.h"
#include "summaries/tfv-event-header-private.h"
#include "summaries/tfv-hdf5-private.h"
#include "summaries/tfv-input-file-private.h"
#include "summaries/tfv-superblock-private.h"

#define METADATA_READ_ATTEMPTS 24
#define OPEN_ATTEMPTS 3
#define OPEN_PAUSE_US 3000

/* No more than this in one call: HDF5 has one lock for the whole process. */
#define READ_BYTES (1u << 20)

/* From so many bytes on it pays to read them without that lock. */
#define LARGE_BYTES (128u << 10)

typedef struct
{
  hid_t   id;
  hid_t   memory_type;
  guint64 n_rows;
  char   *fault;
} Dataset;

struct _TfvEventFile
{
  char    *path;
  char    *notice;
  hid_t    file;
  gint64   version_minor;
  gint64   start_wall_ns;
  guint64  n_bytes;
  dev_t    device;
  ino_t    inode;
  gboolean is_compacted;
  guint    wanted;
  Dataset  datasets[TFV_N_EVENT_DATASETS];
};

G_GNUC_PRINTF (4, 5)
static gboolean
fail (TfvEventFile *self, GError **error, TfvStoreError code, const char *format, ...)
{
  g_autofree char *what = NULL;
  va_list          arguments;

  va_start (arguments, format);
  what = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  g_set_error (error, TFV_STORE_ERROR, code, "%s: %s", self->path, what);
  return FALSE;
}

static gboolean
fail_by_hdf5 (TfvEventFile *self, GError **error, const char *what)
{
  g_autofree char *reason = tfv_hdf5_dup_error ();

  return fail (self, error, TFV_STORE_ERROR_CORRUPT, "%s: %s", what, reason);
}

static gboolean
check_version (TfvEventFile *self, GError **error)
{
  char   format[TFV_EVENT_MAX_STRING_BYTES];
  gint64 major = 0;

  if (!tfv_event_read_string (self->file, "format", format) || strcmp (format, TFV_EVENT_FORMAT_NAME) != 0)
    return fail (self, error, TFV_STORE_ERROR_FORMAT, "an HDF5 file, but not one of events");
  if (!tfv_event_read_integer (self->file, "version_major", &major) || major < 1)
    return fail (self, error, TFV_STORE_ERROR_CORRUPT, "the attribute version_major is missing or damaged");
  if (major > TFV_COLUMN_VERSION_MAJOR)
    return fail (self, error, TFV_STORE_ERROR_VERSION, "is of version %" G_GINT64_FORMAT " of the format, newer than version %d, which this program reads", major, TFV_COLUMN_VERSION_MAJOR);
  self->is_compacted = major == TFV_COLUMN_VERSION_MAJOR;
  /* Without it all datasets are missed that should be there. */
  if (!tfv_event_read_integer (self->file, "version_minor", &self->version_minor))
    self->version_minor = TFV_EVENT_VERSION_MINOR;
  if (!tfv_event_read_integer (self->file, "start_wall_ns", &self->start_wall_ns))
    return fail (self, error, TFV_STORE_ERROR_CORRUPT, "the attribute start_wall_ns is missing or damaged");

  return TRUE;
}

static gboolean
open_dataset (TfvEventFile *self, TfvEventDataset which, GError **error)
{
  const char *name = tfv_event_dataset_get_name (which);
  Dataset    *dataset = &self->datasets[which];
  H5L_info_t  link;
  hid_t       id;
  const char *fault;

  /* A soft or an external link would lead elsewhere, perhaps to another file. */
  if (H5Lget_info (self->file, name, &link, H5P_DEFAULT) < 0)
    return fail (self, error, TFV_STORE_ERROR_CORRUPT, "the dataset /%s is missing", name);
  if (link.type != H5L_TYPE_HARD)
    return fail (self, error, TFV_STORE_ERROR_CORRUPT, "a link is in the place of the dataset /%s, and is not followed", name);

  id = H5Dopen2 (self->file, name, H5P_DEFAULT);
  if (id < 0)
    return fail_by_hdf5 (self, error, "a dataset cannot be opened");

  fault = tfv_event_dataset_find_fault (id, which);
  if (fault != NULL)
    {
      H5Dclose (id);
      return fail (self, error, TFV_STORE_ERROR_CORRUPT, "the dataset /%s cannot be read: %s", name, fault);
    }

  dataset->id = id;
  dataset->memory_type = tfv_event_dataset_create_memory_type (which);
  return TRUE;
}

/* What HDF5 is to open. */
typedef struct
{
  TfvSuperblock superblock;
  guint64       n_bytes;
  dev_t         device;
  ino_t         inode;
  gboolean      is_cut_off;
  int           fd;
} Source;

static gboolean
open_file (TfvEventFile *self, const Source *source, GError **error)
{
  hid_t    fapl = H5Pcreate (H5P_FILE_ACCESS);
  gboolean is_open = TRUE;

  H5Pset_file_locking (fapl, FALSE, TRUE);
  H5Pset_fclose_degree (fapl, H5F_CLOSE_STRONG);
  /* A bad checksum is read again where it may be one that is being written; more
   * often than this, HDF5 waits for hours. */
  H5Pset_metadata_read_attempts (fapl, source->superblock.is_written ? METADATA_READ_ATTEMPTS : 1);
  H5Pset_cache (fapl, 0, 0, 0, 0);

  /* What is missing of a file that was cut off looks like zeros: HDF5 opens no
   * file that is shorter than it was. */
  if (tfv_descriptor_driver_set (fapl, source->fd, source->is_cut_off ? source->superblock.end_bytes : 0))
    self->file = H5Fopen (self->path, H5F_ACC_RDONLY | H5F_ACC_SWMR_READ, fapl);
  /* Asked at once: the next call of HDF5 forgets why. */
  if (self->file < 0)
    is_open = fail_by_hdf5 (self, error, "cannot be opened");
  H5Pclose (fapl);

  return is_open;
}

/* Whether a dataset is wanted, and a file of its version has it. One that is compacted
 * has its scalars in columns. */
static gboolean
has_dataset (TfvEventFile *self, TfvEventDataset which)
{
  return (self->wanted & (1u << which)) != 0 && self->version_minor >= tfv_event_dataset_get_first_minor (which) && !(self->is_compacted && which == TFV_EVENT_SCALARS);
}

/* Opens the datasets that a file of its version has; at the last attempt without
 * those that can't be. The others are of no use without the tags. */
static gboolean
open_datasets (TfvEventFile *self, gboolean is_last_attempt, GError **error)
{
  for (guint i = 0; i < TFV_N_EVENT_DATASETS; i++)
    {
      g_autoptr (GError) failure = NULL;

      if (!has_dataset (self, (TfvEventDataset) i) || open_dataset (self, (TfvEventDataset) i, &failure))
        continue;
      if (!is_last_attempt || i == TFV_EVENT_TAGS)
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return FALSE;
        }
      self->datasets[i].fault = g_strdup (failure->message);
    }

  return TRUE;
}

static gboolean
open_locked (TfvEventFile *self, const Source *source, gboolean is_last_attempt, GError **error)
{
  unsigned int plugins = 0;
  gboolean     is_open;

  /* No file makes us load code. */
  H5PLget_loading_state (&plugins);
  H5PLset_loading_state (0);

  is_open = open_file (self, source, error) && check_version (self, error) && open_datasets (self, is_last_attempt, error);

  H5PLset_loading_state (plugins);
  return is_open;
}

static gboolean
check_file (const char *path, Source *source, GError **error)
{
  struct stat status;

  source->fd = tfv_input_file_open (path);
  if (source->fd < 0 && errno == ENOTSUP)
    {
      g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_FORMAT, "%s: not a regular file", path);
      return FALSE;
    }
  if (source->fd < 0 || !tfv_input_file_stat_fd (source->fd, &status))
    {
      g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_IO, "%s: cannot be opened: %s", path, g_strerror (errno));
      return FALSE;
    }
  if (!tfv_superblock_read (path, source->fd, &source->superblock, error))
    return FALSE;

  source->n_bytes = (guint64) status.st_size;
  source->device = status.st_dev;
  source->inode = status.st_ino;
  /* One that is written is shorter than it says, at times, and may be. */
  source->is_cut_off = !source->superblock.is_written && source->n_bytes < source->superblock.end_bytes;
  return TRUE;
}

static TfvEventFile *
try_open (const char *path, const Source *source, guint wanted, gboolean is_last_attempt, GError **error)
{
  TfvEventFile *self = g_new0 (TfvEventFile, 1);
  gboolean      is_open;

  self->path = g_strdup (path);
  self->file = H5I_INVALID_HID;
  self->n_bytes = source->n_bytes;
  self->device = source->device;
  self->inode = source->inode;
  self->wanted = wanted;
  for (guint i = 0; i < TFV_N_EVENT_DATASETS; i++)
    self->datasets[i].id = self->datasets[i].memory_type = H5I_INVALID_HID;
  if (source->is_cut_off)
    self->notice = g_strdup_printf ("%s: is cut off: %" G_GUINT64_FORMAT " of its %" G_GUINT64_FORMAT " bytes are there", path, source->n_bytes, source->superblock.end_bytes);

  tfv_hdf5_lock ();
  is_open = open_locked (self, source, is_last_attempt, error);
  tfv_hdf5_unlock ();

  if (is_open && tfv_event_file_refresh (self, error))
    return self;

  tfv_event_file_close (self);
  return NULL;
}

/* Opens a file for who needs a few datasets only: a bit each of @wanted. Opening one
 * takes some time. */
TfvEventFile *
tfv_event_file_open_some (const char *path, guint wanted, GError **error)
{
  for (guint i = 1;; i++)
    {
      g_autoptr (GError) failure = NULL;
      Source             source = { .superblock.is_written = TRUE, .fd = -1 };
      TfvEventFile      *self = NULL;
      gboolean           is_last;

      if (check_file (path, &source, &failure))
        self = try_open (path, &source, wanted, !source.superblock.is_written || i == OPEN_ATTEMPTS, &failure);
      is_last = !source.superblock.is_written || i == OPEN_ATTEMPTS;
      if (source.fd >= 0)
        close (source.fd);
      if (self != NULL)
        return self;

      if (is_last || !g_error_matches (failure, TFV_STORE_ERROR, TFV_STORE_ERROR_CORRUPT))
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return NULL;
        }
      g_usleep (OPEN_PAUSE_US);
    }
}

/* Opens a file and sees what is in it now. While a file is written an attempt
 * may find it in between two states, so there are several. */
TfvEventFile *
tfv_event_file_open (const char *path, GError **error)
{
  return tfv_event_file_open_some (path, (1u << TFV_N_EVENT_DATASETS) - 1, error);
}

void
tfv_event_file_close (TfvEventFile *self)
{
  tfv_hdf5_lock ();
  for (guint i = 0; i < TFV_N_EVENT_DATASETS; i++)
    {
      if (self->datasets[i].memory_type >= 0)
        H5Tclose (self->datasets[i].memory_type);
      if (self->datasets[i].id >= 0)
        H5Dclose (self->datasets[i].id);
      g_free (self->datasets[i].fault);
    }
  if (self->file >= 0)
    H5Fclose (self->file);
  tfv_hdf5_unlock ();

  g_free (self->notice);
  g_free (self->path);
  g_free (self);
}

const char *
tfv_event_file_get_path (TfvEventFile *self)
{
  return self->path;
}

/* What is wrong with the file as a whole, though it can be read, or NULL. */
const char *
tfv_event_file_get_notice (TfvEventFile *self)
{
  return self->notice;
}

/* Why a dataset can't be read at all, or NULL. */
const char *
tfv_event_file_get_fault (TfvEventFile *self, TfvEventDataset dataset)
{
  return self->datasets[dataset].fault;
}

/* When the writer began, in nanoseconds since the UNIX epoch. */
gint64
tfv_event_file_get_start_wall_ns (TfvEventFile *self)
{
  return self->start_wall_ns;
}

/* Whether the scalars are in columns, to be read as a TfvColumnFile. */
gboolean
tfv_event_file_is_compacted (TfvEventFile *self)
{
  return self->is_compacted;
}

/* Whether it is this file that a status is of. */
gboolean
tfv_event_file_has_status (TfvEventFile *self, const struct stat *status)
{
  return self->device == status->st_dev && self->inode == status->st_ino;
}

/* The minor version of the format that the file is of. */
gint64
tfv_event_file_get_version_minor (TfvEventFile *self)
{
  return self->version_minor;
}

/* The file as HDF5 knows it. */
hid_t
tfv_event_file_get_id (TfvEventFile *self)
{
  return self->file;
}

/* How long the file was when it was opened. */
guint64
tfv_event_file_get_n_bytes (TfvEventFile *self)
{
  return self->n_bytes;
}

/* How many rows there can be: nothing is compressed, so that a file holds no
 * more of them than its size allows. An extent that says otherwise would keep a
 * reader busy with rows that are not there. */
static guint64
limit_rows (TfvEventFile *self, TfvEventDataset which, hsize_t n_rows)
{
  struct stat status;
  guint64     n_bytes = tfv_input_file_stat (self->path, &status) ? (guint64) status.st_size : 0;

  return MIN ((guint64) n_rows, n_bytes / tfv_event_dataset_get_row_bytes (which) + 1);
}

static gboolean
refresh_locked (TfvEventFile *self, TfvEventDataset which, GError **error)
{
  Dataset *dataset = &self->datasets[which];
  hsize_t  n_rows = 0;
  hid_t    space;

  if (dataset->id < 0)
    return TRUE;
  if (H5Drefresh (dataset->id) < 0)
    return fail_by_hdf5 (self, error, "cannot be refreshed");

  space = H5Dget_space (dataset->id);
  if (space < 0 || H5Sget_simple_extent_dims (space, &n_rows, NULL) != 1)
    {
      if (space >= 0)
        H5Sclose (space);
      return fail_by_hdf5 (self, error, "the size of a dataset is damaged");
    }
  H5Sclose (space);
  n_rows = limit_rows (self, which, n_rows);

  /* Rows are never taken away: a smaller extent is one that is being written. */
  dataset->n_rows = MAX (dataset->n_rows, n_rows);
  return TRUE;
}

/* Sees what was written since. What refers to something is refreshed before what
 * it refers to, so that whatever is referred to is there. */
gboolean
tfv_event_file_refresh (TfvEventFile *self, GError **error)
{
  gboolean is_fresh = TRUE;

  for (guint i = TFV_N_EVENT_DATASETS; i > 0 && is_fresh; i--)
    {
      tfv_hdf5_lock ();
      is_fresh = refresh_locked (self, (TfvEventDataset) (i - 1), error);
      tfv_hdf5_unlock ();
    }

  return is_fresh;
}

guint64
tfv_event_file_get_n_rows (TfvEventFile *self, TfvEventDataset dataset)
{
  return self->datasets[dataset].n_rows;
}

static gboolean
read_locked (TfvEventFile *self, TfvEventDataset which, hsize_t start, hsize_t count, gpointer rows, GError **error)
{
  Dataset *dataset = &self->datasets[which];
  hid_t    file_space = H5Dget_space (dataset->id);
  hid_t    memory_space = H5Screate_simple (1, &count, NULL);
  gboolean is_read;

  is_read = file_space >= 0 && H5Sselect_hyperslab (file_space, H5S_SELECT_SET, &start, NULL, &count, NULL) >= 0 &&
            H5Dread (dataset->id, dataset->memory_type, memory_space, file_space, H5P_DEFAULT, rows) >= 0;
  if (!is_read)
    fail_by_hdf5 (self, error, "cannot be read");

  H5Sclose (memory_space);
  if (file_space >= 0)
    H5Sclose (file_space);

  return is_read;
}

/* Has HDF5 find the place of rows, and reads them without its lock, so that two
 * threads don't wait for each other. FALSE where that can't be done for all of
 * them: when some were never written, for one. */
static gboolean
read_in_place (TfvEventFile *self, TfvEventDataset which, hsize_t start, hsize_t count, gpointer rows)
{
  g_autoptr (GArray) reads = g_array_new (FALSE, FALSE, sizeof (TfvDeferredRead));
  gsize              n_bytes = count * tfv_event_dataset_get_row_bytes (which);
  gsize              n_found = 0;
  gboolean           is_found;

  tfv_hdf5_lock ();
  tfv_descriptor_driver_defer (reads, rows, n_bytes);
  is_found = read_locked (self, which, start, count, rows, NULL);
  tfv_descriptor_driver_defer (NULL, NULL, 0);
  tfv_hdf5_unlock ();

  for (guint i = 0; i < reads->len; i++)
    n_found += g_array_index (reads, TfvDeferredRead, i).n_bytes;
  if (!is_found || n_found != n_bytes)
    return FALSE;
  for (guint i = 0; i < reads->len; i++)
    if (!tfv_descriptor_driver_read (&g_array_index (reads, TfvDeferredRead, i)))
      return FALSE;
  return TRUE;
}

static gboolean
read_some (TfvEventFile *self, TfvEventDataset which, hsize_t start, gsize count, gpointer rows, GError **error)
{
  gsize    n_bytes = count * tfv_event_dataset_get_row_bytes (which);
  gboolean is_read;

  if (n_bytes >= LARGE_BYTES && read_in_place (self, which, start, count, rows))
    return TRUE;

  /* HDF5 leaves alone what it finds no chunk for. */
  memset (rows, 0, n_bytes);
  tfv_hdf5_lock ();
  is_read = read_locked (self, which, start, count, rows, error);
  tfv_hdf5_unlock ();
  return is_read;
}

/* Reads rows that are there. What was never written reads as zeros. */
gboolean
tfv_event_file_read (TfvEventFile *self, TfvEventDataset which, guint64 start, gsize n_rows, gpointer rows, GError **error)
{
  gsize row_bytes = tfv_event_dataset_get_row_bytes (which);
  gsize step = READ_BYTES / row_bytes;

  if (start > self->datasets[which].n_rows || n_rows > self->datasets[which].n_rows - start)
    return fail (self, error, TFV_STORE_ERROR_CORRUPT, "/%s ends before row %" G_GUINT64_FORMAT, tfv_event_dataset_get_name (which), start + n_rows);

  for (gsize done = 0; done < n_rows; done += step)
    if (!read_some (self, which, start + done, MIN (step, n_rows - done), (guint8 *) rows + done * row_bytes, error))
      return FALSE;

  return TRUE;
}

/* Reads a blob and checks that it is what was written. */
GBytes *
tfv_event_file_read_blob (TfvEventFile *self, const TfvEventBlobRow *row, GError **error)
{
  g_autofree guint8 *bytes = NULL;

  /* The bounds are checked first: the length is what somebody's file says. */
  if (row->offset > self->datasets[TFV_EVENT_BLOBS].n_rows || row->length > self->datasets[TFV_EVENT_BLOBS].n_rows - row->offset)
    {
      fail (self, error, TFV_STORE_ERROR_CORRUPT, "the bytes of a record, %" G_GUINT64_FORMAT " at %" G_GUINT64_FORMAT " of /blobs, are not there", row->length, row->offset);
      return NULL;
    }

  bytes = g_try_malloc (MAX (row->length, 1));
  if (bytes == NULL)
    {
      fail (self, error, TFV_STORE_ERROR_IO, "no memory for a record of %" G_GUINT64_FORMAT " bytes", row->length);
      return NULL;
    }
  if (!tfv_event_file_read (self, TFV_EVENT_BLOBS, row->offset, row->length, bytes, error))
    return NULL;

  if (tfv_crc32c (0, bytes, row->length) != row->crc32c)
    {
      fail (self, error, TFV_STORE_ERROR_CORRUPT, "the record at %" G_GUINT64_FORMAT " of /blobs is damaged: its checksum is wrong", row->offset);
      return NULL;
    }

  return g_bytes_new_take (g_steal_pointer (&bytes), row->length);
}
