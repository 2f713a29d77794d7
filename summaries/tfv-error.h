/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "summaries/tfv-macros.h"

G_BEGIN_DECLS

/**
 * TfvStoreError:
 * @TFV_STORE_ERROR_FORMAT: the file is of no format that can be read
 * @TFV_STORE_ERROR_CORRUPT: the file is damaged
 * @TFV_STORE_ERROR_VERSION: the file is of a newer major version
 * @TFV_STORE_ERROR_IO: the system refused to read or write
 * @TFV_STORE_ERROR_CLOSED: the writer was closed
 *
 * What can go wrong with the event store. A message is one line that names the
 * file and, where there is one, the place in it.
 */
typedef enum
{
  TFV_STORE_ERROR_FORMAT,
  TFV_STORE_ERROR_CORRUPT,
  TFV_STORE_ERROR_VERSION,
  TFV_STORE_ERROR_IO,
  TFV_STORE_ERROR_CLOSED,
} TfvStoreError;

#define TFV_STORE_ERROR (tfv_store_error_quark ())

TFV_PUBLIC
GQuark tfv_store_error_quark (void);

G_END_DECLS
