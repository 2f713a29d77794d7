/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/tfv-inference-private.h"
#include "engine/tfv-kernel-private.h"
#include "engine/tfv-op-builder.h"
#include "engine/tfv-simd-private.h"

G_BEGIN_DECLS

/* Base of ops z = f(x, y), element by element with broadcasting: an op gives
 * the loop of each type, over rows in which x, y or neither stands still. */
typedef void (*TfvBinaryLoop) (const void *x, gboolean x_moves, const void *y, gboolean y_moves, void *z, gsize n);

#define TFV_BINARY_LOOP(name, input_type, output_type, expression)                                                                     \
  TFV_SIMD_CLONES static void name (const void *x_data, gboolean x_moves, const void *y_data, gboolean y_moves, void *z_data, gsize n) \
  {                                                                                                                                    \
    const input_type *xs = x_data;                                                                                                     \
    const input_type *ys = y_data;                                                                                                     \
    output_type      *zs = z_data;                                                                                                     \
    input_type        x = xs[0];                                                                                                       \
    input_type        y = ys[0];                                                                                                       \
                                                                                                                                       \
    if (x_moves && y_moves)                                                                                                            \
      _Pragma ("omp simd private(x, y)") for (gsize i = 0; i < n; i++)                                                                 \
      {                                                                                                                                \
        x = xs[i];                                                                                                                     \
        y = ys[i];                                                                                                                     \
        zs[i] = (output_type) (expression);                                                                                            \
      }                                                                                                                                \
    else if (x_moves)                                                                                                                  \
      _Pragma ("omp simd private(x)") for (gsize i = 0; i < n; i++)                                                                    \
      {                                                                                                                                \
        x = xs[i];                                                                                                                     \
        zs[i] = (output_type) (expression);                                                                                            \
      }                                                                                                                                \
    else if (y_moves)                                                                                                                  \
      _Pragma ("omp simd private(y)") for (gsize i = 0; i < n; i++)                                                                    \
      {                                                                                                                                \
        y = ys[i];                                                                                                                     \
        zs[i] = (output_type) (expression);                                                                                            \
      }                                                                                                                                \
    else                                                                                                                               \
      for (gsize i = 0; i < n; i++)                                                                                                    \
        zs[i] = (output_type) (expression);                                                                                            \
  }

#define TFV_BINARY_KERNEL(dtype, loop)                               \
  {                                                                  \
    TFV_DEVICE_CPU, dtype, tfv_binary_compute, (const void *) (loop) \
  }

/* The same for all types of numbers, and the kernels of them all. */
#define TFV_BINARY_LOOPS(name, expression)                    \
  TFV_BINARY_LOOP (name##_float, float, float, expression)    \
  TFV_BINARY_LOOP (name##_double, double, double, expression) \
  TFV_BINARY_LOOP (name##_int32, gint32, gint32, expression)  \
  TFV_BINARY_LOOP (name##_int64, gint64, gint64, expression)

#define TFV_BINARY_KERNELS(name)                                     \
  {                                                                  \
    TFV_BINARY_KERNEL (TFV_DATA_TYPE_FLOAT, name##_float),           \
        TFV_BINARY_KERNEL (TFV_DATA_TYPE_DOUBLE, name##_double),     \
        TFV_BINARY_KERNEL (TFV_DATA_TYPE_INT32, name##_int32),       \
        TFV_BINARY_KERNEL (TFV_DATA_TYPE_INT64, name##_int64), { 0 } \
  }

void      tfv_binary_compute (TfvKernelContext *context);
TfvOutput tfv_op_binary (const char *op_type, TfvOutput x, TfvOutput y, const char *name);

G_END_DECLS
