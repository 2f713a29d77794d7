/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "engine/tfv-tensor.h"
#include "examples/digits-data.h"

G_BEGIN_DECLS

/* Batches of digits, made by a thread of its own while the last one trains. */
typedef struct _DigitsFeed DigitsFeed;

DigitsFeed *digits_feed_new (DigitsData *data, guint batch_size);
void        digits_feed_free (DigitsFeed *self);
void        digits_feed_next (DigitsFeed *self, TfvTensor **images, TfvTensor **labels);

void digits_feed_fill (DigitsData *data, guint batch_size, TfvTensor **images, TfvTensor **labels);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DigitsFeed, digits_feed_free)

G_END_DECLS
