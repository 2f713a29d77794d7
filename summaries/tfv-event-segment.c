/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-event-segment-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"
#include "summaries/tfv-error.h"
#include "summaries/tfv-event-owner-private.h"
#include "summaries/tfv-hdf5-private.h"

/* Attributes and links stay in the root's object header, however many: a heap
 * for them would be one more structure that a reader has to trust. */
#define MAX_COMPACT 64
#define PAGE_BYTES 4096

typedef struct
{
  hid_t    id;
  hid_t    memory_type;
  guint64  n_rows;
  gboolean is_dirty;
} Dataset;

struct _TfvEventSegment
{
  char    *path;
  hid_t    file;
  int      fd; /* HDF5's */
  gboolean is_name_synced;
  Dataset  datasets[TFV_N_EVENT_DATASETS];
};

static gboolean
fail (TfvEventSegment *self, GError **error, const char *what)
{
  g_autofree char *reason = tfv_hdf5_dup_error ();

  g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_IO, "%s: %s: %s", self->path, what, reason);
  return FALSE;
}

/* The host's name is a part of a file name whose parts are set apart by dots. */
static char *
dup_file_name (const TfvEventSource *source, gint64 now_ns)
{
  g_autofree char *host = g_strdup (source->host);

  g_strcanon (host, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_", '-');

  return g_strdup_printf ("events.%s.%d.%" G_GINT64_FORMAT TFV_EVENT_SUFFIX, *host != '\0' ? host : "localhost", (int) source->pid, now_ns);
}

static gboolean
write_attribute (hid_t file, const char *name, hid_t file_type, hid_t memory_type, gconstpointer value)
{
  hid_t    space = H5Screate (H5S_SCALAR);
  hid_t    attribute = H5Acreate2 (file, name, file_type, space, H5P_DEFAULT, H5P_DEFAULT);
  gboolean is_written = attribute >= 0 && H5Awrite (attribute, memory_type, value) >= 0;

  if (attribute >= 0)
    H5Aclose (attribute);
  H5Sclose (space);

  return is_written;
}

static gboolean
write_string_attribute (hid_t file, const char *name, const char *value)
{
  hid_t    type = H5Tcopy (H5T_C_S1);
  gboolean is_written;

  H5Tset_size (type, strlen (value) + 1);
  H5Tset_cset (type, H5T_CSET_UTF8);
  is_written = write_attribute (file, name, type, type, value);
  H5Tclose (type);

  return is_written;
}

static gboolean
write_int64_attribute (hid_t file, const char *name, gint64 value)
{
  return write_attribute (file, name, H5T_STD_I64LE, H5T_NATIVE_INT64, &value);
}

static gboolean
write_uint32_attribute (hid_t file, const char *name, guint32 value)
{
  return write_attribute (file, name, H5T_STD_U32LE, H5T_NATIVE_UINT32, &value);
}

static gboolean
write_attributes (hid_t file, const TfvEventSource *source, guint32 number)
{
  return write_string_attribute (file, "format", TFV_EVENT_FORMAT_NAME) &&
         write_uint32_attribute (file, "version_major", TFV_EVENT_VERSION_MAJOR) &&
         write_uint32_attribute (file, "version_minor", TFV_EVENT_VERSION_MINOR) &&
         write_string_attribute (file, "writer", "tfview " TFV_VERSION) &&
         write_string_attribute (file, "uuid", source->uuid) &&
         write_uint32_attribute (file, "segment", number) &&
         write_string_attribute (file, "host", source->host) &&
         write_int64_attribute (file, "pid", source->pid) &&
         write_int64_attribute (file, "start_wall_ns", source->start_wall_ns) &&
         write_int64_attribute (file, "start_monotonic_ns", source->start_monotonic_ns) &&
         write_string_attribute (file, "span_clock", "CLOCK_MONOTONIC");
}

static gboolean
create_file (TfvEventSegment *self, const char *path, GError **error)
{
  hid_t    fapl = H5Pcreate (H5P_FILE_ACCESS);
  hid_t    fcpl = H5Pcreate (H5P_FILE_CREATE);
  void    *handle = NULL;
  gboolean is_created = TRUE;

  H5Pset_libver_bounds (fapl, H5F_LIBVER_V110, H5F_LIBVER_V110);
  /* No chunk cache: a cached chunk is written whole at every flush. It is set
   * here and not on the datasets, whose own setting SWMR forgets. */
  H5Pset_cache (fapl, 0, 0, 0, 0);
  H5Pset_fclose_degree (fapl, H5F_CLOSE_STRONG);
  /* Nobody else writes a file of this name, and a reader that holds a lock must
   * not be able to stop a training run. */
  H5Pset_file_locking (fapl, FALSE, TRUE);
  H5Pset_file_space_strategy (fcpl, H5F_FSPACE_STRATEGY_PAGE, FALSE, 1);
  H5Pset_file_space_page_size (fcpl, PAGE_BYTES);
  H5Pset_attr_phase_change (fcpl, MAX_COMPACT, MAX_COMPACT - 1);
  H5Pset_link_phase_change (fcpl, MAX_COMPACT, MAX_COMPACT - 1);

  self->file = H5Fcreate (path, H5F_ACC_TRUNC, fcpl, fapl);
  /* Asked at once: the next call of HDF5 forgets why. */
  if (self->file < 0)
    is_created = fail (self, error, "cannot create the file");
  else if (H5Fget_vfd_handle (self->file, fapl, &handle) >= 0)
    tfv_event_owner_claim (*(const int *) handle);
  H5Pclose (fcpl);
  H5Pclose (fapl);

  return is_created;
}

static gboolean
create_dataset (TfvEventSegment *self, TfvEventDataset which, GError **error)
{
  Dataset *dataset = &self->datasets[which];
  hsize_t  size = 0;
  hsize_t  max_size = H5S_UNLIMITED;
  hsize_t  chunk = tfv_event_dataset_get_chunk_rows (which);
  hid_t    type = tfv_event_dataset_create_file_type (which);
  hid_t    space = H5Screate_simple (1, &size, &max_size);
  hid_t    dcpl = H5Pcreate (H5P_DATASET_CREATE);
  gboolean is_created = TRUE;

  H5Pset_chunk (dcpl, 1, &chunk);
  H5Pset_fill_time (dcpl, H5D_FILL_TIME_NEVER);
  H5Pset_attr_phase_change (dcpl, MAX_COMPACT, MAX_COMPACT - 1);

  dataset->memory_type = tfv_event_dataset_create_memory_type (which);
  dataset->id = H5Dcreate2 (self->file, tfv_event_dataset_get_name (which), type, space, H5P_DEFAULT, dcpl, H5P_DEFAULT);
  if (dataset->id < 0)
    is_created = fail (self, error, "cannot create a dataset");

  H5Pclose (dcpl);
  H5Sclose (space);
  H5Tclose (type);

  return is_created;
}

/* What HDF5 writes to; its default driver keeps nothing back. */
static gboolean
find_descriptor (TfvEventSegment *self, GError **error)
{
  void *handle = NULL;

  if (H5Fget_vfd_handle (self->file, H5P_DEFAULT, &handle) < 0 || handle == NULL)
    return fail (self, error, "has no descriptor");

  self->fd = *(int *) handle;
  return TRUE;
}

/* Everything that SWMR forbids later is made before it starts, under a name that
 * no reader looks at. */
static gboolean
build (TfvEventSegment *self, const TfvEventSource *source, guint32 number, const char *temporary, GError **error)
{
  if (!create_file (self, temporary, error) || !find_descriptor (self, error))
    return FALSE;

  if (!write_attributes (self->file, source, number))
    return fail (self, error, "cannot write the attributes");

  for (guint i = 0; i < TFV_N_EVENT_DATASETS; i++)
    {
      if (!create_dataset (self, (TfvEventDataset) i, error))
        return FALSE;
    }

  if (H5Fstart_swmr_write (self->file) < 0)
    return fail (self, error, "cannot start SWMR writing");

  if (g_rename (temporary, self->path) != 0)
    {
      g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_IO, "%s: cannot be named: %s", self->path, g_strerror (errno));
      return FALSE;
    }

  return TRUE;
}

