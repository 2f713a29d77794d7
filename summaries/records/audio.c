/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>

#include "summaries/tfv-audio-private.h"
#include "summaries/tfv-record-class-private.h"
#include "summaries/tfv-wav.h"

extern const TfvRecordClass tfv_record_audio;

#define PLUGIN "audio"

/**
 * tfv_summary_writer_add_audio:
 * @self: a writer
 * @tag: name of the record, UTF-8
 * @encoded: an encoded clip
 * @content_type: (nullable): its MIME type; %NULL for that of a WAV file
 * @step: the training step
 *
 * Logs a clip, with the time of the call. It is stored as it is; its rate, channels
 * and length are told beside it where it is a WAV file. Any thread.
 */
void
tfv_summary_writer_add_audio (TfvSummaryWriter *self, const char *tag, GBytes *encoded, const char *content_type, gint64 step)
{
  g_autoptr (TfvAudio) audio = NULL;
  GByteArray          *message;

  g_return_if_fail (TFV_IS_SUMMARY_WRITER (self) && tag != NULL && encoded != NULL);

  audio = tfv_audio_new (encoded);
  message = g_byte_array_new ();
  tfv_message_add_float (message, TFV_AUDIO_SAMPLE_RATE, (float) audio->sample_rate_hz);
  tfv_message_add_varint (message, TFV_AUDIO_CHANNELS, audio->n_channels);
  tfv_message_add_varint (message, TFV_AUDIO_FRAMES, audio->n_frames);
  tfv_message_add_slice (message, TFV_AUDIO_ENCODED, tfv_slice_of_bytes (encoded));
  tfv_message_add_string (message, TFV_AUDIO_CONTENT_TYPE, content_type != NULL ? content_type : audio->content_type);
  tfv_summary_writer_add_value (self, TFV_RECORD_AUDIO, tag, step, tfv_summary_value_new (tag, TFV_VALUE_AUDIO, message, PLUGIN, NULL));
}

/**
 * tfv_summary_writer_add_audio_samples:
 * @self: a writer
 * @tag: name of the record, UTF-8
 * @samples: (array) (not nullable): @n_frames frames of @n_channels samples
 *   between -1 and 1; what is louder is clipped
 * @n_frames: how many frames there are
 * @n_channels: how many samples a frame has, 1 to 65535
 * @sample_rate_hz: frames a second, rounded to a whole number
 * @step: the training step
 *
 * Logs a clip of 16-bit samples, with the time of the call. Any thread.
 */
void
tfv_summary_writer_add_audio_samples (TfvSummaryWriter *self, const char *tag, const float *samples, gsize n_frames, guint n_channels, double sample_rate_hz, gint64 step)
{
  g_autoptr (GBytes) wav = NULL;

  g_return_if_fail (TFV_IS_SUMMARY_WRITER (self) && tag != NULL && (samples != NULL || n_frames == 0));
  g_return_if_fail (n_channels > 0 && n_channels <= G_MAXUINT16 && n_frames <= G_MAXINT32 / sizeof (gint16) / n_channels);
  g_return_if_fail (sample_rate_hz > 0 && sample_rate_hz <= G_MAXINT32);

  wav = tfv_wav_encode (samples, n_frames, n_channels, MAX ((guint) lrint (sample_rate_hz), 1));
  tfv_summary_writer_add_audio (self, tag, wav, NULL, step);
}

static gboolean
tell (const TfvStoredRecord *record, const TfvRecordSink *sink, GError **error)
{
  g_autoptr (GPtrArray) clips = tfv_audio_decode (record->bytes, error);

  if (clips == NULL)
    return FALSE;

  for (guint i = 0; i < clips->len; i++)
    {
      TfvAudio        *audio = clips->pdata[i];
      TfvSlice         encoded = tfv_slice_of_bytes (audio->encoded);
      g_autofree char *data = encoded.n_bytes > 0 ? g_base64_encode (encoded.data, encoded.n_bytes) : g_strdup ("");
      TfvRecordValue   values[12];

      tfv_record_fill_tag_values (record, values);
      values[4] = tfv_record_integer (i);
      values[5] = tfv_record_string (audio->content_type);
      values[6] = tfv_record_double (audio->sample_rate_hz);
      values[7] = tfv_record_integer (audio->n_channels);
      values[8] = tfv_record_integer ((gint64) audio->n_frames);
      values[9] = tfv_record_string (audio->label);
      values[10] = tfv_record_integer ((gint64) encoded.n_bytes);
      values[11] = tfv_record_string (data);
      sink->func (values, sink->user_data);
    }
  return TRUE;
}

static gboolean
dump (TfvRun *run, const TfvRecordFilter *filter, TfvRecordFunc func, gpointer user_data, GError **error)
{
  TfvRecordSink sink = { filter, func, user_data };

  return tfv_record_decode_each (run, TFV_RECORD_AUDIO, tell, &sink, error);
}

/* Two frames of two channels, and bytes of another type. */
static void
write_sample (TfvSummaryWriter *writer)
{
  const float        samples[] = { 0, 1, -1, 2 };
  g_autoptr (GBytes) ogg = g_bytes_new_static ("OggS", 4);

  tfv_summary_writer_add_audio (writer, "sample/ogg", ogg, "audio/ogg", 1);
  tfv_summary_writer_add_audio_samples (writer, "sample/wav", samples, 2, 2, 16000, 2);
}

static const char *const columns[] = { TFV_RECORD_TAG_COLUMNS, "sample", "content_type", "sample_rate_hz", "channels", "frames", "label", "bytes", "data", NULL };

const TfvRecordClass tfv_record_audio = {
  .kind = TFV_RECORD_AUDIO,
  .name = "audio",
  .plugin = PLUGIN,
  .columns = columns,
  .dump = dump,
  .write_sample = write_sample,
  .sample = ".,sample/ogg,1,*,0,audio/ogg,0,0,0,,4,T2dnUw==\n"
            ".,sample/wav,2,*,0,audio/wav,16000,2,2,,52,UklGRiwAAABXQVZFZm10IBAAAAABAAIAgD4AAAD6AAAEABAAZGF0YQgAAAAAAP9/AID/fw==\n",
};
