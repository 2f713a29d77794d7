/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Softmax of one row of n numbers, at least one; output and input may be the
 * same. The normalizer is NULL, or gets two numbers of the row's type: the
 * greatest logit and the logarithm of the sum of exp (logit - greatest). */
typedef void (*TfvSoftmaxRow) (const void *logits, void *output, gsize n, void *normalizer);

void tfv_softmax_row_float (const void *logits, void *output, gsize n, void *normalizer);
void tfv_softmax_row_double (const void *logits, void *output, gsize n, void *normalizer);
/* The logarithm of softmax; gives no normalizer. */
void tfv_log_softmax_row_float (const void *logits, void *output, gsize n, void *unused);
void tfv_log_softmax_row_double (const void *logits, void *output, gsize n, void *unused);

/* Rows of n numbers that one more thread should have at least. */
static inline gsize
tfv_softmax_grain (gsize n)
{
  return MAX (1, 32768 / MAX (1, n));
}

G_END_DECLS
