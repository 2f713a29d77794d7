/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-op-binary-private.h"

#include "engine/tfv-broadcast-private.h"
#include "engine/tfv-parallel-private.h"

#define GRAIN 65536

typedef struct
{
  TfvBinaryLoop loop;
  TfvBroadcast  broadcast;
  const char   *x;
  const char   *y;
  char         *z;
  gsize         input_size;
  gsize         output_size;
} Work;

/* A piece of one long row. */
static void
do_elements (gpointer data, gsize begin, gsize end)
{
  Work    *work = data;
  gboolean x_moves = work->broadcast.x_strides[0] != 0;
  gboolean y_moves = work->broadcast.y_strides[0] != 0;

  work->loop (work->x + (x_moves ? begin * work->input_size : 0),
              x_moves,
              work->y + (y_moves ? begin * work->input_size : 0),
              y_moves,
              work->z + begin * work->output_size,
              end - begin);
}

static void
do_rows (gpointer data, gsize begin, gsize end)
{
  Work           *work = data;
  int             last = work->broadcast.rank - 1;
  gint64          n = work->broadcast.dims[last];
  TfvBroadcastRow place;

  tfv_broadcast_row_init (&place, &work->broadcast, (gint64) begin);
  for (gsize row = begin; row < end; row++, tfv_broadcast_row_advance (&place, &work->broadcast))
    {
      work->loop (work->x + (gsize) place.x * work->input_size,
                  work->broadcast.x_strides[last] != 0,
                  work->y + (gsize) place.y * work->input_size,
                  work->broadcast.y_strides[last] != 0,
                  work->z + row * (gsize) n * work->output_size,
                  (gsize) n);
    }
}

/* Kernel of every binary op with broadcasting; its data is the loop. */
void
tfv_binary_compute (TfvKernelContext *context)
{
  TfvTensor *x = context->inputs[0];
  TfvTensor *y = context->inputs[1];
  TfvTensor *z;
  TfvShape   shape;
  Work       work;

  if (!tfv_shape_broadcast (&x->shape, &y->shape, &shape))
    {
      g_autofree char *x_text = tfv_shape_to_string (&x->shape);
      g_autofree char *y_text = tfv_shape_to_string (&y->shape);

      tfv_kernel_fail (context, TFV_ENGINE_ERROR_INVALID_ARGUMENT, "shapes %s and %s can't be broadcast together", x_text, y_text);
      return;
    }
  z = tfv_kernel_forward_or_allocate_output (context, 0, &shape);
  if (z == NULL || z->n_elements == 0)
    return;
  work = (Work){
    .loop = (TfvBinaryLoop) context->data,
    .x = x->data,
    .y = y->data,
    .z = z->data,
    .input_size = tfv_data_type_get_size (x->dtype),
    .output_size = tfv_data_type_get_size (z->dtype),
  };
  tfv_broadcast_init (&work.broadcast, &x->shape, &y->shape, &shape);
  if (work.broadcast.rank == 1)
    tfv_parallel_for (z->n_elements, GRAIN, do_elements, &work);
  else
    {
      gsize row = (gsize) work.broadcast.dims[work.broadcast.rank - 1];

      tfv_parallel_for (z->n_elements / row, MAX (1, GRAIN / row), do_rows, &work);
    }
}

/* Builds an op with two inputs, one output and no attributes to set. */
TfvOutput
tfv_op_binary (const char *op_type, TfvOutput x, TfvOutput y, const char *name)
{
  TfvOpBuilder *builder = tfv_op_builder_new (NULL, op_type, name);

  tfv_op_builder_add_input (builder, x);
  tfv_op_builder_add_input (builder, y);
  return tfv_op_builder_finish_output (builder);
}
