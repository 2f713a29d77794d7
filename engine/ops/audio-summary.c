/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>

#include "engine/tfv-inference-private.h"
#include "engine/tfv-kernel-private.h"
#include "engine/tfv-message-private.h"
#include "engine/training/tfv-summary-message-private.h"
#include "summaries/tfv-wav.h"

/* AudioSummary, whose rate is an attribute, and AudioSummaryV2, whose rate is an
 * input. */

enum
{
  TAG,
  CLIPS,
  RATE,
};

/* Fields of a Summary.Audio. */
enum
{
  AUDIO_SAMPLE_RATE = 1,
  AUDIO_CHANNELS = 2,
  AUDIO_FRAMES = 3,
  AUDIO_ENCODED = 4,
  AUDIO_CONTENT_TYPE = 5,
};

#define SAMPLE_BYTES 2

typedef struct
{
  float rate_hz;
  gsize n_frames;
  guint n_channels;
} Sound;

static void
add_clip (GByteArray *summary, GBytes *tag, const char *suffix, const Sound *sound, const float *samples)
{
  guint              rate_hz = (guint) MAX (lrintf (sound->rate_hz), 1);
  g_autoptr (GBytes) wav = tfv_wav_encode (samples, sound->n_frames, sound->n_channels, rate_hz);
  gsize              n_bytes;
  gconstpointer      bytes = g_bytes_get_data (wav, &n_bytes);
  GByteArray        *message = g_byte_array_new ();

  tfv_message_put_float (message, AUDIO_SAMPLE_RATE, sound->rate_hz);
  tfv_message_put_int (message, AUDIO_CHANNELS, sound->n_channels);
  if (sound->n_frames > 0)
    tfv_message_put_int (message, AUDIO_FRAMES, (gint64) sound->n_frames);
  tfv_message_put_bytes (message, AUDIO_ENCODED, bytes, n_bytes);
  tfv_message_put_string (message, AUDIO_CONTENT_TYPE, "audio/wav");
  tfv_summary_message_add_message (summary, tag, suffix, TFV_SUMMARY_AUDIO, message, NULL);
}

static gboolean
check_inputs (TfvKernelContext *context, const TfvTensor *tag, const TfvTensor *clips, Sound *sound)
{
  g_autofree char *shape = tfv_shape_to_string (&clips->shape);
  gint64           n_channels = clips->shape.rank == 3 ? clips->shape.dims[2] : 1;

  if (tag->n_elements != 1)
    tfv_kernel_fail (context, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "Tag must be a scalar");
  else if (clips->shape.rank != 2 && clips->shape.rank != 3)
    tfv_kernel_fail (context, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "Tensor must be 3-D or 2-D, got: %s", shape);
  else if (context->n_inputs > RATE && tfv_kernel_get_input (context, RATE)->n_elements != 1)
    tfv_kernel_fail (context, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "sample_rate must be rank-0 or contain a single value");
  else if (n_channels < 1 || n_channels > G_MAXUINT16 || clips->shape.dims[1] > G_MAXINT32 / SAMPLE_BYTES / n_channels)
    tfv_kernel_fail (context, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "Clips of shape %s fit no WAV file", shape);
  else
    {
      sound->rate_hz = context->n_inputs > RATE ? (float) tfv_tensor_get_value (tfv_kernel_get_input (context, RATE), 0)
                                                : (float) tfv_operation_get_attr_float (context->operation, "sample_rate");
      sound->n_frames = (gsize) clips->shape.dims[1];
      sound->n_channels = (guint) n_channels;
      if (sound->rate_hz > 0 && sound->rate_hz <= (float) G_MAXINT32)
        return TRUE;
      tfv_kernel_fail (context, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "sample_rate must be > 0");
    }
  return FALSE;
}

static void
compute (TfvKernelContext *context)
{
  TfvTensor             *tag = tfv_kernel_get_input (context, TAG);
  TfvTensor             *clips = tfv_kernel_get_input (context, CLIPS);
  gint64                 max_outputs = tfv_operation_get_attr_int (context->operation, "max_outputs");
  g_autoptr (GByteArray) summary = g_byte_array_new ();
  g_autoptr (GBytes)     bytes = NULL;
  Sound                  sound;

  if (!check_inputs (context, tag, clips, &sound))
    return;
  for (gint64 i = 0; i < MIN (max_outputs, clips->shape.dims[0]); i++)
    {
      char suffix[40] = "/audio";

      /* The tag depends on how many are asked for, not on how many there are. */
      if (max_outputs > 1)
        g_snprintf (suffix, sizeof suffix, "/audio/%" G_GINT64_FORMAT, i);
      add_clip (summary, ((GBytes **) tag->data)[0], suffix, &sound, (const float *) clips->data + (gsize) i * sound.n_frames * sound.n_channels);
    }
  bytes = g_byte_array_free_to_bytes (g_steal_pointer (&summary));
  tfv_kernel_take_output (context, 0, tfv_tensor_new_bytes (bytes));
}

