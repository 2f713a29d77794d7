/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/tfv-op-def-private.h"

G_BEGIN_DECLS

/* One question to a shape function, asked when an op is built, and again with
 * the shapes of the feeds when a plan is made. */
struct _TfvInference
{
  const TfvOperation *operation;
  guint               n_inputs;
  const TfvShape     *inputs;
  TfvTensor *const   *constants; /* values of inputs that are known already, or NULLs */
  guint               n_outputs;
  TfvShape           *outputs; /* to be set; unknown at first */
  TfvTensor         **values;  /* values of outputs, where shapes alone give them */
  GError            **error;
};

void     tfv_inference_fail (TfvInference *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
void     tfv_inference_take_value (TfvInference *self, guint output, TfvTensor *value);
gboolean tfv_inference_has_failed (TfvInference *self);
gboolean tfv_inference_with_rank (TfvInference *self, guint input, int rank, TfvShape *shape);
gboolean tfv_inference_check_scalar (TfvInference *self, guint input);
gboolean tfv_inference_constant_shape (TfvInference *self, guint input, TfvShape *shape);

/* Shape functions that many ops share. */
void tfv_infer_unchanged (TfvInference *self);
void tfv_infer_scalar (TfvInference *self);
void tfv_infer_broadcast (TfvInference *self);
void tfv_infer_reduction (TfvInference *self);
void tfv_infer_from_shape_input (TfvInference *self);
void tfv_infer_none (TfvInference *self);

G_END_DECLS
