/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/tfv-softmax-private.h"

#include <math.h>

#include "engine/tfv-fast-math-private.h"
#include "engine/tfv-simd-private.h"

/* The greatest number is taken away first, so that no exp overflows. */
#define DEFINE_ROWS(suffix, type, exp_function, log_function)                                                 \
  TFV_SIMD_CLONES void tfv_softmax_row_##suffix (const void *logits, void *output, gsize n, void *normalizer) \
  {                                                                                                           \
    const type *x = logits;                                                                                   \
    type       *y = output;                                                                                   \
    type        most = x[0];                                                                                  \
    type        sum = 0;                                                                                      \
                                                                                                              \
    _Pragma ("omp simd reduction(max : most)") for (gsize i = 0; i < n; i++)                                  \
        most = x[i] > most ? x[i] : most;                                                                     \
    _Pragma ("omp simd reduction(+ : sum)") for (gsize i = 0; i < n; i++)                                     \
    {                                                                                                         \
      y[i] = exp_function (x[i] - most);                                                                      \
      sum += y[i];                                                                                            \
    }                                                                                                         \
    _Pragma ("omp simd") for (gsize i = 0; i < n; i++)                                                        \
        y[i] /= sum;                                                                                          \
    if (normalizer != NULL)                                                                                   \
      {                                                                                                       \
        ((type *) normalizer)[0] = most;                                                                      \
        ((type *) normalizer)[1] = log_function (sum);                                                        \
      }                                                                                                       \
  }                                                                                                           \
  TFV_SIMD_CLONES void tfv_log_softmax_row_##suffix (const void *logits, void *output, gsize n, void *unused) \
  {                                                                                                           \
    const type *x = logits;                                                                                   \
    type       *y = output;                                                                                   \
    type        most = x[0];                                                                                  \
    type        sum = 0;                                                                                      \
                                                                                                              \
    _Pragma ("omp simd reduction(max : most)") for (gsize i = 0; i < n; i++)                                  \
        most = x[i] > most ? x[i] : most;                                                                     \
    _Pragma ("omp simd reduction(+ : sum)") for (gsize i = 0; i < n; i++)                                     \
        sum += exp_function (x[i] - most);                                                                    \
    sum = log_function (sum);                                                                                 \
    _Pragma ("omp simd") for (gsize i = 0; i < n; i++)                                                        \
        y[i] = x[i] - most - sum;                                                                             \
  }

DEFINE_ROWS (float, float, tfv_fast_exp, logf)
DEFINE_ROWS (double, double, exp, log)