static void
infer (TfvInference *inference)
{
  const TfvShape *clips = &inference->inputs[CLIPS];

  if (!tfv_inference_check_scalar (inference, TAG) || (inference->n_inputs > RATE && !tfv_inference_check_scalar (inference, RATE)))
    return;
  if (clips->rank >= 0 && clips->rank != 2 && clips->rank != 3)
    {
      g_autofree char *shape = tfv_shape_to_string (clips);

      tfv_inference_fail (inference, "Tensor must be 3-D or 2-D, got: %s", shape);
      return;
    }
  tfv_infer_scalar (inference);
}

static const TfvKernel kernels[] = {
  { TFV_DEVICE_CPU, TFV_DATA_TYPE_STRING, compute },
  { 0 },
};

/* The bytes are those that TensorFlow gives. */
#define ONE_CLIP "[] #0a500a0861752f617564696f32440d0000fa4510011801222e524946462600000057415645666d74201000000001000100401f0000803e000002001000646174610200000000402a09617564696f2f776176"

static const TfvOpCase cases[] = {
  { .name = "one clip", .inputs = { "[] au", "[1,1] 0.5" }, .attributes = "sample_rate=8000 max_outputs=1", .expected = { ONE_CLIP } },
  { .name = "no rate", .inputs = { "[] au", "[1,1] 0.5" }, .attributes = "sample_rate=0", .error = "sample_rate must be > 0" },
  { 0 },
};
static const TfvOpCase v2_cases[] = {
  { .name = "one clip", .inputs = { "[] au", "[1,1] 0.5", "[] 8000" }, .attributes = "max_outputs=1", .expected = { ONE_CLIP } },
  { .name = "loud", .inputs = { "[] au", "[1,8] 0.5 -0.5 1 -1 2 -2 1e-5 0.99999", "[] 8000" }, .expected = { "[] #0a600a0a61752f617564696f2f3032520d0000fa4510011808223c524946463400000057415645666d74201000000001000100401f0000803e0000020010006461746110000000004000c0ff7f0080ff7f00800000ff7f2a09617564696f2f776176" } },
  { .name = "two of two channels", .inputs = { "[] au", "[2,2,2] 0.5 -0.5 1 -1 0.1 0.2 0.3 0.4", "[] 8000.5" }, .expected = { "[] #0a580a0a61752f617564696f2f30324a0d0004fa45100218022234524946462c00000057415645666d74201000000001000200401f0000007d0000040010006461746108000000004000c0ff7f00802a09617564696f2f7761760a580a0a61752f617564696f2f31324a0d0004fa45100218022234524946462c00000057415645666d74201000000001000200401f0000007d0000040010006461746108000000cd0c9a19662633332a09617564696f2f776176" } },
  { .name = "slow", .inputs = { "[] au", "[1,1] 0.5", "[1] 0.3" }, .expected = { "[] #0a520a0a61752f617564696f2f3032440d9a99993e10011801222e524946462600000057415645666d74201000000001000100010000000200000002001000646174610200000000402a09617564696f2f776176" } },
  { .name = "not finite", .inputs = { "[] au", "[1,2] nan inf", "[] 8000" }, .expected = { "[] #0a540a0a61752f617564696f2f3032460d0000fa45100118022230524946462800000057415645666d74201000000001000100401f0000803e00000200100064617461040000000000ff7f2a09617564696f2f776176" } },
  { .name = "silent", .inputs = { "[] au", "[1,0]", "[] 8000" }, .expected = { "[] #0a4e0a0a61752f617564696f2f3032400d0000fa451001222c524946462400000057415645666d74201000000001000100401f0000803e00000200100064617461000000002a09617564696f2f776176" } },
  { .name = "no batch", .inputs = { "[] au", "[3] 0", "[] 8000" }, .error = "Tensor must be 3-D or 2-D, got: [3]" },
  { .name = "no rate", .inputs = { "[] au", "[1,1] 0", "[] 0" }, .error = "sample_rate must be > 0" },
  { .name = "rates", .inputs = { "[] au", "[1,1] 0", "[2] 1" }, .error = "scalar" },
  { .name = "no channel", .inputs = { "[] au", "[1,3,0]", "[] 8000" }, .error = "[1,3,0] fit no WAV file" },
  { .name = "tags", .inputs = { "[2] a b", "[1,1] 0", "[] 8000" }, .error = "scalar" },
  { 0 },
};

static const TfvOpDef defs[] = {
  {
      .type = "AudioSummary",
      .inputs = { "tag: string", "tensor: float" },
      .outputs = { "summary: string" },
      .attributes = { "sample_rate: float", "max_outputs: int >= 1 = 3" },
      .flags = TFV_OP_NO_GRADIENT,
      .infer_shape = infer,
      .kernels = kernels,
      .cases = cases,
  },
  {
      .type = "AudioSummaryV2",
      .inputs = { "tag: string", "tensor: float", "sample_rate: float" },
      .outputs = { "summary: string" },
      .attributes = { "max_outputs: int >= 1 = 3" },
      .flags = TFV_OP_NO_GRADIENT,
      .infer_shape = infer,
      .kernels = kernels,
      .cases = v2_cases,
  },
};

const TfvOpFamily tfv_op_audio_summary = TFV_OP_FAMILY (defs);
