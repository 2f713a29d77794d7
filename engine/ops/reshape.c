/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-inference-private.h"
#include "engine/tfv-kernel-private.h"
#include "engine/tfv-op-binary-private.h"
#include "engine/tfv-op-builder.h"
#include "engine/tfv-op-unary-private.h"
#include "engine/tfv-ops.h"

/* Reshape, ExpandDims and Squeeze: the same memory with another shape. */

/* Puts the size that a single -1 stands for. */
static gboolean
complete_shape (TfvShape *shape, gint64 n_elements)
{
  gint64 known = 1;
  int    open = -1;

  for (int i = 0; i < shape->rank; i++)
    if (shape->dims[i] < 0)
      {
        if (open >= 0)
          return FALSE;
        open = i;
      }
    else if (__builtin_mul_overflow (known, shape->dims[i], &known))
      return FALSE;
  if (open >= 0)
    {
      if (known == 0 || n_elements % known != 0)
        return FALSE;
      shape->dims[open] = n_elements / known;
      known = n_elements;
    }
  return known == n_elements;
}

static void
infer_reshape (TfvInference *inference)
{
  gint64   n_elements = tfv_shape_get_n_elements (&inference->inputs[0]);
  TfvShape shape;
  TfvShape asked;

  if (!tfv_inference_constant_shape (inference, 1, &shape))
    return;
  asked = shape;
  if (inference->constants[1] != NULL && n_elements >= 0 && !complete_shape (&shape, n_elements))
    {
      g_autofree char *from = tfv_shape_to_string (&inference->inputs[0]);
      g_autofree char *to = tfv_shape_to_string (&asked);

      tfv_inference_fail (inference, "shape %s can't become %s", from, to);
      return;
    }
  inference->outputs[0] = shape;
}

static void
take_reshaped (TfvKernelContext *context, TfvShape *shape)
{
  TfvTensor *input = context->inputs[0];
  TfvShape   asked = *shape;

  if (!complete_shape (shape, (gint64) input->n_elements))
    {
      g_autofree char *from = tfv_shape_to_string (&input->shape);
      g_autofree char *to = tfv_shape_to_string (&asked);

      tfv_kernel_fail (context, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "shape %s can't become %s", from, to);
      return;
    }
  tfv_kernel_take_output (context, 0, tfv_tensor_reshape (input, *shape));
}

static void
compute_reshape (TfvKernelContext *context)
{
  TfvShape shape;

  if (tfv_kernel_get_shape (context, 1, &shape))
    take_reshaped (context, &shape);
}

/* The input with a dimension of size 1 put in. */
static gboolean
expand (const TfvShape *input, gint64 axis, TfvShape *shape)
{
  if (axis < -input->rank - 1 || axis > input->rank || input->rank == TFV_SHAPE_MAX_RANK)
    return FALSE;
  if (axis < 0)
    axis += input->rank + 1;
  *shape = (TfvShape){ .rank = input->rank + 1 };
  for (int i = 0; i < shape->rank; i++)
    shape->dims[i] = i < axis ? input->dims[i] : i == axis ? 1
                                                           : input->dims[i - 1];
  return TRUE;
}

static void
infer_expand_dims (TfvInference *inference)
{
  const TfvShape *input = &inference->inputs[0];

  if (input->rank < 0 || !tfv_inference_check_scalar (inference, 1))
    return;
  if (inference->constants[1] == NULL)
    inference->outputs[0] = tfv_shape_unknown_of_rank (MIN (input->rank + 1, TFV_SHAPE_MAX_RANK));
  else if (!expand (input, tfv_tensor_get_integer (inference->constants[1], 0), &inference->outputs[0]))
    tfv_inference_fail (inference, "axis %" G_GINT64_FORMAT " is not in [%d,%d]", tfv_tensor_get_integer (inference->constants[1], 0), -input->rank - 1, input->rank);
}

