/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <float.h>
#include <math.h>

#include "engine/tfv-inference-private.h"
#include "engine/tfv-kernel-private.h"
#include "engine/tfv-message-private.h"
#include "engine/training/tfv-summary-message-private.h"
#include "summaries/tfv-exponential-buckets.h"

enum
{
  TAG,
  VALUES,
};

/* Fields of a HistogramProto. */
enum
{
  HISTO_MIN = 1,
  HISTO_MAX = 2,
  HISTO_NUM = 3,
  HISTO_SUM = 4,
  HISTO_SUM_SQUARES = 5,
  HISTO_BUCKET_LIMIT = 6,
  HISTO_BUCKET = 7,
};

static void
put_nonzero (GByteArray *message, guint field, double value)
{
  if (value != 0)
    tfv_message_put_double (message, field, value);
}

/* Each run of empty buckets becomes one. */
static void
put_buckets (GByteArray *message, const guint64 *counts)
{
  guint              n_limits;
  const double      *limits = tfv_exponential_buckets_get_limits (&n_limits);
  g_autofree double *ends = g_new (double, n_limits);
  g_autofree double *kept = g_new (double, n_limits);
  guint              n = 0;

  for (guint i = 0; i < n_limits; i++)
    {
      if (n == 0 || counts[i] > 0 || kept[n - 1] > 0)
        kept[n++] = (double) counts[i];
      ends[n - 1] = limits[i];
    }
  tfv_message_put_doubles (message, HISTO_BUCKET_LIMIT, ends, n);
  tfv_message_put_doubles (message, HISTO_BUCKET, kept, n);
}

static GByteArray *
count_values (TfvKernelContext *context, const TfvTensor *values)
{
  guint               n_limits;
  g_autofree guint64 *counts = NULL;
  double              min = DBL_MAX;
  double              max = -DBL_MAX;
  double              sum = 0;
  double              sum_squares = 0;
  GByteArray         *message;

  tfv_exponential_buckets_get_limits (&n_limits);
  counts = g_new0 (guint64, n_limits);
  for (gsize i = 0; i < values->n_elements; i++)
    {
      double value = tfv_tensor_get_value (values, i);

      if (!isfinite (value))
        {
          const char *what = isnan (value) ? "Nan in summary histogram for" : "Infinity in Histogram for";

          tfv_kernel_fail (context, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "%s: %s", what, context->operation->name);
          return NULL;
        }
      tfv_exponential_buckets_count (&value, 1, counts);
      min = MIN (min, value);
      max = MAX (max, value);
      sum += value;
      sum_squares += value * value;
    }

  message = g_byte_array_new ();
  put_nonzero (message, HISTO_MIN, min);
  put_nonzero (message, HISTO_MAX, max);
  put_nonzero (message, HISTO_NUM, (double) values->n_elements);
  put_nonzero (message, HISTO_SUM, sum);
  put_nonzero (message, HISTO_SUM_SQUARES, sum_squares);
  put_buckets (message, counts);
  return message;
}

static void
infer (TfvInference *inference)
{
  if (tfv_inference_check_scalar (inference, TAG))
    tfv_infer_scalar (inference);
}

static void
compute (TfvKernelContext *context)
{
  TfvTensor             *tag = tfv_kernel_get_input (context, TAG);
  g_autoptr (GByteArray) summary = g_byte_array_new ();
  g_autoptr (GBytes)     bytes = NULL;
  GByteArray            *histogram;

  if (tag->n_elements != 1)
    {
      tfv_kernel_fail (context, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "tags must be scalar");
      return;
    }
  histogram = count_values (context, tfv_kernel_get_input (context, VALUES));
  if (histogram == NULL)
    return;
  tfv_summary_message_add_message (summary, ((GBytes **) tag->data)[0], NULL, TFV_SUMMARY_HISTOGRAM, histogram, NULL);
  bytes = g_byte_array_free_to_bytes (g_steal_pointer (&summary));
  tfv_kernel_take_output (context, 0, tfv_tensor_new_bytes (bytes));
}

/* Whatever the type of the values: a kernel is chosen by the tag. */
static const TfvKernel kernels[] = {
  { TFV_DEVICE_CPU, TFV_DATA_TYPE_STRING, compute },
  { 0 },
};

/* The bytes are those that TensorFlow gives. */
static const TfvOpCase cases[] = {
  { .name = "three values", .inputs = { "[] h", "[3] 1 2 3" }, .types = "float double uint8 int32 int64", .expected = { "[] #0aa7010a01682aa10109000000000000f03f110000000000000840190000000000000840210000000000001840290000000000002c40323808996919155aed3f2b14facdbe24f03fdc94cd2e8d75ff3fe011f10c744d014068bc10359a0707400d9cc5a029550940ffffffffffffef7f3a380000000000000000000000000000f03f0000000000000000000000000000f03f0000000000000000000000000000f03f0000000000000000" } },
  { .name = "zero", .inputs = { "[] h", "[1,1] 0" }, .expected = { "[] #0a420a01682a3d19000000000000f03f3218000000000000000011ea2d819997713dffffffffffffef7f3a180000000000000000000000000000f03f0000000000000000" } },
  { .name = "nothing", .inputs = { "[] h", "[0]" }, .expected = { "[] #0a2b0a01682a2609ffffffffffffef7f11ffffffffffffefff3208ffffffffffffef7f3a080000000000000000" } },
  { .name = "not a number", .inputs = { "[] h", "[2] 1 nan" }, .types = "float double", .error = "Nan in summary histogram for: HistogramSummary" },
  { .name = "infinity", .inputs = { "[] h", "[2] 1 -inf" }, .types = "float double", .error = "Infinity in Histogram for: HistogramSummary" },
  { .name = "tags", .inputs = { "[2] h i", "[1] 1" }, .error = "scalar" },
  { 0 },
};

static const TfvOpDef defs[] = {
  {
      .type = "HistogramSummary",
      .inputs = { "tag: string", "values: T" },
      .outputs = { "summary: string" },
      .attributes = { "T: {float, double, uint8, int32, int64} = float" },
      .flags = TFV_OP_NO_GRADIENT,
      .infer_shape = infer,
      .kernels = kernels,
      .cases = cases,
  },
};

const TfvOpFamily tfv_op_histogram_summary = TFV_OP_FAMILY (defs);
