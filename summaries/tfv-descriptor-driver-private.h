/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <hdf5.h>

G_BEGIN_DECLS

/* Makes a file access list open one file: that of a descriptor, for reading.
 * Under the lock of HDF5. */
gboolean tfv_descriptor_driver_set (hid_t fapl, int fd, guint64 least_bytes);

G_END_DECLS
