/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "summaries/tfv-macros.h"

G_BEGIN_DECLS

TFV_PUBLIC
const double *tfv_exponential_buckets_get_limits (guint *n_limits);
TFV_PUBLIC
void tfv_exponential_buckets_count (const double *values, gsize n_values, guint64 *counts);
TFV_PUBLIC
GBytes *tfv_exponential_buckets_count_bytes (GBytes *values, gboolean is_float32);

G_END_DECLS
