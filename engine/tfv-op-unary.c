/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-op-unary-private.h"

#include "engine/tfv-parallel-private.h"

/* Below this many elements a second thread does not pay. */
#define GRAIN 65536

typedef struct
{
  TfvUnaryLoop loop;
  const char  *x;
  char        *y;
  gsize        x_size;
  gsize        y_size;
} Work;

static void
do_range (gpointer data, gsize begin, gsize end)
{
  Work *work = data;

  work->loop (work->x + begin * work->x_size, work->y + begin * work->y_size, end - begin);
}

/* Kernel of every unary op; its data is the loop. */
void
tfv_unary_compute (TfvKernelContext *context)
{
  TfvTensor *x = context->inputs[0];
  TfvTensor *y = tfv_kernel_forward_or_allocate_output (context, 0, &x->shape);
  Work       work;

  if (y == NULL)
    return;
  work = (Work){ (TfvUnaryLoop) context->data, x->data, y->data, tfv_data_type_get_size (x->dtype), tfv_data_type_get_size (y->dtype) };
  tfv_parallel_for (x->n_elements, GRAIN, do_range, &work);
}

/* Builds an op with one input, one output and no attributes to set. */
TfvOutput
tfv_op_unary (const char *op_type, TfvOutput x, const char *name)
{
  TfvOpBuilder *builder = tfv_op_builder_new (NULL, op_type, name);

  tfv_op_builder_add_input (builder, x);
  return tfv_op_builder_finish_output (builder);
}
