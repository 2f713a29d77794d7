/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-gemm-private.h"
#include "engine/tfv-inference-private.h"
#include "engine/tfv-kernel-private.h"
#include "engine/tfv-op-builder.h"
#include "engine/tfv-ops.h"

static void
infer_shape (TfvInference *inference)
{
  int      transpose_a = tfv_operation_get_attr_bool (inference->operation, "transpose_a");
  int      transpose_b = tfv_operation_get_attr_bool (inference->operation, "transpose_b");
  TfvShape a;
  TfvShape b;
  gint64   a_inner;
  gint64   b_inner;

  if (!tfv_inference_with_rank (inference, 0, 2, &a) || !tfv_inference_with_rank (inference, 1, 2, &b))
    return;
  a_inner = a.dims[1 - transpose_a];
  b_inner = b.dims[transpose_b];
  if (a_inner >= 0 && b_inner >= 0 && a_inner != b_inner)
    {
      g_autofree char *a_text = tfv_shape_to_string (&a);
      g_autofree char *b_text = tfv_shape_to_string (&b);

      tfv_inference_fail (inference, "shapes %s%s and %s%s do not multiply", a_text, transpose_a ? " transposed" : "", b_text, transpose_b ? " transposed" : "");
      return;
    }
  inference->outputs[0] = TFV_SHAPE (a.dims[transpose_a], b.dims[1 - transpose_b]);
}

static void
compute (TfvKernelContext *context)
{
  TfvTensor *a = context->inputs[0];
  TfvTensor *b = context->inputs[1];
  TfvTensor *c;
  TfvGemm    gemm = {
       .transpose_a = tfv_operation_get_attr_bool (context->operation, "transpose_a"),
       .transpose_b = tfv_operation_get_attr_bool (context->operation, "transpose_b"),
       .a = a->data,
       .b = b->data,
  };
  TfvShape shape = { .rank = 2 };

  if (a->shape.rank != 2 || b->shape.rank != 2 || a->shape.dims[gemm.transpose_a ? 0 : 1] != b->shape.dims[gemm.transpose_b ? 1 : 0])
    {
      tfv_kernel_fail (context, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "the matrices do not multiply");
      return;
    }
  gemm.m = (gsize) a->shape.dims[gemm.transpose_a ? 1 : 0];
  gemm.k = (gsize) a->shape.dims[gemm.transpose_a ? 0 : 1];
  gemm.n = (gsize) b->shape.dims[gemm.transpose_b ? 0 : 1];
  shape.dims[0] = (gint64) gemm.m;
  shape.dims[1] = (gint64) gemm.n;
  c = tfv_kernel_allocate_output (context, 0, &shape);
  if (c == NULL)
    return;
  gemm.c = c->data;
  tfv_gemm (a->dtype, &gemm);
}

static void
gradient (TfvOperation *operation, const TfvOutput *grads, TfvOutput *input_grads)
{
  gboolean  transpose_a = tfv_operation_get_attr_bool (operation, "transpose_a");
  gboolean  transpose_b = tfv_operation_get_attr_bool (operation, "transpose_b");
  TfvOutput a = operation->inputs[0];
  TfvOutput b = operation->inputs[1];
  TfvOutput grad = grads[0];

  input_grads[0] = transpose_a ? tfv_mat_mul (b, grad, transpose_b, TRUE, NULL) : tfv_mat_mul (grad, b, FALSE, !transpose_b, NULL);
  input_grads[1] = transpose_b ? tfv_mat_mul (grad, a, TRUE, transpose_a, NULL) : tfv_mat_mul (a, grad, !transpose_a, FALSE, NULL);
}

static const TfvKernel kernels[] = {
  { TFV_DEVICE_CPU, TFV_DATA_TYPE_FLOAT, compute, NULL },
  { TFV_DEVICE_CPU, TFV_DATA_TYPE_DOUBLE, compute, NULL },
  { TFV_DEVICE_CPU, TFV_DATA_TYPE_INT32, compute, NULL },
  { TFV_DEVICE_CPU, TFV_DATA_TYPE_INT64, compute, NULL },
  { 0 },
};

static const TfvOpCase cases[] = {
  { .name = "plain", .inputs = { "[2,3] 1 2 3 4 5 6", "[3,2] 1 2 3 4 5 6" }, .expected = { "[2,2] 22 28 49 64" } },
  { .name = "first transposed", .inputs = { "[3,2] 1 4 2 5 3 6", "[3,2] 1 2 3 4 5 6" }, .attributes = "transpose_a=true", .expected = { "[2,2] 22 28 49 64" } },
  { .name = "second transposed", .inputs = { "[2,3] 1 2 3 4 5 6", "[2,3] 1 3 5 2 4 6" }, .attributes = "transpose_b=true", .expected = { "[2,2] 22 28 49 64" } },
  { .name = "both transposed", .inputs = { "[3,2] 1 4 2 5 3 6", "[2,3] 1 3 5 2 4 6" }, .attributes = "transpose_a=true transpose_b=true", .expected = { "[2,2] 22 28 49 64" } },
  { .name = "nothing to sum", .inputs = { "[2,0]", "[0,2]" }, .expected = { "[2,2] 0" } },
  { .name = "large", .inputs = { "[300,300] 1", "[300,300] 2" }, .expected = { "[300,300] 600" }, .flags = TFV_CASE_NO_GRADIENT },
  { .name = "shapes that do not fit", .inputs = { "[2,3] 1", "[2,3] 1" }, .error = "[2,3] and [2,3] do not multiply" },
  { .name = "no matrix", .inputs = { "[2] 1", "[2,3] 1" }, .error = "must have rank 2" },
  { 0 },
};

static const TfvOpDef defs[] = {
  {
      .type = "MatMul",
      .inputs = { "a: T", "b: T" },
      .outputs = { "product: T" },
      .attributes = { "transpose_a: bool = false", "transpose_b: bool = false", "T: {float, double, int32, int64}" },
      .infer_shape = infer_shape,
      .kernels = kernels,
      .gradient = gradient,
      .cases = cases,
  },
};

const TfvOpFamily tfv_op_mat_mul = TFV_OP_FAMILY (defs);

/**
 * tfv_mat_mul: (skip)
 * @a: a matrix
 * @b: a matrix of the same type
 * @transpose_a: take @a with its dimensions swapped
 * @transpose_b: take @b with its dimensions swapped
 * @name: (nullable): name inside the current scope
 *
 * Returns: the product of the matrices
 */
TfvOutput
tfv_mat_mul (TfvOutput a, TfvOutput b, gboolean transpose_a, gboolean transpose_b, const char *name)
{
  TfvOpBuilder *builder = tfv_op_builder_new (NULL, "MatMul", name);

  tfv_op_builder_add_input (builder, a);
  tfv_op_builder_add_input (builder, b);
  tfv_op_builder_set_bool (builder, "transpose_a", transpose_a);
  tfv_op_builder_set_bool (builder, "transpose_b", transpose_b);
  return tfv_op_builder_finish_output (builder);
}

/**
 * tfv_matmul: (skip)
 * @a: a matrix
 * @b: a matrix of the same type
 * @name: (nullable): name inside the current scope
 *
 * Returns: the product of the matrices
 */
TfvOutput
tfv_matmul (TfvOutput a, TfvOutput b, const char *name)
{
  return tfv_mat_mul (a, b, FALSE, FALSE, name);
}
