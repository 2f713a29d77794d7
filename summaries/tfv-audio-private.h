/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "summaries/tfv-audio.h"
#include "summaries/tfv-summary-payload-private.h"

G_BEGIN_DECLS

/* Fields of a Summary.Audio. */
enum
{
  TFV_AUDIO_SAMPLE_RATE = 1,
  TFV_AUDIO_CHANNELS = 2,
  TFV_AUDIO_FRAMES = 3,
  TFV_AUDIO_ENCODED = 4,
  TFV_AUDIO_CONTENT_TYPE = 5,
};

G_END_DECLS
