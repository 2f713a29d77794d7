/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/tfv-histogram.h"

G_BEGIN_DECLS

GByteArray *tfv_histogram_encode (const TfvHistogram *self, gsize n_buckets, const double *limits, const double *counts);

G_END_DECLS
