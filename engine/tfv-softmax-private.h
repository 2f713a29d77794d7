/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Softmax of one row of n numbers; output and input may be the same. */
typedef void (*TfvSoftmaxRow) (const void *logits, void *output, gsize n);

void tfv_softmax_row_float (const void *logits, void *output, gsize n);
void tfv_softmax_row_double (const void *logits, void *output, gsize n);
void tfv_log_softmax_row_float (const void *logits, void *output, gsize n);
void tfv_log_softmax_row_double (const void *logits, void *output, gsize n);

G_END_DECLS
