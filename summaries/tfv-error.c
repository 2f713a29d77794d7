/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-error.h"

/**
 * tfv_store_error_quark:
 *
 * The domain of the errors of the event store.
 *
 * Returns: the quark
 */
GQuark
tfv_store_error_quark (void)
{
  return g_quark_from_static_string ("tfv-store-error-quark");
}
