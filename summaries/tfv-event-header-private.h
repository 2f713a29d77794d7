/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/tfv-event-layout-private.h"

G_BEGIN_DECLS

/* What an event file says of itself and of its datasets, believed as far as it can
 * be. Called with the lock of HDF5. */

#define TFV_EVENT_MAX_STRING_BYTES 64

gboolean    tfv_event_read_string (hid_t file, const char *name, char text[TFV_EVENT_MAX_STRING_BYTES]);
gboolean    tfv_event_read_integer (hid_t file, const char *name, gint64 *value);
const char *tfv_event_dataset_find_fault (hid_t dataset, TfvEventDataset which);

G_END_DECLS
