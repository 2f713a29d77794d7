/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-inference-private.h"
#include "engine/tfv-kernel-private.h"
#include "engine/tfv-op-builder.h"
#include "engine/tfv-ops.h"

#include <string.h>

/* The condition is of the shape of both values, or a scalar, or a vector that
 * chooses whole rows. */

static gboolean
fits (const TfvShape *condition, const TfvShape *value)
{
  TfvShape rows;

  if (condition->rank == 0 || tfv_shape_is_compatible (condition, value))
    return TRUE;
  if (condition->rank != 1 || value->rank < 1)
    return FALSE;
  rows = TFV_SHAPE (value->dims[0]);
  return tfv_shape_is_compatible (condition, &rows);
}

static void
infer_shape (TfvInference *inference)
{
  if (!tfv_shape_merge (&inference->inputs[1], &inference->inputs[2], &inference->outputs[0]) ||
      !fits (&inference->inputs[0], &inference->outputs[0]))
    {
      g_autofree char *condition = tfv_shape_to_string (&inference->inputs[0]);
      g_autofree char *x = tfv_shape_to_string (&inference->inputs[1]);
      g_autofree char *y = tfv_shape_to_string (&inference->inputs[2]);

      tfv_inference_fail (inference, "a condition of shape %s can't choose between shapes %s and %s", condition, x, y);
    }
}

static void
compute (TfvKernelContext *context)
{
  TfvTensor    *condition = context->inputs[0];
  TfvTensor    *x = context->inputs[1];
  TfvTensor    *y = context->inputs[2];
  const guint8 *chosen = condition->data;
  TfvTensor    *output;
  gsize         piece;

  if (!tfv_tensor_has_shape (y, &x->shape) || !fits (&condition->shape, &x->shape))
    {
      tfv_kernel_fail (context, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "the shapes do not fit");
      return;
    }
  output = tfv_kernel_allocate_output (context, 0, &x->shape);
  if (output == NULL || output->n_elements == 0)
    return;
  piece = output->n_elements / condition->n_elements * tfv_data_type_get_size (x->dtype);
  for (gsize i = 0; i < condition->n_elements; i++)
    memcpy ((char *) output->data + i * piece, (const char *) (chosen[i] ? x : y)->data + i * piece, piece);
}

static void
gradient (TfvOperation *operation, const TfvOutput *grads, TfvOutput *input_grads)
{
  TfvOutput condition = operation->inputs[0];
  TfvOutput zeros = tfv_zeros_like (grads[0], NULL);

  input_grads[1] = tfv_select (condition, grads[0], zeros, NULL);
  input_grads[2] = tfv_select (condition, zeros, grads[0], NULL);
}

static const TfvKernel kernels[] = { { TFV_DEVICE_CPU, TFV_DATA_TYPE_BOOL, compute, NULL }, { 0 } };

static const TfvOpCase cases[] = {
  { .name = "elements", .inputs = { "[2,2] 1 0 0 1", "[2,2] 1 2 3 4", "[2,2] 5 6 7 8" }, .expected = { "[2,2] 1 6 7 4" } },
  { .name = "rows", .inputs = { "[2] 1 0", "[2,2] 1 2 3 4", "[2,2] 5 6 7 8" }, .expected = { "[2,2] 1 2 7 8" } },
  { .name = "scalar", .inputs = { "[] 0", "[2] 1 2", "[2] 5 6" }, .expected = { "[2] 5 6" } },
  { .name = "shapes that differ", .inputs = { "[] 0", "[2] 1", "[3] 1" }, .error = "can't choose between" },
  { 0 },
};

static const TfvOpDef defs[] = {
  {
      .type = "Select",
      .inputs = { "condition: bool", "t: T", "e: T" },
      .outputs = { "output: T" },
      .attributes = { "T: {float, double, int32, int64, bool}" },
      .infer_shape = infer_shape,
      .kernels = kernels,
      .gradient = gradient,
      .cases = cases,
  },
};

const TfvOpFamily tfv_op_select = TFV_OP_FAMILY (defs);

/**
 * tfv_select: (skip)
 * @condition: truth values of the shape of @x, a scalar, or a vector that chooses
 *   rows
 * @x: what to take where it is true
 * @y: what to take elsewhere, of the type and shape of @x
 * @name: (nullable): name inside the current scope
 *
 * Returns: elements of @x and @y
 */
TfvOutput
tfv_select (TfvOutput condition, TfvOutput x, TfvOutput y, const char *name)
{
  TfvOpBuilder *builder = tfv_op_builder_new (NULL, "Select", name);

  tfv_op_builder_add_input (builder, condition);
  tfv_op_builder_add_input (builder, x);
  tfv_op_builder_add_input (builder, y);
  return tfv_op_builder_finish_output (builder);
}
