/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-inference-private.h"
#include "engine/tfv-kernel-private.h"
#include "engine/training/tfv-summary-message-private.h"

/* Whether the summary is one, with no tag that was seen before. */
static gboolean
check_tags (TfvKernelContext *context, guint input, GBytes *summary, GHashTable *seen)
{
  gsize         n_bytes;
  const guint8 *at = g_bytes_get_data (summary, &n_bytes);
  const guint8 *end = at + n_bytes;
  const guint8 *tag;
  gsize         tag_bytes;

  while (tfv_summary_message_next_tag (&at, end, &tag, &tag_bytes))
    {
      char *text = g_strndup ((const char *) tag, tag_bytes);

      if (!g_hash_table_add (seen, text))
        {
          tfv_kernel_fail (context, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "Duplicate tag %.*s found in summary inputs", (int) tag_bytes, (const char *) tag);
          return FALSE;
        }
    }
  if (at < end)
    tfv_kernel_fail (context, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "Could not parse one of the summary inputs: input %u", input);
  return at == end;
}

static void
compute (TfvKernelContext *context)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GByteArray) message = g_byte_array_new ();
  g_autoptr (GBytes)     merged = NULL;

  for (guint i = 0; i < context->n_inputs; i++)
    {
      TfvTensor *input = tfv_kernel_get_input (context, i);
      GBytes   **summaries = input->data;

      for (gsize j = 0; j < input->n_elements; j++)
        {
          gsize         n_bytes;
          gconstpointer bytes;

          if (summaries[j] == NULL)
            continue;
          if (!check_tags (context, i, summaries[j], seen))
            return;
          bytes = g_bytes_get_data (summaries[j], &n_bytes);
          g_byte_array_append (message, bytes, (guint) n_bytes);
        }
    }
  merged = g_byte_array_free_to_bytes (g_steal_pointer (&message));
  tfv_kernel_take_output (context, 0, tfv_tensor_new_bytes (merged));
}

static const TfvKernel kernels[] = {
  { TFV_DEVICE_CPU, TFV_DATA_TYPE_STRING, compute },
  { 0 },
};

static const TfvOpDef defs[] = {
  {
      .type = "MergeSummary",
      .inputs = { "inputs: N * string" },
      .outputs = { "summary: string" },
      .attributes = { "N: int >= 1" },
      .flags = TFV_OP_NO_GRADIENT,
      .infer_shape = tfv_infer_scalar,
      .kernels = kernels,
  },
};

const TfvOpFamily tfv_op_merge_summary = TFV_OP_FAMILY (defs);