/* HDF5 says little about why a file can't be made; the system says it well. */
static gboolean
claim_name (const char *path, const char *temporary, GError **error)
{
  int fd = open (temporary, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);

  if (fd < 0)
    {
      g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_IO, "%s: cannot create the file: %s", path, g_strerror (errno));
      return FALSE;
    }

  close (fd);
  return TRUE;
}

/* Lets go of a file that nobody will ever see, whatever HDF5 makes of it. */
void
tfv_event_segment_discard (TfvEventSegment *self)
{
  tfv_hdf5_lock ();
  for (guint i = 0; i < TFV_N_EVENT_DATASETS; i++)
    {
      if (self->datasets[i].memory_type >= 0)
        H5Tclose (self->datasets[i].memory_type);
    }
  if (self->file >= 0)
    H5Fclose (self->file);
  tfv_hdf5_unlock ();

  tfv_event_segment_abandon (self);
}

TfvEventSegment *
tfv_event_segment_create (const TfvEventSource *source, guint32 number, GError **error)
{
  TfvEventSegment *self = g_new0 (TfvEventSegment, 1);
  g_autofree char *name = dup_file_name (source, g_get_real_time () * 1000);
  g_autofree char *temporary = NULL;
  gboolean         is_built;

  self->path = g_build_filename (source->directory, name, NULL);
  self->file = H5I_INVALID_HID;
  for (guint i = 0; i < TFV_N_EVENT_DATASETS; i++)
    self->datasets[i].id = self->datasets[i].memory_type = H5I_INVALID_HID;

  temporary = g_strconcat (self->path, ".tmp", NULL);
  if (!claim_name (self->path, temporary, error))
    {
      tfv_event_segment_abandon (self);
      return NULL;
    }

  tfv_hdf5_lock ();
  is_built = build (self, source, number, temporary, error);
  tfv_hdf5_unlock ();

  if (!is_built)
    {
      g_unlink (temporary);
      tfv_event_segment_discard (self);
      return NULL;
    }

  return self;
}

