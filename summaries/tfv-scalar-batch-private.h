/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/tfv-tag.h"

G_BEGIN_DECLS

typedef void (*TfvScalarTagFunc) (TfvTag *tag, gpointer user_data);

gboolean tfv_scalar_batch_walk (GPtrArray *tags, TfvScalarTagFunc func, gpointer user_data, GError **error);

G_END_DECLS
