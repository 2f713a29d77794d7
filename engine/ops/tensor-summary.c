/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-inference-private.h"
#include "engine/tfv-kernel-private.h"
#include "engine/tfv-message-private.h"
#include "engine/training/tfv-summary-message-private.h"

enum
{
  TAG,
  TENSOR,
  METADATA,
};

static void
compute (TfvKernelContext *context)
{
  TfvTensor             *tag = tfv_kernel_get_input (context, TAG);
  TfvTensor             *metadata = tfv_kernel_get_input (context, METADATA);
  g_autoptr (GBytes)     none = g_bytes_new (NULL, 0);
  g_autoptr (GByteArray) summary = g_byte_array_new ();
  g_autoptr (GBytes)     bytes = NULL;
  GBytes                *known;

  if (tag->n_elements != 1 || metadata->n_elements != 1)
    {
      tfv_kernel_fail (context, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "%s must be scalar", tag->n_elements != 1 ? "tag" : "serialized_summary_metadata");
      return;
    }
  known = ((GBytes **) metadata->data)[0];
  tfv_summary_message_add_message (summary, ((GBytes **) tag->data)[0], NULL, TFV_SUMMARY_TENSOR, tfv_message_new_tensor (tfv_kernel_get_input (context, TENSOR)), known != NULL ? known : none);
  bytes = g_byte_array_free_to_bytes (g_steal_pointer (&summary));
  tfv_kernel_take_output (context, 0, tfv_tensor_new_bytes (bytes));
}

static void
infer (TfvInference *inference)
{
  if (tfv_inference_check_scalar (inference, TAG) && tfv_inference_check_scalar (inference, METADATA))
    tfv_infer_scalar (inference);
}

static const TfvKernel kernels[] = {
  { TFV_DEVICE_CPU, TFV_DATA_TYPE_STRING, compute },
  { 0 },
};

/* The bytes are those that TensorFlow gives. */
static const TfvOpCase cases[] = {
  { .name = "a matrix", .inputs = { "[] te", "[1,2] 1 2", "[]" }, .types = "float", .expected = { "[] #0a1e0a027465421608011208120208011202080222080000803f000000404a00" } },
  { .name = "a scalar", .inputs = { "[] te", "[] 3", "[] #0a050a03616263" }, .types = "int32", .expected = { "[] #0a190a027465420a080312002204030000004a070a050a03616263" } },
  { .name = "truth", .inputs = { "[] te", "[1] 1", "[]" }, .types = "bool", .expected = { "[] #0a130a027465420b080a1204120208012201014a00" } },
  { .name = "strings", .inputs = { "[] te", "[2] ab", "[]" }, .types = "string", .expected = { "[] #0a160a027465420e08071204120208024202616242004a00" } },
  { .name = "tags", .inputs = { "[2] a b", "[] 1", "[]" }, .types = "float", .error = "scalar" },
  { 0 },
};

static const TfvOpDef defs[] = {
  {
      .type = "TensorSummaryV2",
      .inputs = { "tag: string", "tensor: T", "serialized_summary_metadata: string" },
      .outputs = { "summary: string" },
      .attributes = { "T: type" },
      .flags = TFV_OP_NO_GRADIENT,
      .infer_shape = infer,
      .kernels = kernels,
      .cases = cases,
  },
};

const TfvOpFamily tfv_op_tensor_summary = TFV_OP_FAMILY (defs);
