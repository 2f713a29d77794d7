/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-op-binary-private.h"
#include "engine/tfv-ops.h"
#include "engine/tfv-parallel-private.h"
#include "engine/tfv-softmax-private.h"

/* Both cross entropies give the loss of each row and, since it costs nothing
 * more, the gradient of the loss by the logits. */

static void
infer_dense (TfvInference *inference)
{
  TfvShape logits;
  TfvShape labels;
  TfvShape merged;

  if (!tfv_inference_with_rank (inference, 0, 2, &logits) || !tfv_inference_with_rank (inference, 1, 2, &labels))
    return;
  if (!tfv_shape_merge (&logits, &labels, &merged))
    {
      g_autofree char *logits_text = tfv_shape_to_string (&logits);
      g_autofree char *labels_text = tfv_shape_to_string (&labels);

      tfv_inference_fail (inference, "logits of shape %s and labels of shape %s differ", logits_text, labels_text);
      return;
    }
  inference->outputs[0] = TFV_SHAPE (merged.dims[0]);
  inference->outputs[1] = merged;
}

static void
infer_sparse (TfvInference *inference)
{
  TfvShape logits;
  TfvShape labels;
  TfvShape rows;

  if (!tfv_inference_with_rank (inference, 0, 2, &logits) || !tfv_inference_with_rank (inference, 1, 1, &labels))
    return;
  rows = TFV_SHAPE (logits.dims[0]);
  if (!tfv_shape_merge (&rows, &labels, &rows))
    {
      g_autofree char *logits_text = tfv_shape_to_string (&logits);
      g_autofree char *labels_text = tfv_shape_to_string (&labels);

      tfv_inference_fail (inference, "logits of shape %s need a label a row, not labels of shape %s", logits_text, labels_text);
      return;
    }
  inference->outputs[0] = rows;
  inference->outputs[1] = TFV_SHAPE (rows.dims[0], logits.dims[1]);
}

static gboolean
allocate (TfvKernelContext *context, TfvTensor **loss, TfvTensor **backprop)
{
  TfvTensor *logits = context->inputs[0];
  TfvTensor *labels = context->inputs[1];
  gboolean   is_sparse = labels->shape.rank == 1;
  TfvShape   rows;

  if (logits->shape.rank != 2 || (is_sparse ? labels->shape.dims[0] != logits->shape.dims[0] : !tfv_tensor_has_shape (labels, &logits->shape)))
    {
      tfv_kernel_fail (context, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "logits and labels do not fit in shape");
      return FALSE;
    }
  rows = TFV_SHAPE (logits->shape.dims[0]);
  *loss = tfv_kernel_allocate_output (context, 0, &rows);
  *backprop = *loss != NULL ? tfv_kernel_allocate_output (context, 1, &logits->shape) : NULL;
  return *backprop != NULL;
}

static gboolean
check_labels (TfvKernelContext *context, gsize n)
{
  TfvTensor *labels = context->inputs[1];

  for (gsize row = 0; row < labels->n_elements; row++)
    if (tfv_tensor_get_integer (labels, row) < 0 || tfv_tensor_get_integer (labels, row) >= (gint64) n)
      {
        tfv_kernel_fail (context,
                         TFV_ENGINE_ERROR_INVALID_ARGUMENT,
                         "label %" G_GINT64_FORMAT " of row %" G_GSIZE_FORMAT " is not in [0,%" G_GSIZE_FORMAT ")",
                         tfv_tensor_get_integer (labels, row),
                         row,
                         n);
        return FALSE;
      }
  return TRUE;
}

typedef struct _Work Work;

struct _Work
{
  void (*compute_row) (const Work *work, gsize row);
  TfvTensor *logits;
  TfvTensor *labels;
  TfvTensor *loss;
  TfvTensor *backprop;
  gsize      n;
};

/* With q the softmax and p the labels: the loss is -sum p log q, and its
 * gradient by the logits q - p; labels of a row sum to 1. */
