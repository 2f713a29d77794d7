/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/tfv-scalar-series.h"

G_BEGIN_DECLS

TFV_PUBLIC
void tfv_scalar_view_dup_columns (const TfvScalarView *view, GBytes **steps, GBytes **wall_times, GBytes **values);

G_END_DECLS
