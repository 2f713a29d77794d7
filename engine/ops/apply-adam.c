/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>

#include "engine/tfv-simd-private.h"
#include "engine/training/tfv-variable-update-private.h"

enum
{
  VAR,
  M,
  V,
  N_VARIABLES,
  BETA1_POWER = N_VARIABLES,
  BETA2_POWER,
  LR,
  BETA1,
  BETA2,
  EPSILON,
  GRAD,
};

static void
infer (TfvInference *inference)
{
  tfv_infer_variable_update (inference, N_VARIABLES, GRAD);
}

/* As the paper has it before its section 2.1: the corrections of both moments
 * are in the step size, and epsilon is the paper's "epsilon hat". */
#define DEFINE_KERNEL(type, square_root)                                                                           \
  typedef struct                                                                                                   \
  {                                                                                                                \
    type alpha, beta1, beta2, epsilon;                                                                             \
  } Settings_##type;                                                                                               \
                                                                                                                   \
  TFV_SIMD_CLONES static void                                                                                      \
      adapt_##type (gsize n, type *var, type *m, type *v, const type *grad, Settings_##type s)                     \
  {                                                                                                                \
    _Pragma ("omp simd") for (gsize i = 0; i < n; i++)                                                             \
    {                                                                                                              \
      m[i] += (grad[i] - m[i]) * (1 - s.beta1);                                                                    \
      v[i] += (grad[i] * grad[i] - v[i]) * (1 - s.beta2);                                                          \
      var[i] -= m[i] * s.alpha / (square_root (v[i]) + s.epsilon);                                                 \
    }                                                                                                              \
  }                                                                                                                \
                                                                                                                   \
  TFV_SIMD_CLONES static void                                                                                      \
      adapt_nesterov_##type (gsize n, type *var, type *m, type *v, const type *grad, Settings_##type s)            \
  {                                                                                                                \
    _Pragma ("omp simd") for (gsize i = 0; i < n; i++)                                                             \
    {                                                                                                              \
      m[i] += (grad[i] - m[i]) * (1 - s.beta1);                                                                    \
      v[i] += (grad[i] * grad[i] - v[i]) * (1 - s.beta2);                                                          \
      var[i] -= (grad[i] * (1 - s.beta1) + s.beta1 * m[i]) * s.alpha / (square_root (v[i]) + s.epsilon);           \
    }                                                                                                              \
  }                                                                                                                \
                                                                                                                   \
  static void                                                                                                      \
      compute_##type (TfvKernelContext *context)                                                                   \
  {                                                                                                                \
    const type *beta1_power = tfv_kernel_get_input_data (context, BETA1_POWER);                                    \
    const type *beta2_power = tfv_kernel_get_input_data (context, BETA2_POWER);                                    \
    const type *lr = tfv_kernel_get_input_data (context, LR);                                                      \
    const type *beta1 = tfv_kernel_get_input_data (context, BETA1);                                                \
    const type *beta2 = tfv_kernel_get_input_data (context, BETA2);                                                \
    const type *epsilon = tfv_kernel_get_input_data (context, EPSILON);                                            \
    const type *grad = tfv_kernel_get_input_data (context, GRAD);                                                  \
    gboolean    is_nesterov = tfv_operation_get_attr_bool (context->operation, "use_nesterov");                    \
    TfvTensor  *values[N_VARIABLES];                                                                               \
                                                                                                                   \
    if (!tfv_variable_update_begin (context, N_VARIABLES, GRAD, values))                                           \
      return;                                                                                                      \
    (is_nesterov ? adapt_nesterov_##type : adapt_##type) (                                                         \
        values[VAR]->n_elements,                                                                                   \
        values[VAR]->data,                                                                                         \
        values[M]->data,                                                                                           \
        values[V]->data,                                                                                           \
        grad,                                                                                                      \
        (Settings_##type){ *lr * square_root (1 - *beta2_power) / (1 - *beta1_power), *beta1, *beta2, *epsilon }); \
    tfv_variable_update_end (context, N_VARIABLES);                                                                \
  }

DEFINE_KERNEL (float, sqrtf)
DEFINE_KERNEL (double, sqrt)

static const TfvKernel kernels[] = {
  { TFV_DEVICE_CPU, TFV_DATA_TYPE_FLOAT, compute_float },
  { TFV_DEVICE_CPU, TFV_DATA_TYPE_DOUBLE, compute_double },
  { 0 },
};

/* By hand, with betas of a half: m = (4, 0), v = (16, 4), and
 * alpha = 3 · sqrt (1 - 0.75) / (1 - 0.5) = 3. */
static const TfvOpCase cases[] = {
  {
      .name = "steps by the moments",
      .inputs = { "[2] 1 2", "[2] 4 2", "[2] 16 4", "[] 0.5", "[] 0.75", "[] 3", "[] 0.5", "[] 0.5", "[] 1", "[2] 4 -2" },
      .expected = { "[2] -1.4 2" },
      .tolerance = 1e-6,
  },
  {
      .name = "looks ahead with use_nesterov",
      .inputs = { "[2] 1 2", "[2] 4 2", "[2] 16 4", "[] 0.5", "[] 0.75", "[] 3", "[] 0.5", "[] 0.5", "[] 1", "[2] 4 -2" },
      .attributes = "use_nesterov=true",
      .expected = { "[2] -1.4 3" },
      .tolerance = 1e-6,
  },
  {
      .name = "refuses a moment of another shape",
      .inputs = { "[2] 1", "[2] 1", "[3] 1", "[] 0.5", "[] 0.5", "[] 1", "[] 0.5", "[] 0.5", "[] 1", "[2] 1" },
      .error = "input 2 has shape",
  },
  { 0 },
};

static const TfvOpDef defs[] = {
  {
      .type = "ApplyAdam",
      .inputs = {
          "var: Ref(T)",
          "m: Ref(T)",
          "v: Ref(T)",
          "beta1_power: T",
          "beta2_power: T",
          "lr: T",
          "beta1: T",
          "beta2: T",
          "epsilon: T",
          "grad: T",
      },
      .outputs = { "out: Ref(T)" },
      .attributes = { "T: {float, double}", "use_locking: bool = false", "use_nesterov: bool = false" },
      .flags = TFV_OP_STATEFUL | TFV_OP_NO_GRADIENT,
      .infer_shape = infer,
      .kernels = kernels,
      .cases = cases,
  },
};

const TfvOpFamily tfv_op_apply_adam = TFV_OP_FAMILY (defs);