#define DEFINE_ROWS(suffix, type)                                                  \
  static void dense_row_##suffix (const Work *work, gsize row)                     \
  {                                                                                \
    const type *x = (const type *) work->logits->data + row * work->n;             \
    const type *p = (const type *) work->labels->data + row * work->n;             \
    type       *y = (type *) work->backprop->data + row * work->n;                 \
    type        normalizer[2] = { 0, 0 };                                          \
    type        sum = 0;                                                           \
                                                                                   \
    if (work->n > 0)                                                               \
      tfv_softmax_row_##suffix (x, y, work->n, normalizer);                        \
    for (gsize i = 0; i < work->n; i++)                                            \
      {                                                                            \
        sum += p[i] != 0 ? p[i] * (normalizer[1] - (x[i] - normalizer[0])) : 0;    \
        y[i] -= p[i];                                                              \
      }                                                                            \
    ((type *) work->loss->data)[row] = sum;                                        \
  }                                                                                \
  static void sparse_row_##suffix (const Work *work, gsize row)                    \
  {                                                                                \
    const type *x = (const type *) work->logits->data + row * work->n;             \
    type       *y = (type *) work->backprop->data + row * work->n;                 \
    gint64      label = tfv_tensor_get_integer (work->labels, row);                \
    type        normalizer[2];                                                     \
                                                                                   \
    tfv_softmax_row_##suffix (x, y, work->n, normalizer);                          \
    ((type *) work->loss->data)[row] = normalizer[1] - (x[label] - normalizer[0]); \
    y[label] -= 1;                                                                 \
  }

DEFINE_ROWS (float, float)
DEFINE_ROWS (double, double)

static void
do_rows (gpointer data, gsize begin, gsize end)
{
  const Work *work = data;

  for (gsize row = begin; row < end; row++)
    work->compute_row (work, row);
}

static void
compute (TfvKernelContext *context)
{
  TfvTensor *labels = context->inputs[1];
  Work       work = { .logits = context->inputs[0], .labels = labels };

  if (!allocate (context, &work.loss, &work.backprop))
    return;
  work.compute_row = (void (*) (const Work *, gsize)) context->data;
  work.n = (gsize) work.backprop->shape.dims[1];
  if (labels->shape.rank == 1 && !check_labels (context, work.n))
    return;
  tfv_parallel_for (work.loss->n_elements, tfv_softmax_grain (work.n), do_rows, &work);
}

static const TfvKernel dense_kernels[] = {
  { TFV_DEVICE_CPU, TFV_DATA_TYPE_FLOAT, compute, (const void *) dense_row_float },
  { TFV_DEVICE_CPU, TFV_DATA_TYPE_DOUBLE, compute, (const void *) dense_row_double },
  { 0 },
};
static const TfvKernel sparse_kernels[] = {
  { TFV_DEVICE_CPU, TFV_DATA_TYPE_FLOAT, compute, (const void *) sparse_row_float },
  { TFV_DEVICE_CPU, TFV_DATA_TYPE_DOUBLE, compute, (const void *) sparse_row_double },
  { 0 },
};

/* A gradient a row times the row's backprop. */
static TfvOutput
scale_rows (TfvOutput grad, TfvOutput rows)
{
  return tfv_multiply (tfv_expand_dims (grad, -1, NULL), rows, NULL);
}

static void
dense_gradient (TfvOperation *operation, const TfvOutput *grads, TfvOutput *input_grads)
{
  if (tfv_output_is_none (grads[0]))
    return;
  input_grads[0] = scale_rows (grads[0], tfv_operation_get_output (operation, 1));
  input_grads[1] = scale_rows (grads[0], tfv_negate (tfv_log_softmax (operation->inputs[0], NULL), NULL));
}