static void
compute_expand_dims (TfvKernelContext *context)
{
  TfvShape shape;

  if (context->inputs[1]->n_elements != 1 || !expand (&context->inputs[0]->shape, tfv_tensor_get_integer (context->inputs[1], 0), &shape))
    tfv_kernel_fail (context, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "the axis is no scalar or out of range");
  else
    take_reshaped (context, &shape);
}

/* The input without dimensions of size 1. An unknown size counts as 1 where
 * it is asked to go. */
static gboolean
squeeze (const TfvOperation *operation, const TfvShape *input, TfvShape *shape)
{
  guint         n_axes;
  const gint64 *axes = tfv_operation_get_attr_int_list (operation, "squeeze_dims", &n_axes);
  gboolean      is_asked[TFV_SHAPE_MAX_RANK] = { FALSE };

  for (guint i = 0; i < n_axes; i++)
    {
      if (axes[i] < -input->rank || axes[i] >= input->rank || input->dims[axes[i] < 0 ? axes[i] + input->rank : axes[i]] > 1)
        return FALSE;
      is_asked[axes[i] < 0 ? axes[i] + input->rank : axes[i]] = TRUE;
    }
  *shape = tfv_shape_scalar ();
  for (int i = 0; i < input->rank; i++)
    if (n_axes > 0 ? !is_asked[i] : input->dims[i] != 1)
      shape->dims[shape->rank++] = input->dims[i];
  return TRUE;
}

static void
infer_squeeze (TfvInference *inference)
{
  const TfvShape *input = &inference->inputs[0];
  guint           n_axes;

  tfv_operation_get_attr_int_list (inference->operation, "squeeze_dims", &n_axes);
  if (input->rank < 0 || (n_axes == 0 && !tfv_shape_is_fully_known (input)))
    return;
  if (!squeeze (inference->operation, input, &inference->outputs[0]))
    {
      g_autofree char *text = tfv_shape_to_string (input);

      tfv_inference_fail (inference, "shape %s can't be squeezed like that", text);
    }
}

static void
compute_squeeze (TfvKernelContext *context)
{
  TfvShape shape;

  if (squeeze (context->operation, &context->inputs[0]->shape, &shape))
    take_reshaped (context, &shape);
  else
    tfv_kernel_fail (context, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "a dimension to squeeze is not of size 1");
}

static void
gradient (TfvOperation *operation, const TfvOutput *grads, TfvOutput *input_grads)
{
  input_grads[0] = tfv_reshape (grads[0], tfv_shape_of (operation->inputs[0], NULL), NULL);
}

static const TfvKernel reshape_kernels[] = { { .compute = compute_reshape }, { 0 } };
static const TfvKernel expand_dims_kernels[] = { { .compute = compute_expand_dims }, { 0 } };
static const TfvKernel squeeze_kernels[] = { { .compute = compute_squeeze }, { 0 } };

static const TfvOpCase reshape_cases[] = {
  { .name = "known", .inputs = { "[2,3] 1 2 3 4 5 6", "[2] 3 2" }, .expected = { "[3,2] 1 2 3 4 5 6" } },
  { .name = "one open size", .inputs = { "[2,3] 1 2 3 4 5 6", "[1] -1" }, .expected = { "[6] 1 2 3 4 5 6" } },
  { .name = "to a scalar", .inputs = { "[1,1] 7", "[0]" }, .expected = { "[] 7" } },
  { .name = "too many elements", .inputs = { "[2] 1 2", "[4] 65536 65536 65536 65536" }, .error = "can't become" },
  { .name = "two open sizes", .inputs = { "[2] 1 2", "[2] -1 -1" }, .error = "can't become" },
  { .name = "wrong size", .inputs = { "[2,3] 1", "[2] 4 -1" }, .error = "shape [2,3] can't become [4,?]" },
  { 0 },
};
static const TfvOpCase expand_dims_cases[] = {
  { .name = "first", .inputs = { "[2] 1 2", "[] 0" }, .expected = { "[1,2] 1 2" } },
  { .name = "last", .inputs = { "[2] 1 2", "[] -1" }, .expected = { "[2,1] 1 2" } },
  { .name = "out of range", .inputs = { "[2] 1 2", "[] 2" }, .error = "axis" },
  { 0 },
};
static const TfvOpCase squeeze_cases[] = {
  { .name = "all", .inputs = { "[1,2,1] 1 2" }, .expected = { "[2] 1 2" } },
  { .name = "one", .inputs = { "[1,2,1] 1 2" }, .attributes = "squeeze_dims=[-1]", .expected = { "[1,2] 1 2" } },
  { .name = "wrong", .inputs = { "[1,2] 1 2" }, .attributes = "squeeze_dims=[1]", .error = "squeeze" },
  { 0 },
};