static gboolean
append_locked (TfvEventSegment *self, Dataset *dataset, gconstpointer rows, gsize n_rows, GError **error)
{
  hsize_t  start = dataset->n_rows;
  hsize_t  count = n_rows;
  hsize_t  size = start + count;
  hid_t    file_space;
  hid_t    memory_space;
  gboolean is_written;

  if (H5Dset_extent (dataset->id, &size) < 0)
    return fail (self, error, "cannot grow");

  file_space = H5Screate_simple (1, &size, NULL);
  memory_space = H5Screate_simple (1, &count, NULL);
  H5Sselect_hyperslab (file_space, H5S_SELECT_SET, &start, NULL, &count, NULL);
  is_written = H5Dwrite (dataset->id, dataset->memory_type, memory_space, file_space, H5P_DEFAULT, rows) >= 0;
  if (!is_written)
    fail (self, error, "cannot be written");
  H5Sclose (memory_space);
  H5Sclose (file_space);

  return is_written;
}

/* Appends rows as they lie in memory. After an error the segment may only be
 * abandoned. */
gboolean
tfv_event_segment_append (TfvEventSegment *self, TfvEventDataset which, gconstpointer rows, gsize n_rows, GError **error)
{
  Dataset *dataset = &self->datasets[which];
  gboolean is_written;

  if (n_rows == 0)
    return TRUE;

  tfv_hdf5_lock ();
  is_written = append_locked (self, dataset, rows, n_rows, error);
  tfv_hdf5_unlock ();

  dataset->n_rows += n_rows;
  dataset->is_dirty = TRUE;

  return is_written;
}

/* Makes everything appended visible to readers. The order is that of
 * TfvEventDataset. H5Fflush comes last and always: H5Dflush alone leaves a
 * superblock that ends the file before its data, and repair tools cut it there. */
gboolean
tfv_event_segment_flush (TfvEventSegment *self, GError **error)
{
  gboolean is_flushed = TRUE;

  tfv_hdf5_lock ();
  for (guint i = 0; i < TFV_N_EVENT_DATASETS && is_flushed; i++)
    {
      if (self->datasets[i].is_dirty && H5Dflush (self->datasets[i].id) < 0)
        is_flushed = fail (self, error, "cannot be flushed");
      self->datasets[i].is_dirty = FALSE;
    }
  if (is_flushed && H5Fflush (self->file, H5F_SCOPE_LOCAL) < 0)
    is_flushed = fail (self, error, "cannot be flushed");
  tfv_hdf5_unlock ();

  return is_flushed;
}

/* The name of a new file is on the disk only when its folder is. */
static gboolean
sync_name (TfvEventSegment *self)
{
  g_autofree char *folder = g_path_get_dirname (self->path);
  int              fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean         is_synced = fd >= 0 && (fsync (fd) == 0 || errno == EINVAL);

  if (fd >= 0)
    close (fd);

  return is_synced;
}

/* Waits until the disk has everything that was written to the file. */
gboolean
tfv_event_segment_sync (TfvEventSegment *self, GError **error)
{
  if (fdatasync (self->fd) == 0 && (self->is_name_synced || sync_name (self)))
    {
      self->is_name_synced = TRUE;
      return TRUE;
    }

  g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_IO, "%s: cannot be synced: %s", self->path, g_strerror (errno));
  return FALSE;
}

/* Whether the file has no name any more, neither its own nor another. */
gboolean
tfv_event_segment_is_removed (TfvEventSegment *self)
{
  struct stat status;

  return fstat (self->fd, &status) == 0 && status.st_nlink == 0;
}

static void
free_memory (TfvEventSegment *self)
{
  g_free (self->path);
  g_free (self);
}

/* Closes a segment in which nothing failed, and frees it. */
gboolean
tfv_event_segment_close (TfvEventSegment *self, GError **error)
{
  gboolean is_closed = TRUE;

  tfv_hdf5_lock ();
  for (guint i = 0; i < TFV_N_EVENT_DATASETS; i++)
    {
      H5Tclose (self->datasets[i].memory_type);
      is_closed = H5Dclose (self->datasets[i].id) >= 0 && is_closed;
    }
  is_closed = H5Fclose (self->file) >= 0 && is_closed;
  if (!is_closed)
    fail (self, error, "cannot be closed");
  tfv_hdf5_unlock ();

  free_memory (self);
  return is_closed;
}

/* Frees the memory and leaves the file as it is, open: closing or flushing after
 * a failed write would let HDF5 put down extents whose rows never landed. */
void
tfv_event_segment_abandon (TfvEventSegment *self)
{
  free_memory (self);
}

const char *
tfv_event_segment_get_path (TfvEventSegment *self)
{
  return self->path;
}

guint64
tfv_event_segment_get_n_rows (TfvEventSegment *self, TfvEventDataset dataset)
{
  return self->datasets[dataset].n_rows;
}

gboolean
tfv_event_segment_is_dirty (TfvEventSegment *self)
{
  for (guint i = 0; i < TFV_N_EVENT_DATASETS; i++)
    {
      if (self->datasets[i].is_dirty)
        return TRUE;
    }

  return FALSE;
}
