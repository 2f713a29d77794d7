/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-op-unary-private.h"
#include "engine/tfv-ops.h"
#include "engine/tfv-parallel-private.h"
#include "engine/tfv-softmax-private.h"

static void
infer_shape (TfvInference *inference)
{
  inference->outputs[0] = inference->inputs[0];
  if (inference->inputs[0].rank == 0)
    tfv_inference_fail (inference, "the logits must have a dimension");
}

typedef struct
{
  TfvSoftmaxRow row;
  const char   *logits;
  char         *output;
  gsize         n;
  gsize         row_bytes;
} Work;

static void
do_rows (gpointer data, gsize begin, gsize end)
{
  Work *work = data;

  for (gsize row = begin; row < end; row++)
    work->row (work->logits + row * work->row_bytes, work->output + row * work->row_bytes, work->n, NULL);
}

static void
compute (TfvKernelContext *context)
{
  TfvTensor *logits = context->inputs[0];
  TfvTensor *output = tfv_kernel_forward_or_allocate_output (context, 0, &logits->shape);
  Work       work;

  if (output == NULL || output->n_elements == 0)
    return;
  work = (Work){ (TfvSoftmaxRow) context->data, logits->data, output->data, (gsize) logits->shape.dims[logits->shape.rank - 1] };
  work.row_bytes = work.n * tfv_data_type_get_size (logits->dtype);
  tfv_parallel_for (logits->n_elements / work.n, tfv_softmax_grain (work.n), do_rows, &work);
}

static TfvOutput
sum_rows (TfvOutput x)
{
  gint32 last = -1;

  return tfv_reduce_sum (x, tfv_constant_int32_vector (x.operation->graph, &last, 1, NULL), TRUE, NULL);
}

static void
softmax_gradient (TfvOperation *operation, const TfvOutput *grads, TfvOutput *input_grads)
{
  TfvOutput softmax = tfv_operation_get_output (operation, 0);
  TfvOutput sum = sum_rows (tfv_multiply (grads[0], softmax, NULL));

  input_grads[0] = tfv_multiply (tfv_subtract (grads[0], sum, NULL), softmax, NULL);
}

static void
log_softmax_gradient (TfvOperation *operation, const TfvOutput *grads, TfvOutput *input_grads)
{
  TfvOutput softmax = tfv_exp (tfv_operation_get_output (operation, 0), NULL);

  input_grads[0] = tfv_subtract (grads[0], tfv_multiply (sum_rows (grads[0]), softmax, NULL), NULL);
}

static const TfvKernel softmax_kernels[] = {
  { TFV_DEVICE_CPU, TFV_DATA_TYPE_FLOAT, compute, (const void *) tfv_softmax_row_float },
  { TFV_DEVICE_CPU, TFV_DATA_TYPE_DOUBLE, compute, (const void *) tfv_softmax_row_double },
  { 0 },
};
static const TfvKernel log_softmax_kernels[] = {
  { TFV_DEVICE_CPU, TFV_DATA_TYPE_FLOAT, compute, (const void *) tfv_log_softmax_row_float },
  { TFV_DEVICE_CPU, TFV_DATA_TYPE_DOUBLE, compute, (const void *) tfv_log_softmax_row_double },
  { 0 },
};

static const TfvOpCase softmax_cases[] = {
  { .name = "rows",
    .inputs = { "[2,3] 1 2 3 0 0 0" },
    .expected = { "[2,3] 0.090030573 0.24472847 0.66524096 0.33333333 0.33333333 0.33333333" },
    .tolerance = 1e-6 },
  { .name = "large logits", .inputs = { "[2] 1000 1000" }, .expected = { "[2] 0.5 0.5" }, .tolerance = 1e-6 },
  { 0 },
};

static const TfvOpCase log_softmax_cases[] = {
  { .name = "rows",
    .inputs = { "[2,3] 1 2 3 0 0 0" },
    .expected = { "[2,3] -2.4076060 -1.4076060 -0.40760596 -1.0986123 -1.0986123 -1.0986123" },
    .tolerance = 1e-6 },
  { .name = "large logits", .inputs = { "[2] -1000 1000" }, .expected = { "[2] -2000 0" }, .tolerance = 1e-6 },
  { 0 },
};

#define DEF(op_type, output, op_kernels, op_gradient, op_cases)                                                \
  {                                                                                                            \
    .type = op_type, .inputs = { "logits: T" }, .outputs = { output }, .attributes = { "T: {float, double}" }, \
    .flags = TFV_OP_IN_PLACE, .infer_shape = infer_shape, .kernels = op_kernels,                               \
    .gradient = op_gradient, .cases = op_cases,                                                                \
  }

static const TfvOpDef defs[] = {
  DEF ("Softmax", "softmax: T", softmax_kernels, softmax_gradient, softmax_cases),
  DEF ("LogSoftmax", "logsoftmax: T", log_softmax_kernels, log_softmax_gradient, log_softmax_cases),
};

const TfvOpFamily tfv_op_softmax = TFV_OP_FAMILY (defs);

/**
 * tfv_softmax: (skip)
 * @logits: floating-point numbers
 * @name: (nullable): name inside the current scope
 *
 * Returns: exp (@logits), each row of the last dimension divided by its sum
 */
TfvOutput
tfv_softmax (TfvOutput logits, const char *name)
{
  return tfv_op_unary ("Softmax", logits, name);
}

/**
 * tfv_log_softmax: (skip)
 * @logits: floating-point numbers
 * @name: (nullable): name inside the current scope
 *
 * Returns: the logarithm of [func@Tfv.softmax], exact for small probabilities
 */
TfvOutput
tfv_log_softmax (TfvOutput logits, const char *name)
{
  return tfv_op_unary ("LogSoftmax", logits, name);
}
