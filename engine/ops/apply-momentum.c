/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-simd-private.h"
#include "engine/training/tfv-variable-update-private.h"

enum
{
  VAR,
  ACCUM,
  N_VARIABLES,
  LR = N_VARIABLES,
  GRAD,
  MOMENTUM,
};

static void
infer (TfvInference *inference)
{
  tfv_infer_variable_update (inference, N_VARIABLES, GRAD);
}

#define DEFINE_KERNEL(type)                                                                            \
  TFV_SIMD_CLONES static void                                                                          \
      roll_##type (gsize n, type *var, type *accum, type lr, const type *grad, type momentum)          \
  {                                                                                                    \
    _Pragma ("omp simd") for (gsize i = 0; i < n; i++)                                                 \
    {                                                                                                  \
      accum[i] = accum[i] * momentum + grad[i];                                                        \
      var[i] -= lr * accum[i];                                                                         \
    }                                                                                                  \
  }                                                                                                    \
                                                                                                       \
  /* Looks at the gradient where the momentum is about to lead, as far as it can                       \
   * be told from here. */                                                                             \
  TFV_SIMD_CLONES static void                                                                          \
      roll_nesterov_##type (gsize n, type *var, type *accum, type lr, const type *grad, type momentum) \
  {                                                                                                    \
    _Pragma ("omp simd") for (gsize i = 0; i < n; i++)                                                 \
    {                                                                                                  \
      accum[i] = accum[i] * momentum + grad[i];                                                        \
      var[i] -= lr * (grad[i] + accum[i] * momentum);                                                  \
    }                                                                                                  \
  }                                                                                                    \
                                                                                                       \
  static void                                                                                          \
      compute_##type (TfvKernelContext *context)                                                       \
  {                                                                                                    \
    const type *lr = tfv_kernel_get_input_data (context, LR);                                          \
    const type *grad = tfv_kernel_get_input_data (context, GRAD);                                      \
    const type *momentum = tfv_kernel_get_input_data (context, MOMENTUM);                              \
    gboolean    is_nesterov = tfv_operation_get_attr_bool (context->operation, "use_nesterov");        \
    TfvTensor  *values[N_VARIABLES];                                                                   \
                                                                                                       \
    if (!tfv_variable_update_begin (context, N_VARIABLES, GRAD, values))                               \
      return;                                                                                          \
    (is_nesterov ? roll_nesterov_##type : roll_##type) (values[VAR]->n_elements,                       \
                                                        values[VAR]->data,                             \
                                                        values[ACCUM]->data,                           \
                                                        *lr,                                           \
                                                        grad,                                          \
                                                        *momentum);                                    \
    tfv_variable_update_end (context, N_VARIABLES);                                                    \
  }

DEFINE_KERNEL (float)
DEFINE_KERNEL (double)

static const TfvKernel kernels[] = {
  { TFV_DEVICE_CPU, TFV_DATA_TYPE_FLOAT, compute_float },
  { TFV_DEVICE_CPU, TFV_DATA_TYPE_DOUBLE, compute_double },
  { 0 },
};

/* accum = 0.5 · accum + grad = { 3, 1 } */
static const TfvOpCase cases[] = {
  {
      .name = "rolls on with what it has gathered",
      .inputs = { "[2] 1 2", "[2] 4 -2", "[] 0.5", "[2] 1 2", "[] 0.5" },
      .expected = { "[2] -0.5 1.5" },
  },
  {
      .name = "looks ahead with use_nesterov",
      .inputs = { "[2] 1 2", "[2] 4 -2", "[] 0.5", "[2] 1 2", "[] 0.5" },
      .attributes = "use_nesterov=true",
      .expected = { "[2] -0.25 0.75" },
  },
  {
      .name = "refuses an accumulator of another shape",
      .inputs = { "[2] 1", "[3] 1", "[] 1", "[2] 1", "[] 1" },
      .error = "input 1 has shape",
  },
  { 0 },
};

static const TfvOpDef defs[] = {
  {
      .type = "ApplyMomentum",
      .inputs = { "var: Ref(T)", "accum: Ref(T)", "lr: T", "grad: T", "momentum: T" },
      .outputs = { "out: Ref(T)" },
      .attributes = { "T: {float, double}", "use_locking: bool = false", "use_nesterov: bool = false" },
      .flags = TFV_OP_STATEFUL | TFV_OP_NO_GRADIENT,
      .infer_shape = infer,
      .kernels = kernels,
      .cases = cases,
  },
};

const TfvOpFamily tfv_op_apply_momentum = TFV_OP_FAMILY (defs);
