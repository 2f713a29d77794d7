/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/tfv-inference-private.h"
#include "engine/tfv-kernel-private.h"
#include "engine/tfv-op-builder.h"
#include "engine/tfv-simd-private.h"

G_BEGIN_DECLS

/* Base of ops y = f(x), element by element: an op gives the loop of each type.
 *
 *   TFV_UNARY_LOOP (exp_float, float, float, tfv_fast_exp (x))
 *   kernels[] = { TFV_UNARY_KERNEL (TFV_DATA_TYPE_FLOAT, exp_float), … };
 */
typedef void (*TfvUnaryLoop) (const void *x, void *y, gsize n);

#define TFV_UNARY_LOOP(name, input_type, output_type, expression)              \
  TFV_SIMD_CLONES static void name (const void *x_data, void *y_data, gsize n) \
  {                                                                            \
    const input_type *xs = x_data;                                             \
    output_type      *ys = y_data;                                             \
                                                                               \
    _Pragma ("omp simd") for (gsize i = 0; i < n; i++)                         \
    {                                                                          \
      input_type x = xs[i];                                                    \
                                                                               \
      ys[i] = (output_type) (expression);                                      \
    }                                                                          \
  }

#define TFV_UNARY_KERNEL(dtype, loop)                               \
  {                                                                 \
    TFV_DEVICE_CPU, dtype, tfv_unary_compute, (const void *) (loop) \
  }

/* The same for all types of numbers, and the kernels of them all. */
#define TFV_UNARY_LOOPS(name, expression)                    \
  TFV_UNARY_LOOP (name##_float, float, float, expression)    \
  TFV_UNARY_LOOP (name##_double, double, double, expression) \
  TFV_UNARY_LOOP (name##_int32, gint32, gint32, expression)  \
  TFV_UNARY_LOOP (name##_int64, gint64, gint64, expression)

#define TFV_UNARY_KERNELS(name)                                     \
  {                                                                 \
    TFV_UNARY_KERNEL (TFV_DATA_TYPE_FLOAT, name##_float),           \
        TFV_UNARY_KERNEL (TFV_DATA_TYPE_DOUBLE, name##_double),     \
        TFV_UNARY_KERNEL (TFV_DATA_TYPE_INT32, name##_int32),       \
        TFV_UNARY_KERNEL (TFV_DATA_TYPE_INT64, name##_int64), { 0 } \
  }

#define TFV_UNARY_FLOAT_KERNELS(name)                                 \
  {                                                                   \
    TFV_UNARY_KERNEL (TFV_DATA_TYPE_FLOAT, name##_float),             \
        TFV_UNARY_KERNEL (TFV_DATA_TYPE_DOUBLE, name##_double), { 0 } \
  }

void      tfv_unary_compute (TfvKernelContext *context);
TfvOutput tfv_op_unary (const char *op_type, TfvOutput x, const char *name);

G_END_DECLS
