/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <float.h>
#include <math.h>

#include "engine/tfv-inference-private.h"
#include "engine/tfv-kernel-private.h"
#include "engine/tfv-message-private.h"
#include "engine/training/tfv-summary-message-private.h"

/* HistogramSummary, in TensorFlow's buckets: a bucket ends a tenth further from 0
 * than the one beside it, from 1e-12 to 1e20, and the last ones hold all beyond. */

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

#define FIRST_LIMIT 1e-12
#define LAST_LIMIT 1e20
#define GROWTH 1.1
#define MAX_LIMITS 2048

typedef struct
{
  guint  n;
  double limits[MAX_LIMITS];
} Limits;

static Limits *
make_limits (void)
{
  Limits *self = g_new0 (Limits, 1);
  double  positive[MAX_LIMITS / 2];
  guint   n = 0;

  for (double limit = FIRST_LIMIT; limit < LAST_LIMIT; limit *= GROWTH)
    positive[n++] = limit;
  positive[n++] = DBL_MAX;
  g_assert (2 * n + 1 <= MAX_LIMITS);

  for (guint i = n; i > 0; i--)
    self->limits[self->n++] = -positive[i - 1];
  self->limits[self->n++] = 0;
  for (guint i = 0; i < n; i++)
    self->limits[self->n++] = positive[i];
  return self;
}

static const Limits *
get_limits (void)
{
  static gsize limits = 0;

  if (g_once_init_enter (&limits))
    g_once_init_leave (&limits, (gsize) make_limits ());
  return (const Limits *) limits;
}

/* The first limit that is greater: the end of the value's bucket. */
static guint
find_bucket (const Limits *self, double value)
{
  guint low = 0;
  guint n = self->n - 1;

  while (n > 0)
    {
      guint half = n / 2;

      if (self->limits[low + half] <= value)
        {
          low += half + 1;
          n -= half + 1;
        }
      else
        n = half;
    }
  return low;
}

static void
put_nonzero (GByteArray *message, guint field, double value)
{
  if (value != 0)
    tfv_message_put_double (message, field, value);
}

/* Each run of empty buckets becomes one. */
static void
put_buckets (GByteArray *message, const Limits *self, const double *counts)
{
  g_autofree double *ends = g_new (double, self->n);
  g_autofree double *kept = g_new (double, self->n);
  guint              n = 0;

  for (guint i = 0; i < self->n; i++)
    {
      if (n == 0 || counts[i] > 0 || kept[n - 1] > 0)
        kept[n++] = counts[i];
      ends[n - 1] = self->limits[i];
    }
  tfv_message_put_doubles (message, HISTO_BUCKET_LIMIT, ends, n);
  tfv_message_put_doubles (message, HISTO_BUCKET, kept, n);
}

static GByteArray *
count_values (TfvKernelContext *context, const TfvTensor *values)
{
  const Limits      *limits = get_limits ();
  g_autofree double *counts = g_new0 (double, limits->n);
  double             min = DBL_MAX;
  double             max = -DBL_MAX;
  double             sum = 0;
  double             sum_squares = 0;
  GByteArray        *message;

  for (gsize i = 0; i < values->n_elements; i++)
    {
      double value = tfv_tensor_get_value (values, i);

      if (!isfinite (value))
        {
          const char *what = isnan (value) ? "Nan in summary histogram for" : "Infinity in Histogram for";

          tfv_kernel_fail (context, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "%s: %s", what, context->operation->name);
          return NULL;
        }
      counts[find_bucket (limits, value)]++;
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
  put_buckets (message, limits, counts);
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
