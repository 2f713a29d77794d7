/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-inference-private.h"
#include "engine/tfv-op-unary-private.h"
#include "engine/tfv-ops.h"

/* Shape, Size and Rank: known before the run where the shape is. */

static void
set_element (TfvTensor *tensor, gsize index, gint64 value)
{
  if (tensor->dtype == TFV_DATA_TYPE_INT32)
    ((gint32 *) tensor->data)[index] = (gint32) value;
  else
    ((gint64 *) tensor->data)[index] = value;
}

static void
infer_shape (TfvInference *inference)
{
  const TfvShape *input = &inference->inputs[0];
  TfvTensor      *value;

  inference->outputs[0] = input->rank >= 0 ? TFV_SHAPE (input->rank) : tfv_shape_unknown_of_rank (1);
  if (!tfv_shape_is_fully_known (input))
    return;
  value = tfv_tensor_new (tfv_operation_get_attr_type (inference->operation, "out_type"), inference->outputs[0]);
  for (int i = 0; i < input->rank; i++)
    set_element (value, (gsize) i, input->dims[i]);
  tfv_inference_take_value (inference, 0, value);
}

static void
infer_size (TfvInference *inference)
{
  gint64 n_elements = tfv_shape_get_n_elements (&inference->inputs[0]);

  inference->outputs[0] = tfv_shape_scalar ();
  if (n_elements >= 0)
    {
      TfvTensor *value = tfv_tensor_new (tfv_operation_get_attr_type (inference->operation, "out_type"), tfv_shape_scalar ());

      set_element (value, 0, n_elements);
      tfv_inference_take_value (inference, 0, value);
    }
}

static void
infer_rank (TfvInference *inference)
{
  inference->outputs[0] = tfv_shape_scalar ();
  if (inference->inputs[0].rank >= 0)
    tfv_inference_take_value (inference, 0, tfv_tensor_new_int32 (inference->inputs[0].rank));
}

static void
compute_shape (TfvKernelContext *context)
{
  const TfvShape *shape = &context->inputs[0]->shape;
  TfvShape        vector = TFV_SHAPE (shape->rank);
  TfvTensor      *output = tfv_kernel_allocate_output (context, 0, &vector);

  for (int i = 0; output != NULL && i < shape->rank; i++)
    set_element (output, (gsize) i, shape->dims[i]);
}

static void
compute_size (TfvKernelContext *context)
{
  TfvShape   scalar = tfv_shape_scalar ();
  TfvTensor *output = tfv_kernel_allocate_output (context, 0, &scalar);

  if (output != NULL)
    set_element (output, 0, (gint64) context->inputs[0]->n_elements);
}

static void
compute_rank (TfvKernelContext *context)
{
  TfvShape   scalar = tfv_shape_scalar ();
  TfvTensor *output = tfv_kernel_allocate_output (context, 0, &scalar);

  if (output != NULL)
    set_element (output, 0, context->inputs[0]->shape.rank);
}

static const TfvKernel shape_kernels[] = { { .compute = compute_shape }, { 0 } };
static const TfvKernel size_kernels[] = { { .compute = compute_size }, { 0 } };
static const TfvKernel rank_kernels[] = { { .compute = compute_rank }, { 0 } };

static const TfvOpCase shape_cases[] = {
  { .name = "matrix", .inputs = { "[2,3] 0" }, .expected = { "[2] 2 3" }, .types = "float" },
  { .name = "scalar", .inputs = { "[] 0" }, .expected = { "[0]" }, .types = "float" },
  { .name = "wide", .inputs = { "[2,3] 0" }, .attributes = "out_type=int64", .expected = { "[2] 2 3" }, .types = "float" },
  { 0 },
};
static const TfvOpCase size_cases[] = {
  { .name = "matrix", .inputs = { "[2,3] 0" }, .expected = { "[] 6" }, .types = "float" },
  { 0 },
};
static const TfvOpCase rank_cases[] = {
  { .name = "matrix", .inputs = { "[2,3] 0" }, .expected = { "[] 2" }, .types = "float" },
  { 0 },
};

static const TfvOpDef defs[] = {
  {
      .type = "Shape",
      .inputs = { "input: T" },
      .outputs = { "output: out_type" },
      .attributes = { "T: type", "out_type: {int32, int64} = int32" },
      .flags = TFV_OP_NO_GRADIENT,
      .infer_shape = infer_shape,
      .kernels = shape_kernels,
      .cases = shape_cases,
  },
  {
      .type = "Size",
      .inputs = { "input: T" },
      .outputs = { "output: out_type" },
      .attributes = { "T: type", "out_type: {int32, int64} = int32" },
      .flags = TFV_OP_NO_GRADIENT,
      .infer_shape = infer_size,
      .kernels = size_kernels,
      .cases = size_cases,
  },
  {
      .type = "Rank",
      .inputs = { "input: T" },
      .outputs = { "output: int32" },
      .attributes = { "T: type" },
      .flags = TFV_OP_NO_GRADIENT,
      .infer_shape = infer_rank,
      .kernels = rank_kernels,
      .cases = rank_cases,
  },
};

const TfvOpFamily tfv_op_shape = TFV_OP_FAMILY (defs);

/**
 * tfv_shape_of: (skip)
 * @input: any tensor
 * @name: (nullable): name inside the current scope
 *
 * Returns: an int32 vector: the sizes of @input when it runs
 */
TfvOutput
tfv_shape_of (TfvOutput input, const char *name)
{
  return tfv_op_unary ("Shape", input, name);
}

/**
 * tfv_size: (skip)
 * @input: any tensor
 * @name: (nullable): name inside the current scope
 *
 * Returns: an int32 scalar: how many elements @input has when it runs
 */
TfvOutput
tfv_size (TfvOutput input, const char *name)
{
  return tfv_op_unary ("Size", input, name);
}

/**
 * tfv_rank: (skip)
 * @input: any tensor
 * @name: (nullable): name inside the current scope
 *
 * Returns: an int32 scalar: how many dimensions @input has when it runs
 */
TfvOutput
tfv_rank (TfvOutput input, const char *name)
{
  return tfv_op_unary ("Rank", input, name);
}
