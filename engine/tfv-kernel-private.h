/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/tfv-graph-private.h"
#include "engine/tfv-tensor-private.h"
#include "engine/tfv-variable-state-private.h"

G_BEGIN_DECLS

/* One execution of a kernel, as the kernel sees it. Lives on the executor's
 * stack; the arrays belong to the run. */
struct _TfvKernelContext
{
  const TfvOperation *operation;
  const void         *data; /* of the TfvKernel */
  gpointer            resource;
  guint               n_inputs;
  TfvTensor         **inputs;      /* NULL where the input is a reference */
  TfvVariableState  **variables;   /* NULL where the input is a value */
  const guint8       *may_forward; /* or NULL: may the kernel write over it? */
  guint               n_outputs;
  TfvTensor         **outputs; /* to be set */
  TfvTensor         **planned; /* or NULL: memory the plan has for them */
  GError            **error;
};

static inline TfvTensor *
tfv_kernel_get_input (TfvKernelContext *context, guint index)
{
  return context->inputs[index];
}

static inline gconstpointer
tfv_kernel_get_input_data (TfvKernelContext *context, guint index)
{
  return context->inputs[index]->data;
}

static inline gboolean
tfv_kernel_has_failed (TfvKernelContext *context)
{
  return *context->error != NULL;
}

TfvTensor *tfv_kernel_allocate_output (TfvKernelContext *context, guint index, const TfvShape *shape);
TfvTensor *tfv_kernel_forward_or_allocate_output (TfvKernelContext *context, guint index, const TfvShape *shape);
void       tfv_kernel_take_output (TfvKernelContext *context, guint index, TfvTensor *tensor);
void       tfv_kernel_fail (TfvKernelContext *context, TfvEngineError code, const char *format, ...) G_GNUC_PRINTF (3, 4);

gboolean tfv_kernel_get_axes (TfvKernelContext *context, guint input, int rank, gboolean *is_reduced);
gboolean tfv_kernel_get_shape (TfvKernelContext *context, guint input, TfvShape *shape);
gboolean tfv_kernel_evaluate (const TfvKernel *kernel, const TfvOperation *operation, TfvTensor **inputs, TfvTensor **outputs);

G_END_DECLS
