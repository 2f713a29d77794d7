/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-engine-error.h"

/**
 * tfv_engine_error_quark:
 *
 * The domain of the errors of the engine.
 *
 * Returns: the quark
 */
GQuark
tfv_engine_error_quark (void)
{
  return g_quark_from_static_string ("tfv-engine-error-quark");
}
