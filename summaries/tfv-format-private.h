/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/tfv-format.h"

G_BEGIN_DECLS

/* The formats of this package, generated from the files in formats/. */
extern const TfvFormat *const tfv_formats[];

G_END_DECLS
