/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-inference-private.h"
#include "engine/tfv-kernel-private.h"
#include "engine/tfv-op-builder.h"
#include "engine/tfv-ops.h"

#include <string.h>

/* Interleaves the rows of several tensors: row i of the result is the row that
 * is last told to be there. */

static guint
get_n (const TfvOperation *operation)
{
  return (guint) tfv_operation_get_attr_int (operation, "N");
}

/* How many rows there are in all; -1 where an index is negative. */
static gint64
count_rows (TfvTensor *const *indices, guint n)
{
  gint64 most = -1;

  for (guint i = 0; i < n; i++)
    for (gsize j = 0; j < indices[i]->n_elements; j++)
      {
        gint32 index = ((const gint32 *) indices[i]->data)[j];

        if (index < 0)
          return -1;
        most = MAX (most, index);
      }
  return most + 1;
}

static void
infer_shape (TfvInference *inference)
{
  guint           n = get_n (inference->operation);
  const TfvShape *indices = &inference->inputs[0];
  const TfvShape *data = &inference->inputs[n];
  TfvShape        shape;

  if (indices->rank < 0 || data->rank < indices->rank)
    return;
  shape = (TfvShape){ .rank = data->rank - indices->rank + 1, .dims = { -1 } };
  for (int i = 1; i < shape.rank; i++)
    shape.dims[i] = data->dims[indices->rank + i - 1];
  for (guint i = 0; i < n; i++)
    if (inference->constants[i] == NULL)
      {
        inference->outputs[0] = shape;
        return;
      }
  shape.dims[0] = count_rows (inference->constants, n);
  inference->outputs[0] = shape;
}

static gboolean
check (TfvKernelContext *context, guint n)
{
  TfvTensor **indices = context->inputs;
  TfvTensor **data = context->inputs + n;
  gsize       row = indices[0]->n_elements > 0 ? data[0]->n_elements / indices[0]->n_elements : 0;

  for (guint i = 0; i < n; i++)
    {
      gboolean is_good = data[i]->shape.rank >= indices[i]->shape.rank &&
                         (indices[i]->n_elements == 0 || row == 0 || data[i]->n_elements == row * indices[i]->n_elements);

      for (int d = 0; is_good && d < indices[i]->shape.rank; d++)
        is_good = indices[i]->shape.dims[d] == data[i]->shape.dims[d];
      if (!is_good)
        {
          tfv_kernel_fail (context, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "indices %u and data %u do not fit in shape", i, i);
          return FALSE;
        }
    }
  return TRUE;
}

static void
compute (TfvKernelContext *context)
{
  guint      n = get_n (context->operation);
  TfvTensor *first = context->inputs[n];
  int        index_rank = context->inputs[0]->shape.rank;
  TfvShape   shape = { .rank = first->shape.rank - index_rank + 1 };
  TfvTensor *output;
  gsize      row_bytes;

  if (!check (context, n))
    return;
  shape.dims[0] = count_rows (context->inputs, n);
  for (int i = 1; i < shape.rank; i++)
    shape.dims[i] = first->shape.dims[index_rank + i - 1];
  if (shape.dims[0] < 0)
    {
      tfv_kernel_fail (context, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "an index is negative");
      return;
    }
  output = tfv_kernel_allocate_output (context, 0, &shape);
  if (output == NULL || output->n_elements == 0)
    return;
  memset (output->data, 0, tfv_tensor_get_size_bytes (output));
  row_bytes = tfv_tensor_get_size_bytes (output) / (gsize) shape.dims[0];
  for (guint i = 0; i < n; i++)
    for (gsize j = 0; j < context->inputs[i]->n_elements; j++)
      memcpy ((char *) output->data + (gsize) ((const gint32 *) context->inputs[i]->data)[j] * row_bytes,
              (const char *) context->inputs[n + i]->data + j * row_bytes,
              row_bytes);
}

static const TfvKernel kernels[] = { { TFV_DEVICE_CPU, TFV_DATA_TYPE_INT32, compute, NULL }, { 0 } };

static const TfvOpCase cases[] = {
  { .name = "later ones win", .inputs = { "[3] 0 1 2", "[1] 1", "[3] 5 6 7", "[1] 1" }, .expected = { "[3] 5 1 7" }, .attributes = "N=2" },
  { .name = "rows", .inputs = { "[2] 2 0", "[1] 1", "[2,2] 1 2 3 4", "[1,2] 5 6" }, .expected = { "[3,2] 3 4 5 6 1 2" }, .attributes = "N=2" },
  { 0 },
};

static const TfvOpDef defs[] = {
  {
      .type = "DynamicStitch",
      .inputs = { "indices: N * int32", "data: N * T" },
      .outputs = { "merged: T" },
      .attributes = { "N: int >= 1", "T: {float, double, int32, int64}" },
      .flags = TFV_OP_NO_GRADIENT,
      .infer_shape = infer_shape,
      .kernels = kernels,
      .cases = cases,
  },
};

const TfvOpFamily tfv_op_dynamic_stitch = TFV_OP_FAMILY (defs);

/**
 * tfv_dynamic_stitch: (skip)
 * @indices: (array length=n): int32: where the rows go
 * @data: (array length=n): the rows
 * @n: how many of each there are
 * @name: (nullable): name inside the current scope
 *
 * Returns: the rows of all of @data, in the order that @indices tell
 */
TfvOutput
tfv_dynamic_stitch (const TfvOutput *indices, const TfvOutput *data, guint n, const char *name)
{
  TfvOpBuilder *builder = tfv_op_builder_new (NULL, "DynamicStitch", name);

  tfv_op_builder_add_inputs (builder, indices, n);
  tfv_op_builder_add_inputs (builder, data, n);
  return tfv_op_builder_finish_output (builder);
}

/**
 * tfv_reduced_shape: (skip)
 * @shape: an int32 vector of sizes
 * @axes: int32 or int64 axes that were reduced
 * @name: (nullable): name of the scope
 *
 * Returns: @shape with the sizes of @axes set to 1
 */
TfvOutput
tfv_reduced_shape (TfvOutput shape, TfvOutput axes, const char *name)
{
  TfvGraph *graph;
  TfvOutput rank;
  TfvOutput one;
  TfvOutput indices[2];
  TfvOutput data[2];

  if (tfv_output_is_none (shape) || tfv_output_is_none (axes))
    return TFV_OUTPUT_NONE;
  graph = shape.operation->graph;
  tfv_graph_push_scope (graph, name != NULL ? name : "reduced_shape");
  rank = tfv_size (shape, NULL);
  one = tfv_constant_int32 (graph, 1, NULL);
  axes = tfv_reshape (tfv_cast (axes, TFV_DATA_TYPE_INT32, NULL), tfv_constant_int32_vector (graph, (const gint32[]){ -1 }, 1, NULL), NULL);
  indices[0] = tfv_range (tfv_constant_int32 (graph, 0, NULL), rank, one, NULL);
  indices[1] = tfv_floor_mod (tfv_add (axes, rank, NULL), tfv_maximum (rank, one, NULL), NULL);
  data[0] = shape;
  data[1] = tfv_ones_like (indices[1], NULL);
  tfv_graph_pop_scope (graph);
  return tfv_dynamic_stitch (indices, data, 2, NULL);
}
