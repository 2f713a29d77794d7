/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>

#include "engine/tfv-inference-private.h"
#include "engine/tfv-kernel-private.h"
#include "engine/tfv-message-private.h"
#include "engine/training/tfv-summary-message-private.h"
#include "summaries/tfv-png.h"

enum
{
  TAG,
  IMAGES,
};

/* Fields of a Summary.Image. */
enum
{
  IMAGE_HEIGHT = 1,
  IMAGE_WIDTH = 2,
  IMAGE_COLORSPACE = 3,
  IMAGE_ENCODED = 4,
};

#define RANK 4
/* Below this a picture is as good as black. */
#define ZERO_THRESHOLD 1e-6f

static gboolean
is_finite_pixel (const TfvTensor *images, gsize first, gsize depth)
{
  for (gsize i = 0; i < depth; i++)
    if (!isfinite (tfv_tensor_get_value (images, first + i)))
      return FALSE;
  return TRUE;
}

/* The least and the greatest sample of the pixels that are finite. */
static void
find_range (const TfvTensor *images, gsize first, gsize n_pixels, gsize depth, float *min, float *max)
{
  *min = INFINITY;
  *max = -INFINITY;
  for (gsize at = first; at < first + n_pixels * depth; at += depth)
    if (is_finite_pixel (images, at, depth))
      for (gsize i = 0; i < depth; i++)
        {
          float value = (float) tfv_tensor_get_value (images, at + i);

          *min = MIN (*min, value);
          *max = MAX (*max, value);
        }
}

/* TensorFlow's rule: samples that are all positive are scaled so that the greatest
 * is 255; others so that 0 is in the middle. A pixel that is not finite gets the bad
 * colour. */
static void
scale_samples (const TfvTensor *images, gsize first, gsize n_pixels, gsize depth, const guint8 *bad_color, guint8 *pixels)
{
  gboolean is_float = images->dtype == TFV_DATA_TYPE_FLOAT;
  float    min, max, greatest, scale;
  float    offset = 0;

  find_range (images, first, n_pixels, depth, &min, &max);
  if (min < 0)
    {
      greatest = MAX (fabsf (min), fabsf (max));
      scale = greatest < ZERO_THRESHOLD ? 0 : 127.0f / greatest;
      offset = 128;
    }
  else
    scale = max < ZERO_THRESHOLD ? 0 : 255.0f / max;

  for (gsize at = first; at < first + n_pixels * depth; at += depth, pixels += depth)
    if (is_finite_pixel (images, at, depth))
      for (gsize i = 0; i < depth; i++)
        {
          double value = tfv_tensor_get_value (images, at + i);

          pixels[i] = is_float ? (guint8) ((float) value * scale + offset) : (guint8) (value * (double) scale + (double) offset);
        }
    else
      memcpy (pixels, bad_color, depth);
}

static GBytes *
make_pixels (const TfvTensor *images, gsize index, const guint8 *bad_color)
{
  gsize   n_pixels = (gsize) images->shape.dims[1] * (gsize) images->shape.dims[2];
  gsize   depth = (gsize) images->shape.dims[3];
  gsize   n_samples = n_pixels * depth;
  guint8 *pixels;

  if (images->dtype == TFV_DATA_TYPE_UINT8)
    return g_bytes_new ((const guint8 *) images->data + index * n_samples, n_samples);

  pixels = g_malloc (n_samples);
  scale_samples (images, index * n_samples, n_pixels, depth, bad_color, pixels);
  return g_bytes_new_take (pixels, n_samples);
}

static gboolean
add_image (GByteArray *summary, GBytes *tag, const char *suffix, const TfvTensor *images, GBytes *pixels, GError **error)
{
  const gint64      *dims = images->shape.dims;
  g_autoptr (GBytes) png = tfv_png_encode (pixels, (guint) dims[2], (guint) dims[1], (guint) dims[3], error);
  GByteArray        *message;
  gsize              n_bytes;
  gconstpointer      bytes;

  if (png == NULL)
    return FALSE;

  message = g_byte_array_new ();
  bytes = g_bytes_get_data (png, &n_bytes);
  tfv_message_put_int (message, IMAGE_HEIGHT, dims[1]);
  tfv_message_put_int (message, IMAGE_WIDTH, dims[2]);
  tfv_message_put_int (message, IMAGE_COLORSPACE, dims[3]);
  tfv_message_put_bytes (message, IMAGE_ENCODED, bytes, n_bytes);
  tfv_summary_message_add_message (summary, tag, suffix, TFV_SUMMARY_IMAGE, message, NULL);
  return TRUE;
}

