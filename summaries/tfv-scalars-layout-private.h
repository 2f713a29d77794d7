/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/tfv-scalars-layout.h"

G_BEGIN_DECLS

GByteArray *tfv_scalars_layout_encode (const TfvScalarsLayout *self);

G_END_DECLS
