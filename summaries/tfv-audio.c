/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "summaries/tfv-audio-private.h"

#include "summaries/tfv-array.h"
#include "summaries/tfv-error.h"

#define WAV "audio/wav"

G_DEFINE_BOXED_TYPE (TfvAudio, tfv_audio, tfv_audio_ref, tfv_audio_unref)

static void
clear_audio (gpointer data)
{
  TfvAudio *self = data;

  g_free (self->content_type);
  g_free (self->label);
  g_bytes_unref (self->encoded);
}

/**
 * tfv_audio_ref:
 * @self: a clip
 *
 * Takes a reference. Any thread.
 *
 * Returns: (transfer full): @self
 */
TfvAudio *
tfv_audio_ref (TfvAudio *self)
{
  return g_atomic_rc_box_acquire (self);
}

/**
 * tfv_audio_unref:
 * @self: (transfer full): a clip
 *
 * Gives a reference back. Any thread.
 */
void
tfv_audio_unref (TfvAudio *self)
{
  g_atomic_rc_box_release_full (self, clear_audio);
}

static guint32
get_le (const guint8 *at, guint n_bytes)
{
  guint32 value = 0;

  for (guint i = 0; i < n_bytes; i++)
    value |= (guint32) at[i] << (8 * i);
  return value;
}

/* The chunks of a WAV file: `fmt ` tells what a frame is, `data` how many there are. */
static void
look_at_wav (TfvAudio *self, TfvSlice bytes)
{
  guint32 frame_bytes = 0;

  self->content_type = g_strdup (WAV);
  for (gsize at = 12; at + 8 <= bytes.n_bytes;)
    {
      const guint8 *chunk = bytes.data + at;
      gsize         n_bytes = get_le (chunk + 4, 4);
      gsize         n_there = MIN (n_bytes, bytes.n_bytes - at - 8);

      if (memcmp (chunk, "fmt ", 4) == 0 && n_there >= 16)
        {
          self->n_channels = get_le (chunk + 10, 2);
          self->sample_rate_hz = get_le (chunk + 12, 4);
          frame_bytes = get_le (chunk + 20, 2);
        }
      else if (memcmp (chunk, "data", 4) == 0 && frame_bytes > 0)
        {
          self->n_frames = n_there / frame_bytes;
        }
      at += 8 + n_there + (n_there & 1);
    }
}

/**
 * tfv_audio_new:
 * @encoded: an encoded clip
 *
 * Finds out what a clip is from its header, if it is a WAV file; what there is of
 * others is the bytes. Any thread.
 *
 * Returns: (transfer full): the clip
 */
TfvAudio *
tfv_audio_new (GBytes *encoded)
{
  TfvAudio *self;
  TfvSlice  bytes;

  g_return_val_if_fail (encoded != NULL, NULL);

  bytes = tfv_slice_of_bytes (encoded);
  self = g_atomic_rc_box_new0 (TfvAudio);
  self->encoded = g_bytes_ref (encoded);
  self->label = g_strdup ("");
  if (bytes.n_bytes >= 12 && memcmp (bytes.data, "RIFF", 4) == 0 && memcmp (bytes.data + 8, "WAVE", 4) == 0)
    look_at_wav (self, bytes);
  else
    self->content_type = g_strdup ("");

  return self;
}

/* What the message tells counts: a player would read the same from the header. */
static TfvAudio *
decode_message (GBytes *record, TfvSlice message)
{
  TfvWire            wire = tfv_wire_init (message);
  TfvWireField       field;
  g_autoptr (GBytes) encoded = NULL;
  TfvAudio          *audio;

  if (!tfv_find_field (message, TFV_AUDIO_ENCODED, &field) || field.type != TFV_WIRE_BYTES)
    return NULL;
  encoded = g_bytes_new_from_bytes (record, (gsize) (field.bytes.data - (const guint8 *) g_bytes_get_data (record, NULL)), field.bytes.n_bytes);
  audio = tfv_audio_new (encoded);

  while (tfv_wire_next (&wire, &field))
    {
      if (field.number == TFV_AUDIO_SAMPLE_RATE && field.type == TFV_WIRE_FIXED32)
        audio->sample_rate_hz = (double) tfv_wire_float (field.value);
      else if (field.number == TFV_AUDIO_CHANNELS && field.type == TFV_WIRE_VARINT && field.value <= G_MAXUINT16)
        audio->n_channels = (guint) field.value;
      else if (field.number == TFV_AUDIO_FRAMES && field.type == TFV_WIRE_VARINT && field.value <= G_MAXINT64)
        audio->n_frames = field.value;
      else if (field.number == TFV_AUDIO_CONTENT_TYPE && field.type == TFV_WIRE_BYTES && field.bytes.n_bytes > 0)
        {
          g_free (audio->content_type);
          audio->content_type = tfv_slice_to_string (field.bytes);
        }
    }
  return audio;
}

/* TensorFlow 2: clips, or rows of a clip and its label. */
static gboolean
take_tensor (GPtrArray *clips, GBytes *record, GError **error)
{
  g_autoptr (TfvArray) array = tfv_array_decode (record, error);
  gsize                n_columns;

  if (array == NULL)
    return FALSE;
  n_columns = array->n_dimensions == 2 ? (gsize) array->dimensions[1] : 1;
  if (array->n_dimensions > 2 || (array->n_elements > 0 && (n_columns > 2 || tfv_array_get_string (array, 0) == NULL)))
    {
      g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_CORRUPT, "clips that are no rows of a clip and a label");
      return FALSE;
    }
  for (gsize i = 0; i < array->n_elements; i += n_columns)
    {
      TfvAudio *audio = tfv_audio_new (tfv_array_get_string (array, i));

      if (n_columns == 2)
        {
          g_free (audio->label);
          audio->label = tfv_slice_to_string (tfv_slice_of_bytes (tfv_array_get_string (array, i + 1)));
        }
      g_ptr_array_add (clips, audio);
    }
  return TRUE;
}

/**
 * tfv_audio_decode:
 * @record: a record as [method@Tfv.Tag.read_record] gives it, of a tag of kind
 *   %TFV_RECORD_AUDIO; or a `Summary.Audio` or a `TensorProto`
 * @error: return location for a [error@Tfv.StoreError]
 *
 * Reads the clips of a record, of TensorFlow 1 or 2 or of ours; they stay encoded.
 * Any thread.
 *
 * Returns: (transfer container) (element-type TfvAudio): the clips, or %NULL when the
 *   record is damaged
 */
GPtrArray *
tfv_audio_decode (GBytes *record, GError **error)
{
  g_autoptr (GPtrArray) clips = NULL;
  TfvSummaryPayload     payload;
  TfvAudio             *audio;

  g_return_val_if_fail (record != NULL, NULL);

  clips = g_ptr_array_new_with_free_func ((GDestroyNotify) tfv_audio_unref);
  if (tfv_summary_payload_parse (record, TFV_VALUE_AUDIO, &payload) && payload.kind == TFV_VALUE_TENSOR)
    return take_tensor (clips, record, error) ? g_steal_pointer (&clips) : NULL;

  audio = payload.kind == TFV_VALUE_AUDIO ? decode_message (record, payload.bytes) : NULL;
  if (audio == NULL)
    {
      g_set_error (error, TFV_STORE_ERROR, TFV_STORE_ERROR_CORRUPT, "a record without an audio clip");
      return NULL;
    }
  g_ptr_array_add (clips, audio);
  return g_steal_pointer (&clips);
}
