/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-error.h"

/**
 * tfv_store_error_quark:
 *
 * The domain of the errors of the event store.
 *
 * Returns: the quark
 */
G_DEFINE_QUARK (tfv - store - error - quark, tfv_store_error)