static const TfvOpDef defs[] = {
  {
      .type = "Reshape",
      .inputs = { "tensor: T", "shape: Tshape" },
      .outputs = { "output: T" },
      .attributes = { "T: type", "Tshape: {int32, int64} = int32" },
      .flags = TFV_OP_ALIASES_INPUT,
      .infer_shape = infer_reshape,
      .kernels = reshape_kernels,
      .gradient = gradient,
      .cases = reshape_cases,
  },
  {
      .type = "ExpandDims",
      .inputs = { "input: T", "dim: Tdim" },
      .outputs = { "output: T" },
      .attributes = { "T: type", "Tdim: {int32, int64} = int32" },
      .flags = TFV_OP_ALIASES_INPUT,
      .infer_shape = infer_expand_dims,
      .kernels = expand_dims_kernels,
      .gradient = gradient,
      .cases = expand_dims_cases,
  },
  {
      .type = "Squeeze",
      .inputs = { "input: T" },
      .outputs = { "output: T" },
      .attributes = { "T: type", "squeeze_dims: list(int) = []" },
      .flags = TFV_OP_ALIASES_INPUT,
      .infer_shape = infer_squeeze,
      .kernels = squeeze_kernels,
      .gradient = gradient,
      .cases = squeeze_cases,
  },
};

const TfvOpFamily tfv_op_reshape = TFV_OP_FAMILY (defs);

/**
 * tfv_reshape: (skip)
 * @tensor: any tensor
 * @shape: an int32 or int64 vector of sizes, one of which may be -1
 * @name: (nullable): name inside the current scope
 *
 * Returns: the elements of @tensor in another shape
 */
TfvOutput
tfv_reshape (TfvOutput tensor, TfvOutput shape, const char *name)
{
  return tfv_op_binary ("Reshape", tensor, shape, name);
}

/**
 * tfv_expand_dims: (skip)
 * @input: any tensor
 * @axis: where to put in a dimension of size 1; negative counts from the end
 * @name: (nullable): name inside the current scope
 *
 * Returns: @input with one more dimension
 */
TfvOutput
tfv_expand_dims (TfvOutput input, int axis, const char *name)
{
  if (tfv_output_is_none (input))
    return TFV_OUTPUT_NONE;
  return tfv_op_binary ("ExpandDims", input, tfv_constant_int32 (input.operation->graph, axis, "dim"), name);
}

/**
 * tfv_squeeze: (skip)
 * @input: any tensor
 * @axes: (array length=n_axes): dimensions of size 1 to take out; negative ones
 *   count from the end
 * @n_axes: how many there are; 0 for all of size 1
 * @name: (nullable): name inside the current scope
 *
 * Returns: @input with fewer dimensions
 */
TfvOutput
tfv_squeeze (TfvOutput input, const gint64 *axes, guint n_axes, const char *name)
{
  TfvOpBuilder *builder = tfv_op_builder_new (NULL, "Squeeze", name);

  tfv_op_builder_add_input (builder, input);
  tfv_op_builder_set_int_list (builder, "squeeze_dims", axes, n_axes);
  return tfv_op_builder_finish_output (builder);
}
