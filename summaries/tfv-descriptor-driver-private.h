/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <hdf5.h>

G_BEGIN_DECLS

/* Makes a file access list open one file: that of a descriptor, for reading.
 * Under the lock of HDF5. */
gboolean tfv_descriptor_driver_set (hid_t fapl, int fd, guint64 least_bytes);

/* A read that HDF5 asked for and that was put off. */
typedef struct
{
  int     fd;
  guint64 address;
  gsize   n_bytes;
  guint8 *target;
} TfvDeferredRead;

void     tfv_descriptor_driver_defer (GArray *reads, gpointer first, gsize n_bytes);
gboolean tfv_descriptor_driver_read (const TfvDeferredRead *read);

G_END_DECLS