static void
sparse_gradient (TfvOperation *operation, const TfvOutput *grads, TfvOutput *input_grads)
{
  if (!tfv_output_is_none (grads[0]))
    input_grads[0] = scale_rows (grads[0], tfv_operation_get_output (operation, 1));
}

static const TfvOpCase dense_cases[] = {
  { .name = "rows",
    .inputs = { "[2,3] 1 2 3 0 0 0", "[2,3] 0 0 1 0.5 0.5 0" },
    .expected = { "[2] 0.40760596 1.0986123", "[2,3] 0.090030573 0.24472847 -0.33475904 -0.16666667 -0.16666667 0.33333333" },
    .tolerance = 1e-6,
    /* By the labels the formula holds where a row sums to 1 only. */
    .flags = TFV_CASE_NO_GRADIENT },
  { .name = "large logits", .inputs = { "[1,2] 1000 -1000", "[1,2] 1 0" }, .expected = { "[1] 0", "[1,2] 0 0" }, .tolerance = 1e-6, .flags = TFV_CASE_NO_GRADIENT },
  { .name = "shapes that do not fit", .inputs = { "[1,2] 1", "[2,2] 1" }, .error = "differ" },
  { 0 },
};

static const TfvOpCase sparse_cases[] = {
  { .name = "rows",
    .inputs = { "[2,3] 1 2 3 0 0 0", "[2] 2 0" },
    .expected = { "[2] 0.40760596 1.0986123", "[2,3] 0.090030573 0.24472847 -0.33475904 -0.66666667 0.33333333 0.33333333" },
    .tolerance = 1e-6 },
  { .name = "label out of range", .inputs = { "[1,3] 1", "[1] 3" }, .error = "label 3 of row 0 is not in [0,3)" },
  { .name = "labels do not fit", .inputs = { "[2,3] 1", "[3] 0" }, .error = "need a label a row" },
  { 0 },
};

static const TfvOpDef defs[] = {
  {
      .type = "SoftmaxCrossEntropyWithLogits",
      .inputs = { "features: T", "labels: T" },
      .outputs = { "loss: T", "backprop: T" },
      .attributes = { "T: {float, double}" },
      .infer_shape = infer_dense,
      .kernels = dense_kernels,
      .gradient = dense_gradient,
      .cases = dense_cases,
  },
  {
      .type = "SparseSoftmaxCrossEntropyWithLogits",
      .inputs = { "features: T", "labels: Tlabels" },
      .outputs = { "loss: T", "backprop: T" },
      .attributes = { "T: {float, double}", "Tlabels: {int32, int64} = int64" },
      .infer_shape = infer_sparse,
      .kernels = sparse_kernels,
      .gradient = sparse_gradient,
      .cases = sparse_cases,
  },
};

const TfvOpFamily tfv_op_softmax_cross_entropy = TFV_OP_FAMILY (defs);

/**
 * tfv_softmax_cross_entropy_with_logits: (skip)
 * @labels: probabilities, each row summing to 1
 * @logits: a matrix of the same shape
 * @name: (nullable): name inside the current scope
 *
 * Returns: a vector: the cross entropy of each row with softmax (@logits)
 */
TfvOutput
tfv_softmax_cross_entropy_with_logits (TfvOutput labels, TfvOutput logits, const char *name)
{
  return tfv_op_binary ("SoftmaxCrossEntropyWithLogits", logits, labels, name);
}

/**
 * tfv_sparse_softmax_cross_entropy_with_logits: (skip)
 * @labels: a vector of int32 or int64: the right column of each row
 * @logits: a matrix
 * @name: (nullable): name inside the current scope
 *
 * Returns: a vector: the cross entropy of each row with softmax (@logits). A
 *   label that is no column makes the run fail
 */
TfvOutput
tfv_sparse_softmax_cross_entropy_with_logits (TfvOutput labels, TfvOutput logits, const char *name)
{
  return tfv_op_binary ("SparseSoftmaxCrossEntropyWithLogits", logits, labels, name);
}
