/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-simd-private.h"
#include "engine/training/tfv-variable-update-private.h"

enum
{
  VAR,
  N_VARIABLES,
  ALPHA = N_VARIABLES,
  DELTA,
};

static void
infer (TfvInference *inference)
{
  tfv_infer_variable_update (inference, N_VARIABLES, DELTA);
}

#define DEFINE_KERNEL(type)                                               \
  TFV_SIMD_CLONES static void                                             \
      descend_##type (gsize n, type *var, type alpha, const type *delta)  \
  {                                                                       \
    _Pragma ("omp simd") for (gsize i = 0; i < n; i++)                    \
        var[i] -= alpha * delta[i];                                       \
  }                                                                       \
                                                                          \
  static void                                                             \
      compute_##type (TfvKernelContext *context)                          \
  {                                                                       \
    const type *alpha = tfv_kernel_get_input_data (context, ALPHA);       \
    const type *delta = tfv_kernel_get_input_data (context, DELTA);       \
    TfvTensor  *values[N_VARIABLES];                                      \
                                                                          \
    if (!tfv_variable_update_begin (context, N_VARIABLES, DELTA, values)) \
      return;                                                             \
    descend_##type (values[VAR]->n_elements,                              \
                    values[VAR]->data,                                    \
                    *alpha,                                               \
                    delta);                                               \
    tfv_variable_update_end (context, N_VARIABLES);                       \
  }

DEFINE_KERNEL (float)
DEFINE_KERNEL (double)

static const TfvKernel kernels[] = {
  { TFV_DEVICE_CPU, TFV_DATA_TYPE_FLOAT, compute_float },
  { TFV_DEVICE_CPU, TFV_DATA_TYPE_DOUBLE, compute_double },
  { 0 },
};

static const TfvOpCase cases[] = {
  {
      .name = "takes a step against the gradient",
      .inputs = { "[4] 1 2 3 -4", "[] 0.5", "[4] 2 4 -2 0" },
      .expected = { "[4] 0 0 4 -4" },
  },
  {
      .name = "updates a scalar",
      .inputs = { "[] 1", "[] 0.25", "[] -2" },
      .expected = { "[] 1.5" },
  },
  {
      .name = "updates a matrix of an odd size",
      .inputs = { "[3,7] 1", "[] 0.5", "[3,7] 4" },
      .expected = { "[3,7] -1" },
  },
  {
      .name = "refuses a gradient of another shape",
      .inputs = { "[2] 1", "[] 1", "[3] 1" },
      .error = "input 2 has shape",
  },
  {
      .name = "refuses a learning rate that is no scalar",
      .inputs = { "[2] 1", "[2] 1", "[2] 1" },
      .error = "must have rank 0",
  },
  { 0 },
};

static const TfvOpDef defs[] = {
  {
      .type = "ApplyGradientDescent",
      .inputs = { "var: Ref(T)", "alpha: T", "delta: T" },
      .outputs = { "out: Ref(T)" },
      .attributes = { "T: {float, double}", "use_locking: bool = false" },
      .flags = TFV_OP_STATEFUL | TFV_OP_NO_GRADIENT,
      .infer_shape = infer,
      .kernels = kernels,
      .cases = cases,
  },
};

const TfvOpFamily tfv_op_apply_gradient_descent = TFV_OP_FAMILY (defs);
