/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A driver of HDF5's for reading a file whose descriptor is given. It opens no
 * file by name: what an external link or a virtual dataset leads to is opened
 * with the properties of the file that it stands in, and gets no descriptor. */

#include "summaries/tfv-descriptor-driver-private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "summaries/tfv-input-file-private.h"

/* A number of the range that is left for drivers of nobody's. */
#define DRIVER_VALUE 511

/* What an access list holds. Files that are shorter than the format says, cut
 * off in a copy perhaps, look as if zeros followed. */
typedef struct
{
  int     fd;
  guint64 least_bytes;
} Given;

typedef struct
{
  H5FD_t  parent;
  int     fd;
  haddr_t eoa;
  haddr_t eof;
} File;

static H5FD_t *
driver_open (const char *name, unsigned flags, hid_t fapl, haddr_t maxaddr)
{
  const Given *given = H5Pget_driver_info (fapl);
  struct stat  status;
  File        *file;
  int          fd;

  if (given == NULL || (flags & (H5F_ACC_RDWR | H5F_ACC_TRUNC | H5F_ACC_CREAT)) != 0)
    return NULL;
  fd = fcntl (given->fd, F_DUPFD_CLOEXEC, 0);
  if (fd < 0 || !tfv_input_file_stat_fd (fd, &status))
    {
      if (fd >= 0)
        close (fd);
      return NULL;
    }
  file = g_new0 (File, 1);
  file->fd = fd;
  file->eof = MAX ((haddr_t) status.st_size, given->least_bytes);
  return &file->parent;
}

static herr_t
driver_close (H5FD_t *parent)
{
  File *file = (File *) parent;

  close (file->fd);
  g_free (file);
  return 0;
}

static herr_t
driver_query (const H5FD_t *parent, unsigned long *flags)
{
  *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE | H5FD_FEAT_AGGREGATE_SMALLDATA | H5FD_FEAT_SUPPORTS_SWMR_IO;
  return 0;
}

static haddr_t
driver_get_eoa (const H5FD_t *parent, H5FD_mem_t type)
{
  return ((const File *) parent)->eoa;
}

static herr_t
driver_set_eoa (H5FD_t *parent, H5FD_mem_t type, haddr_t address)
{
  ((File *) parent)->eoa = address;
  return 0;
}

static haddr_t
driver_get_eof (const H5FD_t *parent, H5FD_mem_t type)
{
  return ((const File *) parent)->eof;
}

static herr_t
driver_get_handle (H5FD_t *parent, hid_t fapl, void **handle)
{
  *handle = &((File *) parent)->fd;
  return 0;
}

/* What this thread puts off: reads of data into this piece of memory. */
static __thread struct
{
  GArray *reads;
  guint8 *first;
  guint8 *end;
} deferred;

/* From now on, on this thread, reads of data straight into the @n_bytes from @first
 * on are only noted in @reads, an array of TfvDeferredRead: they are then made
 * without the lock of HDF5. NULL ends that. */
void
tfv_descriptor_driver_defer (GArray *reads, gpointer first, gsize n_bytes)
{
  deferred.reads = reads;
  deferred.first = first;
  deferred.end = (guint8 *) first + n_bytes;
}

/* Makes a read; what is beyond the file's end is zeros. Any thread, while the file is
 * open. */
gboolean
tfv_descriptor_driver_read (const TfvDeferredRead *read)
{
  guint8 *at = read->target;
  guint64 address = read->address;
  gsize   size = read->n_bytes;

  tfv_input_file_note (address);
  while (size > 0)
    {
      ssize_t n = pread (read->fd, at, size, (off_t) address);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return FALSE;
      if (n == 0)
        {
          memset (at, 0, size);
          break;
        }
      at += n;
      address += (guint64) n;
      size -= (gsize) n;
    }
  return TRUE;
}

static herr_t
driver_read (H5FD_t *parent, H5FD_mem_t type, hid_t dxpl, haddr_t address, size_t size, void *buffer)
{
  TfvDeferredRead read = { ((File *) parent)->fd, address, size, buffer };

  if (address > G_MAXINT64 || size > G_MAXINT64 - address)
    return -1;
  if (deferred.reads != NULL && type == H5FD_MEM_DRAW && read.target >= deferred.first && read.target < deferred.end && size <= (gsize) (deferred.end - read.target))
    {
      g_array_append_val (deferred.reads, read);
      return 0;
    }
  return tfv_descriptor_driver_read (&read) ? 0 : -1;
}

static herr_t
driver_write (H5FD_t *parent, H5FD_mem_t type, hid_t dxpl, haddr_t address, size_t size, const void *buffer)
{
  return -1;
}

static const H5FD_class_t driver_class = {
#if H5_VERSION_GE(1, 13, 2)
  .version = H5FD_CLASS_VERSION,
  .value = DRIVER_VALUE,
#endif
  .name = "tfv-descriptor",
  .maxaddr = G_MAXINT64,
  .fc_degree = H5F_CLOSE_STRONG,
  .fapl_size = sizeof (Given),
  .open = driver_open,
  .close = driver_close,
  .query = driver_query,
  .get_eoa = driver_get_eoa,
  .set_eoa = driver_set_eoa,
  .get_eof = driver_get_eof,
  .get_handle = driver_get_handle,
  .read = driver_read,
  .write = driver_write,
  .fl_map = H5FD_FLMAP_DICHOTOMY,
};

/* Whoever opens a file with @fapl gets that of @fd, which may be closed after
 * that; it counts as at least @least_bytes long. */
gboolean
tfv_descriptor_driver_set (hid_t fapl, int fd, guint64 least_bytes)
{
  static hid_t driver = H5I_INVALID_HID;
  const Given  given = { fd, least_bytes };

  if (driver < 0)
    driver = H5FDregister (&driver_class);
  return driver >= 0 && H5Pset_driver (fapl, driver, &given) >= 0;
}
