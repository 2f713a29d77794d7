/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/tfv-array.h"

G_BEGIN_DECLS

void tfv_array_append_json (TfvArray *self, GString *json);

G_END_DECLS
