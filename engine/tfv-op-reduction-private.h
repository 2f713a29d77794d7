/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/tfv-inference-private.h"
#include "engine/tfv-kernel-private.h"
#include "engine/tfv-op-builder.h"
#include "engine/tfv-simd-private.h"

G_BEGIN_DECLS

/* Base of ops that reduce a tensor along axes. An op gives for each type what
 * an empty reduction is, and two loops: of a row into one number, and of a row
 * into a row. */
typedef struct
{
  void (*fill) (void *accumulators, gsize n);
  void (*reduce_row) (void *accumulator, const void *x, gsize n);
  void (*combine_rows) (void *accumulators, const void *x, gsize n);
  /* NULL, or the last step, which knows how many each number is made of. */
  void (*finish) (void *accumulators, gsize n, gsize n_reduced);
} TfvReduction;

/* In expression a is what there is and x what comes; reduction is the name
 * that OpenMP has for it. */
#define TFV_REDUCTION(name, type, identity, reduction_operator, expression, finish_function)        \
  static void name##_fill (void *accumulators, gsize n)                                             \
  {                                                                                                 \
    for (gsize i = 0; i < n; i++)                                                                   \
      ((type *) accumulators)[i] = (identity);                                                      \
  }                                                                                                 \
  TFV_SIMD_CLONES static void name##_reduce_row (void *accumulator, const void *x_data, gsize n)    \
  {                                                                                                 \
    const type *xs = x_data;                                                                        \
    type        a = *(type *) accumulator;                                                          \
                                                                                                    \
    _Pragma (G_STRINGIFY (omp simd reduction (reduction_operator                                    \
                                              : a))) for (gsize i = 0; i < n; i++)                  \
    {                                                                                               \
      type x = xs[i];                                                                               \
                                                                                                    \
      a = (type) (expression);                                                                      \
    }                                                                                               \
    *(type *) accumulator = a;                                                                      \
  }                                                                                                 \
  TFV_SIMD_CLONES static void name##_combine_rows (void *accumulators, const void *x_data, gsize n) \
  {                                                                                                 \
    const type *xs = x_data;                                                                        \
    type       *as = accumulators;                                                                  \
                                                                                                    \
    _Pragma ("omp simd") for (gsize i = 0; i < n; i++)                                              \
    {                                                                                               \
      type a = as[i];                                                                               \
      type x = xs[i];                                                                               \
                                                                                                    \
      as[i] = (type) (expression);                                                                  \
    }                                                                                               \
  }                                                                                                 \
  static const TfvReduction name = { name##_fill, name##_reduce_row, name##_combine_rows, finish_function };

#define TFV_REDUCTION_KERNEL(dtype, reduction)                 \
  {                                                            \
    TFV_DEVICE_CPU, dtype, tfv_reduction_compute, &(reduction) \
  }

void      tfv_reduction_compute (TfvKernelContext *context);
TfvOutput tfv_op_reduction (const char *op_type, TfvOutput input, TfvOutput axis, gboolean keep_dims, const char *name);

/* What gradients of reductions share: the gradient, shaped so that it
 * broadcasts to the input; and it broadcast. */
TfvOutput tfv_reduction_gradient_with_kept_dims (TfvOperation *operation, TfvOutput grad);
TfvOutput tfv_reduction_gradient_tiled (TfvOperation *operation, TfvOutput grad);

G_END_DECLS
