/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-inference-private.h"
#include "engine/tfv-kernel-private.h"
#include "engine/training/tfv-summary-message-private.h"

enum
{
  TAGS,
  VALUES,
};

static void
infer (TfvInference *inference)
{
  TfvShape merged;

  if (!tfv_shape_merge (&inference->inputs[TAGS], &inference->inputs[VALUES], &merged))
    {
      g_autofree char *tags = tfv_shape_to_string (&inference->inputs[TAGS]);
      g_autofree char *values = tfv_shape_to_string (&inference->inputs[VALUES]);

      tfv_inference_fail (inference, "tags of shape %s are not for values of shape %s", tags, values);
      return;
    }
  tfv_infer_scalar (inference);
}

static void
compute (TfvKernelContext *context)
{
  TfvTensor             *tags = tfv_kernel_get_input (context, TAGS);
  TfvTensor             *values = tfv_kernel_get_input (context, VALUES);
  GBytes               **tag_bytes = tags->data;
  g_autoptr (GByteArray) message = g_byte_array_new ();
  g_autoptr (GBytes)     summary = NULL;

  if (!tfv_tensor_has_shape (tags, &values->shape))
    {
      tfv_kernel_fail (context, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "tags and values are not of the same shape");
      return;
    }
  for (gsize i = 0; i < values->n_elements; i++)
    {
      gsize       n_bytes = 0;
      const char *tag = tag_bytes[i] != NULL ? g_bytes_get_data (tag_bytes[i], &n_bytes) : NULL;

      /* A simple_value is a float whatever the type of the tensor. */
      tfv_summary_message_add_scalar (message, tag, n_bytes, (float) tfv_tensor_get_value (values, i));
    }
  summary = g_byte_array_free_to_bytes (g_steal_pointer (&message));
  tfv_kernel_take_output (context, 0, tfv_tensor_new_bytes (summary));
}

/* Whatever the type of the values: a kernel is chosen by the tags. */
static const TfvKernel kernels[] = {
  { TFV_DEVICE_CPU, TFV_DATA_TYPE_STRING, compute },
  { 0 },
};

static const TfvOpDef defs[] = {
  {
      .type = "ScalarSummary",
      .inputs = { "tags: string", "values: T" },
      .outputs = { "summary: string" },
      .attributes = { "T: {float, double, int32, int64}" },
      .flags = TFV_OP_NO_GRADIENT,
      .infer_shape = infer,
      .kernels = kernels,
  },
};

const TfvOpFamily tfv_op_scalar_summary = TFV_OP_FAMILY (defs);
