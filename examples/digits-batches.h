/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/tfv-tensor.h"
#include "examples/digits-data.h"

G_BEGIN_DECLS

/* Pictures and what they show, ready to be fed. */
typedef struct
{
  TfvTensor *pixels; /* float32 [n, DIGITS_N_PIXELS] */
  TfvTensor *labels; /* int64 [n] */
} DigitsBatch;

/* Makes batches on a thread of its own, a few ahead of the training. */
typedef struct _DigitsBatches DigitsBatches;

DigitsBatch   *digits_batch_new (guint n_images);
void           digits_batch_free (DigitsBatch *self);
void           digits_batch_fill (DigitsBatch *self, DigitsData *data);
DigitsBatches *digits_batches_new (DigitsData *data, guint batch_size, guint64 seed);
void           digits_batches_free (DigitsBatches *self);
DigitsBatch   *digits_batches_take (DigitsBatches *self);
void           digits_batches_give_back (DigitsBatches *self, DigitsBatch *batch);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DigitsBatch, digits_batch_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DigitsBatches, digits_batches_free)

G_END_DECLS
