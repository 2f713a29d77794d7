/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "summaries/tfv-macros.h"

G_BEGIN_DECLS

TFV_PUBLIC
GBytes *tfv_wav_encode (const float *samples, gsize n_frames, guint n_channels, guint sample_rate_hz);

G_END_DECLS
