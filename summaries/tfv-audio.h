/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "summaries/tfv-macros.h"
#include "summaries/tfv-summary-writer.h"

G_BEGIN_DECLS

/**
 * TfvAudio:
 * @content_type: the MIME type, such as `audio/wav`; `""` where nothing tells it
 * @sample_rate_hz: frames a second; 0 where nothing tells it
 * @n_channels: samples a frame; 0 where nothing tells it
 * @n_frames: how long it is; 0 where nothing tells it
 * @label: what is said of it, Markdown; `""` where nothing is
 * @encoded: the clip as it was encoded
 *
 * A clip of a record. Reference counted and immutable; any thread.
 */
typedef struct
{
  char   *content_type;
  double  sample_rate_hz;
  guint   n_channels;
  guint64 n_frames;
  char   *label;
  GBytes *encoded;
} TfvAudio;

#define TFV_TYPE_AUDIO (tfv_audio_get_type ())
TFV_PUBLIC
GType tfv_audio_get_type (void) G_GNUC_CONST;
TFV_PUBLIC
TfvAudio *tfv_audio_new (GBytes *encoded);
TFV_PUBLIC
GPtrArray *tfv_audio_decode (GBytes *record, GError **error);
TFV_PUBLIC
TfvAudio *tfv_audio_ref (TfvAudio *self);
TFV_PUBLIC
void tfv_audio_unref (TfvAudio *self);

TFV_PUBLIC
void tfv_summary_writer_add_audio (TfvSummaryWriter *self, const char *tag, GBytes *encoded, const char *content_type, gint64 step);
TFV_PUBLIC
void tfv_summary_writer_add_audio_samples (TfvSummaryWriter *self, const char *tag, const float *samples, gsize n_frames, guint n_channels, double sample_rate_hz, gint64 step);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TfvAudio, tfv_audio_unref)

G_END_DECLS
