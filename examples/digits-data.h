/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "examples/digits-glyphs.h"

G_BEGIN_DECLS

#define DIGITS_SIDE 28
#define DIGITS_N_PIXELS (DIGITS_SIDE * DIGITS_SIDE)
#define DIGITS_N_CLASSES 10

/* Where pictures of digits come from: drawn on the fly without end, or read
 * from MNIST's files. One thread at a time. */
typedef struct _DigitsData DigitsData;

DigitsData *digits_data_new_drawn (DigitsGlyphs *glyphs, guint64 seed);
DigitsData *digits_data_new_mnist (const char *directory, gboolean held_out, guint64 seed, GError **error);
void        digits_data_free (DigitsData *self);
gsize       digits_data_get_n_images (DigitsData *self);
void        digits_data_next (DigitsData *self, guint n_images, float *pixels, gint64 *labels);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DigitsData, digits_data_free)

G_END_DECLS
