/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-wav.h"

#include <math.h>

#define HEADER_BYTES 44
#define SAMPLE_BYTES 2
#define PCM 1

static void
append_le (GByteArray *wav, guint64 value, guint n_bytes)
{
  value = GUINT64_TO_LE (value);
  g_byte_array_append (wav, (const guint8 *) &value, n_bytes);
}

/* TensorFlow's rule: 1 is beyond the greatest sample. What is not a number is
 * silence. */
static gint16
to_sample (float amplitude)
{
  float scaled = roundf (amplitude * 32768.0f);

  return isnan (scaled) ? 0 : (gint16) CLAMP (scaled, (float) G_MININT16, (float) G_MAXINT16);
}

/**
 * tfv_wav_encode: (skip)
 * @samples: @n_frames frames of @n_channels samples each, from -1 to 1; what is
 *   louder is clipped
 * @n_frames: how many frames there are
 * @n_channels: how many samples a frame has, 1 to 65535
 * @sample_rate_hz: frames a second, at least 1
 *
 * Makes a WAV file of 16-bit samples, byte for byte as TensorFlow's AudioSummary
 * makes it. Together the samples take no more than 2 GiB. Any thread.
 *
 * Returns: (transfer full): the file
 */
GBytes *
tfv_wav_encode (const float *samples, gsize n_frames, guint n_channels, guint sample_rate_hz)
{
  gsize       n_data = n_frames * n_channels * SAMPLE_BYTES;
  GByteArray *wav;

  g_return_val_if_fail (n_channels > 0 && n_channels <= G_MAXUINT16 && sample_rate_hz > 0, NULL);
  g_return_val_if_fail (n_frames <= G_MAXINT32 / SAMPLE_BYTES / n_channels, NULL);

  wav = g_byte_array_sized_new ((guint) (HEADER_BYTES + n_data));
  g_byte_array_append (wav, (const guint8 *) "RIFF", 4);
  append_le (wav, HEADER_BYTES - 8 + n_data, 4);
  g_byte_array_append (wav, (const guint8 *) "WAVEfmt ", 8);
  append_le (wav, 16, 4);
  append_le (wav, PCM, 2);
  append_le (wav, n_channels, 2);
  append_le (wav, sample_rate_hz, 4);
  append_le (wav, (guint64) sample_rate_hz * n_channels * SAMPLE_BYTES, 4);
  append_le (wav, n_channels * SAMPLE_BYTES, 2);
  append_le (wav, SAMPLE_BYTES * 8, 2);
  g_byte_array_append (wav, (const guint8 *) "data", 4);
  append_le (wav, n_data, 4);
  for (gsize i = 0; i < n_frames * n_channels; i++)
    append_le (wav, (guint16) to_sample (samples[i]), SAMPLE_BYTES);

  return g_byte_array_free_to_bytes (wav);
}
