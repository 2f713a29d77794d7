/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "summaries/tfv-macros.h"

G_BEGIN_DECLS

TFV_PUBLIC
GBytes *tfv_png_encode (GBytes *pixels, guint width, guint height, guint n_channels, GError **error);

G_END_DECLS