static gboolean
check_inputs (TfvKernelContext *context, const TfvTensor *tag, const TfvTensor *images, const TfvTensor *bad_color)
{
  const gint64    *dims = images->shape.dims;
  g_autofree char *shape = tfv_shape_to_string (&images->shape);

  if (tag->n_elements != 1)
    tfv_kernel_fail (context, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "Tags must be a scalar");
  else if (images->shape.rank != RANK || (dims[3] != 1 && dims[3] != 3 && dims[3] != 4))
    tfv_kernel_fail (context, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "Tensor must be 4-D with last dim 1, 3, or 4, not %s", shape);
  else if (images->n_elements > G_MAXINT32)
    tfv_kernel_fail (context, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "Tensor too large for summary %s", shape);
  else if (dims[0] > 0 && images->n_elements == 0)
    tfv_kernel_fail (context, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "input tensor must have non-zero dims. Found: %s", shape);
  else if (images->dtype != TFV_DATA_TYPE_UINT8 && (bad_color->dtype != TFV_DATA_TYPE_UINT8 || bad_color->n_elements < (gsize) dims[3]))
    tfv_kernel_fail (context, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "expected depth <= bad_color.size, got depth = %d, bad_color.size = %" G_GSIZE_FORMAT, (int) dims[3], bad_color->n_elements);
  else
    return TRUE;
  return FALSE;
}

static void
compute (TfvKernelContext *context)
{
  TfvTensor             *tag = tfv_kernel_get_input (context, TAG);
  TfvTensor             *images = tfv_kernel_get_input (context, IMAGES);
  TfvTensor             *bad_color = tfv_operation_get_attr_tensor (context->operation, "bad_color");
  gint64                 max_images = tfv_operation_get_attr_int (context->operation, "max_images");
  g_autoptr (GByteArray) summary = g_byte_array_new ();
  g_autoptr (GBytes)     bytes = NULL;

  if (!check_inputs (context, tag, images, bad_color))
    return;
  for (gint64 i = 0; i < MIN (max_images, images->shape.dims[0]); i++)
    {
      g_autoptr (GBytes) pixels = make_pixels (images, (gsize) i, bad_color->data);
      g_autoptr (GError) error = NULL;
      char               suffix[40] = "/image";

      /* The tag depends on how many are asked for, not on how many there are. */
      if (max_images > 1)
        g_snprintf (suffix, sizeof suffix, "/image/%" G_GINT64_FORMAT, i);
      if (!add_image (summary, ((GBytes **) tag->data)[0], suffix, images, pixels, &error))
        {
          tfv_kernel_fail (context, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "%s", error->message);
          return;
        }
    }
  bytes = g_byte_array_free_to_bytes (g_steal_pointer (&summary));
  tfv_kernel_take_output (context, 0, tfv_tensor_new_bytes (bytes));
}

static void
infer (TfvInference *inference)
{
  TfvShape images;

  if (tfv_inference_check_scalar (inference, TAG) && tfv_inference_with_rank (inference, IMAGES, RANK, &images))
    tfv_infer_scalar (inference);
}

/* Whatever the type of the images: a kernel is chosen by the tag. */
static const TfvKernel kernels[] = {
  { TFV_DEVICE_CPU, TFV_DATA_TYPE_STRING, compute },
  { 0 },
};

static const TfvOpCase cases[] = {
  { .name = "no image", .inputs = { "[] i", "[0,2,2,1]" }, .types = "float double uint8", .expected = { "[] #" } },
  { .name = "two channels", .inputs = { "[] i", "[1,2,2,2] 0" }, .error = "last dim 1, 3, or 4, not [1,2,2,2]" },
  { .name = "no batch", .inputs = { "[] i", "[2,2,1] 0" }, .error = "rank 4" },
  { .name = "no pixels", .inputs = { "[] i", "[1,0,2,1]" }, .types = "float double uint8", .error = "non-zero dims. Found: [1,0,2,1]" },
  { .name = "short colour", .inputs = { "[] i", "[1,1,1,3] 0" }, .attributes = "bad_color=uint8{1,2}", .error = "got depth = 3, bad_color.size = 2" },
  { .name = "tags", .inputs = { "[2] i j", "[1,1,1,1] 0" }, .error = "scalar" },
  { 0 },
};

static const TfvOpDef defs[] = {
  {
      .type = "ImageSummary",
      .inputs = { "tag: string", "tensor: T" },
      .outputs = { "summary: string" },
      .attributes = { "max_images: int >= 1 = 3", "T: {uint8, float, double} = float", "bad_color: tensor = uint8{255,0,0,255}" },
      .flags = TFV_OP_NO_GRADIENT,
      .infer_shape = infer,
      .kernels = kernels,
      .cases = cases,
  },
};

const TfvOpFamily tfv_op_image_summary = TFV_OP_FAMILY (defs);
