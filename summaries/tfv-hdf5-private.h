/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

void  tfv_hdf5_lock (void);
void  tfv_hdf5_unlock (void);
char *tfv_hdf5_dup_error (void);

G_END_DECLS
